"""Stays (一時保護・入所): decided with her, begun, extended and ended.

Each kind of stay needs a consent of that kind, when it is decided and again when it begins. What
else has to be so stands in ``stay_rules``.
"""

from typing import assert_never

import msgspec

from domain.calendar import date_in_japan
from domain.case.aftercare import AftercareStarted, check_somebody_answers, started
from domain.case.agreeing import check_agreed, check_may_keep, check_may_know
from domain.case.beside import Beside
from domain.case.days import check_is_to_come, happened_on
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    DeclineProtection,
    EndStay,
    ExtendStay,
    ProtectionDeclined,
    StartStay,
    StayCancelled,
    StayCommand,
    StayDecided,
    StayEnded,
    StayEvent,
    StayExtended,
    StayStarted,
)
from domain.case.stay_rules import (
    CONSENT_FOR,
    STAY,
    EndsBeforeItBegins,
    NotAnExtension,
    Stay,
    StayHasBegun,
    StayIdTaken,
    StayIsOver,
    StayNotBegun,
    Stays,
    check_adults_agreed,
    check_aftercare,
    check_assessed,
    check_companions,
    check_contract,
    check_decided_in_time,
    check_directly,
    check_ground,
    check_is_its_own,
    check_keeps_her,
    check_looks_after_it,
    check_may_decide,
    check_no_longer_agrees,
    check_no_stay_runs,
    check_reason,
)
from domain.case.support import StayNotFound
from domain.machine import NOT_YET
from domain.model import AgencyId, Context, StayId
from domain.support_codes import RESIDENTIAL_STAYS
from domain.timers import assess_by

__all__ = ["Stays", "agencies_of", "decide", "evolve"]


def decide(
    state: Stays, beside: Beside, command: StayCommand, by: Context
) -> tuple[StayEvent | AftercareStarted, ...]:
    match command:
        case DeclineProtection():
            return (ProtectionDeclined(reasons=command.reasons, text=command.text),)
        case DecideStay():
            return (_decided(state, beside, command, by),)
        case StartStay():
            return (_started(state, beside, command, by),)
        case ExtendStay():
            return (_extended(state, beside, command, by),)
        case EndStay():
            return _ended(state, beside, command, by)
        case CancelStay():
            stay = _leading_on(state, command.stay_id, StayCancelled)
            check_looks_after_it(stay, beside, by)
            check_no_longer_agrees(stay, beside, command)
            return (
                StayCancelled(stay_id=command.stay_id, reason=command.reason, text=command.text),
            )
    assert_never(command)


def evolve(state: Stays, event: StayEvent) -> Stays:
    change = msgspec.structs.replace
    if isinstance(event, ProtectionDeclined):
        return state
    if isinstance(event, StayDecided):
        stay = Stay(
            kind=event.kind,
            status=STAY.after(NOT_YET, StayDecided),
            provider=event.provider_agency_id,
            decided_by=event.decided_by,
            decided_on=event.decided_on,
            direct=event.direct_admission,
            relocates=event.relocation_consent_id is not None,
        )
        return change(state, stays={**state.stays, event.stay_id: stay})
    stay = state.stays[event.stay_id]
    stay = change(stay, status=STAY.after(stay.status, type(event)))
    match event:
        case StayStarted(started_on=day):
            stay = change(stay, started_on=day)
        case StayExtended(until=day):
            stay = change(stay, until=day)
        case StayEnded(ended_on=day):
            stay = change(stay, ended_on=day)
            state = change(state, owes_aftercare=event.without_aftercare is None)
        case StayCancelled():
            pass
        case _:
            assert_never(event)
    return change(state, stays={**state.stays, event.stay_id: stay})


def agencies_of(state: Stays, command: StayCommand) -> frozenset[AgencyId]:
    """Whom it gives something to do, or whose contract has to be looked at."""
    match command:
        case DecideStay(provider_agency_id=provider):
            return frozenset({provider})
        case StartStay(stay_id=stay_id) if stay_id in state.stays:
            return frozenset({state.stays[stay_id].provider})
        case EndStay(aftercare=terms) if terms:
            return frozenset({terms.lead_agency})
        case _:
            return frozenset()


def _decided(state: Stays, beside: Beside, command: DecideStay, by: Context) -> StayDecided:
    kind, today, provider = command.kind, date_in_japan(by.at), command.provider_agency_id
    check_somebody_answers(beside)
    check_may_decide(kind, beside, by)
    stay_id = _id_of(state, beside, command, by)
    check_may_know(beside, provider)
    check_is_its_own(command, beside, by)
    check_directly(command)
    check_decided_in_time(command.direct_admission, command.planned_from, today)
    check_ground(command)
    if command.planned_from <= today:
        check_no_stay_runs(state, command.planned_from)
    check_assessed(kind, beside)
    check_may_keep(beside, CONSENT_FOR[kind], provider)
    moves = command.scope == "OUT_OF_PREFECTURE" and kind in RESIDENTIAL_STAYS
    return StayDecided(
        stay_id=stay_id,
        kind=kind,
        scope=command.scope,
        legal_ground=command.legal_ground,
        decided_by=by.agency,
        decided_on=today,
        provider_agency_id=provider,
        direct_admission=command.direct_admission,
        planned_from=command.planned_from,
        assessment_due=None if beside.assessed else assess_by(by.timers, today),
        contract_id=check_contract(kind, beside, provider, by.agency, command.planned_from),
        consent_id=check_agreed(beside, CONSENT_FOR[kind]),
        relocation_consent_id=check_agreed(beside, "RELOCATION") if moves else None,
        referral_id=command.referral_id,
    )


def _id_of(state: Stays, beside: Beside, command: DecideStay, by: Context) -> StayId:
    """Its own, or the one that she has already agreed to something until the end of."""
    if command.stay_id is None:
        return StayId(by.new_id)
    if command.stay_id in state.stays:
        raise StayIdTaken
    if command.stay_id not in beside.planned_stays:
        raise StayNotFound
    return command.stay_id


def _started(state: Stays, beside: Beside, command: StartStay, by: Context) -> StayStarted:
    stay = _leading_on(state, command.stay_id, StayStarted)
    check_keeps_her(stay, by)
    on = happened_on(command.started_on, by)
    check_decided_in_time(stay.direct, on, stay.decided_on)
    check_no_stay_runs(state, on)
    check_may_know(beside, stay.provider)
    check_may_keep(beside, CONSENT_FOR[stay.kind], stay.provider)
    check_agreed(beside, CONSENT_FOR[stay.kind])
    if stay.relocates:
        check_agreed(beside, "RELOCATION")
    check_contract(stay.kind, beside, stay.provider, stay.decided_by, on)
    check_companions(command, beside)
    check_adults_agreed(stay.kind, command, beside)
    check_reason(stay.kind, command)
    return StayStarted(
        stay_id=command.stay_id,
        started_on=on,
        location=command.location,
        companions=command.companions,
        elsewhere=command.elsewhere,
        elsewhere_places=command.elsewhere_places,
        age_band=command.age_band,
        reason_code=command.reason_code,
        conditions=command.conditions,
    )


def _extended(state: Stays, beside: Beside, command: ExtendStay, by: Context) -> StayExtended:
    """To stay on is decided as the stay was, and agreed to as it was."""
    stay = _leading_on(state, command.stay_id, StayExtended)
    check_may_decide(stay.kind, beside, by)
    check_is_to_come(command.until, by)
    if stay.until is not None and command.until <= stay.until:
        raise NotAnExtension
    check_may_know(beside, stay.provider)
    check_may_keep(beside, CONSENT_FOR[stay.kind], stay.provider)
    check_agreed(beside, CONSENT_FOR[stay.kind])
    return StayExtended(stay_id=command.stay_id, until=command.until, reason=command.reason)


def _ended(
    state: Stays, beside: Beside, command: EndStay, by: Context
) -> tuple[StayEnded | AftercareStarted, ...]:
    stay = _leading_on(state, command.stay_id, StayEnded)
    check_looks_after_it(stay, beside, by)
    on = happened_on(command.ended_on, by)
    if stay.started_on is not None and on < stay.started_on:
        raise EndsBeforeItBegins
    check_aftercare(state, beside, command)
    ended = StayEnded(
        stay_id=command.stay_id,
        ended_on=on,
        destination_kind=command.destination_kind,
        destination_address=command.destination_address,
        companions_outcome=command.companions_outcome,
        without_aftercare=command.without_aftercare,
    )
    return (ended, started(beside, command.aftercare, on)) if command.aftercare else (ended,)


def _leading_on(state: Stays, stay_id: StayId, event: type[StayEvent]) -> Stay:
    """The stay, where this may happen to it next."""
    stay = state.stays.get(stay_id)
    if stay is None:
        raise StayNotFound
    if STAY.allows(stay.status, event):
        return stay
    match stay.status:
        case "DECIDED":
            raise StayNotBegun
        case "ACTIVE":
            raise StayHasBegun
        case _:
            raise StayIsOver
