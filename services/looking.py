"""Looking (閲覧者の視点): who reads, and what of a case they may see at this moment.

Whoever reads is looked at first, each time. A case is decided over all that stands in its name at
one moment; what is hidden and what does not exist take the same way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial, reduce
from typing import Final, Generic, NamedTuple, TypeVar, cast

from domain import agency as agencies
from domain import network
from domain.agency import Agency, AgencyEvent, KnownAgency, check_may_act, with_those_before
from domain.consent_codes import DisclosureChannel
from domain.model import AgencyId, CaseId, NetworkId, StreamId, fence_key, stream_of
from domain.network import NO_NETWORK, NetworkEvent
from domain.visibility import Membership, Recipient, Roster, membership, who_reads, whose_feed
from domain.visibility.holding import FOR_GOOD
from services.aliases import Aliases
from services.deciding import NO_AGENCY
from services.disclosing import WINDOW, Gate, NotReleased, Outgoing, Reader, Stand
from services.ports import Clock, EventLog, Fact, Keys
from services.sealing import Sealing
from services.showing import Showing
from services.sights import Record, Seen, Sight, record_of

__all__ = ["Looked", "Looking", "Reader", "Row", "said"]

Line = TypeVar("Line")
Line_co = TypeVar("Line_co", covariant=True)

TRIED_FOR_S: Final = 5.0  # Others change it all the while.


class Looked(NamedTuple):
    """Cases as they were read for one agency, and what it may see of each at that time."""

    recipient: Recipient
    roster: Roster
    at: datetime
    head: int
    records: dict[CaseId, Record]
    now: dict[CaseId, Sight]
    rests_on: Mapping[CaseId, frozenset[StreamId]]  # Beside the case's own streams.
    read_to: int = 0  # By the earliest of what was read for it.

    def stand(self, case: CaseId) -> Stand:
        """What was decided of a case stands on this."""
        record = self.records[case]
        agencies = {self.recipient.agency, *record.agencies}
        fences = {fence_key("case", case)}
        fences.update(fence_key("agency", each) for each in agencies)
        fences.update(fence_key("network", each) for each in record.networks)
        return Stand(self.read_to, frozenset(fences), self.now[case].holds_until)

    def then(self, case: CaseId, at: datetime, position: int) -> Sight:
        """What it could see at an earlier time, of what was recorded up to that position."""
        return Sight(self.records[case], self.recipient, self.roster, at, position)


class Row(NamedTuple, Generic[Line_co]):
    """What may be seen, of which all that is shown is made; and how it is then shown.

    ``until``, where it is shown by the day: when that is over.
    """

    seen: Sequence[Seen]
    show: Callable[[Showing], Line_co]
    until: datetime = FOR_GOOD


def said(line: Line) -> Row[Line]:
    """That much is said without letting out anything of the case."""

    def show(_: Showing) -> Line:
        return line

    return Row((), show)


class Looking:
    def __init__(
        self,
        log: EventLog,
        gate: Gate,
        sealing: Sealing,
        clock: Clock,
        aliases: Aliases,
    ) -> None:
        self.log: Final = log
        self.gate: Final = gate
        self.sealing: Final = sealing
        self.clock: Final = clock
        self.aliases: Final = aliases
        # Whom to read along with a case, most likely; how it stands with them is read each time.
        self._expected: Final[dict[CaseId, frozenset[StreamId]]] = {}
        # What an agency was by the last event of its stream: a stream only grows.
        self._agencies: Final[dict[AgencyId, tuple[int, Agency]]] = {}

    async def look(self, reader: Reader, *cases: CaseId, feed: bool = False) -> Looked:
        """Whoever may not read is refused, whatever was asked for.

        ``feed``: through the eyes of all who work there, for whom the feed of their agency is.
        """
        own = stream_of("agency", reader.agency)
        expected = {own}.union(*(self._expected.get(case, ()) for case in cases))
        standing, found = await asyncio.gather(
            self.log.recall(*expected), self.log.of_cases(*cases)
        )
        itself = self._agency(reader.agency, standing.streams[own])
        check_may_act(itself, reader.staff, reader.role)
        records = {case: record_of(self.sealing, case, found.events[case]) for case in cases}
        rests_on = {case: _named_in(record) for case, record in records.items()}
        self._expected.update(rests_on)
        read_to = min(standing.head, found.head)
        roster = await self._roster(reader.agency, records, standing.streams)
        who = (
            whose_feed(reader.agency, itself)
            if feed
            else who_reads(reader.agency, itself, reader.staff, reader.role)
        )
        looked = Looked(who, roster, self.clock.now(), found.head, records, {}, rests_on, read_to)
        for case in cases:
            looked.now[case] = await self._sight(looked, case)
        return looked

    async def fetch(
        self,
        reader: Reader,
        channel: DisclosureChannel,
        case: CaseId,
        decided: Callable[[Looked], Awaitable["Row[Line] | None"]],
    ) -> Line | None:
        """What is decided of a case, let out; decided once more where it has moved meanwhile."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + TRIED_FOR_S
        while loop.time() < give_up_at:
            looked = await self.look(reader, case)
            row = await decided(looked)
            if row is None:
                return None
            going = Outgoing(case, row.seen, looked.stand(case))
            if not await self.gate.passes(reader, channel, [going]):
                keys = await self.gate.open(row.seen)
                return row.show(self.showing(looked, case, keys))
        raise NotReleased

    async def itself(self, reader: Reader) -> frozenset[AgencyId]:
        """Its agency, and all whom that took over from."""
        looked = await self.look(reader)
        return with_those_before([reader.agency], looked.roster.agencies)

    def showing(self, looked: Looked, case: CaseId, keys: Keys) -> Showing:
        return self.shown_to(looked.recipient.agency, looked.roster, case, keys)

    def shown_to(self, agency: AgencyId, roster: Roster, case: CaseId, keys: Keys) -> Showing:
        alias_of = partial(self.aliases.alias, agency)
        return Showing(self.sealing, keys, roster.agencies, case, alias_of)

    async def was_in_good_standing(self, agency: AgencyId, at: datetime) -> bool:
        own = stream_of("agency", agency)
        stored = (await self.log.read(own)).streams[own]
        by_then = (self.sealing.open(each).event for each in stored if each.recorded_at <= at)
        was = reduce(agencies.evolve, cast("Iterator[AgencyEvent]", by_then), NO_AGENCY)
        return isinstance(was, KnownAgency) and not was.suspended

    async def _sight(self, looked: Looked, case: CaseId) -> Sight:
        """Corrections that may be opened tell which details were said before them, and stand.

        Of what is on no feed of theirs nothing is opened for it either.
        """
        while True:
            record = looked.records[case]
            # What ends while it is on its way does not go out any more.
            sight = Sight(record, looked.recipient, looked.roster, looked.at + WINDOW)
            told = looked.recipient.staff is not None or sight.is_on_feed
            corrections = sight.corrections() if told else []
            if not corrections:
                return sight
            keys = await self.gate.open(corrections)
            looked.records[case] = record.told_again(
                {
                    seen.position: self.sealing.open(
                        seen.entry.stored, keys, seen.visible.bases
                    ).event
                    for seen in corrections
                }
            )

    async def _roster(
        self,
        own: AgencyId,
        records: Mapping[CaseId, Record],
        read: Mapping[StreamId, Sequence[Fact]],
    ) -> Roster:
        """Who is named in the cases, and in whose ledgers they stand, as of now."""
        named = {own: stream_of("agency", own)}
        networks: dict[NetworkId, StreamId] = {}
        for record in records.values():
            named |= {each: stream_of("agency", each) for each in record.agencies}
            networks |= {each: stream_of("network", each) for each in record.networks}
        if missing := {*named.values(), *networks.values()} - read.keys():
            read = {**read, **(await self.log.recall(*missing)).streams}
        found = {each: self._agency(each, read[stream]) for each, stream in named.items()}
        return Roster(
            {each: agency for each, agency in found.items() if isinstance(agency, KnownAgency)},
            {each: self._network(read[stream]) for each, stream in networks.items()},
        )

    def _agency(self, which: AgencyId, facts: Sequence[Fact]) -> Agency:
        last = facts[-1].position if facts else 0
        at, agency = self._agencies.get(which, (0, NO_AGENCY))
        if at != last:
            told = cast("Iterator[AgencyEvent]", self.sealing.facts(facts))
            agency = reduce(agencies.evolve, told, NO_AGENCY)
            self._agencies[which] = last, agency
        return agency

    def _network(self, facts: Sequence[Fact]) -> Membership:
        told = cast("Iterator[NetworkEvent]", self.sealing.facts(facts))
        return membership(reduce(network.evolve, told, NO_NETWORK))


def _named_in(record: Record) -> frozenset[StreamId]:
    agencies = (stream_of("agency", each) for each in record.agencies)
    return frozenset({*agencies, *(stream_of("network", each) for each in record.networks)})
