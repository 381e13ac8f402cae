"""Timers (期限到来の予定): what falls due by the clock, and when; a row goes when it has happened.

The schedule is a fold of the log: it misses nothing while nobody looks, and can be made anew.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from domain.case.carrying import MOVES_IT, carried_over_at
from domain.consent_ledger import (
    ConsentExpired,
    ConsentGranted,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
)
from domain.emergency import EmergencyExpired, EmergencyRequested
from domain.grievance import (
    GrievanceAcknowledged,
    GrievanceClosed,
    GrievanceEscalated,
    GrievanceReceived,
    GrievanceReopened,
    ResponseGiven,
)
from domain.model import AgencyId, CaseId, Event, Instant
from domain.referral import (
    HandoverConfirmed,
    ReferralAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralExpired,
    ReferralRedirected,
    ReferralSent,
    ReferralWithdrawn,
)
from domain.timers import DEFAULTS, acknowledge_by, answer_by, end_of
from projections.tables import Projection, Seen

TimerKind: TypeAlias = Literal["GRANT", "EMERGENCY", "REFERRAL", "LEDGER", "GRIEVANCE"]
TimerKey: TypeAlias = tuple[TimerKind, UUID]
MOMENT: Final = timedelta(microseconds=1)


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """``of``: the consent, the emergency, the case; of a referral or a grievance, its stream.

    ``about``: by which id it is asked about. Without ``due`` nothing falls due now. ``then``: what
    falls due after it. ``agency``: with whom it lies.
    """

    kind: TimerKind
    of: UUID
    about: UUID
    case_id: CaseId | None
    due: Instant | None = None
    then: Instant | None = None
    agency: AgencyId | None = None


def _grant(_: Timer | None, key: TimerKey, seen: Seen) -> Timer | None:
    """What she takes out of it changes nothing of when it ends."""
    event = seen.event
    if isinstance(event, ConsentGranted) and event.valid_until is not None:
        return _begun(key, seen, event.grant_id, end_of(event.valid_until))
    return None


def _emergency(_: Timer | None, key: TimerKey, seen: Seen) -> Timer | None:
    event = seen.event
    if isinstance(event, EmergencyRequested):
        return _begun(key, seen, event.emergency_id, event.expires_at)
    return None


def _referral(row: Timer | None, key: TimerKey, seen: Seen) -> Timer | None:
    """It runs out when the time is over until which the sender waits, and if it says so."""
    match seen.event:
        case ReferralDrafted(referral_id=referral):
            return _begun(key, seen, referral, None)
        case ReferralSent(respond_by=datetime() as until) if row is not None:
            return change(row, due=until + MOMENT)
        case _:
            return None


def _ledger(_: Timer | None, key: TimerKey, seen: Seen) -> Timer | None:
    """An open case is carried into the ledger of the next fiscal year when that begins."""
    assert seen.event is not None
    due = carried_over_at(seen.event, seen.recorded_at)
    return None if due is None else _begun(key, seen, key[1], due)


def _grievance(row: Timer | None, key: TimerKey, seen: Seen) -> Timer | None:
    """INV-G2: it is acknowledged, then answered; who lets it lie loses it to the prefecture."""
    match seen.event:
        case GrievanceReceived() as received:
            acknowledged = received.acknowledge_by or acknowledge_by(DEFAULTS, received.on)
            answered = received.answer_by or answer_by(DEFAULTS, received.on)
            begun = _begun(key, seen, received.grievance_id, end_of(acknowledged))
            return change(begun, then=end_of(answered), agency=received.received_by)
        case GrievanceAcknowledged() if row is not None:
            return change(row, due=row.then, then=None)
        case GrievanceReopened(on=on, answer_by=until) if row is not None:
            return change(row, due=end_of(until or answer_by(DEFAULTS, on)))
        case GrievanceEscalated(to_agency=agency) if row is not None:
            return change(row, due=None, agency=agency)
        case _:
            return None if row is None else change(row, due=None)


def _begun(key: TimerKey, seen: Seen, about: UUID, due: datetime | None) -> Timer:
    return Timer(kind=key[0], of=key[1], about=about, case_id=seen.header.case, due=due)


change = msgspec.structs.replace


Evolve: TypeAlias = Callable[[Timer | None, TimerKey, Seen], Timer | None]
EVOLVE: Final[Mapping[TimerKind, Evolve]] = {
    "GRANT": _grant,
    "EMERGENCY": _emergency,
    "REFERRAL": _referral,
    "LEDGER": _ledger,
    "GRIEVANCE": _grievance,
}
# Which event touches which kind, and by which of its fields; ``None``: by its stream.
TOUCHES: Final[Mapping[type[Event], tuple[TimerKind, str | None]]] = {
    **dict.fromkeys(
        (
            ConsentGranted,
            ConsentWithdrawn,
            ConsentWithdrawnWordless,
            ConsentExpired,
            ConsentSuperseded,
        ),
        ("GRANT", "grant_id"),
    ),
    **dict.fromkeys((EmergencyRequested, EmergencyExpired), ("EMERGENCY", "emergency_id")),
    **dict.fromkeys(
        (
            ReferralDrafted,
            ReferralSent,
            ReferralAccepted,
            ReferralDeclined,
            ReferralRedirected,
            ReferralWithdrawn,
            ReferralExpired,
            HandoverConfirmed,
        ),
        ("REFERRAL", None),
    ),
    **dict.fromkeys(
        (
            GrievanceReceived,
            GrievanceAcknowledged,
            ResponseGiven,
            GrievanceClosed,
            GrievanceReopened,
            GrievanceEscalated,
        ),
        ("GRIEVANCE", None),
    ),
}


def _touches(seen: Seen) -> tuple[TimerKey, ...]:
    assert seen.event is not None
    kind = type(seen.event)
    if kind in MOVES_IT:
        return (("LEDGER", seen.header.case),) if seen.header.case else ()
    timer, field = TOUCHES[kind]
    of: UUID = seen.header.stream if field is None else getattr(seen.event, field)
    return ((timer, of),)


def _evolve(row: Timer | None, key: TimerKey, seen: Seen) -> Timer | None:
    return EVOLVE[key[0]](row, key, seen)


TIMERS: Final = Projection[TimerKey, Timer](
    name="timers",
    row=Timer,
    key=("kind", "of"),
    touches=_touches,
    evolve=_evolve,
    wants=frozenset[type[Event]]({*TOUCHES, *MOVES_IT}),
    indexes=(("due", "kind", "of"),),
)
