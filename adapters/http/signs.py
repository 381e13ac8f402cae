"""Signs at the door (表札): what this is, whether it is well, and how to speak to it."""

import asyncio
import importlib.resources
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from time import monotonic
from typing import Final, TypeAlias

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.types import HTTPScope
from msgspec.structs import replace
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from adapters.http.visit import JSON, READING, Visit, visit_of
from contracts.problems import MEDIA_TYPE, NotHere, NotReady, problem
from domain.speech import code_of

LOOKED_WITHIN_S: Final = 2.0
LOOKED_AT_EVERY_S: Final = 1.0

Checks: TypeAlias = Mapping[str, Callable[[], Awaitable[bool]]]


class Live(msgspec.Struct, frozen=True):
    live: bool = True


class Ready(msgspec.Struct, frozen=True):
    ready: tuple[str, ...]  # What this server stands on.


def sign_routes(checks: Checks, stopping: asyncio.Event) -> tuple[HTTPRouteHandler, ...]:
    looking = Looking(checks)
    openapi = (importlib.resources.files("contracts") / "openapi.json").read_bytes()

    @route("/", http_method=READING, sync_to_thread=False)
    def page() -> Response[bytes]:
        return Response(PAGE.encode(), media_type="text/html")

    @route("/openapi.json", http_method=READING, sync_to_thread=False)
    def description() -> Response[bytes]:
        return Response(openapi, media_type=JSON)

    @route("/health/live", http_method=READING, sync_to_thread=False)
    def live() -> Response[bytes]:
        return Response(msgspec.json.encode(Live()), media_type=JSON)

    @route("/health/ready", http_method=READING)
    async def ready(request: Request[None, None, State]) -> Response[bytes]:
        well = await looking.well()
        lacking = tuple(name for name in checks if name not in well)
        if lacking or stopping.is_set():
            return _not_ready(visit_of(request), lacking)
        return Response(msgspec.json.encode(Ready(tuple(checks))), media_type=JSON)

    @route("/metrics", http_method=READING, sync_to_thread=False)
    def metrics(request: Request[None, None, State]) -> Response[bytes]:
        """For this machine: how much happens here is nothing an agency learns from us."""
        if not _is_from_here(request.scope):
            raise NotHere
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return page, description, live, ready, metrics


class Looking:
    """What is well, as it was a second ago at most, however many want to know."""

    def __init__(self, checks: Checks) -> None:
        self._checks: Final = checks
        self._looking: asyncio.Task[frozenset[str]] | None = None
        self._looked_at = float("-inf")

    async def well(self) -> frozenset[str]:
        if self._looking is None or monotonic() - self._looked_at > LOOKED_AT_EVERY_S:
            self._looking = asyncio.create_task(self._look())
            self._looked_at = monotonic()
        return await asyncio.shield(self._looking)

    async def _look(self) -> frozenset[str]:
        well = await asyncio.gather(*map(_is_well, self._checks.values()))
        return frozenset(name for name, is_well in zip(self._checks, well, strict=True) if is_well)


async def _is_well(check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(LOOKED_WITHIN_S):
            return await check()
    except Exception:  # noqa: BLE001 (Whatever it is, it is not well.)
        return False


def _not_ready(visit: Visit, lacking: tuple[str, ...]) -> Response[bytes]:
    told = replace(problem(code_of(NotReady), visit.language, visit.correlation), lacking=lacking)
    return Response(
        msgspec.json.encode(told),
        status_code=told.status,
        media_type=MEDIA_TYPE,
        headers={"Retry-After": "1"},
    )


def _is_from_here(scope: HTTPScope) -> bool:
    """Not through a proxy either, which asks from here for others."""
    host, _ = scope["client"] or ("", 0)
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        return False
    passed_on = (b"forwarded", b"x-forwarded-for", b"via")
    return is_here and not any(name in passed_on for name, _ in scope["headers"])


PAGE: Final = """<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<title>つなぐ Tsunagu</title>
<h1>つなぐ <span lang="en">Tsunagu</span></h1>
<p>困難な問題を抱える女性への支援を、本人が同意した範囲で、機関から機関へつなぐためのサーバーです。
ここは各機関のシステムのための API で、人のための画面はありません。</p>
<p lang="en">This server carries a woman's case from one agency to the next, and no word further
than she agreed. It is an API for the agencies' own systems; it has no screens for people.</p>
<ul>
<li><a href="/openapi.json">/openapi.json</a> … API の説明 / <span lang="en">what the API is</span>
<li><a href="/health/ready">/health/ready</a> … 稼働状況 / <span lang="en">whether it is well</span>
<li>/v1/… … <code>Authorization: Bearer</code> にトークンが必要です /
<span lang="en">needs a token</span>: <code>tsunagu token issue</code>
</ul>
</html>
"""
