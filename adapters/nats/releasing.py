"""Releasing (引き渡し): what the gate let out goes to NATS while its window is open, or not at all.

nats-py keeps what it could not send, and sends it when it is back. So here it is asked each time
whether the server has taken it; and if not, it is thrown away, with the connection.
"""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

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
    _cuts = 0

    async def release(
        self, window: Window, subject: str, content: bytes, headers: Mapping[str, str]
    ) -> None:
        """The server is asked before, too: what lies in front of one that has stopped is out."""
        if window.is_over:
            raise NotReleased
        try:
            async with asyncio.timeout(window.left_s):
                await self._answered()
                if window.is_over or not self.is_connected:
                    raise NotReleased  # Nothing of it is on the connection, which is everybody's.
                await self._published(subject, content, {**headers, **NOT_FOR_KEEPING})
        except (NatsError, OSError, TimeoutError):
            raise NotReleased from None

    async def _published(self, subject: str, content: bytes, headers: dict[str, str]) -> None:
        """Taken, or thrown away: by us, or with what another has thrown away since we began."""
        cuts, is_taken = self._cuts, False
        try:
            await self.publish(subject, content, headers=headers)
            await self._flush_pending(force_flush=True)  # A ping goes in front of what still waits.
            await self._answered()
            is_taken = True
        finally:
            if not is_taken and cuts == self._cuts:
                await self._cut_off()

    async def _answered(self) -> None:
        """What ``flush`` waits for; but that waits for nothing on a connection that has gone."""
        if not self.is_connected:
            raise NotReleased
        pong = asyncio.get_running_loop().create_future()
        await self._send_ping(pong)
        if not await asyncio.shield(pong):  # Late, it still comes: nobody hears on if it is gone.
            raise NotReleased

    async def _flush_pending(self, force_flush: bool = False) -> object:  # noqa: FBT001, FBT002 (The library's own signature.)
        """That of nats-py makes nothing of being cancelled: so no window would ever end in it."""
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        flushed = await super()._flush_pending(force_flush)
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
        return flushed

    async def _cut_off(self) -> None:
        log.warning("answer_cut_off", code=code_of(NotReleased))
        self._cuts += 1
        self._pending.clear()
        self._pending_data_size = 0
        if isinstance(self._transport, TcpTransport):
            writer = self._transport._io_writer  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] (To close it would send what is left.)
            if writer is not None:
                writer.transport.abort()
        pongs: list[asyncio.Future[bool]] = self._pongs
        self._pongs = []
        for pong in pongs:
            if not pong.done():
                pong.set_result(False)
        await self.force_reconnect()
