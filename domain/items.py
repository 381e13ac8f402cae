"""Items (提供項目): what one agency puts before others, field by field, frozen as it was recorded.

An item names an event and one of its fields. Events never change, so what is named is frozen; what
is corrected later is another event, and not in it.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, ClassVar, TypeAlias

import msgspec
from msgspec import Meta

from domain.categories import CategoryCode
from domain.model import AgencyId, EventId, GrantId, Guarded, PersonId
from domain.speech import Refused

ITEMS_MAX = 100
Digest: TypeAlias = Annotated[
    str, Meta(max_length=64, pattern=r"\A[0-9a-f]{64}\Z", extra={"text": "code"})
]

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
    not_agreed: frozenset[AgencyId] = frozenset()  # For whom she has not agreed to it,
    consents: frozenset[GrantId] = frozenset()  # and by which consents she has, for the others.


class ItemNotKnown(Refused):
    """There is no such record or field, or your agency may not see it: leave it out."""

    ja: ClassVar[str] = (
        "指定された記録や項目は存在しないか、所属機関からは見られません。項目から外してください。"
    )


class NotAgreedTo(Refused):
    """She has not agreed to that agency being told: ask her, or leave out what is not covered."""

    ja: ClassVar[str] = (
        "その機関に伝えることへの本人の同意がありません。"
        "本人に確認するか、同意のない項目を外してください。"
    )


def sources_of(offered: Iterable[Offered]) -> tuple[EventId, ...]:
    return tuple(each.source for each in offered)


def paths_of(offered: Iterable[Offered]) -> tuple[FieldPath, ...]:
    return tuple(each.path for each in offered)


def categories_of(offered: Iterable[Offered]) -> tuple[CategoryCode, ...]:
    return tuple(each.category for each in offered)


def digest_of(offered: Iterable[Offered]) -> Digest:
    """The same things make the same digest, in whatever order they are named."""
    named = sorted((str(each.source), each.path, each.category) for each in offered)
    return hashlib.sha256(msgspec.json.encode(named)).hexdigest()


def check_known(offered: Iterable[Offered]) -> None:
    """What does not exist and what may not be seen are told in the same words."""
    if any(not each.known for each in offered):
        raise ItemNotKnown


def check_agreed(offered: Iterable[Offered]) -> None:
    """She has agreed to each thing for each of those for whom it is meant."""
    if any(each.not_agreed for each in offered):
        raise NotAgreedTo
