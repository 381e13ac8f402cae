"""The gate on the real engines, while all that it is made of is killed, stopped and cut off.

Agencies read of women in all ways there are, through lines that hold up answers and lose them.
Meanwhile what they may see is taken from them and given back. What came out of the apps, and when,
is held against the log; and so is the log against the auditor's rule.
"""

import asyncio
import os
import random
import signal
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple, TypeAlias

import httpx
import msgspec
import psycopg
import pytest
from msgspec.structs import replace
from nats.aio.client import Client

from adapters.ending import ended
from adapters.nats.connecting import connected
from adapters.postgres.event_log import PostgresEventLog
from contracts.answered import Done
from domain.agency import NameFeedCustodian
from domain.model import AgencyId
from services.aliases import Aliases
from services.ports import EventLog
from tests.gate.checker import Report, check
from tests.gate.leaving import WINDOW, Left, Stop, Verdict, left_in_time
from tests.gate.log import Header
from tests.gate.settled import Owing
from tests.gate.sums import Engines, begun
from tests.integration.afterwards import whole
from tests.integration.clerks import (
    ANSWERED_WITHIN_S,
    Clerk,
    Entrances,
    Register,
    at_the_machine,
    enrolled,
    one_more_there,
)
from tests.integration.lines import Came, Faults, a_line
from tests.integration.pipe import Pipe, a_pipe, standing_still
from tests.integration.tellings import FIELDS, Desk, Readers, Recipient, Women
from tests.integration.test_crashes import answers_again, postmaster
from tests.integration.test_engines import nats_pid
from tests.integration.test_pipe_crashes import quick_restarts, the_nats_pid
from tests.integration.writers import session, until

__all__ = ["quick_restarts"]

# nats-py leaves a connection to itself that is lost while it logs in.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning")

TOLD_WITHIN_S: Final = 120.0
SETTLED_WITHIN_S: Final = 600.0  # What was taken away by the hundred is settled one by one.
LONGER_THAN_THE_WINDOW_S: Final = (1.1, 2.5)
ENOUGH_TIME_S: Final = 15 * 60  # With so much, all that there is to be has to be.
NATS: Final = 2  # As a process: what comes through it came from either app.
ANSWERS_MIN: Final = 20  # So much at least came out with something of a woman in it.


class Size(NamedTuple):
    """How much there is to be until it is enough, or how long it may take."""

    disclosures: int
    withdrawals: int
    recipients: int
    desks: int
    between_s: float  # Two faults, in the middle.
    at_most_s: float

    def lacks(self, sums: Engines) -> dict[str, int]:
        left = {
            "disclosures": self.disclosures - sums.disclosures,
            "withdrawals": self.withdrawals - sums.withdrawals,
        }
        return {what: number for what, number in left.items() if number > 0}


HURRIED: Final = Size(
    disclosures=50, withdrawals=5, recipients=2, desks=2, between_s=0.5, at_most_s=12.0
)
FULL: Final = Size(
    disclosures=10_000, withdrawals=1_000, recipients=3, desks=8, between_s=4.0, at_most_s=3_600.0
)


class Stage(NamedTuple):
    pipe: Pipe
    women: Women
    stops: list[Stop]
    left: list[Left]
    chance: random.Random

    def came(self, process: int, to: AgencyId, came: Came) -> None:
        field, number = came.mark
        case = str(self.women.cases[number])
        self.left.append(Left(came.at, process, str(to), case, FIELDS[field], came.size))

    def stopped(self, processes: Sequence[int], since: datetime) -> None:
        self.stops.extend(Stop(each, since, datetime.now(UTC)) for each in processes)

    @property
    def owner(self) -> str:
        return self.pipe.endpoints.postgres.owner


# Faults


async def an_app(stage: Stage) -> None:
    await stage.chance.choice(stage.pipe.apps).kill()


async def an_app_for_longer_than_the_window(stage: Stage) -> None:
    """It knows nothing of it: what it was about to say, it would say now."""
    process = stage.chance.randrange(len(stage.pipe.apps))
    begun = datetime.now(UTC)
    with stage.pipe.apps[process].standing_still():
        await asyncio.sleep(stage.chance.uniform(*LONGER_THAN_THE_WINDOW_S))
    stage.stopped([process, NATS], begun)


async def nats_for_longer_than_the_window(stage: Stage) -> None:
    """What an app has not got through by then, it throws away with the connection."""
    begun = datetime.now(UTC)
    with standing_still(nats_pid(stage.pipe.data)):
        await asyncio.sleep(stage.chance.uniform(*LONGER_THAN_THE_WINDOW_S))
    stage.stopped([NATS], begun)


async def sessions(stage: Stage) -> None:
    """Of any kind, and about half of them."""
    ours = "backend_type = 'client backend' and pid <> pg_backend_pid() and random() < 0.5"
    with session(stage.owner) as owner:
        owner.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}")


async def postgres(stage: Stage) -> None:
    """An immediate restart."""
    ended = postmaster(stage.pipe.data)
    os.kill(ended, signal.SIGQUIT)
    await answers_again(stage.owner)
    assert postmaster(stage.pipe.data) != ended


async def nats(stage: Stage) -> None:
    killed = nats_pid(stage.pipe.data)
    os.kill(killed, signal.SIGKILL)
    await until(lambda: the_nats_pid(stage.pipe.data) not in {None, killed})


Fault: TypeAlias = Callable[[Stage], Awaitable[None]]
FAULTS: Final[Mapping[Fault, int]] = {
    an_app_for_longer_than_the_window: 8,
    nats_for_longer_than_the_window: 2,
    sessions: 4,
    an_app: 3,
    postgres: 2,
    nats: 2,
}


async def test_nothing_leaves_after_it_was_taken_away_whatever_is_killed(tmp_path: Path) -> None:
    (await told_while_all_is_killed(tmp_path, HURRIED, seed=1)).is_good()


@pytest.mark.soak
async def test_nothing_leaves_after_it_was_taken_away_for_long(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``SEED``: what happens in the order of an earlier run; ``MINUTES``: it may take no longer."""
    seed = int(os.environ.get("SEED") or random.randrange(1 << 32))
    at_most_s = 60 * float(os.environ.get("MINUTES") or FULL.at_most_s / 60)
    played = await told_while_all_is_killed(tmp_path, FULL._replace(at_most_s=at_most_s), seed)
    sums = begun()
    sums.engines.add(played.sums)
    sums.keep()
    with capsys.disabled():
        print(f"\n{played.says} (seed {seed})")  # noqa: T201 (what the soak is run for)
    played.is_good()
    assert at_most_s < ENOUGH_TIME_S or FULL.lacks(sums.engines) == {}


class Played(NamedTuple):
    """``sums`` are kept whatever came of it."""

    sums: Engines
    says: str
    report: Report
    verdict: Verdict
    lost: list[str]
    faults: Counter[str]
    stopped: int

    def is_good(self) -> None:
        assert self.report.findings == []
        assert self.verdict.late == []
        assert self.verdict.not_recorded == []
        assert self.lost == []
        assert self.faults == {}
        assert self.verdict.left >= ANSWERS_MIN
        # Stopped at that very moment one is rarely; else it would not look at the clock at all.
        assert self.verdict.paused_inside_check <= 1 + self.stopped // 10


async def told_while_all_is_killed(folder: Path, size: Size, seed: int) -> Played:
    try:
        async with a_pipe(folder, hurried=True) as pipe:
            return await _told_while_all_is_killed(pipe, size, seed)
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise


async def _told_while_all_is_killed(pipe: Pipe, size: Size, seed: int) -> Played:
    chance, register = random.Random(seed), Register()
    stage = Stage(
        pipe, Women(count(1), {}, set(), deque(maxlen=size.desks), Counter()), [], [], chance
    )
    happened = Counter[str]()
    async with (
        PostgresEventLog(pipe.endpoints.postgres.app) as log,
        pipe.up(),
        a_town(stage, register, size) as town,
        read(stage, town) as reading,
    ):
        desks = [town.desk(log, stage) for _ in range(size.desks)]
        async with at_work(desks, reading):
            async with asyncio.timeout(TOLD_WITHIN_S):
                while not stage.women.now:  # noqa: ASYNC110 (Nobody says when there is one.)
                    await asyncio.sleep(0.05)
            begun_s, each_once = monotonic(), chance.sample([*FAULTS], len(FAULTS))
            while each_once or not is_enough(stage, size, monotonic() - begun_s):
                await asyncio.sleep(chance.uniform(0.0, 2 * size.between_s))
                (fault,) = chance.choices([*FAULTS], [*FAULTS.values()])
                fault = each_once.pop() if each_once else fault
                await fault(stage)
                happened[fault.__name__] += 1
        headers = await settled(log)
    report, lost = check(headers), lost_of(register, headers)
    verdict = left_in_time(heard_by_the_clock(headers), stage.left, stage.stops)
    sums = Engines(
        seeds=[seed],
        disclosures=report.disclosures,
        withdrawals=stage.women.taken.total(),
        decided_after=len({each.position for each in report.findings}),
        late_bytes=verdict.late_bytes,
        paused_inside_check=verdict.paused_inside_check,
        lost=len(lost),
    )
    over_nats = sum(each.process == NATS for each in stage.left)
    kinds = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in sorted(happened.items()))
    causes = ", ".join(f"{name} {n}" for name, n in sorted(stage.women.taken.items()))
    return Played(
        sums,
        f"{sums.disclosures} disclosures, {sums.withdrawals} withdrawals ({causes}),"
        f" {verdict.left} times something of her left, {over_nats} of them over NATS,"
        f" {verdict.under_way} of them in the second"
        f" after it was taken away; {sums.decided_after} decided after, {sums.late_bytes} bytes"
        f" late, {sums.paused_inside_check} paused inside the check, {sums.lost} of"
        f" {register.acknowledged} acknowledged lost; {kinds}",
        report,
        verdict,
        lost,
        reading[0].faults + register.faults,
        len({each.begun for each in stage.stops}),
    )


def is_enough(stage: Stage, size: Size, took_s: float) -> bool:
    if took_s > size.at_most_s:
        return True
    if stage.women.taken.total() < size.withdrawals:
        return False
    asked = "select count(*) from log.event where type = 'disclosure.disclosed.v1'"
    with suppress(psycopg.OperationalError), session(stage.owner) as owner:
        row = owner.execute(asked).fetchone()
        return row is not None and row[0] >= size.disclosures
    return False


async def settled(log: PostgresEventLog) -> list[Header]:
    """The log, when all that is to follow has followed."""
    give_up_at_s = monotonic() + SETTLED_WITHIN_S
    headers, owing = list[Header](), Owing()
    while True:
        for each in await whole(log, after=len(headers)):
            headers.append((each.position, each.recorded_at, each.header))
            owing.then(headers[-1])
        left = owing.left(timedelta(0))
        if not left:
            return headers
        assert monotonic() < give_up_at_s, left
        await asyncio.sleep(min(5.0, len(left) / 4))


def heard_by_the_clock(headers: Sequence[Header]) -> list[Header]:
    """As if whatever ends by the clock had been recorded to end, and not when one looked at it.

    A window earlier: then nothing is let out any more that might arrive after its end.
    """
    ends = list[Header]()
    for position, _, header in headers:
        said = msgspec.json.decode(header)
        if said["type"] == "consent.emergency_disclosure_authorised.v1":
            at = datetime.fromisoformat(said["facts"]["expires_at"]) - WINDOW
            over = {**said, "id": f"over-{said['id']}", "type": "consent.emergency_expired.v1"}
            ends.append((position, at, msgspec.json.encode(over)))
    return sorted([*headers, *ends], key=lambda header: header[1])


def lost_of(register: Register, headers: Sequence[Header]) -> list[str]:
    """What was acknowledged, and is not there."""
    kept = {msgspec.json.decode(header)["command"] for *_, header in headers}
    return [
        str(command)
        for command, sent in register.sent.items()
        if isinstance(sent.answer, Done) and str(command) not in kept
    ]


# Who is there


class Town(NamedTuple):
    aliases: Aliases
    operator: Clerk
    city: Clerk
    head: Clerk
    prefecture: Clerk
    recipients: Sequence[Recipient]

    def desk(self, log: EventLog, stage: Stage) -> Desk:
        chance = random.Random(stage.chance.random())
        return Desk(*self[1:], self.aliases, log, stage.women, chance)


@asynccontextmanager
async def a_town(stage: Stage, register: Register, size: Size) -> AsyncGenerator[Town]:
    endpoints, chance = stage.pipe.endpoints, stage.chance
    async with (
        httpx.AsyncClient(timeout=ANSWERED_WITHIN_S) as http,
        connected(endpoints.nats.at_the_desk(), "clerks") as desk,
        at_the_machine(endpoints) as (identity, aliases),
    ):
        entrances = Entrances(tuple(app.url for app in stage.pipe.apps), http, desk)

        def clerk(agency: AgencyId, token: str) -> Clerk:
            return Clerk(agency, token, entrances, register, random.Random(chance.random()))

        issued = await identity.issue()
        operator = clerk(issued.bearer.agency, issued.text)

        async def recipient() -> Recipient:
            agency, _, reads = await enrolled(operator, identity, "WOMENS_SUPPORT_CENTRE")
            _, staff, fetches = await one_more_there(operator, identity, agency)
            await operator.do(NameFeedCustodian(agency_id=agency, staff_id=staff))
            return Recipient(clerk(agency, reads), clerk(agency, fetches), asyncio.Lock())

        city, _, hears = await enrolled(operator, identity)
        *_, answers = await one_more_there(operator, identity, city, "REPRESENTATIVE")
        prefecture, _, decides = await enrolled(
            operator, identity, "PREFECTURAL_WOMENS_SUPPORT_DIVISION"
        )
        recipients = [await recipient() for _ in range(size.recipients)]
        assert endpoints.admit
        await endpoints.admit([each.agency for each in recipients])
        yield Town(
            aliases,
            operator,
            clerk(city, hears),
            clerk(city, answers),
            clerk(prefecture, decides),
            recipients,
        )


@asynccontextmanager
async def read(stage: Stage, town: Town) -> AsyncGenerator[list[Readers]]:
    """Each through lines of its own, so that it is known to whom it was said."""
    faults, answered = Counter[str](), Counter[str]()
    nats = stage.pipe.endpoints.nats
    async with AsyncExitStack() as stack:

        async def line(url: str, process: int, to: AgencyId) -> str:
            chance = random.Random(stage.chance.random())
            came = partial(stage.came, process, to)
            return await stack.enter_async_context(a_line(url, chance, Faults(), came))

        async def logged_in(agency: AgencyId) -> Client:
            login = replace(nats.of_agency(agency), url=await line(nats.url, NATS, agency))
            return await stack.enter_async_context(connected(login, "feed of theirs"))

        yield [
            Readers(
                recipient.clerk,
                recipient.custodian,
                [
                    await line(app.url, process, recipient.agency)
                    for process, app in enumerate(stage.pipe.apps)
                ],
                await logged_in(recipient.agency),
                town.aliases,
                stage.women,
                faults,
                answered,
                random.Random(stage.chance.random()),
            )
            for recipient in town.recipients
        ]


@asynccontextmanager
async def at_work(desks: Sequence[Desk], readers: Sequence[Readers]) -> AsyncGenerator[None]:
    told_to_stop = asyncio.Event()
    tasks = [asyncio.create_task(desk.work(told_to_stop)) for desk in desks]
    reading = [
        asyncio.create_task(way(told_to_stop))
        for each in readers
        for way in (
            each.read,
            each.read,
            each.fetch,
            each.fetch_over_nats,
            each.follow,
            each.follow_the_feed,
        )
    ]
    try:
        yield
        told_to_stop.set()
        await asyncio.gather(*tasks)
    finally:
        await ended(*tasks, *reading)
