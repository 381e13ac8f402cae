"""Referral (つなぎ・引き継ぎ): one agency asks another to take her on.

It is drafted, sent with a package of what she agreed to, received, accepted, and handed over. It
may be declined, redirected, withdrawn, or run out of time. Until the handover is confirmed the
sender stays responsible; then, in the same append, the case says who is.

``events`` tell what happens, ``commands`` what may be asked, ``states`` what leads where, ``kinds``
what each of the eleven kinds asks for; ``sending``, ``answering`` and ``handing_over`` are the
stories.
"""

from typing import TypeAlias, assert_never

from domain.model import Context
from domain.referral import answering, handing_over, sending
from domain.referral.beside import Beside, Decided
from domain.referral.commands import (
    AcceptReferral,
    AnswerInquiry,
    AskToCancel,
    AskToTakeOver,
    ChangePackage,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
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
from domain.referral.events import (
    AppointmentRecorded,
    CancellationAsked,
    HandoverConfirmed,
    InformationRequested,
    InformationSupplied,
    InquiryAnswered,
    OutcomeReported,
    PackageChanged,
    ReferralAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralEvent,
    ReferralExpired,
    ReferralInquirySent,
    ReferralReceived,
    ReferralRedirected,
    ReferralSent,
    ReferralWithdrawn,
)
from domain.referral.kinds import TERMS, WHOLE_HANDOVERS, Terms
from domain.referral.refusals import (
    AnswerAlreadyDue,
    AnswerNotYetDue,
    CaseNotAccepted,
    ContractMissing,
    HandoverAlreadyConfirmed,
    HandoverAlreadyOpen,
    HandsNothingOver,
    InformationStillAwaited,
    InquireFirst,
    InquiryStillOpen,
    IntroductionCarriesContactOnly,
    NotForYouToDo,
    NothingToReportYet,
    NothingWasAsked,
    NotItsToHandOver,
    NotOtherPrefecture,
    OnlyCentresAsk,
    OtherPrefecture,
    ReferralAlreadyAccepted,
    ReferralAlreadyReceived,
    ReferralAlreadySent,
    ReferralHasEnded,
    ReferralNotAccepted,
    ReferralNotFound,
    ReferralNotReceived,
    ReferralNotSent,
    ReferralToOneself,
    RoleNotGivenHere,
    RoleNotNamed,
    SenderNoLongerTakesPart,
    WrongKindOfAgency,
)
from domain.referral.states import (
    BECOMES,
    ENDED,
    LEADS_TO,
    PENDING,
    REFERRAL,
    SIDES,
    KnownReferral,
    Named,
    NoReferral,
    Package,
    Referral,
    ReferralSide,
    evolve,
    package_in,
    replay,
)
from domain.referral.steps import (
    as_party,
    check_case_takes,
    check_its_step,
    check_step,
    of_this_case,
    stands_in,
)
from domain.referral_codes import ReferralStatus

__all__ = [
    "BECOMES",
    "ENDED",
    "LEADS_TO",
    "PENDING",
    "REFERRAL",
    "SIDES",
    "TERMS",
    "WHOLE_HANDOVERS",
    "AcceptReferral",
    "AnswerAlreadyDue",
    "AnswerInquiry",
    "AnswerNotYetDue",
    "AppointmentRecorded",
    "AskToCancel",
    "AskToTakeOver",
    "Beside",
    "CancellationAsked",
    "CaseNotAccepted",
    "ChangePackage",
    "ConfirmHandover",
    "ContractMissing",
    "Decided",
    "DeclineReferral",
    "DraftReferral",
    "ExpireReferral",
    "HandoverAlreadyConfirmed",
    "HandoverAlreadyOpen",
    "HandoverConfirmed",
    "HandsNothingOver",
    "InformationRequested",
    "InformationStillAwaited",
    "InformationSupplied",
    "InquireFirst",
    "InquiryAnswered",
    "InquiryStillOpen",
    "IntroductionCarriesContactOnly",
    "KnownReferral",
    "Named",
    "NoReferral",
    "NotForYouToDo",
    "NotItsToHandOver",
    "NotOtherPrefecture",
    "NothingToReportYet",
    "NothingWasAsked",
    "OnlyCentresAsk",
    "OtherPrefecture",
    "OutcomeReported",
    "Package",
    "PackageChanged",
    "ReceiveReferral",
    "RecordAppointment",
    "RedirectReferral",
    "Referral",
    "ReferralAccepted",
    "ReferralAlreadyAccepted",
    "ReferralAlreadyReceived",
    "ReferralAlreadySent",
    "ReferralCommand",
    "ReferralDeclined",
    "ReferralDrafted",
    "ReferralEvent",
    "ReferralExpired",
    "ReferralHasEnded",
    "ReferralInquirySent",
    "ReferralNotAccepted",
    "ReferralNotFound",
    "ReferralNotReceived",
    "ReferralNotSent",
    "ReferralReceived",
    "ReferralRedirected",
    "ReferralSent",
    "ReferralSide",
    "ReferralStatus",
    "ReferralStep",
    "ReferralToOneself",
    "ReferralWithdrawn",
    "ReportOutcome",
    "RequestInformation",
    "RoleNotGivenHere",
    "RoleNotNamed",
    "SendInquiry",
    "SendReferral",
    "SenderNoLongerTakesPart",
    "SupplyInformation",
    "Terms",
    "WithdrawReferral",
    "WrongKindOfAgency",
    "as_party",
    "check_case_takes",
    "check_its_step",
    "check_step",
    "decide",
    "evolve",
    "package_in",
    "replay",
    "stands_in",
]


OneEventStep: TypeAlias = (
    SendInquiry
    | AnswerInquiry
    | SendReferral
    | ReceiveReferral
    | RequestInformation
    | SupplyInformation
    | DeclineReferral
    | RecordAppointment
    | AskToCancel
    | ReportOutcome
    | ExpireReferral
)


def decide(beside: Beside, referral: Referral, command: ReferralCommand, by: Context) -> Decided:
    if isinstance(command, DraftReferral | AskToTakeOver):
        assert isinstance(referral, NoReferral), "its id was made for it"
        beside.check_takes_part(by.agency)
        check_case_takes(beside.case, command)
        if isinstance(command, DraftReferral):
            return Decided((sending.drafted(beside, command, by),))
        return Decided((sending.asked_to_take_over(beside, command, by),))
    if by.is_automatic:
        return _by_itself(beside, of_this_case(beside.case_id, referral), command, by)
    known = stands_in(beside, referral, command, by.agency)
    if known is None:
        known = as_party(beside.case_id, referral, by.agency)
        check_its_step(known, command, by.agency)
    check_step(known, command)  # Of what has ended, nobody learns here how the case stands.
    check_case_takes(beside.case, command)
    return _taken(beside, known, command, by)


def _by_itself(beside: Beside, known: KnownReferral, command: ReferralStep, by: Context) -> Decided:
    """What rests on nothing any more is taken back, and what nobody answered in time runs out."""
    match command:
        case WithdrawReferral(reason="CONSENT_WITHDRAWN"):
            taken_back = known.is_pending and not answering.is_still_covered(beside, known)
            return handing_over.withdrawn(beside, known, command) if taken_back else Decided(())
        case ExpireReferral():
            return Decided((answering.expired(known, by),)) if known.is_pending else Decided(())
        case _:
            raise NotForYouToDo


def _taken(beside: Beside, known: KnownReferral, command: ReferralStep, by: Context) -> Decided:
    match command:
        case AcceptReferral():
            return answering.accepted(beside, known, command, by)
        case RedirectReferral():
            return answering.redirected(beside, known, command, by)
        case ConfirmHandover():
            return handing_over.confirmed(beside, known, command, by)
        case WithdrawReferral():
            return handing_over.withdrawn(beside, known, command)
        case ChangePackage():
            return Decided(sending.package_changed(beside, known, by))
        case _:
            return Decided((_told(beside, known, command, by),))


def _told(
    beside: Beside, known: KnownReferral, command: OneEventStep, by: Context
) -> ReferralEvent:
    match command:
        case SendInquiry():
            return sending.inquiry_sent(beside, known, command, by)
        case AnswerInquiry():
            return answering.inquiry_answered(command)
        case SendReferral():
            return sending.sent(beside, known, command, by)
        case ReceiveReferral():
            return answering.received(by)
        case RequestInformation():
            return answering.information_requested(command, by)
        case SupplyInformation():
            return sending.information_supplied(beside, known, by)
        case DeclineReferral():
            return answering.declined(known, command, by)
        case RecordAppointment():
            return handing_over.appointment_recorded(command)
        case AskToCancel():
            return handing_over.cancellation_asked(command)
        case ReportOutcome():
            return handing_over.outcome_reported(command)
        case ExpireReferral():
            return answering.expired(known, by)
    assert_never(command)
