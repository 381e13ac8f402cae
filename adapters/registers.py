"""Registers (各種一覧): the ledger, meetings, grievances, the roster and what waits; together."""

from typing import NamedTuple

from adapters.postgres.consulting import PostgresConsulting
from adapters.postgres.disclosures import PostgresDisclosures
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.lists import PostgresLists
from adapters.postgres.roster import PostgresRoster
from adapters.postgres.working import PostgresWork
from services.aliases import Aliases, Cursors
from services.alone import WithThoseAlone
from services.announcing import Announcing
from services.disclosing import Gate
from services.disclosures import Disclosures
from services.distributing import Distributing
from services.grievances import Grievances
from services.ledger import ProgressLedger
from services.listing import Listing
from services.looking import Looking
from services.meetings import Meetings
from services.ports import Clock, EventLog, Keyring
from services.roster import Roster
from services.sealing import Sealing
from services.working import Working


class Registers(NamedTuple):
    ledger: ProgressLedger
    meetings: Meetings
    grievances: Grievances
    roster: Roster
    distributing: Distributing
    working: Working
    disclosures: Disclosures


def registers(  # noqa: PLR0913, PLR0917 (one for each thing they stand on)
    log: EventLog,
    gate: Gate,
    keyring: Keyring,
    sealing: Sealing,
    clock: Clock,
    aliases: Aliases,
    cursors: Cursors,
    lists: PostgresLists,
) -> Registers:
    looking = Looking(WithThoseAlone(log), gate, sealing, clock, aliases)
    listing, consulting = Listing(looking, cursors), PostgresConsulting(lists)
    announcing = Announcing(log, keyring, sealing)
    of_cases = Listing(Looking(log, gate, sealing, clock, aliases), cursors)
    return Registers(
        ledger=ProgressLedger(of_cases, PostgresLedger(lists)),
        meetings=Meetings(listing, consulting),
        grievances=Grievances(listing, consulting),
        roster=Roster(listing, announcing, PostgresRoster(lists)),
        distributing=Distributing(listing, announcing),
        working=Working(listing, PostgresWork(lists)),
        disclosures=Disclosures(of_cases, PostgresDisclosures(lists)),
    )
