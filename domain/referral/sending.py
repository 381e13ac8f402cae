"""Drafting and sending (準備と送付): whom it is sent to, what is in it, and by which consent."""

from datetime import datetime

from domain.agency import AgencyNotKnown
from domain.agency_codes import AgencyKind
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.codes import ConsentKind, ReferralKind
from domain.items import (
    NotAgreedTo,
    Offered,
    categories_of,
    check_agreed,
    check_known,
    digest_of,
    paths_of,
    sources_of,
)
from domain.model import AgencyId, Context, GrantId, ReferralId
from domain.referral.beside import Beside
from domain.referral.commands import (
    AskToTakeOver,
    DraftReferral,
    SendInquiry,
    SendReferral,
)
from domain.referral.events import (
    InformationSupplied,
    PackageChanged,
    ReferralDrafted,
    ReferralInquirySent,
    ReferralSent,
)
from domain.referral.kinds import TERMS, WHOLE_HANDOVERS
from domain.referral.refusals import (
    AnswerAlreadyDue,
    CaseNotAccepted,
    HandoverAlreadyOpen,
    HandsNothingOver,
    InquireFirst,
    IntroductionCarriesContactOnly,
    NotItsToHandOver,
    NotOtherPrefecture,
    OnlyCentresAsk,
    OtherPrefecture,
    ReferralNotFound,
    ReferralToOneself,
    WrongKindOfAgency,
)
from domain.referral.states import KnownReferral, Named
from domain.referral_codes import WITHIN
from domain.timers import answer_due


def drafted(beside: Beside, command: DraftReferral, by: Context) -> ReferralDrafted:
    check_to_another(command.to_agency, by.agency)
    check_kinds_match(beside, command.kind, by.agency, command.to_agency)
    if command.kind in WHOLE_HANDOVERS and beside.main_responsible == by.agency:
        check_no_other_handover(beside)
    if command.based_on not in {None, *beside.brought_in_by}:
        raise ReferralNotFound
    check_known(beside.offered)
    check_carries(command.kind, beside.offered)
    return ReferralDrafted(
        referral_id=ReferralId(by.new_id),
        case_id=beside.case_id,
        kind=command.kind,
        from_agency=by.agency,
        to_agency=command.to_agency,
        purpose=command.purpose,
        urgency=command.urgency,
        requested_service=command.requested_service,
        based_on=command.based_on,
        answer_within=WITHIN[command.urgency],
        sources=sources_of(beside.offered),
        paths=paths_of(beside.offered),
        item_categories=categories_of(beside.offered),
    )


def asked_to_take_over(beside: Beside, command: AskToTakeOver, by: Context) -> ReferralDrafted:
    """It is a draft of the agency that answers for her, which sends it if it agrees."""
    answering = beside.main_responsible
    if answering is None:
        raise CaseNotAccepted
    check_to_another(by.agency, answering)
    return ReferralDrafted(
        referral_id=ReferralId(by.new_id),
        case_id=beside.case_id,
        kind="CASE_TRANSFER",
        from_agency=answering,
        to_agency=by.agency,
        purpose=command.purpose,
        urgency=command.urgency,
        answer_within=WITHIN[command.urgency],
    )


def package_changed(
    beside: Beside, referral: KnownReferral, by: Context
) -> tuple[PackageChanged, ...]:
    """``beside`` says what the command has named."""
    beside.check_takes_part(by.agency)
    check_known(beside.offered)
    check_carries(referral.kind, beside.offered)
    if tuple(Named(o.source, o.path, o.category) for o in beside.offered) == referral.package:
        return ()
    return (
        PackageChanged(
            sources=sources_of(beside.offered),
            paths=paths_of(beside.offered),
            item_categories=categories_of(beside.offered),
        ),
    )


def inquiry_sent(
    beside: Beside, referral: KnownReferral, command: SendInquiry, by: Context
) -> ReferralInquirySent:
    beside.check_takes_part(by.agency)
    check_kinds_match(beside, referral.kind, referral.from_agency, referral.to_agency)
    check_may_know(beside, referral.to_agency)
    return ReferralInquirySent(
        age_band=command.age_band,
        family_size=command.family_size,
        children=command.children,
        needs=command.needs,
    )


def sent(
    beside: Beside, referral: KnownReferral, command: SendReferral, by: Context
) -> ReferralSent:
    beside.check_takes_part(by.agency)
    if command.respond_by and command.respond_by <= by.at:
        raise AnswerAlreadyDue
    check_kinds_match(beside, referral.kind, referral.from_agency, referral.to_agency)
    check_inquired(referral)
    check_consented(beside, TERMS[referral.kind].to_send)
    check_agreed_to(beside, stood_in=by.agency != referral.from_agency)
    check_covered(beside, referral)
    return ReferralSent(
        sent_at=by.at,
        respond_by=command.respond_by,
        answer_due=_answer_due(referral, command, by),
        accompanied=command.accompanied,
        hands_over=_hands_over(beside, referral, command),
        sources=sources_of(beside.offered),
        paths=paths_of(beside.offered),
        item_categories=categories_of(beside.offered),
        categories=frozenset(categories_of(beside.offered)),
        consent_ids=consents_in(beside.offered),
        package_hash=digest_of(beside.offered),
    )


def _answer_due(referral: KnownReferral, command: SendReferral, by: Context) -> datetime | None:
    """INV-R5: what nobody answers comes up; it lapses only when the sender has said it does."""
    if command.respond_by is not None:
        return None
    return answer_due(by.timers, referral.answer_within, by.at)


def information_supplied(
    beside: Beside, referral: KnownReferral, by: Context
) -> InformationSupplied:
    beside.check_takes_part(by.agency)
    check_covered(beside, referral)
    return InformationSupplied(
        at=by.at,
        sources=sources_of(beside.offered),
        paths=paths_of(beside.offered),
        item_categories=categories_of(beside.offered),
        categories=frozenset(categories_of(beside.offered)),
        consent_ids=consents_in(beside.offered),
        package_hash=digest_of(beside.offered),
    )


def check_covered(beside: Beside, referral: KnownReferral) -> None:
    """Whoever sends it may see each thing in it, and she has agreed to each for the receiver."""
    check_known(beside.offered)
    check_carries(referral.kind, beside.offered)
    check_may_know(beside, referral.to_agency)
    check_agreed(beside.offered)


def check_may_know(beside: Beside, agency: AgencyId) -> None:
    """Whom she does not want to know is refused in the words in which anybody might be."""
    if agency in beside.excluded:
        raise NotAgreedTo


def check_agreed_to(beside: Beside, *, stood_in: bool) -> None:
    """§0.4(11): where whoever answers for her cannot act, it is to an agency she agrees to."""
    if stood_in and not beside.agreed_to:
        raise NotAgreedTo


def check_carries(kind: ReferralKind, offered: tuple[Offered, ...]) -> None:
    """An introduction carries nothing of hers but how to reach her."""
    if kind == "INTRODUCTION" and any(each.category != "CNT" for each in offered):
        raise IntroductionCarriesContactOnly


def check_inquired(referral: KnownReferral) -> None:
    """Out of the prefecture nobody learns who she is who could not take her anyway."""
    if referral.kind == "OUT_OF_PREFECTURE" and referral.feasible is not True:
        raise InquireFirst


def check_consented(beside: Beside, kind: ConsentKind | None) -> None:
    """Her consent to share what is known of her is no consent to the step itself."""
    if kind is not None and kind not in beside.agreed:
        raise ConsentOfThatKindMissing(kind=kind)


def check_no_other_handover(beside: Beside) -> None:
    """At no time do two agencies stand to answer for her after the one that does."""
    if beside.handovers:
        raise HandoverAlreadyOpen


def check_to_another(to: AgencyId, *others: AgencyId) -> None:
    if to in others:
        raise ReferralToOneself


def check_kinds_match(beside: Beside, kind: ReferralKind, sender: AgencyId, to: AgencyId) -> None:
    """Each kind of referral has the agencies that ask for it, and those that take it up."""
    terms = TERMS[kind]
    if terms.receivers is not None and not _is_one_of(beside, to, terms.receivers):
        raise WrongKindOfAgency
    if terms.senders is not None and not _is_one_of(beside, sender, terms.senders):
        raise OnlyCentresAsk
    elsewhere = _in_another_prefecture(beside, sender, to)
    if kind == "OUT_OF_PREFECTURE" and not elsewhere:
        raise NotOtherPrefecture
    if kind != "OUT_OF_PREFECTURE" and terms.hands_over and elsewhere:
        raise OtherPrefecture


def consents_in(offered: tuple[Offered, ...]) -> frozenset[GrantId]:
    return frozenset[GrantId]().union(*(each.consents for each in offered))


def _hands_over(beside: Beside, referral: KnownReferral, command: SendReferral) -> bool:
    may = TERMS[referral.kind].hands_over
    wanted = command.hands_over
    if wanted is None:
        wanted = may and beside.main_responsible == referral.from_agency
    if wanted:
        if not may:
            raise HandsNothingOver
        check_its_to_hand_over(beside, referral)
        check_no_other_handover(beside)
    return wanted


def check_its_to_hand_over(beside: Beside, referral: KnownReferral) -> None:
    """She is handed over by the agency that answers for her, and by no other."""
    if beside.main_responsible is None:
        raise CaseNotAccepted
    if beside.main_responsible != referral.from_agency:
        raise NotItsToHandOver


def _is_one_of(beside: Beside, agency: AgencyId, kinds: frozenset[AgencyKind]) -> bool:
    known = beside.agencies.get(agency)
    if known is None:
        raise AgencyNotKnown
    return any(known.is_a(kind) for kind in kinds)


def _in_another_prefecture(beside: Beside, one: AgencyId, other: AgencyId) -> bool:
    """As far as it is known of both; some agencies are of no prefecture."""
    named = [beside.agencies[each].prefecture for each in (one, other) if each in beside.agencies]
    return len(set(named)) > 1 and None not in named
