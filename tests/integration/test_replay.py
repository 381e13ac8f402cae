"""A replay over HTTP and in the terminal, of an installation that runs."""

import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from contracts.answered import Done
from contracts.asked import Asked, CaseAlias
from contracts.replay import Replay, ReplayLine
from domain.agency import EnrolStaff, RegisterAgency, SignPledge
from domain.agency_codes import AgencyKind
from domain.case import AcceptCase, IdentifySubject, OpenCase, RecordNote
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.consent_ledger import ExplainConsent, GrantConsent
from domain.model import AgencyId, CommandId, GrantId, NetworkId, ReferralId, StaffId, StaffRole
from domain.network import EstablishNetwork, JoinNetwork
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from tests.command_line import tsunagu, widest
from tests.integration.entrances import whole
from tests.integration.processes import Up, up

NAME: Final = "相川みさき"
SAME: Final = {"correlation-id": "01890000-0000-7000-8000-000000000000"}


class Clerk(NamedTuple):
    """One member of staff, who speaks to the entrance and uses the command line."""

    ours: Up
    agency: AgencyId
    token: str

    def asks(self, command: AnyCommand, case: CaseAlias | None = None) -> Done:
        asked = Asked(id=CommandId(uuid4()), case=case, command=command)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        content = msgspec.json.encode(asked)
        url = f"{self.ours.url}/v1/commands"
        answer = httpx.post(url, content=content, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Done)

    def makes(self, command: AnyCommand, case: CaseAlias | None = None) -> UUID:
        made = self.asks(command, case).made
        assert made is not None
        return made

    def sees(self, path: str, **query: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **SAME}
        return httpx.get(f"{self.ours.url}{path}", params=query, headers=headers, timeout=30)

    def tsunagu(self, *arguments: str) -> CompletedProcess[str]:
        environ = {**self.ours.environ(), "TSUNAGU_TOKEN": self.token}
        return tsunagu(*arguments, "--data", self.ours.folder / "data", **environ)


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

    def joined(kind: AgencyKind) -> Clerk:
        register = RegisterAgency(kind=kind, name="青葉県の機関", prefecture="06", sector="PUBLIC")
        return enrolled(ours, operator, AgencyId(operator.makes(register)), "REPRESENTATIVE")

    city, centre = joined("MUNICIPAL_WOMENS_SUPPORT_DIVISION"), joined("WOMENS_SUPPORT_CENTRE")
    police = joined("POLICE")
    establish = EstablishNetwork(
        name="緑野市困難女性支援ネットワーク",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area="緑野市",
        implementing_body=city.agency,
    )
    network = NetworkId(operator.makes(establish))
    for each in (city, centre):
        join = JoinNetwork(network_id=network, agency_id=each.agency, membership="MEMBER")
        operator.asks(join)
    case = opened(city)
    city.asks(IdentifySubject(name=NAME), case)
    city.asks(AcceptCase(network_id=network), case)
    grant = agreed(city, centre, case)
    draft = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=centre.agency,
        purpose="PROTECTION",
        urgency="HIGH",
    )
    referral = ReferralId(city.makes(draft, case))
    city.asks(SendReferral(referral_id=referral), case)
    hers = arrived(centre)
    centre.asks(ReceiveReferral(referral_id=referral), hers)
    centre.asks(AcceptReferral(referral_id=referral, role_taken="CONVENOR"), hers)
    centre.asks(ConfirmHandover(referral_id=referral, referrer_remains=True), hers)
    city.asks(RecordNote(declared_category="ECO", text="給与の振込先を変えたい。"), case)
    return Town(city, centre, police, case, hers, grant)


def clerk(ours: Up, *arguments: str) -> Clerk:
    said = ours.tsunagu("token", "issue", "--json", *arguments)
    issued = msgspec.json.decode(said.stdout, type=dict[str, str])
    return Clerk(ours, AgencyId(UUID(issued["agency"])), issued["token"])


def enrolled(ours: Up, operator: Clerk, agency: AgencyId, role: StaffRole) -> Clerk:
    staff = StaffId(operator.makes(EnrolStaff(agency_id=agency, role=role)))
    operator.asks(SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04"))
    return clerk(ours, "--agency", str(agency), "--staff", str(staff))


def opened(city: Clerk) -> CaseAlias:
    opens = OpenCase(
        anonymous=True,
        channel="PHONE",
        found_via="SELF",
        frameworks=frozenset(),
        at_risk_only=False,
    )
    case = city.asks(opens).case
    assert case is not None
    return case


def agreed(city: Clerk, centre: Clerk, case: CaseAlias) -> GrantId:
    to, categories = frozenset({centre.agency}), frozenset[CategoryCode]({"IDN", "SVC"})
    explain = ExplainConsent(
        kind="INFORMATION",
        purpose="PROTECTION",
        recipients=to,
        categories=categories,
        language="ja",
        material_version="2026-04",
    )
    grant = GrantId(city.makes(explain, case))
    city.asks(
        GrantConsent(
            grant_id=grant,
            kind="INFORMATION",
            grantor="SUBJECT",
            recipients=to,
            categories=categories,
            purpose="PROTECTION",
            until_event="CASE_CLOSE",
            history="FULL",
            method="WRITTEN",
        ),
        case,
    )
    return grant


def arrived(centre: Clerk) -> CaseAlias:
    """Lists follow the log by a moment."""
    give_up_at = time.monotonic() + 30
    while not (board := centre.sees("/v1/referrals").json()["items"]):
        assert time.monotonic() < give_up_at
    return CaseAlias(UUID(board[0]["case"]))


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


@pytest.mark.parametrize("view", [(), ("--as", str(uuid4())), ("--diff", str(uuid4()))])
def test_what_is_hidden_is_refused_in_the_same_words(town: Town, view: tuple[str, ...]) -> None:
    nowhere = town.police.tsunagu("replay", str(uuid4()))
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
