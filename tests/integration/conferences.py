"""A town that meets about her, and the registers that are read in it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from adapters.clock import WallClock
from adapters.crypto import AesVeil
from adapters.engines import PostgresAccess
from adapters.postgres.lists import PostgresLists
from adapters.registers import Registers, registers
from domain.case import IdentifySubject
from domain.consent_ledger import ExplainConsent, GrantConsent
from domain.items import Item
from domain.meeting.commands import (
    AddInvitee,
    AllocateRole,
    Attendee,
    ConfirmMinutes,
    ConveneMeeting,
    DraftMinutes,
    HoldMeeting,
    PlanMeeting,
    ProvideInformation,
    RecordDecision,
    SetAgenda,
    SetNextMeeting,
    ShareMinutes,
    TableCase,
)
from domain.meeting.events import AgendaItem
from domain.model import CaseId, EventId, GrantId, MeetingId, NetworkId
from domain.network import AdoptRules, AppointCoordinator, DesignateCoordinatingAgency
from services.aliases import Cursors
from services.keys import installation_key
from tests.gates import a_gate
from tests.integration.viewers import Agency, House, a_house

NAME: Final = "相川みさき"
DOCUMENT: Final = "a" * 64
NEXT: Final = date(2027, 3, 31)


class Town(NamedTuple):
    """The city leads; the centre is asked to come, the clinic is not."""

    house: House
    registers: Registers
    city: Agency
    centre: Agency
    clinic: Agency
    network: NetworkId
    case: CaseId

    async def agrees(self, to: Agency) -> GrantId:
        """That this agency may be told her name, and what is said of her where they meet."""
        explained = ExplainConsent(
            kind="INFORMATION",
            purpose="CONFERENCE",
            recipients=frozenset({self.city.id, to.id}),
            categories=frozenset({"IDN", "MTG", "SVC"}),
            language="ja",
            material_version="2026-04",
        )
        grant = GrantId(await self.city.makes(explained, self.case))
        given = GrantConsent(
            grant_id=grant,
            kind="INFORMATION",
            grantor="SUBJECT",
            recipients=frozenset({self.city.id, to.id}),
            categories=frozenset({"IDN", "MTG", "SVC"}),
            purpose="CONFERENCE",
            method="WRITTEN",
            history="FULL",
            until_event="CASE_CLOSE",
        )
        await self.city.says(given, self.case)
        return grant

    async def plans(self, *asked: Agency) -> MeetingId:
        plan = PlanMeeting(kind="INDIVIDUAL_CASE", network_id=self.network, on=NEXT)
        meeting = MeetingId(await self.city.makes(plan, self.case))
        for each in asked:
            await self.city.says(AddInvitee(meeting_id=meeting, agency_id=each.id), self.case)
        situation = AgendaItem(type="CASE_SITUATION", text="現在の状況")
        await self.city.says(SetAgenda(meeting_id=meeting, items=(situation,)), self.case)
        tabled = TableCase(meeting_id=meeting, categories=frozenset({"IDN"}))
        await self.city.says(tabled, self.case)
        return meeting

    async def convenes(self, *asked: Agency) -> MeetingId:
        meeting = await self.plans(*asked)
        await self.city.says(ConveneMeeting(meeting_id=meeting), self.case)
        return meeting

    async def is_told_her_name(self, meeting: MeetingId, to: Agency) -> None:
        named = await self.city.timeline(self.case)
        (source,) = (each.id for each in named if "name" in each.fields)
        provided = ProvideInformation(
            meeting_id=meeting,
            items=(Item(source=EventId(source), field="name"),),
            recipients=frozenset({to.id}),
        )
        await self.city.says(provided, self.case)

    async def meets(self, meeting: MeetingId, *came: Agency) -> None:
        now = datetime.now(UTC)
        held = HoldMeeting(
            meeting_id=meeting,
            attendees=tuple(Attendee(agency_id=each.id, staff_id=each.staff) for each in came),
            started_at=now - timedelta(hours=2),
            ended_at=now - timedelta(hours=1),
        )
        await self.city.says(held, self.case)
        decided = RecordDecision(
            meeting_id=meeting,
            kind="SUPPORT_POLICY",
            settles=True,
            text="週に一度、面談する。",
            agreed=frozenset(each.id for each in came),
        )
        await self.city.says(decided, self.case)
        role = AllocateRole(meeting_id=meeting, function="MAIN_SUPPORT", agency_id=self.city.id)
        await self.city.says(role, self.case)
        await self.city.says(SetNextMeeting(meeting_id=meeting, on=NEXT), self.case)

    async def writes_it_down(self, meeting: MeetingId) -> None:
        draft = DraftMinutes(meeting_id=meeting, text="出席者全員で確認した。", hash=DOCUMENT)
        await self.city.says(draft, self.case)

    async def shares_it(self, meeting: MeetingId, *to: Agency) -> None:
        await self.city.says(ConfirmMinutes(meeting_id=meeting), self.case)
        shared = ShareMinutes(meeting_id=meeting, recipients=frozenset(each.id for each in to))
        await self.city.says(shared, self.case)


@asynccontextmanager
async def a_town(database: PostgresAccess) -> AsyncGenerator[Town]:
    async with a_house(database) as house, PostgresLists(database.app) as lists:
        secret = await installation_key(house.keyring)
        city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION", role="REPRESENTATIVE")
        centre = await house.agency("WOMENS_SUPPORT_CENTRE")
        clinic = await house.agency("MEDICAL_INSTITUTION")
        case = await city.opens()
        await city.says(IdentifySubject(name=NAME, kana="アイカワ ミサキ"), case)
        network = await house.network(city, centre, clinic)
        for command in (
            AdoptRules(
                network_id=network,
                version="2026-1",
                meeting_mode="PERIODIC_OR_AS_NEEDED",
                confidentiality_clause=("知り得た秘密を漏らしてはならない。",),
                purpose_of_sharing=("支援のために必要な情報の交換。",),
            ),
            AppointCoordinator(
                network_id=network,
                agency_id=city.id,
                staff_id=city.staff,
                qualification="APPROVED_BY_BODY",
            ),
            DesignateCoordinatingAgency(network_id=network, agency_id=city.id),
        ):
            await house.operator.says(command)
        yield Town(
            house=house,
            registers=registers(
                house.log,
                a_gate(house.log, house.keyring, house.sealing, WallClock()),
                house.keyring,
                house.sealing,
                WallClock(),
                house.aliases,
                Cursors(secret, AesVeil()),
                lists,
            ),
            city=city,
            centre=centre,
            clinic=clinic,
            network=network,
            case=case,
        )
