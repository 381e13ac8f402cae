"""What the second telling of the rule takes from the tables: categories, reasons, states, ends.

Transcribed from domain.md §1, §3.2, §3.3 and §4, apart from the code.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta, timezone
from typing import Any, Final, TypeAlias

from tests.spec import agency, case, consent, grievance, meeting, network, referral
from tests.spec.deviations import BESIDE, PRIMARY, STANDS_AS

Event: TypeAlias = dict[str, Any]
Scope: TypeAlias = dict[str, Any]

JAPAN: Final = timezone(timedelta(hours=9))
ALONE: Final = {"NOTICE", "LEDGER"}
BESIDE_ONLY: Final = {"ENV", "STF"}  # §3.2: only with something else that is seen.
NO_CONSENT_OPENS: Final = {"ENV", "STF", "CNS", "GRV"}  # Bases: CNS only OWN, NOTICE; GRV: PARTY.
NEVER_WITHOUT_HER: Final = NO_CONSENT_OPENS | {"MTG"}  # INV-X3: no emergency opens a conference.
PURGE: Final = {"purge_id", "grant_id", "emergency_id", "statutory_id", "covers", "due"}
NOTICES: Final = {
    "consent.withdrawn.v1": {"grant_id"},
    "consent.withdrawn.v2": {"grant_id"},
    "consent.narrowed.v1": {"grant_id", "removed_categories"},
    "trail.purge_requested.v1": PURGE,
}
NUMBERS: Final = {"case_number", "number"}
LEDGER: Final = {
    ("numbers.case_number_taken.v1", "number"),
    ("case.accepted.v1", "case_number"),
    ("case.transferred.v1", "case_number"),
    ("case.carried_over.v1", "case_number"),
    ("meeting.case_reviewed.v1", "reviewed_on"),
    ("case.accepted.v1", "main_responsible"),
    ("case.responsibility_moved.v1", "to_agency"),
}
# Where the children are who are elsewhere, in words about her.
OF_CHILDREN: Final = ("case.stay_started.v1/elsewhere_places",)
REFERRAL_ENDS: Final = tuple(
    f"referral.{end}.v1"
    for end in ("declined", "redirected", "expired", "withdrawn", "handover_confirmed")
)
MEETING_ENDS: Final = ("meeting.closed.v1", "meeting.cancelled.v1")
GRANT_ENDS: Final = tuple(
    f"consent.{end}" for end in ("withdrawn.v1", "withdrawn.v2", "expired.v1", "superseded.v1")
)
UNTIL: Final = {
    "STAY_END": "case.stay_ended.v1",
    "CASE_TRANSFER": "case.transferred.v1",
    "CASE_CLOSE": "case.closed.v1",
    "MEETING_CLOSE": "meeting.closed.v1",
}
# Who takes part (§3.3): the field that names the agency, and the fields that name the reason.
TAKES_PART: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "case.opened.v1": ("opened_by_agency", ()),
    "case.accepted.v1": ("main_responsible", ()),
    "case.responsibility_moved.v1": ("to_agency", ()),
    "case.role_assigned.v1": ("agency_id", ("function", "person_id")),
    "case.service_linked.v1": ("provider_agency", ()),
    "case.service_status_changed.v1": ("provider_agency", ()),
}
SERVICES: Final = {"case.service_linked.v1", "case.service_status_changed.v1"}
MAIN: Final = {"case.accepted.v1", "case.responsibility_moved.v1"}
# §3.3: an agency that *provides* a linked service; one that is only asked to does not yet.
SERVICE_RUNS: Final = {"APPROVED", "IN_USE"}
# Two event types tell one state, each field of it by itself.
DETAILS: Final = {"case.subject_identified.v1", "case.subject_details_corrected.v1"}
# By which clear fields it is known whose state an event tells; the case has one of all others.
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
    f"{tag}.v1": line.partition(":")[2].split()
    for line in STATES.strip().splitlines()
    for tag in line.partition(":")[0].split()
}

# The categories of §4: its tables, with what is recorded of where they stand otherwise.
NO_FIELDS: Final[Mapping[str, str]] = {}
ROOMS: Final = (agency, case, consent, grievance, meeting, network, referral)
TOLD: Final = {told.tag: (name, told) for room in ROOMS for name, told in room.EVENTS.items()}


def listed(name: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of an event as they stand, and those that stand beside them."""
    found: dict[str, str] = {}
    for field, code in fields.items():
        stands = STANDS_AS.get((name, field))
        found.update(stands.fields if stands else {field: code})
    return found | {field: more.category for field, more in BESIDE.get(name, {}).items()}


CATEGORIES: Final[dict[tuple[str, str], str]] = {
    **{
        (tag, field): code
        for tag, (name, told) in TOLD.items()
        for field, code in listed(name, told.fields or NO_FIELDS).items()
    },
    ("case.stay_cancelled.v1", "stay_id"): "ENV",
    ("numbers.case_number_taken.v1", "case_id"): "ENV",
    ("case.carried_over.v1", "fiscal_year"): "SVC",
    ("case.carried_over.v1", "ledger_network_id"): "LOC",
    ("case.carried_over.v1", "case_number"): "SVC",
    ("case.stay_cancelled.v1", "text"): "NAR",
    ("consent.emergency_requested.v1", "requested_by"): "STF",
    **{  # As it stands when it is authorised, and words are words (§0.4.6).
        ("consent.emergency_requested.v1", name): code
        for name, code in {
            "danger": "RSK",
            "danger_place": "RSK",
            "danger_text": "NAR",
            "impracticability_text": "NAR",
        }.items()
    },
    **{
        (f"grievance.{what}.v1", field): "ENV"
        for what in ("acknowledged", "response_given", "closed", "reopened", "escalated")
        for field in ("on", "reason")
    },
}
# What an event that no table lists is mainly about, and with it the fields that none lists.
MAINLY: Final = {
    **dict.fromkeys(("case", "referral", "numbers"), "SVC"),
    **dict.fromkeys(("consent", "trail"), "CNS"),
    **dict.fromkeys(("agency", "network"), "PUB"),
    **dict.fromkeys(("duties", "installation"), "ENV"),
}
# Whose record it is, among the fields in which an agency is named; and where the record says whom.
ACTING: Final = "agency"
FILLED_IN: Final = {
    "case.aftercare_ended.v1/lead_agency",
    "case.responsibility_moved.v1/from_agency",
    "case.role_assigned.v1/agency_id",  # Where it was decided elsewhere: see ``named``.
    "case.role_ended.v1/agency_id",
    "case.service_status_changed.v1/provider_agency",
    "consent.conflict_settled.v1/via_agency",
    "consent.emergency_disclosure_authorised.v1/overrides_exclusions",
    "consent.emergency_disclosure_authorised.v1/recipients",
    "referral.drafted.v1/from_agency",
    "referral.handover_confirmed.v1/main_responsible_from",
    "trail.purge_requested.v1/recipient",
}
# By these she is to be taken in somewhere.
FOLLOWS: Final = {"role_assigned.v1", "responsibility_moved.v1"}  # From a referral, by its id.
TO_STAY: Final = {"COMMISSION", "FACILITY_ADMISSION", "MOTHER_CHILD_FACILITY"}
# §0.4.7: who helps her tells where she is; §1: which kinds of agencies give shelter.
PROTECTIVE: Final = {
    "TEMPORARY_PROTECTION_FACILITY",
    "WOMENS_SELF_RELIANCE_FACILITY",
    "PRIVATE_SHELTER",
    "STEP_HOUSE",
    "MOTHER_CHILD_LIVING_SUPPORT_FACILITY",
}
SCHOOLS: Final = {
    "SCHOOL",
    "NURSERY",
    "BOARD_OF_EDUCATION",
    "SCHOOL_AFFAIRS_DIVISION",
    "CHILDCARE_DIVISION",
}
CARE: Final = {
    **dict.fromkeys(("PSYCHOLOGICAL_CARE", "MEDICAL_CARE", "PSYCHOLOGICAL_ASSESSMENT"), "HLT"),
    **dict.fromkeys(("CHILD_LIVING_SUPPORT", "CHILDCARE", "STUDY_SUPPORT"), "CHD"),
    "CHILD_PSYCHOLOGICAL_CARE": "CHD",
}


def one_of(event: Event, codes: str) -> str:
    """``MTG|PUB`` is one or the other, by what another field says."""
    if codes != "own" and "|" not in codes:
        return codes
    tells = next((tells for tag, tells in TELLS.items() if event["tag"].startswith(tag)), None)
    facts: Scope = event["facts"]
    return tells(facts, codes) if tells else str(facts["category"])


def of_a_meeting(facts: Scope, codes: str) -> str:
    of_a_case = facts["kind"] in {"INDIVIDUAL_CASE", "EXTERNAL_FORUM"}
    return codes.split("|")[0 if of_a_case else 1]


TELLS: Final[dict[str, Callable[[Scope, str], str]]] = {
    "agency.": lambda facts, _: "LOC" if facts["kind"] in PROTECTIVE else "PUB",
    "case.companion_added.": lambda facts, _: "CHD" if facts["companion"] == "CHILD" else "FAM",
    "case.safety_instruction_": lambda facts, _: "SCH" if facts["to_kind"] in SCHOOLS else "RSK",
    "case.service_": lambda facts, _: str(facts["about"]),
    "case.support_activity_recorded.": lambda facts, _: CARE.get(facts["kind"], "SVC"),
    "meeting.activity_reported.": lambda f, _: "AGG" if f["reach"] == "NETWORK" else "PUB",
    "meeting.planned.": of_a_meeting,
    "referral.drafted.": lambda f, _: "LOC" if f["kind"] == "OUT_OF_PREFECTURE" else "SVC",
}


def primary(event: Event) -> str:
    tag = event["tag"]
    if tag == "referral.package_changed.v1":
        return "CNS"
    if tag not in TOLD:
        return MAINLY[tag.split(".")[0]]
    name, told = TOLD[tag]
    return one_of(event, PRIMARY[name].category if name in PRIMARY else told.primary)


def category(event: Event, name: str) -> str:
    if name in event["sealed"]:
        return str(event["sealed"][name][0])
    return by_the_tables(event, name)


def by_the_tables(event: Event, name: str) -> str:
    """What was sealed says its category itself: it is the one that the tables say."""
    known: dict[str, str] = event["categories"]  # Looked up once.
    if name not in known:
        codes = CATEGORIES.get((event["tag"], name))
        known[name] = one_of(event, codes) if codes else primary(event)
    return known[name]
