"""Facts (前提): what was read of other aggregates, together with the case that is asked."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from domain.agency import KnownAgency
from domain.case.beside import Beside
from domain.case.state import Case, CaseNumber, KnownCase, NoCase, answering, participants
from domain.codes import ConsentKind
from domain.header import PartLine
from domain.model import AgencyId, Event, GrantId, NetworkId, PersonId, ReferralId, StayId


class Recorded(NamedTuple):
    """An earlier record of the case, and of what its sealed parts are, and whose."""

    event: Event
    agency: AgencyId  # Who recorded it.
    parts: tuple[PartLine, ...]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    number: CaseNumber | None = None  # Which one it gets in the network that is to take it.
    networks: Mapping[NetworkId, frozenset[AgencyId]] = {}  # Those there are, and their members.
    whole_handovers: frozenset[ReferralId] = frozenset()  # By which all of it is carried on.
    agencies: Mapping[AgencyId, KnownAgency] = {}
    agreed: Mapping[ConsentKind, GrantId] = {}  # What she has agreed to and not taken back,
    adults_agreed: Mapping[PersonId, frozenset[ConsentKind]] = {}  # and what adults with her have.
    planned_stays: frozenset[StayId] = frozenset()  # Named by a consent that ends with them.
    may_know_where: frozenset[AgencyId] = frozenset()  # By a consent that names LOC and them.
    sharing: Mapping[GrantId, frozenset[AgencyId]] = {}  # Whom she lets know of procedures.
    excluded: frozenset[AgencyId] = frozenset()  # Whom she does not want to know.
    itself: frozenset[AgencyId] = frozenset()  # Who acts, and whom it took over from.
    let_know: frozenset[AgencyId] = frozenset()  # Whom it knows she lets know.
    decided_there: bool = False  # A meeting about the case has given out just this role.
    referral_open: bool = False  # Somebody has still to answer, or to confirm a handover.
    corrected: Recorded | None = None  # The record that is to be corrected.
    linked: Case = NoCase()  # The case that is to be linked with this one,
    linked_agreed: bool = False  # and whether she has agreed to that there too.


def beside(case: KnownCase, facts: Facts) -> Beside:
    """What a story that sees only its own part of the case has to know of the rest."""
    return Beside(
        subject=case.subject_id,
        participants=participants(case),
        main_responsible=case.main_responsible,
        companions=case.companions,
        assessed=case.support.assessed,
        agreed=facts.agreed,
        adults_agreed=facts.adults_agreed,
        planned_stays=facts.planned_stays,
        may_know_where=facts.may_know_where,
        sharing=facts.sharing,
        excluded=facts.excluded,
        itself=facts.itself,
        answers=not facts.itself or answering(case) in facts.itself,
        let_know=facts.let_know,
        agencies=facts.agencies,
        stays=frozenset(case.stays.stays),
        aftercare_runs=case.aftercare.runs,
    )
