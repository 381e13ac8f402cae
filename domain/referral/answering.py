"""Answering (回答): the other agency takes her on, asks for more, declines, or names another.

With acceptance it takes part in the case. Until then it has what was sent to it, and nothing else.
"""

from domain.agency import has_contract
from domain.calendar import date_in_japan
from domain.case import RoleAssigned
from domain.codes import SupportFunction
from domain.items import check_agreed
from domain.model import Context, ReferralId
from domain.referral.beside import Beside, Decided
from domain.referral.commands import (
    AcceptReferral,
    AnswerInquiry,
    DeclineReferral,
    RedirectReferral,
    RequestInformation,
)
from domain.referral.events import (
    InformationRequested,
    InquiryAnswered,
    ReferralAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralExpired,
    ReferralReceived,
    ReferralRedirected,
)
from domain.referral.kinds import TERMS
from domain.referral.refusals import (
    AnswerNotYetDue,
    ContractMissing,
    HandsNothingOver,
    RoleNotGivenHere,
    RoleNotNamed,
    SenderNoLongerTakesPart,
)
from domain.referral.sending import (
    check_agreed_to,
    check_consented,
    check_its_to_hand_over,
    check_kinds_match,
    check_may_know,
    check_no_other_handover,
    check_to_another,
)
from domain.referral.states import KnownReferral
from domain.referral_codes import WITHIN
from domain.speech import Refused


def inquiry_answered(command: AnswerInquiry) -> InquiryAnswered:
    return InquiryAnswered(feasible=command.feasible, conditions=command.conditions)


def received(by: Context) -> ReferralReceived:
    return ReferralReceived(at=by.at, receiving_staff=by.staff)


def information_requested(command: RequestInformation, by: Context) -> InformationRequested:
    return InformationRequested(at=by.at, questions=command.questions)


def accepted(
    beside: Beside, referral: KnownReferral, command: AcceptReferral, by: Context
) -> Decided:
    check_sender_takes_part(beside, referral)
    check_role(referral, command.role_taken)
    check_still_covered(beside, referral)
    check_consented(beside, TERMS[referral.kind].to_accept)
    check_contract(beside, referral, by)
    takes_over = command.takes_over and not referral.hands_over
    if takes_over:
        check_can_take_over(beside, referral)
    event = ReferralAccepted(
        on=date_in_japan(by.at),
        conditions=command.conditions,
        role_taken=command.role_taken,
        remaining_referrer_role=command.remaining_referrer_role,
        takes_over=takes_over,
    )
    if command.role_taken is None:
        return Decided((event,))
    role = RoleAssigned(
        function=command.role_taken, agency_id=by.agency, decided_by=referral.referral_id
    )
    return Decided((event,), (role,))


def declined(referral: KnownReferral, command: DeclineReferral, by: Context) -> ReferralDeclined:
    if command.alternative_agency:
        check_to_another(command.alternative_agency, by.agency, referral.from_agency)
    return ReferralDeclined(reason=command.reason, alternative_agency=command.alternative_agency)


def redirected(
    beside: Beside, referral: KnownReferral, command: RedirectReferral, by: Context
) -> Decided:
    """Whether she is sent there is the sender's to say, with her: it gets a draft.

    Who was asked before stands in what is redirected, and not in the draft: nobody else hears it.
    """
    check_sender_takes_part(beside, referral)
    check_to_another(command.new_to, by.agency, referral.from_agency)
    check_kinds_match(beside, referral.kind, referral.from_agency, command.new_to)
    new = ReferralId(by.new_id)
    draft = ReferralDrafted(
        referral_id=new,
        case_id=referral.case_id,
        kind=referral.kind,
        from_agency=referral.from_agency,
        to_agency=command.new_to,
        purpose=command.purpose,
        urgency=command.urgency,
        answer_within=WITHIN[command.urgency],
    )
    told = ReferralRedirected(new_to=command.new_to, new_referral_id=new)
    return Decided((told,), draft=draft)


def expired(referral: KnownReferral, by: Context) -> ReferralExpired:
    if referral.respond_by is None or by.at <= referral.respond_by:
        raise AnswerNotYetDue
    return ReferralExpired(at=by.at)


def check_sender_takes_part(beside: Beside, referral: KnownReferral) -> None:
    """Who is brought in is brought in by somebody who is there."""
    if referral.from_agency not in beside.participants:
        raise SenderNoLongerTakesPart


def check_role(referral: KnownReferral, role: SupportFunction | None) -> None:
    """Whoever is to see her record takes a part in helping her, and of the kind asked for."""
    terms = TERMS[referral.kind]
    if role is None:
        if terms.with_role:
            raise RoleNotNamed
    elif role not in terms.roles:
        raise RoleNotGivenHere


def check_still_covered(beside: Beside, referral: KnownReferral) -> None:
    """She may have changed her mind since it was sent."""
    check_may_know(beside, referral.to_agency)
    check_agreed_to(beside, stood_in=beside.stood_in)
    check_agreed(beside.offered)


def is_still_covered(beside: Beside, referral: KnownReferral) -> bool:
    """Whether what it was sent with, and that it was sent at all, still has her consent."""
    try:
        check_still_covered(beside, referral)
        check_consented(beside, TERMS[referral.kind].to_send)
    except Refused:
        return False
    return True


def check_contract(beside: Beside, referral: KnownReferral, by: Context) -> None:
    """Protection is commissioned only to whom it is contracted out, and who meets the standard."""
    if referral.kind != "COMMISSION":
        return
    provider = beside.agencies.get(referral.to_agency)
    if provider is None or not has_contract(provider, referral.from_agency, date_in_japan(by.at)):
        raise ContractMissing


def check_can_take_over(beside: Beside, referral: KnownReferral) -> None:
    if not TERMS[referral.kind].hands_over:
        raise HandsNothingOver
    check_its_to_hand_over(beside, referral)
    check_no_other_handover(beside)
