"""The land (架空の県): its agencies, who works there, and the networks they meet in.

It is the same for all who tell lives in it, and only its own beginning changes it: so each region
of it lives by itself.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from domain.agency import (
    EnrolStaff,
    NameFeedCustodian,
    RegisterAgency,
    SetConsultationWindow,
    SignPledge,
    StartCommissionContract,
)
from domain.agency_codes import AgencyKind, Criterion
from domain.calendar import date_in_japan
from domain.catalogue import AnyCommand
from domain.model import AgencyId, NetworkId, StaffId, StaffRole
from domain.network import (
    AdoptRules,
    AppointCoordinator,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
)
from services.seeding.acting import Acting, Did, Someone
from services.seeding.chance import Chance
from services.seeding.made_up import PREFECTURE

# Their share of all cases; two cities each, of which the first is the larger.
REGIONS: Final = {
    ("中央", "緑野市", "若葉市"): 0.5,
    ("北部", "霧丘市", "花里市"): 0.25,
    ("東部", "星見市", "雪里市"): 0.15,
    ("南部", "朝凪市", "風見市"): 0.1,
}
LARGER: Final = 0.8
CHECKED: Final = frozenset[Criterion](
    {"THREE_YEARS_RECORD", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
)


class Agency(NamedTuple):
    id: AgencyId
    kind: AgencyKind
    head: Someone
    staff: tuple[Someone, ...]


class Prefecture(NamedTuple):
    """What there is once for all regions, and answers for nobody: neither for a grievance."""

    facility: Agency
    shelters: tuple[Agency, ...]
    guidance: Agency
    legal: Agency


class City(NamedTuple):
    name: str
    network: NetworkId
    division: Agency
    npo: Agency
    hospital: Agency
    police: Agency
    housing: Agency
    school: Agency
    welfare: Agency

    @property
    def members(self) -> tuple[Agency, ...]:
        return (
            self.division, self.npo, self.hospital, self.police, self.housing, self.school,
            self.welfare,
        )  # fmt: skip


class Region(NamedTuple):
    prefecture: Prefecture
    division: Agency  # Of the prefecture, in this region: it takes over what lies too long.
    centre: Agency
    cities: tuple[City, ...]

    @property
    def others(self) -> tuple[Agency, ...]:
        """Beside the cities."""
        shared = self.prefecture
        single = (shared.facility, shared.guidance, shared.legal)
        return (self.centre, self.division, *single, *shared.shelters)

    @property
    def named(self) -> tuple[frozenset[AgencyId], frozenset[NetworkId]]:
        """Everybody who might be named in a case here."""
        agencies = (*self.others, *(each for city in self.cities for each in city.members))
        networks = frozenset(city.network for city in self.cities)
        return frozenset(each.id for each in agencies), networks


class Founding:
    """``operator`` is whoever may register agencies here."""

    def __init__(self, acting: Acting, chance: Chance, operator: Someone) -> None:
        self._acting: Final = acting
        self._chance: Final = chance
        self._operator: Final = operator

    def land(self, until: datetime) -> tuple[Region, ...]:
        prefecture = self._prefecture()
        return tuple(self._region(prefecture, until, *names) for names in REGIONS)

    def _region(self, prefecture: Prefecture, until: datetime, name: str, *cities: str) -> Region:
        centre = self._joins(
            "WOMENS_SUPPORT_CENTRE",
            f"{PREFECTURE}{name}女性相談支援センター",
            "CENTRE_DIRECTOR",
            "WOMENS_SUPPORT_COUNSELLOR",
            4,
        )
        today = date_in_japan(self._acting.at)
        for each in prefecture.shelters:
            contract = StartCommissionContract(
                agency_id=each.id,
                valid_from=today,
                valid_until=date_in_japan(until) + timedelta(days=400),
                criteria_check=CHECKED,
            )
            self._must(centre.head, contract)
        division = self._joins(
            "PREFECTURAL_WOMENS_SUPPORT_DIVISION",
            f"{PREFECTURE}{name}振興局女性支援課",
            "REPRESENTATIVE",
        )
        members = (centre, prefecture.guidance)
        return Region(
            prefecture, division, centre, tuple(self._city(each, members) for each in cities)
        )

    def _prefecture(self) -> Prefecture:
        join = self._joins
        head: StaffRole = "REPRESENTATIVE"
        shelters = tuple(
            join("PRIVATE_SHELTER", name, "FACILITY_HEAD", "PRIVATE_ORG_SPECIALIST", 2)
            for name in ("シェルターやまぶき", "シェルターあじさい")
        )
        return Prefecture(
            facility=join(
                "WOMENS_SELF_RELIANCE_FACILITY", f"{PREFECTURE}女性自立支援施設", "FACILITY_HEAD"
            ),
            shelters=shelters,
            guidance=join(
                "CHILD_GUIDANCE_CENTRE", f"{PREFECTURE}児童相談所", head, "CASEWORKER", 3
            ),
            legal=join("LEGAL_SUPPORT_CENTRE", f"法律支援{PREFECTURE}事務所", head),
        )

    def _city(self, name: str, others: tuple[Agency, ...]) -> City:
        join = self._joins
        head: StaffRole = "REPRESENTATIVE"
        division = join(
            "MUNICIPAL_WOMENS_SUPPORT_DIVISION",
            f"{name}女性支援課",
            head,
            "WOMENS_SUPPORT_COUNSELLOR",
            5,
        )
        network = self._network(name, division)
        city = City(
            name=name,
            network=network,
            division=division,
            npo=join(
                "PRIVATE_SUPPORT_ORGANISATION",
                f"NPO法人{name[:-1]}あゆみの会",
                head,
                "PRIVATE_ORG_SPECIALIST",
                3,
            ),
            hospital=join("MEDICAL_INSTITUTION", f"{name[:-1]}市民病院", head),
            police=join("POLICE", f"{name[:-1]}警察署", head),
            housing=join("PUBLIC_HOUSING", f"{name}住宅課", head),
            school=join("SCHOOL", f"{name}立わかば小学校", head),
            welfare=join("PUBLIC_ASSISTANCE_DIVISION", f"{name}生活福祉課", head),
        )
        for each in (*city.members, *others):
            self._joins_network(network, each)
        self._led(network, division)
        window = SetConsultationWindow(
            agency_id=division.id,
            channels=frozenset({"PHONE", "INTERVIEW", "EMAIL"}),
            hours=("平日 8:30-17:15",),
        )
        self._must(division.head, window)
        return city

    def _network(self, city: str, leader: Agency) -> NetworkId:
        made = self._must(
            self._operator,
            EstablishNetwork(
                name=f"{city}女性支援調整会議",
                level="MUNICIPALITY",
                basis="ACT_ART_15",
                prefecture="06",
                area=city,
                implementing_body=leader.id,
            ),
        ).made
        assert made is not None
        return NetworkId(made)

    def _joins_network(self, network: NetworkId, each: Agency) -> None:
        join = JoinNetwork(
            network_id=network, agency_id=each.id, membership="MEMBER", is_practice_agency=True
        )
        self._must(self._operator, join)

    def _led(self, network: NetworkId, leader: Agency) -> None:
        commands: tuple[AnyCommand, ...] = (
            AppointCoordinator(
                network_id=network,
                agency_id=leader.id,
                staff_id=leader.staff[0].staff,
                qualification="FIVE_YEARS_EXPERIENCE",
            ),
            DesignateCoordinatingAgency(network_id=network, agency_id=leader.id),
            AdoptRules(
                network_id=network,
                version="1",
                meeting_mode="PERIODIC_OR_AS_NEEDED",
                representatives_at_least=1,
                representatives_at_most=3,
                review_interval_months=3,
                confidentiality_clause=("知り得た秘密を漏らしてはならない。",),
                purpose_of_sharing=("本人の意思を尊重した支援のために限る。",),
            ),
        )
        for command in commands:
            self._must(self._operator, command)

    def _joins(
        self,
        kind: AgencyKind,
        name: str,
        head: StaffRole,
        working: StaffRole = "PRACTITIONER",
        number: int = 1,
    ) -> Agency:
        private = kind.startswith("PRIVATE")
        register = RegisterAgency(
            kind=kind, name=name, prefecture="06", sector="PRIVATE" if private else "PUBLIC"
        )
        made = self._must(self._operator, register).made
        assert made is not None
        id_ = AgencyId(made)
        leads = self._enrols(id_, head)
        staff = tuple(self._enrols(id_, working) for _ in range(number))
        self._must(leads, NameFeedCustodian(agency_id=id_, staff_id=leads.staff))
        return Agency(id_, kind, leads, staff)

    def _enrols(self, agency: AgencyId, role: StaffRole) -> Someone:
        enrol = EnrolStaff(agency_id=agency, role=role, years_in_field=self._chance.between(1, 25))
        made = self._must(self._operator, enrol).made
        assert made is not None
        staff = StaffId(made)
        pledge = SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04")
        self._must(self._operator, pledge)
        return Someone(agency, staff, role)

    def _must(self, who: Someone, command: AnyCommand) -> Did:
        did = self._acting.does(who, command)
        assert did is not None, self._acting.refused
        return did
