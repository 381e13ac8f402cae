"""The progress ledger on the real engines: the same rows as in memory, and over HTTP."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest_asyncio

from adapters.crypto import AesVeil, Kek
from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.lists import PostgresLists
from adapters.postgres.views import PostgresViews
from contracts.ledger import Ledger, LedgerRow
from domain.case import AssignRole, CarryOver
from domain.model import NetworkId
from projections.ledger import LEDGER_ENDS, LEDGER_ENTRIES
from services.aliases import Aliases, Cursors
from services.keys import installation_key
from services.ledger import ProgressLedger
from services.listing import Listing
from services.looking import Looking, Reader
from services.projecting import rebuild_together
from tests.agencies import Registry
from tests.gates import a_gate
from tests.integration.entrances import CITY, Entrance, an_entrance, code_of, whole
from tests.integration.worlds import recorded
from tests.ledgers import ledger_of
from tests.peers import Midorino
from tests.sealed import SEALING, Stopped
from tests.test_carrying_over import again, another, enough, next_april
from tests.test_ledger_rows import ISSUED, SHARED, at_home, goes_through, led_by_the_centre
from tests.world import NOBODY, Someone

MANY: Final = 8
CORRELATION: Final = str(uuid4())


def some_years() -> Midorino:
    """Some women agree, some cases end, some are opened again, and some are carried over."""
    here = at_home(led_by_the_centre())
    cases = [here, *(another(here) for _ in range(MANY))]
    for there in cases[::2]:
        role = AssignRole(function="SERVICE_PROVIDER", agency_id=here.centre.agency)
        there.says(here.city, role)
        there.agrees(here.centre, categories=SHARED, valid_until=ISSUED.replace(year=2030))
    for there in cases[1:5]:
        there.says(here.city, enough)
    cases[2].says(here.city, again)
    next_april(here)
    for there in cases[5:8]:
        there.says(NOBODY, CarryOver())
    cases[3].says(here.city, again)
    goes_through(here)
    return here


async def test_on_the_engines_each_row_is_there_as_it_is_in_memory(
    database: PostgresAccess,
) -> None:
    here = some_years()
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
        PostgresViews(database.app) as views,
        PostgresLists(database.app) as lists,
    ):
        await recorded(here.world, log, keyring, SEALING)
        async for _ in rebuild_together([LEDGER_ENTRIES, LEDGER_ENDS], views, log, SEALING):
            pass
        secret = await installation_key(keyring)
        clock, aliases = Stopped(here.world.at), Aliases(secret, AesVeil())
        looking = Looking(log, a_gate(log, keyring, SEALING, clock), SEALING, clock, aliases)
        listing = Listing(looking, Cursors(secret, AesVeil()))
        ledger = ProgressLedger(listing, PostgresLedger(lists))
        seen: set[int] = set()
        for who in (here.centre, here.city, here.ayumi):
            for year in (2025, 2026, 2027, 2028):
                in_memory = await ledger_of(here.world, who, here.network, year=year, as_of=ISSUED)
                found = await pages(ledger, who, here.network, year)
                assert found == unnamed(in_memory.items)
                seen.add(len(found))
        assert seen == {0, 7, 9}


async def pages(
    ledger: ProgressLedger, who: Someone, network: NetworkId, year: int
) -> list[LedgerRow]:
    assert who.role != "INSTALLATION"
    reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
    rows: list[LedgerRow] = []
    after: str | None = None
    while True:
        page = await ledger.read(reader, network, year=year, as_of=ISSUED, after=after, most=3)
        rows += page.items
        after = page.next
        if after is None:
            return unnamed(rows)


def unnamed(rows: Any) -> list[LedgerRow]:
    """Whatever the case is called: each installation has names of its own."""
    return [msgspec.structs.replace(row, case=None) for row in rows]


# Over HTTP


@pytest_asyncio.fixture
async def entrance(database: PostgresAccess) -> AsyncIterator[Entrance]:
    async with an_entrance(database) as entrance:
        yield entrance


async def test_to_who_is_not_in_it_a_network_is_not_there(
    entrance: Entrance, database: PostgresAccess
) -> None:
    network = await established(database)
    for path in (f"/v1/networks/{uuid4()}/ledger", "/v1/networks/here/ledger"):
        assert code_of(await entrance.centre.sees(path)) == "NETWORK_NOT_FOUND"
    hidden, missing = [
        await entrance.centre.sees(f"/v1/networks/{each}/ledger", correlation_id=CORRELATION)
        for each in (network, uuid4())
    ]
    assert whole(hidden) == whole(missing)


async def test_who_coordinates_it_reads_the_ledger_of_the_year_it_asks_for(
    entrance: Entrance, database: PostgresAccess
) -> None:
    network = await established(database)
    asked = f"/v1/networks/{network}/ledger?fiscal_year=2025&as_of=2026-03-31&most=5000&check=true"
    found = msgspec.json.decode((await entrance.city.sees(asked)).content, type=Ledger)
    assert (found.fiscal_year, found.copy, found.items) == (2025, "AUTHORITY", ())
    assert found.check is not None
    for wrong in ("fiscal_year=last", "as_of=2026-02-30", "most=5001", "year=2025"):
        refused = await entrance.city.sees(f"/v1/networks/{network}/ledger?{wrong}")
        assert code_of(refused) == "QUERY_NOT_UNDERSTOOD"


async def established(database: PostgresAccess) -> NetworkId:
    network = NetworkId(uuid4())
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
    ):
        await Registry(log, keyring, SEALING).established(network, CITY)
    return network
