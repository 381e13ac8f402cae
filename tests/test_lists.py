"""What stands in the lists: more than an agency may see, and never less."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, strategies
from msgspec.structs import replace

from domain.case.services import ServiceStatusChanged
from domain.exclusions import ExclusionSet
from domain.fields import tag_of
from domain.header import SCHEMA, Header
from domain.model import AgencyId, CaseId, CommandId, Context, Event, stream_of
from domain.sharing import Told
from projections.case_activity import CASE_ACTIVITY
from projections.case_list import CASE_LIST
from projections.lists import LISTS
from projections.referral_board import (
    CASE_EXCLUSIONS,
    REFERRAL_BOARD,
    CaseExclusion,
    ReferralRow,
)
from projections.tables import Key, Projection, Seen, fold, touched
from projections.tables import Row as ListRow
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id
from tests.told import (
    CASE,
    REFERRAL,
    accepted,
    address,
    by,
    closed,
    consulted,
    drafted,
    granted,
    handed_over,
    joined,
    left,
    linked,
    moved,
    note,
    opened,
    received,
    sees,
    sent,
    taken,
    told,
    withdrawn,
)

EVERYBODY: Final = (CITY, CENTRE, SHELTER, POLICE)
BOARD_STREAM: Final = stream_of("referral", REFERRAL)


def as_seen(history: Iterable[Told], case: CaseId | None = CASE) -> list[Seen]:
    return [Seen(it.position, NOW, header(it, case), it.event) for it in history]


def header(it: Told, case: CaseId | None) -> Header:
    command = CommandId(an_id(90))
    return Header(
        schema=SCHEMA,
        id=an_id(91),
        type=tag_of(type(it.event)),
        stream=it.stream,
        version=it.position,
        occurred_at=NOW,
        agency=it.agency,
        staff=CITY.staff,
        role=CITY.role,
        correlation=command,
        command=command,
        case=case,
        facts=msgspec.Raw(b"{}"),
    )


def rows(of: Projection[Key, ListRow], history: Iterable[Seen]) -> dict[Key, ListRow]:
    wanted = [*heard(of, history)]
    return {key: row for key, row in fold(of, {}, touched(of, wanted)).items() if row is not None}


def heard(of: Projection[Any, Any], history: Iterable[Seen]) -> Iterator[Seen]:
    for seen in history:
        if of.wants is None or type(seen.event) in of.wants:
            yield seen
        elif of.hears_others:
            yield replace(seen, event=None)


def listed(*happened: list[tuple[Context, Event]]) -> dict[AgencyId, int]:
    """Which agencies have the case in their list, and since when."""
    found = rows(CASE_LIST, as_seen(told(*happened)))
    assert {row.case_id for row in found.values()} <= {CASE}
    return {row.agency: row.since for row in found.values()}


# Case list


def test_a_case_is_in_the_list_of_who_opened_it() -> None:
    assert listed(by(CITY, opened, consulted)) == {CITY.agency: 1}


@pytest.mark.parametrize(
    "event",
    [replace(accepted, main_responsible=CENTRE.agency), joined, moved],
    ids=lambda event: type(event).__name__,
)
def test_a_case_comes_into_the_list_of_who_is_made_to_take_part(event: Event) -> None:
    assert listed(by(CITY, opened, event)) == {CITY.agency: 1, CENTRE.agency: 2}


def test_a_case_comes_into_the_list_of_who_provides_something_for_her_once_it_does() -> None:
    asked, granted_now = (
        replace(linked, status="REQUESTED"),
        closed(
            ServiceStatusChanged,
            service_id=linked.service_id,
            about=linked.about,
            provider_agency=linked.provider_agency,
            status="APPROVED",
        ),
    )
    assert listed(by(CITY, opened, linked)) == {CITY.agency: 1, CENTRE.agency: 2}
    assert listed(by(CITY, opened, asked)) == {CITY.agency: 1}
    assert listed(by(CITY, opened, asked, granted_now)) == {CITY.agency: 1, CENTRE.agency: 3}


def test_a_case_is_in_no_list_of_those_who_are_only_asked_to_take_her_on() -> None:
    assert listed(by(CITY, opened, drafted, sent)) == {CITY.agency: 1}


def test_a_case_keeps_its_place_whatever_comes_after() -> None:
    before = by(CITY, opened, joined)
    after = by(CENTRE, consulted, note), by(CITY, left, joined)
    assert listed(before, *after) == listed(before) == {CITY.agency: 1, CENTRE.agency: 2}


def test_what_belongs_to_no_case_is_in_nobody_s_list() -> None:
    history = as_seen(told(by(CITY, opened, joined)), case=None)
    assert not rows(CASE_LIST, history)
    assert not rows(CASE_ACTIVITY, history)


lives = strategies.lists(
    strategies.sampled_from(
        [
            *by(CITY, consulted, note, address, joined, left, moved, granted, withdrawn, sent),
            *by(CITY, linked, replace(linked, provider_agency=SHELTER.agency)),
            *by(CENTRE, consulted, note, received, taken, handed_over),
        ]
    ),
    max_size=12,
)


@given(life=lives)
def test_whoever_sees_anything_of_a_case_has_it_in_the_list_or_is_asked_to_take_her_on(
    life: list[tuple[Context, Event]],
) -> None:
    happened = by(CITY, opened, accepted, drafted), life
    history, candidates = told(*happened), listed(*happened).keys()
    (referral,) = rows(REFERRAL_BOARD, as_seen(history)).values()
    sides = {referral.from_agency, referral.to_agency}
    assert {who.agency for who in EVERYBODY if sees(history, who)} <= candidates | sides


# Case activity


def test_a_case_has_changed_with_whatever_happened_last() -> None:
    history = told(by(CITY, opened, granted, drafted), by(CENTRE, consulted))
    (row,) = rows(CASE_ACTIVITY, as_seen(history)).values()
    assert (row.case_id, row.changed) == (CASE, 4)


# Referral board

ON_BOARD: Final = ReferralRow(
    stream=BOARD_STREAM,
    referral_id=REFERRAL,
    case_id=CASE,
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
    status="DRAFT",
    drafted=2,
)


@pytest.mark.parametrize(
    ("happened", "row"),
    [
        ((), ON_BOARD),
        ((sent,), replace(ON_BOARD, status="SENT", sent=3)),
        ((sent, received), replace(ON_BOARD, status="RECEIVED", sent=3)),
        ((sent, taken), replace(ON_BOARD, status="ACCEPTED", sent=3)),
        (
            (sent, taken, moved, handed_over),
            replace(ON_BOARD, status="COMPLETED", is_open=False, sent=3),
        ),
    ],
    ids=["drafted", "sent", "received", "accepted", "handed_over"],
)
def test_the_board_says_how_far_a_referral_has_come(
    happened: tuple[Event, ...], row: ReferralRow
) -> None:
    history = as_seen(told(by(CITY, opened, drafted), by(CENTRE, *happened)))
    assert rows(REFERRAL_BOARD, history) == {(BOARD_STREAM,): row}


def test_a_case_in_which_she_has_shut_somebody_out_is_known_for_it() -> None:
    excluded = ExclusionSet(agency_id=CENTRE.agency, via_agency=CITY.agency)
    history = as_seen(told(by(CITY, opened, excluded, excluded)))
    assert rows(CASE_EXCLUSIONS, history) == {(CASE,): CaseExclusion(CASE, since=2)}


# Every list


@pytest.mark.parametrize("of", LISTS, ids=lambda of: of.name)
@given(life=lives, sizes=strategies.lists(strategies.integers(1, 5), max_size=12))
def test_rows_are_the_same_in_whatever_batches_the_events_come(
    of: Projection[Any, Any], life: list[tuple[Context, Event]], sizes: list[int]
) -> None:
    """Each batch reads only the rows it touches, and writes only those that change."""
    history = as_seen(told(by(CITY, opened, accepted, drafted), life))
    kept: dict[Any, Any] = {}
    left_over = [*heard(of, history)]
    for size in [*sizes, len(left_over)]:
        batch, left_over = left_over[:size], left_over[size:]
        moved = touched(of, batch)
        at_hand = {key: row for key, row in kept.items() if key[: of.found_by] in moved}
        kept |= fold(of, at_hand, moved)
    # A row that came and went is gone, whether both were in one batch or not.
    assert present(kept) == present(rows(of, history))


def present(rows: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: row for key, row in rows.items() if row is not None}
