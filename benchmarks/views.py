"""A case of 300 events as a view of the agency that recorded it: its fold, and the whole way."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Final
from uuid import UUID

from adapters.crypto import KEY_BYTES, ChaChaCipher
from benchmarks import cases
from benchmarks.measuring import Pace, Sample, Side, by_turns, sample
from benchmarks.notebook import AGENCY, STAFF, WOMAN, sealed, someone
from benchmarks.report import Figure
from contracts.asked import CaseAlias
from domain.agency import KnownAgency
from domain.case import CaseAccepted
from domain.catalogue import EVENTS
from domain.model import CaseId, Event, NetworkId, stream_of
from domain.visibility import Recipient, Roster
from projections import case_view
from services.ports import Keys, StoredEvent
from services.sealing import Sealing, persons_of
from services.showing import WHOLE, Showing, reading
from services.sights import Sight, record_of
from tests.supported import (
    SUPPORTED,
    approved,
    assessed,
    called_off,
    closed_plan,
    policy,
    protected,
)

FOLD: Final = "fold of a case of 300 events for a view"
WHOLE_WAY: Final = "the same from its rows on: decided, opened, folded"
_EVENTS: Final = 300
_TARGET_MS: Final = 3.0
_ROUNDS: Final = 5
_CASE: Final = CaseId(UUID(int=40))
_NETWORK: Final = NetworkId(UUID(int=45))
_NOW: Final = datetime(2026, 11, 21, 3, tzinfo=UTC)
_SEALING: Final = Sealing(EVENTS, ChaChaCipher())
_READER: Final = Recipient(agency=AGENCY, staff=STAFF, pledged=True)
_ROSTER: Final = Roster(
    {AGENCY: KnownAgency(kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION", prefecture="06")}
)


async def figures(pace: Pace) -> list[Figure]:
    case = _Case()
    sides = {FOLD: _side(case.fold, pace.seconds), WHOLE_WAY: _side(case.show, pace.seconds)}
    rounds = await by_turns(sides, max(_ROUNDS, pace.rounds))
    fold_ms, whole_ms = rounds.p50_ms(FOLD), rounds.p50_ms(WHOLE_WAY)
    return [
        Figure(FOLD, fold_ms, "ms", target=_TARGET_MS, met=fold_ms <= _TARGET_MS),
        Figure(WHOLE_WAY, whole_ms, "ms", FOLD, whole_ms / fold_ms),
    ]


class _Case:
    """Its rows; and all of it, opened."""

    def __init__(self) -> None:
        said = list(islice(_story(), _EVENTS))
        persons = frozenset(person for event in said for person in persons_of(event, WOMAN))
        self._keys: Final[Keys] = dict.fromkeys(persons | {WOMAN}, bytes(KEY_BYTES))
        self._rows: Final = [self._row(nth, event) for nth, event in enumerate(said, start=1)]
        showing = self._showing()
        self._opened: Final = [*showing.events(reading(self._sight(), WHOLE))]
        assert len(self._opened) > _EVENTS * 0.9, "nearly all of it says something to a view"

    def fold(self) -> None:
        case_view.project(self._opened)

    def show(self) -> None:
        showing = self._showing()
        showing.case(showing.view(reading(self._sight(), WHOLE)), _NOW)

    def _sight(self) -> Sight:
        return Sight(record_of(_SEALING, _CASE, self._rows), _READER, _ROSTER, _NOW)

    def _showing(self) -> Showing:
        return Showing(_SEALING, self._keys, _ROSTER.agencies, _CASE, CaseAlias)

    def _row(self, nth: int, event: Event) -> StoredEvent:
        made = sealed(
            event,
            stream_of("case", _CASE),
            nth,
            by=someone(_NOW),
            sealing=_SEALING,
            keys=self._keys,
        )
        entry = bytes(8) + made.header
        return StoredEvent(nth, made.stream, nth, made.type, entry, made.parts, made.facts)


def _story() -> Iterator[Event]:
    """As in most long cases, she is spoken with more often than anything else happens."""
    yield from cases.events(2)
    yield CaseAccepted(
        accepted_on=_NOW.date(),
        ledger_network_id=_NETWORK,
        case_number="2026-0001",
        main_responsible=AGENCY,
    )
    yield from (event for event in SUPPORTED if event not in (called_off, closed_plan))
    consultations = iter(cases.events(_EVENTS)[2:])
    for event in cycle((assessed, approved, policy, protected)):
        yield event
        yield next(consultations)


def _side(work: Callable[[], None], seconds: float) -> Side:
    async def measure() -> Sample:
        took_s: list[float] = []
        began = time.perf_counter()
        while (at := time.perf_counter()) < began + seconds:
            work()
            took_s.append(time.perf_counter() - at)
        return sample(took_s, time.perf_counter() - began)

    return measure
