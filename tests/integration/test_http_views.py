"""What agencies read over HTTP, from the whole house as it runs."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator, validate
from structlog.testing import capture_logs

from adapters import kek
from adapters.app import App, running
from adapters.crypto import KEY_BYTES, AesVeil, Kek
from adapters.http.openapi import document
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.lists import PostgresLists
from adapters.settings import Secret, Settings
from contracts.asked import CaseAlias
from domain.agency import EnrolStaff, RegisterAgency, RestoreAgency, SignPledge, SuspendAgency
from domain.agency_codes import AgencyKind
from domain.case import AcceptCase, IdentifySubject, RecordNote
from domain.model import AgencyId, CaseId, NetworkId, ReferralId, StaffId
from domain.network import EstablishNetwork, JoinNetwork
from domain.referral import DraftReferral, SendReferral
from services.aliases import Aliases
from services.keys import installation_key
from tests.integration.entrances import OPEN, Visitor, code_of, done, visitor, whole

pytestmark = pytest.mark.asyncio(loop_scope="module")
CORRELATION: Final = "01890000-0000-7000-8000-000000000000"
DOCUMENT: Final = document()


class Agency(NamedTuple):
    id: AgencyId
    visitor: Visitor


class House(NamedTuple):
    app: App
    aliases: Aliases
    operator: Visitor
    city: Agency
    centre: Agency
    network: NetworkId  # Of both.

    def case_of(self, alias: CaseAlias) -> CaseId:
        return self.aliases.case_of(self.city.id, alias)

    async def opened(self, name: str = "相川みさき") -> CaseAlias:
        """A case of the city's, under way."""
        alias = done(await self.city.visitor.asks(OPEN)).case
        assert alias is not None
        done(await self.city.visitor.asks(IdentifySubject(name=name), alias))
        done(await self.city.visitor.asks(AcceptCase(network_id=self.network), alias))
        return alias

    async def refers(self, alias: CaseAlias) -> ReferralId:
        """To the centre, who may know something of it from then on."""
        draft = DraftReferral(
            kind="INTRODUCTION", to_agency=self.centre.id, purpose="PROTECTION", urgency="HIGH"
        )
        referral = ReferralId(made(await self.city.visitor.asks(draft, alias)))
        done(await self.city.visitor.asks(SendReferral(referral_id=referral), alias))
        return referral

    async def lists_catch_up(self) -> None:
        """With all that was recorded here: whoever follows from then on hears of no more of it."""
        head = await self.app.log.head()
        async with (
            PostgresLists(self.app.endpoints.postgres.app) as lists,
            asyncio.timeout(10),
        ):
            while await PostgresCandidates(lists).reached() < head:
                pass

    async def lists(self, alias: CaseAlias) -> dict[str, Any]:
        """The line of a case in the city's list, once it has come there."""
        async with asyncio.timeout(10):
            while True:
                for line in await pages(self.city.visitor, "/v1/cases"):
                    if line["case"] == str(alias) and "number" in line:
                        return line


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    with TemporaryDirectory(prefix="tsunagu-") as folder:
        settings = Settings(
            data=Path(folder) / "data",
            http_port=0,
            kek=Secret(kek.written(Kek(epoch=1, secret=os.urandom(KEY_BYTES)))),
        )
        async with running(settings, {}) as app, AsyncExitStack() as stack:

            async def let_in(agency: AgencyId, staff: StaffId) -> Visitor:
                token = (await app.identity.issue(staff, agency)).text
                return await stack.enter_async_context(visitor(app.url, token))

            operator = await let_in(app.operator.operator, app.operator.first_staff)

            async def joined(kind: AgencyKind) -> Agency:
                register = RegisterAgency(kind=kind, name="県の機関", sector="PUBLIC")
                agency = AgencyId(made(await operator.asks(register)))
                enrol = EnrolStaff(agency_id=agency, role="COORDINATOR")
                staff = StaffId(made(await operator.asks(enrol)))
                sign = SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04")
                done(await operator.asks(sign))
                return Agency(agency, await let_in(agency, staff))

            city = await joined("MUNICIPAL_GENDER_EQUALITY_CENTRE")
            centre = await joined("WOMENS_SUPPORT_CENTRE")
            yield House(
                app,
                Aliases(await installation_key(app.keyring), AesVeil()),
                operator,
                city,
                centre,
                await works_together(operator, city.id, centre.id),
            )


async def works_together(operator: Visitor, *members: AgencyId) -> NetworkId:
    establish = EstablishNetwork(
        name="緑野市困難女性支援ネットワーク",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area="緑野市",
        implementing_body=members[0],
    )
    network = NetworkId(made(await operator.asks(establish)))
    for each in members:
        join = JoinNetwork(network_id=network, agency_id=each, membership="MEMBER")
        done(await operator.asks(join))
    return network


def made(response: httpx.Response) -> UUID:
    answer = done(response).made
    assert answer is not None
    return answer


async def pages(who: Visitor, path: str, most: int = 200) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = shown(await who.sees(f"{path}?most={most}{after}"))
        assert len(page["items"]) <= most
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def shown(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_case_is_shown_by_its_alias_and_never_by_its_id(house: House) -> None:
    alias = await house.opened()
    case = house.case_of(alias)
    view = await house.city.visitor.sees(f"/v1/cases/{alias}")
    timeline = await house.city.visitor.sees(f"/v1/cases/{alias}/timeline")
    line = await house.lists(alias)
    assert shown(view)["case"] == line["case"] == str(alias)
    assert shown(view)["name"] == line["name"] == "相川みさき"
    assert [each["type"] for each in shown(timeline)["items"]] == [
        "case.opened.v1",
        "case.subject_identified.v1",
        "case.accepted.v1",
    ]
    assert str(case) not in view.text + timeline.text + str(line)
    assert not any(word in timeline.text for word in ("position", "version", "stream", "total"))


async def test_what_an_agency_may_not_see_is_not_there_to_the_letter(house: House) -> None:
    alias = await house.opened()
    theirs = house.aliases.alias(house.centre.id, house.case_of(alias))
    never, garbage = str(uuid4()), "na-mi-da"
    for suffix in ("", "/timeline", "/timeline?as_of=2026-05-13T00:00:00Z"):
        answers = [
            await house.centre.visitor.sees(
                f"/v1/cases/{hidden}{suffix}", correlation_id=CORRELATION
            )
            for hidden in (theirs, alias, never, garbage)
        ]
        assert {code_of(answer) for answer in answers} == {"CASE_NOT_FOUND"}
        assert len({whole(answer) for answer in answers}) == 1
    assert not await pages(house.centre.visitor, "/v1/cases")


async def test_each_agency_has_a_name_of_its_own_for_a_case(house: House) -> None:
    alias = await house.opened()
    referral = await house.refers(alias)
    async with asyncio.timeout(10):
        while not (board := await pages(house.centre.visitor, "/v1/referrals")):
            pass
    (line,) = (each for each in board if each["referral"] == str(referral))
    assert line["side"] == "RECEIVER"
    assert line["case"] != str(alias)
    theirs = shown(await house.centre.visitor.sees(f"/v1/cases/{line['case']}/timeline"))
    assert {each["case"] for each in theirs["items"]} == {line["case"]}


async def test_a_list_is_read_a_page_at_a_time_and_each_case_once(house: House) -> None:
    opened = {await house.opened() for _ in range(5)}
    for alias in opened:
        await house.lists(alias)
    by_ones = [line["case"] for line in await pages(house.city.visitor, "/v1/cases", most=1)]
    at_once = [line["case"] for line in await pages(house.city.visitor, "/v1/cases")]
    assert by_ones == at_once
    assert len(by_ones) == len(set(by_ones))
    assert set(map(str, opened)) <= set(by_ones)


async def test_a_timeline_may_be_read_as_of_a_time(house: House) -> None:
    alias = await house.opened()
    before = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    note = RecordNote(declared_category="ECO", text="給与の振込先を変えたい。")
    done(await house.city.visitor.asks(note, alias))
    path = f"/v1/cases/{alias}/timeline"
    now = shown(await house.city.visitor.sees(path))["items"]
    then = shown(await house.city.visitor.sees(f"{path}?as_of={before}"))["items"]
    assert len(now) == len(then) + 1


@pytest.mark.parametrize(
    "query",
    [
        "most=0",
        "most=201",
        "most=x",
        "most=5&most=6",
        "na-mi-da=1",
        "most",
        "after=" + "a" * 201,
        "most=%ff",
        "&".join("most=1" for _ in range(20)),
    ],
)
async def test_a_query_that_is_not_understood_is_refused(house: House, query: str) -> None:
    refused = await house.city.visitor.sees(f"/v1/cases?{query}")
    assert (refused.status_code, code_of(refused)) == (400, "QUERY_NOT_UNDERSTOOD")
    assert "na-mi-da" not in refused.text


@pytest.mark.parametrize("as_of", ["yesterday", "2026-05-13", "2026-05-13T13:20:00", ""])
async def test_a_time_without_its_offset_is_no_time(house: House, as_of: str) -> None:
    refused = await house.city.visitor.sees(f"/v1/cases/{uuid4()}/timeline?as_of={as_of}")
    assert code_of(refused) == "QUERY_NOT_UNDERSTOOD"


async def test_anothers_cursor_and_a_made_up_one_are_refused(house: House) -> None:
    for _ in range(2):
        await house.lists(await house.opened())
    cursor = shown(await house.city.visitor.sees("/v1/cases?most=1"))["next"]
    assert cursor is not None
    for who, path in (
        (house.centre.visitor, f"/v1/cases?after={cursor}"),
        (house.city.visitor, f"/v1/referrals?after={cursor}"),
        (house.city.visitor, f"/v1/cases?after={cursor[:-4]}AAAA"),
        (house.city.visitor, "/v1/cases?after=na-mi-da"),
        (house.city.visitor, f"/v1/cases/stream?after={cursor}"),
    ):
        refused = await who.sees(path)
        assert (refused.status_code, code_of(refused)) == (400, "CURSOR_NOT_VALID")


async def test_of_a_suspended_agency_nobody_reads_anything(house: House) -> None:
    alias = await house.opened()
    done(await house.operator.asks(SuspendAgency(agency_id=house.city.id)))
    for path in (
        "/v1/cases",
        f"/v1/cases/{alias}",
        f"/v1/cases/{alias}/timeline",
        "/v1/referrals",
        "/v1/cases/stream",
        f"/v1/commands/{uuid4()}",
    ):
        refused = await house.city.visitor.sees(path)
        assert (refused.status_code, code_of(refused)) == (403, "AGENCY_IS_SUSPENDED")
    done(await house.operator.asks(RestoreAgency(agency_id=house.city.id)))
    shown(await house.city.visitor.sees(f"/v1/cases/{alias}"))


async def test_what_is_shown_is_what_the_description_says(house: House) -> None:
    alias = await house.opened()
    await house.refers(alias)
    await house.lists(alias)
    for path, template in (
        ("/v1/cases", "/v1/cases"),
        (f"/v1/cases/{alias}", "/v1/cases/{alias}"),
        (f"/v1/cases/{alias}/timeline", "/v1/cases/{alias}/timeline"),
        ("/v1/referrals", "/v1/referrals"),
        ("/health/ready", "/health/ready"),
        ("/health/live", "/health/live"),
    ):
        operation = DOCUMENT["paths"][template]["get"]
        (content,) = operation["responses"]["200"]["content"].values()
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        validate(shown(await house.city.visitor.sees(path)), schema, Draft202012Validator)
    problem = {**DOCUMENT["components"]["schemas"]["Problem"], "components": DOCUMENT["components"]}
    for path in ("/nowhere", f"/v1/cases/{uuid4()}", "/v1/cases?most=0"):
        refused = await house.city.visitor.sees(path)
        validate(refused.json(), problem, Draft202012Validator)


async def test_a_view_leaves_one_line_of_ids_alone(house: House) -> None:
    alias = await house.opened()
    with capture_logs() as lines:
        await house.city.visitor.sees(f"/v1/cases/{alias}")
        await house.city.visitor.sees(f"/v1/cases/{alias}/timeline?most=2")
    assert [line["event"] for line in lines] == ["case_read", "timeline_read"]
    assert {line["case"] for line in lines} == {str(house.case_of(alias))}
    assert "相川" not in str(lines)


async def test_everything_runs_that_it_stands_on(house: House) -> None:
    assert set(shown(await house.city.visitor.sees("/health/ready"))["ready"]) >= {
        "postgres",
        "nats",
    }


# --- Following ---


class Told(NamedTuple):
    id: str
    change: dict[str, Any]


@asynccontextmanager
async def following(who: Visitor, **headers: str) -> AsyncGenerator[AsyncIterator[Told]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with who.client.stream("GET", "/v1/cases/stream", headers=named) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"

        async def told() -> AsyncIterator[Told]:
            cursor = ""
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    cursor = value
                elif name == "data":
                    yield Told(cursor, msgspec.json.decode(value))

        yield told()


async def test_a_follower_is_told_of_its_own_cases_as_they_change(house: House) -> None:
    await house.lists_catch_up()
    async with asyncio.timeout(60), following(house.city.visitor) as changes:
        alias = await house.opened("相川みさき")
        heard = [told.change async for told in until_numbered(changes, alias)]
    assert {change["case"] for change in heard} == {str(alias)}
    assert heard[-1]["line"]["name"] == "相川みさき"


async def test_a_follower_goes_on_where_it_was(house: House) -> None:
    await house.lists_catch_up()
    async with asyncio.timeout(60):
        async with following(house.city.visitor) as changes:
            first, second = await house.opened(), await house.opened()
            heard = [told async for told in until_numbered(changes, second)]
        third = await house.opened()
        await house.lists(third)
        async with following(house.city.visitor, last_event_id=heard[-1].id) as changes:
            more = [told async for told in until_numbered(changes, third)]
    # A change is told with the line as it stands by then: of the second there may be more to tell.
    assert {told.change["case"] for told in heard} == {str(first), str(second)}
    assert {told.change["case"] for told in more} - {str(second)} == {str(third)}


async def until_numbered(changes: AsyncIterator[Told], case: CaseAlias) -> AsyncIterator[Told]:
    """Until this case has its number, which is the last that happens to one here."""
    async for told in changes:
        yield told
        if told.change["case"] == str(case) and told.change["line"].get("number"):
            return


async def test_a_follower_whose_token_is_revoked_hears_no_more(house: House) -> None:
    bearer = await house.app.identity.issue()
    async with asyncio.timeout(10), visitor(house.app.url, bearer.text) as operator:
        async with following(operator) as changes:
            await house.app.identity.revoke(bearer.bearer.id)
            assert [told async for told in changes] == []
        assert code_of(await operator.sees("/v1/cases/stream")) == "TOKEN_REVOKED"


async def test_a_follower_of_a_suspended_agency_hears_no_more(house: House) -> None:
    async with asyncio.timeout(10), following(house.centre.visitor) as changes:
        done(await house.operator.asks(SuspendAgency(agency_id=house.centre.id)))
        assert [told async for told in changes] == []
    done(await house.operator.asks(RestoreAgency(agency_id=house.centre.id)))
