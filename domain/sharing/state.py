"""What is known of who may see what (共有の状態): one value, folded by the stories beside it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from domain import case as cases
from domain.case import Case, NoCase
from domain.categories import CategoryCode
from domain.consent_ledger.grants import Grants
from domain.exclusions import Exclusions
from domain.grievance import KnownGrievance
from domain.model import (
    AgencyId,
    EmergencyId,
    EventId,
    GrantId,
    NetworkId,
    PersonId,
    StaffId,
    StreamId,
)
from domain.sharing.grants import Grant
from domain.sharing.standing import Frozen, Standing
from domain.statutory import StatutoryId

# A field of an event that was put before somebody.
Given: TypeAlias = frozenset[tuple[EventId, str]]


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """Of a referral: who sends her on and, once asked or sent, who is to take her; and with what.

    The package is before the receiver from the sending on, until the referral has come to its end.
    """

    sender: AgencyId
    receiver: AgencyId
    to_stay: bool = False  # By it she is to be taken in somewhere,
    since: int = 0  # as was said from there on.
    asked: bool = False
    package: Given = frozenset()

    def __contains__(self, agency: AgencyId) -> bool:
        return agency == self.sender or (self.asked and agency == self.receiver)


class Gathering(msgspec.Struct, frozen=True, kw_only=True):
    """Of a meeting: who convenes it, who is invited and who came, and what was put before whom."""

    of_a_case: bool
    convenor: AgencyId
    network: NetworkId | None = None
    invited: frozenset[AgencyId] = frozenset()
    came: frozenset[AgencyId] = frozenset()
    convened: bool = False
    items: Mapping[AgencyId, Given] = {}

    def __contains__(self, agency: AgencyId) -> bool:
        return agency == self.convenor or (self.convened and agency in self.invited)

    def is_heard_by(self, agency: AgencyId) -> bool:
        """Who came has heard what was said, invited still or not."""
        return agency in self or agency in self.came


class Handling(msgspec.Struct, frozen=True):
    """Of a grievance: who handles it, once assigned, and with whom how much of it was shared."""

    grievance: KnownGrievance

    def __contains__(self, agency: AgencyId) -> bool:
        return agency == self.grievance.handler or self.grievance.shared.get(agency) == "FULL"

    def has_summary(self, agency: AgencyId) -> bool:
        return agency in self.grievance.shared


Party: TypeAlias = Sides | Gathering | Handling


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What was told without her consent: as it stood then, and nothing that came later."""

    position: int
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]
    only_fields: frozenset[str] | None
    state: Frozen
    expires_at: datetime | None = None
    over_refusals: frozenset[GrantId] = frozenset()
    over_exclusions: frozenset[AgencyId] = frozenset()
    authorised_by: frozenset[AgencyId] = frozenset()

    def names(self, path: str) -> bool:
        return self.only_fields is None or path in self.only_fields


class Refusal(msgspec.Struct, frozen=True):
    """What she said no to."""

    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    case: Case = NoCase()
    children: frozenset[PersonId] = frozenset()
    conflicts: frozenset[tuple[PersonId, AgencyId]] = frozenset()  # Of a child; who has said so.
    ledger: Grants = {}
    grants: Mapping[GrantId, Grant] = {}  # Of it, what opens something.
    refusals: Mapping[GrantId, Refusal] = {}
    exclusions: Exclusions = Exclusions()
    excluded: frozenset[AgencyId] = frozenset()
    excluded_staff: frozenset[StaffId] = frozenset()
    emergencies: Mapping[EmergencyId, Snapshot] = {}
    authorised: Mapping[EmergencyId, frozenset[AgencyId]] = {}  # By whom, so far.
    statutory: Mapping[StatutoryId, Snapshot] = {}
    received: Mapping[GrantId, frozenset[AgencyId]] = {}  # Who got something under which grant.
    restricted: frozenset[PersonId] = frozenset()  # Whose data is not to be used,
    erased: frozenset[PersonId] = frozenset()  # and whose is no more.
    parties: Mapping[StreamId, Party] = {}
    keepers: Mapping[AgencyId, int] = {}  # Since when she was to stay with whom, or stayed.
    since: int = 0  # Where it came to stand in the ledger in which it stands,
    answering_since: int = 0  # and where it was last said who answers for her.
    standing: Standing = Standing()

    @property
    def torn(self) -> frozenset[PersonId]:
        """Children in conflict with who would agree for them, as long as anybody says so."""
        if not self.conflicts:  # As nearly always.
            return NOBODY_TORN
        return frozenset(child for child, _ in self.conflicts)

    @property
    def subject(self) -> PersonId | None:
        return None if isinstance(self.case, NoCase) else self.case.subject_id

    @property
    def main_responsible(self) -> AgencyId | None:
        return None if isinstance(self.case, NoCase) else self.case.main_responsible

    @property
    def network(self) -> NetworkId | None:
        """In whose ledger the case stands; without one, under which they meet."""
        if not isinstance(self.case, NoCase):
            return self.case.network
        meetings = (each for each in self.parties.values() if isinstance(each, Gathering))
        return next((each.network for each in meetings), None)

    @property
    def participants(self) -> frozenset[AgencyId]:
        return cases.participants(self.case)

    @property
    def referrals(self) -> Mapping[StreamId, Sides]:
        return {s: sides for s, sides in self.parties.items() if isinstance(sides, Sides)}

    def given_to(self, agency: AgencyId) -> Given:
        """What is before it now: in packages sent to it, and in meetings."""
        return _joined(
            party.package if isinstance(party, Sides) else party.items.get(agency, NOTHING_GIVEN)
            for party in self.parties.values()
            if isinstance(party, Gathering)
            or (isinstance(party, Sides) and agency == party.receiver)
        )

    @property
    def meetings(self) -> frozenset[StreamId]:
        return frozenset(s for s, party in self.parties.items() if isinstance(party, Gathering))

    def attended_by(self, agency: AgencyId) -> frozenset[StreamId]:
        """The meetings it convened, was invited to or came to."""
        return frozenset(
            stream
            for stream, party in self.parties.items()
            if isinstance(party, Gathering) and party.is_heard_by(agency)
        )


def _joined(several: Iterable[Given]) -> Given:
    return NOTHING_GIVEN.union(*several)


NOBODY_TORN: Final[frozenset[PersonId]] = frozenset()
NOTHING_GIVEN: Final[Given] = frozenset()
