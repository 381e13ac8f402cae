"""Disclosed (提供の記録): what was let out to whom, field by field, and on which basis.

It is appended by whoever fetches, in the same breath as the bytes go out, and never by a command:
so there is no ``decide`` here. Each fetch writes a stream of its own for each case in it.
"""

from typing import Annotated, ClassVar, Final, NewType, TypeAlias
from uuid import UUID

from msgspec import Meta

from domain.categories import CNS, STF, Category, CategoryCode
from domain.consent_codes import BasisCode, DisclosureChannel
from domain.items import Digest, FieldPath
from domain.model import AgencyId, CaseId, Event, EventId, StaffId

DisclosureId = NewType("DisclosureId", UUID)
# The grant, the emergency or the statutory disclosure; of other bases there is nothing to name.
BasisId = NewType("BasisId", UUID)

LINES_MAX: Final = 160
LINES: Final = Meta(min_length=1, max_length=LINES_MAX)
Sources: TypeAlias = Annotated[tuple[EventId, ...], LINES]
Paths: TypeAlias = Annotated[tuple[FieldPath, ...], LINES]
Categories: TypeAlias = Annotated[tuple[CategoryCode, ...], LINES]
Bases: TypeAlias = Annotated[tuple[BasisCode, ...], LINES]
BasisIds: TypeAlias = Annotated[tuple[BasisId | None, ...], LINES]


class Disclosed(Event, frozen=True, kw_only=True, tag="disclosure.disclosed.v1"):
    """One line in five tuples: of this event this field, what it is, and on which basis.

    ``policy`` is the version of the decision table by which it was decided.
    """

    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    disclosure_id: Annotated[DisclosureId, CNS]
    case_id: Annotated[CaseId, CNS]
    recipient: Annotated[AgencyId, CNS]
    person: Annotated[StaffId | None, STF] = None
    channel: Annotated[DisclosureChannel, CNS]
    policy: Annotated[Digest, CNS]
    events: Annotated[Sources, CNS]
    fields: Annotated[Paths, CNS]
    categories: Annotated[Categories, CNS]
    bases: Annotated[Bases, CNS]
    basis_ids: Annotated[BasisIds, CNS]
