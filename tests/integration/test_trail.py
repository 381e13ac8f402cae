"""Her trail over HTTP and in the terminal, of an installation that runs; and k of m in the list."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from uuid import uuid4

import httpx
import msgspec
import pytest

from contracts.asked import CaseAlias
from contracts.trail import Answers, PurgeAsked, Shared, TakenAway, Trail, TrailItem
from contracts.what_if import WhatIf
from contracts.work import WorkLine
from domain.case import AssignRole
from domain.consent_ledger import WithdrawConsent
from domain.model import GrantId
from domain.trail.purges import AcknowledgePurge, PurgeId
from tests.command_line import widest
from tests.integration.clients import (
    HTTP,
    NAME,
    SAME,
    Clerk,
    agreed,
    alias,
    clerk,
    joined,
    known_case,
    there,
)
from tests.integration.entrances import whole
from tests.integration.processes import Up, up

PATH: Final = "/v1/cases/{}/trail"


class Town(NamedTuple):
    operator: Clerk
    city: Clerk
    centre: Clerk
    ayumi: Clerk
    police: Clerk
    case: CaseAlias
    grant: GrantId


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with up(tmp_path_factory.mktemp("up")) as ours:
        yield told(ours)


def told(ours: Up) -> Town:
    """Two are let know who she is, and read it; she takes that back, and one has answered."""
    operator = clerk(ours)

    city, centre = (
        joined(operator, "MUNICIPAL_WOMENS_SUPPORT_DIVISION"),
        joined(operator, "WOMENS_SUPPORT_CENTRE"),
    )
    ayumi, police = joined(operator, "PRIVATE_SUPPORT_ORGANISATION"), joined(operator, "POLICE")
    case = known_case(operator, city)
    grant = agreed(city, case, centre, ayumi)
    for each in (centre, ayumi):
        city.asks(AssignRole(function="SERVICE_PROVIDER", agency_id=each.agency), case)
        assert each.sees(f"/v1/cases/{alias(each, '/v1/cases')}").json()["name"] == NAME
    city.asks(WithdrawConsent(grant_id=grant), case)
    town = Town(operator, city, centre, ayumi, police, case, grant)
    asked = settled(town)
    (theirs,) = (each for each in asked if each.of.id == centre.agency)
    assert theirs.state == "REQUESTED"
    centre.asks(AcknowledgePurge(purge_id=purge_of(centre)), alias(centre, "/v1/work"))
    return town


def trail(who: Clerk, case: CaseAlias, **query: str) -> Trail:
    answer = who.sees(PATH.format(case), **query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Trail)


def settled(town: Town) -> list[PurgeAsked]:
    """A second later by rule."""
    return there(lambda: purges(trail(town.city, town.case).items))


def purges(items: Sequence[TrailItem]) -> list[PurgeAsked]:
    return [each for each in items if isinstance(each, PurgeAsked)]


def purge_of(who: Clerk) -> PurgeId:
    line = waits(who, "PURGE_ANSWER")
    assert line.about is not None
    return PurgeId(line.about)


def waits(who: Clerk, kind: str) -> WorkLine:
    items = there(lambda: who.sees("/v1/work", kind=kind).json()["items"])
    return msgspec.convert(items[0], WorkLine)


def test_what_was_shared_by_her_consent_and_what_became_of_it_is_told(town: Town) -> None:
    items = trail(town.city, town.case).items
    shared = [each for each in items if isinstance(each, Shared)]
    assert {each.to.id for each in shared} == {town.centre.agency, town.ayumi.agency}
    assert {on.why.grant for each in shared for on in each.shared} == {town.grant}
    (away,) = (each for each in items if isinstance(each, TakenAway))
    assert away.answers == Answers(asked=2, acknowledged=1, declined=0, overdue=0, waiting=1)
    asked = {each.of.id: each.state for each in items if isinstance(each, PurgeAsked)}
    assert asked == {town.centre.agency: "ACKNOWLEDGED", town.ayumi.agency: "REQUESTED"}


def test_whoever_follows_it_up_finds_in_the_work_list_how_many_have_answered(town: Town) -> None:
    answers = waits(town.city, "PURGE_WAITING").answers
    assert answers == Answers(asked=2, acknowledged=1, declined=0, overdue=0, waiting=1)
    listed = town.city.tsunagu("list", "work", "--lang", "ja")
    assert "1／2機関が回答（期限超過 0）" in listed.stdout


def test_pages_of_a_trail_make_the_whole(town: Town) -> None:
    found: list[TrailItem] = []
    after: dict[str, str] = {}
    while True:
        page = trail(town.city, town.case, most="1", **after)
        found += page.items
        if page.next is None:
            break
        after = {"after": page.next}
    assert found == [*trail(town.city, town.case).items]


def test_a_trail_that_is_hidden_is_not_there_to_the_letter(town: Town) -> None:
    """Received by, of nobody, and of no case: the same answer."""
    never = str(uuid4())
    answers = [
        town.city.sees(PATH.format(never)),
        town.city.sees(PATH.format("na-mi-da")),
        town.centre.sees(PATH.format(alias(town.centre, "/v1/cases"))),
        town.centre.sees(PATH.format(town.case)),
        town.police.sees(PATH.format(town.case)),
        town.police.sees(PATH.format(never)),
        town.operator.sees(PATH.format(town.case)),
    ]
    assert {answer.json()["code"] for answer in answers} == {"CASE_NOT_FOUND"}
    assert len({whole(answer) for answer in answers}) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_is_printed_for_her_in_eighty_cells(town: Town, language: str) -> None:
    said = town.city.tsunagu("trail", str(town.case), "--lang", language)
    assert (said.returncode, widest(said) <= 80) == (0, True), said.stderr
    assert "\x1b" not in said.stdout
    assert NAME not in said.stdout


def test_a_program_reads_all_of_it(town: Town) -> None:
    said = town.city.tsunagu("trail", str(town.case), "--json")
    assert msgspec.json.decode(said.stdout) == town.city.sees(PATH.format(town.case)).json()


# What if


def test_what_a_withdrawal_would_come_to_is_told_before_it_is_recorded(town: Town) -> None:
    """And then it is what comes of it."""
    grant = agreed(town.city, town.case, town.centre, town.ayumi)
    name = town.centre.sees(f"/v1/cases/{alias(town.centre, '/v1/cases')}").json()["name"]
    assert name == NAME
    before = trail(town.city, town.case)
    said = town.city.tsunagu("what-if", "withdrawal", str(town.case), "--grant", str(grant))
    assert (said.returncode, widest(said) <= 80) == (0, True), said.stderr
    assert NAME not in said.stdout
    arguments = ("what-if", "withdrawal", str(town.case), "--grant", str(grant), "--json")
    found = msgspec.json.decode(town.city.tsunagu(*arguments).stdout, type=WhatIf)
    assert trail(town.city, town.case) == before
    assert [(each.agency.id, each.categories) for each in found.asked_back] == [
        (town.centre.agency, ("IDN",))
    ]
    town.city.asks(WithdrawConsent(grant_id=grant), town.case)
    asked = there(lambda: purges(trail(town.city, town.case).items[len(before.items) :]))
    assert [(each.of.id, each.categories) for each in asked] == [
        (each.agency.id, each.categories) for each in found.asked_back
    ]


def test_a_what_if_that_is_hidden_is_not_there_to_the_letter(town: Town) -> None:
    """Of a case, and of a consent that another has obtained."""
    never, nobody = str(uuid4()), str(uuid4())
    exclude = {"what": "exclusion", "agency": str(town.ayumi.agency)}
    answers = [
        asked(town.police, str(town.case), exclude),
        asked(town.police, never, exclude),
        asked(town.city, never, exclude),
    ]
    assert {answer.json()["code"] for answer in answers} == {"CASE_NOT_FOUND"}
    assert len({whole(answer) for answer in answers}) == 1
    hers = str(alias(town.centre, "/v1/cases"))
    of_another = [
        asked(town.centre, hers, {"what": "withdrawal", "grant": grant})
        for grant in (str(town.grant), nobody)
    ]
    assert len({whole(answer) for answer in of_another}) == 1


def test_a_question_that_is_not_understood_supposes_nothing(town: Town) -> None:
    said = town.city.tsunagu(
        "what-if", "grant", str(town.case), "--to", str(town.ayumi.agency),
        "--category", "EVERYTHING", "--purpose", "PROTECTION",
    )  # fmt: skip
    assert said.returncode == 1
    assert asked(town.city, str(town.case), {"what": "nothing"}).status_code == 400


def asked(who: Clerk, case: str, what: dict[str, str]) -> httpx.Response:
    headers = {"authorization": f"Bearer {who.token}", "content-type": "application/json", **SAME}
    content = msgspec.json.encode({"suppose": what})
    url = f"{who.ours.url}/v1/cases/{case}/what-if"
    return HTTP.post(url, content=content, headers=headers)
