"""What follows by rule, on the real engines: done once, whoever dies, and missing nothing."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY

from adapters.clock import DemoClock
from adapters.engines import PostgresAccess
from adapters.postgres.clock import clock_of
from adapters.postgres.lists import PostgresLists
from adapters.postgres.processes import PostgresProcesses, Refusals
from adapters.postgres.views import PostgresViews
from adapters.reacting import reacting
from contracts.answers import Answer, Refusal
from domain.case import AcceptCase, CarryOver
from domain.case.carrying import CaseCarriedOver
from domain.consent_ledger import ConsentExpired, WithdrawConsent
from domain.exclusions import LiftExclusion, SetExclusion
from domain.grievance import GrievanceEscalated, ReceiveGrievance
from domain.items import Item
from domain.model import ITS_STAFF, ITSELF, CaseId, Event, EventId, GrantId, NetworkId, ReferralId
from domain.referral import DraftReferral, ReferralWithdrawn, SendReferral
from domain.trail.blocked import WithdrawalSettled
from domain.trail.purges import PurgeRequested
from projections.timers import TIMERS
from services.handling import Ask, TooManyAtOnce
from services.projecting import MadeAnewElsewhere, Projecting
from services.reacting.doing import Doing, Handles
from services.reacting.following import Following
from services.reacting.knowing import Knowing
from services.reacting.processes import PROCESSES
from services.reacting.settling import PassingBy, ProcessesStandStill, Settling
from services.reacting.timing import Timing
from services.relaying import Head
from services.sealing import Recorded
from tests.integration.test_viewing import IDENTIFY, refers, takes
from tests.integration.viewers import Agency, House, a_house
from tests.integration.writers import session

SPRING: Final = datetime(2024, 4, 1, 0, 0, tzinfo=UTC)
MIDNIGHT: Final = datetime(2024, 4, 7, 15, tzinfo=UTC)  # In Japan, after the seventh.
NEXT_SPRING: Final = datetime(2025, 3, 31, 15, tzinfo=UTC)
DAY: Final = timedelta(days=1)
WEEK: Final = {"valid_until": date(2024, 4, 7), "until_event": None}


class InTheWay:
    """``services.reacting.doing.Handles``, and what else is done meanwhile."""

    def __init__(self, handles: Handles, meanwhile: Callable[[Ask], Awaitable[bool]]) -> None:
        self._handles: Final = handles
        self._meanwhile: Final = meanwhile

    async def handle(self, ask: Ask) -> Answer:
        if await self._meanwhile(ask):
            return Refusal(command=ask.id, code="TOO_MANY_AT_ONCE")
        return await self._handles.handle(ask)


async def nothing(_: Ask) -> bool:
    return False


class Here:
    """A house on a demo clock, and processes that can be started in it as often as one likes."""

    def __init__(self, database: PostgresAccess, house: House, clock: DemoClock) -> None:
        self._database: Final = database
        self.house: Final = house
        self.clock: Final = clock
        self.refused: Final[list[str]] = []

    @asynccontextmanager
    async def processes(
        self, meanwhile: Callable[[Ask], Awaitable[bool]] = nothing
    ) -> AsyncGenerator[Settling]:
        """As another process of ours would have them."""
        house, conninfo = self.house, self._database.app
        async with PostgresLists(conninfo) as lists, PostgresViews(conninfo) as views:
            kept = PostgresProcesses(lists)
            handles = InTheWay(house.handling, meanwhile)
            doing, knowing = Doing(handles, self._heard), Knowing(house.log, house.sealing)
            yield Settling(
                house.log,
                [Following(each, knowing, doing, kept) for each in PROCESSES],
                Timing(
                    Projecting(TIMERS, views, house.log, house.sealing),
                    views,
                    kept,
                    doing,
                    self.clock,
                ),
            )

    async def settles(self) -> None:
        async with self.processes() as settling:
            await settling.settle()

    async def by_rule(self) -> list[Recorded[Event]]:
        """All that the installation has recorded by itself."""
        stored = await self.house.log.after(0, 1000)
        opened = [self.house.sealing.open(each) for each in stored]
        return [each for each in opened if each.header.agency == ITSELF]

    def _heard(self, _: str, answer: Answer) -> None:
        if isinstance(answer, Refusal):
            self.refused.append(answer.code)


@pytest_asyncio.fixture
async def here(database: PostgresAccess) -> AsyncGenerator[Here]:
    async with clock_of(database.app, SPRING) as clock:
        assert isinstance(clock, DemoClock)
        async with a_house(database, clock) as house:
            yield Here(database, house, clock)


async def helped(here: Here, **until: object) -> tuple[Agency, Agency, CaseId, GrantId]:
    """A centre that knows who she is, and takes part in helping her."""
    city = await here.house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await here.house.agency("WOMENS_SUPPORT_CENTRE")
    case = await city.opens()
    await city.says(IDENTIFY, case)
    grant = await city.hears_consent(case, centre, "IDN", **until)
    await takes(centre, await refers(city, centre, case), case)
    await centre.sees(case)
    return city, centre, case, grant


def told(recorded: Sequence[Recorded[Event]]) -> list[Event]:
    return [each.event for each in recorded]


async def test_what_she_takes_back_is_to_be_destroyed_and_the_installation_says_so(
    here: Here,
) -> None:
    city, centre, case, grant = await helped(here)
    await city.says(WithdrawConsent(grant_id=grant), case)
    await here.settles()
    settled, purge = await here.by_rule()
    assert isinstance(settled.event, WithdrawalSettled)
    assert settled.event.recipients == frozenset({centre.id})
    assert (purge.header.staff, purge.header.role) == (ITS_STAFF, "INSTALLATION")
    assert isinstance(purge.event, PurgeRequested)
    assert (purge.event.recipient, [*purge.event.covers]) == (centre.id, ["IDN"])
    shown = [each.type for each in await centre.timeline(case)]
    assert "trail.purge_requested.v1" in shown
    assert here.refused == []


async def test_whoever_was_killed_before_it_said_how_far_it_had_come_does_it_once(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, _, case, grant = await helped(here)
    await city.says(WithdrawConsent(grant_id=grant), case)

    come_to = PostgresProcesses.come_to

    async def killed(kept: PostgresProcesses, process: str, position: int) -> None:
        if await here.by_rule():
            raise asyncio.CancelledError
        await come_to(kept, process, position)

    with monkeypatch.context() as patched:
        patched.setattr(PostgresProcesses, "come_to", killed)
        with pytest.raises(asyncio.CancelledError):
            await here.settles()
    once = [WithdrawalSettled, PurgeRequested]
    assert [type(each) for each in told(await here.by_rule())] == once
    await here.settles()
    assert [type(each) for each in told(await here.by_rule())] == once


async def test_several_that_are_killed_again_and_again_do_everything_once(here: Here) -> None:
    city, centre, case, _ = await helped(here)
    chance = random.Random(1)
    grants = [await city.hears_consent(case, centre, "IDN") for _ in range(6)]
    # Of several consents to the same, each but the last takes nothing away.
    for grant in grants[:-1]:
        await city.says(WithdrawConsent(grant_id=grant), case)
        rivals = [asyncio.create_task(here.settles()) for _ in range(3)]
        await asyncio.sleep(chance.uniform(0.0, 0.03))  # Anywhere in what it does.
        chance.choice(rivals).cancel()
        await asyncio.gather(*rivals, return_exceptions=True)
    await here.settles()
    before = await here.by_rule()
    await here.settles()
    assert await here.by_rule() == before
    asked = Counter(e.event.grant_id for e in before if isinstance(e.event, PurgeRequested))
    assert set(asked.values()) <= {1}
    assert here.refused == []


async def test_a_consent_runs_out_at_the_moment_at_which_it_does(here: Here) -> None:
    _, centre, _, grant = await helped(here, **WEEK)
    async with here.processes() as settling:
        await PassingBy(here.clock, settling).pass_until(MIDNIGHT + 30 * DAY)
    expired, settled, purge = await here.by_rule()
    assert isinstance(settled.event, WithdrawalSettled)
    assert (expired.event, expired.recorded_at) == (ConsentExpired(grant_id=grant), MIDNIGHT)
    assert isinstance(purge.event, PurgeRequested)
    assert (purge.event.recipient, purge.event.due) == (centre.id, date(2024, 4, 22))
    assert purge.recorded_at == MIDNIGHT
    assert here.clock.now() == MIDNIGHT + 30 * DAY


async def test_what_fell_due_while_nobody_was_there_is_not_missed(here: Here) -> None:
    _, _, _, grant = await helped(here, **WEEK)
    await here.clock.move(MIDNIGHT + 30 * DAY)
    await here.settles()
    assert ConsentExpired(grant_id=grant) in told(await here.by_rule())


async def test_what_fell_due_is_said_once_by_however_many(here: Here) -> None:
    _, _, _, grant = await helped(here, **WEEK)
    await here.clock.move(MIDNIGHT)
    await asyncio.gather(*(here.settles() for _ in range(3)))
    assert told(await here.by_rule()).count(ConsentExpired(grant_id=grant)) == 1


async def test_nothing_is_due_before_its_time(here: Here) -> None:
    await helped(here, **WEEK)
    await here.clock.move(MIDNIGHT - timedelta(microseconds=1))
    await here.settles()
    assert await here.by_rule() == []


async def test_how_far_each_has_come_and_what_waits_is_told(
    here: Here, database: PostgresAccess
) -> None:
    await helped(here, **WEEK)
    await here.settles()
    async with PostgresLists(database.app) as lists:
        kept = PostgresProcesses(lists)
        standings = await kept.standings([each.name for each in PROCESSES])
        waiting, refused = await kept.waiting(), await kept.refused()
    assert [(each.name, each.behind) for each in standings] == [
        ("consent", 0),
        ("erasure", 0),
        ("meetings", 0),
        ("withdrawals", 0),
    ]
    assert (waiting.timers, waiting.next_due) == (1, MIDNIGHT)
    assert refused == []


async def overdue(here: Here) -> tuple[Agency, Agency, CaseId]:
    """A complaint that nobody acknowledges, and a division that she has shut out."""
    city = await here.house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    division = await here.house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    case = await city.opens()
    await city.says(
        ReceiveGrievance(about_agencies=frozenset(), complainant="SUBJECT", text="返事が来ない。"),
        case,
    )
    await city.says(SetExclusion(agency_id=division.id), case)
    await here.house.lists_are_made()
    return city, division, case


def escalated(recorded: Sequence[Recorded[Event]]) -> list[GrievanceEscalated]:
    return [each for each in told(recorded) if isinstance(each, GrievanceEscalated)]


async def test_what_was_refused_once_is_asked_again_later_and_not_all_the_time(
    here: Here,
) -> None:
    city, division, case = await overdue(here)
    async with here.processes() as settling:
        passing = PassingBy(here.clock, settling)
        await passing.pass_until(SPRING + 30 * DAY)
        refused = len(here.refused)
        assert 5 < refused < 20
        await settling.settle()
    await here.settles()  # By whoever is started anew, too.
    assert len(here.refused) <= refused + 1
    assert here.refused == ["NOT_BY_ITSELF"] * len(here.refused)
    await city.says(LiftExclusion(agency_id=division.id, method="WRITTEN"), case)
    async with here.processes() as settling:
        await PassingBy(here.clock, settling).pass_until(SPRING + 60 * DAY)
    (taken,) = escalated(await here.by_rule())
    assert taken.to_agency == division.id


async def test_of_several_divisions_one_takes_a_complaint_and_no_other_is_asked(
    here: Here,
) -> None:
    city, first, case = await overdue(here)
    await city.says(LiftExclusion(agency_id=first.id, method="WRITTEN"), case)
    await here.house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    async with here.processes() as settling:
        await PassingBy(here.clock, settling).pass_until(SPRING + 10 * DAY)
    (taken,) = escalated(await here.by_rule())
    assert (taken.to_agency, here.refused) == (first.id, [])


async def test_what_was_refused_is_told_to_whoever_keeps_it_running(
    here: Here, database: PostgresAccess
) -> None:
    await overdue(here)
    await here.clock.move(SPRING + 10 * DAY)
    await here.settles()
    async with PostgresLists(database.app) as lists:
        kept = PostgresProcesses(lists)
        waiting, refused = await kept.waiting(), await kept.refused()
    assert (waiting.timers, waiting.overdue, waiting.state) == (1, 1, "running")
    assert refused == [Refusals("NOT_BY_ITSELF", 1)]


async def sends_her_name(city: Agency, other: Agency, case: CaseId) -> None:
    named = next(each.id for each in await city.timeline(case) if "name" in each.fields)
    draft = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=other.id,
        purpose="PROTECTION",
        urgency="HIGH",
        items=(Item(source=EventId(named), field="name"),),
    )
    referral = ReferralId(await city.makes(draft, case))
    await city.says(SendReferral(referral_id=referral), case)


async def test_no_consent_waits_until_all_else_that_is_due_has_happened(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the first of April each open case is carried over; she takes something back meanwhile.

    What waits for an answer and rested on it is taken back in between.
    """
    monkeypatch.setattr("services.reacting.timing.AT_ONCE_MAX", 2)
    city, centre, case, _ = await helped(here)
    other = await here.house.agency("WOMENS_SUPPORT_CENTRE")
    grant = await city.hears_consent(case, other, "IDN")
    network = NetworkId(uuid4())
    await here.house.registry.established(network, centre.id, city.id)
    for _ in range(6):
        await city.says(AcceptCase(network_id=network), await city.opens())
    carried = 0

    async def takes_back(ask: Ask) -> bool:
        nonlocal carried
        carried += isinstance(ask.command, CarryOver)
        if carried == 1:
            await sends_her_name(city, other, case)
            await city.says(WithdrawConsent(grant_id=grant), case)
        return False

    await here.clock.move(NEXT_SPRING + DAY)
    async with here.processes(takes_back) as settling:
        await settling.settle()
    kinds = [type(each) for each in told(await here.by_rule())]
    assert kinds.count(CaseCarriedOver) == 6
    assert kinds[: kinds.index(ReferralWithdrawn)].count(CaseCarriedOver) == 2


async def test_whoever_is_in_the_way_of_one_is_in_the_way_of_no_other(here: Here) -> None:
    _, _, case, grant = await helped(here, **WEEK)
    _, _, _, other_grant = await helped(here, **WEEK)
    await here.clock.move(MIDNIGHT)

    async def busy(ask: Ask) -> bool:
        return ask.case == case

    async with here.processes(busy) as settling:
        with pytest.raises(TooManyAtOnce):
            await settling.settle()
    assert ConsentExpired(grant_id=other_grant) in told(await here.by_rule())
    assert ConsentExpired(grant_id=grant) not in told(await here.by_rule())
    await here.settles()
    assert ConsentExpired(grant_id=grant) in told(await here.by_rule())


async def test_time_does_not_pass_over_what_cannot_happen(
    here: Here, database: PostgresAccess
) -> None:
    _, _, _, grant = await helped(here, **WEEK)
    head, settled = Head(), SPRING + DAY
    async with PostgresLists(database.app) as lists, PostgresViews(database.app) as views:
        house, kept = here.house, PostgresProcesses(lists)
        async with reacting(
            house.log, house.sealing, house.handling, views, kept, here.clock, head
        ) as settling:
            passing = PassingBy(here.clock, settling)
            await passing.pass_until(settled)
            await views.pause(TIMERS)
            assert (await kept.waiting()).state == "paused"
            with pytest.raises(ProcessesStandStill):
                await passing.pass_until(MIDNIGHT + DAY)
            assert here.clock.now() == settled
            assert REGISTRY.get_sample_value("tsunagu_process_failed", {"process": "timers"}) == 1
            await views.resume(TIMERS)
            await passing.pass_until(MIDNIGHT + DAY)
    assert ConsentExpired(grant_id=grant) in told(await here.by_rule())


async def test_a_list_of_what_is_due_that_another_version_has_made_anew_is_left_to_it(
    here: Here, database: PostgresAccess
) -> None:
    """And is not asked for again and again, where nothing else happens."""
    await helped(here, **WEEK)
    async with here.processes() as settling:
        await settling.settle()
        with session(database.app) as another:
            another.execute("update views.checkpoint set definition = '' where name = 'timers'")
        with pytest.raises(MadeAnewElsewhere):
            async with asyncio.timeout(10):
                await settling.settle()


async def test_nothing_falls_due_before_its_time_by_the_clock_of_the_log(
    here: Here, database: PostgresAccess
) -> None:
    """However far the clock is ahead of whoever asks."""
    await helped(here, **WEEK)
    await here.settles()
    async with PostgresLists(database.app) as lists:
        kept = PostgresProcesses(lists)
        assert await kept.due(MIDNIGHT + DAY, None, 10) == []
        await here.clock.move(MIDNIGHT)
        (timer,) = await kept.due(MIDNIGHT + DAY, None, 10)
    assert timer.due == MIDNIGHT
