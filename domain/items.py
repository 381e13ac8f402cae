"""Items (提供項目): what one agency puts before others, field by field, frozen as it was recorded.

An item names an event and one of its fields. Events never change, so what is named is frozen; what
is corrected later is another event, and not in it.
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from domain.categories import CategoryCode
from domain.model import AgencyId, EventId, Guarded, PersonId

ITEMS_MAX = 100

# ``case.subject_identified.v1/birth_date``: an event type, and one of its fields.
FieldPath: TypeAlias = Annotated[
    str,
    Meta(max_length=64, pattern=r"\A[a-z]+\.[a-z_]+\.v[0-9]+/[a-z_]+\Z", extra={"text": "code"}),
]
FieldName: TypeAlias = Annotated[
    str, Meta(max_length=64, pattern=r"\A[a-z_]+\Z", extra={"text": "code"})
]

Sources: TypeAlias = Annotated[tuple[EventId, ...], Meta(max_length=ITEMS_MAX)]
Paths: TypeAlias = Annotated[tuple[FieldPath, ...], Meta(max_length=ITEMS_MAX)]
ItemCategories: TypeAlias = Annotated[tuple[CategoryCode, ...], Meta(max_length=ITEMS_MAX)]


class Item(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As it is asked for: the event by the id it is shown under."""

    source: EventId
    field: FieldName


Items: TypeAlias = Annotated[tuple[Item, ...], Meta(max_length=ITEMS_MAX)]


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it was looked up, and for whom of those it is meant something is missing."""

    source: EventId
    path: FieldPath
    category: CategoryCode
    person: PersonId | None
    known: bool  # Whether whoever offers it may see it.
    not_agreed: frozenset[AgencyId] = frozenset()  # For whom she has not agreed to it.
