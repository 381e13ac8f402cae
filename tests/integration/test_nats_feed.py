"""A feed over NATS: asked by an agency's own account, and answered there and nowhere else."""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from errno import ENOSPC
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from structlog.testing import capture_logs

from adapters.clock import WallClock
from adapters.engines import Endpoints, NatsAccess, PostgresAccess
from adapters.engines.endpoints import nats_access
from adapters.engines.folder import held
from adapters.engines.nats_server import ANSWERED_BYTES_MAX, EmbeddedNats, embedded_nats
from adapters.nats import feed, intake
from adapters.nats.connecting import connected, connected_as
from adapters.nats.feed import FeedDesk, open_feed
from adapters.nats.releasing import Releasing
from adapters.postgres.tokens import PostgresTokens
from adapters.settings import Settings
from contracts.feed import FeedMessage, FeedPage
from contracts.problems import MEDIA_TYPE, Problem
from domain.agency import EndFeedCustodian
from domain.model import AgencyId, CaseId
from projections.feed import FEED
from services import disclosing
from services.disclosing import NotReleased
from services.feeding import NOTHING_EVERY_S
from services.identity import REVOKED_WITHIN_S, Identity, TokenMissing
from tests.integration.desks import clean_hub
from tests.integration.test_feed import Town, heard, keeps_its_feed, shared, takes_part
from tests.integration.test_nats_accounts import logged_in, said_by
from tests.integration.test_viewing import CONSULT, NAME
from tests.integration.viewers import Agency, a_house
from tests.integration.writers import until

LONG_MS: Final = 20_000


class System(NamedTuple):
    """An agency's own: it knows its login and a token."""

    client: Client
    agency: Agency
    token: str

    async def asks(self, body: object = None, **headers: str) -> Msg:
        said = b"" if body is None else msgspec.json.encode(body)
        named = {"Authorization": f"Bearer {self.token}", **headers}
        return await self.client.request("feed.fetch", said, timeout=30, headers=named)

    async def fetches(self, **asked: object) -> FeedPage:
        answer = await self.asks(asked)
        assert (answer.headers or {})["Content-Type"] == "application/json", answer.data
        return msgspec.json.decode(answer.data, type=FeedPage)

    async def is_refused(self, body: object = None, **headers: str) -> str:
        return refused(await self.asks(body, **headers))


class Here(NamedTuple):
    town: Town
    identity: Identity
    centre: System
    city: System

    async def records(self, case: CaseId) -> None:
        """Something of which the centre is told."""
        await self.town.city.says(CONSULT, case)
        await self.town.house.lists_are_made(FEED)


@asynccontextmanager
async def a_town(nats: NatsAccess, database: PostgresAccess, admit: Any) -> AsyncGenerator[Here]:
    async with a_house(database) as house, PostgresTokens(database.app) as tokens:
        city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
        centre = await house.agency("WOMENS_SUPPORT_CENTRE")
        police = await house.agency("POLICE")
        for each in (city, centre):
            await keeps_its_feed(house, each)
        await admit([each.id for each in (city, centre, police)])
        identity = Identity(house.log, house.keyring, house.sealing, tokens, WallClock())
        async with (
            open_feed(nats, identity, house.feeding),
            connected(nats.of_agency(centre.id), "centre") as of_centre,
            connected(nats.of_agency(city.id), "city") as of_city,
        ):
            yield Here(
                Town(house, city, centre, police),
                identity,
                System(of_centre, centre, (await identity.issue(centre.staff, centre.id)).text),
                System(of_city, city, (await identity.issue(city.staff, city.id)).text),
            )


@pytest_asyncio.fixture
async def here(endpoints: Endpoints, database: PostgresAccess) -> AsyncGenerator[Here]:
    async with a_town(endpoints.nats, database, endpoints.admit) as here:
        yield here


async def test_an_agency_is_told_the_same_as_over_http_and_waits_for_what_comes(here: Here) -> None:
    case = await shared(here.town)
    await here.town.house.lists_are_made(FEED)
    page = await here.centre.fetches()
    other = await here.town.page(here.town.centre)
    assert (page.items, len(page.items) > 0) == (other.items, True)
    assert NAME.encode() in msgspec.json.encode(page)

    assert (await here.centre.fetches(after=page.next)).items == ()
    waiting = asyncio.create_task(here.centre.fetches(after=page.next, wait_ms=LONG_MS))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await here.records(case)
    async with asyncio.timeout(5):
        more = await waiting
    assert [each.type for each in more.items] == ["case.consultation_recorded.v1"]

    both = [*page.items, *more.items]
    assert [*(await here.centre.fetches(most=500)).items] == both  # From the first, once more.
    first = await here.centre.fetches(most=1)
    rest = await here.centre.fetches(most=500, after=first.next)
    assert [*first.items, *rest.items] == both


async def test_that_there_is_nothing_is_said_only_at_every_twentieth_of_a_second(
    here: Here,
) -> None:
    """To pass over what is hidden takes a while."""
    await here.town.house.lists_are_made(FEED)
    after = await last(here.centre)
    for _ in range(3):
        began_s = monotonic()
        assert (await here.centre.fetches(after=after)).items == ()
        assert monotonic() - began_s > NOTHING_EVERY_S * 0.95


async def test_of_each_that_asks_one_line_is_written_and_none_of_its_words(here: Here) -> None:
    await shared(here.town)
    await here.town.house.lists_are_made(FEED)
    with capture_logs() as lines:
        page = await here.centre.fetches()
        await here.centre.is_refused({"after": NAME})
    said = [line for line in lines if line.get("entrance") == "nats"]
    assert [(line["event"], line.get("items")) for line in said] == [
        ("feed_read", len(page.items)),
        ("feed_refused", None),
    ]
    assert NAME not in str(lines)


async def test_whoever_may_not_is_refused_as_over_http(here: Here) -> None:
    town, centre = here.town, here.centre
    await shared(town)
    await town.house.lists_are_made(FEED)
    of_city = (await here.city.fetches()).next
    assert await centre.is_refused(Authorization="") == "TOKEN_MISSING"
    assert await centre.is_refused(Authorization="Bearer tsg_made.up") == "TOKEN_NOT_VALID"
    # The city's own token, from the account of another: its feed would be answered there.
    assert await centre.is_refused(Authorization=f"Bearer {here.city.token}") == "NOT_HERE"
    assert await centre.is_refused({"after": of_city}) == "CURSOR_NOT_VALID"
    asked: list[object] = [{"since": 1}, {"most": 0}, {"most": 501}, {"wait_ms": 25_001}, "x"]
    for wrong in asked:
        assert await centre.is_refused(wrong) == "QUERY_NOT_UNDERSTOOD"

    ends = EndFeedCustodian(agency_id=centre.agency.id, staff_id=centre.agency.staff)
    await town.house.operator.says(ends)
    assert await centre.is_refused() == "NOT_THE_CUSTODIAN"


async def test_who_is_let_out_while_they_wait_is_told_nothing_more(here: Here) -> None:
    case = await shared(here.town)
    await here.town.house.lists_are_made(FEED)
    issued = await here.identity.issue(here.centre.agency.staff, here.centre.agency.id)
    taken_back = here.centre._replace(token=issued.text)
    waiting = asyncio.create_task(
        taken_back.is_refused({"wait_ms": LONG_MS, "after": await last(taken_back)})
    )
    await asyncio.sleep(0.2)
    await here.identity.revoke(issued.bearer.id)
    await asyncio.sleep(REVOKED_WITHIN_S + 0.1)
    await here.records(case)
    async with asyncio.timeout(5):
        assert await waiting == "TOKEN_REVOKED"


async def test_who_is_let_out_is_told_so_though_nothing_comes(here: Here) -> None:
    await here.town.house.lists_are_made(FEED)
    issued = await here.identity.issue(here.centre.agency.staff, here.centre.agency.id)
    taken_back = here.centre._replace(token=issued.text)
    waiting = asyncio.create_task(
        taken_back.is_refused({"wait_ms": 1_500, "after": await last(taken_back)})
    )
    await asyncio.sleep(0.2)
    await here.identity.revoke(issued.bearer.id)
    assert await waiting == "TOKEN_REVOKED"


async def test_what_comes_out_of_the_gate_too_late_is_told_to_nobody(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shared(here.town)
    await here.town.house.lists_are_made(FEED)
    monkeypatch.setattr(disclosing, "WINDOW_S", 0.0)
    answer = await here.centre.asks()
    assert refused(answer) == "NOT_RELEASED"
    assert NAME.encode() not in answer.data


async def test_who_is_too_late_takes_nobody_elses_connection_down(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shared(here.town)
    await here.town.house.lists_are_made(FEED)
    monkeypatch.setattr(disclosing, "WINDOW_S", 0.0)
    with capture_logs() as lines:
        assert await here.centre.is_refused() == "NOT_RELEASED"
    assert "answer_cut_off" not in {line["event"] for line in lines}


class Late(Releasing):
    """Hears its server's answers that much later than they come; from then on at once."""

    def __init__(self, *late_s: float) -> None:
        super().__init__()
        self._late_s = iter(late_s)

    async def _process_pong(self) -> None:
        await asyncio.sleep(next(self._late_s, 0))
        await super()._process_pong()

    async def takes(self, for_s: float, page: bytes = b"a page") -> bool:
        window = disclosing.Window()
        window.ends_by(monotonic() + for_s)
        try:
            await self.release(window, "feed.x", page, {})
        except NotReleased:
            return False
        return True


async def test_what_there_was_no_time_to_begin_takes_nobody_elses_connection_down(
    endpoints: Endpoints,
) -> None:
    async with connected_as(Late(0.1), endpoints.nats, "feed") as client:
        with capture_logs() as lines:
            others = asyncio.create_task(client.takes(5))
            assert not await client.takes(0.003)
            assert await others
            assert await client.takes(1)
        assert lines == []


async def test_with_one_that_is_cut_off_whoever_else_waits_is_told_and_cuts_nothing(
    endpoints: Endpoints,
) -> None:
    """Two have begun and a third has not, when the server is heard no more."""
    async with connected_as(Late(0, 0, LONG_MS), endpoints.nats, "feed") as client:
        with capture_logs() as lines:
            async with asyncio.timeout(1):
                going = asyncio.gather(client.takes(0.2), client.takes(3), client.takes(3))
                assert not any(await going)
            await until(lambda: [each for each in lines if each["event"] == "nats_back"])
            assert await client.takes(1)
        said = [each["event"] for each in lines]
        assert said == ["answer_cut_off", "nats_lost", "nats_back"]


async def test_whether_it_was_taken_is_asked_behind_it_and_not_in_front(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected_as(Late(), endpoints.nats, "feed") as client:
        sent: list[bytes] = []
        transport: Any = client._transport  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        write, writelines = transport.write, transport.writelines

        def written(said: bytes) -> None:
            sent.append(said)
            write(said)

        def all_written(said: list[bytes]) -> None:
            sent.extend(said)
            writelines(said)

        monkeypatch.setattr(transport, "write", written)
        monkeypatch.setattr(transport, "writelines", all_written)
        assert await client.takes(1)
    assert [said.split()[0] for said in sent] == [b"PING", b"HPUB", b"PING"]


async def test_what_the_server_has_not_taken_when_the_window_ends_is_thrown_away() -> None:
    """It answers before the page, and then reads nothing of it until it is too late."""
    too_late, taken = asyncio.Event(), list[int]()
    page = bytes(16 << 20)  # More than lies between us and a server that does not read.

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"max_payload": %d, "headers": true}\r\n' % len(page))
        for _ in ("as we connect", "before the page"):
            await reader.readuntil(b"PING\r\n")
            writer.write(b"PONG\r\n")
        await too_late.wait()
        taken.append(len(await reader.read()))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        async with connected_as(Late(), NatsAccess(f"nats://{host}:{port}"), "feed") as client:
            going = asyncio.create_task(client.takes(0.5, page))
            await asyncio.wait({going}, timeout=2)  # It may take no notice of being cancelled.
            assert going.done()
            assert not going.result()
            too_late.set()
            await until(lambda: taken)
    assert 0 < taken[0] < len(page)


async def test_no_stream_of_ours_keeps_what_was_let_out(here: Here, endpoints: Endpoints) -> None:
    """Whoever asks says where they want it: so also among what was left for us."""
    async with clean_hub(endpoints.nats) as hub:
        await intake.make(hub.jetstream)
        await shared(here.town)
        await here.town.house.lists_are_made(FEED)
        with capture_logs() as lines:
            await here.centre.client.publish(
                "feed.fetch",
                reply="publish.command",
                headers={"Authorization": f"Bearer {here.centre.token}"},
            )
            await until(lambda: [each for each in lines if each["event"] == "feed_read"])
        await hub.client.flush()
        assert await hub.kept() == 0


async def test_what_the_server_does_not_take_in_time_it_never_gets(
    database: PostgresAccess, tmp_path: Path
) -> None:
    """Stopped, it would find the page waiting for it whenever it goes on."""
    settings = Settings(data=tmp_path / "data")
    async with held(settings.data) as folder:
        secrets = folder.secrets()
        async with embedded_nats(settings, folder, secrets) as engine:
            assert engine.address
            nats = nats_access(engine.address, secrets, tmp_path)
            (ports,) = (settings.data / "nats").glob("*.ports")
            pid = int(ports.stem.rpartition("_")[2])
            async with a_town(nats, database, engine.admit) as here:
                case = await shared(here.town)
                await here.town.house.lists_are_made(FEED)
                after = await last(here.centre)
                inbox = here.centre.client.new_inbox()
                heard = await here.centre.client.subscribe(inbox)
                await here.centre.client.publish(
                    "feed.fetch",
                    msgspec.json.encode({"after": after, "wait_ms": LONG_MS}),
                    reply=inbox,
                    headers={"Authorization": f"Bearer {here.centre.token}"},
                )
                await here.centre.client.flush()
                await asyncio.sleep(0.3)
                os.kill(pid, signal.SIGSTOP)
                try:
                    with capture_logs() as lines:
                        await here.records(case)
                        async with asyncio.timeout(5):
                            await until(lambda: [e for e in lines if e["event"] == "feed_not_read"])
                finally:
                    os.kill(pid, signal.SIGCONT)
                answer = await heard.next_msg(timeout=10)
                assert refused(answer) == "NOT_RELEASED"
                with suppress(TimeoutError):
                    assert await heard.next_msg(timeout=1) is None
                assert (await here.centre.fetches(after=after)).items != ()


async def test_when_we_stop_whoever_waits_is_told_to_ask_again(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    async with connected(endpoints.nats, "test") as client:
        async with a_town(endpoints.nats, database, endpoints.admit) as here:
            await here.town.house.lists_are_made(FEED)
            asking = here.centre._replace(client=Client())
            login = endpoints.nats.of_agency(here.centre.agency.id)
            await asking.client.connect(login.url, inbox_prefix=login.inbox, **login.login())
            waiting = asyncio.create_task(asking.is_refused({"wait_ms": LONG_MS}))
            await asyncio.sleep(0.3)
            began = monotonic()
        assert await waiting == "STOPPING"
        assert monotonic() - began < 2
        await asking.client.close()
        assert client.is_connected


async def test_a_page_too_large_for_a_message_is_cut_until_it_fits(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await shared(here.town)
    await here.records(case)
    whole = await here.centre.fetches()
    largest = max(len(msgspec.json.encode(each)) for each in whole.items)
    monkeypatch.setattr(feed, "HEADERS_BYTES_MAX", ANSWERED_BYTES_MAX - largest - 500)
    page = await here.centre.fetches()
    told: list[FeedMessage] = []
    while page.items:
        assert len(msgspec.json.encode(page)) <= largest + 500
        told += page.items
        page = await here.centre.fetches(after=page.next)
    assert told == [*whole.items]
    assert len(told) > 1
    monkeypatch.setattr(feed, "HEADERS_BYTES_MAX", ANSWERED_BYTES_MAX - 500)
    assert await here.centre.is_refused() == "ANSWER_TOO_LARGE"


async def test_no_agency_takes_the_places_of_all(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ASKED_EACH_MAX", 1)
    await here.town.house.lists_are_made(FEED)
    with capture_logs() as lines:
        after = await last(here.centre)
        await until(lambda: lines)  # A place is free a moment after its answer.
    waiting = asyncio.create_task(here.centre.fetches(after=after, wait_ms=1_000))
    await asyncio.sleep(0.3)
    assert await here.centre.is_refused() == "OVERLOADED"
    assert (await here.city.fetches()).next
    assert (await waiting).items == ()
    async with asyncio.timeout(10):  # As before.
        while b"OVERLOADED" in (answer := await here.centre.asks({"after": after})).data:  # noqa: ASYNC110 (Nobody says when.)
            await asyncio.sleep(0.01)
    assert msgspec.json.decode(answer.data, type=FeedPage).items == ()


class Server:
    """Whatever it is given to say."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def publish(self, subject: str, content: bytes, **_: object) -> None:
        self.told.append(f"{subject} {msgspec.json.decode(content, type=Problem).code}")


async def test_a_thousand_agencies_wait_at_once_also_where_others_take_all_they_can() -> None:
    class Slow:
        async def bearer(self, text: str | None) -> Any:
            await asyncio.sleep(3600)
            raise AssertionError(text)

    server: Any = Server()
    desk = FeedDesk(server, Slow(), server)
    agencies = [uuid4() for _ in range(1_000)]
    for greedy in agencies[:-1]:
        for _ in range(feed.ASKED_EACH_MAX):
            await desk.take(Msg(server, f"feed.{greedy}.fetch", "greedy"))
    for agency in agencies:
        await desk.take(Msg(server, f"feed.{agency}.fetch", str(agency)))
    assert server.told == [f"{agency} OVERLOADED" for agency in agencies[:-1]]
    await desk.stop()


async def test_whoever_is_refused_for_want_of_room_takes_none() -> None:
    """However many one agency asks in one go, another is heard."""

    class Nobody:
        async def bearer(self, text: str | None) -> Any:
            assert text is None
            raise TokenMissing

    server: Any = Server()
    told, desk = server.told, FeedDesk(server, Nobody(), server)
    for who, times in ((uuid4(), feed.ASKED_MAX * 2), (uuid4(), 1)):
        for _ in range(times):
            await desk.take(Msg(server, f"feed.{who}.fetch", "last" if times == 1 else "many"))
    await desk.stop()
    assert len(told) == feed.ASKED_MAX * 2 + 1
    assert "last TOKEN_MISSING" in told


async def test_an_agency_is_woken_once_by_what_it_may_see_and_by_nothing_else(
    here: Here,
) -> None:
    case = await shared(here.town)
    await here.town.house.lists_are_made(FEED)
    wakes = await here.centre.client.subscribe("feed.wake")
    others = await here.city.client.subscribe("feed.wake")
    await here.centre.client.flush()
    after = await last(here.centre)

    hidden = await heard(here.town)  # Of this one it is told nothing, though it is named in it.
    await takes_part(here.town, hidden, here.town.centre)
    seen = (await here.centre.fetches(after=after)).next
    assert len((await here.town.page(here.town.centre, seen)).items) == 0
    await here.town.city.says(CONSULT, hidden)
    await here.town.house.lists_are_made(FEED)
    assert (await here.centre.fetches(after=seen)).items == ()
    await asyncio.sleep(1.5)
    assert wakes.pending_msgs == 0

    await here.records(case)
    wake = await wakes.next_msg(timeout=5)
    assert (wake.subject, wake.data, wake.headers, wake.reply) == ("feed.wake", b"", None, "")
    await here.records(case)
    await asyncio.sleep(1.5)
    assert wakes.pending_msgs == 0  # It has been told that it is to ask.
    assert len((await here.centre.fetches(after=seen)).items) == 2

    await here.records(case)
    await here.centre.fetches()  # By another system of theirs: this one is still to hear of it.
    assert (await wakes.next_msg(timeout=5)).data == b""
    assert others.pending_msgs == 0


@pytest.mark.parametrize("others", ["feed.{city}.wake", "feed.*.wake", "feed.>", "{inbox}.>", ">"])
async def test_an_agency_hears_nothing_of_another(endpoints: Endpoints, others: str) -> None:
    city, centre = AgencyId(uuid4()), AgencyId(uuid4())
    await admits(endpoints, city, centre)
    subject = others.format(city=city, inbox=endpoints.nats.of_agency(city).inbox)
    async with logged_in(endpoints.nats.of_agency(centre)) as visitor:
        await visitor.tries_to_hear(subject)
        await until(lambda: visitor.refused)
    assert f'permissions violation for subscription to "{subject}"'.lower() in said_by(visitor)


async def test_an_agency_asks_for_no_feed_but_its_own(endpoints: Endpoints) -> None:
    """Whatever it writes, the server says whose account it is."""
    city, centre = AgencyId(uuid4()), AgencyId(uuid4())
    await admits(endpoints, city, centre)
    heard: list[str] = []

    async def hear(message: Msg) -> None:
        heard.append(message.subject)

    async with (
        connected(endpoints.nats, "test") as hub,
        logged_in(endpoints.nats.of_agency(centre)) as visitor,
        logged_in(endpoints.nats.at_the_desk()) as desk,
    ):
        await hub.subscribe("feed.>", cb=hear)
        await hub.flush()
        for subject in (f"feed.{city}.fetch", f"feed.{city}.wake", "feed.wake", "feed.x"):
            await visitor.tries_to_say(subject)
        for subject in ("feed.fetch", f"feed.{city}.fetch", f"ask.feed.{city}.fetch"):
            await desk.tries_to_say(subject)
        await visitor.tries_to_say("feed.fetch")
        await hub.flush()
        await until(lambda: heard)
    assert heard == [f"feed.{centre}.fetch"]
    assert len(visitor.refused) == 4


async def test_who_is_on_the_roster_no_more_is_let_in_no_more(endpoints: Endpoints) -> None:
    city, centre = AgencyId(uuid4()), AgencyId(uuid4())
    await admits(endpoints, city, centre)
    async with (
        logged_in(endpoints.nats.of_agency(city)) as stays,
        logged_in(endpoints.nats.of_agency(centre)) as leaves,
    ):
        await admits(endpoints, city)
        await until(lambda: not leaves.client.is_connected)
        assert stays.client.is_connected
        assert leaves.refused


async def test_nobody_is_let_in_before_what_they_ask_is_heard(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the server is told of them, and as soon as it was."""
    city, told = AgencyId(uuid4()), list[bytes | str]()
    reload = EmbeddedNats.reload

    async def answer(message: Msg) -> None:
        await message.respond(b"heard")

    async def looked_at(engine: EmbeddedNats) -> None:
        await reload(engine)
        told.append(await asked_once(endpoints.nats.of_agency(city)))

    monkeypatch.setattr(EmbeddedNats, "reload", looked_at)
    async with connected(endpoints.nats, "test") as hub:
        await hub.subscribe("feed.*.fetch", cb=answer)
        await hub.flush()
        await admits(endpoints, city)
    assert told == ["Authorization Violation", b"heard"]


async def asked_once(login: NatsAccess) -> bytes | str:
    """What is answered to who logs in now, or why nobody does."""
    client, why = Client(), list[str]()

    async def note(error: Exception) -> None:
        why.append(str(error).removeprefix("nats: ").strip("'"))

    try:
        await client.connect(
            login.url,
            inbox_prefix=login.inbox,
            error_cb=note,
            allow_reconnect=False,
            **login.login(),
        )
        return (await client.request("feed.fetch", timeout=5)).data
    except NatsError:
        return why[-1]
    finally:
        await client.close()


async def test_an_account_that_could_not_be_made_is_made_the_next_time(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "full")

    city = AgencyId(uuid4())
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(EmbeddedNats, "_configure", full)
        with pytest.raises(OSError, match="full"):
            await admits(endpoints, city)
    await admits(endpoints, city)
    async with asyncio.timeout(5), logged_in(endpoints.nats.of_agency(city)) as visitor:
        assert visitor.client.is_connected


async def admits(endpoints: Endpoints, *agencies: AgencyId) -> None:
    assert endpoints.admit is not None
    await endpoints.admit(agencies)


async def last(system: System) -> str:
    """From where nothing follows."""
    page = await system.fetches()
    while page.items:
        page = await system.fetches(after=page.next)
    return page.next


def refused(answer: Msg) -> str:
    assert (answer.headers or {})["Content-Type"] == MEDIA_TYPE, answer.data
    return msgspec.json.decode(answer.data, type=Problem).code
