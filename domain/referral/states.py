"""How a referral goes on (つなぎの流れ): what leads where, and on whose side each step is."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import reduce
from typing import Final, Literal, TypeAlias, assert_never, cast

import msgspec

from domain.categories import CategoryCode
from domain.codes import Label, ReferralKind, SupportFunction
from domain.items import FieldPath
from domain.machine import NOT_YET, Edge, Machine, edges
from domain.model import AgencyId, CaseId, Event, EventId, ReferralId
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
from domain.referral_codes import REFERRAL_STATUSES, ReferralStatus
from domain.timers import AnswerWithin

PENDING: Final[frozenset[ReferralStatus]] = frozenset({"SENT", "RECEIVED", "INFO_REQUESTED"})
ENDED: Final[frozenset[ReferralStatus]] = frozenset(
    {"DECLINED", "REDIRECTED", "EXPIRED", "WITHDRAWN"}
)

REFERRAL: Final = Machine(
    Label("つなぎ", "Referral"),
    REFERRAL_STATUSES,
    (
        Edge(NOT_YET, ReferralDrafted, "DRAFT"),
        Edge("DRAFT", PackageChanged, "DRAFT"),
        Edge("DRAFT", ReferralInquirySent, "INQUIRED"),
        Edge("INQUIRED", InquiryAnswered, "DRAFT"),
        Edge("DRAFT", ReferralSent, "SENT"),
        Edge("SENT", ReferralReceived, "RECEIVED"),
        Edge("RECEIVED", InformationRequested, "INFO_REQUESTED"),
        Edge("INFO_REQUESTED", InformationSupplied, "RECEIVED"),
        *edges(ReferralAccepted, ("SENT", "RECEIVED"), "ACCEPTED"),
        *edges(ReferralDeclined, ("SENT", "RECEIVED", "INFO_REQUESTED"), "DECLINED"),
        *edges(ReferralRedirected, ("SENT", "RECEIVED", "INFO_REQUESTED"), "REDIRECTED"),
        *edges(ReferralExpired, ("SENT", "RECEIVED", "INFO_REQUESTED"), "EXPIRED"),
        Edge("ACCEPTED", AppointmentRecorded, "ACCEPTED"),
        Edge("ACCEPTED", CancellationAsked, "ACCEPTED"),
        Edge("ACCEPTED", HandoverConfirmed, "COMPLETED"),
        Edge("COMPLETED", OutcomeReported, "COMPLETED"),
        *edges(
            ReferralWithdrawn,
            ("DRAFT", "INQUIRED", "SENT", "RECEIVED", "INFO_REQUESTED", "ACCEPTED"),
            "WITHDRAWN",
        ),
    ),
)

ReferralSide: TypeAlias = Literal["SENDER", "RECEIVER"]
BOTH: Final[frozenset[ReferralSide]] = frozenset({"SENDER", "RECEIVER"})
SENDER: Final[frozenset[ReferralSide]] = frozenset({"SENDER"})
RECEIVER: Final[frozenset[ReferralSide]] = frozenset({"RECEIVER"})
# Who takes each step, and what comes of it. The receiver withdraws only for her sake, and the
# sender confirms only what leaves the responsibility where it is.
SIDES: Final[Mapping[type[ReferralStep], frozenset[ReferralSide]]] = {
    ChangePackage: SENDER,
    SendInquiry: SENDER,
    AnswerInquiry: RECEIVER,
    SendReferral: SENDER,
    ReceiveReferral: RECEIVER,
    RequestInformation: RECEIVER,
    SupplyInformation: SENDER,
    AcceptReferral: RECEIVER,
    DeclineReferral: RECEIVER,
    RedirectReferral: RECEIVER,
    RecordAppointment: RECEIVER,
    AskToCancel: RECEIVER,
    ConfirmHandover: BOTH,
    ReportOutcome: RECEIVER,
    WithdrawReferral: BOTH,
    ExpireReferral: BOTH,
}
LEADS_TO: Final[Mapping[type[ReferralStep], type[ReferralEvent]]] = {
    ChangePackage: PackageChanged,
    SendInquiry: ReferralInquirySent,
    AnswerInquiry: InquiryAnswered,
    SendReferral: ReferralSent,
    ReceiveReferral: ReferralReceived,
    RequestInformation: InformationRequested,
    SupplyInformation: InformationSupplied,
    AcceptReferral: ReferralAccepted,
    DeclineReferral: ReferralDeclined,
    RedirectReferral: ReferralRedirected,
    RecordAppointment: AppointmentRecorded,
    AskToCancel: CancellationAsked,
    ConfirmHandover: HandoverConfirmed,
    ReportOutcome: OutcomeReported,
    WithdrawReferral: ReferralWithdrawn,
    ExpireReferral: ReferralExpired,
}


class Named(msgspec.Struct, frozen=True):
    """A thing in a package: what was recorded, and which field of it."""

    source: EventId
    path: FieldPath
    category: CategoryCode


Package: TypeAlias = tuple[Named, ...]


class NoReferral(msgspec.Struct, frozen=True):
    pass


class KnownReferral(msgspec.Struct, frozen=True, kw_only=True):
    referral_id: ReferralId
    case_id: CaseId
    kind: ReferralKind
    from_agency: AgencyId
    to_agency: AgencyId
    status: ReferralStatus = "DRAFT"
    receiver_knows: bool = False  # By an inquiry, or by the sending.
    package: Package = ()
    feasible: bool | None = None  # What the receiver last said to an inquiry.
    respond_by: datetime | None = None
    answer_within: AnswerWithin | None = None
    hands_over: bool = False  # With the handover the receiver is to answer for her.
    remaining_referrer_role: SupportFunction | None = None

    @property
    def is_pending(self) -> bool:
        return self.status in PENDING

    @property
    def is_open(self) -> bool:
        return self.status not in {"COMPLETED", *ENDED}

    def waits(
        self,
        gone: AbstractSet[AgencyId],
        excluded: AbstractSet[AgencyId],
        participants: AbstractSet[AgencyId],
    ) -> bool:
        """Somebody has still to answer, or to confirm a handover; and somebody is there to end it.

        Whoever sent it and is no more can be let go; then the other side has nobody to answer to.
        And whoever received it and was shut out does not find it any more.
        """
        if not self.is_open or self.status == "DRAFT":
            return False
        its_sender_is_there = self.from_agency not in gone
        can_be_ended = self.from_agency in participants and self.to_agency not in gone | excluded
        return its_sender_is_there or can_be_ended

    @property
    def is_handing_over(self) -> bool:
        """It has been sent, and is to end with somebody else answering for her."""
        return self.hands_over and self.status in {*PENDING, "ACCEPTED"}

    def side_of(self, agency: AgencyId) -> ReferralSide | None:
        """On whose side an agency stands; for who stands on none, there is no such referral."""
        if agency == self.from_agency:
            return "SENDER"
        return "RECEIVER" if agency == self.to_agency and self.receiver_knows else None


Referral: TypeAlias = NoReferral | KnownReferral


def evolve(state: Referral, event: ReferralEvent) -> Referral:
    if isinstance(event, ReferralDrafted):
        return KnownReferral(
            referral_id=event.referral_id,
            case_id=event.case_id,
            kind=event.kind,
            from_agency=event.from_agency,
            to_agency=event.to_agency,
            package=package_in(event),
            answer_within=event.answer_within,
        )
    assert isinstance(state, KnownReferral)
    change = msgspec.structs.replace
    state = change(state, status=BECOMES[type(event)])
    match event:
        case PackageChanged():
            return change(state, package=package_in(event))
        case ReferralInquirySent():
            return change(state, receiver_knows=True)
        case InquiryAnswered(feasible=feasible):
            return change(state, feasible=feasible)
        case ReferralSent():
            return change(
                state,
                receiver_knows=True,
                package=package_in(event),
                respond_by=event.respond_by,
                hands_over=event.hands_over is not False,
            )
        case InformationSupplied():
            return change(state, package=(*state.package, *package_in(event)))
        case ReferralAccepted():
            return change(
                state,
                hands_over=state.hands_over or event.takes_over,
                remaining_referrer_role=event.remaining_referrer_role,
            )
        case (
            ReferralReceived()
            | InformationRequested()
            | ReferralDeclined()
            | ReferralRedirected()
            | AppointmentRecorded()
            | CancellationAsked()
            | HandoverConfirmed()
            | OutcomeReported()
            | ReferralWithdrawn()
            | ReferralExpired()
        ):
            return state
    assert_never(event)


# Each event leads to one state, from wherever it may happen.
BECOMES: Final[Mapping[type[Event], ReferralStatus]] = {
    edge.event: cast("ReferralStatus", edge.after) for edge in REFERRAL.edges
}


def replay(events: Iterable[ReferralEvent]) -> Referral:
    state: Referral = NoReferral()
    return reduce(evolve, events, state)


def package_in(
    event: ReferralDrafted | PackageChanged | ReferralSent | InformationSupplied,
) -> Package:
    named = zip(event.sources, event.paths, event.item_categories, strict=True)
    return tuple(Named(*each) for each in named)
