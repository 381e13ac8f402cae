"""What is known of an agency when something is decided about it, or with it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar, Final, Literal, TypeAlias

import msgspec

from domain.agency_codes import AgencyKind, Prefecture
from domain.categories import CategoryCode
from domain.model import AgencyId, Context, ContractId, StaffId, StaffRole
from domain.policy.crossing import PASSES_TO_NOBODY
from domain.speech import Refused
from domain.support_codes import ServiceCode, ServiceField
from domain.text import Code

AgencyStatus: TypeAlias = Literal["ACTIVE", "SUSPENDED", "SUCCEEDED", "DEACTIVATED"]

# Who answers for an agency, and so for who works there.
HEADS: Final[frozenset[StaffRole]] = frozenset(
    {"REPRESENTATIVE", "CENTRE_DIRECTOR", "FACILITY_HEAD"}
)
# Who acts as the operator of an installation, among those who work there.
OPERATING: Final[frozenset[StaffRole]] = frozenset({"REPRESENTATIVE", "COORDINATOR"})


class Staff(msgspec.Struct, frozen=True):
    """A pledge binds for ever: whoever has left has still signed it."""

    role: StaffRole
    pledged_under: Code | None = None  # The text that was signed last.
    left: date | None = None


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """An until-date includes its day. What is ended by hand ends at once."""

    centre: AgencyId
    valid_from: date
    valid_until: date
    ended: bool = False

    def runs(self, on: date) -> bool:
        return not self.ended and self.valid_from <= on <= self.valid_until


class NoAgency(msgspec.Struct, frozen=True):
    pass


class KnownAgency(msgspec.Struct, frozen=True, kw_only=True):
    kind: AgencyKind
    prefecture: Prefecture | None
    staff: Mapping[StaffId, Staff] = {}
    status: AgencyStatus = "ACTIVE"
    functions: frozenset[AgencyKind] = frozenset()  # Beside its kind.
    services: Mapping[ServiceCode, ServiceField] = {}
    contracts: Mapping[ContractId, Contract] = {}  # To protect women for a Centre.
    custodians: frozenset[StaffId] = frozenset()  # Who answers for its feed.
    succeeded_by: AgencyId | None = None
    predecessors: frozenset[AgencyId] = frozenset()
    private: bool = False
    publishes_name: bool = False

    @property
    def named_in_public(self) -> bool:
        """Public bodies are; of the others, those that said that they want to be."""
        return self.publishes_name or not self.private

    @property
    def suspended(self) -> bool:
        """Nothing is done or read in its name: for a while, or because it is no more."""
        return self.status != "ACTIVE"

    @property
    def is_gone(self) -> bool:
        """Nothing more will ever be done in its name."""
        return self.status in {"SUCCEEDED", "DEACTIVATED"}

    def is_a(self, kind: AgencyKind) -> bool:
        return kind == self.kind or kind in self.functions


Agency: TypeAlias = NoAgency | KnownAgency


def contract_of(provider: KnownAgency, centre: AgencyId, on: date) -> ContractId | None:
    """Under which contract it may protect women for this Centre on this day."""
    running = (
        contract_id
        for contract_id, contract in provider.contracts.items()
        if contract.centre == centre and contract.runs(on)
    )
    return next(running, None)


def has_contract(provider: KnownAgency, centre: AgencyId, on: date) -> bool:
    """Nobody has a contract whose standard was not checked: none starts without."""
    return contract_of(provider, centre, on) is not None


def was_commissioned(provider: KnownAgency) -> bool:
    """Whether it ever was to protect women for some Centre, or is."""
    return bool(provider.contracts)


def agreed_for(
    recipients: frozenset[AgencyId], agency_id: AgencyId, agency: Agency, category: CategoryCode
) -> bool:
    """Whether what she agreed to for these is agreed for this one: for whom it took over, too."""
    if agency_id in recipients:
        return True
    took_over = isinstance(agency, KnownAgency) and agency.predecessors & recipients
    return bool(took_over) and passes_on(category)


def with_those_before(
    agency_ids: Iterable[AgencyId], agencies: Mapping[AgencyId, Agency]
) -> frozenset[AgencyId]:
    """They, and all whom they took over from: what is said of these is said of them."""
    named = frozenset(agency_ids)
    found = (agencies.get(each) for each in named)
    before = [k.predecessors for k in found if isinstance(k, KnownAgency) and k.predecessors]
    return named.union(*before) if before else named


def those_after(agency_id: AgencyId, agencies: Mapping[AgencyId, Agency]) -> list[AgencyId]:
    """Who took over from it: they have what it was told."""
    known = agencies.items()
    return [each for each, k in known if isinstance(k, KnownAgency) and agency_id in k.predecessors]


def passes_on(category: CategoryCode) -> bool:
    """Where she is was agreed to for one agency, and for no other that may come after it."""
    return category not in PASSES_TO_NOBODY


class AgencyNotKnown(Refused):
    """There is no such agency here, or it is suspended."""

    ja: ClassVar[str] = "該当する機関は登録されていないか、利用を停止中です。"


class AgencyIsGone(Refused):
    """This agency was succeeded by another or has ended: nothing more begins in its name."""

    ja: ClassVar[str] = (
        "この機関は他の機関に承継されたか、廃止されているため、新たな登録はできません。"
    )


class StaffNotKnown(Refused):
    """Nobody is enrolled in this agency under that id: enrol them first."""

    ja: ClassVar[str] = "指定された職員は、この機関に登録されていません。先に登録してください。"


class StaffNotPledged(Refused):
    """This member of staff has signed no pledge of confidentiality: have it recorded first."""

    ja: ClassVar[str] = (
        "指定された職員の守秘義務の誓約がまだ記録されていません。先に記録してください。"
    )


class NotYourAgency(Refused):
    """Only the operator may do this, or a head of the agency itself."""

    ja: ClassVar[str] = "この操作ができるのは、運営担当者か、その機関の長または代表者だけです。"


class NotTheOperator(Refused):
    """Only the operator of this installation may do this: its representatives and coordinators."""

    ja: ClassVar[str] = "この操作ができるのは、運営担当の代表者と調整担当者だけです。"


class OperatorStays(Refused):
    """The operator must stay able to act: nobody else could restore it, or enrol anybody."""

    ja: ClassVar[str] = (
        "運営担当の機関と、その最後の管理者は外せません。復旧や登録ができる人がいなくなるためです。"
    )


def operates(operator: AgencyId, by: Context) -> bool:
    return by.agency == operator and by.role in OPERATING


def as_operator(operator: AgencyId, by: Context) -> None:
    if not operates(operator, by):
        raise NotTheOperator


def as_its_own(operator: AgencyId, agency: AgencyId, by: Context) -> None:
    heads_it = by.agency == agency and by.role in HEADS
    if not (operates(operator, by) or heads_it):
        raise NotYourAgency


def as_known(state: Agency) -> KnownAgency:
    if isinstance(state, NoAgency):
        raise AgencyNotKnown
    return state


def enrolled(agency: KnownAgency, staff: StaffId) -> Staff:
    """Whoever works there now."""
    known = agency.staff.get(staff)
    if known is None or known.left is not None:
        raise StaffNotKnown
    return known


def check_pledged(agency: KnownAgency, staff: StaffId) -> None:
    if enrolled(agency, staff).pledged_under is None:
        raise StaffNotPledged
