"""Lists over HTTP beside 20,000 made-up cases, as the agency reads them that has the most of them.

Each is read by an entrance that has just begun, which decides every row, and again and again.
"""

import statistics
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import reduce
from typing import Final, NamedTuple, cast

import httpx
import psycopg

from adapters.clock import WallClock
from adapters.crypto import ChaChaCipher
from adapters.engines import PostgresAccess
from adapters.postgres.clock import clock_of
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.views import PostgresViews
from benchmarks.databases import Bench
from benchmarks.entrances import Served, served
from benchmarks.http import lines_written_nowhere
from benchmarks.measuring import Pace, progress
from benchmarks.report import Figure
from benchmarks.sown import KEK
from domain import agency as agencies
from domain import network
from domain.agency import AgencyEvent, KnownAgency
from domain.catalogue import EVENTS
from domain.installation import INSTALLATION, InstallationFounded
from domain.model import AgencyId, Event, NetworkId, StreamId, stream_of
from domain.network import NO_NETWORK, NetworkEvent
from domain.visibility import membership
from projections.lists import LISTS
from services.deciding import NO_AGENCY
from services.projecting import rebuild_together
from services.sealing import Sealing
from services.seeding import Seed

_SEED: Final = Seed(20_000, 3, 1)
_CASES_MIN: Final = 1_000
_PAGE_MS: Final = 50.0
_LEDGER_MS: Final = 300.0
_ROUNDS: Final = 5
_SEALING: Final = Sealing(EVENTS, ChaChaCipher())
_MOST_ROWS: Final = """
select network_id, year, count(*) from views.ledger_entries join views.ledger_ends using (case_id),
lateral generate_series(
    from_year, coalesce(until_year, (select max(from_year) from views.ledger_entries))
) as year
group by network_id, year order by count(*) desc limit 1
"""


class Fullest(NamedTuple):
    """The ledger with the most rows; who coordinates its network reads everything."""

    network: NetworkId
    year: int
    cases: int


class Took(NamedTuple):
    first_ms: float
    again_ms: float


async def figures(bench: Bench, pace: Pace) -> list[Figure]:
    share = min(1.0, pace.seconds / 3)
    seed = Seed(max(_CASES_MIN, int(_SEED.cases * share)), _SEED.years, _SEED.number)
    access = await bench.seeded(seed)
    await _list(access)
    fullest = _fullest(access)
    ledger = f"/v1/networks/{fullest.network}/ledger?fiscal_year={fullest.year}"
    whole = f"{ledger}&most=5000"
    pages = {
        "cases": "/v1/cases",
        "referrals": "/v1/referrals",
        "open referrals": "/v1/referrals?open=true",
        "work": "/v1/work",
        "meetings": "/v1/meetings",
        "grievances": "/v1/grievances",
        "disclosures": "/v1/disclosures",
        "directory": "/v1/directory",
        "networks": "/v1/networks",
        "members": f"/v1/networks/{fullest.network}/members",
        "ledger": ledger,
    }
    with lines_written_nowhere():
        took = await _took(access, fullest, {**pages, whole: whole})
    return [
        *_figures(f"ledger of {fullest.cases:,} cases, whole", took.pop(whole), _LEDGER_MS),
        *(
            figure
            for name, each in took.items()
            for figure in _figures(f"a page of {name}, {seed.cases:,} cases", each, _PAGE_MS)
        ),
    ]


def _figures(name: str, took: Took, target: float) -> list[Figure]:
    met = took.again_ms <= target
    return [
        Figure(f"{name}: p50", took.again_ms, "ms", target=target, met=met),
        Figure(f"{name}: by an entrance that has just begun", took.first_ms, "ms"),
    ]


async def _took(
    access: PostgresAccess, fullest: Fullest, paths: Mapping[str, str]
) -> dict[str, Took]:
    first: dict[str, list[float]] = {name: [] for name in paths}
    again: dict[str, list[float]] = {name: [] for name in paths}
    for nth in range(_ROUNDS):
        for name, path in paths.items():
            async with _reader(access, fullest) as client:
                first[name].append(await _read_ms(client, path))
                again[name] += [await _read_ms(client, path) for _ in range(_ROUNDS)]
        progress(f"round {nth + 1} of {_ROUNDS}: {len(paths)} lists read")
    return {
        name: Took(statistics.median(first[name]), statistics.median(again[name])) for name in paths
    }


async def _read_ms(client: httpx.AsyncClient, path: str) -> float:
    began = time.perf_counter()
    answer = await client.get(path)
    took = (time.perf_counter() - began) * 1000
    answer.raise_for_status()
    return took


@asynccontextmanager
async def _reader(access: PostgresAccess, fullest: Fullest) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody who works at the coordinating agency, before an entrance that remembers nothing."""
    async with (
        PostgresEventLog(access.app) as log,
        clock_of(access.app, None) as clock,
    ):
        (founded,) = [
            event
            for event in await _told(log, INSTALLATION)
            if isinstance(event, InstallationFounded)
        ]
        async with served(access, KEK, clock, WallClock(), founded) as entrance:
            token = await _token(entrance, await _coordinating(log, fullest.network))
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(
                base_url=entrance.url, headers=headers, timeout=120
            ) as client:
                (await client.get("/v1/networks")).raise_for_status()  # Connections are open.
                yield client


async def _coordinating(log: PostgresEventLog, which: NetworkId) -> AgencyId:
    told = cast("list[NetworkEvent]", await _told(log, stream_of("network", which)))
    coordinating = membership(reduce(network.evolve, told, NO_NETWORK)).coordinating
    assert coordinating is not None
    return coordinating


async def _token(entrance: Served, which: AgencyId) -> str:
    told = cast("list[AgencyEvent]", await _told(entrance.log, stream_of("agency", which)))
    itself = reduce(agencies.evolve, told, NO_AGENCY)
    assert isinstance(itself, KnownAgency)
    reads = next(staff for staff, each in itself.staff.items() if each.left is None)
    return (await entrance.identity.issue(reads, which)).text


async def _told(log: PostgresEventLog, stream: StreamId) -> list[Event]:
    return [*_SEALING.facts((await log.recall(stream)).streams[stream])]


async def _list(access: PostgresAccess) -> None:
    """Whatever was kept of them, all lists are made of the whole log."""
    async with PostgresEventLog(access.app) as log, PostgresViews(access.app) as views:
        began = time.perf_counter()
        async for _ in rebuild_together(LISTS, views, log, _SEALING):
            pass
        head = await log.head()
        progress(f"lists of {head:,} events made in {time.perf_counter() - began:.0f} s")


def _fullest(access: PostgresAccess) -> Fullest:
    with psycopg.connect(access.owner) as owner:
        found = owner.execute(_MOST_ROWS).fetchone()
    assert found is not None
    return Fullest(*found)
