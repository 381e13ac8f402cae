"""A replay over HTTP and in the terminal, of an installation that runs."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import NamedTuple
from uuid import uuid4

import msgspec
import pytest

from contracts.asked import CaseAlias
from contracts.replay import Replay, ReplayLine
from domain.case import RecordNote
from domain.model import GrantId, ReferralId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from tests.command_line import widest
from tests.integration.clients import NAME, Clerk, agreed, alias, clerk, joined, known_case
from tests.integration.entrances import whole
from tests.integration.processes import Up, up


class Town(NamedTuple):
    city: Clerk
    centre: Clerk
    police: Clerk
    case: CaseAlias
    hers: CaseAlias  # The case, as the centre knows it.
    grant: GrantId


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with up(tmp_path_factory.mktemp("up")) as ours:
        yield told(ours)


def told(ours: Up) -> Town:
    """The city hands her on to the centre, as she agreed."""
    operator = clerk(ours)

    city, centre = (
        joined(operator, "MUNICIPAL_WOMENS_SUPPORT_DIVISION"),
        joined(operator, "WOMENS_SUPPORT_CENTRE"),
    )
    police = joined(operator, "POLICE")
    case = known_case(operator, city, centre)
    grant = agreed(city, case, centre, about=("IDN", "SVC"))
    draft = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=centre.agency,
        purpose="PROTECTION",
        urgency="HIGH",
    )
    referral = ReferralId(city.makes(draft, case))
    city.asks(SendReferral(referral_id=referral), case)
    hers = alias(centre, "/v1/referrals")
    centre.asks(ReceiveReferral(referral_id=referral), hers)
    centre.asks(AcceptReferral(referral_id=referral, role_taken="CONVENOR"), hers)
    centre.asks(ConfirmHandover(referral_id=referral, referrer_remains=True), hers)
    city.asks(RecordNote(declared_category="ECO", text="給与の振込先を変えたい。"), case)
    return Town(city, centre, police, case, hers, grant)


def replayed(who: Clerk, case: CaseAlias, **query: str) -> Replay:
    answer = who.sees(f"/v1/cases/{case}/replay", **query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Replay)


def test_the_centre_sees_by_whose_consent_it_sees_what(town: Town) -> None:
    replay = replayed(town.centre, town.hers)
    (line,) = [each for each in replay.items if each.type == "case.subject_identified.v1"]
    assert msgspec.json.decode(line.fields["name"]) == NAME
    assert line.bases["name"].grant == town.grant
    assert replay.lanes[line.lane].agency.id == town.city.agency
    assert replay.items[-1].holder is not None
    assert replay.lanes[replay.items[-1].holder].agency.id == town.centre.agency


def test_the_city_sees_through_the_centres_eyes_what_it_let_it_see(town: Town) -> None:
    replay = replayed(town.city, town.case, **{"as": str(town.centre.agency)})
    assert {b.grant for line in replay.items for b in line.bases.values()} == {town.grant}
    assert "case.note_recorded.v1" not in {line.type for line in replay.items}


def test_pages_of_a_replay_make_the_whole(town: Town) -> None:
    whole = replayed(town.city, town.case)
    found: list[ReplayLine] = []
    after: dict[str, str] = {}
    while True:
        page = replayed(town.city, town.case, most="3", **after)
        found += page.items
        if page.next is None:
            break
        after = {"after": page.next}
    assert found == [*whole.items]


def test_what_may_not_be_seen_is_not_there_to_the_letter(town: Town) -> None:
    """A case that is not there, one of others, another's view, and that of nobody."""
    never, somebody = str(uuid4()), {"as": str(town.city.agency)}
    answers = [
        town.police.sees(f"/v1/cases/{never}/replay"),
        town.police.sees(f"/v1/cases/{town.case}/replay"),
        town.police.sees(f"/v1/cases/{town.case}/replay", **somebody),
        town.police.sees("/v1/cases/na-mi-da/replay"),
        town.centre.sees(f"/v1/cases/{town.hers}/replay", **somebody),
        town.centre.sees(f"/v1/cases/{town.hers}/replay", **{"as": never}),
        town.centre.sees(f"/v1/cases/{town.hers}/replay", diff=str(town.city.agency)),
        town.centre.sees(f"/v1/cases/{town.hers}/replay", diff=never),
        town.centre.sees(f"/v1/cases/{town.hers}/replay", at="2020-01-01T00:00:00Z"),
    ]
    assert {answer.json()["code"] for answer in answers} == {"CASE_NOT_FOUND"}
    assert len({whole(answer) for answer in answers}) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"as": "nobody"},
        {"at": "yesterday"},
        {"view": "all"},
        {"most": "1000"},
        {"diff": str(uuid4()), "diff_at": "2026-05-13T00:00:00Z"},
    ],
)
def test_a_query_that_is_not_understood_shows_nothing(town: Town, query: dict[str, str]) -> None:
    answer = town.city.sees(f"/v1/cases/{town.case}/replay", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "QUERY_NOT_UNDERSTOOD")


def test_no_answer_holds_more_than_it_may(town: Town) -> None:
    text = town.centre.sees(f"/v1/cases/{town.hers}/replay").text
    assert str(town.case) not in text
    assert not any(f'"{word}"' in text for word in ("position", "version", "stream", "total"))


# In the terminal


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_is_drawn_in_eighty_cells_and_without_colour(town: Town, language: str) -> None:
    said = town.city.tsunagu("replay", str(town.case), "--lang", language)
    assert (said.returncode, widest(said)) == (0, 80), said.stderr
    assert "\x1b" not in said.stdout
    assert "#=>" in said.stdout or "o=>#" in said.stdout
    assert NAME in said.stdout


def test_a_program_reads_all_of_it(town: Town) -> None:
    said = town.centre.tsunagu("replay", str(town.hers), "--json")
    answer = town.centre.sees(f"/v1/cases/{town.hers}/replay")
    assert msgspec.json.decode(said.stdout) == answer.json()


def test_two_views_stand_beside_each_other(town: Town) -> None:
    said = town.city.tsunagu(
        "replay", str(town.case), "--diff", str(town.centre.agency), "--lang", "ja"
    )
    assert said.returncode == 0, said.stderr
    assert "1  Aの見え方" in said.stdout
    assert "両方に見える" in said.stdout


def test_a_token_may_stand_in_a_file(town: Town, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(town.city.token + "\n")
    arguments = ("replay", str(town.case), "--token", str(tmp_path / "token"))
    assert town.city.ours.tsunagu(*arguments).returncode == 0
    assert town.city.ours.tsunagu("replay", str(town.case)).returncode == 1


@pytest.fixture(scope="module")
def nowhere(town: Town) -> CompletedProcess[str]:
    return town.police.tsunagu("replay", str(uuid4()))


@pytest.mark.parametrize("view", [(), ("--as", str(uuid4())), ("--diff", str(uuid4()))])
def test_what_is_hidden_is_refused_in_the_same_words(
    town: Town, nowhere: CompletedProcess[str], view: tuple[str, ...]
) -> None:
    hidden = town.police.tsunagu("replay", str(town.case), *view)
    assert (hidden.returncode, hidden.stdout, hidden.stderr) == (
        nowhere.returncode,
        nowhere.stdout,
        nowhere.stderr,
    )
    assert nowhere.returncode == 1


def test_only_one_comparison_is_drawn(town: Town) -> None:
    both = ("--diff", str(town.centre.agency), "--diff-at", "2026-05-13")
    assert town.city.tsunagu("replay", str(town.case), *both).returncode == 2
