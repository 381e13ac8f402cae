"""The entrance on NATS (窓口): what agencies ask there, and what they have put into IN.

An answer holds ids and codes only: who logs in as the desk shares an account, and with it an inbox.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final, Protocol, TypeAlias
from uuid import UUID

import msgspec
import structlog
from nats.errors import Error as NatsError

from adapters.engines.endpoints import NatsAccess
from adapters.headers import token_in
from adapters.nats.broker import Answering, Pulling, safe_broker
from adapters.nats.incoming import Incoming, Pulled, Request
from adapters.nats.intake import COMMANDS, CONSUMER, DURABLE, STREAM, Intake
from adapters.nats.serving import kept_serving
from adapters.nats.telling import Lines, Telling
from contracts.answered import Answered, Done
from contracts.asked import Asked, read_asked
from contracts.problems import NotAnsweredInTime, NotHere, Problem
from domain.speech import Refused
from services.identity import Bearer

ASK: Final = "ask.desk.command"
QUEUE: Final = "desk"
ANSWERED_WITHIN_S: Final = 25.0  # Before IN takes a command for forgotten.
PUT_OFF_S: Final = 2.0
PUT_OFF_MAX_S: Final = 60.0
FAILURES_MAX: Final = 5

Said: TypeAlias = Done | Problem

LINES: Final = Lines("command_accepted", "command_not_handled", "command_failed", "command_refused")

log = structlog.get_logger()


class Knows(Protocol):
    async def bearer(self, text: str | None, at: datetime | None, /) -> Bearer: ...


class Receives(Protocol):
    async def receive(self, asked: Asked, bearer: Bearer, correlation: UUID, /) -> Answered: ...


@asynccontextmanager
async def open_desk(
    access: NatsAccess, identity: Knows, receiving: Receives
) -> AsyncGenerator[None]:
    desk, intake = Desk(identity, receiving), Intake(access.store)
    asks = Answering(ASK, QUEUE, read_asked, desk.answer)
    waits = Pulling(STREAM, DURABLE, CONSUMER, read_asked, desk.take_in)
    async with kept_serving(lambda: safe_broker(access, asks, waits, check=intake.check)):
        yield


class Desk:
    def __init__(self, identity: Knows, receiving: Receives) -> None:
        self._identity: Final = identity
        self._receiving: Final = receiving
        self._failures: Final[defaultdict[int, int]] = defaultdict(int)

    async def answer(self, request: Request[Asked]) -> None:
        """The caller hears what they would have heard over HTTP."""
        telling = Telling(request.headers)
        said = await self._heard(request, telling)
        await telling.in_its_time(said)
        await request.answer(msgspec.json.encode(said), telling.headers(said))

    async def take_in(self, batch: Sequence[Pulled[Asked]]) -> None:
        """Cases beside each other, and what is asked about one case in its order."""
        by_case: dict[UUID | int, list[Pulled[Asked]]] = {}
        for message in batch:
            by_case.setdefault(_case_of(message) or message.sequence, []).append(message)
        await asyncio.gather(*map(self._take_in_order, by_case.values()))

    async def _take_in_order(self, messages: Sequence[Pulled[Asked]]) -> None:
        for nth, message in enumerate(messages):
            if not await self._taken(message):
                for later in messages[nth + 1 :]:
                    await _put_off(later)
                return

    async def _taken(self, message: Pulled[Asked]) -> bool:
        """Handled, then overwritten, then done with: wherever that is cut, it is all done again."""
        said = await self._heard(message, Telling(message.headers))
        status = said.status if isinstance(said, Problem) else HTTPStatus.OK
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            await _put_off(message)
        elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            await self._failed(message)
        else:
            self._failures.pop(message.sequence, None)
            return await _told(message.erase)
        return False

    async def _failed(self, message: Pulled[Asked]) -> None:
        """It is our own fault. A newer version may mend it: until then it is kept, and told of."""
        self._failures[message.sequence] += 1
        if self._failures[message.sequence] < FAILURES_MAX:
            await _put_off(message)
            return
        del self._failures[message.sequence]
        log.error("command_parked", stream=STREAM, sequence=message.sequence)
        await _told(message.park)

    async def _heard(self, message: Incoming[Asked], telling: Telling) -> Said:
        """Whatever becomes of it, there is one line about it, and something to answer."""
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                said = await self._received(message, telling)
        except TimeoutError:
            said = telling.problem(NotAnsweredInTime().code)
        except Exception as error:  # noqa: BLE001 (Its words may be a person's: its kind is told.)
            said = telling.refusal(error)
        telling.write("ask" if isinstance(message, Request) else "publish", said, LINES)
        return said

    async def _received(self, message: Incoming[Asked], telling: Telling) -> Said:
        at = message.stored_at if isinstance(message, Pulled) else None
        bearer = await self._identity.bearer(token_in(message.headers.get("Authorization")), at)
        telling.ids.update(agency=bearer.agency, staff=bearer.staff)
        if message.subject not in {ASK, COMMANDS}:
            raise NotHere
        asked = message.read()
        telling.ids.update(command=asked.id, kind=asked.command.__struct_config__.tag)
        answered = await self._receiving.receive(asked, bearer, telling.correlation)
        if isinstance(answered, Done):
            return answered
        return telling.problem(answered.code, answered.facts)


async def _put_off(message: Pulled[Asked]) -> None:
    delay_s = min(PUT_OFF_S * 2 ** min(message.deliveries - 1, 10), PUT_OFF_MAX_S)
    await _told(partial(message.put_off, delay_s))


async def _told(tell: Callable[[], Awaitable[None]]) -> bool:
    """Where NATS does not hear of it, the message comes again: nothing is lost or done twice."""
    try:
        await tell()
    except NatsError as error:
        log.warning("intake_not_told", stream=STREAM, error=type(error).__name__)
        return False
    return True


def _case_of(message: Pulled[Asked]) -> UUID | None:
    try:
        return message.read().case
    except Refused:
        return None
