"""Playing (実行): the steps of a scenario, said to an installation in memory.

Whatever happens later under its name, an agreement, a referral, a stay, a meeting, is kept under
the name that the scenario calls it.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from domain.agency.contracts import StartCommissionContract
from domain.case import RecordCorrected
from domain.case.stay_events import StayDecided
from domain.catalogue import EVENTS, FIELD_PATHS, AnyCommand
from domain.categories import CategoryCode
from domain.codes import ConsentKind, History, Method, Purpose, ReferralKind, UntilEvent
from domain.consent_ledger import ConsentGranted, ExplainConsent, GrantConsent
from domain.fields import cut_of
from domain.installation import INSTALLATION
from domain.items import Item
from domain.meeting.commands import (
    AddInvitee,
    Attendee,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DraftMinutes,
    HoldMeeting,
    PlanMeeting,
    ShareMinutes,
    TableCase,
)
from domain.meeting_codes import ConferenceTrigger, MeetingKind
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    EmergencyId,
    Event,
    GrantId,
    MeetingId,
    NetworkId,
    PersonId,
    ReferralId,
    StayId,
)
from domain.network import (
    AdoptRules,
    AppointCoordinator,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
)
from domain.network_codes import NetworkLevel
from domain.referral import DraftReferral, SendReferral
from domain.speech import Refused
from domain.trail.purges import AcknowledgePurge, PurgeRequested
from domain.visibility import Roster, membership
from services.deciding import Scope
from tests.scenarios.cast import EVERYBODY, Name
from tests.settling import Settling
from tests.world import Entry, Said, Someone, World


def all_of(category: CategoryCode) -> frozenset[str]:
    """All fields that may hold anything of a category, for leaving them out of an agreement."""
    found = (
        (f"{tag}/{field.name}", field.category.codes)
        for tag, event in EVENTS.types.items()
        if event is not RecordCorrected
        for field in (*cut_of(event).clear, *cut_of(event).sealed)
    )
    return frozenset(path for path, codes in found if category in codes) & FIELD_PATHS


JAPAN: Final = ZoneInfo("Asia/Tokyo")
DOCUMENT: Final = "a" * 64


def moment(said: str) -> datetime:
    """As it is told, in Japan."""
    return datetime.fromisoformat(said).replace(tzinfo=JAPAN).astimezone(UTC)


def as_sent(command: AnyCommand) -> AnyCommand:
    """As it comes in from outside, where it is held to what can be said at all."""
    return msgspec.json.decode(msgspec.json.encode(command), type=type(command))


class Play:
    def __init__(self, since: str) -> None:
        self.world: Final = World(moment(since))
        self.settling: Final = Settling(self.world)
        self.cast: Final[dict[Name, Someone]] = {
            name: self.world.joins(part.kind, part.role, part.prefecture, part.name)
            for name, part in EVERYBODY.items()
        }
        self.networks: Final[list[NetworkId]] = []
        self.case: CaseId = CaseId(self.world.operator.agency)  # Until one is opened.
        self.grants: Final[dict[str, GrantId]] = {}
        self.referrals: Final[dict[str, ReferralId]] = {}
        self.meetings: Final[dict[str, MeetingId]] = {}
        self.stays: Final[dict[str, StayId]] = {}
        self.emergencies: Final[dict[str, EmergencyId]] = {}
        self.people: Final[dict[str, PersonId]] = {}

    # Who, and when

    def at(self, said: str) -> None:
        """It never goes back."""
        then = moment(said)
        assert then >= self.world.at, said
        self.world.at = then

    def of(self, name: Name) -> AgencyId:
        return self.cast[name].agency

    def all(self, *names: Name) -> frozenset[AgencyId]:
        return frozenset(self.of(name) for name in names)

    def roster(self) -> Roster:
        """Who there is: it stays so all the time."""
        known = frozenset(who.agency for who in self.cast.values())
        scope = Scope(None, INSTALLATION, known=known, networks=frozenset(self.networks))
        operator = self.world.operator
        by = Context(
            agency=operator.agency,
            staff=operator.staff,
            role=operator.role,
            at=self.world.at,
            new_id=operator.agency,
        )
        past = self.world.past(scope, by)
        networks = {each: membership(past.network(each)) for each in self.networks}
        return Roster(past.agencies(*known), networks)

    # What is said

    def __call__(self, who: Name, command: AnyCommand) -> Said:
        return self._settled(self.world.says(self.cast[who], as_sent(command), self.case))

    def _settled(self, said: Said) -> Said:
        """What follows from it by rule has happened too before anybody says more."""
        self.settling.settle()
        return said

    def asked_of(self, who: Name, on: GrantId | EmergencyId) -> PurgeRequested:
        """What it was asked last to destroy, of what it was told on this basis."""
        return next(
            event
            for entry in reversed(self.world.of_case(self.case))
            if isinstance(event := entry.said, PurgeRequested)
            and event.recipient == self.of(who)
            and on in {event.grant_id, event.emergency_id}
        )

    def acknowledges(self, who: Name, *on: GrantId | EmergencyId) -> None:
        for basis in on:
            self(who, AcknowledgePurge(purge_id=self.asked_of(who, basis).purge_id))

    def opens(self, who: Name, command: AnyCommand) -> Said:
        said = self._settled(self.world.says(self.cast[who], as_sent(command)))
        assert said.case is not None
        self.case = said.case
        return said

    def without_case(self, who: Name, command: AnyCommand) -> Said:
        return self._settled(self.world.says(self.cast[who], as_sent(command)))

    def refused(self, who: Name, command: AnyCommand, why: type[Refused]) -> None:
        met = self.world.refuses(self.cast[who], as_sent(command), self.case)
        assert met is why, f"{met} is not {why}"

    # Her agreement

    def agrees(  # noqa: PLR0913 (all that a form of consent says)
        self,
        name: str,
        by: Name,
        to: Collection[Name],
        categories: Iterable[CategoryCode] = (),
        *,
        kind: ConsentKind = "INFORMATION",
        purpose: Purpose = "PROTECTION",
        history: History = "SNAPSHOT",
        until: UntilEvent | date = "CASE_CLOSE",
        method: Method = "WRITTEN",
        **more: Any,
    ) -> Said:
        """It is explained to her, and she agrees."""
        recipients, asked = self.all(*to), frozenset(categories)
        explained = self(
            by,
            ExplainConsent(
                kind=kind,
                purpose=purpose,
                recipients=recipients,
                categories=asked,
                language="ja",
                material_version="2026-04",
            ),
        )
        self.grants[name] = GrantId(explained.made)
        return self(
            by,
            GrantConsent(
                grant_id=self.grants[name],
                kind=kind,
                grantor="SUBJECT",
                recipients=recipients,
                categories=asked,
                purpose=purpose,
                valid_until=until if isinstance(until, date) else None,
                until_event=None if isinstance(until, date) else until,
                history=history,
                method=method,
                **more,
            ),
        )

    def stay_after(self, agreed: Said) -> StayId:
        """The stay at the end of which this agreement ends."""
        stay = agreed.the(ConsentGranted).until_stay
        assert stay is not None
        return stay

    # What is put before others

    def last(self, kind: type[Event], by: Name | None = None) -> Entry:
        return [
            entry
            for entry in self.world.of_case(self.case)
            if isinstance(entry.said, kind) and (by is None or entry.told.agency == self.of(by))
        ][-1]

    def items(self, *named: tuple[type[Event], str]) -> tuple[Item, ...]:
        """Of the last record of each kind, this field."""
        return tuple(Item(source=self.last(kind).told.id, field=field) for kind, field in named)

    # Steps that are taken again and again

    def drafts(
        self, name: str, by: Name, to: Name, kind: ReferralKind, *, items: tuple[Item, ...] = ()
    ) -> ReferralId:
        draft = DraftReferral(
            kind=kind, to_agency=self.of(to), purpose="PROTECTION", urgency="HIGH", items=items
        )
        self.referrals[name] = ReferralId(self(by, draft).made)
        return self.referrals[name]

    def sends(  # noqa: PLR0913 (what a letter has on it)
        self,
        name: str,
        by: Name,
        to: Name,
        kind: ReferralKind,
        *,
        items: tuple[Item, ...] = (),
        respond_by: str | None = None,
    ) -> Said:
        referral = self.drafts(name, by, to, kind, items=items)
        due = moment(respond_by) if respond_by else None
        return self(by, SendReferral(referral_id=referral, respond_by=due))

    def decides(self, name: str, by: Name, command: AnyCommand) -> Said:
        said = self(by, command)
        self.stays[name] = said.the(StayDecided).stay_id
        return said

    def convenes(  # noqa: PLR0913, PLR0917 (what an invitation has on it)
        self,
        name: str,
        by: Name,
        guests: Collection[Name],
        on: date,
        network: NetworkId,
        categories: Iterable[CategoryCode],
        trigger: ConferenceTrigger = "PROTECTION_OR_ADMISSION_NEEDED",
    ) -> None:
        """A conference about her: planned, tabled, and called."""
        planned = self(
            by,
            PlanMeeting(kind="INDIVIDUAL_CASE", network_id=network, on=on, trigger=trigger),
        )
        meeting = self.meetings[name] = MeetingId(planned.made)
        for guest in guests:
            self(by, AddInvitee(meeting_id=meeting, agency_id=self.of(guest)))
        self(by, TableCase(meeting_id=meeting, categories=frozenset(categories)))
        self(by, ConveneMeeting(meeting_id=meeting))

    def holds(self, name: str, by: Name, guests: Iterable[Name], *, about_her: bool = True) -> None:
        """It has just ended."""
        attendees = tuple(
            Attendee(agency_id=each.agency, staff_id=each.staff)
            for each in (self.cast[guest] for guest in (by, *guests))
        )
        began = self.world.at - timedelta(minutes=45)
        self._in_meeting(
            by,
            HoldMeeting(
                meeting_id=self.meetings[name],
                attendees=attendees,
                started_at=began,
                ended_at=self.world.at,
            ),
            about_her=about_her,
        )

    def closes(
        self, name: str, by: Name, guests: Collection[Name], text: str, *, about_her: bool = True
    ) -> None:
        """Its minutes are written, confirmed and shared, and it is over."""
        meeting = self.meetings[name]
        steps: list[AnyCommand] = [
            DraftMinutes(meeting_id=meeting, text=text, hash=DOCUMENT),
            ConfirmMinutes(meeting_id=meeting),
            ShareMinutes(meeting_id=meeting, recipients=self.all(*guests)),
            CloseMeeting(meeting_id=meeting),
        ]
        for step in steps:
            self._in_meeting(by, step, about_her=about_her)

    def _in_meeting(self, by: Name, command: AnyCommand, *, about_her: bool) -> None:
        self.world.says(self.cast[by], as_sent(command), self.case if about_her else None)

    def practitioners(
        self, name: str, by: Name, guests: Collection[Name], on: date, network: NetworkId
    ) -> None:
        """A meeting about all cases of a network, and so about none: called by who leads it."""
        kind: MeetingKind = "PRACTITIONERS"
        planned = self.without_case(by, PlanMeeting(kind=kind, network_id=network, on=on))
        meeting = self.meetings[name] = MeetingId(planned.made)
        for guest in guests:
            self.without_case(by, AddInvitee(meeting_id=meeting, agency_id=self.of(guest)))
        self.without_case(by, ConveneMeeting(meeting_id=meeting))

    # Before it begins

    def network(
        self, name: str, level: NetworkLevel, led_by: Name, members: Collection[Name]
    ) -> NetworkId:
        operator, lead = self.world.operator, self.cast[led_by]
        prefecture = EVERYBODY[led_by].prefecture
        network = NetworkId(
            self.world.says(
                operator,
                EstablishNetwork(
                    name=name,
                    level=level,
                    basis="ACT_ART_15",
                    prefecture=prefecture,
                    area=name,
                    implementing_body=lead.agency,
                ),
            ).made
        )
        self.networks.append(network)
        coordinator = self.world.enrols(lead.agency, "COORDINATOR")
        rules = AdoptRules(
            network_id=network,
            version="2026-04",
            meeting_mode="PERIODIC",
            review_interval_months=3,
            confidentiality_clause=("知り得た秘密を漏らさない。",),
            purpose_of_sharing=("本人の支援のため。",),
        )
        commands: list[AnyCommand] = [
            JoinNetwork(network_id=network, agency_id=self.of(each), membership="MEMBER")
            for each in (led_by, *members)
        ]
        commands += [
            rules,
            AppointCoordinator(
                network_id=network,
                agency_id=lead.agency,
                staff_id=coordinator.staff,
                qualification="CERTIFIED_SOCIAL_WORKER",
            ),
            DesignateCoordinatingAgency(network_id=network, agency_id=lead.agency),
        ]
        for command in commands:
            self.world.says(operator, command)
        return network

    def commissions(self, centre: Name, provider: Name, since: date, until: date) -> None:
        self.world.says(
            self.cast[centre],
            StartCommissionContract(
                agency_id=self.of(provider),
                valid_from=since,
                valid_until=until,
                criteria_check=frozenset(
                    {
                        "CORPORATE_STATUS",
                        "THREE_YEARS_RECORD",
                        "NOT_OPEN_TO_PUBLIC",
                        "SAFETY",
                        "HYGIENE",
                        "PRIVACY",
                    }
                ),
            ),
        )
