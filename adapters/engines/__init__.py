"""PostgreSQL and NATS: started by us in the data folder, or run by others at an address.

What starts one or asks it something is imported by who does: most only look where they are.
"""
# ruff: noqa: PLC0415

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, NamedTuple

from msgspec.structs import replace

from adapters.engines.endpoints import (
    Admit,
    Endpoints,
    NatsAccess,
    PostgresAccess,
    Running,
    Secrets,
    nats_access,
    postgres_access,
    store_in,
)
from adapters.engines.folder import NotRunning, held, installation, publish, running
from adapters.findings import EnginesRefused, Finding
from adapters.settings import Settings
from domain.speech import CannotRun

__all__ = [
    "Endpoints",
    "EnginesRefused",
    "Finding",
    "NatsAccess",
    "NotRunning",
    "PostgresAccess",
    "announce",
    "any_ours",
    "attached",
    "connect_to",
    "embedded",
    "engines",
    "findings_of_attached",
    "installation",
]


class OnlyOnLinux(CannotRun):
    """Tsunagu runs engines of its own on Linux only."""

    ja: ClassVar[str] = "Tsunagu が自分でエンジンを動かせるのは Linux だけです。"
    remedy: ClassVar[str] = (
        "Start the engines of compose.yaml, and set TSUNAGU_POSTGRES_URL and TSUNAGU_NATS_URL."
    )
    remedy_ja: ClassVar[str] = (
        "compose.yaml のエンジンを起動し、TSUNAGU_POSTGRES_URL と TSUNAGU_NATS_URL を"
        "設定してください。"
    )


class Ours(NamedTuple):
    """What runs in the data folder."""

    running: Running
    secrets: Secrets
    admit: Admit | None = None


@asynccontextmanager
async def engines(settings: Settings) -> AsyncGenerator[Endpoints]:
    """Each where the settings say; one of the two may be ours and the other not."""
    from adapters.judging import judge

    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(_started(settings)) if any_ours(settings) else None
        postgres, logins = _postgres(settings, ours)
        nats = _nats(settings, ours)
        judge(await _findings(logins, nats, settings.allow), settings.allow)
        yield Endpoints(postgres, nats, ours.admit if ours else None)


def embedded(settings: Settings) -> AbstractAsyncContextManager[Endpoints]:
    """Both in the data folder, whatever addresses are set."""
    return engines(replace(settings, postgres_url=None, nats_url=None))


def attached(settings: Settings) -> Endpoints:
    """What another process of this machine has started, or others run elsewhere."""
    ours = _ours(settings)
    postgres, _ = _postgres(settings, ours)
    return Endpoints(postgres, _nats(settings, ours))


async def findings_of_attached(settings: Settings) -> tuple[Finding, ...]:
    ours = _ours(settings)
    _, logins = _postgres(settings, ours)
    return await _findings(logins, _nats(settings, ours), settings.allow)


def connect_to(data: Path) -> Endpoints:
    return attached(Settings(data=data))


def announce(settings: Settings, url: str) -> None:
    """For other processes of this machine, where there is a folder to find it in."""
    if any_ours(settings):
        ours, _ = running(settings.data)
        publish(settings.data, replace(ours, http=url))


def any_ours(settings: Settings) -> bool:
    """Whether there is anything of ours in the data folder at all."""
    return settings.postgres_url is None or settings.nats_url is None


def _ours(settings: Settings) -> Ours | None:
    return Ours(*running(settings.data)) if any_ours(settings) else None


async def _findings(
    logins: tuple[str, ...], nats: NatsAccess, allow: frozenset[str]
) -> tuple[Finding, ...]:
    from adapters.engines.asking import nats_findings, postgres_findings

    return *await postgres_findings(logins), *await nats_findings(nats, allow)


@asynccontextmanager
async def _started(settings: Settings) -> AsyncGenerator[Ours]:
    if sys.platform != "linux":
        raise OnlyOnLinux
    async with AsyncExitStack() as stack:
        folder = await stack.enter_async_context(held(settings.data))
        secrets = folder.secrets()
        postgres = nats = None
        if settings.postgres_url is None:
            from adapters.engines.postgres_server import embedded_postgres

            postgres = await stack.enter_async_context(embedded_postgres(settings, folder, secrets))
        if settings.nats_url is None:
            from adapters.engines.nats_server import embedded_nats

            nats = await stack.enter_async_context(embedded_nats(settings, folder, secrets))
        address, admit = (nats.address, nats.admit) if nats else (None, None)
        ours = Ours(Running(os.getpid(), datetime.now(UTC), postgres, address), secrets, admit)
        folder.publish(ours.running)
        yield ours


def _postgres(settings: Settings, ours: Ours | None) -> tuple[PostgresAccess, tuple[str, ...]]:
    """And the logins that work before the first migration."""
    if settings.postgres_url:
        from adapters.engines.external import external_postgres

        return external_postgres(settings, settings.postgres_url)
    if ours is None or ours.running.postgres is None:
        raise NotRunning(path=settings.data)
    access = postgres_access(ours.running.postgres, ours.secrets)
    return access, (access.owner, access.app, access.keyring)


def _nats(settings: Settings, ours: Ours | None) -> NatsAccess:
    if settings.nats_url:
        from adapters.engines.external import external_nats

        return external_nats(settings, settings.nats_url)
    if ours is None or ours.running.nats is None:
        raise NotRunning(path=settings.data)
    return nats_access(ours.running.nats, ours.secrets, store_in(settings.data))
