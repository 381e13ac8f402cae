"""Grants (情報提供への同意): what she has agreed that others may know, as far as it still goes."""

from typing import Final

import msgspec

from domain.categories import CategoryCode
from domain.consent_ledger.grants import Granted
from domain.model import PersonId
from domain.sharing.standing import Frozen, Told


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Consent to share information as it stands in her ledger, and from where on it opens."""

    granted: Granted
    position: int
    state: Frozen  # What was part of the state when it was recorded.

    def names(self, path: str, also: frozenset[str] = frozenset()) -> bool:
        """``also``: under which names it is left out too."""
        return self.granted.names(path) and self.granted.excluded_fields.isdisjoint(also)

    def reaches(self, told: Told, field: str) -> bool:
        """Recorded positions decide, and never what a record says of its own time."""
        if told.position > self.position or self.granted.history == "FULL":
            return True
        return self.state.holds(told, field)

    def of(
        self,
        woman: PersonId | None,
        children: frozenset[PersonId],
        torn: frozenset[PersonId],
        category: CategoryCode,
    ) -> frozenset[PersonId]:
        """Whom it is about, as far as whoever gave it can agree for them.

        Of ``torn`` children nobody can, who is in conflict with them: nor of what is said of a
        child in words about the woman, while any of hers is torn.
        """
        if self.granted.grantor == "SUBJECT":
            if self.granted.grantor_id != woman:
                return NOBODY
            of_a_child = torn and category == "CHD"
            return (children if of_a_child else children | {self.granted.grantor_id}) - torn
        if self.granted.grantor == "GUARDIAN":
            return (children & {self.granted.grantor_id}) - torn
        return frozenset({self.granted.grantor_id})


NOBODY: Final[frozenset[PersonId]] = frozenset()
