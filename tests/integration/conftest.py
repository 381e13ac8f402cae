"""The real engines, once a worker; a database of its own for each test that asks."""

import asyncio
import contextlib
import functools
import os
import queue
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from adapters.engines import Endpoints, PostgresAccess, embedded
from adapters.postgres.migrating import ROLES, Migration, migrate
from adapters.settings import Settings


class MakeDatabase(Protocol):
    """A migrated database of its own on the shared engine; ``wanted`` for an older one."""

    def __call__(self, wanted: tuple[Migration, ...] | None = None) -> PostgresAccess: ...


@pytest.fixture(scope="session")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """Engines in a loop of their own, so that tests may open and close loops as they like."""
    data: Path = tmp_path_factory.mktemp("engines") / "data"
    started: queue.Queue[Endpoints | BaseException] = queue.Queue()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        try:
            async with embedded(Settings(data=data)) as running:
                started.put(running)
                await stop.wait()
        except BaseException as error:
            started.put(error)
            raise

    def serve() -> None:
        with contextlib.suppress(BaseException):
            loop.run_until_complete(run())

    thread = threading.Thread(target=serve)
    thread.start()
    running = started.get(timeout=120)
    if isinstance(running, BaseException):
        raise running
    yield running
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture
def make_database(endpoints: Endpoints) -> Iterator[MakeDatabase]:
    with databases(endpoints) as make:
        yield make


@pytest.fixture
def database(make_database: MakeDatabase) -> PostgresAccess:
    return make_database()


@pytest.fixture(scope="module")
def shared_database(endpoints: Endpoints) -> Iterator[PostgresAccess]:
    """For a module whose tests do not mind what the others have left there."""
    with databases(endpoints) as make:
        yield make()


@contextlib.contextmanager
def databases(endpoints: Endpoints) -> Generator[MakeDatabase]:
    """As many as are asked for, and none of them afterwards."""
    postgres = endpoints.postgres
    made: list[str] = []

    def make(wanted: tuple[Migration, ...] | None = None) -> PostgresAccess:
        name = f"t_{os.getpid()}_{uuid4().hex}"
        made.append(name)
        access = access_to(postgres, name)
        if wanted is None:
            create(postgres, name, like=migrated(postgres))
            with psycopg.connect(access.owner) as owner:
                owner.execute(ROLES)  # What they may do in a database is not copied with it.
        else:
            create(postgres, name)
            asyncio.run(migrate(access.owner, wanted))
        return access

    yield make
    with psycopg.connect(endpoints.postgres.owner, autocommit=True) as owner:
        for name in made:
            owner.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


@functools.cache
def migrated(postgres: PostgresAccess) -> str:
    """One that is copied, rather than each being migrated from the beginning."""
    name = f"t_{os.getpid()}_migrated_{uuid4().hex}"
    create(postgres, name)
    asyncio.run(migrate(access_to(postgres, name).owner))
    return name


def create(postgres: PostgresAccess, name: str, like: str = "template1") -> None:
    statement = sql.SQL("create database {} template {}")
    with psycopg.connect(postgres.owner, autocommit=True) as owner:
        owner.execute(statement.format(sql.Identifier(name), sql.Identifier(like)))


def access_to(postgres: PostgresAccess, name: str) -> PostgresAccess:
    logins = (postgres.owner, postgres.app, postgres.keyring)
    return PostgresAccess(*(make_conninfo(login, dbname=name) for login in logins))
