"""What befalls an agency is followed in many cases, and nobody else waits for all of them."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, cast
from uuid import UUID

import pytest

from domain.agency import AgencySuspended, SuspendAgency
from domain.consent_ledger import ConsentWithdrawn, WithdrawConsent
from domain.model import CaseId, GrantId, StreamId
from domain.trail.blocked import SettleWithdrawal
from services.ports import StoredEvent
from services.reacting import Happened, Known, Process, Wanted
from services.reacting.doing import Doing
from services.reacting.following import CASES_MAX, Following
from services.reacting.knowing import Knowing
from services.reacting.settling import Settling
from services.reacting.timing import Timing
from services.relaying import Source
from services.sights import record_of
from tests.peers import Midorino, midorino
from tests.sealed import SEALING, sealed

MANY: Final = [CaseId(UUID(int=number)) for number in range(1, 5 * CASES_MAX + 8)]


def reacts(happened: Happened, _: Known) -> Iterator[Wanted]:
    settles = SettleWithdrawal(
        settles=happened.told.id, cause="WITHDRAWN", recipients=frozenset(), grant_id=None
    )
    yield Wanted(str(happened.case), settles, happened.case)


PROCESS: Final = Process(
    "withdrawals", frozenset({AgencySuspended, ConsentWithdrawn}), reacts, reads_disclosed=True
)


class Log:
    """``services.ports.Events``: what stands in the world by now."""

    def __init__(self, here: Midorino) -> None:
        self._here: Final = here

    async def head(self) -> int:
        return len(self._here.world.log)

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        entries = self._here.world.log[position : position + most]
        return [sealed(entry, 1) for entry in entries]


class Told:
    """``Knowing``, of an agency that was told of many cases."""

    sealing = SEALING

    def __init__(self, cases: Sequence[CaseId]) -> None:
        self.cases: Final = [*cases]

    async def cases_told_to(self, _: StreamId) -> Sequence[CaseId]:
        return sorted(self.cases)

    async def of(
        self, stored: StoredEvent, case: CaseId, *, disclosed: bool
    ) -> tuple[Happened, Known]:
        assert disclosed
        (entry,) = record_of(SEALING, case, [stored]).entries
        at = entry.stored.recorded_at
        return Happened(entry.told, case, at), cast("Known", None)


class Asked:
    """``Doing``; killed, or she takes something back, after so many."""

    def __init__(self, here: Midorino, grant: GrantId) -> None:
        self.cases: Final[list[CaseId]] = []
        self.killed_after: int | None = None
        self.withdrawn_after: int | None = None
        self._here: Final = here
        self._grant: Final = grant

    async def do(self, _: str, __: UUID, wanted: Wanted) -> None:
        if len(self.cases) == self.killed_after:
            self.killed_after = None
            raise asyncio.CancelledError
        assert wanted.case
        self.cases.append(wanted.case)
        if len(self.cases) == self.withdrawn_after:
            self._here.says(self._here.city, WithdrawConsent(grant_id=self._grant))


class Kept:
    """``services.reacting.following.Checkpoints``."""

    def __init__(self) -> None:
        self.positions: Final = Counter[str]()

    async def position(self, process: str) -> int:
        return self.positions[process]

    async def come_to(self, process: str, position: int) -> None:
        self.positions[process] = max(self.positions[process], position)


class Nothing:
    """``Timing``: nothing falls due."""

    name = "timers"

    async def step(self, _: object, __: int) -> bool:
        return False


class Suspended:
    """Ayumi is suspended, who was told of many cases."""

    def __init__(self, cases: Sequence[CaseId] = MANY) -> None:
        self.here: Final = midorino()
        grant = self.here.agrees(self.here.ayumi)
        suspend = SuspendAgency(agency_id=self.here.ayumi.agency)
        self.here.world.says(self.here.world.operator, suspend)
        self.suspended: Final = len(self.here.world.log)
        self.told: Final = Told(cases)
        self.asked: Final = Asked(self.here, grant)
        self.kept: Final = Kept()

    def settles(self) -> None:
        """As a process does that has just been started."""
        following = Following(
            PROCESS, cast("Knowing", self.told), cast("Doing", self.asked), self.kept
        )
        log = cast("Source", Log(self.here))
        asyncio.run(Settling(log, [following], cast("Timing", Nothing())).settle())

    @property
    def come_to(self) -> int:
        return self.kept.positions[PROCESS.name]


def test_each_case_is_followed_once_and_then_it_is_said_how_far_it_has_come() -> None:
    there = Suspended()
    there.settles()
    assert there.asked.cases == MANY
    assert there.come_to == len(there.here.world.log)
    there.settles()
    assert there.asked.cases == MANY


def test_what_she_takes_back_meanwhile_waits_for_some_cases_and_not_for_all() -> None:
    there = Suspended()
    there.asked.withdrawn_after = 3
    there.settles()
    assert sorted(there.asked.cases) == sorted([*MANY, there.here.case])
    assert there.asked.cases.index(there.here.case) == CASES_MAX


@pytest.mark.parametrize("more", [(), (UUID(int=0),), (UUID(int=1 << 100),)])
def test_whoever_is_killed_begins_again_where_it_said_it_was(more: Sequence[UUID]) -> None:
    """Though more cases are told it since: nothing is left out, and some are followed again."""
    there = Suspended()
    there.asked.killed_after = 3 * CASES_MAX + 5
    with pytest.raises(asyncio.CancelledError):
        there.settles()
    assert there.come_to == there.suspended - 1
    there.told.cases.extend(map(CaseId, more))
    there.settles()
    followed = Counter(there.asked.cases)
    assert followed.keys() >= {*MANY}
    assert followed.total() <= len(MANY) + CASES_MAX
    assert there.come_to == len(there.here.world.log)


def test_what_was_followed_meanwhile_is_heard_of_again_and_not_lost() -> None:
    there = Suspended()
    there.asked.withdrawn_after = 3
    there.asked.killed_after = CASES_MAX + 5
    with pytest.raises(asyncio.CancelledError):
        there.settles()
    assert there.here.case in there.asked.cases
    assert there.come_to == there.suspended - 1
    there.settles()
    assert {*there.asked.cases} == {*MANY, there.here.case}


def test_who_was_told_of_nothing_is_in_nobodys_way() -> None:
    there = Suspended(cases=())
    there.settles()
    assert there.asked.cases == []
    assert there.come_to == len(there.here.world.log)
