"""What happens to a referral (つなぎの出来事).

A package is a list of what the record holds already: events, and fields of them. Events never
change, so it is frozen by being named; what is put in is never written down a second time.
"""

from datetime import date
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.categories import CNS, ENV, NAR, PLN, RSK, STF, SVC, Category, CategoryCode
from domain.codes import AgeBand, Condition, Level, Purpose, ReferralKind, SupportFunction
from domain.items import Digest, ItemCategories, Paths, Sources
from domain.model import (
    AgencyId,
    CaseId,
    Count,
    Event,
    GrantId,
    Instant,
    ReferralId,
    Sealed,
    StaffId,
    Stamp,
)
from domain.referral_codes import (
    Appointment,
    CancellationReason,
    ChildAgeBand,
    DeclineReason,
    Outcome,
    WithdrawalReason,
)
from domain.support_codes import ServiceCode, ServiceField
from domain.text import FreeText, Line
from domain.timers import AnswerWithin

BEGINS: frozenset[Stamp] = frozenset({"work"})
ENDS: frozenset[Stamp] = frozenset({"case"})

# Where she is going tells where she will be.
TO: Category = SVC.by("kind", {"OUT_OF_PREFECTURE": "LOC"})
Consents: TypeAlias = Annotated[frozenset[GrantId], Meta(max_length=100)]
Questions: TypeAlias = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=20)]
ChildAgeBands: TypeAlias = Annotated[tuple[ChildAgeBand, ...], Meta(max_length=20)]


class ReferralDrafted(Event, frozen=True, kw_only=True, tag="referral.drafted.v1"):
    """``based_on``: the referral by which whoever drafts this one was itself brought in.

    ``answer_within`` follows from the urgency, which is sealed when it is sent.
    """

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = BEGINS
    makes: ClassVar[str | None] = "referral_id"
    state_of: ClassVar[tuple[str, ...]] = ("referral_id",)

    referral_id: Annotated[ReferralId, ENV]
    case_id: Annotated[CaseId, ENV]
    kind: Annotated[ReferralKind, SVC]
    from_agency: Annotated[AgencyId, SVC]
    to_agency: Annotated[AgencyId, TO]
    purpose: Annotated[Sealed[Purpose], PLN]
    urgency: Annotated[Sealed[Level], RSK]
    requested_service: Annotated[ServiceCode | None, SVC] = None
    based_on: Annotated[ReferralId | None, ENV] = None
    answer_within: Annotated[AnswerWithin | None, CNS] = None
    sources: Annotated[Sources, CNS] = ()
    paths: Annotated[Paths, CNS] = ()
    item_categories: Annotated[ItemCategories, CNS] = ()


class PackageChanged(Event, frozen=True, kw_only=True, tag="referral.package_changed.v1"):
    """The whole package as it is from now on; only a draft's ever changes."""

    primary: ClassVar[Category] = CNS
    sources: Annotated[Sources, CNS]
    paths: Annotated[Paths, CNS]
    item_categories: Annotated[ItemCategories, CNS]


class ReferralInquirySent(Event, frozen=True, kw_only=True, tag="referral.inquiry_sent.v1"):
    """As much as anybody has to know to say whether they could take her, and nobody's name."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = BEGINS
    age_band: Annotated[AgeBand, SVC]
    family_size: Annotated[Count, SVC]
    children: Annotated[ChildAgeBands, SVC]
    needs: Annotated[frozenset[ServiceField], SVC]


class InquiryAnswered(Event, frozen=True, kw_only=True, tag="referral.inquiry_answered.v1"):
    primary: ClassVar[Category] = SVC
    feasible: Annotated[bool, SVC]
    conditions: Annotated[Sealed[frozenset[Condition]], PLN]


class ReferralSent(Event, frozen=True, kw_only=True, tag="referral.sent.v1"):
    """The package is frozen here: what is in it, by which consents, and a digest over it all.

    ``hands_over``: with the handover the receiver is to answer for her. What was sent before this
    was said at all, hands over. ``respond_by``: when it lapses, if the sender has said so.
    ``answer_due``: when it is work that waits, where the sender has not; it lapses no sooner.
    """

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = BEGINS

    sent_at: Annotated[Instant, SVC]
    respond_by: Annotated[Instant | None, SVC] = None
    answer_due: Annotated[Instant | None, CNS] = None
    accompanied: Annotated[bool, SVC]
    hands_over: Annotated[bool | None, SVC] = None
    sources: Annotated[Sources, CNS] = ()
    paths: Annotated[Paths, CNS] = ()
    item_categories: Annotated[ItemCategories, CNS] = ()
    categories: Annotated[frozenset[CategoryCode], CNS] = frozenset()
    consent_ids: Annotated[Consents, CNS] = frozenset()
    package_hash: Annotated[Digest | None, CNS] = None


class ReferralReceived(Event, frozen=True, kw_only=True, tag="referral.received.v1"):
    primary: ClassVar[Category] = SVC
    at: Annotated[Instant, SVC]
    receiving_staff: Annotated[StaffId, STF]


class InformationRequested(
    Event, frozen=True, kw_only=True, tag="referral.information_requested.v1"
):
    primary: ClassVar[Category] = SVC
    at: Annotated[Instant | None, SVC] = None
    questions: Annotated[Sealed[Questions], PLN]


class InformationSupplied(Event, frozen=True, kw_only=True, tag="referral.information_supplied.v1"):
    """What is added to the package; nothing, where she would rather not."""

    primary: ClassVar[Category] = SVC
    at: Annotated[Instant | None, SVC] = None
    sources: Annotated[Sources, CNS] = ()
    paths: Annotated[Paths, CNS] = ()
    item_categories: Annotated[ItemCategories, CNS] = ()
    categories: Annotated[frozenset[CategoryCode], CNS] = frozenset()
    consent_ids: Annotated[Consents, CNS] = frozenset()
    package_hash: Annotated[Digest | None, CNS] = None


class ReferralAccepted(Event, frozen=True, kw_only=True, tag="referral.accepted.v1"):
    """``takes_over``: whoever accepts is to answer for her, though the sender had not said so."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = BEGINS

    on: Annotated[date, SVC]
    conditions: Annotated[Sealed[frozenset[Condition]], PLN]
    role_taken: Annotated[SupportFunction | None, SVC] = None
    remaining_referrer_role: Annotated[SupportFunction | None, SVC] = None
    takes_over: Annotated[bool, SVC] = False


class ReferralDeclined(Event, frozen=True, kw_only=True, tag="referral.declined.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = ENDS

    reason: Annotated[DeclineReason, SVC]
    alternative_agency: Annotated[AgencyId | None, SVC] = None


class ReferralRedirected(Event, frozen=True, kw_only=True, tag="referral.redirected.v1"):
    """The new referral is made in the same append, as a draft of the same sender."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = ENDS

    new_to: Annotated[AgencyId, SVC]
    new_referral_id: Annotated[ReferralId, ENV]


class AppointmentRecorded(Event, frozen=True, kw_only=True, tag="referral.appointment_recorded.v1"):
    """Between acceptance and handover: whether she came."""

    primary: ClassVar[Category] = SVC
    appointment: Annotated[Appointment, SVC]
    on: Annotated[date, SVC]


class CancellationAsked(Event, frozen=True, kw_only=True, tag="referral.cancellation_asked.v1"):
    """Who has accepted asks to be let go; until the sender withdraws, nothing has ended."""

    primary: ClassVar[Category] = SVC
    reason: Annotated[CancellationReason, SVC]


class HandoverConfirmed(Event, frozen=True, kw_only=True, tag="referral.handover_confirmed.v1"):
    """From and to whom the responsibility moved, if it did; and what else the receiver does."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = ENDS

    on: Annotated[date, SVC]
    main_responsible_from: Annotated[AgencyId | None, SVC] = None
    main_responsible_to: Annotated[AgencyId | None, SVC] = None
    referrer_remains: Annotated[bool, SVC]
    accompanied_by: Annotated[StaffId | None, STF] = None
    functions: Annotated[frozenset[SupportFunction], SVC] = frozenset()


class OutcomeReported(Event, frozen=True, kw_only=True, tag="referral.outcome_reported.v1"):
    primary: ClassVar[Category] = SVC
    result: Annotated[Outcome, SVC]
    text: Annotated[Sealed[FreeText | None], NAR]


class ReferralWithdrawn(Event, frozen=True, kw_only=True, tag="referral.withdrawn.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = ENDS

    reason: Annotated[WithdrawalReason, SVC]


class ReferralExpired(Event, frozen=True, kw_only=True, tag="referral.expired.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = ENDS

    at: Annotated[Instant, SVC]


ReferralEvent: TypeAlias = (
    ReferralDrafted
    | PackageChanged
    | ReferralInquirySent
    | InquiryAnswered
    | ReferralSent
    | ReferralReceived
    | InformationRequested
    | InformationSupplied
    | ReferralAccepted
    | ReferralDeclined
    | ReferralRedirected
    | AppointmentRecorded
    | CancellationAsked
    | HandoverConfirmed
    | OutcomeReported
    | ReferralWithdrawn
    | ReferralExpired
)
