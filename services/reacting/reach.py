"""Reach (見る理由のあった範囲): what an agency had a reason to see, at any time until then.

Consent permits, participation lets see: so what it could see by a consent is what stood in the
record while it took part, and what was put before it in a package or a meeting. What it had by an
earlier one, and nobody has asked for, it has by the later one too.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from typing import Final

from domain.case import CHANGES_NOTHING
from domain.categories import CategoryCode
from domain.consent_ledger import ConsentGranted
from domain.meeting.events import InformationProvided
from domain.model import AgencyId, EventId, StreamId
from domain.referral import InformationSupplied, ReferralSent
from domain.sharing import Gathering, Grant, Handling, Sharing, Sides, Told, evolve
from domain.trail.purges import PurgeRequested
from domain.visibility import Asked
from services.deciding import Source


class Reach:
    def __init__(self, earlier: Iterable[Source]) -> None:
        self._took_part_until: Final[dict[AgencyId, int]] = {}
        self._since: Final[dict[tuple[AgencyId, CategoryCode], int]] = {}
        self._given: Final = defaultdict[AgencyId, set[tuple[EventId, str]]](set)
        sharing, taking_part, last = Sharing(), frozenset[AgencyId](), 0
        for told, _ in earlier:
            self._note_since(told)
            if type(told.event) not in CHANGES_NOTHING:
                before, sharing = sharing, evolve(sharing, told)
                if sharing.case is not before.case:
                    self._took_part_until.update(dict.fromkeys(taking_part, last))
                    taking_part = sharing.participants
                if isinstance(told.event, GIVING):
                    self._put_before(sharing)
            last = told.position
        self._took_part_until.update(dict.fromkeys(taking_part, last))
        self._sharing: Final = sharing
        self._attended: Final[dict[AgencyId, frozenset[StreamId]]] = {}

    def has(self, agency: AgencyId, grant: Grant, told: Told, field: Asked) -> bool:
        if (told.id, field.path) in self._given[agency]:
            return True
        if field.category == "MTG":
            return told.stream in self._attended_by(agency)
        until = self._took_part_until.get(agency, 0)
        return until >= max(self._had_since(agency, grant, field.category), told.position)

    def ever(self, agency: AgencyId, grant: Grant) -> bool:
        """Whether it could see anything by this at all."""
        since = min(self._had_since(agency, grant, each) for each in grant.granted.categories)
        took_part = self._took_part_until.get(agency, 0) >= since
        return took_part or bool(self._given[agency]) or bool(self._attended_by(agency))

    def _note_since(self, told: Told) -> None:
        match told.event:
            case ConsentGranted(recipients=recipients, categories=categories):
                for key in product(recipients, categories):
                    self._since.setdefault(key, told.position)
            case PurgeRequested(recipient=recipient, covers=covers):
                for category in covers:
                    self._since.pop((recipient, category), None)
            case _:
                pass

    def _had_since(self, agency: AgencyId, grant: Grant, category: CategoryCode) -> int:
        return min(grant.position, self._since.get((agency, category), grant.position))

    def _put_before(self, sharing: Sharing) -> None:
        """Everybody to whom anything was just sent has it from now on, whatever becomes of it."""
        for party in sharing.parties.values():
            match party:
                case Sides(receiver=receiver, package=package):
                    self._given[receiver] |= package
                case Gathering(items=items):
                    for agency, given in items.items():
                        self._given[agency] |= given
                case Handling():
                    pass

    def _attended_by(self, agency: AgencyId) -> frozenset[StreamId]:
        if agency not in self._attended:
            self._attended[agency] = self._sharing.attended_by(agency)
        return self._attended[agency]


GIVING: Final = (ReferralSent, InformationSupplied, InformationProvided)
