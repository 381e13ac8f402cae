"""Safety (安全の確保): what to do if he asks or appears, and what was said when somebody asked.

Who asks about her is told neither yes nor no. That somebody asked is kept, as a risk.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

from domain.agency_codes import AgencyKind
from domain.case.agreeing import check_let_know, check_may_know
from domain.case.beside import Beside
from domain.case.days import check_is_to_come
from domain.categories import ENV, RSK, SVC, Category, CategoryCode
from domain.model import AgencyId, Command, Context, Event, Sealed
from domain.speech import Refused
from domain.support_codes import AskedBy, InquiryResponse
from domain.text import Line

# To whom it is about schooling, and to all others about risk.
SCHOOLING: Final[Mapping[str, CategoryCode]] = {
    "SCHOOL": "SCH",
    "NURSERY": "SCH",
    "BOARD_OF_EDUCATION": "SCH",
    "SCHOOL_AFFAIRS_DIVISION": "SCH",
    "CHILDCARE_DIVISION": "SCH",
}


class SafetyInstructionIssued(
    Event, frozen=True, kw_only=True, tag="case.safety_instruction_issued.v1"
):
    """What to do, and not why. For a school or a nursery it is about schooling."""

    primary: ClassVar[Category] = RSK
    state_of: ClassVar[tuple[str, ...]] = ("to_agency_id",)

    to_agency_id: Annotated[AgencyId, ENV]
    to_kind: Annotated[AgencyKind, ENV]
    instruction: Annotated[Sealed[Line], RSK.by("to_kind", SCHOOLING)]
    valid_until: Annotated[date | None, SVC] = None


class ThirdPartyInquiryRefused(
    Event, frozen=True, kw_only=True, tag="case.third_party_inquiry_refused.v1"
):
    primary: ClassVar[Category] = RSK
    asked_by_kind: Annotated[Sealed[AskedBy], RSK]
    where: Annotated[Sealed[Line], RSK]
    response: Annotated[Sealed[InquiryResponse], RSK]


SafetyEvent: TypeAlias = SafetyInstructionIssued | ThirdPartyInquiryRefused


class IssueSafetyInstruction(
    Command, frozen=True, kw_only=True, tag="case.issue_safety_instruction"
):
    to_agency_id: AgencyId
    instruction: Line
    valid_until: date | None = None


class RefuseThirdPartyInquiry(
    Command, frozen=True, kw_only=True, tag="case.refuse_third_party_inquiry"
):
    """``where``: at which window, by which means; ``response``: what was said."""

    asked_by_kind: AskedBy
    where: Line
    response: InquiryResponse


SafetyCommand: TypeAlias = IssueSafetyInstruction | RefuseThirdPartyInquiry


class NeitherYesNorNo(Refused):
    """Who asks about her is answered neither yes nor no. If it was, assess the danger anew."""

    ja: ClassVar[str] = (
        "本人についての問い合わせには、いるともいないとも答えません。"
        "答えてしまった場合は、危険度を改めてアセスメントし、記録してください。"
    )


def decide(beside: Beside, command: SafetyCommand, by: Context) -> tuple[SafetyEvent, ...]:
    match command:
        case IssueSafetyInstruction():
            check_is_to_come(command.valid_until, by)
            check_may_know(beside, command.to_agency_id)
            check_let_know(beside, command.to_agency_id)
            return (
                SafetyInstructionIssued(
                    to_agency_id=command.to_agency_id,
                    to_kind=beside.agencies[command.to_agency_id].kind,
                    instruction=command.instruction,
                    valid_until=command.valid_until,
                ),
            )
        case RefuseThirdPartyInquiry():
            check_neither_yes_nor_no(command.response)
            return (
                ThirdPartyInquiryRefused(
                    asked_by_kind=command.asked_by_kind,
                    where=command.where,
                    response=command.response,
                ),
            )
    assert_never(command)


def check_neither_yes_nor_no(response: InquiryResponse) -> None:
    """INV-K10: what a third party asks is answered neither way, and kept as a risk."""
    if response in {"CONFIRMED", "DENIED"}:
        raise NeitherYesNorNo
