"""What is read to decide a command, and what it then decides: one arm for each aggregate."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar, cast

from domain import agency, referral
from domain.agency import (
    Agency,
    AgencyCommand,
    NoAgency,
    RegisterAgency,
    agency_under,
    check_in_good_standing,
    check_may_act,
)
from domain.calendar import date_in_japan
from domain.case import (
    CASE,
    AcceptCase,
    AssignRole,
    CaseAlreadyOpened,
    NoCase,
    OpenCase,
    accepting,
)
from domain.case_numbers import CASE_NUMBERS, numbers_key
from domain.catalogue import AnyCommand
from domain.consent_ledger import (
    ExplainConsent,
    GrantConsent,
    RecordRefusal,
    WithdrawConsent,
    consent_ledger,
)
from domain.installation import INSTALLATION, InstallationFounded
from domain.model import AgencyId, CaseId, Context, Event, PersonId, StreamId, fence_key, stream_of
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    NoReferral,
    ReceiveReferral,
    Referral,
    SendReferral,
)
from domain.speech import Refused
from services.ports import Fact, Reading
from services.sealing import Sealing

S = TypeVar("S")
E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class CaseNotNeeded(Refused):
    """This is not about a case: leave out which case it is."""

    ja: ClassVar[str] = "これはケースについての依頼ではありません。ケースの指定を外してください。"


class Write(NamedTuple, Generic[E_co]):
    """New events of one stream, after the version they were decided on."""

    stream: StreamId
    version: int
    events: Sequence[E_co]


class Decision(NamedTuple):
    writes: tuple[Write[Event], ...]  # The first is the aggregate that was asked.
    owner: PersonId  # Whose words they are, unless an event says otherwise.


class Scope(NamedTuple):
    """What a command is about, and so what has to be read to decide it."""

    case: CaseId | None
    asked: StreamId  # The aggregate that is asked,
    beside: tuple[StreamId, ...] = ()  # what stands beside it,
    agencies: frozenset[AgencyId] = frozenset()  # and whom it gives something to do.

    def streams(self, by: Context) -> tuple[StreamId, ...]:
        agencies = (stream_of("agency", each) for each in (by.agency, *sorted(self.agencies)))
        return tuple(dict.fromkeys((self.asked, *self.beside, *agencies)))

    def fence_keys(self, by: Context) -> tuple[str, ...]:
        """What must not have been overtaken once it is decided."""
        agencies = [fence_key("agency", each) for each in sorted({by.agency, *self.agencies})]
        return (*((fence_key("case", self.case),) if self.case else ()), *agencies)


def scope_of(  # noqa: PLR0911 (one arm for each shape of scope)
    command: AnyCommand, named: CaseId | None, fresh: CaseId, by: Context
) -> Scope:
    """``named`` is the case that was asked about. Only its opening names none, and makes one."""
    if isinstance(command, AgencyCommand):
        if named is not None:
            raise CaseNotNeeded
        asked = by.new_id if isinstance(command, RegisterAgency) else command.agency_id
        return Scope(None, stream_of("agency", asked), (INSTALLATION,))
    if isinstance(command, OpenCase) and named is not None:
        raise CaseAlreadyOpened
    case = named or fresh
    stream = stream_of("case", case)
    match command:
        case AcceptCase(network_id=network, main_responsible=answering):
            numbers = stream_of("numbers", numbers_key(network, date_in_japan(by.at)))
            return Scope(case, stream, (numbers,), _given(answering))
        case AssignRole(agency_id=given):
            return Scope(case, stream, (), _given(given))
        case GrantConsent(recipients=recipients):
            return Scope(case, stream_of("consent", case), (stream,), recipients)
        case ExplainConsent() | RecordRefusal() | WithdrawConsent():
            return Scope(case, stream_of("consent", case), (stream,))
        case DraftReferral(to_agency=given):
            return Scope(case, stream_of("referral", by.new_id), (stream,), _given(given))
        case (
            SendReferral(referral_id=asked)
            | ReceiveReferral(referral_id=asked)
            | AcceptReferral(referral_id=asked)
            | ConfirmHandover(referral_id=asked)
        ):
            return Scope(case, stream_of("referral", asked), (stream,))
        case _:
            return Scope(case, stream)


def decide(scope: Scope, command: AnyCommand, past: "Past", by: Context) -> Decision:
    check_may_act(past.agency(by.agency), by.staff, by.role)
    for each in scope.agencies:
        check_in_good_standing(past.agency(each))
    if isinstance(command, AgencyCommand):
        return _decide_agency(scope, command, past, by)
    assert scope.case is not None
    stream = stream_of("case", scope.case)
    case = past.fold(CASE.initial, CASE.evolve, stream)
    writes: tuple[Write[Event], ...]
    match command:
        case AcceptCase():
            (numbers,) = scope.beside
            taken = past.fold(CASE_NUMBERS.initial, CASE_NUMBERS.evolve, numbers)
            (number,) = CASE_NUMBERS.decide(taken, command, by)
            accepted = accepting(number.number).decide(case, command, by)
            writes = (past.write(stream, accepted), past.write(numbers, (number,)))
        case ExplainConsent() | GrantConsent() | RecordRefusal() | WithdrawConsent():
            ledger = consent_ledger(case)
            state = past.fold(ledger.initial, ledger.evolve, scope.asked)
            writes = (past.write(scope.asked, ledger.decide(state, command, by)),)
        case (
            DraftReferral()
            | SendReferral()
            | ReceiveReferral()
            | AcceptReferral()
            | ConfirmHandover()
        ):
            known = past.fold(NO_REFERRAL, referral.evolve, scope.asked)
            decided = referral.decide(scope.case, case, known, command, by)
            writes = (
                past.write(scope.asked, decided.referral),
                past.write(stream, decided.case),
            )
        case _:
            writes = (past.write(stream, CASE.decide(case, command, by)),)
    woman = PersonId(by.new_id) if isinstance(case, NoCase) else case.subject_id
    return Decision(writes, woman)


class Past:
    """What had happened, in the streams that were read."""

    def __init__(self, sealing: Sealing, reading: Reading[Fact]) -> None:
        self._sealing: Final = sealing
        self._reading: Final = reading

    def fold(self, initial: S, evolve: Callable[[S, E], S], stream: StreamId) -> S:
        """The stream holds the events of its aggregate, and no others."""
        events = cast("Iterator[E]", self._sealing.facts(self._reading.streams[stream]))
        return reduce(evolve, events, initial)

    def agency(self, agency_id: AgencyId) -> Agency:
        return self.fold(NO_AGENCY, agency.evolve, stream_of("agency", agency_id))

    def version(self, stream: StreamId) -> int:
        return len(self._reading.streams[stream])

    def write(self, stream: StreamId, events: Sequence[Event]) -> Write[Event]:
        return Write(stream, self.version(stream), events)


def _decide_agency(scope: Scope, command: AgencyCommand, past: Past, by: Context) -> Decision:
    founded = past.fold(None, _founded, INSTALLATION)
    assert founded is not None, "whoever acts was enrolled under an operator"
    asked = AgencyId(by.new_id if isinstance(command, RegisterAgency) else command.agency_id)
    events = agency_under(founded).decide(past.agency(asked), command, by)
    return Decision((past.write(scope.asked, events),), PersonId(asked))


def _founded(_: AgencyId | None, event: InstallationFounded) -> AgencyId | None:
    return event.operator


def _given(agency_id: AgencyId | None) -> frozenset[AgencyId]:
    return frozenset({agency_id} if agency_id else ())


NO_AGENCY: Final[Agency] = NoAgency()
NO_REFERRAL: Final[Referral] = NoReferral()
