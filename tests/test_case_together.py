"""A case beside all the rest: what is read elsewhere, and decided in one step with it."""

from datetime import date
from typing import Final

from domain.agency import (
    AgencyIsSuspended,
    AgencyNotKnown,
    DeactivateAgency,
    EndCommissionContract,
    StartCommissionContract,
    SuspendAgency,
)
from domain.agency_codes import Criterion
from domain.case import (
    AssignRole,
    CaseNotFound,
    CasesLinked,
    CaseTransferred,
    CloseCase,
    CorrectRecord,
    EndParticipation,
    IdentifySubject,
    LinkCases,
    OpenCase,
    RecordCorrected,
    ResponsibilityMoved,
    SubjectIdentified,
    TransferCase,
)
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.closing import CaseClosed, HandoverNotConfirmed, ReferralStillOpen
from domain.case.companions import AddCompanion
from domain.case.correcting import RecordNotFound
from domain.case.course import CaseIsClosed
from domain.case.linking import LinkNotAgreed
from domain.case.services import (
    DivisionNotAgreed,
    OpenProcedureBundle,
    Procedure,
    ProcedureBundleOpened,
)
from domain.case.stay_events import DecideStay, EndStay, StartStay, StayDecided
from domain.case.stay_rules import NoCommissionContract
from domain.case.support import RecordAssessment
from domain.case_numbers import CaseNumberTaken
from domain.categories import CategoryCode
from domain.consent_ledger import ConsentExpired, WithdrawConsent
from domain.duties import DutyLeft, DutyTaken
from domain.exclusions import LiftExclusion, SetExclusion
from domain.model import (
    AgencyId,
    CaseId,
    ContractId,
    EventId,
    GrantId,
    NetworkId,
    PersonId,
    StayId,
)
from domain.network import EstablishNetwork, JoinNetwork, NotInTheNetwork
from domain.network.state import NetworkNotFound
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DeclineReferral,
    HandoverConfirmed,
    ReferralNotFound,
    SendReferral,
)
from tests.peers import Midorino, midorino
from tests.spec import an_id
from tests.world import Asked, Someone

CHECKED: Final[frozenset[Criterion]] = frozenset(
    {"CORPORATE_STATUS", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
)
PROCEDURES: Final[tuple[CategoryCode, ...]] = ("ECO",)
NUMBER: Final[tuple[CategoryCode, ...]] = ("CNT",)
close = CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。")


# Closing


def test_a_case_is_not_closed_while_anybodys_referral_waits() -> None:
    here = midorino()
    draft = here.drafts(here.city, here.ayumi)
    assert here.refuses(here.city, close) is None  # A draft is nobody's business yet.
    here.says(here.city, SendReferral(referral_id=draft))
    assert here.refuses(here.city, close) is ReferralStillOpen
    here.withdraws(here.city, draft)
    assert here.says(here.city, close).the(CaseClosed).reason == "GOALS_MET"


def test_what_nobody_is_left_to_end_keeps_no_case_open() -> None:
    """Both are gone; or who sent it is, and takes no part any more."""
    here = midorino()
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    between = here.sends(here.ayumi, here.hospital)
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.ayumi.agency))
    assert here.refuses(here.city, close) is ReferralStillOpen  # It may still be answered.
    both = midorino()
    both.says(both.city, AssignRole(function="SERVICE_PROVIDER", agency_id=both.ayumi.agency))
    both.sends(both.ayumi, both.hospital)
    for gone in (both.hospital, both.ayumi):
        assert both.refuses(both.city, close) is ReferralStillOpen
        both.world.says(both.world.operator, DeactivateAgency(agency_id=gone.agency))
    assert both.says(both.city, close).the(CaseClosed)
    here.says(here.city, EndParticipation(agency_id=here.ayumi.agency))
    assert here.says(here.city, close).the(CaseClosed)
    accept = AcceptReferral(referral_id=between, role_taken="SERVICE_PROVIDER")
    assert here.refuses(here.hospital, accept) is CaseIsClosed


def test_what_a_shelter_that_is_gone_sent_to_whom_she_shut_out_keeps_no_case_open() -> None:
    """Whoever answers for her cannot let the one go, and the other finds nothing to answer."""
    here = midorino()
    here.takes_over(here.ayumi)
    here.says(here.ayumi, AssignRole(function="MAIN_SUPPORT", agency_id=here.centre.agency))
    brought_in = here.sends(here.centre, here.shelter)
    here.accepts(here.shelter, brought_in)
    here.confirms(here.shelter, brought_in)
    unanswered = here.sends(here.shelter, here.hospital)
    ends = (close, TransferCase())
    here.says(here.city, SetExclusion(agency_id=here.hospital.agency))
    for end in ends:  # Who sent it may still withdraw it.
        assert here.refuses(here.ayumi, end) is ReferralStillOpen
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.shelter.agency))
    assert here.says(here.ayumi, EndParticipation(agency_id=here.shelter.agency)).events == ()
    decline = DeclineReferral(referral_id=unanswered, reason="NO_CAPACITY")
    assert here.refuses(here.hospital, decline) is ReferralNotFound
    for end in ends:
        assert here.refuses(here.ayumi, end) is None
    lifted = LiftExclusion(agency_id=here.hospital.agency, method="ORAL_WITNESSED")
    here.says(here.city, lifted)
    for end in ends:  # Now it may be answered.
        assert here.refuses(here.ayumi, end) is ReferralStillOpen


def test_whoever_is_only_suspended_may_still_end_what_waits() -> None:
    here = midorino()
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    here.sends(here.ayumi, here.hospital)
    for each in (here.ayumi, here.hospital):
        here.world.says(here.world.operator, SuspendAgency(agency_id=each.agency))
    here.says(here.city, EndParticipation(agency_id=here.ayumi.agency))
    assert here.refuses(here.city, close) is ReferralStillOpen


def test_what_she_agreed_to_until_it_is_closed_ends_in_the_same_step() -> None:
    here = midorino()
    grant = here.agrees(here.ayumi)
    lasting = here.agrees(here.ayumi, valid_until=date(2027, 3, 31))
    ended = here.says(here.city, close)
    assert [type(event) for event in ended.events] == [CaseClosed, ConsentExpired, DutyLeft]
    assert ended.the(ConsentExpired).grant_id == grant != lasting


# Correcting and linking


def test_an_agency_corrects_its_own_record_wherever_it_stands() -> None:
    here = midorino()
    here.says(here.city, AssignRole(function="CONVENOR", agency_id=here.ayumi.agency))
    correct = CorrectRecord(
        target_event_id=here.her_name, field="kana", new_value="あいかわみさき", reason="聞いた。"
    )
    corrected = here.says(here.city, correct).the(RecordCorrected)
    assert (corrected.field, corrected.category) == ("case.subject_identified.v1/kana", "IDN")
    assert here.refuses(here.ayumi, correct) is RecordNotFound
    unheard_of = CorrectRecord(
        target_event_id=EventId(an_id(999)), field="kana", new_value="あ", reason="聞いた。"
    )
    assert here.refuses(here.city, unheard_of) is RecordNotFound


def test_a_record_of_another_case_is_none_of_this_one() -> None:
    here = midorino()
    other = another_case(here, here.city)
    named = here.world.says(here.city, IdentifySubject(name="相川美咲"), other)
    elsewhere = CorrectRecord(
        target_event_id=named.id_of(SubjectIdentified), field="name", new_value="あ", reason="あ"
    )
    assert here.refuses(here.city, elsewhere) is RecordNotFound


def test_two_cases_are_linked_by_whoever_works_on_both_and_as_she_agrees() -> None:
    here = midorino()
    other = another_case(here, here.city)
    link = LinkCases(other_case_id=other)
    assert here.refuses(here.city, link) is LinkNotAgreed
    grant = here.agrees(kind="CASE_LINK", categories=())
    assert here.refuses(here.city, link) is LinkNotAgreed  # There she has not been asked.
    there = here._replace(case=other)
    theirs = there.agrees(kind="CASE_LINK", categories=())
    there.says(here.city, WithdrawConsent(grant_id=theirs))
    assert here.refuses(here.city, link) is LinkNotAgreed
    there.agrees(kind="CASE_LINK", categories=())
    assert here.says(here.city, link).the(CasesLinked).consent_id == grant
    another = LinkCases(other_case_id=another_case(here, here.ayumi))
    nobodys = LinkCases(other_case_id=CaseId(an_id(998)))
    assert here.refuses(here.city, another) is here.refuses(here.city, nobodys) is CaseNotFound


def test_whom_she_has_shut_out_finds_her_other_case_by_no_link() -> None:
    """INV-C13: at the agency that works on both, somebody she does not want to know of the one."""
    here = midorino()
    kin = here.world.enrols(here.city.agency, "CASEWORKER")
    there = here._replace(case=another_case(here, kin))
    for each in (here, there):
        each.agrees(kind="CASE_LINK", categories=())
    link = LinkCases(other_case_id=here.case)
    assert there.refuses(kin, link) is None
    here.says(here.city, SetExclusion(staff_id=kin.staff))
    nobodys = LinkCases(other_case_id=CaseId(an_id(998)))
    assert there.refuses(kin, link) is there.refuses(kin, nobodys) is CaseNotFound
    assert there.refuses(here.city, link) is None


def test_what_she_says_in_her_other_case_is_not_overtaken_by_a_link() -> None:
    """What she takes back there is decided first, and whom she shuts out there."""
    here = midorino()
    there = here._replace(case=another_case(here, here.city))
    here.agrees(kind="CASE_LINK", categories=())
    grant = there.agrees(kind="CASE_LINK", categories=())
    links = Asked(here.city, LinkCases(other_case_id=there.case), here.case)
    for said in (SetExclusion(staff_id=here.ayumi.staff), WithdrawConsent(grant_id=grant)):
        assert here.world.race(Asked(here.city, said, there.case), links) == {"case"}


def test_divisions_are_told_by_a_consent_of_hers_that_lets_them_know_of_procedures() -> None:
    here = midorino()
    her_sister = here.says(here.city, AddCompanion(companion="ADULT", relation="SIBLING")).made
    for_herself = PersonId(her_sister)
    by_number = here.agrees(here.ayumi, here.hospital, categories=NUMBER)
    by_another = here.agrees(
        here.ayumi,
        here.hospital,
        categories=PROCEDURES,
        grantor="ADULT_COMPANION",
        grantor_id=for_herself,
    )
    to_one = here.agrees(here.ayumi, categories=PROCEDURES)
    to_both = here.agrees(here.ayumi, here.hospital, categories=PROCEDURES)

    def told_by(consent: GrantId) -> OpenProcedureBundle:
        return OpenProcedureBundle(
            procedures=(
                Procedure(service_code="PUBLIC_ASSISTANCE", division=here.ayumi.agency),
                Procedure(service_code="MEDICAL_TREATMENT", division=here.hospital.agency),
            ),
            consent_id=consent,
        )

    for consent in (by_number, by_another, to_one):
        assert here.refuses(here.city, told_by(consent)) is DivisionNotAgreed
    opened = here.says(here.city, told_by(to_both)).the(ProcedureBundleOpened)
    assert opened.consent_id == to_both
    here.says(here.city, WithdrawConsent(grant_id=to_both))
    assert here.refuses(here.city, told_by(to_both)) is DivisionNotAgreed


def another_case(here: Midorino, who: Someone) -> CaseId:
    opened = here.world.says(
        who,
        OpenCase(
            anonymous=True,
            channel="SNS",
            found_via="OUTREACH",
            frameworks=frozenset(),
            at_risk_only=True,
        ),
    )
    assert opened.case
    return opened.case


# Going on elsewhere


def test_in_another_network_she_gets_a_number_of_that_one_in_the_same_step() -> None:
    here = midorino()
    wakaba = a_network(here, "若葉市", here.centre)
    transfer = TransferCase(network_id=wakaba)
    here.takes_over(here.centre)
    taken = here.says(here.centre, transfer)
    assert [type(event) for event in taken.events] == [CaseTransferred, CaseNumberTaken]
    assert taken.the(CaseTransferred).case_number == taken.the(CaseNumberTaken).number
    assert here.known.network == wakaba
    # Where it stands already it takes no second number.
    assert here.says(here.centre, transfer).events == ()


def test_she_is_handed_over_and_carried_on_in_another_network_in_one_step() -> None:
    here = midorino()
    wakaba = a_network(here, "若葉市", here.centre)
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    said = here.says(
        here.centre,
        ConfirmHandover(referral_id=referral, referrer_remains=False, network_id=wakaba),
    )
    assert [type(event) for event in said.events] == [
        HandoverConfirmed,
        ResponsibilityMoved,
        CaseTransferred,
        CaseNumberTaken,
        DutyLeft,
        DutyTaken,
    ]
    assert said.the(CaseTransferred).case_number == said.the(CaseNumberTaken).number
    assert said.the(CaseTransferred).referral_id == referral
    assert (here.known.network, here.known.main_responsible) == (wakaba, here.centre.agency)


def test_without_a_place_in_that_network_she_is_not_handed_over_either() -> None:
    here = midorino()
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    for network, why in (
        (a_network(here, "若葉市", here.ayumi), NotInTheNetwork),
        (NetworkId(an_id(997)), NetworkNotFound),
    ):
        confirm = ConfirmHandover(referral_id=referral, referrer_remains=True, network_id=network)
        assert here.refuses(here.centre, confirm) is why
    assert here.known.main_responsible == here.city.agency


def test_a_request_for_protection_takes_her_case_nowhere() -> None:
    here = midorino()
    wakaba = a_network(here, "若葉市", here.centre)
    referral = here.sends(here.city, here.centre, "TEMPORARY_PROTECTION_REQUEST")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=True, network_id=wakaba)
    assert here.refuses(here.centre, confirm) is HandoverNotConfirmed
    here.confirms(here.centre, referral)
    assert here.refuses(here.centre, TransferCase()) is HandoverNotConfirmed


def test_a_network_that_is_there_takes_her_in_through_a_member() -> None:
    here = midorino()
    of_others = a_network(here, "若葉市", here.ayumi)
    here.takes_over(here.centre)
    assert here.refuses(here.centre, TransferCase(network_id=of_others)) is NotInTheNetwork


def a_network(here: Midorino, name: str, body: Someone) -> NetworkId:
    founded = here.world.says(
        here.world.operator,
        EstablishNetwork(
            name=f"{name}支援調整会議",
            level="MUNICIPALITY",
            basis="ACT_ART_15",
            prefecture="06",
            area=name,
            implementing_body=body.agency,
        ),
    )
    network = NetworkId(founded.made)
    joins = JoinNetwork(network_id=network, agency_id=body.agency, membership="MEMBER")
    here.world.says(here.world.operator, joins)
    return network


# Stays


def protecting(here: Midorino) -> tuple[ContractId, DecideStay]:
    """The centre answers for her, has heard her, and has a contract with the shelter."""
    here.takes_over(here.centre)
    contract = StartCommissionContract(
        agency_id=here.shelter.agency,
        valid_from=date(2026, 4, 1),
        valid_until=date(2027, 3, 31),
        criteria_check=CHECKED,
    )
    running = ContractId(here.world.says(here.centre, contract).made)
    assess = RecordAssessment(with_subject=True, danger_level="HIGH", urgency_level="HIGH")
    here.says(here.centre, assess)
    return running, DecideStay(
        kind="COMMISSIONED_PROTECTION",
        scope="IN_PREFECTURE",
        legal_ground="SPOUSE_VIOLENCE",
        provider_agency_id=here.shelter.agency,
        planned_from=date(2026, 5, 13),
    )


def begin(stay: StayId) -> StartStay:
    return StartStay(stay_id=stay, location="やすらぎ 2階", age_band="30S", reason_code="DV")


def test_her_consent_to_a_stay_is_read_when_it_is_decided_and_again_when_it_begins() -> None:
    here = midorino()
    contract, decide = protecting(here)
    assert here.refuses(here.centre, decide) is ConsentOfThatKindMissing
    grant = here.agrees(here.shelter, kind="COMMISSIONED_PLACEMENT", via=here.centre)
    decided = here.says(here.centre, decide).the(StayDecided)
    assert (decided.contract_id, decided.consent_id) == (contract, grant)
    assert here.refuses(here.centre, begin(decided.stay_id)) is None
    here.says(here.centre, WithdrawConsent(grant_id=grant))
    assert here.refuses(here.centre, begin(decided.stay_id)) is ConsentOfThatKindMissing


def test_a_contract_that_ended_meanwhile_is_none_though_nobody_names_it_again() -> None:
    here = midorino()
    contract, decide = protecting(here)
    here.agrees(here.shelter, kind="COMMISSIONED_PLACEMENT", via=here.centre)
    stay = here.says(here.centre, decide).the(StayDecided).stay_id
    end = EndCommissionContract(agency_id=here.shelter.agency, contract_id=contract)
    here.world.says(here.centre, end)
    assert here.refuses(here.centre, begin(stay)) is NoCommissionContract


def test_nothing_is_given_to_do_to_an_agency_that_is_suspended_or_not_there() -> None:
    here = midorino()
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    role = AssignRole(function="CONVENOR", agency_id=here.ayumi.agency)
    nobody = AssignRole(function="CONVENOR", agency_id=AgencyId(an_id(997)))
    assert here.refuses(here.city, role) is here.refuses(here.city, nobody) is AgencyNotKnown
    assert here.refuses(here.ayumi, role) is AgencyIsSuspended


def test_whom_a_case_is_hidden_from_learns_nothing_of_whom_it_names() -> None:
    here = midorino()
    _, decide = protecting(here)
    here.agrees(here.shelter, kind="COMMISSIONED_PLACEMENT", via=here.centre)
    stay = here.says(here.centre, decide).the(StayDecided).stay_id
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.shelter.agency))
    assert here.refuses(here.centre, begin(stay)) is AgencyNotKnown
    for command in (begin(stay), begin(StayId(an_id(996))), decide):
        assert here.refuses(here.police, command) is CaseNotFound


def test_a_stay_ends_and_an_agency_leaves_whatever_the_standing_of_who_kept_her() -> None:
    here = midorino()
    _, decide = protecting(here)
    here.agrees(here.shelter, kind="COMMISSIONED_PLACEMENT", via=here.centre)
    stay = here.says(here.centre, decide).the(StayDecided).stay_id
    here.says(here.centre, begin(stay))
    here.says(here.centre, AssignRole(function="MAIN_SUPPORT", agency_id=here.shelter.agency))
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.shelter.agency))
    let_go = EndStay(stay_id=stay, destination_kind="RELATIVE", without_aftercare="DECLINED")
    assert here.refuses(here.centre, let_go) is None
    leaves = EndParticipation(agency_id=here.shelter.agency)
    assert here.refuses(here.centre, leaves) is None
