"""What a referral has to know of its case, and of the other aggregates."""

from collections.abc import Mapping

import msgspec

from domain.agency import KnownAgency
from domain.case import (
    Case,
    NoCase,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    as_participant,
    participants,
)
from domain.codes import ConsentKind, SupportFunction
from domain.items import Offered
from domain.model import AgencyId, CaseId, GrantId, ReferralId
from domain.referral.events import ReferralDrafted, ReferralEvent


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """As it was read together, at the time of the decision."""

    case_id: CaseId
    case: Case = NoCase()
    agencies: Mapping[AgencyId, KnownAgency] = {}
    agreed: Mapping[ConsentKind, GrantId] = {}  # To what she has agreed and not taken it back.
    excluded: frozenset[AgencyId] = frozenset()  # Who must not know.
    offered: tuple[Offered, ...] = ()  # The things that are put in the package, or are in it.
    handovers: frozenset[ReferralId] = frozenset()  # By which somebody else may come to answer.
    brought_in_by: frozenset[ReferralId] = frozenset()  # By which whoever asks was brought in.
    asked_for: bool = False  # Whoever is to receive it has asked for it,
    stood_in: bool = False  # and has sent it, in the place of an agency that cannot act.
    agreed_to: bool = False  # She lets whoever is to receive it know something of her, by name.
    roles: tuple[RoleAssigned, ...] = ()  # Those that were given and not ended, each time anew.

    @property
    def main_responsible(self) -> AgencyId | None:
        return None if isinstance(self.case, NoCase) else self.case.main_responsible

    @property
    def participants(self) -> frozenset[AgencyId]:
        return participants(self.case)

    def check_takes_part(self, agency: AgencyId) -> None:
        """For who does not, there is no case."""
        as_participant(self.case, agency)

    def has_stopped(self, agency: AgencyId) -> bool:
        """It is known, and nothing is done in its name: for a while, or because it is no more."""
        known = self.agencies.get(agency)
        return known is not None and known.suspended

    def has_role(self, agency: AgencyId, function: SupportFunction) -> bool:
        return not isinstance(self.case, NoCase) and (agency, function) in self.case.reasons


class Decided(msgspec.Struct, frozen=True):
    """What a command does to a referral and, in the same append, to its case; and a new draft."""

    referral: tuple[ReferralEvent, ...]
    case: tuple[RoleAssigned | RoleEnded | ResponsibilityMoved, ...] = ()
    draft: ReferralDrafted | None = None
