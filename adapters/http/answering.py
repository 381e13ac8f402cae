"""Answering (応答): what a request may bring, and what every answer takes along."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final, Protocol, TypeAlias, cast

from litestar.types import HTTPReceiveMessage, HTTPScope, Message, Receive, Send

from adapters.http.visit import Visit, header
from contracts.problems import MEDIA_TYPE
from services.disclosing import NotReleased, Window

DRAINED_BYTES_MAX: Final = 1 << 20
DRAINED_WITHIN_S: Final = 1.0

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

# Nothing here is for keeping, framing, guessing at, or telling the next site about.
SAFE: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
SAFE_OVER_TLS: Final = (*SAFE, (b"strict-transport-security", b"max-age=31536000"))
# Litestar says some of these itself.
_OURS_TO_SAY: Final = frozenset({*(name for name, _ in SAFE), b"connection"})


class Body:
    def __init__(self, scope: HTTPScope, receive: Receive) -> None:
        self._receive: Final = receive
        self._waits_to_be_asked: Final = header(scope, b"expect") is not None
        self._ended = False
        self.left = False  # The caller, before they were answered.

    async def receive(self) -> HTTPReceiveMessage:
        message = cast("HTTPReceiveMessage", await self._receive())
        self.left = message["type"] == "http.disconnect"
        self._ended = message["type"] != "http.request" or not message["more_body"]
        return message

    async def drained(self) -> bool:
        """Who is still talking does not hear us: let them finish, if it does not take long."""
        size = 0
        if not self._waits_to_be_asked:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAINED_WITHIN_S):
                    while not self._ended and size < DRAINED_BYTES_MAX:
                        message = await self.receive()
                        size += len(message["body"]) if message["type"] == "http.request" else 0
        return self._ended


class Sends(Protocol):
    """What `adapters.http.wire.Together` is."""

    def within(self, window: Window | None) -> None: ...


TOGETHER: Final = "together"


def sends_in(scope: HTTPScope) -> Sends | None:
    """``None``: whoever asks is not on the wire, but a test beside it."""
    return cast("Mapping[str, Sends]", scope["state"]).get(TOGETHER)


class Answer:
    """What the gate let out goes while its window is open, or not at all."""

    def __init__(self, scope: HTTPScope, visit: Visit, sends: Sends | None, send: Send) -> None:
        self.status: int | None = None
        self._window: Final = visit.window
        self._sends: Final = sends
        self._is_late = False
        self._send: Final = send
        self._always: Final = (
            *(SAFE_OVER_TLS if scope["scheme"] == "https" else SAFE),
            (b"correlation-id", str(visit.correlation).encode()),
        )

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._is_late = self._window.is_over
            if self._is_late:
                return
            self._goes_within(self._window)
            theirs = (each for each in message["headers"] if each[0].lower() not in _OURS_TO_SAY)
            message["headers"] = [*theirs, *self._always]
            self.status = message["status"]
        if not self._is_late:
            await self._send(message)

    def check_was_in_time(self) -> None:
        """Nothing of it was sent: so the caller can still be told why."""
        if self._is_late:
            raise NotReleased

    async def problem(self, status: int, language: str, content: bytes, headers: Headers) -> None:
        self.status = status
        self._goes_within(None)
        await self._send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", MEDIA_TYPE.encode()),
                    (b"content-length", str(len(content)).encode()),
                    (b"content-language", language.encode()),
                    (b"vary", b"accept-language"),
                    *headers,
                    *self._always,
                ],
            }
        )
        await self._send({"type": "http.response.body", "body": content, "more_body": False})

    def _goes_within(self, window: Window | None) -> None:
        if self._sends is not None:
            self._sends.within(window)
