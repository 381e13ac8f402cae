"""Planning (会議の計画): asked for, planned, and called together: or cancelled."""

from typing import ClassVar, Final, assert_never

from domain.case import CaseNotFound
from domain.meeting.commands import (
    AddInvitee,
    CancelMeeting,
    ConveneMeeting,
    PlanMeeting,
    PlanningCommand,
    RemoveInvitee,
    RequestMeeting,
    SetAgenda,
)
from domain.meeting.course import check_in_order
from domain.meeting.events import (
    OF_A_CASE,
    AgendaSet,
    InviteeAdded,
    InviteeRemoved,
    MeetingCancelled,
    MeetingConvened,
    MeetingEvent,
    MeetingPlanned,
    MeetingRequested,
)
from domain.meeting.facts import About, Facts
from domain.meeting.parties import as_convenor, is_of_a_case, may_call
from domain.meeting.state import (
    CaseNotTabled,
    KnownMeeting,
    NoCasesHere,
    OnlyTheConvenor,
    OnlyTheCoordinatingAgency,
    RequestedMeeting,
)
from domain.meeting.telling import check_everybody_covered
from domain.meeting_codes import AgendaType, MeetingKind, MeetingRole
from domain.model import AgencyId, Context, MeetingId
from domain.network import KnownNetwork, NetworkIsDissolved, NotInTheNetwork
from domain.speech import Refused


class NetworkNotNamed(Refused):
    """A meeting is held under a network: name it."""

    ja: ClassVar[str] = "会議はネットワークのもとで開きます。どのネットワークかを指定してください。"


class KindNotAllowed(Refused):
    """The rules of this network do not provide for such a meeting: adopt rules first."""

    ja: ClassVar[str] = (
        "このネットワークの規約では、この種類の会議を開けません。先に規約を定めてください。"
    )


class NotInvolved(Refused):
    """Invite only who is in her case or may know, as she agreed; before a shelter, ask her."""

    ja: ClassVar[str] = (
        "招集できるのは、このケースに関わっている機関か、本人が情報提供に同意した機関だけです。"
        "保護や入所の施設、県外の機関については、所属機関で本人の同意を得てください。"
    )


class NoOnlookers(Refused):
    """A meeting about one woman is closed: nobody comes only to look on."""

    ja: ClassVar[str] = "個別のケースについての会議は非公開です。オブザーバーは招集できません。"


class NobodyInvited(Refused):
    """Invite somebody before you convene the meeting."""

    ja: ClassVar[str] = "招集する前に、参加する機関を加えてください。"


def decide(
    meeting: KnownMeeting, command: PlanningCommand, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    match command:
        case SetAgenda():
            return agenda_set(meeting, command, by)
        case AddInvitee():
            return invited(meeting, command, facts, by)
        case RemoveInvitee():
            return removed(meeting, command, by)
        case ConveneMeeting():
            return convened(meeting, command, facts, by)
        case CancelMeeting():
            return cancelled(meeting, command, facts, by)
    assert_never(command)


def requested(command: RequestMeeting, facts: Facts, by: Context) -> tuple[MeetingRequested, ...]:
    about = facts.about
    if about is None:
        _check_member(_network(facts), by.agency)
    elif by.agency not in about.participants:
        raise CaseNotFound
    return (
        MeetingRequested(
            meeting_id=MeetingId(by.new_id),
            case_id=about.case_id if about else None,
            network_id=command.network_id,
            by_agency=by.agency,
            reason=command.reason,
        ),
    )


def planned(
    request: RequestedMeeting | None, command: PlanMeeting, facts: Facts, by: Context
) -> tuple[MeetingPlanned, ...]:
    """``request``: the meeting that was asked for, if this is the one."""
    about = facts.about
    if about is None and command.kind == "INDIVIDUAL_CASE":
        raise CaseNotFound
    if about is not None:
        _check_calls(command.kind, facts, by.agency)
    if command.kind != "EXTERNAL_FORUM":
        network = _network(facts)
        _check_member(network, by.agency)
        check_kind_allowed(network, command.kind)
        if command.kind in LED and by.agency != network.coordinating:
            raise OnlyTheCoordinatingAgency
    return (
        MeetingPlanned(
            meeting_id=request.meeting_id if request else MeetingId(by.new_id),
            case_id=about.case_id if about else None,
            kind=command.kind,
            network_id=command.network_id,
            on=command.on,
            place=command.place,
            convenor=by.agency,
            trigger=command.trigger,
            held_within=command.held_within,
        ),
    )


def _check_calls(kind: MeetingKind, facts: Facts, agency: AgencyId) -> None:
    if not may_call(facts, agency):
        raise CaseNotFound
    if kind not in OF_A_CASE:
        raise NoCasesHere


def _network(facts: Facts) -> KnownNetwork:
    if facts.network is None:
        raise NetworkNotNamed
    if facts.network.dissolved:
        raise NetworkIsDissolved
    return facts.network


def _check_member(network: KnownNetwork, agency: AgencyId) -> None:
    if agency not in network.members:
        raise NotInTheNetwork


def check_kind_allowed(network: KnownNetwork, kind: MeetingKind) -> None:
    """Women are spoken of under rules that say why; between prefectures, their networks meet."""
    rules = network.rules
    match kind:
        case "INDIVIDUAL_CASE" | "PRACTITIONERS":
            allowed = rules is not None
        case "REPRESENTATIVES":
            allowed = rules is not None and rules.representatives_at_most != 0
        case "INTERPREFECTURAL":
            allowed = network.level == "PREFECTURE"
        case _:
            allowed = True
    if not allowed:
        raise KindNotAllowed


def agenda_set(meeting: KnownMeeting, command: SetAgenda, by: Context) -> tuple[AgendaSet, ...]:
    as_convenor(meeting, by.agency)
    check_in_order(meeting.kind, meeting.status, AgendaSet)
    check_speaks_of_no_case(meeting, frozenset(item.type for item in command.items))
    return (AgendaSet(items=command.items),)


def check_speaks_of_no_case(meeting: KnownMeeting, types: frozenset[AgendaType]) -> None:
    if types & ABOUT_CASES and meeting.kind not in {*OF_A_CASE, "PRACTITIONERS"}:
        raise NoCasesHere


def invited(
    meeting: KnownMeeting, command: AddInvitee, facts: Facts, by: Context
) -> tuple[InviteeAdded, ...]:
    as_convenor(meeting, by.agency)
    check_in_order(meeting.kind, meeting.status, InviteeAdded)
    agency, role = command.agency_id, command.role
    if agency == meeting.convenor or meeting.invitees.get(agency) == role:
        return ()
    check_closed_to_onlookers(meeting, role)
    about = facts.about
    if about is not None:
        check_involved(about, facts.hidden, agency)
        if meeting.convened:
            check_everybody_covered(meeting, about, frozenset({agency}), by)
    elif meeting.kind in LED:
        _check_member(_network(facts), agency)
    return (InviteeAdded(agency_id=agency, role=role, reason=command.reason),)


def check_involved(about: About, hidden: frozenset[AgencyId], agency: AgencyId) -> None:
    """They are involved with her, or likely to be, as she knows; and whoever asks may know it."""
    if agency not in (about.participants | about.named) - hidden:
        raise NotInvolved


def check_closed_to_onlookers(meeting: KnownMeeting, role: MeetingRole) -> None:
    if is_of_a_case(meeting) and role == "OBSERVER":
        raise NoOnlookers


def removed(
    meeting: KnownMeeting, command: RemoveInvitee, by: Context
) -> tuple[InviteeRemoved, ...]:
    """By the convenor, or by the agency itself, whatever the meeting has come to."""
    if by.agency not in {meeting.convenor, command.agency_id}:
        raise OnlyTheConvenor
    if command.agency_id not in meeting.invitees:
        return ()
    return (
        InviteeRemoved(
            agency_id=command.agency_id,
            role=meeting.invitees[command.agency_id],
            reason=command.reason,
        ),
    )


def convened(
    meeting: KnownMeeting, command: ConveneMeeting, facts: Facts, by: Context
) -> tuple[MeetingConvened, ...]:
    """Whoever is not covered is left out, or not told: there is no other way."""
    del command
    as_convenor(meeting, by.agency)
    check_in_order(meeting.kind, meeting.status, MeetingConvened)
    if not meeting.invitees:
        raise NobodyInvited
    about = facts.about
    if about is not None:
        if about.case_id not in meeting.tabled:
            raise CaseNotTabled
        check_everybody_covered(meeting, about, meeting.there, by)
    return (MeetingConvened(notice_sent_at=by.at),)


def cancelled(
    meeting: KnownMeeting | RequestedMeeting, command: CancelMeeting, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    if isinstance(meeting, RequestedMeeting):
        if meeting.status == "CANCELLED":
            return ()
        if by.agency not in {meeting.by_agency, facts.coordinating}:
            raise OnlyTheConvenor
        return (MeetingCancelled(reason=command.reason),)
    as_convenor(meeting, by.agency)
    if meeting.status == "CANCELLED":
        return ()
    check_in_order(meeting.kind, meeting.status, MeetingCancelled)
    return (MeetingCancelled(reason=command.reason),)


# Called by the agency that coordinates the network, and by no other.
LED: Final[frozenset[MeetingKind]] = frozenset({"REPRESENTATIVES", "PRACTITIONERS"})
ABOUT_CASES: Final[frozenset[AgendaType]] = frozenset(
    {
        "CASE_OVERVIEW",
        "CASE_FOLLOW_UP",
        "CASE_SITUATION",
        "CASE_RISK",
        "CASE_SUPPORT",
        "CASE_ROLES",
    }
)
