"""Fetching (取得): what a reading command asks of the entrance, with somebody's token."""

from http.client import HTTPConnection
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from adapters.engines import NotRunning
from adapters.engines.folder import running
from adapters.settings import Settings
from contracts.problems import MEDIA_TYPE, Problem, Unexpected, spoken
from domain.speech import Refused
from services.identity import TOKEN_LENGTH_MAX, TokenNotValid

WITHIN_S: Final = 60
READ_MAX: Final = 4096  # Of a file that may be anything; a token is far shorter.
OK: Final = 200


class NoToken(Refused):
    """There is no token: put one into TSUNAGU_TOKEN, or say --token FILE."""

    ja: ClassVar[str] = (
        "トークンがありません。TSUNAGU_TOKEN に設定するか、--token FILE で指定してください。"
    )


class TokenNotReadable(Refused):
    """From this file no token can be read."""

    ja: ClassVar[str] = "指定されたファイルからトークンを読み取れません。"


def fetched(
    settings: Settings, token: Path | None, path: str, question: bytes | None = None
) -> bytes:
    """What is refused there is refused here, in the same words. ``question``: put as a body."""
    headers = {"Authorization": f"Bearer {_token(settings, token)}"}
    if question is not None:
        headers["Content-Type"] = "application/json"
    connection = HTTPConnection(urlsplit(_url(settings)).netloc, timeout=WITHIN_S)
    try:
        connection.request("GET" if question is None else "POST", path, question, headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status == OK:
        return content
    if answer.getheader("content-type") != MEDIA_TYPE:
        raise Unexpected
    raise spoken(msgspec.json.decode(content, type=Problem).code)


def _url(settings: Settings) -> str:
    started, _ = running(settings.data)
    if started.http is None:
        raise NotRunning
    return started.http


def _token(settings: Settings, file: Path | None) -> str:
    """What cannot be one is refused here: not all that a file may hold can be sent."""
    if file is not None:
        token = _first_of(file).decode("ascii", "replace").strip()
    else:
        token = settings.token.reveal().strip() if settings.token else ""
    if not token:
        raise NoToken
    if len(token) > TOKEN_LENGTH_MAX or not (token.isascii() and token.isprintable()):
        raise TokenNotValid
    return token


def _first_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(READ_MAX)
    except OSError:
        raise TokenNotReadable from None
