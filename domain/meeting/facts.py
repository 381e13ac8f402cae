"""Facts (前提): what was read beside a meeting, of its network, of the case, and of her consent."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from domain.agency import KnownAgency
from domain.case import CaseNotFound, CaseNumber, KnownCase
from domain.categories import CategoryCode
from domain.items import Offered
from domain.meeting.course import ConsultationStatus
from domain.model import AgencyId, CaseId, GrantId, NetworkId
from domain.network import KnownNetwork

# By which consent of hers an agency may be told anything of a category.
Covered: TypeAlias = Mapping[tuple[AgencyId, CategoryCode], GrantId]


class Consultation(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with the consultation about a case, over all meetings about it."""

    status: ConsultationStatus | None = None
    parties: frozenset[AgencyId] = (
        frozenset()
    )  # Whose positions are recorded while it is unsettled.
    designated: AgencyId | None = None


class Reviews(msgspec.Struct, frozen=True, kw_only=True):
    """Of a case: how often it was reviewed this fiscal year, and whether it was put off last."""

    rounds: int = 0
    put_off_last: bool = False


class About(msgspec.Struct, frozen=True, kw_only=True):
    """The case that is named, as it was read together with the meeting."""

    case_id: CaseId
    case: KnownCase
    participants: frozenset[AgencyId]
    covered: Covered = {}
    named: frozenset[AgencyId] = frozenset()  # By a consent in force to share information.
    consultation: Consultation = Consultation()
    reviews: Reviews = Reviews()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    about: About | None = None
    unknown_case: bool = False  # A case was named that there is none of.
    network_id: NetworkId | None = None  # Under which the meeting is, or is to be,
    network: KnownNetwork | None = None  # and how that one stands.
    agencies: Mapping[AgencyId, KnownAgency] = {}
    offered: tuple[Offered, ...] = ()
    hidden: frozenset[AgencyId] = frozenset()  # Of whom to hear would tell where she may be.
    # Of the network, and still active in it, before the day of the meeting: each is to be reviewed.
    active_cases: frozenset[CaseId] = frozenset()
    numbers: Mapping[CaseId, CaseNumber] = {}  # Of these, where whoever asks may know the number.

    @property
    def coordinating(self) -> AgencyId | None:
        return self.network.coordinating if self.network else None


def the_case(facts: Facts) -> About:
    if facts.about is None:
        raise CaseNotFound
    return facts.about
