"""Disclosing (提供): the gate. Decide, append, release: nothing leaves for an agency another way.

Whatever is to go out has been decided on some reading of the log. What of it is another's record is
appended as ``Disclosed``, unless something it was decided on has been overtaken since: then that
case stays, to be decided again. From before the append was sent there is one second in which it may
go out; what has not gone by then does not go any more.

So from the commit of a withdrawal nothing is disclosed on what she has taken back, and one second
later nothing of it is on its way.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from time import monotonic
from typing import ClassVar, Final, Literal, NamedTuple, Protocol, TypeAlias, get_args
from uuid import UUID, uuid4

import msgspec

from domain.categories import CategoryCode
from domain.consent_codes import BasisCode, DisclosureChannel
from domain.disclosed import LINES_MAX, BasisId, Disclosed, DisclosureId
from domain.items import FieldPath
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    Context,
    EventId,
    PersonId,
    StaffId,
    StaffRole,
    stream_of,
)
from domain.policy import POLICY_VERSION
from domain.speech import Spoken
from domain.visibility import Basis, fields_of
from domain.visibility.holding import FOR_GOOD
from services.ids import uuid7
from services.ports import Append, Clock, EventLog, Keyring, Keys, NewEvent, Read
from services.sealing import Origin, Place, Sealing
from services.sights import Seen

WINDOW_S: Final = 1.0
WINDOW: Final = timedelta(seconds=WINDOW_S)
READ_AGAIN_WITHIN_S: Final = 15 * 60.0
NOT_RECORDED: Final = frozenset[CategoryCode]({"ENV", "PUB"})  # They tell nothing of her.


class NotReleased(Spoken):
    """What you asked for kept changing, or could not be sent in time. Ask again."""

    ja: ClassVar[str] = (
        "読み取りの間に記録が変わったか、時間内に送れなかったため、お渡ししていません。"
        "もう一度読み込んでください。"
    )


class Window:
    """Until when what was decided may still go out: one second, by a clock that nobody sets."""

    __slots__ = ("ends_at_s",)

    def __init__(self) -> None:
        self.ends_at_s = FOREVER

    def open(self) -> None:
        """What goes out next is decided anew."""
        self.ends_at_s = FOREVER

    def ends_by(self, at_s: float) -> None:
        self.ends_at_s = min(self.ends_at_s, at_s)

    @property
    def left_s(self) -> float:
        return max(0.0, self.ends_at_s - monotonic())

    @property
    def is_over(self) -> bool:
        return monotonic() >= self.ends_at_s

    def __eq__(self, other: object) -> bool:
        """It says nothing of who reads: they are the same, whatever they read last."""
        return isinstance(other, Window)

    def __hash__(self) -> int:
        return hash(Window)


FOREVER: Final = float("inf")


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads, in which agency's name, and until when what they are told may go out."""

    agency: AgencyId
    staff: StaffId
    role: StaffRole
    window: Window = msgspec.field(default_factory=Window)


class Stand(NamedTuple):
    """What a decision stands on: how far was read, what may not move since, how long it holds."""

    read_to: int
    fences: frozenset[str]
    until: datetime

    def beside(self, other: "Stand") -> "Stand":
        return Stand(
            min(self.read_to, other.read_to),
            self.fences | other.fences,
            min(self.until, other.until),
        )


class Outgoing(NamedTuple):
    """What is to go out of a case."""

    case: CaseId
    seen: Sequence[Seen]
    stand: Stand


def by_case(outgoing: Iterable[Outgoing]) -> Iterable[Outgoing]:
    """What goes out of a case in several rows goes out at once, or stays."""
    found: dict[CaseId, Outgoing] = {}
    for each in outgoing:
        other = found.get(each.case)
        if other is None:
            found[each.case] = each
        else:
            found[each.case] = Outgoing(
                each.case, (*other.seen, *each.seen), other.stand.beside(each.stand)
            )
    return found.values()


# What their own agency had recorded; a case through the eyes of another; whom she let know what.
Accessed: TypeAlias = Literal["OWN_RECORD", "ANOTHERS_VIEW", "TRAIL"]
ACCESSED: Final[tuple[Accessed, ...]] = get_args(Accessed)


class AccessLog(Protocol):
    """Beside the log: who read of which case what is nobody's disclosure."""

    async def note(self, reader: Reader, read: Accessed, cases: Sequence[CaseId]) -> None: ...


class Gate:
    def __init__(
        self,
        log: EventLog,
        keyring: Keyring,
        sealing: Sealing,
        clock: Clock,
        access: AccessLog,
    ) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._clock: Final = clock
        self._access: Final = access
        self._lately: Final = Lately()

    async def passes(
        self,
        reader: Reader,
        channel: DisclosureChannel,
        outgoing: Sequence[Outgoing],
        *,
        in_person: bool = True,
    ) -> AbstractSet[CaseId]:
        """Record what is to go out; told is which cases stay, to be decided again.

        What was told a moment ago already, and nothing has moved since, is not recorded once more.
        ``in_person``: it is for whoever reads; and for all who work there, where it is not.
        """
        asked_at_s, now = monotonic(), self._clock.now()
        to = To(reader.agency, reader.staff if in_person else None, channel)
        going = [self._going(to, each) for each in by_case(outgoing)]
        await self._check_fences(going)
        for each in going:
            each.stays |= is_over(each.out.stand.until, now)
        appends = [each for each in going if each.lines and not each.stays]
        outcomes = await asyncio.gather(
            *(self._log.append(self._append(reader, each, now), "disclosures") for each in appends)
        )
        for each, outcome in zip(appends, outcomes, strict=True):
            each.stays = outcome.verdict not in {"appended", "repeated"}
        for read in ACCESSED:
            cases = [e.out.case for e in going if read in e.reads and not e.stays]
            if cases:
                await self._access.note(reader, read, cases)
        for each in going:
            if not each.stays:
                self._lately.remember(each)
        reader.window.ends_by(asked_at_s + WINDOW_S)
        return {each.out.case for each in going if each.stays}

    async def note(self, reader: Reader, read: Accessed, cases: Sequence[CaseId]) -> None:
        await self._access.note(reader, read, cases)

    async def open(self, seen: Iterable[Seen]) -> Keys:
        """The keys to what has passed, or to what has to be opened to decide what may."""
        return await self._keyring.keys(persons_shown(seen))

    def _going(self, to: "To", out: Outgoing) -> "Going":
        lines: dict[Told, Line] = {}
        reads: set[Accessed] = set()
        for seen in out.seen:
            told = seen.entry.told
            if not type(told.event).disclosable:
                reads.add("TRAIL")  # That would be told of what was told, and so on.
            elif told.agency.int == to.agency.int:
                reads.add("OWN_RECORD")
            else:
                lines.update((line.told, line) for line in lines_of(seen))
        key = to, out.case
        return Going(key, out, [*lines.values()], self._lately.of(key), reads)

    async def _check_fences(self, going: "Sequence[Going]") -> None:
        """By reading them, of what will not be appended or was appended before."""
        asked = [each for each in going if each.before or not each.lines]
        if not asked:
            return
        stands = (each.before or each.out.stand for each in asked)
        overtaken = await self._log.overtaken([Read(s.fences, s.read_to) for s in stands])
        for nth, each in enumerate(asked):
            if nth not in overtaken:
                each.leave_out_what_was_told()
            else:  # Since then something has changed: all of it is told anew.
                self._lately.forget(each.key)
                each.before = None
                each.stays = not each.lines

    def _append(self, reader: Reader, each: "Going", now: datetime) -> Append:
        stand, events = each.out.stand, tuple(self._disclosed(reader, each, now))
        return Append(
            agency=reader.agency,
            command=CommandId(uuid7(now)),
            body=b"",
            answer=b"",
            events=events,
            not_after=_before(stand.until),
            reads=tuple(sorted(stand.fences)),
            read_to=stand.read_to,
        )

    def _disclosed(self, reader: Reader, each: "Going", now: datetime) -> Iterator[NewEvent]:
        """In streams of its own: nobody competes with it, and it with nobody."""
        to, case = each.key
        for at in range(0, len(each.lines), LINES_MAX):
            lines = each.lines[at : at + LINES_MAX]
            disclosure_id = DisclosureId(uuid4())
            disclosed = Disclosed(
                disclosure_id=disclosure_id,
                case_id=case,
                recipient=to.agency,
                person=to.person,
                channel=to.channel,
                policy=POLICY_VERSION,
                events=tuple([line.event for line in lines]),
                fields=tuple([line.path for line in lines]),
                categories=tuple([line.category for line in lines]),
                bases=tuple([line.basis.rule for line in lines]),
                basis_ids=tuple([basis_id(line.basis) for line in lines]),
            )
            by = Context(
                agency=reader.agency,
                staff=reader.staff,
                role=reader.role,
                at=now,
                new_id=disclosure_id,
            )
            event_id = uuid7(now)
            place = Place(
                stream=stream_of("disclosure", disclosure_id),
                key=disclosure_id,
                version=1,
                woman=NOBODY,
            )
            origin = Origin(
                by=by, occurred_at=now, correlation=event_id, command=CommandId(event_id)
            )
            yield self._sealing.seal(disclosed, event_id, place, origin, NO_KEYS)


NOBODY: Final = PersonId(UUID(int=0))
NO_KEYS: Final[Keys] = {}
Told: TypeAlias = tuple[int, str, BasisCode | None, int]


class Line(NamedTuple):
    event: EventId
    path: FieldPath
    category: CategoryCode
    basis: Basis

    @property
    def told(self) -> Told:
        """On another basis it is told anew: with that one, it is to be destroyed."""
        on = basis_id(self.basis)
        return self.event.int, self.path, self.basis.rule, on.int if on else 0


def lines_of(seen: Seen) -> Iterator[Line]:
    """Of another's record, each field that is told, and on which basis."""
    told, bases = seen.entry.told, seen.visible.bases
    for field in fields_of(None, told, seen.header.parts):
        basis = bases.get(field.name)
        if basis is not None and basis.rule != "OWN" and field.category not in NOT_RECORDED:
            yield Line(told.id, field.path, field.category, basis)


def basis_id(basis: Basis) -> BasisId | None:
    of = basis.grant or basis.emergency or basis.statutory
    return None if of is None else BasisId(of)


def persons_shown(found: Iterable[Seen]) -> frozenset[PersonId]:
    """Whose keys it takes to open what may be seen."""
    persons = {
        line.person.int: line.person  # Comparing ids as such takes far longer.
        for seen in found
        for line in seen.header.parts
        if line.field in seen.visible.bases
    }
    return frozenset(persons.values())


class To(NamedTuple):
    """Whom it is for: one person, or all who work there; and by which way."""

    agency: AgencyId
    person: StaffId | None
    channel: DisclosureChannel


Key: TypeAlias = tuple[To, CaseId]


class Before(NamedTuple):
    """What somebody was told of a case lately, and at which position of the fences."""

    read_to: int
    fences: frozenset[str]
    told: set[Told]
    at_s: float


class Going:
    """Something on its way through the gate."""

    __slots__ = ("before", "key", "lines", "out", "reads", "stays")

    def __init__(
        self,
        key: Key,
        out: Outgoing,
        lines: list[Line],
        before: Before | None,
        reads: set[Accessed],
    ) -> None:
        self.key: Final = key
        self.out: Final = out
        self.lines = lines
        self.before = before
        self.reads = reads  # Of what is nobody's disclosure.
        self.stays = False

    def leave_out_what_was_told(self) -> None:
        if self.before:
            told = self.before.told
            self.lines = [line for line in self.lines if line.told not in told]
            self.reads -= {read for read in ACCESSED if _read(read) in told}


class Lately:
    """What was told whom within the last quarter of an hour, the last first to stay."""

    def __init__(self, most: int = 200_000) -> None:
        self._most: Final = most  # Lines, all together.
        self._weight = 0
        self._before: Final[OrderedDict[Key, Before]] = OrderedDict()

    def of(self, key: Key) -> Before | None:
        before = self._before.get(key)
        if before is not None and before.at_s < monotonic() - READ_AGAIN_WITHIN_S:
            self.forget(key)
            return None
        return before

    def remember(self, going: Going) -> None:
        now = {line.told for line in going.lines}
        now.update(map(_read, going.reads))
        if going.before is not None and self._before.get(going.key) is going.before:
            self._weight += len(now - going.before.told)
            going.before.told.update(now)
            return
        self.forget(going.key)
        stand = going.out.stand
        self._before[going.key] = Before(stand.read_to, stand.fences, now, monotonic())
        self._weight += 1 + len(now)
        while self._weight > self._most:
            self.forget(next(iter(self._before)))

    def forget(self, key: Key) -> None:
        before = self._before.pop(key, None)
        if before is not None:
            self._weight -= 1 + len(before.told)


def _read(what: Accessed) -> Told:
    return 0, what, None, 0


def is_over(until: datetime, now: datetime) -> bool:
    return until != FOR_GOOD and until - WINDOW < now


def _before(until: datetime) -> datetime | None:
    """What ends within the second would still be on its way when it has ended."""
    return None if until == FOR_GOOD else until - WINDOW
