"""An explanation over HTTP and in the terminal, of an installation that runs."""

import re
from collections.abc import Iterator
from subprocess import CompletedProcess
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest

from contracts.asked import CaseAlias
from contracts.explain import EventExplained, Explanation
from domain.case import AssignRole, RecordNote
from domain.exclusions import SetExclusion
from domain.model import GrantId
from domain.statutory import FileStatutory
from tests.command_line import widest
from tests.integration.clients import (
    NAME,
    Clerk,
    agreed,
    alias,
    clerk,
    joined,
    known_case,
)
from tests.integration.entrances import whole
from tests.integration.processes import Up, up

HER_NAME: Final = "case.subject_identified.v1/name"
AN_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
A_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\dZ)?")


class Town(NamedTuple):
    city: Clerk
    centre: Clerk
    shut_out: Clerk
    never: Clerk  # She never agreed that it knows anything.
    police: Clerk
    case: CaseAlias
    grant: GrantId
    note: UUID  # Of the city, and shown to nobody else.


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with up(tmp_path_factory.mktemp("up")) as ours:
        yield told(ours)


def told(ours: Up) -> Town:
    """The centre has a part, as she agreed; two divisions are told her name by law."""
    operator = clerk(ours)

    city, centre = (
        joined(operator, "MUNICIPAL_WOMENS_SUPPORT_DIVISION"),
        joined(operator, "WOMENS_SUPPORT_CENTRE"),
    )
    shut_out, never = (
        joined(operator, "DISABILITY_WELFARE_DIVISION"),
        joined(operator, "DISABILITY_WELFARE_DIVISION"),
    )
    case = known_case(operator, city)
    grant = agreed(city, case, centre, about=("IDN", "SVC"))
    city.asks(AssignRole(function="SERVICE_PROVIDER", agency_id=centre.agency), case)
    agreed(city, case, shut_out, about=("IDN", "SVC"))
    city.asks(SetExclusion(agency_id=shut_out.agency), case)
    for division in (shut_out, never):
        file = FileStatutory(
            provision="DISABILITY_ABUSE_PREVENTION_7",
            recipient=division.agency,
            categories=frozenset({"IDN"}),
            only_fields=frozenset({HER_NAME}),
        )
        city.asks(file, case)
    note = RecordNote(declared_category="ECO", text="給与の振込先を変えたい。")
    city.asks(note, case)
    (noted,) = (e for e in explained(city, case).items if e.type == "case.note_recorded.v1")
    return Town(city, centre, shut_out, never, joined(operator, "POLICE"), case, grant, noted.id)


def explained(who: Clerk, case: CaseAlias, **query: str) -> Explanation:
    answer = who.sees(f"/v1/cases/{case}/explain", **query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Explanation)


def test_the_centre_is_told_by_whose_consent_it_sees_her_name(town: Town) -> None:
    (event,) = explained(town.centre, alias(town.centre, "/v1/cases"), field="name").items
    (on,) = event.seen
    assert (on.fields, on.basis.rule, on.basis.grant) == (("name",), "CONSENT", town.grant)
    assert on.cited is not None
    assert on.cited.recorded_at >= event.recorded_at


def test_the_city_is_told_how_far_the_consent_carries_that_it_obtained(town: Town) -> None:
    which = explained(town.city, town.case, agency=str(town.centre.agency))
    assert {on.basis.grant for event in which.items for on in event.seen} == {town.grant}
    (note,) = (event for event in which.items if event.id == town.note)
    assert (note.seen, {each.by for each in note.closed}) == ((), {"CATEGORY"})


def test_pages_of_an_explanation_make_the_whole(town: Town) -> None:
    found: list[EventExplained] = []
    after: dict[str, str] = {}
    while True:
        page = explained(town.city, town.case, most="3", **after)
        found += page.items
        if page.next is None:
            break
        after = {"after": page.next}
    assert found == [*explained(town.city, town.case).items]


def test_a_place_in_one_explanation_is_none_in_another(town: Town) -> None:
    after = explained(town.city, town.case, most="3").next
    assert after is not None
    for query in ({"field": "name"}, {"agency": str(town.centre.agency)}):
        answer = town.city.sees(f"/v1/cases/{town.case}/explain", after=after, **query)
        assert answer.json()["code"] == "CURSOR_NOT_VALID"


def test_what_may_not_be_seen_is_not_there_to_the_letter(town: Town) -> None:
    """A case, an event or an agency that is hidden, and one that does not exist."""
    never, hers = str(uuid4()), alias(town.centre, "/v1/cases")
    police, centre, city = town.police, town.centre, town.city
    answers = [
        police.sees(f"/v1/cases/{never}/explain"),
        police.sees(f"/v1/cases/{town.case}/explain"),
        police.sees("/v1/cases/na-mi-da/explain"),
        police.sees(f"/v1/cases/{town.case}/explain", agency=str(town.city.agency)),
        centre.sees(f"/v1/cases/{hers}/explain", agency=str(town.city.agency)),
        centre.sees(f"/v1/cases/{hers}/explain", agency=never),
        centre.sees(f"/v1/cases/{hers}/explain", event=str(town.note)),
        centre.sees(f"/v1/cases/{hers}/explain", event=never),
        centre.sees(f"/v1/cases/{hers}/explain", field="case.note_recorded.v1/text"),
        centre.sees(f"/v1/cases/{hers}/explain", field="case.closed.v1/reason"),
        centre.sees(f"/v1/cases/{hers}/explain", at="2020-01-01T00:00:00Z"),
        city.sees(f"/v1/cases/{town.case}/explain", agency=str(town.shut_out.agency)),
        city.sees(f"/v1/cases/{town.case}/explain", agency=str(town.never.agency)),
        city.sees(f"/v1/cases/{town.case}/explain", agency=never),
    ]
    assert {answer.json()["code"] for answer in answers} == {"CASE_NOT_FOUND"}
    assert len({whole(answer) for answer in answers}) == 1


def test_whom_she_has_shut_out_is_told_what_is_told_where_she_never_agreed(town: Town) -> None:
    """To the letter, but for ids and for when it was disclosed by law."""

    def answers(who: Clerk) -> list[tuple[int, str]]:
        case = alias(who, "/v1/disclosures")
        path = f"/v1/cases/{case}/explain"
        queries: tuple[dict[str, str], ...] = (
            {},
            {"field": "name"},
            {"field": "kana"},
            {"event": str(town.note)},
        )
        found = [who.sees(path, **query) for query in queries]
        said = who.tsunagu("explain", str(case), "--lang", "ja")
        return [
            *((answer.status_code, alike(answer.text)) for answer in found),
            (said.returncode, alike(said.stdout)),
        ]

    shut_out, never = answers(town.shut_out), answers(town.never)
    assert shut_out == never
    assert "この機関への提供について、本人の同意がありません。" in shut_out[-1][1]
    assert '"AGREED"' in shut_out[0][1]


def alike(text: str) -> str:
    """Ids and times by which one each is, in the order in which they come."""
    said: dict[str, int] = {}
    for what in (AN_ID, A_TIME):
        text = what.sub(lambda found: f"<{said.setdefault(found.group(), len(said))}>", text)
    return re.sub(r"令和[0-9元]+年\d+月\d+日 \d\d:\d\d", "<時>", text)


@pytest.mark.parametrize(
    "query",
    [
        {"agency": "nobody"},
        {"event": "her-name"},
        {"field": "nmae"},
        {"field": "case.closed.v1/name"},
        {"at": "yesterday"},
        {"most": "1000"},
        {"view": "all"},
    ],
)
def test_a_query_that_is_not_understood_explains_nothing(town: Town, query: dict[str, str]) -> None:
    answer = town.city.sees(f"/v1/cases/{town.case}/explain", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "QUERY_NOT_UNDERSTOOD")


def test_no_answer_holds_more_than_it_may(town: Town) -> None:
    hers = alias(town.centre, "/v1/cases")
    for who, case in ((town.centre, hers), (town.city, town.case)):
        text = who.sees(f"/v1/cases/{case}/explain").text
        assert NAME not in text
        assert not any(f'"{word}"' in text for word in ("position", "version", "stream", "total"))
    assert str(town.case) not in town.centre.sees(f"/v1/cases/{hers}/explain").text


# In the terminal


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_is_written_in_eighty_cells_and_without_colour(town: Town, language: str) -> None:
    said = town.city.tsunagu("explain", str(town.case), "--lang", language)
    assert (said.returncode, widest(said) <= 80) == (0, True), said.stderr
    assert "\x1b" not in said.stdout
    assert "  + [1] " in said.stdout
    assert NAME not in said.stdout


def test_a_program_reads_all_of_it(town: Town) -> None:
    arguments = ("explain", str(town.case), "--agency", str(town.centre.agency), "--json")
    answer = town.city.sees(f"/v1/cases/{town.case}/explain", agency=str(town.centre.agency))
    assert msgspec.json.decode(town.city.tsunagu(*arguments).stdout) == answer.json()


def test_one_event_and_one_field_are_asked_for_in_the_terminal_too(town: Town) -> None:
    said = town.city.tsunagu("explain", str(town.case), "--field", HER_NAME, "--json")
    which = msgspec.json.decode(said.stdout, type=Explanation)
    (event,) = which.items
    said = town.city.tsunagu("explain", str(town.case), "--event", str(event.id), "--json")
    assert [each.id for each in msgspec.json.decode(said.stdout, type=Explanation).items] == [
        event.id
    ]


@pytest.fixture(scope="module")
def nowhere(town: Town) -> CompletedProcess[str]:
    return town.police.tsunagu("explain", str(uuid4()))


@pytest.mark.parametrize("asked", [(), ("--agency", str(uuid4())), ("--event", str(uuid4()))])
def test_what_is_hidden_is_refused_in_the_same_words(
    town: Town, nowhere: CompletedProcess[str], asked: tuple[str, ...]
) -> None:
    hidden = town.police.tsunagu("explain", str(town.case), *asked)
    assert (hidden.returncode, hidden.stdout, hidden.stderr) == (
        nowhere.returncode,
        nowhere.stdout,
        nowhere.stderr,
    )
    assert nowhere.returncode == 1
