"""Whatever happened, and in whatever portions it was heard: what waits is what is not done."""

from functools import cache
from typing import Final
from uuid import UUID

import pytest

from domain.case import CASE, KnownCase
from domain.grievance import NO_GRIEVANCE, GrievanceReceived, KnownGrievance
from domain.grievance import evolve as grievance_after
from domain.model import AgencyId, CaseId, stream_of
from domain.referral import ENDED, KnownReferral, NoReferral, Referral, ReferralDrafted
from domain.referral import evolve as referral_after
from domain.trail import Trail
from domain.trail import evolve as trail_after
from domain.visibility import agencies_in, naming
from domain.work_codes import WorkKind
from projections.work_row import WorkRow
from services.alone import record_id
from tests.histories import history
from tests.working import table
from tests.world import World

SEEDS: Final = range(40)
each_seed = pytest.mark.parametrize("seed", SEEDS)


@cache
def worlds(seed: int) -> World:
    """Told once, and only looked at."""
    return history(seed).world


@each_seed
def test_made_anew_the_table_is_as_it_was_kept_up(seed: int) -> None:
    log = worlds(seed).log
    made = table(log)
    assert made == table(log, at_once=1) == table(log, at_once=7)


@each_seed
def test_every_active_case_has_its_review_and_no_closed_case_has_one(seed: int) -> None:
    world = worlds(seed)
    due = of(world, "REVIEW")
    for case in cases_of(world):
        known = world.fold(CASE.initial, CASE.evolve, stream_of("case", case))
        assert isinstance(known, KnownCase)
        rows = [row for row in due if row.case_id == case]
        if known.status == "ACTIVE" and known.main_responsible is not None:
            (row,) = rows
            assert (row.agency, row.network) == (known.main_responsible, known.network)
        elif known.status in {"CLOSED", "TRANSFERRED", "CONTACT", "ERASED"}:
            assert rows == []


@each_seed
def test_a_referral_waits_for_both_sides_from_its_sending_to_its_answer(seed: int) -> None:
    world = worlds(seed)
    both = {"REFERRAL_ANSWER", "REFERRAL_WAITING"}
    waiting: dict[object, set[WorkKind]] = {}
    for row in (*of(world, "REFERRAL_ANSWER"), *of(world, "REFERRAL_WAITING")):
        waiting.setdefault(row.names, set()).add(row.kind)
    for entry in world.log:
        if isinstance(drafted := entry.said, ReferralDrafted):
            stream = stream_of("referral", drafted.referral_id)
            known = world.fold(NOT_YET, referral_after, stream)
            assert isinstance(known, KnownReferral)
            pending = known.status in {"SENT", "RECEIVED", "INFO_REQUESTED"}
            assert waiting.get(drafted.referral_id, set()) == (both if pending else set())
            assert not (known.status in ENDED and drafted.referral_id in waiting)


@each_seed
def test_a_grievance_waits_until_it_is_answered(seed: int) -> None:
    world = worlds(seed)
    rows = {row.names: row for row in of(world, "GRIEVANCE_ANSWER")}
    for entry in world.log:
        if isinstance(received := entry.said, GrievanceReceived):
            stream = stream_of("grievance", received.grievance_id)
            known = world.fold(NO_GRIEVANCE, grievance_after, stream)
            assert isinstance(known, KnownGrievance)
            answered = known.status in {"ANSWERED", "CLOSED"}
            assert (received.grievance_id in rows) != answered
            if not answered:
                assert rows[received.grievance_id].agency == (known.handler or known.in_charge)


@each_seed
def test_a_purge_waits_until_it_is_answered(seed: int) -> None:
    world = worlds(seed)
    rows = [row.names for row in of(world, "PURGE_ANSWER")]
    unanswered = [
        purge
        for case in cases_of(world)
        for purge, known in world.fold(
            Trail(), trail_after, stream_of("trail", case)
        ).purges.items()
        if known.answered is None
    ]
    assert sorted(map(str, rows)) == sorted(map(str, unanswered))


@each_seed
def test_whose_work_it_is_stands_in_the_record_so_that_the_row_rests_on_them(seed: int) -> None:
    log = worlds(seed).log
    named: dict[UUID, set[AgencyId]] = {}
    for entry in log:
        told = entry.told
        names = (agencies_in(told.event, name) for name in naming(type(told.event), AgencyId))
        of_record = named.setdefault(record_id(entry.case, told.stream), set())
        of_record.update({told.agency}, *names)
    for row in table(log).values():
        assert row.agency is None or row.agency in named[row.case_id or row.of]


def of(world: World, kind: WorkKind) -> list[WorkRow]:
    return [row for row in table(world.log).values() if row.kind == kind and row.due is not None]


def cases_of(world: World) -> list[CaseId]:
    return list(dict.fromkeys(entry.case for entry in world.log if entry.case is not None))


NOT_YET: Final[Referral] = NoReferral()
