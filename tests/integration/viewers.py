"""A house without entrances: agencies, what they record in it, and what they then see."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from adapters.clock import WallClock
from adapters.crypto import AesVeil, ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.feeding import feeding
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.lists import PostgresLists
from adapters.postgres.views import PostgresViews
from contracts.answers import Accepted
from contracts.envelope import Envelope
from contracts.pages import CaseShown
from domain.agency_codes import AgencyKind, Prefecture
from domain.case import OpenCase
from domain.catalogue import EVENTS, AnyCommand
from domain.categories import CategoryCode
from domain.installation import InstallationFounded
from domain.model import AgencyId, CaseId, CommandId, GrantId, NetworkId, StaffId, StaffRole
from projections.lists import LISTS
from projections.tables import Projection
from services.aliases import Aliases, Cursors
from services.feeding import Feeding
from services.handling import Ask, Handling
from services.keys import installation_key
from services.listing import Listing
from services.looking import Looking, Reader
from services.ports import Clock
from services.projecting import Projecting
from services.relaying import Head
from services.sealing import Sealing
from services.viewing import Viewing
from tests.agencies import Registry
from tests.gates import a_gate
from tests.integration.consents import explained, granted

OPEN: Final = OpenCase(
    anonymous=True, channel="PHONE", found_via="SELF", frameworks=frozenset(), at_risk_only=False
)


class Agency(NamedTuple):
    """One member of staff, who records and reads in its name."""

    house: "House"
    id: AgencyId
    staff: StaffId
    role: StaffRole

    @property
    def reader(self) -> Reader:
        return Reader(agency=self.id, staff=self.staff, role=self.role)

    async def says(self, command: AnyCommand, case: CaseId | None = None) -> Accepted:
        ask = Ask(
            id=CommandId(uuid4()),
            agency=self.id,
            staff=self.staff,
            role=self.role,
            command=command,
            case=case,
        )
        answer = await self.house.handling.handle(ask)
        assert isinstance(answer, Accepted), answer
        return answer

    async def makes(self, command: AnyCommand, case: CaseId | None = None) -> UUID:
        made = (await self.says(command, case)).made
        assert made is not None
        return made

    async def opens(self) -> CaseId:
        case = (await self.says(OPEN)).case
        assert case is not None
        return case

    async def hears_consent(
        self, case: CaseId, to: "Agency", *categories: CategoryCode, **more: object
    ) -> GrantId:
        """She is told what it would mean, and agrees."""
        explain = explained(frozenset({to.id}), frozenset(categories))
        grant = GrantId(await self.makes(explain, case))
        await self.says(granted(grant, explain, **more), case)
        return grant

    async def sees(self, case: CaseId) -> CaseShown | None:
        return await self.house.viewing.case(self.reader, case)

    async def timeline(self, case: CaseId, as_of: datetime | None = None) -> list[Envelope]:
        page = await self.house.viewing.timeline(self.reader, case, as_of=as_of, most=1000)
        return [] if page is None else [*page.items]


class House(NamedTuple):
    log: PostgresEventLog
    keyring: PostgresKeyring
    sealing: Sealing
    handling: Handling
    aliases: Aliases
    viewing: Viewing
    registry: Registry
    views: PostgresViews
    candidates: PostgresCandidates
    founded: InstallationFounded
    reading_anew: Callable[[], Viewing]  # By somebody who remembers nothing.
    feeding: Feeding
    head: Head

    @property
    def operator(self) -> Agency:
        founded = self.founded
        return Agency(self, founded.operator, founded.first_staff, "REPRESENTATIVE")

    async def agency(
        self, kind: AgencyKind, prefecture: Prefecture = "06", role: StaffRole = "CASEWORKER"
    ) -> Agency:
        agency = Agency(self, AgencyId(uuid4()), StaffId(uuid4()), role)
        await self.registry.enrolled(
            agency.id, agency.staff, role=role, kind=kind, prefecture=prefecture
        )
        return agency

    async def network(self, *members: Agency) -> NetworkId:
        """One that another agency leads: whoever leads it sees of each case how it goes on."""
        network = NetworkId(uuid4())
        leads = await self.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
        await self.registry.established(network, leads.id, *(each.id for each in members))
        return network

    async def lists_are_made(self, *lists: Projection[Any, Any]) -> None:
        """Up to what is in the log now: these, or all."""
        head = await self.log.head()
        for each in lists or LISTS:
            projecting, reached = Projecting(each, self.views, self.log, self.sealing), -1
            while reached < head:
                await projecting.step(self.log)
                made = await self.views.checkpoint(each, "live")
                reached = made.position if made else -1


@asynccontextmanager
async def a_house(database: PostgresAccess, clock: Clock | None = None) -> AsyncGenerator[House]:
    head = Head()
    async with (
        PostgresEventLog(database.app, head.reached) as log,
        PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
        PostgresViews(database.app) as views,
        PostgresLists(database.app) as lists,
    ):
        candidates = PostgresCandidates(lists)
        sealing, clock = Sealing(EVENTS, ChaChaCipher()), clock or WallClock()
        secret = await installation_key(keyring)
        aliases, cursors = Aliases(secret, AesVeil()), Cursors(secret, AesVeil())

        def reading_anew() -> Viewing:
            looking = Looking(log, a_gate(log, keyring, sealing, clock), sealing, clock, aliases)
            return Viewing(looking, Listing(looking, cursors), cursors, candidates)

        registry = Registry(log, keyring, sealing)
        operator, first_staff = AgencyId(uuid4()), StaffId(uuid4())
        await registry.founded(operator, first_staff)
        await registry.enrolled(operator, first_staff, role="REPRESENTATIVE")
        yield House(
            log=log,
            keyring=keyring,
            sealing=sealing,
            handling=Handling(log, keyring, sealing, clock),
            aliases=aliases,
            viewing=reading_anew(),
            registry=registry,
            views=views,
            candidates=candidates,
            founded=InstallationFounded(operator=operator, first_staff=first_staff),
            reading_anew=reading_anew,
            feeding=feeding(
                Looking(log, a_gate(log, keyring, sealing, clock), sealing, clock, aliases),
                cursors,
                lists,
                head,
                WallClock(),
            ),
            head=head,
        )
