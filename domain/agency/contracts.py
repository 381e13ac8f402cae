"""Contracts (一時保護委託契約): who may protect women for a Centre, from when until when.

The Centre records them, in the stream of whoever it commissions.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

from msgspec.structs import replace

from domain.agency.state import HEADS, Agency, Contract, KnownAgency
from domain.agency_codes import Criterion
from domain.categories import ENV, PUB, Category
from domain.model import AgencyId, Command, Context, ContractId, Event, Stamp
from domain.speech import Refused


class CommissionContractStarted(
    Event, frozen=True, kw_only=True, tag="agency.commission_contract_started.v1"
):
    """From now on it is named only to those who may know where she is."""

    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})
    makes: ClassVar[str | None] = "contract_id"

    contract_id: Annotated[ContractId, ENV]
    centre: Annotated[AgencyId, PUB]
    valid_from: Annotated[date, PUB]
    valid_until: Annotated[date, PUB]
    criteria_check: Annotated[frozenset[Criterion], PUB]


class CommissionContractEnded(
    Event, frozen=True, kw_only=True, tag="agency.commission_contract_ended.v1"
):
    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    contract_id: Annotated[ContractId, ENV]


ContractEvent: TypeAlias = CommissionContractStarted | CommissionContractEnded


class StartCommissionContract(
    Command, frozen=True, kw_only=True, tag="agency.start_commission_contract"
):
    """``agency_id`` is to protect women for the Centre that asks."""

    agency_id: AgencyId
    valid_from: date
    valid_until: date
    criteria_check: frozenset[Criterion]


class EndCommissionContract(
    Command, frozen=True, kw_only=True, tag="agency.end_commission_contract"
):
    """It ends at once, and not only at the end of the day."""

    narrows: ClassVar[bool] = True

    agency_id: AgencyId
    contract_id: ContractId


ContractCommand: TypeAlias = StartCommissionContract | EndCommissionContract

# The ministerial standard: either of the first, and all of the second.
STANDING: Final[frozenset[Criterion]] = frozenset({"CORPORATE_STATUS", "THREE_YEARS_RECORD"})
PREMISES: Final[frozenset[Criterion]] = frozenset(
    {"NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
)


class NotTheCentre(Refused):
    """Only the head of a women's support centre commissions protection."""

    ja: ClassVar[str] = "一時保護を委託できるのは、女性相談支援センターの長または代表者だけです。"


class StandardNotMet(Refused):
    """The ministerial standard is not met in full: check what is missing, then record it."""

    ja: ClassVar[str] = (
        "一時保護委託の基準をすべて満たしていません。不足する項目を確認してから記録してください。"
    )


class PeriodNotAccepted(Refused):
    """A period ends on the day it begins, or after it."""

    ja: ClassVar[str] = "期間の終わりには、始まりの日以降の日を指定してください。"


class ContractOverlaps(Refused):
    """Your contract with this agency covers some of these days already."""

    ja: ClassVar[str] = "この機関との委託契約が、指定した期間の一部をすでに含んでいます。"


class ContractNotFound(Refused):
    """Your Centre has no such contract with this agency."""

    ja: ClassVar[str] = "このセンターと当該機関との間に、該当する委託契約はありません。"


def decide(agency: KnownAgency, command: ContractCommand, by: Context) -> tuple[ContractEvent, ...]:
    match command:
        case StartCommissionContract():
            return _started(agency, command, by)
        case EndCommissionContract():
            return _ended(agency, command, by)
    assert_never(command)


def evolve(agency: KnownAgency, event: ContractEvent) -> KnownAgency:
    match event:
        case CommissionContractStarted():
            contract = Contract(
                centre=event.centre, valid_from=event.valid_from, valid_until=event.valid_until
            )
        case CommissionContractEnded():
            contract = replace(agency.contracts[event.contract_id], ended=True)
    return replace(agency, contracts={**agency.contracts, event.contract_id: contract})


def check_commissions(own: Agency, by: Context) -> None:
    """Who protects women for a Centre is the Centre's own to say."""
    is_centre = isinstance(own, KnownAgency) and own.is_a("WOMENS_SUPPORT_CENTRE")
    if by.role not in HEADS or not is_centre:
        raise NotTheCentre


def _started(
    agency: KnownAgency, command: StartCommissionContract, by: Context
) -> tuple[CommissionContractStarted]:
    if command.valid_until < command.valid_from:
        raise PeriodNotAccepted
    check_standard(command)
    if any(_overlap(each, by.agency, command) for each in agency.contracts.values()):
        raise ContractOverlaps
    return (
        CommissionContractStarted(
            contract_id=ContractId(by.new_id),
            centre=by.agency,
            valid_from=command.valid_from,
            valid_until=command.valid_until,
            criteria_check=command.criteria_check,
        ),
    )


def _ended(
    agency: KnownAgency, command: EndCommissionContract, by: Context
) -> tuple[CommissionContractEnded, ...]:
    contract = agency.contracts.get(command.contract_id)
    if contract is None or contract.centre != by.agency:
        raise ContractNotFound
    return () if contract.ended else (CommissionContractEnded(contract_id=command.contract_id),)


def check_standard(command: StartCommissionContract) -> None:
    """No contract starts before the ministerial standard was checked, and met."""
    checked = command.criteria_check
    if not (checked & STANDING and checked >= PREMISES):
        raise StandardNotMet


def _overlap(contract: Contract, centre: AgencyId, command: StartCommissionContract) -> bool:
    return (
        contract.centre == centre
        and not contract.ended
        and contract.valid_from <= command.valid_until
        and command.valid_from <= contract.valid_until
    )
