"""Parties (会議の当事者): for whom a meeting is there at all, and what each of them does in it."""

from domain.case import CaseNotFound
from domain.case.course import check_takes
from domain.meeting.events import OF_A_CASE
from domain.meeting.facts import About, Facts, the_case
from domain.meeting.state import (
    CaseNotTabled,
    KnownMeeting,
    Meeting,
    MeetingNotFound,
    NoCasesHere,
    NoMeeting,
    OnlyTheConvenor,
    OnlyWhoAttended,
    RequestedMeeting,
)
from domain.model import AgencyId, Command


def as_party(meeting: Meeting, facts: Facts, agency: AgencyId) -> KnownMeeting | RequestedMeeting:
    """The meeting, for those it is there for; for all others there is none."""
    if isinstance(meeting, NoMeeting) or not may_know(meeting, facts, agency):
        raise MeetingNotFound
    about = facts.about
    if meeting.case_id is not None and (about is None or about.case_id != meeting.case_id):
        raise MeetingNotFound
    return meeting


def may_know(meeting: KnownMeeting | RequestedMeeting, facts: Facts, agency: AgencyId) -> bool:
    """The convenor; from the convening on whoever is invited; of no case, who coordinates."""
    if meeting.case_id is None and agency == facts.coordinating:
        return True
    if isinstance(meeting, RequestedMeeting):
        return agency == meeting.by_agency or may_call(facts, agency)
    return agency == meeting.convenor or (meeting.convened and agency in meeting.invitees)


def may_call(facts: Facts, agency: AgencyId) -> bool:
    """Who takes part in the case, and who coordinates the network in whose ledger it stands."""
    about = facts.about
    if about is None:
        return False
    in_its_ledger = about.case.network is not None and about.case.network == facts.network_id
    return agency in about.participants or (in_its_ledger and agency == facts.coordinating)


def as_convenor(meeting: KnownMeeting, agency: AgencyId) -> None:
    if agency != meeting.convenor:
        raise OnlyTheConvenor


def check_attended(meeting: KnownMeeting, *agencies: AgencyId) -> None:
    if not meeting.attended.issuperset(agencies):
        raise OnlyWhoAttended


def check_takes_cases(meeting: KnownMeeting) -> None:
    """Only a meeting of one case, and the practitioners', are about anybody."""
    if meeting.case_id is None and meeting.kind != "PRACTITIONERS":
        raise NoCasesHere


def in_case(meeting: KnownMeeting, facts: Facts, agency: AgencyId) -> About:
    """The case in this meeting; among practitioners, for those only who may know of it."""
    check_takes_cases(meeting)
    about = the_case(facts)
    if meeting.case_id is None and not may_call(facts, agency):
        raise CaseNotFound
    return about


def on_table(meeting: KnownMeeting, facts: Facts, agency: AgencyId) -> About:
    about = in_case(meeting, facts, agency)
    if about.case_id not in meeting.tabled:
        raise CaseNotTabled
    return about


def check_case_takes(facts: Facts, command: Command, *, begins: bool) -> None:
    """What begins something needs an open case, all else one whose data is in use."""
    about = facts.about
    if about is None or command.narrows:
        return
    if begins or about.case.status in {"RESTRICTED", "ERASED"}:
        check_takes(about.case, type(command))


def is_of_a_case(meeting: KnownMeeting) -> bool:
    return meeting.kind in OF_A_CASE and meeting.case_id is not None
