"""Messages as they come in: a request waits for its answer, a pulled one waits in its stream."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Generic, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext
from nats.js.errors import APIError

T_co = TypeVar("T_co", covariant=True)

SEQUENCE_NOT_FOUND: Final = 10043
NO_MESSAGE: Final = "no message found"


class Incoming(Generic[T_co]):
    """Reading a message is its own trouble, and not that of those beside it."""

    def __init__(self, raw: Msg, read: Callable[[bytes], T_co], client: Client) -> None:
        self._raw: Final = raw
        self._read: Final = read
        self._client: Final = client

    def read(self) -> T_co:
        return self._read(self._raw.data)

    @property
    def subject(self) -> str:
        return self._raw.subject

    @property
    def headers(self) -> Mapping[str, str]:
        return self._raw.headers or {}


class Request(Incoming[T_co]):
    async def answer(self, content: bytes, headers: Mapping[str, str]) -> None:
        """Where the server says, and nowhere else: a header may name any subject of ours."""
        if self._raw.reply:
            await self._client.publish(self._raw.reply, content, headers=dict(headers))


class Pulled(Incoming[T_co]):
    """It stays in its stream until it is erased, and comes again until then."""

    @property
    def sequence(self) -> int:
        return self._raw.metadata.sequence.stream

    @property
    def deliveries(self) -> int:
        return self._raw.metadata.num_delivered

    @property
    def stored_at(self) -> datetime:
        return self._raw.metadata.timestamp

    async def erase(self) -> None:
        """Its bytes are overwritten where they lay. (A purge would leave them on the disk.)"""
        stream = self._raw.metadata.stream
        try:
            await JetStreamContext(self._client).delete_msg(stream, self.sequence)
        except APIError as error:
            if not _is_gone(error):
                raise
        await self._raw.ack()

    async def put_off(self, delay_s: float) -> None:
        await self._raw.nak(delay=delay_s)

    async def park(self) -> None:
        """It comes no more, and stays where it is."""
        await self._raw.term()


def _is_gone(error: APIError) -> bool:
    """It was erased the last time, and that was not heard. Two ways the server says so."""
    return error.err_code == SEQUENCE_NOT_FOUND or error.description == NO_MESSAGE
