"""Referral (つなぎ・引き継ぎ): one agency asks another to take her on.

The straight path: drafted, sent, received, accepted, handed over. Until the handover is confirmed
the sender stays responsible; then, in the same append, the case says who is.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, assert_never

import msgspec

from domain.calendar import date_in_japan
from domain.case import (
    ActiveCase,
    Case,
    ResponsibilityMoved,
    RoleAssigned,
    as_participant,
    participants,
)
from domain.categories import ENV, PLN, RSK, STF, SVC, Category
from domain.codes import Condition, Level, Purpose, ReferralKind, SupportFunction
from domain.model import (
    AgencyId,
    CaseId,
    Command,
    Context,
    Event,
    Instant,
    ReferralId,
    Sealed,
    StaffId,
)
from domain.speech import Refused


class ReferralDrafted(Event, frozen=True, kw_only=True, tag="referral.drafted.v1"):
    primary: ClassVar[Category] = SVC
    makes: ClassVar[str | None] = "referral_id"

    referral_id: Annotated[ReferralId, ENV]
    case_id: Annotated[CaseId, ENV]
    kind: Annotated[ReferralKind, SVC]
    from_agency: Annotated[AgencyId, SVC]
    to_agency: Annotated[AgencyId, SVC]
    purpose: Annotated[Sealed[Purpose], PLN]
    urgency: Annotated[Sealed[Level], RSK]


class ReferralSent(Event, frozen=True, kw_only=True, tag="referral.sent.v1"):
    primary: ClassVar[Category] = SVC
    sent_at: Annotated[Instant, SVC]
    respond_by: Annotated[Instant | None, SVC] = None
    accompanied: Annotated[bool, SVC]


class ReferralReceived(Event, frozen=True, kw_only=True, tag="referral.received.v1"):
    primary: ClassVar[Category] = SVC
    at: Annotated[Instant, SVC]
    receiving_staff: Annotated[StaffId, STF]


class ReferralAccepted(Event, frozen=True, kw_only=True, tag="referral.accepted.v1"):
    primary: ClassVar[Category] = SVC
    on: Annotated[date, SVC]
    conditions: Annotated[Sealed[frozenset[Condition]], PLN]
    role_taken: Annotated[SupportFunction, SVC]


class HandoverConfirmed(Event, frozen=True, kw_only=True, tag="referral.handover_confirmed.v1"):
    primary: ClassVar[Category] = SVC
    on: Annotated[date, SVC]
    main_responsible_from: Annotated[AgencyId, SVC]
    main_responsible_to: Annotated[AgencyId, SVC]
    referrer_remains: Annotated[bool, SVC]
    accompanied_by: Annotated[StaffId | None, STF] = None


ReferralEvent: TypeAlias = (
    ReferralDrafted | ReferralSent | ReferralReceived | ReferralAccepted | HandoverConfirmed
)


class DraftReferral(Command, frozen=True, kw_only=True, tag="referral.draft"):
    kind: ReferralKind
    to_agency: AgencyId
    purpose: Purpose
    urgency: Level


class SendReferral(Command, frozen=True, kw_only=True, tag="referral.send"):
    referral_id: ReferralId
    respond_by: Instant | None = None
    accompanied: bool = False


class ReceiveReferral(Command, frozen=True, kw_only=True, tag="referral.receive"):
    referral_id: ReferralId


class AcceptReferral(Command, frozen=True, kw_only=True, tag="referral.accept"):
    referral_id: ReferralId
    role_taken: SupportFunction
    conditions: frozenset[Condition] = frozenset()


class ConfirmHandover(Command, frozen=True, kw_only=True, tag="referral.confirm_handover"):
    """``referrer_remains``: she agrees that the agency that sent her goes on taking part."""

    referral_id: ReferralId
    referrer_remains: bool
    accompanied_by: StaffId | None = None


ReferralCommand: TypeAlias = (
    DraftReferral | SendReferral | ReceiveReferral | AcceptReferral | ConfirmHandover
)
ReferralStatus: TypeAlias = Literal["DRAFT", "SENT", "RECEIVED", "ACCEPTED", "COMPLETED"]


class NoReferral(msgspec.Struct, frozen=True):
    pass


class OpenReferral(msgspec.Struct, frozen=True, kw_only=True):
    referral_id: ReferralId
    case_id: CaseId
    from_agency: AgencyId
    to_agency: AgencyId
    status: ReferralStatus = "DRAFT"


Referral: TypeAlias = NoReferral | OpenReferral


class Decided(msgspec.Struct, frozen=True):
    """What a command does to a referral, and to its case in the same append."""

    referral: tuple[ReferralEvent, ...]
    case: tuple[RoleAssigned | ResponsibilityMoved, ...] = ()


class ReferralNotFound(Refused):
    """There is no such referral in this case."""

    ja: ClassVar[str] = "このケースに該当するつなぎの依頼はありません。"


class ReferralToOneself(Refused):
    """An agency refers her to another agency, not to itself."""

    ja: ClassVar[str] = "自分の機関につなぐことはできません。別の機関を指定してください。"


class ReferralAlreadySent(Refused):
    """This referral has already been sent."""

    ja: ClassVar[str] = "このつなぎの依頼は、すでに送付されています。"


class ReferralAlreadyReceived(Refused):
    """This referral has already been received."""

    ja: ClassVar[str] = "このつなぎの依頼は、すでに受け取られています。"


class ReferralAlreadyAccepted(Refused):
    """This referral has already been accepted."""

    ja: ClassVar[str] = "このつなぎの依頼は、すでに受け入れられています。"


class SenderNoLongerTakesPart(Refused):
    """The agency that sent this referral no longer takes part, so it can bring nobody in."""

    ja: ClassVar[str] = (
        "つないだ機関はすでにこのケースに関わっていないため、この依頼を受け入れることはできません。"
    )


class ReferralNotAccepted(Refused):
    """Responsibility moves only once the receiving agency has accepted: accept first."""

    ja: ClassVar[str] = (
        "つなぎの依頼を受け入れるまで、主担当を引き継ぐことはできません。先に受け入れてください。"
    )


class HandoverAlreadyConfirmed(Refused):
    """This handover is already confirmed."""

    ja: ClassVar[str] = "この引き継ぎは、すでに確認されています。"


class NotForYouToDo(Refused):
    """The other agency does this: one sends, the other receives, accepts and confirms."""

    ja: ClassVar[str] = (
        "この操作は相手の機関が行います。"
        "送付はつなぐ側、受け取りから引き継ぎの確認までは受け入れる側の操作です。"
    )


class CaseNotAccepted(Refused):
    """No agency answers for her yet, so nobody can hand her over: accept the case first."""

    ja: ClassVar[str] = (
        "主担当機関がまだ決まっていないため、引き継げません。先にケースの支援を開始してください。"
    )


class NotItsToHandOver(Refused):
    """The agency that sent this referral does not answer for her, so it cannot hand her over."""

    ja: ClassVar[str] = "つないだ機関が現在の主担当機関ではないため、主担当を引き継げません。"


class AnswerAlreadyDue(Refused):
    """Ask for an answer by a time that is still to come."""

    ja: ClassVar[str] = "回答の期限には、これから先の日時を指定してください。"


def decide(
    case_id: CaseId, case: Case, referral: Referral, command: ReferralCommand, by: Context
) -> Decided:
    if isinstance(command, DraftReferral):
        assert isinstance(referral, NoReferral), "its id was made for it"
        return Decided((_drafted(case_id, case, command, by),))
    known = _as_party(case_id, referral, by.agency)
    if by.agency != (known.from_agency if isinstance(command, SendReferral) else known.to_agency):
        raise NotForYouToDo
    match command:
        case SendReferral():
            return Decided((_sent(case, known, command, by),))
        case ReceiveReferral():
            if known.status != "SENT":
                raise ReferralAlreadyReceived
            return Decided((ReferralReceived(at=by.at, receiving_staff=by.staff),))
        case AcceptReferral():
            return _accepted(case, known, command, by)
        case ConfirmHandover():
            return _handed_over(case, known, command, by)
    assert_never(command)


def evolve(state: Referral, event: ReferralEvent) -> Referral:
    if isinstance(event, ReferralDrafted):
        return OpenReferral(
            referral_id=event.referral_id,
            case_id=event.case_id,
            from_agency=event.from_agency,
            to_agency=event.to_agency,
        )
    assert isinstance(state, OpenReferral)
    return msgspec.structs.replace(state, status=BECOMES[type(event)])


BECOMES: Final[Mapping[type[ReferralEvent], ReferralStatus]] = {
    ReferralDrafted: "DRAFT",
    ReferralSent: "SENT",
    ReferralReceived: "RECEIVED",
    ReferralAccepted: "ACCEPTED",
    HandoverConfirmed: "COMPLETED",
}


def replay(events: Iterable[ReferralEvent]) -> Referral:
    state: Referral = NoReferral()
    return reduce(evolve, events, state)


def _as_party(case_id: CaseId, referral: Referral, agency: AgencyId) -> OpenReferral:
    """The referral, for its two sides; before it is sent there is none but for the sender."""
    if isinstance(referral, NoReferral) or referral.case_id != case_id:
        raise ReferralNotFound
    if agency != referral.from_agency and (
        agency != referral.to_agency or referral.status == "DRAFT"
    ):
        raise ReferralNotFound
    return referral


def _drafted(case_id: CaseId, case: Case, command: DraftReferral, by: Context) -> ReferralDrafted:
    as_participant(case, by.agency)
    if command.to_agency == by.agency:
        raise ReferralToOneself
    return ReferralDrafted(
        referral_id=ReferralId(by.new_id),
        case_id=case_id,
        kind=command.kind,
        from_agency=by.agency,
        to_agency=command.to_agency,
        purpose=command.purpose,
        urgency=command.urgency,
    )


def _sent(case: Case, referral: OpenReferral, command: SendReferral, by: Context) -> ReferralSent:
    as_participant(case, by.agency)
    if referral.status != "DRAFT":
        raise ReferralAlreadySent
    if command.respond_by and command.respond_by <= by.at:
        raise AnswerAlreadyDue
    return ReferralSent(
        sent_at=by.at, respond_by=command.respond_by, accompanied=command.accompanied
    )


def _accepted(case: Case, referral: OpenReferral, command: AcceptReferral, by: Context) -> Decided:
    if referral.status not in {"SENT", "RECEIVED"}:
        raise ReferralAlreadyAccepted
    if referral.from_agency not in participants(case):
        raise SenderNoLongerTakesPart
    accepted = ReferralAccepted(
        on=date_in_japan(by.at), conditions=command.conditions, role_taken=command.role_taken
    )
    role = RoleAssigned(
        function=command.role_taken, agency_id=by.agency, decided_by=referral.referral_id
    )
    return Decided((accepted,), (role,))


def _handed_over(
    case: Case, referral: OpenReferral, command: ConfirmHandover, by: Context
) -> Decided:
    if referral.status == "COMPLETED":
        raise HandoverAlreadyConfirmed
    if referral.status != "ACCEPTED":
        raise ReferralNotAccepted
    case = as_participant(case, by.agency)
    if not isinstance(case, ActiveCase):
        raise CaseNotAccepted
    if case.main_responsible != referral.from_agency:
        raise NotItsToHandOver
    confirmed = HandoverConfirmed(
        on=date_in_japan(by.at),
        main_responsible_from=referral.from_agency,
        main_responsible_to=by.agency,
        referrer_remains=command.referrer_remains,
        accompanied_by=command.accompanied_by,
    )
    moved = ResponsibilityMoved(
        from_agency=referral.from_agency,
        to_agency=by.agency,
        from_remains=command.referrer_remains,
        decided_by=referral.referral_id,
    )
    return Decided((confirmed,), (moved,))
