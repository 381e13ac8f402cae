"""What may be asked of a referral (つなぎの操作)."""

from datetime import date
from typing import ClassVar, TypeAlias

from domain.codes import AgeBand, Condition, Level, Purpose, ReferralKind, SupportFunction
from domain.items import Items
from domain.model import AgencyId, Command, Count, Instant, NetworkId, ReferralId, StaffId
from domain.referral.events import ChildAgeBands, Questions
from domain.referral_codes import (
    Appointment,
    CancellationReason,
    DeclineReason,
    Outcome,
    WithdrawalReason,
)
from domain.support_codes import ServiceCode, ServiceField
from domain.text import FreeText


class DraftReferral(Command, frozen=True, kw_only=True, tag="referral.draft"):
    kind: ReferralKind
    to_agency: AgencyId
    purpose: Purpose
    urgency: Level
    requested_service: ServiceCode | None = None
    based_on: ReferralId | None = None
    items: Items = ()


class AskToTakeOver(Command, frozen=True, kw_only=True, tag="referral.ask_to_take_over"):
    """Drafts the transfer to oneself, for the agency that answers for her to send or withdraw."""

    purpose: Purpose
    urgency: Level


class ChangePackage(Command, frozen=True, kw_only=True, tag="referral.change_package"):
    """While it is a draft. ``items`` is the whole package as it is to be."""

    referral_id: ReferralId
    items: Items


class SendInquiry(Command, frozen=True, kw_only=True, tag="referral.send_inquiry"):
    """``family_size`` counts her."""

    referral_id: ReferralId
    age_band: AgeBand
    family_size: Count
    children: ChildAgeBands = ()
    needs: frozenset[ServiceField] = frozenset()


class AnswerInquiry(Command, frozen=True, kw_only=True, tag="referral.answer_inquiry"):
    referral_id: ReferralId
    feasible: bool
    conditions: frozenset[Condition] = frozenset()


class SendReferral(Command, frozen=True, kw_only=True, tag="referral.send"):
    """``hands_over``: the receiver is to answer for her. Unsaid, it is so where its kind means it

    and the sender answers for her.
    """

    referral_id: ReferralId
    respond_by: Instant | None = None
    accompanied: bool = False
    hands_over: bool | None = None


class ReceiveReferral(Command, frozen=True, kw_only=True, tag="referral.receive"):
    referral_id: ReferralId


class RequestInformation(Command, frozen=True, kw_only=True, tag="referral.request_info"):
    referral_id: ReferralId
    questions: Questions


class SupplyInformation(Command, frozen=True, kw_only=True, tag="referral.supply_info"):
    """Without ``items``, there is nothing more that she wants to be told."""

    referral_id: ReferralId
    items: Items = ()


class AcceptReferral(Command, frozen=True, kw_only=True, tag="referral.accept"):
    referral_id: ReferralId
    role_taken: SupportFunction | None = None
    conditions: frozenset[Condition] = frozenset()
    remaining_referrer_role: SupportFunction | None = None
    takes_over: bool = False


class DeclineReferral(Command, frozen=True, kw_only=True, tag="referral.decline"):
    narrows_besides: ClassVar[bool] = True

    referral_id: ReferralId
    reason: DeclineReason
    alternative_agency: AgencyId | None = None


class RedirectReferral(Command, frozen=True, kw_only=True, tag="referral.redirect"):
    narrows_besides: ClassVar[bool] = True

    referral_id: ReferralId
    new_to: AgencyId
    purpose: Purpose
    urgency: Level


class RecordAppointment(Command, frozen=True, kw_only=True, tag="referral.record_appointment"):
    referral_id: ReferralId
    appointment: Appointment
    on: date


class AskToCancel(Command, frozen=True, kw_only=True, tag="referral.ask_to_cancel"):
    referral_id: ReferralId
    reason: CancellationReason


class ConfirmHandover(Command, frozen=True, kw_only=True, tag="referral.confirm_handover"):
    """``referrer_remains``: she agrees that the agency that sent her goes on taking part.

    ``functions``: what the receiver does for her from now on; ``relieved``: who no longer does it.
    ``network_id``: in which network of the receiver's the case stands from now on.
    """

    narrows_besides: ClassVar[bool] = True

    referral_id: ReferralId
    referrer_remains: bool
    accompanied_by: StaffId | None = None
    functions: frozenset[SupportFunction] = frozenset()
    relieved: frozenset[AgencyId] = frozenset()
    network_id: NetworkId | None = None


class ReportOutcome(Command, frozen=True, kw_only=True, tag="referral.report_outcome"):
    referral_id: ReferralId
    result: Outcome
    text: FreeText | None = None


class WithdrawReferral(Command, frozen=True, kw_only=True, tag="referral.withdraw"):
    narrows: ClassVar[bool] = True

    referral_id: ReferralId
    reason: WithdrawalReason


class ExpireReferral(Command, frozen=True, kw_only=True, tag="referral.expire"):
    """The time by which an answer was asked for is over."""

    narrows: ClassVar[bool] = True

    referral_id: ReferralId


# Of a referral there is already.
ReferralStep: TypeAlias = (
    ChangePackage
    | SendInquiry
    | AnswerInquiry
    | SendReferral
    | ReceiveReferral
    | RequestInformation
    | SupplyInformation
    | AcceptReferral
    | DeclineReferral
    | RedirectReferral
    | RecordAppointment
    | AskToCancel
    | ConfirmHandover
    | ReportOutcome
    | WithdrawReferral
    | ExpireReferral
)
ReferralCommand: TypeAlias = DraftReferral | AskToTakeOver | ReferralStep
