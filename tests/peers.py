"""緑野市: one case, those who may help her, and what each of them may see of her.

What other systems promise, or are known to get wrong, is played in ``test_peers_*``, each under its
id. What has to wait for later work is ``OWED``, and nothing else is left out.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from domain.case import (
    CASE,
    AcceptCase,
    CaseNotFound,
    ContactMethodSet,
    IdentifySubject,
    KnownCase,
    OpenCase,
    RecordNote,
    SetContactMethod,
    SubjectIdentified,
)
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.codes import ConsentKind, ReferralKind, SupportFunction
from domain.consent_codes import NewCircumstance
from domain.consent_ledger import ExplainConsent, GrantConsent
from domain.items import FieldPath, Item
from domain.model import AgencyId, CaseId, Event, EventId, GrantId, NetworkId, ReferralId, stream_of
from domain.network import EstablishNetwork, JoinNetwork
from domain.policy import BESIDE, AllowId
from domain.referral import (
    AcceptReferral,
    AnswerInquiry,
    ConfirmHandover,
    DraftReferral,
    SendInquiry,
    SendReferral,
    WithdrawReferral,
)
from domain.speech import Refused
from domain.visibility import fields_of
from tests.world import Said, Someone, World

PRIMERO: Final = frozenset(f"A{number}" for number in range(1, 24))
SORMAS: Final = frozenset(f"B{number}" for number in range(1, 17))
CLOSED_LOOP: Final = frozenset(f"E{number}" for number in range(1, 12))
JAPAN: Final = frozenset(f"J{number}" for number in range(1, 9))

HER_NAME: Final = "case.subject_identified.v1/name"
HER_TELEPHONE: Final = "case.contact_method_set.v1/value"
HER_IDENTITY: Final = {
    HER_NAME,
    "case.subject_identified.v1/kana",
    "case.subject_identified.v1/birth_date",
    "case.subject_identified.v1/gender_identity_note",
}

OWED: Final[Mapping[str, str]] = {}


class Midorino(NamedTuple):
    """A case that the city opened and answers for, and those it might turn to."""

    world: World
    network: NetworkId
    city: Someone
    centre: Someone
    ayumi: Someone
    shelter: Someone
    hospital: Someone
    police: Someone
    shirahama: Someone  # The centre of another prefecture.
    case: CaseId
    her_name: EventId
    her_telephone: EventId

    @property
    def name(self) -> Item:
        return Item(source=self.her_name, field="name")

    @property
    def telephone(self) -> Item:
        return Item(source=self.her_telephone, field="value")

    def says(self, who: Someone, command: AnyCommand) -> Said:
        return self.world.says(who, command, self.case)

    def refuses(self, who: Someone, command: AnyCommand) -> type[Refused] | None:
        return self.world.refuses(who, command, self.case)

    def agrees(
        self,
        *to: Someone,
        categories: Collection[CategoryCode] = ("CNT", "IDN"),
        kind: ConsentKind = "INFORMATION",
        via: Someone | None = None,
        asked_again_because: NewCircumstance | None = None,
        **how: Any,
    ) -> GrantId:
        """She is asked, by the city unless somebody else is named, and agrees."""
        recipients = frozenset(each.agency for each in to)
        asked = ExplainConsent(
            kind=kind,
            purpose="PROTECTION",
            recipients=recipients,
            categories=frozenset(categories),
            language="ja",
            material_version="2026-04",
            asked_again_because=asked_again_because,
        )
        grant = GrantId(self.says(via or self.city, asked).made)
        agreed: dict[str, Any] = {
            "grantor": "SUBJECT",
            "until_event": None if "valid_until" in how else "CASE_CLOSE",
            "history": "FULL",
            "method": "WRITTEN",
            **how,
        }
        self.says(
            via or self.city,
            GrantConsent(
                grant_id=grant,
                kind=kind,
                recipients=recipients,
                categories=frozenset(categories),
                purpose="PROTECTION",
                **agreed,
            ),
        )
        return grant

    def drafts(
        self,
        by: Someone,
        to: Someone,
        kind: ReferralKind = "SERVICE_LINK",
        items: tuple[Item, ...] = (),
        based_on: ReferralId | None = None,
    ) -> ReferralId:
        draft = DraftReferral(
            kind=kind,
            to_agency=to.agency,
            purpose="SERVICE",
            urgency="MEDIUM",
            items=items,
            based_on=based_on,
        )
        return ReferralId(self.says(by, draft).made)

    def sends(
        self,
        by: Someone,
        to: Someone,
        kind: ReferralKind = "SERVICE_LINK",
        items: tuple[Item, ...] = (),
        based_on: ReferralId | None = None,
    ) -> ReferralId:
        referral = self.drafts(by, to, kind, items, based_on)
        self.says(by, SendReferral(referral_id=referral))
        return referral

    def accepts(
        self, by: Someone, referral: ReferralId, role: SupportFunction = "SERVICE_PROVIDER"
    ) -> Said:
        return self.says(by, AcceptReferral(referral_id=referral, role_taken=role))

    def confirms(self, by: Someone, referral: ReferralId, *, remains: bool = True) -> Said:
        return self.says(by, ConfirmHandover(referral_id=referral, referrer_remains=remains))

    def withdraws(self, by: Someone, referral: ReferralId) -> Said:
        return self.says(by, WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH"))

    def inquires(self, by: Someone, to: Someone) -> ReferralId:
        """Another prefecture is asked without saying who she is, and could take her."""
        referral = self.drafts(by, to, "OUT_OF_PREFECTURE", (self.name,))
        ask = SendInquiry(referral_id=referral, age_band="20S", family_size=1)
        self.says(by, ask)
        self.says(to, AnswerInquiry(referral_id=referral, feasible=True))
        return referral

    def takes_over(self, who: Someone) -> ReferralId:
        """The city hands her over, and goes on taking part."""
        referral = self.sends(self.city, who, "CASE_TRANSFER")
        self.accepts(who, referral, "MAIN_SUPPORT")
        self.confirms(who, referral)
        return referral

    @property
    def known(self) -> KnownCase:
        case = self.world.fold(CASE.initial, CASE.evolve, stream_of("case", self.case))
        assert isinstance(case, KnownCase)
        return case

    @property
    def answers_for_her(self) -> AgencyId | None:
        return self.known.main_responsible

    def takes_part(self, who: Someone) -> bool:
        note = RecordNote(declared_category="PLN", text="来週、一緒に物件を見に行く。")
        return self.refuses(who, note) is not CaseNotFound

    def bases(self, who: Someone) -> dict[FieldPath, AllowId]:
        """By which rule somebody sees each field of others' records about her."""
        found: dict[FieldPath, AllowId] = {}
        for entry, visible in self.world.shows(who, self.case):
            if entry.told.agency == who.agency:
                continue
            for field in fields_of(None, entry.told, entry.parts):
                if field.name in visible.bases and field.category not in BESIDE:
                    found[field.path] = visible.bases[field.name].rule
        return found

    def sees(self, who: Someone) -> set[FieldPath]:
        """Of others' records about her, beside the steps of what it is itself a side of."""
        return {path for path, rule in self.bases(who).items() if rule != "PARTY"}

    def trail(self, who: Someone, referral: ReferralId) -> list[type[Event]]:
        """What has happened to a referral, as far as somebody may know."""
        stream = stream_of("referral", referral)
        shown = self.world.shows(who, self.case)
        return [type(entry.said) for entry, _ in shown if entry.told.stream == stream]


def midorino() -> Midorino:
    world = World()
    city = world.joins("MUNICIPAL_GENDER_EQUALITY_CENTRE", "COORDINATOR", name="緑野市")
    centre = world.joins("WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR", name="青葉県")
    ayumi = world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE", name="あゆみ")
    network = NetworkId(
        world.says(
            world.operator,
            EstablishNetwork(
                name="緑野市困難女性支援ネットワーク",
                level="MUNICIPALITY",
                basis="MUNICIPAL_GUIDELINE",
                prefecture="06",
                area="緑野市",
                implementing_body=city.agency,
            ),
        ).made
    )
    world.says(
        world.operator,
        JoinNetwork(network_id=network, agency_id=city.agency, membership="MEMBER"),
    )
    opened = world.says(
        city,
        OpenCase(
            anonymous=False,
            channel="INTERVIEW",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
            at_risk_only=False,
        ),
    )
    assert opened.case
    named = world.says(city, IdentifySubject(name="相川みさき"), opened.case)
    reached = world.says(city, SetContactMethod(means="PHONE", value="090-0000-0000"), opened.case)
    world.says(city, AcceptCase(network_id=network), opened.case)
    return Midorino(
        world=world,
        network=network,
        city=city,
        centre=centre,
        ayumi=ayumi,
        shelter=world.joins("PRIVATE_SHELTER", "FACILITY_HEAD", name="やすらぎ"),
        hospital=world.joins("MEDICAL_INSTITUTION", "PSYCHOLOGIST", name="緑野市民病院"),
        police=world.joins("POLICE", "PRACTITIONER", name="緑野警察署"),
        shirahama=world.joins("WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR", "30", "白浜県"),
        case=opened.case,
        her_name=named.id_of(SubjectIdentified),
        her_telephone=reached.id_of(ContactMethodSet),
    )
