"""Concerned (関係者): whose consent it is and who takes part, as it was read for the decision."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from domain.agency import KnownAgency, those_after, with_those_before
from domain.case import CaseNotFound
from domain.case_codes import CompanionKind, Status
from domain.model import AgencyId, MeetingId, PersonId, StayId


class Concerned(msgspec.Struct, frozen=True, kw_only=True):
    """``agencies``: those that take part, and those that are named."""

    subject_id: PersonId
    participants: frozenset[AgencyId]
    answering: AgencyId | None = None  # Who answers for her.
    handlers: frozenset[AgencyId] = frozenset()  # Who handles a grievance about the case.
    status: Status = "ACTIVE"
    closed_on: date | None = None  # When support ended, where it has,
    retained_until: date | None = None  # and how long the record is kept, where that was said.
    companions: Mapping[PersonId, CompanionKind] = {}  # Those who are with her now.
    persons: frozenset[PersonId] = frozenset()  # Who was with her at any time.
    stays: frozenset[StayId] = frozenset()  # Decided or under way: they have still to end.
    meetings: frozenset[MeetingId] = frozenset()  # They have still to close.
    agencies: Mapping[AgencyId, KnownAgency] = {}

    @property
    def children(self) -> frozenset[PersonId]:
        return frozenset(person for person, kind in self.companions.items() if kind == "CHILD")

    @property
    def present(self) -> frozenset[AgencyId]:
        """Those that take part, without those that are no more, as far as they were read."""
        known = {each: self.agencies.get(each) for each in self.participants}
        return frozenset(e for e, agency in known.items() if not (agency and agency.is_gone))

    def heirs_of(self, agency: AgencyId) -> frozenset[AgencyId]:
        """As far as they were read: who took over from it, without those that are no more."""
        after = those_after(agency, self.agencies)
        return frozenset(each for each in after if not self.agencies[each].is_gone)

    def with_those_before(self, agencies: Iterable[AgencyId]) -> frozenset[AgencyId]:
        """As far as they were read: they, and all whom they took over from."""
        return with_those_before(agencies, self.agencies)


def check_takes_part(concerned: Concerned | None, agency: AgencyId) -> Concerned:
    """The case, for an agency that takes part in it; for all others there is none."""
    if concerned is None or agency not in concerned.participants:
        raise CaseNotFound
    return concerned
