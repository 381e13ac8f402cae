"""Where whoever was told without her consent finds of which case."""

from typing import Final

from domain.emergency import EmergencyDisclosureAuthorised
from domain.statutory import StatutoryDisclosureRecorded
from projections.disclosures import DISCLOSURES, DisclosureRow
from projections.tables import Seen, fold, touched
from tests.scenarios import b, c
from tests.scenarios.play import Play
from tests.test_lists import header
from tests.world import Entry

TOLD: Final = (EmergencyDisclosureAuthorised, StatutoryDisclosureRecorded)


def table(play: Play) -> dict[str, DisclosureRow]:
    """By the names that the agencies have in the scenario."""
    seen = [as_seen(entry) for entry in play.world.log if isinstance(entry.said, TOLD)]
    names = {who.agency: name for name, who in play.cast.items()}
    rows = fold(DISCLOSURES, {}, touched(DISCLOSURES, seen))
    return {names[row.agency]: row for row in rows.values() if row is not None}


def as_seen(entry: Entry) -> Seen:
    told = entry.told
    return Seen(told.position, entry.at, header(told, entry.case), told.event)


def test_whoever_is_told_by_law_has_a_row_of_the_case() -> None:
    play, _ = b.play()
    rows = table(play)
    assert rows.keys() == {"CG1", "CG2"}
    assert {row.case_id for row in rows.values()} == {play.case}


def test_whoever_is_told_in_an_emergency_has_one_once_it_is_in_force() -> None:
    """H1 is told against her word, and so after a second answer."""
    play, _ = c.play()
    rows = table(play)
    assert rows.keys() == {"P1", "H1"}
    assert rows["P1"].since < rows["H1"].since


def test_who_was_told_keeps_its_place() -> None:
    play, _ = b.play()
    twice = [as_seen(e) for e in play.world.log if isinstance(e.said, TOLD)] * 2
    kept = fold(DISCLOSURES, {}, touched(DISCLOSURES, twice))
    assert {row.since for row in kept.values() if row} == {r.since for r in table(play).values()}
