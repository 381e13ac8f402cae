"""Entrance (窓口): what an agency's own system does, knowing an address and a token."""

import asyncio
from collections.abc import AsyncIterator
from http.client import HTTPConnection, HTTPException
from typing import Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import msgspec

from contracts.answered import Done
from contracts.asked import Asked, CaseAlias
from contracts.feed import FeedPage
from contracts.problems import Problem
from domain.catalogue import AnyCommand
from domain.model import CommandId

WITHIN_S: Final = 60
PAGE: Final = 200
OK: Final = 200

T = TypeVar("T")


class Told(msgspec.Struct, frozen=True):
    items: tuple[msgspec.Raw, ...] = ()
    next: str | None = None


class Entrance:
    """Of one member of staff. One thing is asked after the other, over one connection."""

    def __init__(self, url: str, token: str) -> None:
        self._netloc: Final = urlsplit(url).netloc
        self._asking: Final = asyncio.Lock()
        self._connection: HTTPConnection | None = None
        self.token: Final = token
        self.told: Final[list[bytes]] = []  # All that it was answered.
        self._fed_to: str | None = None

    async def say(self, command: AnyCommand, case: CaseAlias | None) -> Done | Problem:
        """Sent again with the same id, should the connection break, it is done once."""
        asked = Asked(id=CommandId(uuid4()), case=case, command=command)
        return await self.ask("POST", "/v1/commands", Done, msgspec.json.encode(asked))

    async def move_clock(self, to: str) -> Done | Problem:
        body = msgspec.json.encode({"to": to})
        answer = await self.ask("POST", "/v1/clock", msgspec.Raw, body)
        return answer if isinstance(answer, Problem) else Done(command=CommandId(uuid4()))

    async def see(self, path: str, kind: type[T]) -> T | None:
        """``None``: there is nothing, or nothing that this agency may see."""
        answer = await self.ask("GET", path, kind)
        return None if isinstance(answer, Problem) else answer

    async def items(self, path: str, kind: type[T]) -> AsyncIterator[T]:
        """All of a list, page by page."""
        after: str | None = None
        while True:
            query = urlencode({"most": PAGE, **({"after": after} if after else {})})
            page = await self.see(f"{quote(path)}?{query}", Told)
            if page is None:
                return
            for item in page.items:
                yield msgspec.json.decode(item, type=kind)
            after = page.next
            if after is None:
                return

    async def fetch(self) -> None:
        """What has come on the feed of its agency since it was fetched last."""
        query = urlencode({"most": PAGE, **({"after": self._fed_to} if self._fed_to else {})})
        page = await self.see(f"/v1/feed?{query}", FeedPage)
        self._fed_to = page.next if page else self._fed_to

    async def ask(
        self, method: str, path: str, kind: type[T], body: bytes | None = None
    ) -> T | Problem:
        async with self._asking:
            status, content = await asyncio.to_thread(self._asked, method, path, body)
        if status != OK:
            return msgspec.json.decode(content, type=Problem)
        return msgspec.json.decode(content, type=kind)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """A connection may have been closed meanwhile: then once more over another."""
        try:
            return self._over_this(method, path, body)
        except (HTTPException, ConnectionError):
            self.close()
            return self._over_this(method, path, body)

    def _over_this(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = HTTPConnection(self._netloc, timeout=WITHIN_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        self.told.append(content)
        return answer.status, content
