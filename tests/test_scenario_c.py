"""A contested conference, an emergency without consent, a grievance, and erasure years later.

No table of it is given: the one here follows from the rule, agency by agency.
"""

from functools import cache
from typing import Final

import pytest

from domain.categories import CategoryCode
from domain.codes import CATEGORIES
from domain.consent_ledger import ConsentExpired
from domain.duties import DutyEvent
from domain.emergency import EmergencyExpired
from domain.grievance import GrievanceEvent, GrievanceReceived
from domain.meeting.events import MainSupportAgencyDesignated
from domain.sharing import Sharing, replay
from domain.visibility import covers, decide
from tests.scenarios import c
from tests.scenarios.cast import EVERYBODY, Name
from tests.scenarios.matrix import Places, look_of, matrix
from tests.scenarios.play import Play, moment
from tests.scenarios.telling import seen_by

COLUMNS: Final[tuple[CategoryCode, ...]] = (
    "IDN", "CNT", "ADR", "PRB", "RSK", "HLT", "ECO", "ACC", "PLN", "SVC", "MTG", "NAR",
)  # fmt: skip
NOBODY: Final = "– – – – – – – – – – – –"
# In the order of the columns. Whoever is not named sees nothing.
TABLE: Final[dict[str, dict[Name, str]]] = {
    # Of an introduction M1 has the means of contact, before it has answered.
    "2026-06-15 15:00": {
        "M1": "– ● – – – – – – – – – –",
        "N2": "o o – o – – – o – o – –",
    },
    # She comes to M1, and agrees that what M1 and N2 know is known to both; N2 has no diagnosis.
    "2026-06-22 12:00": {
        "M1": "● ● o ● o o o ● o ● – o",
        "N2": "● o – ● ● – ● ● ● ● – –",
    },
    # To those at the table what was put before them there, and what was said.
    "2026-07-02 16:00": {
        "M1": "● ● o ● o o o ● o ● o o",
        "M3": "● – – – ● – ● – – – ● –",
        "C1": "● – – – ● – ● – – – ● –",
        "N2": "● o – ● ● – ● ● ● ● ● –",
    },
    # The first conference is over, and what was put before it with it; M3 is designated, and that
    # alone opens nothing.
    "2026-07-09 16:00": {
        "M1": "● ● o ● o o o ● o ● o o",
        "M3": "– – – – – – – – – – ● –",
        "C1": "– – – – – – – – – – ● –",
        "N2": "● o – ● ● – ● ● ● ● ● –",
    },
    # With its role M3 takes part, and sees what she has agreed to: no diagnosis.
    "2026-07-10 12:00": {
        "M1": "● ● o ● o o o ● o ● o o",
        "M3": "● – – ● ● – ● ● ● ● ● –",
        "C1": "– – – – – – – – – – ● –",
        "N2": "● o – ● ● – ● ● ● ● ● –",
    },
    # In the emergency, to each what is named for it.
    "2026-07-21 23:00": {
        "M1": "● ● o ● o o o ● o ● o o",
        "M3": "● – – ● ● – ● ● ● ● ● –",
        "C1": "– – – – – – – – – – ● –",
        "N2": "● o – ● ● – ● ● ● ● ● o",
        "P1": "E E E – E – – – – – – –",
        "H1": "E – – – E E – – – – – –",
    },
    # It is over. H1 treats her, and still she has not agreed that it is told anything.
    "2026-07-24 22:40": {
        "M1": "● ● o ● o o o ● o ● o o",
        "M3": "● – – ● ● – ● ● ● ● ● –",
        "C1": "– – – – – – – – – – ● –",
        "N2": "● o – ● ● – ● ● ● ● ● o",
    },
    # Support has ended, and her consent with it: to each its own.
    "2027-03-31 12:00": {
        "M1": "o – o o o o o o o o o o",
        "N2": "o o – o – – – o – o – o",
    },
    # Not even that, once the use of it is stopped, or it is no more.
    "2030-06-10 12:00": {},
    "2032-05-10 10:00": {},
}


@cache
def played() -> Play:
    return c.play()[0]


def known_at(at: str) -> Sharing:
    return replay(e.told for e in played().world.of_case(played().case) if e.at <= moment(at))


@pytest.mark.parametrize("at", TABLE)
def test_each_agency_sees_what_follows_from_the_rule(at: str) -> None:
    found = matrix(played(), moment(at), EVERYBODY, COLUMNS, Places({}, {}))
    said = {name: " ".join(row.values()) for name, row in found.items()}
    assert said == {**dict.fromkeys(EVERYBODY, NOBODY), **TABLE[at]}


def test_a_designation_widens_nobodys_consent() -> None:
    designated = played().last(MainSupportAgencyDesignated)
    record = played().world.of_case(played().case)
    at = record.index(designated)
    before, after = (replay(e.told for e in record[:until]) for until in (at, at + 1))
    for name in EVERYBODY:
        for category in CATEGORIES:
            agency = played().of(name)
            assert covers(before, agency, category, designated.at) == covers(
                after, agency, category, designated.at
            )


def test_an_emergency_ends_by_itself_recorded_or_not() -> None:
    play = played()
    end = moment("2026-07-24 22:40")
    record = [
        entry
        for entry in play.world.of_case(play.case)
        if entry.at <= end and not isinstance(entry.said, EmergencyExpired)
    ]
    sharing = replay(entry.told for entry in record)
    assert len(sharing.emergencies) == 2
    for name in ("P1", "H1"):
        look = look_of(play.cast[name], sharing, play.roster(), end)
        assert not any(decide(look, entry.told, entry.parts) for entry in record)


def test_a_grievance_changes_neither_consent_nor_service() -> None:
    play = played()
    received = play.last(GrievanceReceived).at
    during = [
        entry
        for entry in play.world.of_case(play.case)
        if received <= entry.at <= moment("2026-09-14 10:00")
    ]
    assert during
    assert all(isinstance(entry.said, GrievanceEvent | DutyEvent) for entry in during)


def test_her_consent_ends_with_her_support() -> None:
    play = played()
    ended = [e for e in play.world.of_case(play.case) if isinstance(e.said, ConsentExpired)]
    assert {e.at for e in ended} == {moment("2027-03-31 10:00")}
    assert len(ended) == 2
    assert not known_at("2027-03-31 10:00").grants


@pytest.mark.parametrize("at", ["2030-06-10 10:00", "2032-04-08 10:00", "2032-05-10 10:00"])
def test_of_a_stopped_or_erased_case_only_the_requests_to_purge_are_seen(at: str) -> None:
    for name in EVERYBODY:
        rules = {
            basis.rule
            for _, visible in seen_by(played(), name, moment(at))
            for basis in visible.bases.values()
        }
        assert rules <= {"NOTICE"}
    of_police = {e.said.__struct_config__.tag for e, _ in seen_by(played(), "P1", moment(at))}
    assert of_police == ({"trail.purge_requested.v1"} if at >= "2032" else set())
