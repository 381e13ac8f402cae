"""What the systems of agencies may do on our NATS server, and what it refuses them."""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import msgspec
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeout

from adapters.engines import Endpoints, NatsAccess, embedded
from adapters.engines.nats_server import asked
from adapters.nats.connecting import connected
from adapters.nats.events import JetStreamEvents
from adapters.settings import Settings
from services.ports import Message
from tests.integration.writers import until

HERS = b"her words"


class Visitor(NamedTuple):
    """Somebody at the desk, and what the server has refused them."""

    client: Client
    refused: list[str]
    heard: list[Msg]

    async def tries_to_hear(self, subject: str) -> None:
        async def hear(message: Msg) -> None:
            self.heard.append(message)

        await self.client.subscribe(subject, cb=hear)
        await self.client.flush()

    async def tries_to_say(self, subject: str, content: bytes = b"{}", reply: str = "") -> None:
        await self.client.publish(subject, content, reply=reply)
        await self.client.flush()


def at_the_desk(access: NatsAccess) -> AbstractAsyncContextManager[Visitor]:
    return logged_in(access.at_the_desk())


@asynccontextmanager
async def logged_in(login: NatsAccess) -> AsyncGenerator[Visitor]:
    refused: list[str] = []

    async def note(error: Exception) -> None:
        refused.append(str(error))

    client = Client()
    await client.connect(login.url, inbox_prefix=login.inbox, error_cb=note, **login.login())
    try:
        yield Visitor(client, refused, [])
    finally:
        await client.close()


async def test_what_the_desk_publishes_is_heard_under_the_name_the_server_gives_it(
    endpoints: Endpoints,
) -> None:
    async with connected(endpoints.nats, "test") as hub, at_the_desk(endpoints.nats) as visitor:
        heard = await hub.subscribe("in.>")
        await hub.flush()
        message = await said_until(heard, lambda: visitor.tries_to_say("publish.case.open", HERS))
    assert (message.subject, message.data) == ("in.desk.case.open", HERS)
    assert visitor.refused == []


async def said_until(heard: Subscription, say: Callable[[], Awaitable[None]]) -> Msg:
    """Nobody keeps what is said while the server reads anew who may come in."""
    async with asyncio.timeout(30):
        while True:
            await say()
            with suppress(NatsTimeout):
                return await heard.next_msg(timeout=1)


async def test_what_the_desk_asks_is_answered_to_whoever_asked(endpoints: Endpoints) -> None:
    async def answer(question: Msg) -> None:
        await question.respond(question.subject.encode())

    async with connected(endpoints.nats, "test") as hub, at_the_desk(endpoints.nats) as visitor:
        await hub.subscribe("ask.>", cb=answer)
        await hub.flush()
        said = await visitor.client.request("ask.case.view", b"", timeout=10)
    assert said.data == b"ask.desk.case.view"


@pytest.mark.parametrize(
    "subject",
    [
        *(">", "*", "*.>", "*.*.>"),
        *("events.>", "events.case.opened.v1"),
        *("in.>", "in.desk.>", "ask.>", "ask.desk.>", "publish.>"),
        *("_INBOX.>", "_INBOX_HUB.>", "_INBOX_DESK", "_INBOX_DESK2.>", "_R_.>"),
        *("$JS.>", "$JS.API.>", "$JS.EVENT.>", "$JS.ACK.>", "$KV.>", "$O.>", "$SYS.>", "$SRV.>"),
    ],
)
async def test_the_desk_hears_nothing_but_its_own_inbox(endpoints: Endpoints, subject: str) -> None:
    async with at_the_desk(endpoints.nats) as visitor:
        await visitor.tries_to_hear(subject)
        await until(lambda: visitor.refused)
    assert f'permissions violation for subscription to "{subject}"'.lower() in said_by(visitor)


@pytest.mark.parametrize(
    "subject",
    [
        *("events.case.opened.v1", "EVENTS", "in.desk.case.open", "in.city.case.open"),
        *("ask", "publish", "_INBOX.a.b", "_INBOX_HUB.a.b", "_INBOX_DESK.a.b"),
        *("$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.INFO.EVENTS"),
        *("$JS.API.STREAM.MSG.GET.EVENTS", "$JS.API.DIRECT.GET.EVENTS"),
        *("$JS.API.CONSUMER.CREATE.EVENTS", "$JS.API.CONSUMER.MSG.NEXT.EVENTS.lists"),
        *("$JS.API.STREAM.DELETE.EVENTS", "$JS.API.STREAM.PURGE.EVENTS", "$JS.ACK.EVENTS.x"),
        *("$JS.API.STREAM.CREATE.MINE", "$KV.x", "$SYS.REQ.USER.INFO", "$SRV.PING", "_R_.a.b"),
    ],
)
async def test_the_desk_says_nothing_but_commands_and_questions(
    endpoints: Endpoints, subject: str
) -> None:
    async with connected(endpoints.nats, "test") as hub, at_the_desk(endpoints.nats) as visitor:
        heard = await hub.subscribe(subject)
        await hub.flush()
        await visitor.tries_to_say(subject, b"forged", reply="_INBOX_DESK.answer")
        await until(lambda: visitor.refused)
        await hub.flush()
        assert heard.pending_msgs == 0
    assert f'permissions violation for publish to "{subject}"'.lower() in said_by(visitor)


async def test_the_desk_sees_no_event_however_it_listens(endpoints: Endpoints) -> None:
    async with connected(endpoints.nats, "test") as hub, at_the_desk(endpoints.nats) as visitor:
        events = JetStreamEvents(hub, name := f"EVENTS_{uuid4().hex}")
        await events.extent()
        for subject in (">", f"{name.lower()}.>", "_INBOX.>", "_INBOX_DESK.>", "$JS.>"):
            await visitor.tries_to_hear(subject)
        await events.continue_after(0, [Message("case.opened.v1", HERS)])
        assert await events.message(1) == HERS
        await visitor.client.flush()
        assert visitor.heard == []
        await events.remove()


@pytest.mark.parametrize(
    "reply", ["{name}.case.opened.v1", "$JS.API.STREAM.DELETE.{stream}", "_INBOX.victim.1"]
)
async def test_an_answer_goes_nowhere_that_the_desk_may_not_go_itself(
    endpoints: Endpoints, reply: str
) -> None:
    """Else a question would be a way to make us write where only we may."""

    async def answer(question: Msg) -> None:
        await question.respond(b"forged")

    async with connected(endpoints.nats, "test") as hub, at_the_desk(endpoints.nats) as visitor:
        stream = f"EVENTS_{uuid4().hex}"
        aimed_at = reply.format(name=stream.lower(), stream=stream)
        events = JetStreamEvents(hub, stream)
        await events.extent()
        await events.continue_after(0, [Message("case.opened.v1", HERS)])
        await hub.subscribe("ask.desk.>", cb=answer)
        witness = await hub.subscribe(aimed_at)
        await hub.flush()
        await visitor.tries_to_say("ask.case.view", reply=aimed_at)
        await visitor.client.request("ask.case.view", timeout=10)  # Answered after the other.
        await hub.flush()
        assert witness.pending_msgs == 0
        assert (await events.extent()).last == 1
        assert await events.message(1) == HERS
        await events.remove()


async def test_hub_alone_has_streams(endpoints: Endpoints) -> None:
    _, said = asked(str(endpoints.nats.monitor_url), "/jsz?accounts=1")
    accounts = msgspec.json.decode(said)["account_details"]
    assert [account["name"] for account in accounts] == ["HUB"]


async def test_nobody_in_hub_asks_the_desk(endpoints: Endpoints) -> None:
    """Exports go one way."""
    async with connected(endpoints.nats, "test") as hub:
        with pytest.raises(NoRespondersError):
            await hub.request(f"publish.{uuid4().hex}", timeout=10)


async def test_a_folder_from_before_the_desk_gets_its_seed_and_keeps_all_others(
    tmp_path: Path,
) -> None:
    settings = Settings(data=tmp_path / "data")
    secrets = tmp_path / "data/run/secrets.json"
    async with embedded(settings) as first:
        before = msgspec.json.decode(secrets.read_bytes())
        assert before.pop("desk_seed") == first.nats.desk_seed
    secrets.write_bytes(msgspec.json.encode(before))
    async with embedded(settings) as second, at_the_desk(second.nats) as visitor:
        assert second.nats.desk_seed not in {None, first.nats.desk_seed}
        assert second.nats.seed == first.nats.seed
        assert visitor.client.is_connected
        after = msgspec.json.decode(secrets.read_bytes())
        assert after == {**before, "desk_seed": second.nats.desk_seed}


def said_by(visitor: Visitor) -> str:
    return " ".join(visitor.refused).lower()
