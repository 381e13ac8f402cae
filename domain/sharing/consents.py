"""What the ledger and the trail say (台帳): agreed, refused, excluded, and told without consent."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

import msgspec

from domain import exclusions
from domain.consent_ledger.events import (
    ConflictRecorded,
    ConflictSettled,
    ConsentGranted,
    ConsentNarrowed,
    ConsentRefused,
    GrantEvent,
)
from domain.consent_ledger.grants import Granted, evolve, granted
from domain.disclosed import Disclosed
from domain.emergency import EmergencyDisclosureAuthorised, EmergencyExpired
from domain.exclusions import ExclusionEvent
from domain.model import AgencyId, Event, GrantId
from domain.sharing.grants import Grant
from domain.sharing.standing import NOTHING_STANDS, Told, frozen
from domain.sharing.state import Refusal, Sharing, Snapshot
from domain.statutory import StatutoryDisclosureRecorded
from domain.trail.purges import PurgeRequested


def _ledger(sharing: Sharing, told: Told, event: GrantEvent) -> Sharing:
    """As in her ledger; of what she agreed to, consent to anything but sharing opens nothing."""
    if isinstance(event, ConsentNarrowed) and event.grant_id not in sharing.grants:
        return sharing
    ledger = evolve(sharing.ledger, event)
    begun = dict(sharing.grants)
    if isinstance(event, ConsentGranted) and event.kind == "INFORMATION":
        begun[event.grant_id] = _given(sharing, told, event)
    grants = {
        key: each if granted is each.granted else change(each, granted=granted)
        for key, each in begun.items()
        if isinstance(granted := ledger[key], Granted)
    }
    return change(sharing, ledger=ledger, grants=grants)


def _given(sharing: Sharing, told: Told, event: ConsentGranted) -> Grant:
    state = frozen(sharing.standing) if event.history == "SNAPSHOT" else NOTHING_STANDS
    return Grant(granted=granted(event), position=told.position, state=state)


def _refused(sharing: Sharing, told: Told, event: ConsentRefused) -> Sharing:
    sharing = _ledger(sharing, told, event)
    if event.kind != "INFORMATION":
        return sharing
    refusal = Refusal(event.recipients, event.categories)
    return change(sharing, refusals={**sharing.refusals, event.grant_id: refusal})


def _torn(sharing: Sharing, _: Told, event: ConflictRecorded) -> Sharing:
    said = (event.child_id, event.via_agency)
    return change(sharing, conflicts=sharing.conflicts | {said})


def _settled(sharing: Sharing, _: Told, event: ConflictSettled) -> Sharing:
    said = (event.child_id, event.via_agency)
    return change(sharing, conflicts=sharing.conflicts - {said})


def _exclusion(sharing: Sharing, _: Told, event: ExclusionEvent) -> Sharing:
    now = exclusions.evolve(sharing.exclusions, event)
    return change(sharing, exclusions=now, excluded=now.agencies, excluded_staff=now.staff)


def _authorised(sharing: Sharing, told: Told, event: EmergencyDisclosureAuthorised) -> Sharing:
    """With the last of those who have to answer for it, it opens what is the state at that time."""
    before = sharing.authorised.get(event.emergency_id, frozenset())
    by = before | {event.authorising_agency}
    sharing = change(sharing, authorised={**sharing.authorised, event.emergency_id: by})
    if not event.in_force:
        return sharing
    snapshot = Snapshot(
        position=told.position,
        recipients=event.recipients,
        categories=event.categories,
        only_fields=event.only_fields,
        state=frozen(sharing.standing),
        expires_at=event.expires_at,
        over_refusals=event.overrides_refusals,
        over_exclusions=event.overrides_exclusions,
        authorised_by=by,
    )
    return change(sharing, emergencies={**sharing.emergencies, event.emergency_id: snapshot})


def _over(sharing: Sharing, _: Told, event: EmergencyExpired) -> Sharing:
    left = {key: each for key, each in sharing.emergencies.items() if key != event.emergency_id}
    return change(sharing, emergencies=left)


def _by_law(sharing: Sharing, told: Told, event: StatutoryDisclosureRecorded) -> Sharing:
    snapshot = Snapshot(
        position=told.position,
        recipients=frozenset({event.recipient}),
        categories=event.categories,
        only_fields=event.only_fields,
        state=frozen(sharing.standing),
    )
    return change(sharing, statutory={**sharing.statutory, event.statutory_id: snapshot})


def _disclosed(sharing: Sharing, _: Told, event: Disclosed) -> Sharing:
    under = {
        rests_on.int: rests_on  # Comparing ids as such takes far longer.
        for basis, rests_on in zip(event.bases, event.basis_ids, strict=True)
        if basis == "CONSENT" and rests_on is not None
    }
    return _received(sharing, event.recipient, {GrantId(each) for each in under.values()})


def _purge(sharing: Sharing, _: Told, event: PurgeRequested) -> Sharing:
    """Nobody is asked to destroy what they never received."""
    return _received(sharing, event.recipient, {event.grant_id} if event.grant_id else set())


def _received(sharing: Sharing, agency: AgencyId, under: set[GrantId]) -> Sharing:
    received = {
        grant: sharing.received.get(grant, frozenset()) | {agency} for grant in sorted(under)
    }
    return change(sharing, received={**sharing.received, **received})


change = msgspec.structs.replace
# With these the state is kept as it is then.
FREEZE: Final[frozenset[type[Event]]] = frozenset(
    {ConsentGranted, EmergencyDisclosureAuthorised, StatutoryDisclosureRecorded}
)
SAYS: Final[Mapping[type[Event], Callable[[Sharing, Told, Any], Sharing]]] = {
    **dict.fromkeys(get_args(GrantEvent), _ledger),
    ConsentRefused: _refused,
    ConflictRecorded: _torn,
    ConflictSettled: _settled,
    **dict.fromkeys(get_args(ExclusionEvent), _exclusion),
    EmergencyDisclosureAuthorised: _authorised,
    EmergencyExpired: _over,
    StatutoryDisclosureRecorded: _by_law,
    Disclosed: _disclosed,
    PurgeRequested: _purge,
}
