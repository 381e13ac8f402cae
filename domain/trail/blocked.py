"""What the gate itself records: what it did not let out, and that a withdrawal is settled."""

from typing import Annotated, ClassVar, TypeAlias

import msgspec
from msgspec import Meta

from domain.categories import CNS, Category, CategoryCode
from domain.consent_codes import DisclosureChannel, PurgeCause
from domain.model import AgencyId, Command, Event, EventId, GrantId, Instant

MANY = Meta(max_length=500)
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
    """No byte is on its way any more of what was taken away; ``recipients`` had received of it."""

    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    settles: Annotated[EventId | None, CNS] = None
    cause: Annotated[PurgeCause | None, CNS] = None
    grant_id: Annotated[GrantId | None, CNS] = None
    recipients: Annotated[Agencies, CNS]
    at: Annotated[Instant, CNS]


class ToDestroy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one recipient had received by one consent, and may not see any more."""

    recipient: AgencyId
    grant_id: GrantId
    covers: Annotated[frozenset[CategoryCode], Meta(min_length=1)]


class SettleWithdrawal(Command, frozen=True, kw_only=True, tag="trail.settle_withdrawal"):
    """By rule alone, once its window has closed: what was let out stands in the log by then."""

    settles: EventId
    cause: PurgeCause
    grant_id: GrantId | None = None
    recipients: Agencies
    to_destroy: Annotated[tuple[ToDestroy, ...], Meta(max_length=5_000)] = ()


GateEvent: TypeAlias = DisclosureBlocked | WithdrawalSettled
