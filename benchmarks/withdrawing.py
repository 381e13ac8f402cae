"""She takes a consent back while many read her case: how long that takes until it stands."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Final, NamedTuple

import msgspec

from adapters.clock import WallClock
from adapters.crypto import AesVeil, ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.postgres.access import PostgresAccessLog
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.lists import PostgresLists
from adapters.postgres.migrating import migrate
from benchmarks.databases import Bench
from benchmarks.measuring import Pace, Sample, Side, by_turns, progress, sample
from benchmarks.report import Figure
from domain.case.record import IdentifySubject
from domain.case.roles import AssignRole
from domain.catalogue import EVENTS
from domain.consent_ledger import WithdrawConsent
from domain.model import AgencyId, CaseId, GrantId, StaffId, StaffRole
from services.aliases import Aliases, Cursors
from services.disclosing import Gate, NotReleased, Reader
from services.keys import installation_key
from services.listing import Listing
from services.looking import Looking
from services.sealing import Sealing
from services.viewing import Viewing
from tests.integration.viewers import Agency, a_house

ALONE: Final = "withdrawal, nobody reading: p50"
AMONG: Final = "withdrawal with 16 readers on the case: p50"
P99: Final = "the same: p99"

_READERS: Final = 16
_TARGET_MS: Final = 20.0
_EACH: Final = 40  # So many are taken back in a round, of a case that is new then.
_PAUSE_S: Final = 0.02
_NAME: Final = IdentifySubject(name="相川みさき", kana="アイカワ ミサキ")
_KEK: Final = Kek(epoch=1, secret=bytes(32))  # As in the house of the tests.


class Reading(NamedTuple):
    agency: AgencyId
    staff: StaffId
    role: StaffRole


class Readers(NamedTuple):
    """Who reads what, for a process of theirs."""

    access: PostgresAccess
    case: CaseId
    each_of: tuple[Reading, ...]


class Town(NamedTuple):
    access: PostgresAccess
    city: Agency
    agencies: tuple[Agency, ...]

    async def opens(self) -> tuple[CaseId, list[GrantId]]:
        """In which all take part, and where she agrees to each of them in turn."""
        case = await self.city.opens()
        await self.city.says(_NAME, case)
        for each in self.agencies:
            await self.city.says(AssignRole(function="SERVICE_PROVIDER", agency_id=each.id), case)
        whom = (self.agencies[nth % _READERS] for nth in range(_EACH))
        return case, [await self.city.hears_consent(case, each, "IDN") for each in whom]

    def readers(self, case: CaseId) -> Readers:
        each_of = tuple(Reading(each.id, each.staff, each.role) for each in self.agencies)
        return Readers(self.access, case, each_of)


async def figures(bench: Bench, pace: Pace) -> list[Figure]:
    access = await bench.empty_database()
    await migrate(access.owner)
    async with a_house(access) as house:
        city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
        agencies = [await house.agency("PRIVATE_SUPPORT_ORGANISATION") for _ in range(_READERS)]
        town = Town(access, city, tuple(agencies))
        sides = {name: _withdrawing(town, are_reading=name == AMONG) for name in (ALONE, AMONG)}
        rounds = await by_turns(sides, max(5, pace.rounds))
    await bench.drop(access)
    alone_ms, among_ms = rounds.p50_ms(ALONE), rounds.p50_ms(AMONG)
    p99_ms = rounds.p99_ms(AMONG)
    return [
        Figure(ALONE, alone_ms, "ms"),
        Figure(AMONG, among_ms, "ms", ALONE, among_ms / alone_ms),
        Figure(P99, p99_ms, "ms", target=_TARGET_MS, met=p99_ms <= _TARGET_MS),
    ]


def _withdrawing(town: Town, *, are_reading: bool) -> Side:
    async def measure() -> Sample:
        case, grants = await town.opens()
        took_s: list[float] = []
        began = time.perf_counter()
        async with _reading(town.readers(case)) if are_reading else nullcontext():
            for grant in grants:
                at = time.perf_counter()
                await town.city.says(WithdrawConsent(grant_id=grant), case)
                took_s.append(time.perf_counter() - at)
                await asyncio.sleep(_PAUSE_S)
        return sample(took_s, time.perf_counter() - began)

    return measure


@asynccontextmanager
async def _reading(readers: Readers) -> AsyncGenerator[None]:
    """In a process of their own, as another of ours would let them read."""
    pipe = asyncio.subprocess.PIPE
    there = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.withdrawing", stdin=pipe, stdout=pipe
    )
    assert there.stdin is not None
    assert there.stdout is not None
    there.stdin.write(msgspec.json.encode(readers) + b"\n")
    await there.stdout.readline()  # All of them have read once.
    try:
        yield
    finally:
        there.stdin.close()
        progress(f"read meanwhile: {(await there.stdout.read()).decode().strip()}")
        await there.wait()


async def _read_on(readers: Readers) -> int:
    """Each again as soon as it has read, until nobody asks for it any more."""
    access = readers.access
    async with (
        PostgresEventLog(access.app) as log,
        PostgresKeyring(access.keyring, _KEK) as keyring,
        PostgresLists(access.app) as lists,
        PostgresAccessLog(access.app) as read,
    ):
        sealing, veil, clock = Sealing(EVENTS, ChaChaCipher()), AesVeil(), WallClock()
        secret = await installation_key(keyring)
        gate = Gate(log, keyring, sealing, clock, read)
        looking = Looking(log, gate, sealing, clock, Aliases(secret, veil))
        cursors = Cursors(secret, veil)
        viewing = Viewing(looking, Listing(looking, cursors), cursors, PostgresCandidates(lists))
        over, all_read = asyncio.Event(), asyncio.Event()
        counts = Counter[StaffId]()

        async def reads(who: Reading) -> None:
            while not over.is_set():
                reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
                with suppress(NotReleased):
                    await viewing.case(reader, readers.case)
                    counts[who.staff] += 1
                    if len(counts) == len(readers.each_of):
                        all_read.set()

        reading = [asyncio.create_task(reads(each)) for each in readers.each_of]
        await all_read.wait()
        print(flush=True)
        await asyncio.to_thread(sys.stdin.read)
        over.set()
        await asyncio.gather(*reading)
    return counts.total()


if __name__ == "__main__":
    print(asyncio.run(_read_on(msgspec.json.decode(sys.stdin.readline(), type=Readers))))
