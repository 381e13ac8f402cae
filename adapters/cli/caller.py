"""Calling (呼び出し): what an agency's own system does, knowing an address and a token."""

import asyncio
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec

from contracts.answered import Done
from contracts.asked import Asked, CaseAlias
from domain.catalogue import AnyCommand
from domain.model import CommandId

WITHIN_S: Final = 30
OK: Final = 200


class NotAnswered(Exception):
    """The answer was another than the story tells of."""


class Caller:
    def __init__(self, url: str, token: str) -> None:
        self._netloc: Final = urlsplit(url).netloc
        self.token: Final = token

    async def say(self, command: AnyCommand, case: CaseAlias | None = None) -> Done:
        asked = Asked(id=CommandId(uuid4()), case=case, command=command)
        answer = await self._call("POST", "/v1/commands", msgspec.json.encode(asked))
        return msgspec.json.decode(answer, type=Done)

    async def make(self, command: AnyCommand, case: CaseAlias | None = None) -> UUID:
        made = (await self.say(command, case)).made
        assert made is not None, "it makes something"
        return made

    async def see(self, path: str) -> dict[str, Any]:
        return msgspec.json.decode(await self._call("GET", path), type=dict[str, Any])

    async def _call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        return await asyncio.to_thread(self._called, method, path, body)

    def _called(self, method: str, path: str, body: bytes | None) -> bytes:
        connection = HTTPConnection(self._netloc, timeout=WITHIN_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != OK:
            raise NotAnswered(method, path, answer.status, content.decode())
        return content
