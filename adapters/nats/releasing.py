"""Releasing (引き渡し): what the gate let out goes to NATS while its window is open, or not at all.

nats-py keeps what it could not send, and sends it when it is back. So here it is asked each time
whether the server has taken it; and if not, it is thrown away, with the connection.
"""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog
from nats.aio.client import Client
from nats.aio.transport import TcpTransport
from nats.errors import Error as NatsError

from domain.speech import code_of
from services.disclosing import NotReleased, Window

# Whoever asks may name one of our own streams to answer to: none is called this, and none takes it.
NOT_FOR_KEEPING: Final = {"Nats-Expected-Stream": "-"}

log = structlog.get_logger()


class Releasing(Client):
    async def release(
        self, window: Window, subject: str, content: bytes, headers: Mapping[str, str]
    ) -> None:
        """The server is asked before, too: what lies in front of one that has stopped is out."""
        if window.is_over:  # Nothing of it is on the connection, which is everybody else's, too.
            raise NotReleased
        is_taken = False
        try:
            async with asyncio.timeout(window.left_s):
                await self._answered()
                if window.is_over or not self.is_connected:
                    raise NotReleased
                await self.publish(subject, content, headers={**headers, **NOT_FOR_KEEPING})
                await self._answered()
            is_taken = True
        except (NatsError, OSError, TimeoutError):
            raise NotReleased from None
        finally:
            if not is_taken:
                await self._cut_off()

    async def _answered(self) -> None:
        """What ``flush`` waits for; but that waits for nothing on a connection that has gone."""
        pong = asyncio.get_running_loop().create_future()
        await self._send_ping(pong)
        await pong

    async def _cut_off(self) -> None:
        log.warning("answer_cut_off", code=code_of(NotReleased))
        self._pending.clear()
        self._pending_data_size = 0
        if isinstance(self._transport, TcpTransport):
            writer = self._transport._io_writer  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] (To close it would send what is left.)
            if writer is not None:
                writer.transport.abort()
        await self.force_reconnect()
