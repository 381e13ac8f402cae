"""The gate under every interleaving that chance finds: shipped code, over ports of virtual time.

Two processes of ours let agencies read, each with a gate of its own: a case, a timeline, a list, or
a page of their feed. Meanwhile something is taken from one agency or another, in all the ways there
are. Processes are paused and killed, the log is slow, loses answers and refuses, and the list of
where a feed may have something lags behind; those who read take their time. What came out of the
wire, and when, is compared with what the log says.

``python -m tests.gate SEED`` plays one seed again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from random import Random
from typing import Final, Literal, NamedTuple, cast
from unittest.mock import patch
from uuid import UUID

import msgspec

from adapters.crypto import AesVeil
from adapters.http.wire import Together
from contracts.feed import FeedPage
from domain.agency import AgencyIsSuspended
from domain.disclosed import Disclosed
from domain.model import AgencyId, CaseId, StaffId, StreamId
from services import disclosing
from services.aliases import Aliases, Cursors
from services.disclosing import WINDOW_S, Accessed, Gate, NotReleased, Reader
from services.feeding import FeedCandidate, Feeding
from services.feeding.arriving import Outside
from services.feeding.waking import News, Waking
from services.listing import Listing
from services.looking import Looking
from services.ports import (
    EPOCH,
    Append,
    Cases,
    EventLog,
    Fact,
    LaneName,
    LogUnavailable,
    Moved,
    NewEvent,
    Outcome,
    Read,
    Reading,
    StoredEvent,
)
from services.relaying import Head
from services.viewing import Candidates, CaseCandidate, Viewing
from tests.gate.base import CAUSES, NAME, Base, Cause, Written, base, taking
from tests.gate.places import Places
from tests.gate.virtual import VirtualLoop, run
from tests.sealed import SEALING, SECRET, Keyring
from tests.world import Someone

STEP_MAX_S: Final = 0.2
PAUSE_MAX_S: Final = 3.0
KILLED_WITHIN_S: Final = 3.0
COUNTS: Final = [6 if cause == "EXPIRED" else 2 for cause in CAUSES]  # How likely each is.
BEGUN_WITHIN_S: Final = 4.0  # Whatever takes something from somebody.
READERS: Final = 4
READS_MAX: Final = 3  # By each reader.
WAYS: Final[tuple[Literal["CASE", "TIMELINE", "CASES", "FEED"], ...]] = (
    "CASE",
    "TIMELINE",
    "CASES",
    "FEED",
)
LIKELY: Final = (4, 4, 4, 3)
FROM_NOTHING: Final = 0.3  # Of the pages of a feed; else from where they have come to.


class Faults(NamedTuple):
    """How often, of all steps."""

    pause: float = 0.04
    held_up: float = 0.25  # With the answer in hand.
    lost: float = 0.03
    slow_reader: float = 0.25
    kill: float = 0.15  # Of each process, once.
    stopped: float = 0.02  # By the machine, between the last check and the write.
    lagging: float = 0.5


class Taken(NamedTuple):
    """Something was taken from these; ``position``: where the log says so, or was by then."""

    cause: Cause
    whom: frozenset[AgencyId]
    position: int
    at_s: float


class Out(NamedTuple):
    """What came out of the wire; ``position``: of the log, when the last check was passed."""

    to: AgencyId
    by: StaffId
    is_feed: bool
    content: bytes
    position: int
    ends_at_s: float  # The window in which it was to come out.
    at_s: float
    stopped: bool = False  # By the machine, between the last check and the write.

    @property
    def tells_her_name(self) -> bool:
        return NAME.encode() in self.content

    @property
    def was_paused_inside_check(self) -> bool:
        """The check was passed within the window, and the write came beyond it."""
        return self.stopped and self.at_s > self.ends_at_s


class Play:
    """All that there is outside of our processes: the log, the clock, and what came out."""

    def __init__(self, seed: int, loop: VirtualLoop, faults: Faults) -> None:
        self.chance: Final = Random(f"play {seed}")
        self.loop: Final = loop
        self.faults: Final = faults
        self.base: Final[Base] = base()
        self.log: Final[list[StoredEvent]] = []
        self.streams: Final = defaultdict[StreamId, list[StoredEvent]](list)
        self.of_case: Final[list[StoredEvent]] = []
        self.cases: Final[dict[int, CaseId | None]] = {}
        self.fences: Final[dict[str, int]] = {}
        self.known: Final[dict[tuple[AgencyId, object], Outcome]] = {}
        self.taken: Final[list[Taken]] = []
        self.out: Final[list[Out]] = []
        self.acknowledged: Final[list[NewEvent]] = []
        # So that the day, and what was agreed to until it is over, ends somewhere in between.
        self._offset: Final = self.base.ends_at - timedelta(
            seconds=loop.now_s + self.chance.uniform(0.0, BEGUN_WITHIN_S)
        )
        for written in self.base.log:
            self.keep(written, self.base.begins_at)
        self.places: Final = Places(self.log)

    def now(self) -> datetime:
        return self._offset + timedelta(seconds=self.loop.now_s)

    def keep(self, written: Written, at: datetime) -> int:
        position = len(self.log) + 1
        recorded = (at - EPOCH) // timedelta(microseconds=1)
        entry = recorded.to_bytes(8, "big", signed=True) + written.stored.entry[8:]
        stored = written.stored._replace(position=position, entry=entry)
        self.log.append(stored)
        self.streams[stored.stream].append(stored)
        self.cases[position] = written.case
        if written.case == self.base.case:
            self.of_case.append(stored)
        self.fences.update(dict.fromkeys(written.stamps, position))
        return position

    async def takes_time(self) -> None:
        if self.chance.random() < self.faults.pause:
            await asyncio.sleep(self.chance.uniform(0.0, PAUSE_MAX_S))
        await asyncio.sleep(self.chance.uniform(0.0, STEP_MAX_S))

    async def takes(self, cause: Cause, which: int) -> None:
        """One append in a lane of its own: it waits for nobody."""
        whom = frozenset({self.base.recipients[which].agency})
        written = taking(cause, which)
        await self.takes_time()
        if cause == "EXPIRED":  # By the clock.
            whom = frozenset({self.base.recipients[3].agency})
            wait_s = (self.base.ends_at - self.now()).total_seconds()
            await asyncio.sleep(max(0.0, wait_s))
            self.taken.append(Taken(cause, whom, len(self.log), self.loop.now_s))
            return
        positions = [self.keep(each, self.now()) for each in written]
        if cause == "RESTRICTED":
            whom = frozenset(each.agency for each in self.base.recipients)
        stamped = [p for p, each in zip(positions, written, strict=True) if each.stamps]
        self.taken.append(Taken(cause, whom, stamped[0], self.loop.now_s))


class Log:
    """``services.ports.EventLog``, as one process of ours has it."""

    def __init__(self, play: Play) -> None:
        self._play: Final = play

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        assert lane == "disclosures", lane
        play = self._play
        for _ in range(2):  # An answer that was lost is looked up, as the link does.
            await play.takes_time()
            lost = play.chance.random() < play.faults.lost
            if lost and play.chance.random() < 0.5:
                raise LogUnavailable
            outcome = self._decided(append)
            await play.takes_time()
            if not lost:
                if outcome.verdict in {"appended", "repeated"}:
                    play.acknowledged.extend(append.events)
                return outcome
        raise LogUnavailable

    def _decided(self, append: Append) -> Outcome:
        """As ``log.append`` decides it, under its lock: nothing comes in between."""
        play, now = self._play, self._play.now()
        who = append.agency, append.command
        if who in play.known:
            return Outcome("repeated", answer=b"")
        if any(play.fences.get(key, 0) > append.read_to for key in append.reads):
            return Outcome("fenced")
        if append.not_after is not None and append.not_after < now:
            return Outcome("late")
        positions = [
            play.keep(
                Written(
                    StoredEvent(
                        0, e.stream, e.version, e.type, bytes(8) + e.header, e.parts, e.facts
                    ),
                    None,
                    e.stamps,
                ),
                now,
            )
            for e in append.events
        ]
        play.known[who] = Outcome("appended", tuple(positions))
        return play.known[who]

    async def overtaken(self, reads: Sequence[Read]) -> AbstractSet[int]:
        await self._play.takes_time()
        fences = self._play.fences
        found = {
            nth
            for nth, read in enumerate(reads)
            if any(fences.get(key, 0) > read.read_to for key in read.fences)
        }
        await self._play.takes_time()
        return found

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        await self._play.takes_time()
        play = self._play
        found = Reading(
            len(play.log),
            {
                stream: [
                    Fact(e.position, e.type, e.facts_said or b"") for e in play.streams[stream]
                ]
                for stream in streams
            },
        )
        await play.takes_time()
        return found

    async def of_cases(self, *cases: CaseId) -> Cases:
        await self._play.takes_time()
        play = self._play
        events = [*play.of_case]
        found = Cases(len(play.log), {c: events if c == play.base.case else [] for c in cases})
        await play.takes_time()
        return found

    async def moved(self, after: int) -> Moved:
        await self._play.takes_time()
        play = self._play
        since = {}
        for stored in play.log[after:]:
            since[stored.stream] = stored.position
            case = play.cases[stored.position]
            if case is not None:
                since[case] = stored.position  # type: ignore[index]
        moved = Moved(len(play.log), cast("Mapping[object, int]", since))  # type: ignore[arg-type]
        await play.takes_time()
        return moved

    async def head(self) -> int:
        return len(self._play.log)


class Access:
    async def note(self, reader: Reader, read: Accessed, cases: Sequence[CaseId]) -> None: ...


class OneCase:
    """``services.viewing.Candidates``: a stale list, which says of nobody that they see less."""

    def __init__(self, case: CaseId) -> None:
        self._case: Final = case

    async def cases_of(
        self, agency: AgencyId, after: object, most: int, before: object = frozenset()
    ) -> Sequence[CaseCandidate]:
        del agency, most, before
        return [] if after else [CaseCandidate(1, self._case)]


class Feeds:
    """``services.feeding.FeedCandidates``, over one list for all, which follows the log."""

    def __init__(self, play: Play) -> None:
        self._play: Final = play

    async def feed_of(self, agency: AgencyId, since: int, most: int) -> Sequence[FeedCandidate]:
        await self._play.takes_time()
        if self._play.chance.random() >= self._play.faults.lagging:
            self._play.places.catch_up()
        found = await self._play.places.now.feed_of(agency, since, most)
        await self._play.takes_time()
        return found

    async def outside_of(self, agency: AgencyId) -> Sequence[Outside]:
        return await self._play.places.now.outside_of(agency)

    async def opened_by(self, about: UUID, after: UUID, most: int) -> Sequence[CaseId]:
        return await self._play.places.now.opened_by(about, after, most)

    async def feed_news(self, after: int, most: int) -> News:
        return await self._play.places.now.feed_news(after, most)


class Socket:
    """Who is at the other end reads at once, or after a while; until then it waits in a buffer."""

    def __init__(self, play: Play, reader: Reader, *, is_feed: bool) -> None:
        self._play: Final = play
        self._reader: Final = reader
        self._is_feed: Final = is_feed
        self._waiting: Final[list[Out]] = []
        self._closed = False

    def write(self, content: bytes) -> None:
        play, reader = self._play, self._reader
        out = Out(
            to=reader.agency,
            by=reader.staff,
            is_feed=self._is_feed,
            content=content,
            position=len(play.log),
            ends_at_s=reader.window.ends_at_s,
            at_s=play.loop.now_s,
        )
        if play.chance.random() < play.faults.slow_reader:
            self._waiting.append(out)
            play.loop.call_later(play.chance.uniform(0.0, 2.5), self._read)
        elif play.chance.random() < play.faults.stopped:
            after_s = play.chance.uniform(0.0, PAUSE_MAX_S)
            play.loop.call_later(after_s, self._goes, out._replace(stopped=True))
        else:
            self._goes(out)

    def get_write_buffer_size(self) -> int:
        return sum(len(each.content) for each in self._waiting)

    def get_extra_info(self, _: str) -> None:
        """There is no machine beneath it that would keep anything."""

    def is_closing(self) -> bool:
        return self._closed

    def abort(self) -> None:
        self._closed = True
        self._waiting.clear()

    def _read(self) -> None:
        waiting = [*self._waiting]
        self._waiting.clear()
        for out in waiting:
            self._goes(out)

    def _goes(self, out: Out) -> None:
        if not self._closed:
            self._play.out.append(out._replace(at_s=self._play.loop.now_s))


class Process:
    """One process of ours. Killed, it is gone with all it knew: another one takes its place."""

    def __init__(self, play: Play) -> None:
        log, clock = cast("EventLog", Log(play)), play
        aliases, cursors = Aliases(SECRET, AesVeil()), Cursors(SECRET, AesVeil())
        gate = Gate(log, Keyring(), SEALING, clock, Access())
        looking = Looking(log, gate, SEALING, clock, aliases)
        candidates, feeds = cast("Candidates", OneCase(play.base.case)), Feeds(play)
        self.viewing: Final = Viewing(looking, Listing(looking, cursors), cursors, candidates)
        waking = Waking(Head(), feeds.feed_news)
        self.feeding: Final = Feeding(looking, cursors, feeds, waking, clock)
        self.play: Final = play
        self._answering: Final[list[asyncio.Task[str | None]]] = []
        self._sockets: Final[list[Socket]] = []

    async def answers(self, who: Someone, chance: Random, after: str | None) -> str | None:
        """How far they have read their feed now; from one that is killed nothing more comes."""
        answer = self.play.loop.create_task(self._answers(who, chance, after))
        self._answering.append(answer)
        await asyncio.wait([answer])
        return after if answer.cancelled() else answer.result()

    def kill(self) -> None:
        for answer in self._answering:
            answer.cancel()
        for socket in self._sockets:
            socket.abort()

    async def _answers(self, who: Someone, chance: Random, after: str | None) -> str | None:
        """As the entrance lets them read: see ``adapters/http/answering.py``."""
        assert who.role != "INSTALLATION"
        reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
        try:
            said = await self._read(reader, chance, after)
        except (NotReleased, LogUnavailable, AgencyIsSuspended):
            return after
        if chance.random() < self.play.faults.held_up:
            await asyncio.sleep(chance.uniform(0.0, PAUSE_MAX_S))
        if reader.window.is_over:
            return after
        page = said if isinstance(said, FeedPage) else None
        socket = Socket(self.play, reader, is_feed=page is not None)
        self._sockets.append(socket)
        together = Together(cast("asyncio.Transport", socket), self.play.loop)
        together.within(reader.window)
        together.write(msgspec.json.encode(said))
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        return after if page is None else page.next

    async def _read(self, reader: Reader, chance: Random, after: str | None) -> object:
        here = self.play.base.case
        match chance.choices(WAYS, LIKELY)[0]:
            case "CASE":
                return await self.viewing.case(reader, here)
            case "TIMELINE":
                return await self.viewing.timeline(reader, here, most=100)
            case "CASES":
                return await self.viewing.cases(reader, most=50)
            case "FEED":
                begin = None if chance.random() < FROM_NOTHING else after
                return await self.feeding.page(reader, after=begin)


class Violation(NamedTuple):
    kind: Literal["decided_after", "late", "not_recorded", "lost"]
    says: str


class Result(NamedTuple):
    """``paused_inside_check``: of what came out, what the machine held up beyond the window.

    ``fed``: pages of a feed that told her name.
    """

    seed: int
    disclosures: int
    fed: int
    withdrawals: int
    late_bytes: int
    paused_inside_check: int
    violations: tuple[Violation, ...]

    def found(self, kind: str) -> int:
        return sum(each.kind == kind for each in self.violations)


def play(seed: int, faults: Faults = Faults()) -> Result:  # noqa: B008 (It is a value.)
    loop = VirtualLoop(Random(f"loop {seed}"))
    with patch.object(disclosing, "monotonic", loop.time):
        return run(loop, _played(seed, loop, faults))


async def _played(seed: int, loop: VirtualLoop, faults: Faults) -> Result:
    there, chance = Play(seed, loop, faults), Random(f"played {seed}")
    processes = [Process(there) for _ in range(2)]
    causes = chance.choices(CAUSES, COUNTS, k=2)
    whom = dict(zip(chance.sample(range(4), k=2), causes, strict=True))
    # They read the most from whom something is taken.
    often = [3 if cause == "EXPIRED" else which for which, cause in whom.items()]
    reading = [
        _reads(processes, there.base.recipients[which], Random(f"reader {seed} {nth}"))
        for nth, which in enumerate(chance.choices([*often, *often, *range(4)], k=READERS))
    ]
    taking_ = [
        _later(chance.uniform(0.0, BEGUN_WITHIN_S), there, cause, which)
        for which, cause in whom.items()
    ]
    for nth in range(len(processes)):
        if chance.random() < faults.kill:
            loop.call_later(chance.uniform(0.0, KILLED_WITHIN_S), _killed, processes, nth)
    await asyncio.gather(*reading, *taking_)
    await asyncio.sleep(PAUSE_MAX_S)
    disclosed = sum(each.type == "disclosure.disclosed.v1" for each in there.log)
    return Result(
        seed=seed,
        disclosures=disclosed,
        fed=sum(out.is_feed and out.tells_her_name for out in there.out),
        withdrawals=len(there.taken),
        late_bytes=sum(len(out.content) for out, _ in too_late(there)),
        paused_inside_check=sum(out.was_paused_inside_check for out in there.out),
        violations=tuple(violations(there)),
    )


async def _reads(processes: Sequence[Process], who: Someone, chance: Random) -> None:
    """Somebody at work, again and again through the same process, or what stands in its place."""
    nth, after = chance.randrange(len(processes)), None
    for _ in range(chance.randint(1, READS_MAX)):
        after = await processes[nth].answers(who, chance, after)


def _killed(processes: list[Process], nth: int) -> None:
    processes[nth].kill()
    processes[nth] = Process(processes[nth].play)


async def _later(after_s: float, there: Play, cause: Cause, which: int) -> None:
    await asyncio.sleep(after_s)
    await there.takes(cause, which)


def violations(there: Play) -> Iterator[Violation]:
    """The promise, said over what came out and what stands in the log, and nothing else."""
    for says in decided_after(there):
        yield Violation("decided_after", says)
    for out, taken in too_late(there):
        yield Violation("late", f"out {out.at_s - taken.at_s:.3f} s after {taken.cause}")
    for says in not_recorded(there):
        yield Violation("not_recorded", says)
    for says in lost(there):
        yield Violation("lost", says)


def decided_after(there: Play) -> Iterator[str]:
    """From the commit of what takes it away, nothing is disclosed to them that rests on it."""
    for position, disclosed in _disclosed(there):
        for taken in there.taken:
            after = disclosed.recipient in taken.whom and position > taken.position
            if after and _tells_her_name(disclosed):
                yield f"{position} is disclosed after {taken.cause} at {taken.position}"


def too_late(there: Play) -> Iterator[tuple[Out, Taken]]:
    """One second later nothing of it is on its way, but for what the machine itself held up."""
    for out in there.out:
        for taken in there.taken:
            tells = out.to in taken.whom and out.tells_her_name
            is_late = out.at_s > taken.at_s + WINDOW_S
            if tells and is_late and not out.was_paused_inside_check:
                yield out, taken


def not_recorded(there: Play) -> Iterator[str]:
    """What came out stood in the log before it was let go, told to them; on a feed, to all."""
    first: dict[tuple[AgencyId, StaffId | None], int] = {}
    for position, disclosed in _disclosed(there):
        if _tells_her_name(disclosed):
            first.setdefault((disclosed.recipient, disclosed.person), position)
    for out in there.out:
        recorded = first.get((out.to, None if out.is_feed else out.by))
        if out.tells_her_name and (recorded is None or recorded > out.position):
            yield f"told at {out.at_s:.3f} s, and not recorded before"


def lost(there: Play) -> Iterator[str]:
    """What was acknowledged is there as itself."""
    for new in there.acknowledged:
        if all(stored.header != new.header for stored in there.streams.get(new.stream, ())):
            yield f"{new.stream} was acknowledged, and is lost"


def _disclosed(there: Play) -> Iterator[tuple[int, Disclosed]]:
    for stored in there.log:
        if stored.type == "disclosure.disclosed.v1":
            event = SEALING.open(stored).event
            assert isinstance(event, Disclosed)
            yield stored.position, event


def _tells_her_name(disclosed: Disclosed) -> bool:
    return "case.subject_identified.v1/name" in disclosed.fields
