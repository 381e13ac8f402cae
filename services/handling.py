"""Read, decide, seal, append: the one path every command takes."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import ClassVar, Final, NamedTuple, assert_never
from uuid import UUID, uuid4

import msgspec

from contracts.answers import Accepted, Answer, Refusal
from domain.agency import AgencyIsSuspended, PledgeNotSigned, StaffNotEnrolled
from domain.calendar import in_utc
from domain.catalogue import AnyCommand
from domain.model import (
    ITSELF,
    ActingRole,
    AgencyId,
    CaseId,
    CommandId,
    Context,
    Event,
    Guarded,
    Instant,
    PersonId,
    StaffId,
)
from domain.speech import Refused, Spoken, code_of
from services.deciding import Decision, Past, Scope, Source, decide, past_of, scope_of, widened
from services.deciding.scope import NO_ENDS
from services.ids import uuid7
from services.keys import installation_key, keys_of
from services.ports import (
    Append,
    Clock,
    EventLog,
    Keyring,
    Keys,
    LaneName,
    LogRefusesWrites,
    LogUnavailable,
    NewEvent,
    Outcome,
    SecretKey,
)
from services.sealing import Origin, Place, Sealed, Sealing, header_of, persons_of
from services.sights import record_of

RETRY_WITHIN_S: Final = 5.0
AGAIN_AFTER_S: Final = 0.05
MAY_NOT_ACT: Final = frozenset(map(code_of, (AgencyIsSuspended, PledgeNotSigned, StaffNotEnrolled)))


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


class NotTakenBack(Spoken):
    """This may not be recorded, and what held before still holds. Send it again with its id."""

    ja: ClassVar[str] = (
        "この依頼は記録されていないおそれがあり、これまでの内容がまだ有効かもしれません。"
        "同じコマンド番号で、すぐにもう一度送ってください。"
    )


class NotYetHappened(Refused):
    """What is recorded has happened: it cannot lie in the future."""

    ja: ClassVar[str] = "未来の出来事は記録できません。"


class Ask(Guarded, frozen=True, kw_only=True):
    """What somebody asks, in the name of an agency."""

    id: CommandId
    agency: AgencyId
    staff: StaffId
    role: ActingRole
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


class Decided(NamedTuple):
    """What was asked, by whom, and what it came to."""

    ask: Ask
    by: Context
    scope: Scope
    decision: Decision

    @property
    def persons(self) -> frozenset[PersonId]:
        """Whose words are among it."""
        owner = self.decision.owner
        events = [event for write in self.decision.writes for event in write.events]
        return frozenset(person for event in events for person in persons_of(event, owner))


class Handling:
    def __init__(self, log: EventLog, keyring: Keyring, sealing: Sealing, clock: Clock) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._clock: Final = clock

    async def handle(self, ask: Ask) -> Answer:
        """Sent again with the same id, it is answered as it was answered first."""
        tried = self._trying(ask)
        if ask.command.takes_back and ask.agency != ITSELF:  # What follows by rule comes again.
            return await _until_done(tried)
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + RETRY_WITHIN_S
        while clock() <= give_up_at:
            answer = await tried()
            if answer is not None:
                return answer
        return _refusal(ask, TooManyAtOnce())

    async def suppose(self, ask: Ask) -> Answer:
        """Over a log that nobody else writes: decided once, and if that fails, nothing is lost."""
        answer = await self._trying(ask)()
        assert answer is not None, "nobody was first"
        return answer

    def _trying(self, ask: Ask) -> Callable[[], Awaitable[Answer | None]]:
        """However often, what is made in it has the same id."""
        return partial(self._try, ask, CaseId(uuid4()), uuid4())

    async def _try(self, ask: Ask, fresh: CaseId, new_id: UUID) -> Answer | None:
        """``None``: somebody was first, and it has to be decided again."""
        secret = await installation_key(self._keyring)
        by = Context(
            agency=ask.agency,
            staff=ask.staff,
            role=ask.role,
            at=self._clock.now(),
            new_id=new_id,
        )
        append = await self._append_of(ask, fresh, by, secret)
        lane: LaneName = "narrowing" if ask.command.takes_back else "commands"
        return _answer_of(ask, append, await self._log.append(append, lane))

    async def _append_of(self, ask: Ask, fresh: CaseId, by: Context, secret: SecretKey) -> Append:
        """What goes into the log: the events and the answer; or the refusal, as an answer alone."""
        try:
            if ask.occurred_at and ask.occurred_at > by.at:
                raise NotYetHappened
            scope = scope_of(ask.command, ask.case, fresh, by)
            past, head = await self._past(scope, by)
            while (wider := widened(scope, ask.command, past, by)) != scope:
                scope = wider
                past, head = await self._past(scope, by)
            decision = decide(scope, ask.command, past, by)
            if ask.token not in (None, _token(secret, by, scope, past.version(scope.asked))):
                raise ChangedSince
            decided = Decided(ask, by, scope, decision)
            keys = await keys_of(self._keyring, decided.persons)
            events = tuple(each.new for each in sealed(self._sealing, decided, keys))
        except Refused as refused:
            answer: Answer = _refusal(ask, refused)
            return Append(
                agency=by.agency, command=ask.id, body=_body(secret, ask), answer=_encoded(answer)
            )
        return append_of(decided, events, secret, head)

    async def _past(self, scope: Scope, by: Context) -> tuple[Past, int]:
        """What had happened, and up to which position that was read."""
        reading = await self._log.recall(*scope.streams(by))
        # Read at another moment: what is written there is refused unless it follows just these.
        ends = await self._log.last(*scope.ends) if scope.ends else NO_ENDS
        if not (scope.whole and scope.case):
            return past_of(self._sealing, reading, ends=ends), reading.head
        cases = await self._log.of_cases(scope.case)
        record = record_of(self._sealing, scope.case, cases.events[scope.case])
        sources = [Source(entry.told, header_of(entry.stored).parts) for entry in record.entries]
        return past_of(self._sealing, reading, sources, ends), min(reading.head, cases.head)


async def _until_done(tried: Callable[[], Awaitable[Answer | None]]) -> Answer:
    """What takes something back is tried until it stands, and never fails in silence."""
    with suppress(TimeoutError):
        async with asyncio.timeout(RETRY_WITHIN_S):
            while True:
                try:
                    answer = await tried()
                except (LogUnavailable, LogRefusesWrites):
                    await asyncio.sleep(AGAIN_AFTER_S)
                else:
                    if answer is not None:
                        return answer
    raise NotTakenBack


def append_of(
    decided: Decided, events: tuple[NewEvent, ...], secret: SecretKey, head: int
) -> Append:
    """What was decided, and the answer to whoever asked for it."""
    ask, by, scope, decision = decided
    asked = decision.writes[0]
    answer = Accepted(
        command=ask.id,
        case=scope.case,
        made=_made(asked.events),
        # Where nothing was done, it would tell what others have done meanwhile.
        token=_token(secret, by, scope, asked.version + len(asked.events))
        if asked.events
        else None,
    )
    return Append(
        agency=by.agency,
        command=ask.id,
        body=_body(secret, ask),
        answer=_encoded(answer),
        events=events,
        not_after=ask.not_after,
        # What only narrows waits for nobody; all else must not have been overtaken.
        reads=scope.fence_keys(by, narrows=bool(events) and ask.command.waits_for_nobody),
        read_to=head,
    )


def sealed(
    sealing: Sealing,
    decided: Decided,
    keys: Keys,
    new_id: Callable[[datetime], UUID] = uuid7,
) -> tuple[Sealed, ...]:
    ask, by, scope, decision = decided
    origin = Origin(
        by=by,
        occurred_at=ask.occurred_at or by.at,
        correlation=ask.correlation or ask.id,
        command=ask.id,
    )
    return tuple(
        sealing.sealed(
            event,
            new_id(by.at),
            Place(
                stream=write.stream,
                key=write.under or scope.case or decision.owner,
                version=version,
                woman=decision.owner,
                case=scope.case,
            ),
            origin,
            keys,
        )
        for write in decision.writes
        for version, event in enumerate(write.events, start=write.version + 1)
    )


def _answer_of(ask: Ask, append: Append, outcome: Outcome) -> Answer | None:
    """``None``: somebody was first, and it has to be decided again."""
    match outcome.verdict:
        case "appended":
            return _ANSWER.decode(append.answer)
        case "repeated":
            assert outcome.answer is not None
            own = _ANSWER.decode(append.answer)
            # Whoever may not act now is not told either what came of it when they might.
            may_not_act = isinstance(own, Refusal) and own.code in MAY_NOT_ACT
            return own if may_not_act else _ANSWER.decode(outcome.answer)
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


def _token(secret: SecretKey, by: Context, scope: Scope, version: int) -> str:
    """Tells whether anything has changed, and not how much: each agency has tokens of its own."""
    seen = b"token1" + by.agency.bytes + scope.asked.bytes + version.to_bytes(8, "big")
    return hmac.digest(secret, seen, "sha256").hex()[:32]


def _made(events: Sequence[Event]) -> UUID | None:
    return next((getattr(event, event.makes) for event in events if event.makes), None)
