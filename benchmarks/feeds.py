"""The feed of one agency: how fast a page is, how soon something is told, what waiting costs."""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from unittest.mock import patch
from uuid import uuid4

import msgspec
import psycopg
import structlog
from nats.aio.client import Client

from adapters.clock import WallClock
from adapters.engines import PostgresAccess
from adapters.engines.endpoints import fetch_of
from adapters.nats.connecting import connected
from adapters.nats.feed import open_feed
from adapters.nats.relay import relay
from adapters.postgres.migrating import migrate
from adapters.postgres.tokens import PostgresTokens
from adapters.projecting import kept
from benchmarks import notebook
from benchmarks.databases import STREAM_LENGTH, Bench, grow, past_streams
from benchmarks.measuring import Pace, Sample, Side, by_turns, progress, sample
from benchmarks.report import Figure, targeted
from contracts.feed import FeedPage, FeedQuery
from domain.agency import NameFeedCustodian
from domain.case.roles import AssignRole
from domain.case.safety import RefuseThirdPartyInquiry
from domain.model import AgencyId, CaseId, StreamId
from projections.feed import FEED
from services import disclosing
from services.disclosing import Reader
from services.identity import Identity
from services.projecting import Projecting
from tests.integration.viewers import Agency, House, a_house

PAGES: Final = "feed, pages of 500 records with three opened fields each"
COMMIT: Final = "command committed, p50"
TOLD: Final = "and then told to who waits for it, p50"
FEW: Final = "feed, a page of 100 beside 10,000 events of others"
MANY: Final = "the same beside 1,000,000, at most"
WAITING: Final = "1,000 agencies waiting over NATS, of a core"
ALONE: Final = "command while nobody waits, p50"
BESIDE: Final = "the same while 500 agencies wait for other cases"
BESIDE_CPU: Final = "and what their waiting then takes, of a core"

_RECORDS_PER_S: Final = 3_000.0
_TOLD_VS_COMMIT: Final = 4.0
_MANY_VS_FEW: Final = 1.5
_CORE: Final = 5.0
_BESIDE_VS_ALONE: Final = 1.1

_CASES: Final = 10
_IN_EACH: Final = 50
_PAGE: Final = 100
_AGENCIES: Final = 1_000
_STRANGERS: Final = 500
_COMMANDS_PER_S: Final = 20
_BEGUN_WITHIN_S: Final = 4.0
_WAITED_S_MAX: Final = 25.0
_OTHERS: Final = {FEW: 10_000, MANY: 1_000_000}
_PAUSE_S: Final = 0.02
_INQUIRY: Final = RefuseThirdPartyInquiry(
    asked_by_kind="PERPETRATOR",
    where="窓口で、夫と名乗る男性から。",
    response="NEITHER_YES_NOR_NO",
)
# As the index would stand after years of other people's cases; and the log, see ``grow``.
_OF_OTHERS: Final = """
insert into views.feed (whom, position, about)
select md5('other ' || n %% 50)::uuid, 1000000000 + n, md5('case ' || n %% 20000)::uuid
from generate_series(1, %(count)s::int) n
"""


class Town(NamedTuple):
    access: PostgresAccess
    house: House
    city: Agency
    centre: Agency

    async def page(self, after: str | None, most: int, wait_s: float = 0.0) -> FeedPage:
        reader: Reader = self.centre.reader
        return await self.house.feeding.page(reader, after=after, most=most, wait_s=wait_s)


async def figures(bench: Bench, pace: Pace) -> list[Figure]:
    found = [await _throughput(bench, pace)]
    found += await _beside_others(bench, pace)
    found += await _told(bench, pace)
    return [*found, *await _waiting(bench, pace)]


async def _throughput(bench: Bench, pace: Pace) -> Figure:
    async with _a_town(bench) as town:
        await _recorded(town, _CASES, _IN_EACH)
        rounds = await by_turns({PAGES: _reading(town, _CASES * _IN_EACH, pace)}, pace.rounds)
    records = rounds.per_s(PAGES)
    return Figure(PAGES, records, "records/s", target=_RECORDS_PER_S, met=records >= _RECORDS_PER_S)


async def _beside_others(bench: Bench, pace: Pace) -> list[Figure]:
    async with _a_town(bench) as few, _a_town(bench) as many:
        sides: dict[str, Side] = {}
        for name, town in ((FEW, few), (MANY, many)):
            await _recorded(town, 1, _PAGE)
            await _beside(town, _OTHERS[name])
            sides[name] = _reading(town, _PAGE, pace)
        rounds = await by_turns(sides, max(5, pace.rounds))
    few_ms, many_ms = rounds.p50_ms(FEW), rounds.p50_ms(MANY)
    ratio = 1 / rounds.ratio(MANY, against=FEW)
    return [
        Figure(FEW, few_ms, "ms"),
        targeted(
            MANY, many_ms, "ms", against=FEW, ratio=ratio, target=_MANY_VS_FEW, bound="at most"
        ),
    ]


async def _told(bench: Bench, pace: Pace) -> list[Figure]:
    """With the relay and the list of feeds kept as in production, and nobody else about."""
    async with _a_town(bench) as town, _kept_up(bench, town):
        (case,) = await _recorded(town, 1, 1)
        rounds = await by_turns({TOLD: _told_of(town, case, pace)}, pace.rounds)
        commits = await by_turns({COMMIT: _committing(town, case, pace)}, pace.rounds)
    commit_ms, told_ms = commits.p50_ms(COMMIT), rounds.p50_ms(TOLD)
    return [
        Figure(COMMIT, commit_ms, "ms"),
        targeted(
            TOLD,
            told_ms,
            "ms",
            against=COMMIT,
            ratio=told_ms / commit_ms,
            target=_TOLD_VS_COMMIT,
            bound="at most",
        ),
    ]


async def _waiting(bench: Bench, pace: Pace) -> list[Figure]:
    """All that runs for them: this process and the engines it has started."""
    async with _a_town(bench) as town, _kept_up(bench, town), _systems(bench, town) as systems:
        case = await town.city.opens()  # In which none of those who wait is named.
        await systems.begin()
        idle = await _busy(pace.seconds)
        async with systems.waiting(_AGENCIES, 2 * pace.seconds):
            busy = await _busy(2 * pace.seconds)
        used: dict[str, list[float]] = {ALONE: [], BESIDE: []}

        async def alone() -> Sample:
            return await _steadily(town, case, pace, used[ALONE])

        async def beside() -> Sample:
            async with systems.waiting(_STRANGERS, pace.seconds):
                return await _steadily(town, case, pace, used[BESIDE])

        rounds = await by_turns({ALONE: alone, BESIDE: beside}, pace.rounds)
    progress(f"nobody waiting: {idle:.2f} % of a core")
    taken = statistics.median(b - a for a, b in zip(used[ALONE], used[BESIDE], strict=True))
    alone_ms, beside_ms = rounds.p50_ms(ALONE), rounds.p50_ms(BESIDE)
    ratio = statistics.median(
        (each[BESIDE].p50_ms or 0.0) / (each[ALONE].p50_ms or 1.0) for each in rounds.taken
    )
    return [
        Figure(WAITING, busy - idle, "%", target=_CORE, met=busy - idle <= _CORE),
        Figure(ALONE, alone_ms, "ms"),
        targeted(
            BESIDE,
            beside_ms,
            "ms",
            against=ALONE,
            ratio=ratio,
            target=_BESIDE_VS_ALONE,
            bound="at most",
        ),
        Figure(BESIDE_CPU, taken, "%", target=_CORE, met=taken <= _CORE),
    ]


async def _steadily(town: "Town", case: CaseId, pace: Pace, used: list[float]) -> Sample:
    """So many commands a second; and of a core, what all that runs takes meanwhile."""
    took_s: list[float] = []
    began, used_s = time.perf_counter(), _used_s()
    for nth in range(int(pace.seconds * _COMMANDS_PER_S)):
        await asyncio.sleep(began + nth / _COMMANDS_PER_S - time.perf_counter())
        at = time.perf_counter()
        await town.city.says(_INQUIRY, case)
        took_s.append(time.perf_counter() - at)
    elapsed_s = time.perf_counter() - began
    used.append(100 * (_used_s() - used_s) / elapsed_s)
    return sample(took_s, elapsed_s)


class Systems:
    """Of so many agencies, each with its token, at the desk where feeds are asked for."""

    def __init__(self, client: Client, tokens: Mapping[AgencyId, str]) -> None:
        self._client: Final = client
        self._tokens: Final = tokens
        self._cursors: Final[dict[AgencyId, str]] = {}

    async def begin(self) -> None:
        """From where nothing follows."""
        for agency in self._tokens:
            self._cursors[agency] = (await self._fetch(agency, 0.0)).next

    @asynccontextmanager
    async def waiting(self, count: int, seconds: float) -> AsyncGenerator[None]:
        """So many, each with a place of its own, and none is told anything."""
        waits_s = min(_WAITED_S_MAX, _BEGUN_WITHIN_S + seconds + 2)
        agencies = [*self._tokens][:count]
        pages = [asyncio.create_task(self._fetch(each, waits_s)) for each in agencies]
        await asyncio.sleep(_BEGUN_WITHIN_S)
        yield
        assert not any(each.done() for each in pages), "they have not waited all the while"
        assert not any(page.items for page in await asyncio.gather(*pages)), "nothing is for them"

    async def _fetch(self, agency: AgencyId, wait_s: float) -> FeedPage:
        query = FeedQuery(after=self._cursors.get(agency), wait_ms=int(wait_s * 1000))
        answer = await self._client.request(
            fetch_of(agency),
            msgspec.json.encode(query),
            timeout=wait_s + 10,
            headers={"Authorization": f"Bearer {self._tokens[agency]}"},
        )
        return msgspec.json.decode(answer.data, type=FeedPage)


@asynccontextmanager
async def _systems(bench: Bench, town: "Town") -> AsyncGenerator[Systems]:
    house = town.house
    with _unsaid():
        async with (
            PostgresTokens(town.access.app) as kept_tokens,
            connected(bench.nats, "systems") as client,
        ):
            identity = Identity(house.log, house.keyring, house.sealing, kept_tokens, WallClock())
            tokens: dict[AgencyId, str] = {}
            for _ in range(_AGENCIES):
                reader = await _custodian(town)
                issued = await identity.issue(reader.staff, reader.agency)
                tokens[reader.agency] = issued.text
            await house.lists_are_made(FEED)
            async with open_feed(bench.nats, identity, house.feeding):
                yield Systems(client, tokens)


@contextmanager
def _unsaid() -> Generator[None]:
    """A line for each that asks."""
    before = structlog.get_config()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))
        try:
            yield
        finally:
            structlog.configure(**before)


async def _busy(seconds: float) -> float:
    began, used = time.perf_counter(), _used_s()
    await asyncio.sleep(seconds)
    return 100 * (_used_s() - used) / (time.perf_counter() - began)


def _used_s() -> float:
    """Of a processor, by this process and all below it, and by the engines."""
    ticks = os.sysconf("SC_CLK_TCK")
    session = {os.getpid(), *_below(os.getpid())}
    total = 0
    for each in session:
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # It has ended meanwhile.
            continue
        total += int(fields[11]) + int(fields[12])
    return total / ticks


def _below(pid: int) -> list[int]:
    """Its children, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            found += [child, *_below(child)]
    return found


@asynccontextmanager
async def _kept_up(bench: Bench, town: "Town") -> AsyncGenerator[None]:
    house, stream = town.house, f"FED-{uuid4().hex}"
    projecting = Projecting(FEED, house.views, house.log, house.sealing)
    async with (
        relay(house.log, house.head, town.access.app, bench.nats, stream),
        kept([projecting], bench.nats, stream),
    ):
        yield


@asynccontextmanager
async def _a_town(bench: Bench) -> AsyncGenerator[Town]:
    access = await bench.empty_database()
    await migrate(access.owner)
    async with a_house(access) as house:
        city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
        centre = await house.agency("WOMENS_SUPPORT_CENTRE")
        town = Town(access, house, city, centre)
        await house.operator.says(NameFeedCustodian(agency_id=centre.id, staff_id=centre.staff))
        yield town
    await bench.drop(access)


async def _custodian(town: Town) -> Reader:
    agency = await town.house.agency("PRIVATE_SUPPORT_ORGANISATION")
    named = NameFeedCustodian(agency_id=agency.id, staff_id=agency.staff)
    await town.house.operator.says(named)
    return agency.reader


async def _recorded(town: Town, cases: int, records: int) -> list[CaseId]:
    """What the city records, she lets the centre know."""
    opened = [await town.city.opens() for _ in range(cases)]
    for case in opened:
        await town.city.says(AssignRole(function="MAIN_SUPPORT", agency_id=town.centre.id), case)
        await town.city.hears_consent(case, town.centre, "RSK", "SVC")
        for _ in range(records):
            await town.city.says(_INQUIRY, case)
    await town.house.lists_are_made(FEED)
    return opened


async def _beside(town: Town, others: int) -> None:
    past = notebook.notes(StreamId(uuid4()), STREAM_LENGTH)
    await grow(town.access, past_streams(others // STREAM_LENGTH), past)
    async with await psycopg.AsyncConnection.connect(town.access.owner, autocommit=True) as owner:
        await owner.execute(_OF_OTHERS, {"count": others})
        await owner.execute("vacuum analyze")


def _reading(town: Town, records: int, pace: Pace) -> Side:
    """From where the records begin, over and over; and recorded each time, as for the first."""

    async def measure() -> Sample:
        took_s: list[float] = []
        began = time.perf_counter()
        with patch.object(disclosing, "READ_AGAIN_WITHIN_S", -1.0):
            while (at := time.perf_counter()) < began + pace.seconds:
                page = await town.page(None, records)
                assert len(page.items) == records
                msgspec.json.encode(page)
                took_s.append(time.perf_counter() - at)
        return sample(took_s, time.perf_counter() - began, records)

    return measure


def _told_of(town: Town, case: CaseId, pace: Pace) -> Side:
    async def measure() -> Sample:
        after, took_s = await _end(town), list[float]()
        began = time.perf_counter()
        while time.perf_counter() < began + pace.seconds:
            waiting = asyncio.create_task(town.page(after, _PAGE, wait_s=5.0))
            await asyncio.sleep(_PAUSE_S)
            await town.city.says(_INQUIRY, case)
            at = time.perf_counter()
            page = await waiting
            took_s.append(time.perf_counter() - at)
            assert len(page.items) == 1
            after = page.next
        return sample(took_s, time.perf_counter() - began)

    return measure


def _committing(town: Town, case: CaseId, pace: Pace) -> Side:
    async def measure() -> Sample:
        took_s: list[float] = []
        began = time.perf_counter()
        while time.perf_counter() < began + pace.seconds:
            await asyncio.sleep(_PAUSE_S)
            at = time.perf_counter()
            await town.city.says(_INQUIRY, case)
            took_s.append(time.perf_counter() - at)
        return sample(took_s, time.perf_counter() - began)

    return measure


async def _end(town: Town) -> str:
    after = None
    while (page := await town.page(after, _PAGE)).items:
        after = page.next
    return page.next
