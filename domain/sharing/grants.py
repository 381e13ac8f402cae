"""Grants (情報提供への同意): whom she has agreed to let know what, as far as it still goes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, get_args

import msgspec

from domain.calendar import date_in_japan
from domain.categories import CategoryCode
from domain.codes import Grantor, History
from domain.consent_ledger.events import ConsentGranted, ConsentNarrowed
from domain.model import AgencyId, GrantId, PersonId
from domain.sharing.standing import NOTHING_STANDS, Frozen, Standing, Told, frozen


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Consent to share information, as long as it has not ended."""

    grant_id: GrantId
    position: int
    grantor: Grantor
    grantor_id: PersonId
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]
    only_fields: frozenset[str] | None
    excluded_fields: frozenset[str]
    granted_at: datetime
    valid_until: date | None
    history: History
    state: Frozen  # What was part of the state when it was recorded.
    refused: Mapping[AgencyId, frozenset[CategoryCode]] = {}  # To whom she has since said no.

    def in_force(self, at: datetime) -> bool:
        """A date means the end of that day in Japan."""
        ended = self.valid_until is not None and self.valid_until < date_in_japan(at)
        return self.granted_at <= at and not ended

    def names(self, path: str, also: frozenset[str] = frozenset()) -> bool:
        """``also``: under which names it is left out too."""
        return self.excluded_fields.isdisjoint({path, *also}) and (
            self.only_fields is None or path in self.only_fields
        )

    def reaches(self, told: Told, field: str) -> bool:
        """Recorded positions decide, and never what a record says of its own time."""
        if told.position > self.position or self.history == "FULL":
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
        if self.grantor == "SUBJECT":
            if self.grantor_id != woman:
                return NOBODY
            of_a_child = torn and category == "CHD"
            return (children if of_a_child else children | {self.grantor_id}) - torn
        if self.grantor == "GUARDIAN":
            return (children & {self.grantor_id}) - torn
        return frozenset({self.grantor_id})


def given(event: ConsentGranted, position: int, standing: Standing) -> Grant:
    return Grant(
        grant_id=event.grant_id,
        position=position,
        grantor=event.grantor,
        grantor_id=event.grantor_id,
        recipients=event.recipients,
        categories=event.categories,
        only_fields=event.only_fields,
        excluded_fields=event.excluded_fields or NO_FIELDS,
        granted_at=event.granted_at,
        valid_until=event.valid_until,
        history=event.history,
        state=frozen(standing) if event.history == "SNAPSHOT" else NOTHING_STANDS,
    )


def narrowed(grant: Grant, event: ConsentNarrowed) -> Grant:
    removed = event.removed_recipients or NO_AGENCIES
    return msgspec.structs.replace(
        refused(grant, removed, CODES),
        categories=grant.categories - event.removed_categories,
        recipients=grant.recipients - removed,
        excluded_fields=grant.excluded_fields | (event.removed_fields or NO_FIELDS),
    )


def refused(
    grant: Grant, agencies: Iterable[AgencyId], categories: frozenset[CategoryCode]
) -> Grant:
    """They are to know nothing of these by it, even where they take over from whom it names."""
    more = {agency: grant.refused.get(agency, frozenset()) | categories for agency in agencies}
    return msgspec.structs.replace(grant, refused={**grant.refused, **more})


CODES: Final[frozenset[CategoryCode]] = frozenset(get_args(CategoryCode))
NO_AGENCIES: Final[frozenset[AgencyId]] = frozenset()
NOBODY: Final[frozenset[PersonId]] = frozenset()
NO_FIELDS: Final[frozenset[str]] = frozenset()
