"""What follows by rule, while whoever does it is killed again and again: all of it, and once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from adapters.engines import PostgresAccess
from domain.consent_ledger import WithdrawConsent
from domain.model import ITSELF, AgencyId, GrantId
from domain.trail.purges import PurgeRequested
from services.disclosing import WINDOW_S
from tests.integration.test_viewing import IDENTIFY, refers, takes
from tests.integration.viewers import House, a_house

ROOT: Final = Path(__file__).parents[2]
KILLS: Final = 8
DONE_WITHIN_S: Final = 60.0


class Reactors:
    def __init__(self, access: PostgresAccess) -> None:
        environ = {"CONNINFO": access.app, "KEYRING": access.keyring}
        self._process: Final = subprocess.Popen(
            (sys.executable, "-m", "tests.integration.reactors"),
            cwd=ROOT,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._pids: Final[list[int]] = []

    async def one_more(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self._pids.append(int(await asyncio.to_thread(self._process.stdout.readline)))

    def kill(self, nth: int) -> None:
        os.kill(self._pids.pop(nth), signal.SIGKILL)

    def close(self) -> None:
        self._process.kill()
        while self._pids:
            self.kill(0)
        self._process.communicate()


@pytest.fixture
def reactors(database: PostgresAccess) -> Iterator[Reactors]:
    with closing(Reactors(database)) as reactors:
        yield reactors


async def purges(house: House) -> Counter[tuple[AgencyId, GrantId | None]]:
    """How often each was asked for by the installation itself."""
    stored = await house.log.after(0, 5000)
    opened = [house.sealing.open(each) for each in stored]
    return Counter(
        (each.event.recipient, each.event.grant_id)
        for each in opened
        if each.header.agency == ITSELF and isinstance(each.event, PurgeRequested)
    )


async def test_whoever_is_killed_at_it_everything_follows_and_once(
    database: PostgresAccess, reactors: Reactors
) -> None:
    chance = random.Random(7)
    async with a_house(database) as house:
        await reactors.one_more()
        taken_back: set[tuple[AgencyId, GrantId]] = set()
        for _ in range(KILLS):
            await reactors.one_more()  # For a while there are two.
            city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
            centre = await house.agency("WOMENS_SUPPORT_CENTRE")
            case = await city.opens()
            await city.says(IDENTIFY, case)
            grant = await city.hears_consent(case, centre, "IDN")
            await takes(centre, await refers(city, centre, case), case)
            await centre.sees(case)
            await city.says(WithdrawConsent(grant_id=grant), case)
            taken_back.add((centre.id, grant))
            # Anywhere in what it does: at once, or when the window is over.
            await asyncio.sleep(chance.choice((0.0, WINDOW_S)) + chance.uniform(0.0, 0.05))
            reactors.kill(0)
        async with asyncio.timeout(DONE_WITHIN_S):
            while (await purges(house)).keys() != taken_back:  # noqa: ASYNC110 (others set no event of ours)
                await asyncio.sleep(0.05)
        assert set((await purges(house)).values()) == {1}
