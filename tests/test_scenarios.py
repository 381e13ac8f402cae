"""Two women's ways through the agencies, played step by step, against who may see what then."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import pytest

from domain.case import CaseClosed, CaseTransferred, ResponsibilityMoved
from domain.case.stay_events import StayEnded
from domain.consent_ledger import ConsentExpired, ConsentRefused
from domain.model import Event, GrantId
from domain.referral import ReferralInquirySent
from domain.visibility import OWN, Basis
from tests.scenarios import a, b
from tests.scenarios.cast import EVERYBODY, Name
from tests.scenarios.matrix import Cell, Matrix, Places, Seen, cell, matrix
from tests.scenarios.play import Play, moment
from tests.scenarios.telling import seen_by, told_to


class Instant(msgspec.Struct):
    step: str
    at: str
    cells: Mapping[Name, Mapping[str, Cell]]


GOLDEN: Final = Path(__file__).parent / "golden"
# They are given, and are never made to fit.
TABLES: Final = {
    "a": "92612ba2a26971fd1fb988015dfb59bee3a2fd5172fb2d5d605395de0338515f",
    "b": "6ff3bd31ba44d39dc111b439d4723cf94e2eb8a00b7ebcef60e78063a36f3522",
}


@cache
def played(name: str) -> tuple[Play, Places]:
    return {"a": a.play, "b": b.play}[name]()


@cache
def table(name: str) -> tuple[Instant, ...]:
    said = (GOLDEN / f"visibility_{name}.json").read_bytes()
    assert hashlib.sha256(said).hexdigest() == TABLES[name]
    return msgspec.json.decode(said, type=tuple[Instant, ...])


INSTANTS: Final = [(name, nth) for name in TABLES for nth in range(len(table(name)))]


def end_of(play: Play) -> datetime:
    return play.world.at


# The tables


@pytest.mark.parametrize(
    ("name", "nth"), INSTANTS, ids=[f"{n}-{table(n)[i].step[:2]}" for n, i in INSTANTS]
)
def test_each_agency_sees_at_each_time_what_the_table_says(name: str, nth: int) -> None:
    instant = table(name)[nth]
    play, places = played(name)
    columns = [*next(iter(instant.cells.values()))]
    found = matrix(play, moment(instant.at), instant.cells, columns, places)
    assert differing(found, instant.cells) == []


def test_both_tables_are_compared_whole() -> None:
    cells = {n: sum(len(row) for i in table(n) for row in i.cells.values()) for n in TABLES}
    assert cells == {"a": 686, "b": 1120}


def differing(found: Matrix, expected: Mapping[Name, Mapping[str, Cell]]) -> list[str]:
    return [
        f"{agency} {column}: {found[agency][column]} instead of {said}"
        for agency, row in expected.items()
        for column, said in row.items()
        if found[agency][column] != said
    ]


# What a cell is made of

CONSENT: Final = Basis("CONSENT", GrantId(played("a")[0].grants["K-A1"]))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([], "–"),
        ([Seen(Basis("PARTY"))], "–"),
        ([Seen(OWN)], "o"),
        ([Seen(Basis("STATUTORY"))], "S"),
        ([Seen(Basis("EMERGENCY"))], "E"),
        ([Seen(Basis("STATUTORY")), Seen(OWN)], "o"),
        ([Seen(OWN), Seen(CONSENT)], "●"),
        ([Seen(CONSENT, in_full=False)], "◐"),
        ([Seen(OWN), Seen(CONSENT, in_full=False)], "◐"),
        ([Seen(CONSENT, in_full=False), Seen(CONSENT)], "●"),
    ],
)
def test_a_cell_says_whose_records_are_seen_and_how_they_come_to_be(
    seen: list[Seen], expected: Cell
) -> None:
    assert cell(seen) == expected


def test_what_is_recorded_later_is_in_no_earlier_table() -> None:
    play, places = played("a")
    empty = matrix(play, moment("2026-05-11 10:19"), ["M1", "C1"], ["PRB", "SVC"], places)
    assert empty == {"M1": {"PRB": "–", "SVC": "–"}, "C1": {"PRB": "–", "SVC": "–"}}
    opened = matrix(play, moment("2026-05-11 10:20"), ["M1", "C1"], ["PRB", "SVC"], places)
    assert opened == {"M1": {"PRB": "o", "SVC": "o"}, "C1": {"PRB": "–", "SVC": "–"}}


def test_a_table_is_made_by_the_clock_of_its_time() -> None:
    """The consent to be told of the destination runs to the end of October."""
    play, places = played("b")
    for at, expected in (("2026-10-31 23:59", "●"), ("2026-11-01 00:00", "o")):
        assert matrix(play, moment(at), ["C1"], ["LOC:destination"], places) == {
            "C1": {"LOC:destination": expected}
        }


# Scenario A


def test_to_whom_she_refused_the_case_never_exists() -> None:
    play, _ = played("a")
    assert play.last(ConsentRefused)
    for entry in play.world.of_case(play.case):
        assert [*seen_by(play, "P1", entry.at)] == []
