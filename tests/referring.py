"""Referrals as the examples tell them: who is who, what is known beside them, what happens."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from domain import referral
from domain.agency import Contract, KnownAgency
from domain.case import Case, KnownCase, ResponsibilityMoved, RoleAssigned
from domain.categories import CategoryCode
from domain.codes import Condition
from domain.items import FieldPath, Item, Offered, digest_of
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    ContractId,
    Decider,
    Event,
    EventId,
    GrantId,
    PersonId,
    ReferralId,
)
from domain.referral import (
    AcceptReferral,
    AnswerInquiry,
    AskToCancel,
    Beside,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
    ExpireReferral,
    HandoverConfirmed,
    InformationRequested,
    InformationSupplied,
    InquiryAnswered,
    NoReferral,
    ReceiveReferral,
    RecordAppointment,
    RedirectReferral,
    Referral,
    ReferralAccepted,
    ReferralCommand,
    ReferralDeclined,
    ReferralDrafted,
    ReferralEvent,
    ReferralExpired,
    ReferralInquirySent,
    ReferralReceived,
    ReferralRedirected,
    ReferralSent,
    ReferralWithdrawn,
    ReportOutcome,
    RequestInformation,
    SendInquiry,
    SendReferral,
    SupplyInformation,
    WithdrawReferral,
)
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, someone

# 白浜県女性相談支援センター, in another prefecture, and NPO法人あゆみ, in the same.
SHIRAHAMA: Final = someone(5, "CASEWORKER")
AYUMI: Final = someone(6, "PRIVATE_ORG_SPECIALIST")
HER_CASE: Final = CaseId(an_id(400))
HER: Final = PersonId(an_id(600))
HER_REFERRAL: Final = ReferralId(CITY.new_id)
TODAY: Final = date(2026, 5, 13)
AT_ONCE: Final = NOW + timedelta(hours=2)

CONTRACT: Final = Contract(
    centre=CENTRE.agency, valid_from=date(2026, 4, 1), valid_until=date(2027, 3, 31)
)
AGENCIES: Final[dict[AgencyId, KnownAgency]] = {
    CITY.agency: KnownAgency(kind="MUNICIPAL_GENDER_EQUALITY_CENTRE", prefecture="06"),
    CENTRE.agency: KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="06"),
    SHELTER.agency: KnownAgency(
        kind="PRIVATE_SHELTER",
        prefecture="06",
        contracts={ContractId(an_id(700)): CONTRACT},
    ),
    POLICE.agency: KnownAgency(kind="POLICE", prefecture="06"),
    SHIRAHAMA.agency: KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="30"),
    AYUMI.agency: KnownAgency(kind="PRIVATE_SUPPORT_ORGANISATION", prefecture="06"),
}

contact: Final = KnownCase(
    subject_id=HER,
    opened_by=CITY.agency,
    reasons=frozenset({(CITY.agency, "OPENED"), (CENTRE.agency, "MAIN_SUPPORT")}),
)
active: Final = replace(
    contact,
    status="ACTIVE",
    identified=True,
    main_responsible=CITY.agency,
    reasons=contact.reasons | {(CITY.agency, "MAIN_RESPONSIBLE")},
)


def answered_for_by(by: Context, case: KnownCase = active) -> KnownCase:
    before = {(agency, why) for agency, why in case.reasons if why != "MAIN_RESPONSIBLE"}
    return replace(
        case,
        main_responsible=by.agency,
        reasons=frozenset({*before, (by.agency, "MAIN_RESPONSIBLE")}),
    )


def beside(case: Case = active, **known: object) -> Beside:
    return replace(Beside(case_id=HER_CASE, case=case, agencies=AGENCIES), **known)


def referral_in(around: Beside) -> Decider[Referral, ReferralCommand, Event]:
    """What a command does to a referral, after that to its case, and what draft it makes."""

    def decide(state: Referral, command: ReferralCommand, by: Context) -> tuple[Event, ...]:
        decided = referral.decide(around, state, command, by)
        return (*decided.referral, *decided.case, *((decided.draft,) if decided.draft else ()))

    def evolve(state: Referral, event: Event) -> Referral:
        assert isinstance(event, ReferralEvent)
        return referral.evolve(state, event)

    return Decider(NoReferral(), decide, evolve)


IN_HER_CASE: Final = referral_in(beside())


# What is in a package

HER_NAME: Final = EventId(an_id(801))
HER_TELEPHONE: Final = EventId(an_id(802))
HER_GRANT: Final = GrantId(an_id(810))


def thing(source: EventId, path: FieldPath, category: CategoryCode) -> Offered:
    """She has agreed to it, and whoever offers it may see it."""
    return Offered(
        source=source,
        path=path,
        category=category,
        person=HER,
        known=True,
        consents=frozenset({HER_GRANT}),
    )


name: Final = thing(HER_NAME, "case.subject_identified.v1/name", "IDN")
telephone: Final = thing(HER_TELEPHONE, "case.contact_method_set.v1/value", "CNT")
name_item: Final = Item(source=HER_NAME, field="name")
telephone_item: Final = Item(source=HER_TELEPHONE, field="value")
NOTHING: Final = digest_of(())


# What is asked

draft: Final = DraftReferral(
    kind="TEMPORARY_PROTECTION_REQUEST",
    to_agency=CENTRE.agency,
    purpose="PROTECTION",
    urgency="HIGH",
)
send: Final = SendReferral(referral_id=HER_REFERRAL, respond_by=AT_ONCE, accompanied=True)
receive: Final = ReceiveReferral(referral_id=HER_REFERRAL)
accept: Final = AcceptReferral(
    referral_id=HER_REFERRAL, role_taken="MAIN_SUPPORT", conditions=frozenset({"KEEPS_PHONE"})
)
confirm: Final = ConfirmHandover(
    referral_id=HER_REFERRAL, referrer_remains=True, accompanied_by=CITY.staff
)
decline: Final = DeclineReferral(referral_id=HER_REFERRAL, reason="NO_CAPACITY")


inquire: Final = SendInquiry(
    referral_id=HER_REFERRAL,
    age_band="20S",
    family_size=3,
    children=("6_11", "3_5"),
    needs=frozenset({"HOUSING", "CHILD_REARING"}),
)
feasible: Final = AnswerInquiry(referral_id=HER_REFERRAL, feasible=True)
ask_more: Final = RequestInformation(referral_id=HER_REFERRAL, questions=("薬は足りていますか。",))
supply: Final = SupplyInformation(referral_id=HER_REFERRAL)
redirect: Final = RedirectReferral(
    referral_id=HER_REFERRAL, new_to=AYUMI.agency, purpose="SERVICE", urgency="MEDIUM"
)
no_show: Final = RecordAppointment(referral_id=HER_REFERRAL, appointment="NO_SHOW", on=TODAY)
ask_to_cancel: Final = AskToCancel(referral_id=HER_REFERRAL, reason="NO_CONTACT")
report: Final = ReportOutcome(
    referral_id=HER_REFERRAL, result="SUPPORT_IN_PLACE", text="毎週通えている。"
)
withdraw: Final = WithdrawReferral(referral_id=HER_REFERRAL, reason="SUBJECT_WISH")
expire: Final = ExpireReferral(referral_id=HER_REFERRAL)


# What happens

drafted: Final = ReferralDrafted(
    referral_id=HER_REFERRAL,
    case_id=HER_CASE,
    kind="TEMPORARY_PROTECTION_REQUEST",
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
    purpose="PROTECTION",
    urgency="HIGH",
    answer_within="DAY",
)
asked: Final = ReferralInquirySent(
    age_band="20S",
    family_size=3,
    children=("6_11", "3_5"),
    needs=frozenset({"HOUSING", "CHILD_REARING"}),
)
answered: Final = InquiryAnswered(feasible=True, conditions=frozenset())
sent: Final = ReferralSent(
    sent_at=NOW, respond_by=AT_ONCE, accompanied=True, hands_over=True, package_hash=NOTHING
)
received: Final = ReferralReceived(at=NOW, receiving_staff=CENTRE.staff)
questioned: Final = InformationRequested(at=NOW, questions=("薬は足りていますか。",))
supplied: Final = InformationSupplied(at=NOW, package_hash=NOTHING)
accepted: Final = ReferralAccepted(
    on=TODAY,
    conditions=frozenset[Condition]({"KEEPS_PHONE"}),
    role_taken="MAIN_SUPPORT",
)
supporting: Final = RoleAssigned(
    function="MAIN_SUPPORT", agency_id=CENTRE.agency, decided_by=HER_REFERRAL
)
confirmed: Final = HandoverConfirmed(
    on=TODAY,
    main_responsible_from=CITY.agency,
    main_responsible_to=CENTRE.agency,
    referrer_remains=True,
    accompanied_by=CITY.staff,
)
moved: Final = ResponsibilityMoved(
    from_agency=CITY.agency, to_agency=CENTRE.agency, from_remains=True, decided_by=HER_REFERRAL
)
declined: Final = ReferralDeclined(reason="NO_CAPACITY")
redirected: Final = ReferralRedirected(
    new_to=AYUMI.agency, new_referral_id=ReferralId(CENTRE.new_id)
)
withdrawn: Final = ReferralWithdrawn(reason="SUBJECT_WISH")
expired: Final = ReferralExpired(at=datetime(2026, 5, 13, 7, 0, tzinfo=UTC))


def going(kind: str, sender: Context, receiver: Context) -> ReferralDrafted:
    """A draft of this kind, from one to the other."""
    return replace(drafted, kind=kind, from_agency=sender.agency, to_agency=receiver.agency)


HISTORIES: Final[Mapping[str, tuple[ReferralEvent, ...]]] = {
    "NONE": (),
    "DRAFT": (drafted,),
    "INQUIRED": (drafted, asked),
    "READY": (drafted, asked, answered),  # A draft of which the receiver knows.
    "SENT": (drafted, sent),
    "RECEIVED": (drafted, sent, received),
    "INFO_REQUESTED": (drafted, sent, received, questioned),
    "ACCEPTED": (drafted, sent, received, accepted),
    "COMPLETED": (drafted, sent, received, accepted, confirmed),
    "DECLINED": (drafted, sent, declined),
    "REDIRECTED": (drafted, sent, redirected),
    "EXPIRED": (drafted, sent, expired),
    "WITHDRAWN": (drafted, sent, withdrawn),
    "DROPPED": (drafted, withdrawn),  # Before the receiver knew of it.
}
