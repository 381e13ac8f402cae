"""Two women's ways through the agencies, played step by step, against who may see what then."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import pytest

from domain.case import (
    AttributesRecorded,
    CaseClosed,
    CaseNotFound,
    CaseOpened,
    CaseTransferred,
    RecordNote,
    ResponsibilityMoved,
)
from domain.case.stay_events import StayEnded, StayStarted
from domain.case.support import SupportActivityRecorded
from domain.catalogue import AnyCommand
from domain.consent_ledger import ConsentExpired, ConsentGranted, ConsentRefused, ExplainConsent
from domain.meeting.events import MinutesDrafted
from domain.model import CaseId, Event, GrantId, ReferralId
from domain.referral import AcceptReferral, ReferralInquirySent, ReferralNotFound, ReferralSent
from domain.sharing import Sharing, replay
from domain.visibility import OWN, Basis
from tests.scenarios import a, b, c
from tests.scenarios.cast import EVERYBODY, Name
from tests.scenarios.matrix import Cell, Matrix, Places, Seen, cell, counted_in, matrix
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
    return {"a": a.play, "b": b.play, "c": c.play}[name]()


@cache
def table(name: str) -> tuple[Instant, ...]:
    said = (GOLDEN / f"visibility_{name}.json").read_bytes()
    assert hashlib.sha256(said).hexdigest() == TABLES[name]
    return msgspec.json.decode(said, type=tuple[Instant, ...])


INSTANTS: Final = [(name, nth) for name in TABLES for nth in range(len(table(name)))]


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


@pytest.mark.parametrize(
    ("name", "by", "kind", "columns"),
    [
        ("a", "M1", CaseOpened, ["SVC"]),
        ("a", "M1", AttributesRecorded, ["ACC", "HLT"]),
        ("a", "S1", StayStarted, ["SVC", "LOC:shelter"]),
        ("a", "F1", StayEnded, ["SVC", "LOC:new home"]),
        ("b", "C1", StayStarted, ["SVC", "FAM", "LOC:centre"]),
        ("b", "CG1", SupportActivityRecorded, ["CHD"]),
        ("a", "C1", MinutesDrafted, ["MTG"]),
        ("a", "M1", ReferralSent, []),
        ("a", "M1", ConsentGranted, []),
    ],
)
def test_a_record_counts_for_what_it_says(
    name: str, by: Name, kind: type[Event], columns: list[str]
) -> None:
    play, places = played(name)
    entry = play.last(kind, by)
    found = {each.column for each in counted_in(Sharing(), [entry], places)}
    assert found - {"ENV", "CNS"} == {*columns}  # Of these there is no column in any table.


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


def test_consent_alone_opens_nothing() -> None:
    play, _ = played("a")
    for name in EVERYBODY:
        if name != "M1":
            assert [*seen_by(play, name, moment("2026-05-13 14:05"))] == []


@pytest.mark.parametrize("at", [instant.at for instant in table("a")] + ["2027-05-31 10:00"])
def test_nothing_told_to_the_city_names_the_shelter(at: str) -> None:
    play, _ = played("a")
    told = told_to(play, "M1", moment(at))
    shelter = play.cast["S1"]
    assert str(play.of("M1")).encode() in told  # What is looked for would be found.
    for secret in (str(shelter.agency), str(shelter.staff), EVERYBODY["S1"].name, "シェルター"):
        assert secret.encode() not in told


def test_the_shelter_itself_is_told_all_of_that() -> None:
    play, _ = played("a")
    told = told_to(play, "S1", moment("2026-05-20 16:00"))
    for known in (str(play.of("S1")), str(play.cast["S1"].staff), "シェルター"):
        assert known.encode() in told


def test_whoever_answers_for_her_is_not_told_where_she_lives_now() -> None:
    play, _ = played("a")
    home = "若葉町".encode()
    at = moment("2026-12-15 12:00")
    assert {name for name in EVERYBODY if home in told_to(play, name, at)} == {"F1", "N1", "M2"}
    later = moment("2027-02-12 12:00")
    assert {name for name in EVERYBODY if home in told_to(play, name, later)} == {"F1", "M2"}


def test_whoever_kept_her_keeps_what_it_recorded_and_no_more() -> None:
    play, _ = played("a")
    ends: Mapping[Name, str] = {"S1": "2026-06-05 14:00", "F1": "2026-11-30 11:00"}
    for name, at in ends.items():
        left = [*seen_by(play, name, moment(at))]
        of_others = [v for entry, v in left if entry.told.agency != play.of(name)]
        rules = {basis.rule for visible in of_others for basis in visible.bases.values()}
        assert left
        assert rules <= {"PARTY", "NOTICE", "PUBLIC"}


def test_what_ends_with_a_stay_with_support_or_with_a_move_ends_in_the_same_moment() -> None:
    shelter, move = played("a")[0], played("b")[0]
    assert ended_with(shelter, StayEnded) == {"K-A4", "K-A7"}
    assert ended_with(shelter, CaseClosed) >= {"K-A1", "K-A2", "K-A5", "K-A8", "K-A9", "K-A10"}
    assert ended_with(move, CaseTransferred) == {"K-B1", "K-B3", "K-B6"}


def ended_with(play: Play, kind: type[Event]) -> set[str]:
    names = {grant: name for name, grant in play.grants.items()}
    at = {e.at for e in play.world.of_case(play.case) if isinstance(e.said, kind)}
    return {
        names[e.said.grant_id]
        for e in play.world.of_case(play.case)
        if isinstance(e.said, ConsentExpired) and e.at in at
    }


def test_one_agency_after_the_other_answers_for_her() -> None:
    ways_of: Mapping[str, list[tuple[Name, Name]]] = {
        "a": [("M1", "C1")],
        "b": [("M1", "C1"), ("C1", "C2")],
    }
    for name, ways in ways_of.items():
        play, _ = played(name)
        moved = [
            (e.said.from_agency, e.said.to_agency)
            for e in play.world.of_case(play.case)
            if isinstance(e.said, ResponsibilityMoved)
        ]
        assert moved == [(play.of(before), play.of(after)) for before, after in ways]


def test_whoever_has_done_its_part_takes_part_no_more() -> None:
    for name, left in LEFT.items():
        play, _ = played(name)
        sharing = replay(entry.told for entry in play.world.of_case(play.case))
        assert sharing.participants == play.all(*left)


# Who is there in the end: whoever answers and helps, and whoever sent her on and is told of it.
LEFT: Final[Mapping[str, tuple[Name, ...]]] = {
    "a": ("M1", "M2", "C1", "N1"),
    "b": ("M1", "C1", "CG1", "C2", "W2", "MC2", "ED2"),
}


# Scenario B


def test_whom_she_shut_out_is_told_nothing_at_any_step() -> None:
    play, _ = played("b")
    for entry in play.world.of_case(play.case):
        assert [*seen_by(play, "ED1", entry.at)] == []


def test_an_inquiry_says_what_is_needed_and_not_who_she_is() -> None:
    play, _ = played("b")
    found = [*seen_by(play, "C2", moment("2026-07-18 10:00"))]
    inquiry = play.last(ReferralInquirySent)
    by_rule = {basis.rule for _, visible in found for basis in visible.bases.values()}
    assert by_rule == {"PARTY"}
    assert {entry.told.stream for entry, _ in found} == {inquiry.told.stream}
    told = told_to(play, "C2", moment("2026-07-18 10:00"))
    for secret in ("三浦", "あかね", "そら", "うみ", "080-0000", "青葉"):
        assert secret.encode() not in told


AWAY: Final[tuple[Name, ...]] = ("C2", "W2", "MC2", "CG2", "ED2", "H2")


@pytest.mark.parametrize("at", [instant.at for instant in table("b")] + ["2026-09-30 10:00"])
@pytest.mark.parametrize("name", ["M1", "CG1"])
def test_nothing_told_at_home_says_where_she_went(name: Name, at: str) -> None:
    """Whoever was at the conference of both prefectures knows of it for as long as she agreed."""
    play, _ = played("b")
    told = told_to(play, name, moment(at))
    for away in AWAY:
        who = play.cast[away]
        for secret in (str(who.agency), str(who.staff), EVERYBODY[away].name):
            its_own_report = (name, away) == ("CG1", "CG2")
            assert its_own_report or secret.encode() not in told, (away, secret)
    assert "白浜".encode() not in told


def test_what_is_taken_back_leaves_what_the_law_has_told_for_the_children() -> None:
    play, _ = played("b")
    at = moment("2026-09-15 10:00")
    emptied: tuple[Name, ...] = ("M1", "H2")
    for name in emptied:
        rules = {b.rule for _, v in seen_by(play, name, at) for b in v.bases.values()}
        assert "CONSENT" not in rules
    by_law: tuple[Name, ...] = ("CG1", "CG2")
    for name in by_law:
        rules = {b.rule for _, v in seen_by(play, name, at) for b in v.bases.values()}
        assert "STATUTORY" in rules


def test_where_she_is_is_seen_nowhere_but_in_the_cells_of_the_tables() -> None:
    """Of what kind a place is, is as secret as the place."""
    for name in TABLES:
        play, _ = played(name)
        for instant in table(name):
            knowing = {
                agency
                for agency, row in instant.cells.items()
                if any(said != "–" for column, said in row.items() if column.startswith("LOC:"))
            }
            seeing = {
                agency
                for agency in EVERYBODY
                for entry, visible in seen_by(play, agency, moment(instant.at))
                if entry.told.agency != play.of(agency)
                and any(
                    line.category == "LOC" and line.field in visible.bases for line in entry.parts
                )
            }
            assert seeing <= knowing, instant.step


@pytest.mark.parametrize(("name", "case"), [("ED1", "hers"), ("P1", "hers"), ("M1", "none")])
def test_a_case_that_is_hidden_and_none_at_all_are_refused_alike(name: Name, case: str) -> None:
    play, _ = played("b")
    which = play.case if case == "hers" else CaseId(play.world.operator.agency)
    notes: list[AnyCommand] = [
        RecordNote(declared_category="SVC", text="どこにいますか。"),
        AcceptReferral(referral_id=play.referrals["R-B3"], role_taken="SERVICE_PROVIDER"),
        ExplainConsent(
            kind="INFORMATION",
            purpose="SERVICE",
            recipients=play.all(name),
            categories=frozenset({"LOC"}),
            language="ja",
            material_version="2026-04",
        ),
    ]
    met = [play.world.refuses(play.cast[name], note, which) for note in notes]
    assert met == [CaseNotFound, ReferralNotFound, CaseNotFound]


def test_whoever_takes_part_is_told_of_no_referral_but_its_own() -> None:
    play, _ = played("b")
    made_up = ReferralId(play.world.operator.agency)
    for referral in (play.referrals["R-B3"], play.referrals["the place at MC2"], made_up):
        accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
        play.refused("M1", accept, ReferralNotFound)


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_all_that_happened_could_stand_in_a_log(name: str) -> None:
    play, _ = played(name)
    for entry in play.world.log:
        kind = type(entry.said)
        assert msgspec.json.decode(msgspec.json.encode(entry.said), type=kind) == entry.said


@pytest.mark.parametrize("owed", [a.OWED, b.OWED, c.OWED])
def test_what_cannot_be_reached_yet_is_named_by_its_step(owed: Mapping[str, str]) -> None:
    for step, why in owed.items():
        assert step[0] in "ABC"
        assert step[1:].isdigit()
        assert why.endswith(".")
