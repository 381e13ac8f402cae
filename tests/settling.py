"""Settling: whatever follows by rule from what happened in a world, until nothing does."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import msgspec

from domain.agency import KnownAgency
from domain.case import CaseErased
from domain.erasure import DECIDES
from domain.fields import tag_of
from domain.header import Header
from domain.model import AgencyId, CaseId, CommandId, Event, EventId
from domain.sharing import replay
from domain.speech import Refused
from domain.visibility import Recipient, agencies_in, decide, fields_of, looking, naming
from projections.tables import Seen, fold, touched
from projections.timers import TIMERS, Timer, TimerKey
from services.deciding import Source
from services.disclosing import NOT_RECORDED, basis_id
from services.reacting import Happened, Known, LetOut, Process, Wanted, command_id
from services.reacting.processes import PROCESSES
from services.reacting.timing import commands_of
from services.reacting.withdrawals import CAUSES
from tests.world import NOBODY, Entry, Said, World


class Done(NamedTuple):
    wanted: Wanted
    said: Said | type[Refused]


class LetsOut(Protocol):
    def let_out(self, case: CaseId, until: int) -> list[LetOut]:
        """Of a case, up to, and without, this position."""
        ...


class Watching:
    """As if everybody read all they may, each time before somebody is to see less."""

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._come_to: Final[dict[CaseId, int]] = {}
        self._told: Final[dict[CaseId, list[LetOut]]] = {}
        self._known: Final[set[tuple[AgencyId, EventId, str, object]]] = set()

    def let_out(self, case: CaseId, until: int) -> list[LetOut]:
        """Up to, and without, this position."""
        told = self._told.setdefault(case, [])
        begin = self._come_to.get(case, 0)
        for entry in self._world.log[begin:until]:
            if type(entry.told.event) in CAUSES or isinstance(entry.told.event, CaseErased):
                before = [
                    each for each in self._world.log[: entry.told.position - 1] if each.case == case
                ]
                told += self._read(before)
        self._come_to[case] = max(begin, until)
        return [each for each in told if each.position < until]

    def _read(self, entries: Sequence[Entry]) -> Iterable[LetOut]:
        if not entries:
            return
        roster, last, at = self._world.roster(), entries[-1].told.position, entries[-1].at
        sharing = replay(entry.told for entry in entries)
        for agency in sorted(sharing.participants.union(*map(_named_by, entries))):
            look = looking(sharing, Recipient(agency=agency, staff=None, pledged=True), roster, at)
            for told, parts, *_ in entries:
                if told.agency.int == agency.int:  # Comparing ids as such takes far longer.
                    continue
                bases = decide(look, told, parts).bases
                for field in fields_of(None, told, parts) if bases else ():
                    basis = bases.get(field.name)
                    known = agency, told.id, field.path, basis
                    if basis is None or known in self._known:
                        continue
                    if field.category in NOT_RECORDED:
                        continue
                    self._known.add(known)
                    yield LetOut(
                        position=last,
                        recipient=agency,
                        event=told.id,
                        field=field.path,
                        category=field.category,
                        basis=basis.rule,
                        basis_id=basis_id(basis),
                    )


def _named_by(entry: Entry) -> frozenset[AgencyId]:
    event = entry.told.event
    named = (agencies_in(event, name) for name in naming(type(event), AgencyId))
    return frozenset[AgencyId]().union(*named)


class Settling:
    """As ``services.reacting.following`` does it; from the first event on as often as one likes."""

    def __init__(
        self,
        world: World,
        processes: Sequence[Process] = PROCESSES,
        watching: "LetsOut | None" = None,
    ) -> None:
        self._watching: Final[LetsOut] = watching or Watching(world)
        self._world: Final = world
        self._processes: Final = processes
        self._answered: Final[dict[CommandId, Done]] = {}
        self._position = 0
        self._projected = 0
        self._rows: Final[dict[TimerKey, Timer | None]] = {}
        self._fell_due: Final[set[tuple[UUID, datetime]]] = set()

    def settle(self) -> list[Done]:
        """What was done, in order; what had been done before is not done again."""
        done: list[Done] = []
        while self._position < len(self._world.log):
            entry = self._world.log[self._position]
            for process in self._processes:
                done.extend(self._react(process, entry))
            self._position += 1
        return done

    def pass_until(self, to: datetime) -> list[Done]:
        """As ``services.reacting.settling.PassingBy``: it stops wherever something falls due."""
        done = self.settle()
        while due := min((t.due for t in self.timers() if t.due and t.due <= to), default=None):
            self._world.at = max(self._world.at, due)
            fired = [each for timer in self.timers() for each in self._falls_due(timer)]
            done += [*fired, *self.settle()]
        self._world.at = to
        return done + self.settle()

    def timers(self) -> list[Timer]:
        """Those that have not been answered, by when they fall due."""
        for entry in self._world.log[self._projected :]:
            if type(entry.told.event) in WANTED:
                kept = {key: row for key, row in self._rows.items() if row is not None}
                self._rows.update(fold(TIMERS, kept, touched(TIMERS, [_seen(entry)])))
        self._projected = len(self._world.log)
        waiting = (row for row in self._rows.values() if row and row.due)
        return sorted(
            (row for row in waiting if (row.of, row.due) not in self._fell_due),
            key=lambda row: (row.due, row.of),
        )

    def _falls_due(self, timer: Timer) -> Iterable[Done]:
        if timer.due is None or timer.due > self._world.at:
            return
        self._fell_due.add((timer.of, timer.due))
        for command in commands_of(timer, self._divisions_of(timer.agency)):
            done = self._done(Wanted(timer.kind, command, timer.case_id))
            yield done
            if isinstance(done.said, Said):
                return

    def _divisions_of(self, agency: AgencyId | None) -> Sequence[AgencyId]:
        known = self._world.roster().agencies
        here = known.get(agency) if agency else None
        return [
            key
            for key, each in known.items()
            if isinstance(each, KnownAgency)
            and isinstance(here, KnownAgency)
            and (each.kind, each.prefecture) == (DECIDES, here.prefecture)
            and not each.suspended
        ]

    def begin_again(self) -> None:
        """As after it was killed, and had forgotten how far it had come."""
        self._position = 0

    def _react(self, process: Process, entry: Entry) -> Iterable[Done]:
        if type(entry.told.event) not in process.wants:
            return
        cases = [entry.case] if entry.case else self._cases_told(entry, process)
        for case in cases:
            happened = Happened(entry.told, case, entry.at)
            for wanted in process.reacts(happened, self._known(entry, case)):
                asked = command_id(process.name, entry.told.id, wanted.about)
                if asked not in self._answered:
                    self._answered[asked] = self._done(wanted)
                    yield self._answered[asked]

    def _cases_told(self, entry: Entry, process: Process) -> list[CaseId]:
        """The cases of which anything was let out; where something befalls somebody outside one."""
        if not process.reads_disclosed:
            return []
        cases = sorted({each.case for each in self._world.log if each.case})
        return [case for case in cases if self._watching.let_out(case, entry.told.position)]

    def _done(self, wanted: Wanted) -> Done:
        try:
            return Done(wanted, self._world.says(NOBODY, wanted.command, wanted.case))
        except Refused as refused:
            return Done(wanted, type(refused))

    def _known(self, entry: Entry, case: CaseId) -> Known:
        entries = self._world.of_case(case)
        record = [Source(each.told, each.parts) for each in entries]
        stream = [e.told.event for e in self._world.log if e.told.stream == entry.told.stream]
        return Known(
            record,
            self._world.roster(),
            stream,
            entries[-1].at,
            self._watching.let_out(case, entry.told.position),
        )


def _seen(entry: Entry) -> Seen:
    told = entry.told
    header = Header(
        schema=1,
        id=told.id,
        type=tag_of(type(told.event)),
        stream=told.stream,
        version=1,
        occurred_at=entry.at,
        agency=told.agency,
        staff=entry.staff,
        role="CASEWORKER",
        correlation=told.id,
        command=CommandId(told.id),
        case=entry.case,
        facts=msgspec.Raw(b"{}"),
    )
    return Seen(told.position, entry.at, header, told.event)


WANTED: Final = TIMERS.wants or frozenset[type[Event]]()


def events(done: Iterable[Done]) -> list[Event]:
    """What was recorded by it."""
    return [event for each in done if isinstance(each.said, Said) for event in each.said.events]


def refusals(done: Iterable[Done]) -> list[type[Refused]]:
    return [each.said for each in done if not isinstance(each.said, Said)]
