"""The feed (配信) over NATS: each agency fetches its own, by an account of NATS that is its alone.

What an account asks, the server hands us under the name of its agency; and whoever asks has to be
known by a token of that agency. What the gate let out goes while its window is open, or not at all:
on a connection of its own, so that what the server has not taken by then is thrown away with it.
"""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final, NoReturn, Protocol, TypeAlias
from uuid import UUID

import msgspec
import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from adapters.ending import ended
from adapters.engines.endpoints import NatsAccess, fetch_of, wake_of
from adapters.headers import token_in
from adapters.nats.connecting import connected_as
from adapters.nats.hearing import hears_anything
from adapters.nats.releasing import Releasing
from adapters.nats.telling import Lines, Telling
from adapters.waiting import unless
from contracts.feed import FeedPage, FeedQuery
from contracts.problems import (
    AnswerTooLarge,
    NotAnsweredInTime,
    NotHere,
    Overloaded,
    Problem,
    QueryNotUnderstood,
)
from domain.model import AgencyId
from domain.speech import Spoken
from services.disclosing import Reader, Window
from services.feeding import Feeding
from services.identity import Bearer, TokenId

QUEUE: Final = "feed"
# Most of them only wait, which takes a little memory: so there is a place for each of a thousand
# agencies, whatever the others ask. How many are read for at once, the feed decides itself.
ASKED_MAX: Final = 4_096
ASKED_EACH_MAX: Final = 4
ANSWERED_WITHIN_S: Final = 30.0
FINISHED_WITHIN_S: Final = 2.0  # What is under way when we stop.
HEADERS_BYTES_MAX: Final = 1 << 10
LINES: Final = Lines("feed_read", "feed_not_read", "feed_failed", "feed_refused")

log = structlog.get_logger()


class Knows(Protocol):
    async def bearer(self, text: str | None, /) -> Bearer: ...


@asynccontextmanager
async def open_feed(access: NatsAccess, identity: Knows, feeding: Feeding) -> AsyncGenerator[None]:
    async with connected_as(Releasing(), access, "feed") as client:
        hears_anything(client)
        desk = FeedDesk(client, identity, feeding)
        asked = await client.subscribe(fetch_of("*"), queue=QUEUE, cb=desk.take)
        await client.flush()  # From here on the server knows.
        try:
            yield
        finally:
            with suppress(NatsError):
                await asked.unsubscribe()
            await desk.stop()


class FeedDesk:
    def __init__(self, client: Releasing, identity: Knows, feeding: Feeding) -> None:
        self._client: Final = client
        self._identity: Final = identity
        self._feeding: Final = feeding
        self._stopping: Final = asyncio.Event()
        self._asked: Final = defaultdict[AgencyId, set[asyncio.Task[None]]](set)
        self._asked_now = 0
        self._wakes: Final[dict[AgencyId, tuple[TokenId, asyncio.Task[None]]]] = {}

    async def take(self, raw: Msg) -> None:
        """Beside each other: most of them wait for what is still to come."""
        if not raw.reply:
            return
        agency = AgencyId(UUID(raw.subject.split(".")[1]))  # As the server says, not the sender.
        if self._has_room(agency):
            task = asyncio.create_task(self._answer(agency, raw, self._page))
            self._asked[agency].add(task)
            self._asked_now += 1
            task.add_done_callback(partial(self._answered, agency))
        else:  # Told here: however many one agency asks, they take no place, and wait their turn.
            await self._answer(agency, raw, _overloaded)

    async def stop(self) -> None:
        """Whoever waits is told at once; what has begun is finished."""
        self._stopping.set()
        tasks = [task for each in self._asked.values() for task in each]
        if tasks:
            await asyncio.wait(tasks, timeout=FINISHED_WITHIN_S)
        await ended(*tasks, *(task for _, task in self._wakes.values()))

    def _has_room(self, agency: AgencyId) -> bool:
        return self._asked_now < ASKED_MAX and len(self._asked.get(agency, ())) < ASKED_EACH_MAX

    def _answered(self, agency: AgencyId, task: asyncio.Task[None]) -> None:
        self._asked_now -= 1
        self._asked[agency].discard(task)
        if not self._asked[agency]:
            del self._asked[agency]

    async def _answer(self, agency: AgencyId, raw: Msg, asked: "Fetches") -> None:
        telling, window = Telling(raw.headers or {}), Window()
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                page, content = await asked(agency, raw, window, telling)
            await self._client.release(window, raw.reply, content, telling.headers(page))
            said: FeedPage | Problem = page
        except TimeoutError:
            said = telling.problem(NotAnsweredInTime().code)
        except Exception as error:  # noqa: BLE001 (Whatever it is, there is something to answer.)
            said = telling.refusal(error)
        if isinstance(said, Problem):
            with suppress(NatsError):
                content = msgspec.json.encode(said)
                await self._client.publish(raw.reply, content, headers=dict(telling.headers(said)))
        telling.write("fetch", said, LINES)

    async def _page(
        self, agency: AgencyId, raw: Msg, window: Window, telling: Telling
    ) -> tuple[FeedPage, bytes]:
        token = token_in((raw.headers or {}).get("Authorization"))
        bearer = await self._identity.bearer(token)
        telling.ids.update(agency=bearer.agency, staff=bearer.staff)
        if bearer.agency != agency:  # Else a feed would be answered into another's inbox.
            raise NotHere
        query = _read(raw.data)
        reader = _reader(bearer, window)
        most, wait_s = query.most, query.wait_ms / 1000
        while True:
            page = await unless(
                self._feeding.page(
                    reader,
                    after=query.after,
                    most=most,
                    wait_s=wait_s,
                    still=partial(self._identity.bearer, token),
                ),
                self._stopping.wait(),
            )
            content = msgspec.json.encode(page)
            if len(content) <= self._client.max_payload - HEADERS_BYTES_MAX:
                break
            if len(page.items) == 1:
                raise AnswerTooLarge
            most = len(page.items) // 2
        telling.ids.update(items=len(page.items))
        self._wake_later(bearer, token, page.next)
        return page, content

    def _wake_later(self, bearer: Bearer, token: str | None, after: str) -> None:
        """Once, when something has come that was not there when its system fetched."""
        if (waiting := self._wakes.get(bearer.agency)) is not None:
            by, task = waiting
            if by == bearer.id:
                return
            task.cancel()
        task = asyncio.create_task(self._wake(bearer, token, after))
        self._wakes[bearer.agency] = bearer.id, task
        task.add_done_callback(partial(self._woken, bearer.agency))

    async def _wake(self, bearer: Bearer, token: str | None, after: str) -> None:
        """It says no more than that: not what has come, nor how much, nor of which case."""
        still = partial(self._identity.bearer, token)
        try:
            await self._feeding.coming(_reader(bearer, Window()), after=after, still=still)
            await self._client.publish(wake_of(bearer.agency))
        except (Spoken, NatsError) as error:  # Whoever asks again is told.
            log.info("feed_not_woken", agency=str(bearer.agency), error=type(error).__name__)

    def _woken(self, agency: AgencyId, task: asyncio.Task[None]) -> None:
        if self._wakes.get(agency, (None, None))[1] is task:
            del self._wakes[agency]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("feed_wake_failed", agency=str(agency), error=type(error).__name__)


async def _overloaded(*_: object) -> NoReturn:
    raise Overloaded


def _reader(bearer: Bearer, window: Window) -> Reader:
    return Reader(agency=bearer.agency, staff=bearer.staff, role=bearer.role, window=window)


def _read(body: bytes) -> FeedQuery:
    try:
        return _QUERY.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise QueryNotUnderstood from None


Fetches: TypeAlias = Callable[[AgencyId, Msg, Window, Telling], Awaitable[tuple[FeedPage, bytes]]]
_QUERY: Final = msgspec.json.Decoder(FeedQuery)
