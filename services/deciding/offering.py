"""Offering (提供): the things one agency would put before others, looked up in the record."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec

from domain.agency import KnownAgency
from domain.categories import CategoryCode
from domain.items import FieldPath, Item, Offered
from domain.model import AgencyId, Context
from domain.sharing import Sharing
from domain.visibility import Look, Roster, decide, fields_of, looking, permits, who_reads
from services.deciding.scope import NO_AGENCY, Past, Source


def offered(
    past: Past,
    items: Iterable[Item],
    to: Collection[AgencyId],
    agencies: Mapping[AgencyId, KnownAgency],
    by: Context,
) -> tuple[Offered, ...]:
    """Each once, in the order in which they are named. The whole case must have been read."""
    wanted = dict.fromkeys(items)
    if not wanted:
        return ()
    sharing = past.sharing
    who = who_reads(by.agency, agencies.get(by.agency, NO_AGENCY), by.staff, by.role)
    look = looking(sharing, who, Roster(agencies), by.at)
    named = {item.source.int for item in wanted}
    found = {source.told.id: source for source in past.record if source.told.id.int in named}
    return tuple(
        _offered(
            item, found.get(item.source), _Offering(sharing, look, frozenset(to), agencies, by)
        )
        for item in wanted
    )


class _Offering(msgspec.Struct, frozen=True):
    sharing: Sharing
    look: Look
    to: frozenset[AgencyId]
    agencies: Mapping[AgencyId, KnownAgency]
    by: Context


def _offered(item: Item, source: Source | None, offering: _Offering) -> Offered:
    """What is not there and what its agency may not see come out alike, but for her consent.

    Whether she still agrees is asked again when it is accepted, by whoever may see none of it yet.
    """
    if source is None:
        return _unknown(item, offering.to)
    told, sharing = source.told, offering.sharing
    fields = {field.name: field for field in fields_of(sharing.subject, told, source.parts)}
    field = fields.get(item.field)
    if field is None:
        return _unknown(item, offering.to)
    grants = {
        each: permits(
            sharing,
            each,
            offering.by.at,
            told,
            field,
            known=offering.agencies.get(each, NO_AGENCY),
        )
        for each in offering.to - {told.agency}  # Whose record it is, has it.
    }
    not_agreed = frozenset(each for each, grant in grants.items() if grant is None)
    if item.field not in decide(offering.look, told, source.parts).bases:
        return _unknown(item, not_agreed)
    return Offered(
        source=item.source,
        path=field.path,
        category=field.category,
        person=field.person,
        known=True,
        not_agreed=not_agreed,
        consents=frozenset(grant for grant in grants.values() if grant is not None),
    )


def _unknown(item: Item, not_agreed: frozenset[AgencyId]) -> Offered:
    return Offered(
        source=item.source,
        path=NOWHERE,
        category=NOTHING,
        person=None,
        known=False,
        not_agreed=not_agreed,
    )


NOWHERE: Final[FieldPath] = "no.record.v0/none"
NOTHING: Final[CategoryCode] = "ENV"
