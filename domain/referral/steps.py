"""Which step may be taken when, and by whom; and what is said where it may not be."""

from collections.abc import Mapping
from typing import Final

from domain.case import Case, NoCase
from domain.case.course import check_takes
from domain.model import AgencyId, CaseId
from domain.referral.beside import Beside
from domain.referral.commands import (
    AcceptReferral,
    AnswerInquiry,
    AskToCancel,
    ChangePackage,
    ConfirmHandover,
    DeclineReferral,
    ExpireReferral,
    ReceiveReferral,
    RecordAppointment,
    RedirectReferral,
    ReferralCommand,
    ReferralStep,
    ReportOutcome,
    RequestInformation,
    SendInquiry,
    SendReferral,
    SupplyInformation,
    WithdrawReferral,
)
from domain.referral.refusals import (
    HandoverAlreadyConfirmed,
    InformationStillAwaited,
    InquiryStillOpen,
    NotForYouToDo,
    NothingToReportYet,
    NothingWasAsked,
    ReferralAlreadyAccepted,
    ReferralAlreadyReceived,
    ReferralAlreadySent,
    ReferralHasEnded,
    ReferralNotAccepted,
    ReferralNotFound,
    ReferralNotReceived,
    ReferralNotSent,
)
from domain.referral.states import ENDED, LEADS_TO, REFERRAL, SIDES, KnownReferral, Referral
from domain.referral_codes import WithdrawalReason
from domain.speech import Refused


def as_party(case_id: CaseId, referral: Referral, agency: AgencyId) -> KnownReferral:
    """The referral, for its two sides; the receiver has none before it is asked or sent to."""
    known = of_this_case(case_id, referral)
    if known.side_of(agency) is None:
        raise ReferralNotFound
    return known


def of_this_case(case_id: CaseId, referral: Referral) -> KnownReferral:
    if not isinstance(referral, KnownReferral) or referral.case_id != case_id:
        raise ReferralNotFound
    return referral


def check_its_step(referral: KnownReferral, step: ReferralStep, agency: AgencyId) -> None:
    """Who asks is on the side that takes this step."""
    side = referral.side_of(agency)
    if side not in SIDES[type(step)]:
        raise NotForYouToDo
    if side == "RECEIVER" and isinstance(step, WithdrawReferral) and step.reason not in FOR_HER:
        raise NotForYouToDo


def stands_in(
    beside: Beside, referral: Referral, command: ReferralStep, agency: AgencyId
) -> KnownReferral | None:
    """Who has asked for her sends it in the place of an agency that cannot act: she waits for none.

    All that has to be so for a sending has to be so for this one, and what she has to agree to;
    and nobody else is there to know that she wants it: so she has to have agreed to the receiver.
    """
    if not isinstance(referral, KnownReferral) or not isinstance(command, SendReferral):
        return None
    its_own = (referral.case_id, referral.to_agency) == (beside.case_id, agency)
    stopped = beside.has_stopped(referral.from_agency)
    return referral if its_own and beside.asked_for and stopped else None


def check_step(referral: KnownReferral, step: ReferralStep) -> None:
    """Every step is taken where the machine has it, and nowhere else."""
    if REFERRAL.allows(referral.status, LEADS_TO[type(step)]):
        return
    if referral.status in ENDED:
        raise ReferralHasEnded(status=referral.status)
    raise next(why for until, why in WHY_NOT[type(step)] if referral.status in until.split())


def check_case_takes(case: Case, command: ReferralCommand) -> None:
    """What only ends it is taken however the case stands; how it went, as long as that is kept."""
    if isinstance(case, NoCase) or isinstance(command, ENDING):
        return
    if isinstance(command, ReportOutcome) and case.status in {"CLOSED", "TRANSFERRED"}:
        return
    check_takes(case, type(command))


ENDING: Final = (WithdrawReferral, ExpireReferral, DeclineReferral)
# She may say it to whichever of the two she talks to.
FOR_HER: Final[frozenset[WithdrawalReason]] = frozenset({"CONSENT_WITHDRAWN", "SUBJECT_WISH"})

NOT_SENT: Final = ("DRAFT INQUIRED", ReferralNotSent)
SENT: Final = ("SENT RECEIVED INFO_REQUESTED ACCEPTED COMPLETED", ReferralAlreadySent)
ACCEPTED: Final = ("ACCEPTED COMPLETED", ReferralAlreadyAccepted)
NOT_ACCEPTED: Final = ("DRAFT INQUIRED SENT RECEIVED INFO_REQUESTED", ReferralNotAccepted)
COMPLETED: Final = ("COMPLETED", HandoverAlreadyConfirmed)
WHY_NOT: Final[Mapping[type[ReferralStep], tuple[tuple[str, type[Refused]], ...]]] = {
    ChangePackage: (("INQUIRED", InquiryStillOpen), SENT),
    SendInquiry: (("INQUIRED", InquiryStillOpen), SENT),
    AnswerInquiry: (("DRAFT", NothingWasAsked), SENT),
    SendReferral: (("INQUIRED", InquiryStillOpen), SENT),
    ReceiveReferral: (
        NOT_SENT,
        ("RECEIVED INFO_REQUESTED ACCEPTED COMPLETED", ReferralAlreadyReceived),
    ),
    RequestInformation: (
        NOT_SENT,
        ("SENT", ReferralNotReceived),
        ("INFO_REQUESTED", InformationStillAwaited),
        ACCEPTED,
    ),
    SupplyInformation: (NOT_SENT, ("SENT RECEIVED", NothingWasAsked), ACCEPTED),
    AcceptReferral: (NOT_SENT, ("INFO_REQUESTED", InformationStillAwaited), ACCEPTED),
    DeclineReferral: (NOT_SENT, ACCEPTED),
    RedirectReferral: (NOT_SENT, ACCEPTED),
    RecordAppointment: (NOT_ACCEPTED, COMPLETED),
    AskToCancel: (NOT_ACCEPTED, COMPLETED),
    ConfirmHandover: (NOT_ACCEPTED, COMPLETED),
    ReportOutcome: (("DRAFT INQUIRED SENT RECEIVED INFO_REQUESTED ACCEPTED", NothingToReportYet),),
    WithdrawReferral: (COMPLETED,),
    ExpireReferral: (NOT_SENT, ACCEPTED),
}
