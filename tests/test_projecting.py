"""A list is a fold: however its events come to it, and however often, it is the same."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies
from msgspec.structs import replace

from domain.fields import BadDeclaration
from domain.model import AgencyId, Event, Instant, StreamId
from domain.text import Line
from projections.tables import Column, Projection, Seen, columns_of
from services.ports import Checkpoint, StoredEvent
from services.projecting import EventsOutOfPlace, MadeAnewElsewhere, Projecting, rebuild_together
from services.sealing import EventDamaged, UnknownEventType
from tests.lists import (
    COUNTS,
    NUMBER,
    RESTORED,
    SEALING,
    SUSPENDED,
    SUSPENSIONS,
    Counted,
    Log,
    Suspended,
    Views,
    a_log,
)
from tests.spec import an_id

STORY: Final[list[tuple[Event, int]]] = [
    (SUSPENDED, 1), (NUMBER, 9), (SUSPENDED, 2), (RESTORED, 1), (SUSPENDED, 2), (NUMBER, 9),
]  # fmt: skip
TOLD: Final = a_log(*STORY)
OTHER: Final = StreamId(an_id(2))
STILL_SUSPENDED: Final = {(OTHER,): Suspended(OTHER, 3)}

stories = strategies.lists(
    strategies.tuples(
        strategies.sampled_from([SUSPENDED, RESTORED, NUMBER]), strategies.integers(1, 3)
    ),
    max_size=20,
)
batches = strategies.lists(strategies.integers(1, 7), max_size=20)


class Desk:
    """A list, what it is made of, and where it is kept."""

    def __init__(self, of: Projection[Any, Any], log: Sequence[StoredEvent] = TOLD) -> None:
        self.of: Final = of
        self.log: Final = [*log]
        self.views: Final = Views()
        self.kept = self.keeping(of)
        self.step()  # It is made of nothing yet: what follows comes as events.

    def keeping(
        self, of: Projection[Any, Any], log: Sequence[StoredEvent] = ()
    ) -> Projecting[Any, Any]:
        return Projecting(of, self.views, Log(log), SEALING)

    def step(self, most: int = 1000, stands: Checkpoint | None = None) -> Checkpoint | None:
        return asyncio.run(self.kept.step(Log(self.log), most, stands))

    @property
    def rows(self) -> Mapping[tuple[object, ...], Any]:
        return self.views.rows(self.of)

    @property
    def position(self) -> int:
        return self.views.tables[self.of.name, "live"].checkpoint.position


def test_a_row_comes_changes_and_goes_with_its_events() -> None:
    desk = Desk(SUSPENSIONS)
    desk.step(1)
    assert desk.rows.keys() == {(StreamId(an_id(1)),)}
    desk.step()
    assert desk.rows == STILL_SUSPENDED


@pytest.mark.parametrize("of", [COUNTS, SUSPENSIONS], ids=lambda of: of.name)
@given(story=stories, sizes=batches)
def test_the_rows_are_the_same_in_whatever_batches_the_events_come(
    of: Projection[Any, Any], story: list[tuple[Event, int]], sizes: list[int]
) -> None:
    log = a_log(*story)
    at_once, by_and_by = Desk(of, log), Desk(of, log)
    at_once.step()
    for size in [*sizes, 1000]:
        by_and_by.step(size)
    assert by_and_by.rows == at_once.rows
    assert by_and_by.position == at_once.position == len(log)


def test_an_event_is_asked_once_which_rows_it_touches() -> None:
    asked: list[int] = []

    def touches(seen: Seen) -> tuple[tuple[str], ...]:
        asked.append(seen.position)
        return ((seen.header.type,),)

    desk = Desk(replace(COUNTS, touches=touches))
    desk.step()
    assert asked == [event.position for event in TOLD]
    assert len(desk.rows) == 3


def test_a_list_has_come_as_far_as_what_it_does_not_want() -> None:
    desk = Desk(SUSPENSIONS, a_log((NUMBER, 9), (NUMBER, 9)))
    desk.step()
    assert desk.rows == {}
    assert desk.position == 2


def test_of_two_who_read_the_same_checkpoint_one_applies_its_events() -> None:
    desk, alone = Desk(COUNTS), Desk(COUNTS)
    other = desk.keeping(COUNTS)

    class Slow(Log):
        async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
            page = await super().after(position, most)
            await other.step(Log(TOLD), 4)
            return page

    asyncio.run(desk.keeping(COUNTS).step(Slow(TOLD)))
    assert desk.position == 4
    for each in (desk, alone):
        each.step()
    assert desk.rows == alone.rows


@pytest.mark.parametrize("of", [COUNTS, SUSPENSIONS], ids=lambda of: of.name)
def test_a_list_that_others_have_brought_further_is_looked_up_again(
    of: Projection[Any, Any],
) -> None:
    """Also where the next event is none of those it wants."""
    desk = Desk(of, a_log((SUSPENDED, 1), (NUMBER, 9), (NUMBER, 9), (NUMBER, 9), (SUSPENDED, 2)))
    other = desk.keeping(of)
    stands = desk.step(1)
    asyncio.run(other.step(Log(desk.log), 2))
    assert desk.step(2, stands) is None
    assert desk.position == 3
    desk.step(2)
    assert desk.position == 5


@pytest.mark.parametrize("of", [COUNTS, SUSPENSIONS], ids=lambda of: of.name)
def test_from_one_step_to_the_next_a_list_is_not_looked_up(
    of: Projection[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(of)
    stands = desk.step(1)
    monkeypatch.setattr(desk.views, "checkpoint", None)
    for _ in TOLD[1:]:
        stands = desk.step(1, stands)
    assert desk.position == len(TOLD)


def test_where_nothing_comes_a_list_is_looked_up_again() -> None:
    """Somebody may have made it anew, or taken it away."""
    desk = Desk(COUNTS)
    assert desk.step(1000, desk.step()) is None


def test_an_event_out_of_its_place_is_not_applied() -> None:
    desk = Desk(COUNTS)
    del desk.log[2]
    with pytest.raises(EventsOutOfPlace) as refused:
        desk.step()
    assert refused.value.facts == {"projection": "counts", "after": 0}
    assert desk.position == 0


def unknown(event: StoredEvent) -> StoredEvent:
    return event._replace(type="case.foretold.v1")


def damaged(event: StoredEvent) -> StoredEvent:
    return event._replace(entry=event.entry[:-1])


def test_what_is_not_known_is_not_passed_over_by_those_who_do_not_want_it() -> None:
    desk = Desk(SUSPENSIONS)
    desk.log[1] = unknown(desk.log[1])
    with pytest.raises(UnknownEventType):
        desk.step()
    assert desk.position == 0


def test_what_is_damaged_stops_only_those_who_want_it() -> None:
    wanted, unwanted = Desk(COUNTS), Desk(SUSPENSIONS)
    for desk in (wanted, unwanted):
        desk.log[1] = damaged(desk.log[1])
    with pytest.raises(EventDamaged):
        wanted.step()
    unwanted.step()
    assert unwanted.rows == STILL_SUSPENDED


@pytest.mark.parametrize("of", [COUNTS, SUSPENSIONS], ids=lambda of: of.name)
def test_a_paused_list_stays_as_it_is(
    of: Projection[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.projecting.LOOK_AGAIN_S", 0)
    desk = Desk(of)
    stands = desk.step(1)
    table = desk.views.tables[of.name, "live"]
    paused = table.checkpoint._replace(state="paused")
    desk.views.tables[of.name, "live"] = table._replace(checkpoint=paused)
    for _ in range(2):
        stands = desk.step(1, stands)
    assert desk.position == 1
    desk.views.tables[of.name, "live"] = table
    desk.step()
    assert desk.position == len(TOLD)


def test_a_list_that_stops_says_where_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.projecting.LOOK_AGAIN_S", 0)
    desk = Desk(COUNTS)
    desk.log[3] = unknown(desk.log[3])
    desk.step(3)
    with pytest.raises(UnknownEventType):
        desk.step(1)
    assert asyncio.run(desk.kept.stop("UNKNOWN_EVENT_TYPE")) == 4
    assert desk.views.stopped == {"counts": (4, "UNKNOWN_EVENT_TYPE")}
    desk.step()
    assert desk.position == 3


# Made anew


def raised(of: Projection[Any, Any]) -> Projection[Any, Any]:
    return replace(of, version=of.version + 1)


def test_a_list_of_another_definition_is_made_anew_from_the_log() -> None:
    desk = Desk(COUNTS)
    desk.step()
    before = dict(desk.rows)
    asyncio.run(desk.keeping(raised(COUNTS), TOLD[:4]).step(Log(())))
    assert desk.position == 4
    assert desk.rows != before
    asyncio.run(desk.keeping(raised(COUNTS)).step(Log(TOLD)))
    assert desk.rows == before


def test_a_list_says_how_far_it_is_made_anew() -> None:
    desk = Desk(COUNTS)

    async def told() -> list[int]:
        return [position async for position in desk.keeping(COUNTS, TOLD).rebuild(4)]

    assert asyncio.run(told()) == [4, 6]


def test_a_list_is_made_anew_from_where_it_was_broken_off() -> None:
    desk = Desk(COUNTS)

    async def told() -> tuple[int, int]:
        broken_off = desk.keeping(COUNTS, TOLD).rebuild(4)
        going_on = desk.keeping(COUNTS, TOLD).rebuild(4)
        return await anext(broken_off), await anext(going_on)

    assert asyncio.run(told()) == (4, 6)


def test_lists_made_anew_together_read_the_log_once() -> None:
    views, read = Views(), list[int]()

    class Read(Log):
        async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
            read.append(position)
            return await super().after(position, most)

    async def told() -> list[int]:
        together = rebuild_together([COUNTS, SUSPENSIONS], views, Read(TOLD), SEALING)
        return [position async for position in together]

    assert asyncio.run(told()) == [6]
    assert views.rows(SUSPENSIONS) == STILL_SUSPENDED
    assert len(views.rows(COUNTS)) == 3
    assert read == [0, 6, 6]  # The end is looked at by each.


def test_one_list_that_cannot_be_made_anew_keeps_up_no_other() -> None:
    views = Views()

    def fails(_: Seen) -> tuple[tuple[str], ...]:
        raise EventsOutOfPlace

    async def told() -> None:
        broken = replace(COUNTS, name="broken", touches=fails)
        lists: list[Projection[Any, Any]] = [broken, COUNTS, SUSPENSIONS]
        async for _ in rebuild_together(lists, views, Log(TOLD), SEALING):
            pass

    with pytest.raises(EventsOutOfPlace):
        asyncio.run(told())
    assert views.rows(SUSPENSIONS) == STILL_SUSPENDED
    assert len(views.rows(COUNTS)) == 3


def test_two_versions_do_not_make_one_list_anew_by_turns() -> None:
    desk = Desk(COUNTS)
    asyncio.run(desk.keeping(raised(COUNTS), TOLD).step(Log(())))
    with pytest.raises(MadeAnewElsewhere):
        desk.step()


# Declared


@pytest.mark.parametrize(
    "changed",
    [
        raised(COUNTS),
        replace(COUNTS, indexes=()),
        replace(COUNTS, wants=frozenset({type(NUMBER)})),
        replace(SUSPENSIONS, wants=frozenset({type(NUMBER)})),
        replace(COUNTS, row=msgspec.defstruct("Counted", [("type", Literal["a"])]), indexes=()),
    ],
)
def test_what_would_make_other_rows_is_another_definition(changed: Projection[Any, Any]) -> None:
    assert changed.definition not in {COUNTS.definition, SUSPENSIONS.definition}


def test_a_definition_is_the_same_wherever_it_is_read() -> None:
    assert COUNTS.definition == replace(COUNTS, name="other").definition == "62dd8ab049f46bd0"


def test_columns_follow_from_the_row() -> None:
    assert columns_of(Counted) == (
        Column("type", "code", optional=False),
        Column("events", "number", optional=False),
        Column("last", "number", optional=False),
        Column("at", "time", optional=True),
    )


@pytest.mark.parametrize("kind", [str, Line, str | None, bytes, float, tuple[UUID, ...], datetime])
def test_a_row_holds_nobodys_words(kind: Any) -> None:
    row = msgspec.defstruct("Row", [("agency", AgencyId), ("said", kind)])
    with pytest.raises(BadDeclaration, match=r"Row\.said"):
        replace(COUNTS, row=row, key=("agency",), indexes=())


@pytest.mark.parametrize("kind", [UUID, int, bool, date, Instant, Literal["a"]])
def test_a_row_holds_ids_codes_times_and_numbers(kind: Any) -> None:
    row = msgspec.defstruct("Row", [("agency", AgencyId), ("said", kind), ("or", kind | None)])
    assert len(replace(COUNTS, row=row, key=("agency",), indexes=()).columns) == 3


@pytest.mark.parametrize(
    "wrong", [{"key": ("nobody",)}, {"indexes": (("nobody",),)}, {"name": "x_next"}, {"name": "X"}]
)
def test_a_list_is_named_and_keyed_by_what_it_has(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadDeclaration):
        replace(COUNTS, **wrong)
