"""A cell is filled from what an agency is answered, and from nothing else."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
import pytest

from adapters.playing.format import Cell, Place
from adapters.playing.matrices import Known, Terms, placed, row, unfounded
from contracts.asked import CaseAlias
from contracts.envelope import DETAILS, AgencyShown, Envelope
from domain.model import EmergencyId, GrantId
from domain.statutory import StatutoryId
from domain.visibility import OWN, Basis

GRANT: Final = GrantId(UUID(int=1))
STAY: Final = str(UUID(int=2))
AGREED: Final = Basis("CONSENT", grant=GRANT)
IN_EMERGENCY: Final = Basis("EMERGENCY", emergency=EmergencyId(UUID(int=3)))
BY_LAW: Final = Basis("STATUTORY", statutory=StatutoryId(UUID(int=4)))
NOTHING_AGREED: Final = Known({}, {})
BUT_THE_BIRTH_DATE: Final = Terms(
    frozenset({"IDN"}),
    excluded_fields=frozenset({"case.subject_identified.v1/birth_date"}),
)
NAMED: Final = "case.subject_identified.v1"


def seen(type_: str, *bases: Basis, **fields: object) -> Envelope:
    """Each field by its basis, in order; what is left by the last of them."""
    by = dict(zip(fields, bases + (bases[-1],) * len(fields), strict=False))
    return Envelope(
        id=UUID(int=9),
        type=type_,
        occurred_at=datetime(2026, 5, 13, tzinfo=UTC),
        recorded_at=datetime(2026, 5, 13, tzinfo=UTC),
        case=CaseAlias(UUID(int=8)),
        agency=AgencyShown(),
        fields={name: msgspec.Raw(msgspec.json.encode(value)) for name, value in fields.items()},
        bases=by,
    )


def cell(column: str, *timeline: Envelope, known: Known = NOTHING_AGREED) -> Cell:
    return row(timeline, [column], known)[column]


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        ([], "–"),
        ([Basis("PARTY")], "–"),
        ([OWN], "o"),
        ([BY_LAW], "S"),
        ([IN_EMERGENCY], "E"),
        ([BY_LAW, OWN], "o"),
        ([OWN, AGREED], "●"),
        ([IN_EMERGENCY, BY_LAW], "E"),
    ],
)
def test_a_cell_says_whose_records_are_seen_and_by_which_rule(
    bases: list[Basis], expected: Cell
) -> None:
    assert cell("IDN", *(seen(NAMED, basis, name="相川みさき") for basis in bases)) == expected


@pytest.mark.parametrize(
    ("type_", "field", "basis"),
    [
        (NAMED, "name", Basis("PARTY")),
        (NAMED, "name", Basis("LEDGER")),
        (NAMED, "name", Basis("NOTICE")),
        ("case.accepted.v1", "accepted_on", Basis("PUBLIC")),
        (DETAILS, "name", Basis("PARTY")),
    ],
)
def test_a_record_that_is_seen_by_a_rule_that_shows_none_is_no_empty_cell(
    type_: str, field: str, basis: Basis
) -> None:
    shown = seen(type_, basis, **{field: "2026-05-13"})
    assert unfounded([shown]) == {(f"{type_}/{field}", basis.rule)}


@pytest.mark.parametrize(
    ("type_", "field", "basis"),
    [
        (NAMED, "name", OWN),
        ("case.responsibility_moved.v1", "to_agency", Basis("LEDGER")),
        ("referral.sent.v1", "purpose", Basis("PARTY")),
        ("case.transferred.v1", "on", Basis("PARTY")),
    ],
)
def test_what_a_rule_is_for_is_seen_by_it(type_: str, field: str, basis: Basis) -> None:
    assert not unfounded([seen(type_, basis, **{field: "2026-05-13"})])


@pytest.mark.parametrize("said", [None, [], {"withheld": "erased"}])
def test_what_says_nothing_counts_for_nothing(said: object) -> None:
    assert cell("IDN", seen(NAMED, OWN, name=said)) == "–"


def test_what_she_has_left_out_makes_it_a_part() -> None:
    known = Known({str(GRANT): BUT_THE_BIRTH_DATE}, {})
    assert cell("IDN", seen(NAMED, AGREED, name="相川みさき"), known=known) == "◐"


def test_what_she_has_left_out_and_is_shown_is_no_part() -> None:
    """Then more is told than she agreed to, and a table that says so differs."""
    known = Known({str(GRANT): BUT_THE_BIRTH_DATE}, {})
    shown = seen(NAMED, AGREED, name="相川みさき", birth_date="1993-08-02")
    assert cell("IDN", shown, known=known) == "●"


def test_kind_and_day_of_what_is_about_something_else_tell_of_no_service() -> None:
    called = seen("case.consultation_recorded.v1", OWN, channel="PHONE", main_problem="DEBT")
    assert row([called], ["PRB", "SVC"], NOTHING_AGREED) == {"PRB": "o", "SVC": "–"}
    moved = seen("case.transferred.v1", OWN, on="2026-07-31")
    assert cell("SVC", moved) == "o"


def test_a_place_is_known_by_its_stay_or_by_what_is_said_of_it() -> None:
    stays = {"shelter": Place(stay="shelter"), "home": Place(after="shelter")}
    places = placed(stays, {"shelter": STAY}, {f"{STAY} after": ["若葉町4-5-6"]})
    known = Known({str(GRANT): Terms(frozenset({"LOC"}))}, places)
    begun = seen("case.stay_started.v1", OWN, stay_id=STAY, location="シェルター")
    left = seen(DETAILS, AGREED, destination_address="若葉町4-5-6")
    timeline = [begun, left]
    assert row(timeline, ["LOC:shelter", "LOC:home"], known) == {
        "LOC:shelter": "o",
        "LOC:home": "●",
    }


def test_of_what_kind_a_place_is_is_not_the_place() -> None:
    places = placed({"home": Place(after="shelter")}, {"shelter": STAY}, {})
    ended = seen("case.stay_ended.v1", OWN, stay_id=STAY, destination_kind="OWN_HOUSING")
    assert cell("LOC:home", ended, known=Known({}, places)) == "–"


def test_whose_name_it_is_follows_from_what_she_agreed_to_where_it_is_not_told() -> None:
    known = Known({str(GRANT): Terms(frozenset({"CHD", "SCH"}))}, {})
    child = seen(DETAILS, AGREED, name="三浦そら", birth_year=2018)
    assert row([child], ["CHD", "FAM"], known) == {"CHD": "●", "FAM": "–"}


def test_what_is_said_in_a_meeting_counts_as_that_alone() -> None:
    decided = seen("meeting.decision_recorded.v1", AGREED, text="入所する。")
    assert row([decided], ["MTG", "PLN", "SVC"], NOTHING_AGREED) == {
        "MTG": "●",
        "PLN": "–",
        "SVC": "–",
    }
