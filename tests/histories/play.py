"""What a history is played with: the people there are, what has begun, and one chance for all."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import msgspec

from domain import agency as agencies
from domain import consent_ledger, grievance, meeting, network, referral, trail
from domain.agency import (
    Agency,
    AgencyRegistered,
    KnownAgency,
    NameFeedCustodian,
    NoAgency,
    StaffEnrolled,
)
from domain.agency.contracts import StartCommissionContract
from domain.agency_codes import AgencyKind, Criterion, Prefecture
from domain.calendar import date_in_japan
from domain.case import CASE, KnownCase, NoCase, participants
from domain.case.state import answering
from domain.catalogue import AnyCommand
from domain.consent_ledger import Ledger
from domain.grievance import NO_GRIEVANCE, Grievance, GrievanceReceived
from domain.meeting import NO_MEETING, Meeting
from domain.meeting.events import MeetingPlanned, MeetingRequested
from domain.model import (
    AgencyId,
    CaseId,
    Command,
    GrievanceId,
    MeetingId,
    NetworkId,
    ReferralId,
    StaffRole,
    StreamId,
    stream_of,
)
from domain.network import (
    NO_NETWORK,
    AppointCoordinator,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
    Network,
    NetworkEstablished,
)
from domain.network.organising import AdoptRules
from domain.referral import NoReferral, Referral, ReferralDrafted
from domain.speech import Refused
from domain.trail import Trail
from tests.anything import asked, part
from tests.world import Someone, World

C = TypeVar("C", bound=Command)
T = TypeVar("T")
P = TypeVar("P", bound=msgspec.Struct)


class Ask(NamedTuple):
    who: Someone
    command: AnyCommand
    case: CaseId | None = None


class Here(NamedTuple):
    """A case that something is asked about."""

    id: CaseId
    case: KnownCase
    ledger: Ledger


Proposes: TypeAlias = Callable[["Play"], Ask | None]
About: TypeAlias = Callable[["Play", Here], Ask | None]

KINDS: Final[tuple[tuple[AgencyKind, Prefecture, StaffRole], ...]] = (
    ("MUNICIPAL_WOMENS_SUPPORT_DIVISION", "06", "REPRESENTATIVE"),
    ("WOMENS_SUPPORT_CENTRE", "06", "CENTRE_DIRECTOR"),
    ("PREFECTURAL_WOMENS_SUPPORT_DIVISION", "06", "REPRESENTATIVE"),
    ("PRIVATE_SHELTER", "06", "FACILITY_HEAD"),
    ("WOMENS_SUPPORT_CENTRE", "07", "CENTRE_DIRECTOR"),
    ("MEDICAL_INSTITUTION", "06", "REPRESENTATIVE"),
    ("POLICE", "06", "REPRESENTATIVE"),
    ("CHILD_GUIDANCE_CENTRE", "06", "REPRESENTATIVE"),
    ("WOMENS_SELF_RELIANCE_FACILITY", "06", "FACILITY_HEAD"),
    ("PRIVATE_SUPPORT_ORGANISATION", "06", "REPRESENTATIVE"),
)
ALWAYS: Final = 4
WORKING: Final[tuple[StaffRole, ...]] = ("CASEWORKER", "COORDINATOR", "PRACTITIONER")
CHECKED: Final[frozenset[Criterion]] = frozenset(
    {"THREE_YEARS_RECORD", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
)


class Play:
    def __init__(self, seed: int) -> None:
        self.chance: Final = random.Random(seed)
        self.world: Final = World()
        self.people: Final[dict[AgencyId, list[Someone]]] = {}
        self.networks: Final[list[NetworkId]] = []
        self.cases: Final[list[CaseId]] = []
        self.referrals: Final[dict[CaseId, list[ReferralId]]] = {}
        self.meetings: Final[dict[MeetingId, CaseId | None]] = {}
        self.grievances: Final[dict[GrievanceId, CaseId | None]] = {}
        self.steps = 0
        self.accepted = 0
        self.refused: Final[Counter[tuple[str, str]]] = Counter()
        self._registered: Final[dict[StreamId, AgencyId]] = {}
        self._seen = 0
        self._begin()

    def _begin(self) -> None:
        """Agencies with a head and somebody who works there, and networks of them."""
        others = self.chance.sample(range(ALWAYS, len(KINDS)), self.chance.randint(2, 5))
        for kind, prefecture, role in (KINDS[at] for at in (*range(ALWAYS), *sorted(others))):
            head = self.world.joins(kind, role, prefecture)
            self.people[head.agency] = [head]
            works = self.world.enrols(head.agency, self.one(WORKING))
            self.people[head.agency].append(works)
            if self.chance.random() < 0.8:
                keeper = NameFeedCustodian(agency_id=head.agency, staff_id=head.staff)
                self.world.says(head, keeper)
        for size in (4, 2)[: self.chance.randint(1, 2)]:
            self._founds(self.some(self.agencies, size + self.chance.randint(0, 2)))
        centre, shelter = self.agencies[1], self.agencies[3]
        if self.chance.random() < 0.8:
            today = self.today
            contract = StartCommissionContract(
                agency_id=shelter,
                valid_from=today,
                valid_until=today + timedelta(days=200),
                criteria_check=CHECKED,
            )
            self.world.says(self.head(centre), contract)
        self._index()

    def _founds(self, members: Sequence[AgencyId]) -> None:
        operator, leader = self.world.operator, members[0]
        found = self.asks(EstablishNetwork, level="PREFECTURE", implementing_body=leader)
        made = NetworkId(self.world.says(operator, found).made)
        for each in members:
            join = self.asks(JoinNetwork, network_id=made, agency_id=each, membership="MEMBER")
            self.world.says(operator, join)
        staff = self.people[leader][1]
        if self.chance.random() < 0.9:
            appoint = AppointCoordinator(
                network_id=made,
                agency_id=leader,
                staff_id=staff.staff,
                qualification="APPROVED_BY_BODY",
            )
            self.world.says(operator, appoint)
            lead = DesignateCoordinatingAgency(network_id=made, agency_id=leader)
            self.world.says(operator, lead)
            rules = self.asks(AdoptRules, network_id=made, representatives_at_most=9)
            self.world.says(operator, rules)

    # Chance

    def asks(self, kind: type[C], /, **facts: Any) -> C:
        return asked(kind, self.chance, self.world.at, **facts)

    def asks_part(self, kind: type[P], /, **facts: Any) -> P:
        return part(kind, self.chance, self.world.at, **facts)

    def one(self, of: Iterable[T]) -> T:
        """Sets are put in order first, so that a seed tells the same history again."""
        return self.chance.choice(self._listed(of))

    def maybe(self, of: Iterable[T]) -> T | None:
        listed = self._listed(of)
        return self.chance.choice(listed) if listed else None

    def some(self, of: Iterable[T], number: int | None = None) -> list[T]:
        listed = self._listed(of)
        most = len(listed)
        number = self.chance.randint(1, min(4, most)) if number is None else min(number, most)
        return self.chance.sample(listed, number)

    def likely(self, chance: float) -> bool:
        return self.chance.random() < chance

    def days(self, fewest: int, most: int) -> date:
        return self.today + timedelta(days=self.chance.randint(fewest, most))

    def _listed(self, of: Iterable[T]) -> list[T]:
        if isinstance(of, list):
            return of
        if isinstance(of, frozenset | set):
            return sorted(of)  # type: ignore[type-var,unused-ignore]
        return list(of)

    # Who and what there is

    @property
    def today(self) -> date:
        return date_in_japan(self.world.at)

    @property
    def agencies(self) -> list[AgencyId]:
        return list(self.people)

    def by(self, agency: AgencyId | None) -> Someone | None:
        return self.maybe(self.people.get(agency, [])) if agency else None

    def head(self, agency: AgencyId) -> Someone:
        return self.people[agency][0]

    def anybody(self) -> Someone:
        return self.one(self.people[self.one(self.agencies)])

    def here(self) -> Here | None:
        """A case, and rather one that is not at its end."""
        found = [each for case in self.cases if (each := self.at(case))]
        open_ones = [each for each in found if each.case.status in {"CONTACT", "ACTIVE"}]
        if open_ones and self.likely(0.75):
            return self.one(open_ones)
        return self.maybe(found)

    def at(self, case: CaseId) -> Here | None:
        known = self.world.fold(CASE.initial, CASE.evolve, stream_of("case", case))
        return None if isinstance(known, NoCase) else Here(case, known, self.ledger(case))

    def ledger(self, case: CaseId) -> Ledger:
        return self.world.fold(Ledger(), consent_ledger.evolve, stream_of("consent", case))

    def trail(self, case: CaseId) -> Trail:
        return self.world.fold(Trail(), trail.evolve, stream_of("trail", case))

    def referral(self, which: ReferralId) -> Referral:
        nothing: Referral = NoReferral()
        return self.world.fold(nothing, referral.evolve, stream_of("referral", which))

    def meeting(self, which: MeetingId) -> Meeting:
        return self.world.fold(NO_MEETING, meeting.evolve, stream_of("meeting", which))

    def grievance(self, which: GrievanceId) -> Grievance:
        return self.world.fold(NO_GRIEVANCE, grievance.evolve, stream_of("grievance", which))

    def network(self, which: NetworkId) -> Network:
        return self.world.fold(NO_NETWORK, network.evolve, stream_of("network", which))

    def agency(self, which: AgencyId) -> Agency:
        nothing: Agency = NoAgency()
        return self.world.fold(nothing, agencies.evolve, stream_of("agency", which))

    def kind(self, which: AgencyId) -> AgencyKind | None:
        known = self.agency(which)
        return known.kind if isinstance(known, KnownAgency) else None

    def standing(self, which: AgencyId) -> str:
        known = self.agency(which)
        return known.status if isinstance(known, KnownAgency) else ""

    def taking_part(self, here: Here) -> Someone | None:
        return self.by(self.maybe(participants(here.case)))

    def answering(self, here: Here) -> Someone | None:
        return self.by(answering(here.case))

    # Steps

    def step(self, ask: Ask) -> bool:
        self.steps += 1
        try:
            self.world.says(ask.who, ask.command, ask.case)
        except Refused as refused:
            self.refused[type(ask.command).__name__, type(refused).__name__] += 1
            return False
        self.accepted += 1
        self._index()
        return True

    def _index(self) -> None:
        for entry in self.world.log[self._seen :]:
            event = entry.said
            match event:
                case ReferralDrafted(referral_id=which, case_id=case):
                    self.referrals.setdefault(case, []).append(which)
                case MeetingPlanned() | MeetingRequested():
                    self.meetings[event.meeting_id] = event.case_id
                case GrievanceReceived():
                    self.grievances[event.grievance_id] = event.case_id
                case AgencyRegistered(agency_id=agency):
                    self._registered[stream_of("agency", agency)] = agency
                case StaffEnrolled(staff_id=staff, role=role):
                    self._works(Someone(self._registered[entry.told.stream], staff, role))
                case NetworkEstablished(network_id=network):
                    self.networks.append(network)
                case _:
                    pass
            if entry.case is not None and entry.case not in self.cases:
                self.cases.append(entry.case)
        self._seen = len(self.world.log)

    def _works(self, who: Someone) -> None:
        if who.agency == self.world.operator.agency:
            return
        working = self.people.setdefault(who.agency, [])
        if who not in working:
            working.append(who)
