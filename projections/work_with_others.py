"""Work with others (機関の間の業務): answers that are awaited, and what she is to be told."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from domain.calendar import date_in_japan
from domain.consent_ledger.events import (
    ConsentExpired,
    ConsentGranted,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
)
from domain.emergency.events import (
    EmergencyDisclosureAuthorised,
    EmergencyExpired,
    EmergencyRequested,
)
from domain.erasure import ErasureDecided, ErasureRequested
from domain.grievance import (
    GrievanceAcknowledged,
    GrievanceClosed,
    GrievanceEscalated,
    GrievanceReceived,
    GrievanceReopened,
    HandlerAssigned,
    ResponseGiven,
)
from domain.meeting.events import DecisionProgressReported, DecisionRecorded
from domain.model import ITSELF, AgencyId, Event
from domain.referral import (
    ReferralAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralExpired,
    ReferralRedirected,
    ReferralSent,
    ReferralWithdrawn,
)
from domain.reviews import EmergencyDisclosureReviewed, StatutoryDisclosureReviewed
from domain.statutory import StatutoryDisclosureRecorded
from domain.timers import (
    DEFAULTS,
    acknowledge_by,
    answer_by,
    answer_due,
    remind_of_consent_on,
    review_disclosure_by,
)
from domain.trail.notices import NotificationDeferred, SubjectNotified
from domain.trail.purges import PurgeAcknowledged, PurgeDeclined, PurgeRequested
from domain.work_codes import WorkKind
from projections.tables import Seen
from projections.work_row import Work, WorkKey, WorkRow, begun, by, seconds


def _referral(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-R5: for both sides, from its sending until somebody says yes or no."""
    match seen.event:
        case ReferralDrafted(referral_id=named, from_agency=sender, to_agency=receiver):
            agency = receiver if key[0] == "REFERRAL_ANSWER" else sender
            return begun(key, seen, agency=agency, names=named)
        case ReferralSent(sent_at=sent, respond_by=asked, answer_due=due) if row is not None:
            moment = asked or due or answer_due(DEFAULTS, None, sent)
            return replace(row, due=seconds(moment), source=seen.position)
        case _:
            return None


def _consent(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """The row outlives it, and says through whom she had given it: what is left is theirs to do."""
    match seen.event:
        case ConsentGranted() as given:
            today = date_in_japan(seen.recorded_at)
            day = given.remind_on or remind_of_consent_on(DEFAULTS, given.valid_until, today)
            return begun(key, seen, agency=given.obtained_by, due=day and by(day))
        case _:
            return row and replace(row, due=None)


def _succession(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-C12: due is nothing by itself, but once somebody has taken over from who was named."""
    match seen.event:
        case ConsentGranted(obtained_by=agency, categories=of) if of - {"LOC"}:
            return begun(key, seen, agency=agency)
        case SubjectNotified(about="SUCCESSION"):
            return row and replace(row, told=seen.position)
        case SubjectNotified():
            return row
        case _:
            return None


def _purge(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-C6(d): for whoever is to answer, and for whoever has asked."""
    del row
    event = seen.event
    if not isinstance(event, PurgeRequested):
        return None
    asked = key[0] == "PURGE_WAITING"
    agency = _asker(seen) if asked else event.recipient
    through = _told_under(event) if asked else None
    return begun(key, seen, agency=agency, through=through, due=by(event.due))


def _told_under(event: PurgeRequested) -> UUID | None:
    return event.grant_id or event.emergency_id or event.statutory_id


def _asker(seen: Seen) -> AgencyId | None:
    """What is asked by itself is followed up by who had asked her, or told without asking."""
    return None if seen.header.agency == ITSELF else seen.header.agency


def _her_notice(  # noqa: PLR0911 (one arm an event)
    row: WorkRow | None, key: WorkKey, seen: Seen
) -> WorkRow | None:
    """INV-X5: at once, but where it is put off until a day, for a reason."""
    match seen.event:
        case EmergencyRequested(requesting_agency=agency):
            return begun(key, seen, agency=agency)
        case EmergencyDisclosureAuthorised(in_force=True) | PurgeDeclined() if row is not None:
            return replace(row, due=seconds(seen.recorded_at))
        case EmergencyExpired() if row is not None and row.due is not None:
            return row
        case StatutoryDisclosureRecorded(filing_agency=agency):
            return begun(key, seen, agency=agency, due=seconds(seen.recorded_at))
        case PurgeRequested() as asked:
            return begun(key, seen, agency=_asker(seen), through=_told_under(asked))
        case NotificationDeferred(until=day) if row is not None and row.due is not None:
            return replace(row, due=by(day))
        case EmergencyDisclosureAuthorised(in_force=False) | NotificationDeferred():
            return row
        case _:
            return None


def _emergency_review(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-X5: by a body that is not involved, in the prefecture of whoever asked for it."""
    match seen.event:
        case EmergencyRequested(requesting_agency=agency):
            return begun(key, seen, through=agency)
        case EmergencyDisclosureAuthorised(in_force=True) as told if row is not None:
            over = date_in_japan(told.expires_at)
            day = told.review_by or review_disclosure_by(DEFAULTS, over)
            return replace(row, due=by(day))
        case EmergencyExpired(review_by=day) if row is not None and row.due is not None:
            return replace(row, due=min(row.due, by(day)) if day else row.due)
        case EmergencyDisclosureAuthorised():
            return row
        case _:
            return None


def _statutory_review(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    del row
    event = seen.event
    if not isinstance(event, StatutoryDisclosureRecorded):
        return None
    told_on = date_in_japan(seen.recorded_at)
    day = event.review_by or review_disclosure_by(DEFAULTS, told_on)
    return begun(key, seen, through=event.filing_agency, due=by(day))


def _acknowledgement(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-G2: by whoever answers for it."""
    match seen.event:
        case GrievanceReceived(received_by=agency, on=on, grievance_id=named) as received:
            day = received.acknowledge_by or acknowledge_by(DEFAULTS, on)
            return begun(key, seen, agency=agency, due=by(day), names=named)
        case GrievanceEscalated(to_agency=agency, on=on) as taken if row is not None:
            day = taken.acknowledge_by or acknowledge_by(DEFAULTS, on)
            return replace(row, agency=agency, due=by(day), source=seen.position)
        case _:
            return row and replace(row, due=None)


def _answer(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-G2: by whoever handles it."""
    match seen.event:
        case GrievanceReceived(received_by=agency, on=on, grievance_id=named) as received:
            day = received.answer_by or answer_by(DEFAULTS, on)
            return begun(key, seen, agency=agency, due=by(day), names=named)
        case HandlerAssigned(handler=agency) if row is not None:
            due = row.due or by(answer_by(DEFAULTS, date_in_japan(seen.header.occurred_at)))
            return replace(row, agency=agency, due=due, source=seen.position)
        case GrievanceEscalated(to_agency=agency, on=on) if row is not None:
            due = row.due or by(answer_by(DEFAULTS, on))
            return replace(row, agency=agency, due=due, source=seen.position)
        case GrievanceReopened(on=on, answer_by=by_day) if row is not None:
            return replace(row, due=by(by_day or answer_by(DEFAULTS, on)))
        case _:
            return row and replace(row, due=None)


def _erasure_request(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """個人情報保護法102条: it is decided within 30 days."""
    del row
    event = seen.event
    if not isinstance(event, ErasureRequested):
        return None
    day = date_in_japan(event.at) + timedelta(days=ERASURE_DECIDED_WITHIN_DAYS)
    return begun(key, seen, through=seen.header.agency, due=by(day))


def _erasure_due(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-E1: what is only kept until a day is to be erased from that day on."""
    match seen.event:
        case ErasureRequested():
            return begun(key, seen, through=seen.header.agency)
        case ErasureDecided(decision="RESTRICT", not_before=date() as day) if row is not None:
            return replace(row, due=by(day))
        case _:
            return None


def _decision(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """MHLW-35: for whoever convened, until it is done or given up."""
    match seen.event:
        case DecisionRecorded(due=day) if day is not None:
            return begun(key, seen, agency=seen.header.agency, due=by(day))
        case DecisionProgressReported(status="STARTED" | "GOING_ON"):
            return row
        case _:
            return None


ERASURE_DECIDED_WITHIN_DAYS: Final = 30
_ERASURE: Final[Mapping[type[Event], str]] = dict.fromkeys(
    (ErasureRequested, ErasureDecided), "request_id"
)
_REFERRAL: Final = Work(
    _referral,
    dict.fromkeys(
        (
            ReferralDrafted,
            ReferralSent,
            ReferralAccepted,
            ReferralDeclined,
            ReferralRedirected,
            ReferralWithdrawn,
            ReferralExpired,
        )
    ),
    of_a_stream=True,
)
_PURGE: Final = Work(
    _purge, dict.fromkeys((PurgeRequested, PurgeAcknowledged, PurgeDeclined), "purge_id")
)
_ENDS: Final = (ConsentWithdrawn, ConsentWithdrawnWordless, ConsentExpired, ConsentSuperseded)
WITH_OTHERS: Final[Mapping[WorkKind, Work]] = {
    "REFERRAL_ANSWER": _REFERRAL,
    "REFERRAL_WAITING": _REFERRAL,
    "CONSENT_ENDS": Work(_consent, dict.fromkeys((ConsentGranted, *_ENDS), "grant_id")),
    "SUCCESSION_NOTICE": Work(
        _succession,
        {**dict.fromkeys((ConsentGranted, *_ENDS), "grant_id"), SubjectNotified: "about_id"},
    ),
    "PURGE_ANSWER": _PURGE,
    "PURGE_WAITING": _PURGE,
    "HER_NOTICE": Work(
        _her_notice,
        {
            EmergencyRequested: "emergency_id",
            EmergencyDisclosureAuthorised: "emergency_id",
            EmergencyExpired: "emergency_id",
            StatutoryDisclosureRecorded: "statutory_id",
            PurgeRequested: "purge_id",
            PurgeDeclined: "purge_id",
            PurgeAcknowledged: "purge_id",
            SubjectNotified: "about_id",
            NotificationDeferred: "about_id",
        },
    ),
    "EMERGENCY_REVIEW": Work(
        _emergency_review,
        dict.fromkeys(
            (
                EmergencyRequested,
                EmergencyDisclosureAuthorised,
                EmergencyExpired,
                EmergencyDisclosureReviewed,
            ),
            "emergency_id",
        ),
    ),
    "STATUTORY_REVIEW": Work(
        _statutory_review,
        dict.fromkeys((StatutoryDisclosureRecorded, StatutoryDisclosureReviewed), "statutory_id"),
    ),
    "ERASURE_REQUEST": Work(_erasure_request, _ERASURE),
    "ERASURE_DUE": Work(_erasure_due, _ERASURE),
    "GRIEVANCE_ACKNOWLEDGEMENT": Work(
        _acknowledgement,
        dict.fromkeys(
            (GrievanceReceived, GrievanceAcknowledged, GrievanceEscalated, GrievanceClosed)
        ),
        of_a_stream=True,
    ),
    "GRIEVANCE_ANSWER": Work(
        _answer,
        dict.fromkeys(
            (
                GrievanceReceived,
                HandlerAssigned,
                ResponseGiven,
                GrievanceEscalated,
                GrievanceReopened,
                GrievanceClosed,
            )
        ),
        of_a_stream=True,
    ),
    "DECISION": Work(
        _decision,
        dict.fromkeys((DecisionRecorded, DecisionProgressReported), "decision_id"),
        of_a_stream=True,
    ),
}
