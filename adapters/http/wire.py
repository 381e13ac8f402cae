"""The wire (回線): who is too slow to ask or to listen is let go, and who cannot be read is told.

Here is the last check of the gate: what its window has closed on is not written any more, and what
has been written and not taken by then is thrown away, with the connection; also where our machine
has taken it from us, for somebody who does not read on.

Between two requests uvicorn keeps the time itself; within one, the door does.
"""

import asyncio
import fcntl
import socket
import sys
import termios
from contextlib import suppress
from datetime import UTC, datetime
from struct import Struct
from typing import Final, cast

import h11
import msgspec
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

from adapters.http.answering import SAFE, TOGETHER
from adapters.http.cutting import Cutting, Held
from contracts.problems import MEDIA_TYPE, RequestNotUnderstood, problem
from domain.speech import code_of
from services.disclosing import FOREVER, NotReleased, Window
from services.ids import uuid7

CONNECTIONS_MAX: Final = 6_144  # Who waits for a feed, and all others.
ASKED_WITHIN_S: Final = 10.0  # The line and the headers of a request.
TOGETHER_MAX: Final = 8  # Writes: more than a small answer takes.
HEARD_WITHIN_S: Final = 10.0  # What waits in the buffer for somebody who does not read on.
# What becomes of what our machine has not handed over when a connection is closed.
THROWN_AWAY: Final = Struct("ii").pack(1, 0)
HANDED_OVER: Final = Struct("ii").pack(0, 0)
TAKEN_AFTER_S: Final = 0.02

CUTTING: Final = Cutting()

log = structlog.get_logger()


class Together:
    """A transport that sends at once what is written at once: a head and its body in one packet.

    ``within`` which window, if any, what is written from there on may go out.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport: Final = transport
        self._loop: Final = loop
        self._written: Final[list[bytes]] = []
        self._window: Window | None = None
        self._sent = 0  # Bytes, also those that still wait to be taken.
        self._checks = 0  # Still to come.
        self._is_cut_off = False
        self._held: Held | None = None  # Until then, also where all else has closed it.

    def within(self, window: Window | None) -> None:
        self._send()
        self._window = window

    def write(self, written: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(written)
        if len(self._written) > TOGETHER_MAX:
            self._send()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)

    def _send(self) -> None:
        if self._written and not self._transport.is_closing():
            if self._window is not None and self._window.is_over:
                self._cut_off()
            else:
                self._write(b"".join(self._written))
        self._written.clear()

    def _write(self, written: bytes) -> None:
        self._transport.write(written)
        self._sent += len(written)
        if self._window is None or self._window.ends_at_s == FOREVER or not self._left():
            return
        self._hold(self._window.ends_at_s)
        self._loop.call_at(self._window.ends_at_s, self._all_taken_or_cut_off, self._sent)

    def has_closed(self) -> None:
        if self._held is None:
            return
        if self._held.is_cut_off:
            self._cut_off()
        elif not self._left():
            self._let_go()
        else:
            with suppress(OSError):  # They have left before us.
                self._held.connection.shutdown(socket.SHUT_WR)
            self._loop.call_later(TAKEN_AFTER_S, self.has_closed)

    def _all_taken_or_cut_off(self, sent: int) -> None:
        self._checks -= 1
        if (self._held and self._held.is_cut_off) or self._sent - self._left() < sent:
            self._cut_off()
        elif not self._checks:
            self._let_go()

    def _left(self) -> int:
        """What the other side has not taken: it lies with us, or with the machine we run on."""
        connection = self._held.connection if self._held else self._socket()
        return self._transport.get_write_buffer_size() + _unsent(connection)

    def _hold(self, until_s: float) -> None:
        """Until it is taken, what was written is ours to throw away: also if we are killed."""
        self._checks += 1
        connection = self._socket()
        if self._held is None and connection is not None:
            self._held = Held(connection.dup())
            self._linger(self._held, THROWN_AWAY)
        if self._held is not None:
            CUTTING.watch(self._held, self._sent, until_s)

    def _let_go(self) -> None:
        if self._held is not None:
            if not self._is_cut_off:
                self._linger(self._held, HANDED_OVER)
            CUTTING.let_go(self._held)
            self._held = None

    def _cut_off(self) -> None:
        """At once: as long as it is held, the machine hands over what it has."""
        if not self._is_cut_off:
            log.info("answer_cut_off", code=code_of(NotReleased))
            self._is_cut_off = True
            self._transport.abort()
        self._let_go()

    def _linger(self, held: Held, what: bytes) -> None:
        held.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, what)

    def _socket(self) -> socket.socket | None:
        return cast("socket.socket | None", self._transport.get_extra_info("socket"))


def _unsent(connection: socket.socket | None) -> int:
    """And what was sent and has not arrived."""
    if connection is None:
        return 0
    try:
        counted = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError):  # It is closed.
        return 0
    return int.from_bytes(counted, sys.byteorder)


class Wire(H11Protocol):
    _asking: asyncio.TimerHandle | None = None
    _listening: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        together = Together(transport, self.loop)
        self.app_state = {**self.app_state, TOGETHER: together}  # Whoever answers finds it there.
        super().connection_made(cast("asyncio.Transport", together))
        if len(self.connections) > CONNECTIONS_MAX:
            transport.abort()
        else:
            self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_came()
        self._heard()
        cast("Together", self.transport).has_closed()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._owes_us() and not self.transport.is_closing():
            self._await_request()
        else:
            self._request_came()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._listening = self.loop.call_later(HEARD_WITHIN_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._heard()

    def send_400_response(self, msg: str) -> None:
        """As a problem, in place of uvicorn's own words."""
        del msg
        correlation = uuid7(datetime.now(UTC))
        log.info("request_not_understood", correlation=str(correlation))
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            told = problem(code_of(RequestNotUnderstood), "en", correlation)
            content = msgspec.json.encode(told)
            headers = [
                (b"content-type", MEDIA_TYPE.encode()),
                (b"content-length", str(len(content)).encode()),
                (b"connection", b"close"),
                *SAFE,
            ]
            for event in (
                h11.Response(status_code=told.status, headers=headers),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _owes_us(self) -> bool:
        """The rest of a request; or of a body that nobody waits for any more."""
        if self.conn.their_state is h11.SEND_BODY:
            return self.cycle.response_complete
        return self.conn.their_state is h11.IDLE

    def _await_request(self) -> None:
        if self._asking is None:
            self._asking = self.loop.call_later(ASKED_WITHIN_S, self.transport.abort)

    def _request_came(self) -> None:
        if self._asking:
            self._asking.cancel()
            self._asking = None

    def _heard(self) -> None:
        if self._listening:
            self._listening.cancel()
            self._listening = None
