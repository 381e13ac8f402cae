"""Read, decide, seal, append: the one path every command takes."""

import asyncio
import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar, assert_never, cast
from uuid import UUID, uuid4

import msgspec

from contracts.answers import Accepted, Answer, Refusal
from domain.calendar import date_in_japan, in_utc
from domain.case import (
    CASE,
    AcceptCase,
    CaseAlreadyOpened,
    ConsultationRecorded,
    NoCase,
    OpenCase,
    accepting,
)
from domain.case_numbers import CASE_NUMBERS, numbers_key
from domain.catalogue import AnyCommand
from domain.consent_ledger import (
    ConsentExplained,
    ConsentRefused,
    ExplainConsent,
    GrantConsent,
    RecordRefusal,
    WithdrawConsent,
    consent_ledger,
)
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    Context,
    Decider,
    Event,
    Guarded,
    Instant,
    PersonId,
    StaffId,
    StaffRole,
    StreamId,
    fence_key,
    stream_of,
)
from domain.speech import Refused
from services.ids import uuid7
from services.ports import (
    Append,
    Clock,
    EventLog,
    Fact,
    Keyring,
    Keys,
    NewEvent,
    Outcome,
    Reading,
    SecretKey,
)
from services.sealing import Origin, Place, Sealing, persons_of

# The installation's own key: for hashes that must not be guessed, and tokens not to be forged.
INSTALLATION: Final = PersonId(UUID(int=0))
RETRY_WITHIN_S: Final = 5.0


class CommandIdReused(Refused):
    """This command id was used before, for something else."""

    ja: ClassVar[str] = "このコマンド番号は、すでに別の内容で使われています。"


class TooLate(Refused):
    """The time until which this was asked for is over."""

    ja: ClassVar[str] = "この依頼の有効期限が過ぎています。"


class ChangedSince(Refused):
    """The record has changed since it was read: read it again, and then decide."""

    ja: ClassVar[str] = "読み取った後に記録が変わっています。もう一度読んでから判断してください。"


class TooManyAtOnce(Refused):
    """Others were changing the same record all the while. Nothing was done: ask again."""

    ja: ClassVar[str] = (
        "同じ記録が続けて変更されているため、何も記録していません。もう一度送ってください。"
    )


class NotYetHappened(Refused):
    """What is recorded has happened: it cannot lie in the future."""

    ja: ClassVar[str] = "未来の出来事は記録できません。"


class Ask(Guarded, frozen=True, kw_only=True):
    """What somebody asks, in the name of an agency."""

    id: CommandId
    agency: AgencyId
    staff: StaffId
    role: StaffRole
    command: AnyCommand
    case: CaseId | None = None  # None: it is to be opened.
    occurred_at: Instant | None = None
    not_after: Instant | None = None
    token: str | None = None
    correlation: UUID | None = None

    def __post_init__(self) -> None:
        for name in ("occurred_at", "not_after"):
            at: datetime | None = getattr(self, name)
            if at is not None:
                msgspec.structs.force_setattr(self, name, in_utc(at))


S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class Write(NamedTuple, Generic[E_co]):
    """New events of one stream, after the version they were decided on."""

    stream: StreamId
    version: int
    events: Sequence[E_co]


class Decision(NamedTuple):
    writes: tuple[Write[Event], ...]  # The first is the aggregate that was asked.
    woman: PersonId


class Handling:
    def __init__(self, log: EventLog, keyring: Keyring, sealing: Sealing, clock: Clock) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._clock: Final = clock

    async def handle(self, ask: Ask) -> Answer:
        """Sent again with the same id, it is answered as it was answered first."""
        secret = await self._installation_key()
        case = ask.case or CaseId(uuid4())
        new_id = uuid4()
        give_up_at = asyncio.get_running_loop().time() + RETRY_WITHIN_S
        while True:
            by = Context(
                agency=ask.agency,
                staff=ask.staff,
                role=ask.role,
                at=self._clock.now(),
                new_id=new_id,
            )
            append = await self._append_of(ask, case, by, secret)
            outcome = await self._log.append(append)
            answer = _answer_of(ask, append, outcome)
            if answer is not None:
                return answer
            if asyncio.get_running_loop().time() > give_up_at:
                return _refusal(ask, TooManyAtOnce())

    async def _append_of(self, ask: Ask, case: CaseId, by: Context, secret: SecretKey) -> Append:
        """What goes into the log: the events and the answer; or the refusal, as an answer alone."""
        body = _body(secret, ask)
        try:
            if ask.occurred_at and ask.occurred_at > by.at:
                raise NotYetHappened
            streams = _streams(ask.command, case, by)
            reading = await self._log.recall(*streams)
            version = len(reading.streams[streams[0]])
            if ask.token not in (None, _token(secret, by.agency, streams[0], version)):
                raise ChangedSince
            decision = self._decide(ask, reading, streams, by)
            events = await self._sealed(ask, case, by, decision)
        except Refused as refused:
            answer: Answer = _refusal(ask, refused)
            return Append(agency=by.agency, command=ask.id, body=body, answer=_encoded(answer))
        made = decision.writes[0].events
        answer = Accepted(
            command=ask.id,
            case=case,
            made=_made(made),
            token=_token(secret, by.agency, streams[0], version + len(made)),
        )
        return Append(
            agency=by.agency,
            command=ask.id,
            body=body,
            answer=_encoded(answer),
            events=events,
            not_after=ask.not_after,
            # What narrows waits for nobody; all else must not have been overtaken.
            reads=() if any(event.stamps for event in events) else (fence_key("case", case),),
            read_to=reading.head,
        )

    def _decide(
        self, ask: Ask, reading: Reading[Fact], streams: tuple[StreamId, ...], by: Context
    ) -> Decision:
        asked, beside = (reading.streams[stream] for stream in (streams[0], streams[-1]))
        writes: tuple[Write[Event], ...]
        match ask.command:
            case OpenCase() if ask.case is not None:
                raise CaseAlreadyOpened
            case AcceptCase() as command:
                case = self._fold(CASE, asked)
                (taken,) = CASE_NUMBERS.decide(self._fold(CASE_NUMBERS, beside), command, by)
                accepted = accepting(taken.number).decide(case, command, by)
                writes = (
                    Write(streams[0], len(asked), accepted),
                    Write(streams[-1], len(beside), (taken,)),
                )
            case ExplainConsent() | GrantConsent() | RecordRefusal() | WithdrawConsent() as command:
                case = self._fold(CASE, beside)
                ledger = consent_ledger(case)
                consented = ledger.decide(self._fold(ledger, asked), command, by)
                writes = (Write(streams[0], len(asked), consented),)
            case command:
                case = self._fold(CASE, asked)
                writes = (Write(streams[0], len(asked), CASE.decide(case, command, by)),)
        woman = PersonId(by.new_id) if isinstance(case, NoCase) else case.subject_id
        return Decision(writes, woman)

    def _fold(self, decider: Decider[S, C, E], history: Sequence[Fact]) -> S:
        """The stream holds the events of its aggregate, and no others."""
        return decider.replay(cast("Iterator[E]", self._sealing.facts(history)))

    async def _sealed(
        self, ask: Ask, case: CaseId, by: Context, decision: Decision
    ) -> tuple[NewEvent, ...]:
        events = [event for write in decision.writes for event in write.events]
        persons = frozenset(p for event in events for p in persons_of(event, decision.woman))
        keys = await self._keys(persons)
        origin = Origin(
            by=by,
            occurred_at=ask.occurred_at or by.at,
            correlation=ask.correlation or ask.id,
            command=ask.id,
        )
        return tuple(
            self._sealing.seal(
                event,
                uuid7(by.at),
                Place(stream=write.stream, key=case, version=version, woman=decision.woman),
                origin,
                keys,
            )
            for write in decision.writes
            for version, event in enumerate(write.events, start=write.version + 1)
        )

    async def _keys(self, persons: frozenset[PersonId]) -> Keys:
        keys = await self._keyring.keys(persons)
        for person in persons - keys.keys():
            await self._keyring.make(person)
        return keys if len(keys) == len(persons) else await self._keyring.keys(persons)

    async def _installation_key(self) -> SecretKey:
        keys = await self._keys(frozenset({INSTALLATION}))
        key = keys[INSTALLATION]
        assert key is not None, "the installation's own key is never destroyed"
        return key


def _streams(command: AnyCommand, case: CaseId, by: Context) -> tuple[StreamId, ...]:
    """What is read to decide: first the aggregate that is asked, then what stands beside it."""
    match command:
        case AcceptCase(network_id=network):
            numbers = stream_of("numbers", numbers_key(network, date_in_japan(by.at)))
            return stream_of("case", case), numbers
        case ExplainConsent() | GrantConsent() | RecordRefusal() | WithdrawConsent():
            return stream_of("consent", case), stream_of("case", case)
        case _:
            return (stream_of("case", case),)


def _answer_of(ask: Ask, append: Append, outcome: Outcome) -> Answer | None:
    """``None``: somebody was first, and it has to be decided again."""
    match outcome.verdict:
        case "appended":
            return _ANSWER.decode(append.answer)
        case "repeated":
            assert outcome.answer is not None
            return _ANSWER.decode(outcome.answer)
        case "reused":
            return _refusal(ask, CommandIdReused())
        case "late":
            return _refusal(ask, TooLate())
        case "moved" | "fenced" | "tracked":
            return None
    assert_never(outcome.verdict)


_ANSWER: Final[msgspec.json.Decoder[Answer]] = msgspec.json.Decoder(Answer)


def _refusal(ask: Ask, refused: Refused) -> Refusal:
    facts = {name: str(value) for name, value in refused.facts.items()}
    return Refusal(command=ask.id, code=refused.code, facts=facts)


def _encoded(answer: Answer) -> bytes:
    return msgspec.json.encode(answer, order="sorted")


def _body(secret: SecretKey, ask: Ask) -> bytes:
    """The same person, id and bytes make the same command. Keyed: nobody guesses from the hash."""
    who = (ask.staff, ask.role)
    asked = (who, ask.case, ask.command, ask.occurred_at, ask.not_after, ask.token)
    return hmac.digest(secret, b"body1" + msgspec.json.encode(asked, order="sorted"), "sha256")


def _token(secret: SecretKey, agency: AgencyId, stream: StreamId, version: int) -> str:
    """Tells whether anything has changed, and not how much: each agency has tokens of its own."""
    seen = b"token1" + agency.bytes + stream.bytes + version.to_bytes(8, "big")
    return hmac.digest(secret, seen, "sha256").hex()[:32]


def _made(events: Sequence[Event]) -> UUID | None:
    for event in events:
        match event:
            case ConsultationRecorded(consultation_id=made):
                return made
            case ConsentExplained(grant_id=made) | ConsentRefused(grant_id=made):
                return made
            case _:
                pass
    return None
