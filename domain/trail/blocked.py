"""What the gate itself records: what it did not let out, and that a withdrawal is settled."""

from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.categories import CNS, Category, CategoryCode
from domain.consent_codes import DisclosureChannel
from domain.model import AgencyId, Event, GrantId, Instant

MANY = Meta(max_length=50)
Agencies: TypeAlias = Annotated[frozenset[AgencyId], MANY]


class DisclosureBlocked(Event, frozen=True, kw_only=True, tag="trail.disclosure_blocked.v1"):
    """Somebody tried to tell an agency what she has not agreed to: ``missing`` names it."""

    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    attempted_by: Annotated[AgencyId, CNS]
    to_agency: Annotated[AgencyId, CNS]
    channel: Annotated[DisclosureChannel, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    missing: Annotated[frozenset[CategoryCode], CNS]


class WithdrawalSettled(Event, frozen=True, kw_only=True, tag="trail.withdrawal_settled.v1"):
    """No byte is on its way any more. ``recipients`` had received what the grant covered."""

    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    grant_id: Annotated[GrantId, CNS]
    recipients: Annotated[Agencies, CNS]
    at: Annotated[Instant, CNS]


GateEvent: TypeAlias = DisclosureBlocked | WithdrawalSettled
