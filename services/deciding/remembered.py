"""Remembered (覚えた過去): a past whose folds go on from where they were left."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import reduce
from typing import Final, TypeVar, cast

from domain import sharing
from domain.agency import Agency
from domain.case import Case
from domain.consent_ledger import Ledger
from domain.model import AgencyId, CaseId, Event, StreamId
from domain.sharing import Sharing
from services.deciding.scope import Past, Source

S = TypeVar("S")
F = TypeVar("F")


class Record(list[Source]):
    """All in a case's name; what it says about sharing is folded as far as it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._told = 0
        self._sharing: Sharing = sharing.replay(())

    def sharing(self) -> Sharing:
        for source in self[self._told :]:
            self._sharing = sharing.evolve(self._sharing, source.told)
        self._told = len(self)
        return self._sharing


class Stream(list[Event]):
    """All that was told there; whoever folds it goes on from what they had folded it to."""

    def __init__(self) -> None:
        super().__init__()
        self._folds: Final[dict[object, tuple[int, object]]] = {}

    def fold(self, initial: S, evolve: Callable[[S, F], S]) -> S:
        done, state = cast("tuple[int, S]", self._folds.get(evolve, (0, initial)))
        if done < len(self):
            state = reduce(evolve, cast("list[F]", self[done:]), state)
            self._folds[evolve] = len(self), state
        return state


class Streams(dict[StreamId, Stream]):
    """All there are: where nothing was told, nothing is, and none has to be read first."""

    def __missing__(self, stream: StreamId) -> Stream:
        del stream
        return NOTHING_TOLD


class Remembered(Past):
    """Where streams only grow in memory, and no state is ever changed."""

    def __init__(self, streams: Mapping[StreamId, Stream], record: Record) -> None:
        super().__init__(streams, record)
        self._all: Final = streams
        self._whole: Final = record
        self._cases: Final[dict[CaseId, Case]] = {}
        self._ledgers: Final[dict[CaseId, Ledger]] = {}
        self._agencies: Final[dict[AgencyId, Agency]] = {}

    @property
    def sharing(self) -> Sharing:
        return self._whole.sharing()

    def fold(self, initial: S, evolve: Callable[[S, F], S], stream: StreamId) -> S:
        return self._all[stream].fold(initial, evolve)

    def only(self, streams: AbstractSet[StreamId]) -> Past:
        if not isinstance(self._all, Streams):
            return super().only(streams)
        return Past(Streams({each: self._all[each] for each in streams if each in self._all}))

    def case(self, case_id: CaseId) -> Case:
        """Asked for again and again while one command is decided; so are those below."""
        found = self._cases.get(case_id)
        if found is None:
            found = self._cases[case_id] = super().case(case_id)
        return found

    def ledger(self, case_id: CaseId) -> Ledger:
        found = self._ledgers.get(case_id)
        if found is None:
            found = self._ledgers[case_id] = super().ledger(case_id)
        return found

    def agency(self, agency_id: AgencyId) -> Agency:
        found = self._agencies.get(agency_id)
        if found is None:
            found = self._agencies[agency_id] = super().agency(agency_id)
        return found


NOTHING_TOLD: Final = Stream()
