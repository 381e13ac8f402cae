"""What a story of a case has to know of the rest of it, and of the other aggregates."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from domain.agency import KnownAgency
from domain.case_codes import CompanionKind
from domain.codes import ConsentKind
from domain.model import AgencyId, GrantId, PersonId, StayId
from domain.speech import Refused

__all__ = ["Beside", "CompanionKind", "CompanionNotFound"]


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """As it was read together, at the time of the decision."""

    subject: PersonId
    participants: frozenset[AgencyId]
    main_responsible: AgencyId | None = None
    companions: Mapping[PersonId, CompanionKind] = {}  # Those who are with her now.
    assessed: bool = False
    agreed: Mapping[ConsentKind, GrantId] = {}  # What she has agreed to and not taken back.
    planned_stays: frozenset[StayId] = frozenset()  # Named by a consent that ends with them.
    may_know_where: frozenset[AgencyId] = frozenset()  # By a consent that names LOC and them.
    excluded: frozenset[AgencyId] = frozenset()  # Whom she does not want to know.
    itself: frozenset[AgencyId] = frozenset()  # Who acts, and whom it took over from;
    answers: bool = True  # and whether it answers for her.
    let_know: frozenset[AgencyId] = frozenset()  # Whom it knows she lets know.
    agencies: Mapping[AgencyId, KnownAgency] = {}
    # What a companion who is an adult has agreed to and not taken back.
    adults_agreed: Mapping[PersonId, frozenset[ConsentKind]] = {}
    # Which divisions may be told of procedures, by which consent of hers.
    sharing: Mapping[GrantId, frozenset[AgencyId]] = {}
    stays: frozenset[StayId] = frozenset()  # All there have been in this case.
    aftercare_runs: bool = False


class CompanionNotFound(Refused):
    """There is no such person among those who are with her."""

    ja: ClassVar[str] = "指定された方は、このケースの同伴者として記録されていません。"
