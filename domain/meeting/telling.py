"""Telling (情報の提供): what may be said of her in a meeting, and to whom. A meeting opens nothing.

For each agency and each category she has agreed beforehand; the chair cannot say otherwise, and no
emergency opens a meeting.
"""

from collections.abc import Iterable
from itertools import product
from typing import ClassVar, Final, assert_never

from domain.categories import CategoryCode
from domain.items import categories_of, check_agreed, check_known, paths_of, sources_of
from domain.meeting.commands import ProvideInformation, TableCase, TellingCommand
from domain.meeting.course import MeetingNotConvened, check_in_order
from domain.meeting.events import CaseTabled, InformationProvided, MeetingEvent
from domain.meeting.facts import About, Covered, Facts
from domain.meeting.parties import as_convenor, in_case
from domain.meeting.state import KnownMeeting
from domain.model import AgencyId, Context, GrantId
from domain.policy import NEVER_BY_CONSENT
from domain.speech import Refused


class NotForMeetings(Refused):
    """A meeting is never told where she is, nor what no consent opens: leave these out."""

    ja: ClassVar[str] = (
        "居所の情報や、同意によって共有できない情報は、会議では扱えません。区分から外してください。"
    )


class NotEverybodyCovered(Refused):
    """She has not agreed to everybody there being told: leave them out, tell less, or ask her."""

    ja: ClassVar[str] = (
        "出席する機関の中に、本人の同意のない機関や情報区分があります。"
        "その機関を外すか、提供する情報を減らすか、本人に確認してください。"
    )


class NotInvited(Refused):
    """Tell only those who are invited to this meeting."""

    ja: ClassVar[str] = "情報を提供できるのは、この会議に招集された機関だけです。"


def decide(
    meeting: KnownMeeting, command: TellingCommand, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    match command:
        case TableCase():
            return tabled(meeting, command, facts, by)
        case ProvideInformation():
            return provided(meeting, command, facts, by)
    assert_never(command)


def tabled(
    meeting: KnownMeeting, command: TableCase, facts: Facts, by: Context
) -> tuple[CaseTabled, ...]:
    about = in_case(meeting, facts, by.agency)
    if meeting.case_id is not None:
        as_convenor(meeting, by.agency)
    elif not meeting.convened and meeting.status == "PLANNED":
        raise MeetingNotConvened  # Who will be there has to be known by then.
    check_in_order(meeting.kind, meeting.status, CaseTabled)
    check_is_for_meetings(command.categories)
    before = meeting.tabled.get(about.case_id)
    if before is not None and command.categories <= before:
        return ()
    check_everybody_covered(meeting, about, meeting.there, by, command.categories)
    asked = needed(meeting, command.categories)
    return (
        CaseTabled(
            case_id=about.case_id,
            categories=command.categories,
            consent_ids=_consents(about.covered, meeting.there, asked),
        ),
    )


def check_is_for_meetings(categories: Iterable[CategoryCode]) -> None:
    """Where she is, only those know whom she names one by one."""
    if NOT_FOR_MEETINGS & frozenset(categories):
        raise NotForMeetings


def check_everybody_covered(
    meeting: KnownMeeting,
    about: About,
    agencies: frozenset[AgencyId],
    by: Context,
    categories: frozenset[CategoryCode] = frozenset(),
) -> None:
    """For all that is tabled, and ``categories``; only the convenor hears who is not covered."""
    asked = needed(meeting, meeting.tabled.get(about.case_id, frozenset()) | categories)
    lacking = missing(about.covered, agencies, asked)
    if lacking and by.agency == meeting.convenor:
        raise NotEverybodyCovered(missing=[f"{agency}:{category}" for agency, category in lacking])
    if lacking:
        raise NotEverybodyCovered


def missing(
    covered: Covered, agencies: Iterable[AgencyId], categories: Iterable[CategoryCode]
) -> tuple[tuple[AgencyId, CategoryCode], ...]:
    pairs = {*product(agencies, categories)}
    return tuple(sorted([pair for pair in pairs if pair not in covered]))


def needed(meeting: KnownMeeting, categories: frozenset[CategoryCode]) -> frozenset[CategoryCode]:
    """Whoever comes to a meeting about her hears what is decided there, and has the minutes."""
    return categories | WITH_MINUTES if meeting.kind == "INDIVIDUAL_CASE" else categories


def provided(
    meeting: KnownMeeting, command: ProvideInformation, facts: Facts, by: Context
) -> tuple[InformationProvided, ...]:
    about = in_case(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, InformationProvided)
    if not command.items:
        return ()
    if not command.recipients <= meeting.there:
        raise NotInvited
    check_known(facts.offered)
    check_is_for_meetings(categories_of(facts.offered))
    check_agreed(facts.offered)
    return (
        InformationProvided(
            case_id=about.case_id,
            from_agency=by.agency,
            sources=sources_of(facts.offered),
            paths=paths_of(facts.offered),
            categories=categories_of(facts.offered),
            recipients=command.recipients,
            consent_ids=frozenset[GrantId]().union(*(each.consents for each in facts.offered)),
        ),
    )


def _consents(
    covered: Covered, agencies: Iterable[AgencyId], categories: frozenset[CategoryCode]
) -> frozenset[GrantId]:
    return frozenset(covered[agency, category] for agency in agencies for category in categories)


NOT_FOR_MEETINGS: Final[frozenset[CategoryCode]] = NEVER_BY_CONSENT | frozenset[CategoryCode](
    {"LOC"}
)
WITH_MINUTES: Final[frozenset[CategoryCode]] = frozenset({"MTG"})
