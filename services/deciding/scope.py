"""Scope (対象): what a command is about, what has to be read for it, and what it then decides."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, reduce
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from domain import agency, consent_ledger, network
from domain.agency import Agency, KnownAgency, NoAgency
from domain.case import CASE, Case
from domain.consent_ledger import Ledger
from domain.header import PartLine
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    Event,
    NetworkId,
    PersonId,
    Stamp,
    StreamId,
    fence_key,
    stream_of,
)
from domain.network import NO_NETWORK, Network
from domain.sharing import Sharing, Told, replay
from domain.speech import Refused
from services.ports import Fact, Reading, StoredEvent
from services.sealing import Sealing

S = TypeVar("S")
E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class CaseNotNeeded(Refused):
    """This is not about a case: leave out which case it is."""

    ja: ClassVar[str] = "これはケースについての依頼ではありません。ケースの指定を外してください。"


class CaseNotNamed(Refused):
    """This is about a case: name it."""

    ja: ClassVar[str] = "これはケースについての依頼です。どのケースかを指定してください。"


class Scope(NamedTuple):
    """What a command is about, and so what has to be read to decide it."""

    case: CaseId | None
    asked: StreamId  # The aggregate that is asked,
    beside: tuple[StreamId, ...] = ()  # what stands beside it,
    agencies: frozenset[AgencyId] = frozenset()  # whom it gives something to do,
    known: frozenset[AgencyId] = frozenset()  # whom it only names,
    networks: frozenset[NetworkId] = frozenset()  # and under which network.
    linked: frozenset[CaseId] = frozenset()  # Another case of hers that it is to be joined with.
    cases: frozenset[CaseId] = frozenset()  # Others that are to be seen as they stand.
    whole: bool = False  # Everything in the case's name has to be looked through.
    ledgers: frozenset[NetworkId] = frozenset()  # It must not miss who comes to stand in these.
    ends: tuple[StreamId, ...] = ()  # Of these the last event says all that has to be known.
    reads_work: bool = False  # It must not miss what is begun or ended in the case meanwhile.

    def streams(self, by: Context) -> tuple[StreamId, ...]:
        named = sorted(self.agencies | self.known)
        agencies = (stream_of("agency", each) for each in (by.agency, *named))
        networks = (stream_of("network", each) for each in sorted(self.networks))
        cases = (stream_of("case", each) for each in sorted(self.cases))
        # Her ledger always: whatever ends a consent has to say so there, in the same append.
        ledger = (stream_of("consent", self.case),) if self.case else ()
        others = (*agencies, *networks, *cases)
        return tuple(dict.fromkeys((self.asked, *self.beside, *ledger, *others)))

    def fence_keys(self, by: Context, *, narrows: bool = False) -> tuple[str, ...]:
        """What must not have been overtaken once it is decided.

        What only narrows waits for nobody, but for what she agrees to until just that.
        """
        work = [*([self.case] if self.case and self.reads_work else []), *sorted(self.cases)]
        if narrows and not by.is_automatic:  # What follows by rule follows from what holds.
            return tuple(fence_key("work", key) for key in work)
        about: list[tuple[Stamp, Iterable[UUID]]] = [
            ("case", [*([self.case] if self.case else []), *sorted(self.linked)]),
            ("work", work),
            ("agency", sorted({by.agency, *self.agencies, *self.known})),
            ("network", sorted(self.networks)),
            ("ledger", sorted(self.ledgers)),
        ]
        return tuple(fence_key(kind, key) for kind, keys in about for key in keys)


class Write(NamedTuple, Generic[E_co]):
    """New events of one stream, after the version they were decided on."""

    stream: StreamId
    version: int
    events: Sequence[E_co]
    under: UUID | None = None  # Whose key they stamp, if not that of what the command is about.


class Decision(NamedTuple):
    writes: tuple[Write[Event], ...]  # The first is the aggregate that was asked.
    owner: PersonId  # Whose words they are, unless an event says otherwise.


class Source(NamedTuple):
    """An event in the case's name, and of what its sealed parts are, and whose."""

    told: Told
    parts: tuple[PartLine, ...]


NOTHING_UNREAD: Final[Mapping[StreamId, int]] = {}
NO_ENDS: Final[Mapping[StreamId, StoredEvent | None]] = {}


class Past:
    """What had happened, in the streams that were read; ``record``: in all of the case's name."""

    def __init__(
        self,
        streams: Mapping[StreamId, Sequence[Event]],
        record: Sequence[Source] = (),
        unread: Mapping[StreamId, int] = NOTHING_UNREAD,
    ) -> None:
        """``unread``: of a stream that was not read whole, how many events went before."""
        self._streams: Final = streams
        self.record: Final = record
        self._unread: Final = unread
        self._folded: Final[dict[tuple[StreamId, object], object]] = {}

    @property
    def sharing(self) -> Sharing:
        """What is shared of the case; the whole of it must have been read."""
        return self._replayed

    @cached_property
    def _replayed(self) -> Sharing:
        return replay(source.told for source in self.record)

    def fold(self, initial: S, evolve: Callable[[S, E], S], stream: StreamId) -> S:
        """Once; the stream holds the events of its aggregate, and no others."""
        told = (stream, evolve)
        if told not in self._folded:
            events = cast("Iterator[E]", iter(self._streams[stream]))
            self._folded[told] = reduce(evolve, events, initial)
        return cast("S", self._folded[told])

    def only(self, streams: AbstractSet[StreamId]) -> "Past":
        """As if in all the others nothing had happened."""
        return Past({s: events if s in streams else () for s, events in self._streams.items()})

    def case(self, case_id: CaseId) -> Case:
        return self.fold(CASE.initial, CASE.evolve, stream_of("case", case_id))

    def ledger(self, case_id: CaseId) -> Ledger:
        return self.fold(NO_LEDGER, consent_ledger.evolve, stream_of("consent", case_id))

    def agency(self, agency_id: AgencyId) -> Agency:
        return self.fold(NO_AGENCY, agency.evolve, stream_of("agency", agency_id))

    def network(self, network_id: NetworkId) -> Network:
        return self.fold(NO_NETWORK, network.evolve, stream_of("network", network_id))

    def agencies(self, *agency_ids: AgencyId) -> dict[AgencyId, KnownAgency]:
        """Those of them that there are."""
        return {
            each: known
            for each in agency_ids
            if isinstance(known := self.agency(each), KnownAgency)
        }

    def in_name_of_case(self, kind: type[E]) -> Iterator[tuple[Told, E]]:
        """Wherever it stands in the case's name; the whole of it must have been read."""
        for told, _ in self.record:
            if isinstance(told.event, kind):
                yield told, told.event

    def version(self, stream: StreamId) -> int:
        return self._unread.get(stream, 0) + len(self._streams[stream])

    def write(
        self, stream: StreamId, events: Sequence[Event], under: UUID | None = None
    ) -> Write[Event]:
        return Write(stream, self.version(stream), events, under)


def written(past: Past, scope: Scope, events: Sequence[Event]) -> Write[Event]:
    """About no case, it overtakes what was decided about itself alone."""
    return past.write(scope.asked, events, None if scope.case else scope.asked)


def past_of(
    sealing: Sealing,
    reading: Reading[Fact],
    record: Sequence[Source] = (),
    ends: Mapping[StreamId, StoredEvent | None] = NO_ENDS,
) -> Past:
    streams = {stream: [*sealing.facts(facts)] for stream, facts in reading.streams.items()}
    for stream, last in ends.items():
        streams[stream] = [sealing.open(last).event] if last else []
    return Past(streams, record, {s: last.version - 1 for s, last in ends.items() if last})


NO_AGENCY: Final[Agency] = NoAgency()
NO_LEDGER: Final = Ledger()
