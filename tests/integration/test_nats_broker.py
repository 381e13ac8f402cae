"""Each thing that FastStream would do of itself, and what our one factory makes of it."""
# pyright: reportUnknownMemberType=false

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from nats.js.api import ConsumerConfig
from nats.js.client import JetStreamContext
from nats.js.errors import ServiceUnavailableError
from structlog.testing import capture_logs

from adapters.engines import Endpoints, NatsAccess
from adapters.engines.nats_server import asked as asked_of_monitor
from adapters.nats import broker, serving
from adapters.nats.broker import Answering, Pulling, SafeBroker, safe_broker
from adapters.nats.connecting import connected
from adapters.nats.incoming import Pulled, Request
from adapters.nats.serving import kept_serving
from tests.integration.desks import own_nats
from tests.integration.writers import until

HERS = "her words"


class Place:
    """A stream, its consumer and a subject to ask at, which nobody else knows."""

    ack_wait_s = 0.3

    def __init__(self, nats: NatsAccess) -> None:
        self.nats = nats
        self.name = f"test_{uuid4().hex}"
        self.came: list[bytes] = []
        self.batches: list[int] = []
        self.brokers: list[SafeBroker] = []

    async def check(self, jetstream: JetStreamContext) -> None:
        await jetstream.add_stream(name=self.name, subjects=[f"{self.name}.>"], metadata={"a": "b"})
        consumer = ConsumerConfig(durable_name="d", ack_wait=self.ack_wait_s)
        await jetstream.add_consumer(self.name, consumer)

    async def take(self, batch: Sequence[Pulled[bytes]]) -> None:
        self.batches.append(len(batch))
        for each in batch:
            self.came.append(each.read())
            await each.erase()

    async def answer(self, request: Request[bytes]) -> None:
        await request.answer(request.read().upper(), {})

    def broker(self) -> SafeBroker:
        pulling = Pulling(self.name, "d", ConsumerConfig(), bytes, self.take)
        answering = Answering(f"ask.{self.name}", "q", bytes, self.answer)
        self.brokers.append(safe_broker(self.nats, pulling, answering, check=self.check))
        return self.brokers[-1]


@asynccontextmanager
async def served(place: Place) -> AsyncGenerator[JetStreamContext]:
    async with connected(place.nats, "test") as client, kept_serving(place.broker):
        jetstream = client.jetstream()
        yield jetstream
        await jetstream.delete_stream(place.name)


async def test_a_message_whose_handler_fails_comes_again(endpoints: Endpoints) -> None:
    class Failing(Place):
        async def take(self, batch: Sequence[Pulled[bytes]]) -> None:
            self.batches.append(len(batch))
            if len(self.batches) < 3:
                raise ConnectionError(HERS)
            await super().take(batch)

    place = Failing(endpoints.nats)
    with capture_logs() as lines:
        async with served(place) as jetstream:
            await jetstream.publish(f"{place.name}.x", b"not lost")
            await until(lambda: place.came)
    assert place.came == [b"not lost"]
    assert {line["error"] for line in lines if line["log_level"] == "error"} == {"ConnectionError"}
    assert HERS not in str(lines)


async def test_what_a_handler_returns_goes_nowhere(endpoints: Endpoints) -> None:
    class Talkative(Place):
        async def take(self, batch: Sequence[Pulled[bytes]]) -> None:
            await super().take(batch)
            return HERS  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

        async def answer(self, request: Request[bytes]) -> None:
            await super().answer(request)
            return HERS  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    place = Talkative(endpoints.nats)
    async with connected(endpoints.nats, "test") as client, served(place) as jetstream:
        heard = await client.subscribe(f"spied.{place.name}")
        headers = {"reply_to": f"spied.{place.name}"}
        for n in range(5):
            await client.publish(
                f"ask.{place.name}", b"hello", reply=f"spied.{place.name}", headers=headers
            )
            await jetstream.publish(f"{place.name}.x", b"%d" % n, headers=headers)
        await until(lambda: len(place.came) == 5)
        answers = [(await heard.next_msg(timeout=10)).data for _ in range(5)]
        await client.flush()
        assert (answers, heard.pending_msgs) == ([b"HELLO"] * 5, 0)


def test_a_closed_connection_freezes_nobody_and_is_told_of_and_replaced(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "CHECK_EVERY_S", 0.1)
    place = Place(endpoints.nats)

    async def close_it() -> None:
        async with served(place) as jetstream:
            await place.brokers[0].connection.close()
            await jetstream.publish(f"{place.name}.x", b"still heard")
            await until(lambda: place.came)

    with capture_logs() as lines:
        scene = threading.Thread(target=lambda: asyncio.run(close_it()), daemon=True)
        scene.start()
        scene.join(timeout=30)  # A frozen loop does not even time out.
    assert not scene.is_alive()
    assert place.came == [b"still heard"]
    assert [line["why"] for line in lines if line["event"] == "desk_silent"] == ["closed"]


async def test_a_server_that_stays_away_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "AWAY_MAX_S", 0.2)
    with capture_logs():
        async with own_nats(tmp_path / "data") as nats:
            alone = Place(nats).broker()
            await alone.start()
            assert alone.trouble() is None
        await until(lambda: alone.trouble() == "away")
        await alone.stop()


async def test_a_server_that_serves_no_stream_yet_is_waited_for(endpoints: Endpoints) -> None:
    class NotYet(Place):
        tries = 0

        async def check(self, jetstream: JetStreamContext) -> None:
            self.tries += 1
            if self.tries <= 2:
                raise ServiceUnavailableError
            await super().check(jetstream)

    place = NotYet(endpoints.nats)
    async with served(place) as jetstream:
        await jetstream.publish(f"{place.name}.x", b"heard")
        await until(lambda: place.came == [b"heard"])


async def test_it_is_waited_for_also_where_it_was_just_told_of_another_account(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribes, tries = JetStreamContext.pull_subscribe, Counter[str]()

    async def away(self: JetStreamContext, *asked: Any) -> object:
        tries["asked"] += 1
        if tries["asked"] <= 2:
            raise ServiceUnavailableError
        return await subscribes(self, *asked)

    monkeypatch.setattr(JetStreamContext, "pull_subscribe", away)
    place = Place(endpoints.nats)
    async with served(place) as jetstream:
        await jetstream.publish(f"{place.name}.x", b"heard")
        await until(lambda: place.came == [b"heard"])


async def test_what_is_over_in_a_moment_is_not_told_while_it_serves(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NowAndThen(Place):
        checks = 0

        async def check(self, jetstream: JetStreamContext) -> None:
            self.checks += 1
            if self.checks % 2 == 0:  # The first is that of the start.
                raise ServiceUnavailableError
            await super().check(jetstream)

    monkeypatch.setattr(serving, "CHECK_EVERY_S", 0.05)
    place = NowAndThen(endpoints.nats)
    with capture_logs() as lines:
        async with served(place):
            await until(lambda: place.checks > 5)
    assert [line["event"] for line in lines if line["event"] == "desk_not_checked"] == []


async def test_a_handler_that_never_ends_is_noticed(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(Place):
        async def take(self, batch: Sequence[Pulled[bytes]]) -> None:
            self.batches.append(len(batch))
            await asyncio.Event().wait()

    monkeypatch.setattr(broker, "SILENT_MAX_S", 0.2)
    monkeypatch.setattr(broker, "FINISHED_WITHIN_S", 0.1)
    place = Endless(endpoints.nats)
    with capture_logs():
        async with served(place) as jetstream:
            await jetstream.publish(f"{place.name}.x", b"")
            await until(lambda: place.brokers[0].trouble() == "silent")


async def test_a_start_changes_no_stream(endpoints: Endpoints) -> None:
    place = Place(endpoints.nats)
    async with served(place) as jetstream:
        before = (await jetstream.stream_info(place.name)).config
        again = place.broker()
        await again.start()
        await again.stop()
        assert (await jetstream.stream_info(place.name)).config == before
    assert before.subjects == [f"{place.name}.>"]


async def test_all_that_is_answered_to_us_comes_to_our_own_inbox(endpoints: Endpoints) -> None:
    ours = msgspec.structs.replace(endpoints.nats, inbox="_INBOX_OF_THE_TEST")
    place = Place(ours)
    async with served(place):
        heard = await asyncio.to_thread(subscriptions, endpoints.nats, "tsunagu-desk")
    inboxes = {subject for subject in heard if subject.startswith("_INBOX")}
    assert inboxes
    assert {subject.partition(".")[0] for subject in inboxes} == {"_INBOX_OF_THE_TEST"}


@pytest.mark.parametrize("body", [b"[1, 2]", b'{"request": 1}', b"\xff\x00", b""])
async def test_a_message_is_handed_on_as_it_came(endpoints: Endpoints, body: bytes) -> None:
    place = Place(endpoints.nats)
    async with connected(endpoints.nats, "test") as client, served(place) as jetstream:
        for content_type in ("application/json", "text/plain", ""):
            headers = {"content-type": content_type}
            await jetstream.publish(f"{place.name}.x", body, headers=headers)
            heard = await client.request(f"ask.{place.name}", body, timeout=10, headers=headers)
            assert heard.data == body.upper()
        await until(lambda: len(place.came) == 3)
    assert place.came == [body] * 3


async def test_what_has_gathered_comes_together_and_one_alone_waits_for_no_more(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "WAIT_FOR_MORE_S", 0.5)  # However slow we are, they are together,
    place = Place(endpoints.nats)
    place.ack_wait_s = 30.0  # and none comes twice.
    async with connected(endpoints.nats, "test") as client:
        await place.check(client.jetstream())
        for n in range(300):
            await client.publish(f"{place.name}.x", b"%d" % n)
        await client.flush()
        async with served(place) as jetstream:
            await until(lambda: len(place.came) == 300)
            assert len(place.batches) <= 6
            begun = asyncio.get_running_loop().time()
            await jetstream.publish(f"{place.name}.x", b"alone")
            await until(lambda: place.came[-1] == b"alone")
            assert asyncio.get_running_loop().time() - begun < broker.WAIT_S / 2


def subscriptions(nats: NatsAccess, name: str) -> list[str]:
    """What a client of that name listens to, as the server's monitor tells."""
    assert nats.monitor_url
    _, said = asked_of_monitor(nats.monitor_url, "/connz?subs=1&limit=100")
    connections = msgspec.json.decode(said)["connections"]
    return [
        subject
        for each in connections
        if each.get("name") == name
        for subject in each["subscriptions_list"]
    ]
