"""What has to be so before she stays anywhere (一時保護・入所の要件): one rule, one guard.

Who decides depends on the kind: protection is the Centre's (女性相談支援センター), which gives it
itself or commissions it; that of a mother and her children in an emergency is the welfare side's; a
residence is decided by the agency that answers for her, or by the Centre.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar, Final

import msgspec

from domain.agency import contract_of
from domain.agency_codes import AgencyKind
from domain.calendar import next_business_day
from domain.case.aftercare import AftercareAlreadyRuns
from domain.case.beside import Beside, CompanionNotFound
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    EndStay,
    StartStay,
    StayCancelled,
    StayDecided,
    StayEnded,
    StayExtended,
    StayStarted,
)
from domain.codes import ConsentKind, Label
from domain.machine import NOT_YET, Edge, Machine
from domain.model import AgencyId, Context, ContractId, StayId
from domain.speech import Refused
from domain.support_codes import (
    EMERGENCY_STAYS,
    PROTECTIVE_STAYS,
    RESIDENTIAL_STAYS,
    StayKind,
)

STAY: Final = Machine(
    name=Label("入所・保護", "Stay"),
    states={
        "DECIDED": Label("決定", "Decided"),
        "ACTIVE": Label("入所中・保護中", "Active"),
        "ENDED": Label("終了", "Ended"),
        "CANCELLED": Label("取りやめ", "Cancelled"),
    },
    edges=(
        Edge(NOT_YET, StayDecided, "DECIDED"),
        Edge("DECIDED", StayStarted, "ACTIVE"),
        Edge("DECIDED", StayCancelled, "CANCELLED"),
        Edge("ACTIVE", StayExtended, "ACTIVE"),
        Edge("ACTIVE", StayEnded, "ENDED"),
    ),
)

# What she agrees to, for each kind of stay. In another prefecture she also agrees to move there.
CONSENT_FOR: Final[Mapping[StayKind, ConsentKind]] = {
    "TEMPORARY_PROTECTION": "TEMPORARY_PROTECTION",
    "EMERGENCY_TEMPORARY_PROTECTION": "TEMPORARY_PROTECTION",
    "COMMISSIONED_PROTECTION": "COMMISSIONED_PLACEMENT",
    "MOTHER_CHILD_EMERGENCY": "TEMPORARY_PROTECTION",
    **dict.fromkeys(RESIDENTIAL_STAYS, "FACILITY_ADMISSION"),
}
CENTRE: Final[AgencyKind] = "WOMENS_SUPPORT_CENTRE"
# 福祉部門: the side that decides on the emergency protection of a mother and her children.
WELFARE_SIDE: Final[frozenset[AgencyKind]] = frozenset(
    {"WELFARE_OFFICE", "PREFECTURAL_WELFARE_OFFICE", "MUNICIPAL_WOMENS_SUPPORT_DIVISION"}
)
NEVER_CLOSED_SO_LONG: Final = timedelta(days=30)  # And no calendar reaches back for ever.


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    kind: StayKind
    status: str
    provider: AgencyId
    decided_by: AgencyId
    decided_on: date
    direct: bool
    relocates: bool
    started_on: date | None = None
    until: date | None = None
    ended_on: date | None = None


class Stays(msgspec.Struct, frozen=True, kw_only=True):
    stays: Mapping[StayId, Stay] = {}
    owes_aftercare: bool = False  # She left one for the next, and nobody stayed in touch since.

    @property
    def active(self) -> StayId | None:
        return next((key for key, stay in self.stays.items() if stay.status == "ACTIVE"), None)

    @property
    def decided(self) -> StayId | None:
        """What has been decided for her and has not begun."""
        return next((key for key, stay in self.stays.items() if stay.status == "DECIDED"), None)


class StayIdTaken(Refused):
    """A stay was decided under this id already."""

    ja: ClassVar[str] = "この番号の入所・保護は、すでに決定されています。"


class NotYoursToDecide(Refused):
    """Others decide this: the Centre, the welfare side, or for a residence who answers for her."""

    ja: ClassVar[str] = (
        "この種類の入所・保護を決定する機関ではありません。一時保護は女性相談支援センター、"
        "母子緊急一時保護は福祉部門、施設等への入所は主担当機関またはセンターが決定します。"
    )


class NotYourStay(Refused):
    """Only the agency she stays with does this, or the one that decided on the stay."""

    ja: ClassVar[str] = "この操作ができるのは、受け入れる機関と、入所・保護を決定した機関だけです。"


class ElsewhereIsCommissioned(Refused):
    """The Centre protects her itself or in its own facility: elsewhere it commissions that."""

    ja: ClassVar[str] = (
        "センター以外の場所での保護は委託になります。一時保護委託として決定してください。"
    )


class NoCommissionContract(Refused):
    """The Centre has no contract with this agency for that day, with the standard checked."""

    ja: ClassVar[str] = "その日に有効な委託契約（基準の確認を含む）が、この機関との間にありません。"


class OnlyCommissionedDirectly(Refused):
    """Only a facility that is commissioned takes her in directly."""

    ja: ClassVar[str] = "直接入所ができるのは、一時保護委託の場合だけです。"


class DecidedTooLate(Refused):
    """A stay is decided before it begins, a direct admission by the next business day at last."""

    ja: ClassVar[str] = (
        "入所・保護は、始まる前に決定します（直接入所の場合は翌開庁日まで）。"
        "今日からのものとして決定してください。"
    )


class LegalGroundIsMissing(Refused):
    """Protection has a legal ground: name it."""

    ja: ClassVar[str] = "一時保護の事由を指定してください。"


class ReasonCodeIsMissing(Refused):
    """For protection it is fixed at her admission what it is counted under: name it."""

    ja: ClassVar[str] = "一時保護の主訴の区分を、入所時に指定してください。"


class AssessmentComesFirst(Refused):
    """She is heard first: record the assessment made with her, then decide."""

    ja: ClassVar[str] = "先に、本人とともに行ったアセスメントを記録してから決定してください。"


class AnotherStayRuns(Refused):
    """She is in another stay: end that first, or decide this one as from a later day."""

    ja: ClassVar[str] = (
        "別の入所・保護が続いています。先にそれを終えるか、後の日からのものとして決定してください。"
    )


class StayHasBegun(Refused):
    """This stay has begun already."""

    ja: ClassVar[str] = "この入所・保護は、すでに始まっています。"


class StayNotBegun(Refused):
    """This stay has not begun: start it, or cancel it."""

    ja: ClassVar[str] = "この入所・保護はまだ始まっていません。開始するか、取りやめてください。"


class StayIsOver(Refused):
    """This stay is over."""

    ja: ClassVar[str] = "この入所・保護は、すでに終わっています。"


class CompanionLeftOut(Refused):
    """Say of each who is with her, once, whether they come along, or where they are instead."""

    ja: ClassVar[str] = (
        "同伴者全員について、一緒に入所するか、別の場所にいるかを一度ずつ指定してください。"
    )


class AdultHasNotAgreed(Refused):
    """An adult who comes along consents for themselves: ask them."""

    ja: ClassVar[str] = "成人の同伴者については、その方自身の同意が必要です。"


class EndsBeforeItBegins(Refused):
    """A stay does not end before it has begun: check the day."""

    ja: ClassVar[str] = "始まりの日より前に終えることはできません。日付を確認してください。"


class NotAnExtension(Refused):
    """She may stay until that day already: name a later one."""

    ja: ClassVar[str] = "すでにその日まで延長されています。より後の日を指定してください。"


class SheStillAgrees(Refused):
    """She still agrees to this stay: that she will not share something is no reason to cancel."""

    ja: ClassVar[str] = (
        "この入所・保護への本人の同意は続いています。"
        "情報提供に同意しないことは、取りやめの理由になりません。"
    )


class AftercareOrDeclined(Refused):
    """When a stay ends, say how her aftercare begins, or that she declines it: one of the two."""

    ja: ClassVar[str] = (
        "退所にあたっては、アフターケアの開始か、本人が希望しないことの、どちらかを記録してください。"
    )


def check_may_decide(kind: StayKind, beside: Beside, by: Context) -> None:
    """INV-S2: protection is the Centre's to decide, or in one kind the welfare side's."""
    if kind == "MOTHER_CHILD_EMERGENCY":
        may = _is_any_of(beside, by.agency, WELFARE_SIDE)
    else:
        may = _is_any_of(beside, by.agency, {CENTRE})
        may = may or (kind in RESIDENTIAL_STAYS and by.agency == beside.main_responsible)
    if not may:
        raise NotYoursToDecide


def check_is_its_own(command: DecideStay, beside: Beside, by: Context) -> None:
    """INV-S2: the Centre's own protection is in its own place; else it is commissioned."""
    provider = command.provider_agency_id
    if (
        command.kind in {"TEMPORARY_PROTECTION", "EMERGENCY_TEMPORARY_PROTECTION"}
        and provider != by.agency
        and not _is_any_of(beside, provider, {"TEMPORARY_PROTECTION_FACILITY"})
    ):
        raise ElsewhereIsCommissioned


def check_decided_in_time(direct: bool, admitted_on: date, decided_on: date) -> None:  # noqa: FBT001 (a fact of the stay)
    """INV-S2: directly she is admitted first, and it is decided by the next business day."""
    if admitted_on >= decided_on:
        return
    long_ago = decided_on - admitted_on > NEVER_CLOSED_SO_LONG
    if not direct or long_ago or decided_on > next_business_day(admitted_on):
        raise DecidedTooLate


def check_directly(command: DecideStay) -> None:
    """INV-S2: directly is only possible where it is commissioned."""
    if command.direct_admission and command.kind != "COMMISSIONED_PROTECTION":
        raise OnlyCommissionedDirectly


def check_contract(
    kind: StayKind, beside: Beside, provider: AgencyId, centre: AgencyId, on: date
) -> ContractId | None:
    """INV-A5: a contract in force on the day of admission, and with it the standard checked."""
    if kind != "COMMISSIONED_PROTECTION":
        return None
    known = beside.agencies.get(provider)
    contract = contract_of(known, centre, on) if known else None
    if contract is None:
        raise NoCommissionContract
    return contract


def check_ground(command: DecideStay) -> None:
    """INV-S5: protection has a legal ground."""
    if command.kind in PROTECTIVE_STAYS and command.legal_ground is None:
        raise LegalGroundIsMissing


def check_reason(kind: StayKind, command: StartStay) -> None:
    """INV-S5: what it is counted under is fixed when she is admitted."""
    if kind in PROTECTIVE_STAYS and command.reason_code is None:
        raise ReasonCodeIsMissing


def check_assessed(kind: StayKind, beside: Beside) -> None:
    """INV-K8: she is heard before it is decided; only an emergency does not wait for it."""
    if kind not in EMERGENCY_STAYS and not beside.assessed:
        raise AssessmentComesFirst


def check_no_stay_runs(stays: Stays, on: date) -> None:
    """INV-S3: at most one stay at a time; the day of moving belongs to both."""
    if any(
        stay.status == "ACTIVE" or (stay.ended_on is not None and stay.ended_on > on)
        for stay in stays.stays.values()
    ):
        raise AnotherStayRuns


def check_companions(command: StartStay, beside: Beside) -> None:
    """INV-S3: each companion's place is explicit, and nobody is admitted who is not with her."""
    named = (*command.companions, *command.elsewhere)
    if not beside.companions.keys() >= set(named):
        raise CompanionNotFound
    complete = sorted(named) == sorted(beside.companions)
    if not complete or len(command.elsewhere) != len(command.elsewhere_places):
        raise CompanionLeftOut


def check_adults_agreed(kind: StayKind, command: StartStay, beside: Beside) -> None:
    """INV-C10: she consents for her children, and an adult for themselves."""
    for person in command.companions:
        adult = beside.companions.get(person) == "ADULT"
        if adult and CONSENT_FOR[kind] not in beside.adults_agreed.get(person, frozenset()):
            raise AdultHasNotAgreed(person=person)


def check_keeps_her(stay: Stay, by: Context) -> None:
    """A stay begins with whoever takes her in, or whoever decided it."""
    if by.agency not in {stay.provider, stay.decided_by}:
        raise NotYourStay


def check_looks_after_it(stay: Stay, beside: Beside, by: Context) -> None:
    """It can be ended as long as anybody is there who answers for her."""
    if by.agency not in {stay.provider, stay.decided_by, beside.main_responsible}:
        raise NotYourStay


def check_no_longer_agrees(stay: Stay, beside: Beside, command: CancelStay) -> None:
    """INV-C11: who will not share something is supported all the same."""
    still = CONSENT_FOR[stay.kind] in beside.agreed
    moves = not stay.relocates or "RELOCATION" in beside.agreed
    if command.reason == "CONSENT_WITHDRAWN" and still and moves:
        raise SheStillAgrees


def check_aftercare(stays: Stays, beside: Beside, command: EndStay) -> None:
    """INV-S6: aftercare begins, unless she declines it, moves on, or it goes on already."""
    if command.aftercare and beside.aftercare_runs:
        raise AftercareAlreadyRuns
    goes_on = beside.aftercare_runs or stays.decided is not None
    said = [command.aftercare, command.without_aftercare]
    if None not in said or (said == [None, None] and not goes_on):
        raise AftercareOrDeclined


def _is_any_of(
    beside: Beside, agency: AgencyId, kinds: frozenset[AgencyKind] | set[AgencyKind]
) -> bool:
    """By what it is, or by what it does beside that."""
    known = beside.agencies.get(agency)
    return known is not None and any(map(known.is_a, kinds))
