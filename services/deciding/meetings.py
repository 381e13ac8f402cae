"""Commands about a meeting: what is about a case names it, and stands in its name.

Which cases of a network are active its ledger says: the numbers of this fiscal year and of the last
name them, and of each it is read whether it still is.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, cast, get_args

import msgspec

from domain import meeting as meetings
from domain.calendar import date_in_japan, fiscal_year
from domain.case import CaseNumber, KnownCase, NoCase, participants
from domain.case.carrying import latest_number
from domain.categories import CategoryCode
from domain.consent_ledger import excluded, excluded_staff
from domain.exclusions import following
from domain.items import Item
from domain.meeting import (
    NO_MEETING,
    About,
    Consultation,
    Facts,
    KnownMeeting,
    Meeting,
    MeetingCommand,
    MeetingEvent,
    NoMeeting,
    RequestedMeeting,
    Reviews,
    meeting_beside,
)
from domain.meeting.commands import (
    AddInvitee,
    AllocateRole,
    CancelMeeting,
    CloseMeeting,
    DeferReview,
    DesignateMainSupport,
    HoldMeeting,
    PlanMeeting,
    ProvideInformation,
    RecordDecision,
    RecordDisagreement,
    RequestMeeting,
    ReviewCase,
    ReviewingCommand,
    SettlingCommand,
    TableCase,
)
from domain.meeting.events import OF_A_CASE, CaseReviewDeferred, CaseReviewed, CaseTabled
from domain.meeting.facts import Covered
from domain.meeting.holding import is_passed_over, waited_for
from domain.meeting.settling import consulted
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    Event,
    GrantId,
    MeetingId,
    NetworkId,
    PersonId,
    StreamId,
    stream_of,
)
from domain.network import as_known
from domain.sharing import Sharing
from domain.visibility import Agencies, covered, named
from services.deciding import entering
from services.deciding.knowing import may_know_of
from services.deciding.offering import offered
from services.deciding.scope import (
    NO_AGENCY,
    CaseNotNamed,
    CaseNotNeeded,
    Decision,
    Past,
    Scope,
    written,
)


def scope_of(command: MeetingCommand, named: CaseId | None, by: Context) -> Scope:
    _check_named(command, named)
    scope = Scope(named, stream_of("meeting", _asked(command, by)))
    match command:
        case RequestMeeting(network_id=network) | PlanMeeting(network_id=network) if network:
            scope = scope._replace(networks=frozenset({network}))
        case AddInvitee(agency_id=agency) | AllocateRole(agency_id=agency):
            scope = scope._replace(agencies=frozenset({agency}))
        case DesignateMainSupport(agency_id=agency):
            scope = scope._replace(agencies=frozenset({agency}))
        case ProvideInformation(recipients=recipients):
            scope = scope._replace(agencies=recipients)
        case HoldMeeting(attendees=attendees):
            scope = scope._replace(known=frozenset(each.agency_id for each in attendees))
        case _:
            pass
    if named is None:
        return scope
    return scope._replace(
        beside=(stream_of("case", named),), whole=True, reads_work=isinstance(command, HEEDING)
    )


def widened(scope: Scope, command: MeetingCommand, past: Past, by: Context) -> Scope:
    """The network of a meeting stands in the meeting; and who is there, about a case."""
    known = _meeting(scope, past)
    if scope.case is not None and isinstance(known, KnownMeeting):
        scope = scope._replace(known=scope.known | known.there)
    if isinstance(command, CloseMeeting) and isinstance(known, KnownMeeting):
        scope = _with_the_ledger(scope, past, known, by)
    match known:
        case KnownMeeting(network_id=network) | RequestedMeeting(network_id=network) if network:
            return scope._replace(networks=scope.networks | {network})
        case _:
            return scope


def _with_the_ledger(scope: Scope, past: Past, meeting: KnownMeeting, by: Context) -> Scope:
    """Step by step: the ledger, the cases in it that wait, and whom these are kept from."""
    if meeting.kind != "PRACTITIONERS" or meeting.network_id is None:
        return scope
    ledgers = entering.ledgers_of(meeting.network_id, by)
    if not scope.ledgers:
        here = frozenset({meeting.network_id})
        return scope._replace(ledgers=here, beside=(*scope.beside, *ledgers))
    if not scope.cases:
        numbered = entering.numbered_in(ledgers, past)
        return scope._replace(cases=waited_for(meeting, numbered))
    passed_over = _passed_over(scope, past, meeting)
    consents = (stream_of("consent", each) for each in sorted(passed_over))
    return scope._replace(beside=tuple(dict.fromkeys((*scope.beside, *consents))))


def _passed_over(scope: Scope, past: Past, meeting: KnownMeeting) -> dict[CaseId, KnownCase]:
    cases = {each: past.case(each) for each in scope.cases}
    return {
        each: case
        for each, case in cases.items()
        if isinstance(case, KnownCase) and is_passed_over(meeting, each, case)
    }


def decide(scope: Scope, command: MeetingCommand, past: Past, by: Context) -> Decision:
    known = _meeting(scope, past)
    facts = _facts(scope, command, past, known, by)
    events = meeting_beside(facts).decide(known, command, by)
    owner = facts.about.case.subject_id if facts.about else _agencys_own(known, by)
    return Decision((written(past, scope, events),), owner)


def _facts(scope: Scope, command: MeetingCommand, past: Past, known: Meeting, by: Context) -> Facts:
    network = _network(command, known)
    agencies = past.agencies(by.agency, *scope.agencies, *scope.known)
    about = _about(scope, command, past, known, agencies, by)
    passed_over = _passed_over(scope, past, known) if isinstance(known, KnownMeeting) else {}
    return Facts(
        about=about,
        unknown_case=scope.case is not None and about is None,
        network_id=network,
        network=as_known(past.network(network)) if network else None,
        agencies=agencies,
        offered=offered(past, *_items(command), agencies, by),
        hidden=_hidden(command, past, agencies, by),
        active_cases=frozenset(passed_over),
        numbers=_numbers(past, passed_over, network, by),
    )


def _numbers(
    past: Past, cases: Mapping[CaseId, KnownCase], network: NetworkId | None, by: Context
) -> dict[CaseId, CaseNumber]:
    """Where the agency coordinates the network or answers for her, and is not shut out."""
    if network is None or not cases:
        return {}
    known = as_known(past.network(network))
    itself = past.agencies(by.agency)
    return {
        each: number
        for each, case in cases.items()
        if by.agency in {known.coordinating, case.main_responsible}
        and by.agency not in excluded(past.ledger(each), itself)
        and by.staff not in excluded_staff(past.ledger(each))
        and (number := latest_number(case, network)) is not None
    }


def _about(  # noqa: PLR0913, PLR0917 (all that was read)
    scope: Scope,
    command: MeetingCommand,
    past: Past,
    known: Meeting,
    agencies: Agencies,
    by: Context,
) -> About | None:
    if scope.case is None:
        return None
    case = past.case(scope.case)
    if isinstance(case, NoCase):
        return None
    sharing = past.sharing
    shut_out = following(sharing.excluded, agencies)
    sharing = msgspec.structs.replace(sharing, excluded=shut_out)
    there = {by.agency, *scope.agencies}
    if isinstance(known, KnownMeeting):
        there |= known.there
    return About(
        case_id=scope.case,
        case=case,
        participants=participants(case) - sharing.excluded,
        covered=_CoveredWhenAsked(sharing, frozenset(there), agencies, by),
        named=named(sharing, by.at) if isinstance(command, AddInvitee) else NOBODY,
        consultation=_consultation(command, past),
        reviews=_reviews(command, past, by),
    )


class _CoveredWhenAsked(Mapping[tuple[AgencyId, CategoryCode], GrantId]):
    """Of each that is there; most of what is said in a meeting does not ask for it."""

    def __init__(
        self, sharing: Sharing, there: Iterable[AgencyId], agencies: Agencies, by: Context
    ) -> None:
        self._asked: Final = sharing, there, agencies, by

    @cached_property
    def _found(self) -> Covered:
        sharing, there, agencies, by = self._asked
        return {
            (agency, category): grant
            for agency in there
            for category, grant in covered(
                sharing, agency, by.at, agencies.get(agency, NO_AGENCY)
            ).items()
        }

    def __getitem__(self, key: tuple[AgencyId, CategoryCode]) -> GrantId:
        return self._found[key]

    def __iter__(self) -> Iterator[tuple[AgencyId, CategoryCode]]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _hidden(
    command: MeetingCommand, past: Past, agencies: Agencies, by: Context
) -> frozenset[AgencyId]:
    """Whom it is to be about, if to hear that they are involved would tell where she is."""
    if not isinstance(command, AddInvitee):
        return frozenset()
    known = may_know_of(past, command.agency_id, agencies, by)
    return frozenset() if known else frozenset({command.agency_id})


def _consultation(command: MeetingCommand, past: Past) -> Consultation:
    """Over all meetings about the case, in the order of the log."""
    consultation, table = Consultation(), None
    if not isinstance(command, SettlingCommand):
        return consultation
    for stream, event in _told(past):
        anew = isinstance(event, CaseTabled) and stream != table
        consultation = consulted(consultation, event, anew=anew)
        table = stream if anew else table
    return consultation


def _reviews(command: MeetingCommand, past: Past, by: Context) -> Reviews:
    if not isinstance(command, ReviewingCommand):
        return Reviews()
    year = fiscal_year(date_in_japan(by.at))
    said = [event for _, event in _told(past) if isinstance(event, REVIEWING)]
    return Reviews(
        rounds=sum(
            isinstance(event, CaseReviewed) and fiscal_year(event.reviewed_on) == year
            for event in said
        ),
        put_off_last=bool(said) and isinstance(said[-1], CaseReviewDeferred),
    )


def _told(past: Past) -> Iterator[tuple[StreamId, MeetingEvent]]:
    for told, _ in past.record:
        if type(told.event) in OF_MEETINGS:
            yield told.stream, cast("MeetingEvent", told.event)


def _meeting(scope: Scope, past: Past) -> Meeting:
    return past.fold(NO_MEETING, meetings.evolve, scope.asked)


def _network(command: MeetingCommand, known: Meeting) -> NetworkId | None:
    """What is to be planned names its own; all else is under that of the meeting."""
    if isinstance(command, RequestMeeting | PlanMeeting):
        return command.network_id
    return None if isinstance(known, NoMeeting) else known.network_id


def _agencys_own(known: Meeting, by: Context) -> PersonId:
    """Of a meeting about no case, the words are sealed under a key of whoever convenes it."""
    return PersonId(known.convenor if isinstance(known, KnownMeeting) else by.agency)


def _items(command: MeetingCommand) -> tuple[tuple[Item, ...], frozenset[AgencyId]]:
    match command:
        case ProvideInformation(items=items, recipients=recipients):
            return items, recipients
        case _:
            return (), frozenset()


def _asked(command: MeetingCommand, by: Context) -> MeetingId:
    match command:
        case RequestMeeting() | PlanMeeting(meeting_id=None):
            return MeetingId(by.new_id)
        case PlanMeeting(meeting_id=meeting) if meeting is not None:
            return meeting
        case _:
            assert not isinstance(command, PlanMeeting)
            return command.meeting_id


def _check_named(command: MeetingCommand, named: CaseId | None) -> None:
    match command:
        case PlanMeeting(kind="INDIVIDUAL_CASE") if named is None:
            raise CaseNotNamed
        case PlanMeeting(kind=kind) if named is not None and kind not in OF_A_CASE:
            raise CaseNotNeeded
        case _ if named is None and isinstance(command, ABOUT_A_CASE):
            raise CaseNotNamed
        case _:
            pass


ABOUT_A_CASE: Final = (
    TableCase
    | ProvideInformation
    | ReviewCase
    | DeferReview
    | AllocateRole
    | RecordDisagreement
    | DesignateMainSupport
)
# What she agreed to ends with the meeting; and of a case one meeting has to see what another says.
HEEDING: Final = (
    CancelMeeting,
    CloseMeeting,
    ReviewCase,
    DeferReview,
    RecordDecision,
    RecordDisagreement,
    DesignateMainSupport,
    AllocateRole,
)
NOBODY: Final[frozenset[AgencyId]] = frozenset()
REVIEWING: Final = (CaseReviewed, CaseReviewDeferred)
OF_MEETINGS: Final = frozenset[type[Event]](get_args(MeetingEvent))
