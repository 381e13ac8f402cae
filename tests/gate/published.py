"""What is published of events and fields (公開された意味), transcribed: no code."""

from typing import Final

DISCLOSED: Final = "disclosure.disclosed.v1"
WITHDRAWALS: Final = {"consent.withdrawn.v1", "consent.withdrawn.v2", "consent.narrowed.v1"}
COLUMNS: Final = ("events", "fields", "categories", "bases", "basis_ids")
BESIDE: Final = {"ENV", "STF"}
NO_CONSENT_OPENS: Final = {"ENV", "STF", "CNS", "GRV", "AGG", "PUB"}
CORRECTED: Final = "case.record_corrected.v1"
DETAILS: Final = {"case.subject_identified.v1", "case.subject_details_corrected.v1"}
ANEW: Final = {"case.subject_details_corrected.v1": "case.subject_identified.v1"}
OF_CHILDREN: Final = {"case.stay_started.v1/elsewhere_places"}  # In words about her.
NUMBERS: Final = {
    "case.accepted.v1/case_number",
    "case.carried_over.v1/case_number",
    "case.transferred.v1/case_number",
    "numbers.case_number_taken.v1/number",
}
GIVEN_BY_RULE: Final = {"case.role_assigned.v1/function", "case.role_assigned.v1/agency_id"}
LEDGER: Final = {
    *NUMBERS,
    *GIVEN_BY_RULE,
    "case.accepted.v1/main_responsible",
    "case.responsibility_moved.v1/to_agency",
    "meeting.case_reviewed.v1/reviewed_on",
}
NOTICES: Final = {
    "consent.withdrawn.v1/grant_id",
    "consent.withdrawn.v2/grant_id",
    "consent.narrowed.v1/grant_id",
    "consent.narrowed.v1/removed_categories",
    *(
        f"trail.purge_requested.v1/{name}"
        for name in ("purge_id", "grant_id", "emergency_id", "statutory_id", "covers", "due")
    ),
}
GRANT_ENDS: Final = {
    "consent.withdrawn.v1",
    "consent.withdrawn.v2",
    "consent.expired.v1",
    "consent.superseded.v1",
}
UNTIL: Final[dict[str | None, tuple[str, ...]]] = {
    "STAY_END": ("case.stay_ended.v1", "case.stay_cancelled.v1"),
    "CASE_TRANSFER": ("case.transferred.v1",),
    "CASE_CLOSE": ("case.closed.v1",),
    "MEETING_CLOSE": ("meeting.closed.v1", "meeting.cancelled.v1"),
}
OVER: Final = {
    *UNTIL["MEETING_CLOSE"],
    "referral.declined.v1",
    "referral.redirected.v1",
    "referral.handover_confirmed.v1",
    "referral.withdrawn.v1",
    "referral.expired.v1",
}
# Which thing an event tells the state of, where there are several: the last event of each thing,
# as each agency knows it, is part of the state. Of all other types, the last event is.
STATES: Final = """
case.cases_linked: other_case_id
case.companion_added case.companion_removed case.companion_came_of_age: person_id
case.legal_step_recorded: step_id
case.need_identified case.need_closed: need_id
case.participation_ended meeting.invitee_added meeting.invitee_removed: agency_id
case.procedure_bundle_opened case.procedure_bundle_completed: bundle_id
case.record_corrected: target_event_id field
case.role_assigned case.role_ended: function agency_id person_id
case.safety_instruction_issued: to_agency_id
case.service_linked case.service_status_changed: service_id
case.stay_decided case.stay_started case.stay_extended: stay_id
case.stay_ended case.stay_cancelled: stay_id
case.support_plan_drafted case.support_plan_agreed: plan_id
case.support_plan_revised case.support_plan_closed: plan_id
meeting.decision_recorded meeting.decision_progress_reported: decision_id
meeting.decision_acknowledged: decision_id by_agency
meeting.planned meeting.requested: meeting_id
meeting.role_allocated: function agency_id
referral.drafted: referral_id
"""
STATE_OF: Final = {
    tag: line.partition(":")[2].split()
    for line in STATES.strip().splitlines()
    for tag in line.partition(":")[0].split()
}
