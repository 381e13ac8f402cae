"""The case (ケース) as the specification has it: events, machines, what commands ask."""

from collections.abc import Mapping
from typing import Final

from tests.spec.tables import NOT_YET, Asked, Row, Told, rows

EVENTS: Final[Mapping[str, Told]] = {
    "CaseOpened": Told(
        "case.opened.v1",
        "SVC",
        {
            "anonymous": "ENV",
            "opened_by_agency": "SVC",
            "channel": "SVC",
            "found_via": "SVC",
            "frameworks": "SVC",
            "at_risk_only": "SVC",
        },
    ),
    "ConsultationRecorded": Told(
        "case.consultation_recorded.v1",
        "PRB",
        {
            "consultation_id": "ENV",
            "channel": "SVC",
            "main_problem": "PRB",
            "topic": "PRB",
            "secondary_problems": "PRB",
            "age_band": "PRB",
            "caller_is_subject": "SVC",
            "language": "ACC",
            "sexual_harm_flag": "SXH",
            "summary": "NAR",
        },
    ),
    "SubjectIdentified": Told(
        "case.subject_identified.v1",
        "IDN",
        {
            "subject_id": "ENV",
            "name": "IDN",
            "kana": "IDN",
            "birth_date": "IDN",
            "gender_identity_note": "IDN",
        },
    ),
    "SubjectDetailsCorrected": Told(
        "case.subject_details_corrected.v1",
        "IDN",
        {
            "subject_id": "ENV",
            "name": "IDN",
            "kana": "IDN",
            "birth_date": "IDN",
            "gender_identity_note": "IDN",
            "correction_reason": "NAR",
        },
    ),
    "ContactMethodSet": Told(
        "case.contact_method_set.v1",
        "CNT",
        {"means": "CNT", "value": "CNT", "safe_times": "CNT", "unsafe_means": "CNT"},
    ),
    "AddressRecorded": Told(
        "case.address_recorded.v1",
        "ADR",
        {"kind": "ADR", "address": "ADR", "municipality_code": "ADR"},
    ),
    "AttributesRecorded": Told(
        "case.attributes_recorded.v1",
        "ACC",
        {
            "nationality": "ACC",
            "languages": "ACC",
            "interpreter_needed": "ACC",
            "disability_accommodation": "ACC",
            "religion_diet": "ACC",
            "residence_status": "LEG",
            "diagnosis": "HLT",
            "pregnancy": "HLT",
        },
    ),
    "CompanionAdded": Told(
        "case.companion_added.v1",
        "FAM",
        {
            "person_id": "ENV",
            "relation": "FAM",
            "name": "FAM|CHD",
            "birth_date": "FAM|CHD",
            "is_child": "FAM",
            "custody": "LEG",
            "whereabouts": "LOC",
        },
    ),
    "CompanionRemoved": Told(
        "case.companion_removed.v1", "FAM", {"person_id": "ENV", "reason": "NAR"}
    ),
    "CaseAccepted": Told(
        "case.accepted.v1",
        "SVC",
        {
            "accepted_on": "SVC",
            "ledger_network_id": "ENV",
            "case_number": "SVC",
            "main_responsible": "SVC",  # By the amendment.
        },
    ),
    "AssessmentRecorded": Told(
        "case.assessment_recorded.v1",
        "RSK",
        {
            "assessment_id": "ENV",
            "with_subject": "SVC",
            "danger_level": "RSK",
            "urgency_level": "RSK",
            "perpetrator_info": "RSK",
            "needs": "PLN",
            "health_summary": "HLT",
            "economic_summary": "ECO",
            "child_summary": "CHD",
            "subject_wish": "PLN",
            "text": "NAR",
        },
    ),
    "SafetyInstructionIssued": Told(
        "case.safety_instruction_issued.v1",
        "RSK",
        {"to_agency_id": "ENV", "instruction": "SCH|RSK", "valid_until": "SVC"},
    ),
    "ThirdPartyInquiryRefused": Told(
        "case.third_party_inquiry_refused.v1",
        "RSK",
        {"asked_by_kind": "RSK", "where": "RSK", "response": "RSK"},
    ),
    "NeedIdentified": Told(
        "case.need_identified.v1", "PLN", {"need_id": "ENV", "field": "PLN", "text": "NAR"}
    ),
    "NeedClosed": Told(
        "case.need_closed.v1", "PLN", {"need_id": "ENV", "field": "PLN", "text": "NAR"}
    ),
    "ServiceLinked": Told(
        "case.service_linked.v1",
        "ECO|HOU|SCH|HLT|ACC|LEG",
        {
            "service_code": "ECO|HOU|SCH|HLT|ACC|LEG",
            "provider_agency": "SVC",
            "status": "ECO|HOU|SCH|HLT|ACC|LEG",
            "dates": "ECO|HOU|SCH|HLT|ACC|LEG",
        },
    ),
    "ServiceStatusChanged": Told(
        "case.service_status_changed.v1",
        "ECO|HOU|SCH|HLT|ACC|LEG",
        {
            "service_code": "ECO|HOU|SCH|HLT|ACC|LEG",
            "provider_agency": "SVC",
            "status": "ECO|HOU|SCH|HLT|ACC|LEG",
            "dates": "ECO|HOU|SCH|HLT|ACC|LEG",
        },
    ),
    "ProcedureBundleOpened": Told(
        "case.procedure_bundle_opened.v1",
        "ECO",
        {"bundle_id": "ENV", "procedures": "ECO", "consent_id": "CNS"},
    ),
    "ProcedureBundleCompleted": Told(
        "case.procedure_bundle_completed.v1", "ECO", {"bundle_id": "ENV"}
    ),
    "RoleAssigned": Told(
        "case.role_assigned.v1",
        "SVC",
        {"function": "SVC", "agency_id": "SVC", "person_id": "ENV", "decided_by": "ENV"},
    ),
    "RoleEnded": Told(
        "case.role_ended.v1",
        "SVC",
        {"function": "SVC", "agency_id": "SVC", "person_id": "ENV", "decided_by": "ENV"},
    ),
    # By the amendment, for every change of the main responsible agency after acceptance.
    "ResponsibilityMoved": Told(
        "case.responsibility_moved.v1", "SVC", {"from": "SVC", "to": "SVC", "decided_by": "ENV"}
    ),
    "SupportPolicySet": Told(
        "case.support_policy_set.v1",
        "PLN",
        {
            "version": "ENV",
            "policy_text": "PLN",
            "subject_wish": "PLN",
            "decided_in": "ENV",
            "review_on": "SVC",
        },
    ),
    "SupportPlanDrafted": Told(
        "case.support_plan_drafted.v1",
        "PLN",
        {
            "plan_id": "ENV",
            "kind": "PLN",
            "goals": "PLN",
            "tasks": "PLN",
            "author_agency": "SVC",
            "review_on": "SVC",
        },
    ),
    "SupportPlanAgreed": Told(
        "case.support_plan_agreed.v1",
        "PLN",
        {"plan_id": "ENV", "review_on": "SVC", "consent_id": "CNS"},
    ),
    "SupportPlanRevised": Told(
        "case.support_plan_revised.v1",
        "PLN",
        {
            "plan_id": "ENV",
            "kind": "PLN",
            "goals": "PLN",
            "tasks": "PLN",
            "author_agency": "SVC",
            "review_on": "SVC",
        },
    ),
    "SupportPlanClosed": Told("case.support_plan_closed.v1", "PLN", {"plan_id": "ENV"}),
    "ProtectionDeclined": Told(
        "case.protection_declined.v1", "SVC", {"reasons": "SVC", "text": "NAR"}
    ),
    "StayDecided": Told(
        "case.stay_decided.v1",
        "SVC",
        {
            "stay_id": "ENV",
            "kind": "SVC",
            "scope": "LOC",
            "legal_ground": "RSK",
            "provider_agency_id": "LOC",
            "direct_admission": "SVC",
            "planned_from": "SVC",
            "consent_id": "CNS",
            "contract_id": "ENV",
        },
    ),
    "StayStarted": Told(
        "case.stay_started.v1",
        "SVC",
        {
            "stay_id": "ENV",
            "started_on": "SVC",
            "location": "LOC",
            "companions": "FAM",
            "age_band": "PRB",  # By the amendment, as is the reason.
            "reason_code": "PRB",
            "conditions": "PLN",
        },
    ),
    "StayExtended": Told(
        "case.stay_extended.v1", "SVC", {"stay_id": "ENV", "until": "SVC", "reason": "NAR"}
    ),
    "StayEnded": Told(
        "case.stay_ended.v1",
        "SVC",
        {
            "stay_id": "ENV",
            "ended_on": "SVC",
            "destination_kind": "LOC",
            "destination_address": "LOC",
            "companions_outcome": "FAM",
        },
    ),
    "SupportActivityRecorded": Told(
        "case.support_activity_recorded.v1",
        "SVC|HLT|CHD",
        {
            "activity_id": "ENV",
            "kind": "SVC",
            "at": "SVC",
            "provider": "SVC",
            "person_id": "ENV",
            "stay_id": "ENV",
            "place_kind": "SVC",
            "health_detail": "HLT",
            "child_detail": "CHD",
            "text": "NAR",
        },
    ),
    "LegalStepRecorded": Told(
        "case.legal_step_recorded.v1",
        "LEG",
        {"kind": "LEG", "status": "LEG", "dates": "LEG", "expires_on": "LEG"},
    ),
    "AftercareStarted": Told(
        "case.aftercare_started.v1",
        "SVC",
        {"lead_agency": "SVC", "means": "PLN", "cadence_days": "SVC", "subject_wish": "PLN"},
    ),
    "AftercareRescheduled": Told(
        "case.aftercare_rescheduled.v1",
        "SVC",
        {"means": "PLN", "cadence_days": "SVC", "subject_wish": "PLN", "reason": "NAR"},
    ),
    "AftercareEnded": Told(
        "case.aftercare_ended.v1", "SVC", {"subject_wish": "PLN", "reason": "NAR"}
    ),
    "NoteRecorded": Told(
        "case.note_recorded.v1",
        "NAR",
        {"note_id": "ENV", "declared_category": "NAR", "text": "NAR"},
    ),
    "RecordCorrected": Told(
        "case.record_corrected.v1",
        "own",
        {"target_event_id": "ENV", "field": "ENV", "new_value": "own", "reason": "NAR"},
    ),
    "CasesLinked": Told(
        "case.cases_linked.v1", "ENV", {"other_case_id": "ENV", "consent_id": "CNS"}
    ),
    "CaseTransferred": Told(
        "case.transferred.v1",
        "SVC",
        {"to_network": "SVC|LOC", "to_agency": "SVC|LOC", "on": "SVC", "referral_id": "ENV"},
    ),
    "CaseClosed": Told(
        "case.closed.v1",
        "SVC",
        {"on": "SVC", "reason": "SVC", "outcome": "PLN", "subject_wish": "PLN"},
    ),
    "CaseReopened": Told(
        "case.reopened.v1", "SVC", {"on": "SVC", "reason": "SVC", "subject_wish": "PLN"}
    ),
    "DataRestricted": Told(
        "case.data_restricted.v1",
        "CNS",
        {"request_id": "CNS", "decided_by": "CNS", "basis": "CNS", "scope": "CNS"},
    ),
    "RestrictionLifted": Told(
        "case.restriction_lifted.v1",
        "CNS",
        {"request_id": "CNS", "decided_by": "CNS", "basis": "CNS", "scope": "CNS"},
    ),
    "CaseErased": Told(
        "case.erased.v1",
        "CNS",
        {"request_id": "CNS", "decided_by": "CNS", "basis": "CNS", "scope": "CNS"},
    ),
}

# What may be said, where the table itself says it.
CODES: Final[Mapping[tuple[str, str], str]] = {
    ("CaseOpened", "found_via"): (
        "SELF FAMILY GATEKEEPER OUTREACH DROP_IN POLICE MEDICAL SCHOOL NOTIFICATION OTHER_AGENCY"
        " OTHER_PREFECTURE"
    ),
    ("CaseOpened", "frameworks"): "WOMEN_SUPPORT_ACT DV_ACT",
    ("AddressRecorded", "kind"): "REGISTERED FORMER",
    ("AssessmentRecorded", "danger_level"): "LOW MEDIUM HIGH CRITICAL",
    ("AssessmentRecorded", "urgency_level"): "LOW MEDIUM HIGH CRITICAL",
    ("AssessmentRecorded", "needs"): (
        "WELFARE HEALTH_MEDICAL CHILD_REARING HOUSING EDUCATION OTHER EMPLOYMENT ECONOMIC LEGAL"
        " PSYCHOLOGICAL"
    ),
    ("ServiceLinked", "status"): "REQUESTED APPROVED IN_USE ENDED REFUSED UNAVAILABLE",
    # The main responsible agency moves by an event of its own.
    ("RoleAssigned", "function"): "MAIN_SUPPORT CONVENOR SERVICE_PROVIDER AFTERCARE_LEAD",
    ("SupportPlanDrafted", "kind"): (
        "SELF_RELIANCE_POLICY SELF_RELIANCE_PLAN INDIVIDUAL_SUPPORT_PLAN AFTERCARE_PLAN"
    ),
    ("ProtectionDeclined", "reasons"): (
        "KEEP_WORK_OR_SCHOOL NO_FREE_OUTINGS NO_MOBILE_PHONE OTHER NOT_STATED"
    ),
    ("StayDecided", "kind"): (
        "TEMPORARY_PROTECTION EMERGENCY_TEMPORARY_PROTECTION COMMISSIONED_PROTECTION"
        " MOTHER_CHILD_EMERGENCY"
        " WOMENS_SELF_RELIANCE_FACILITY MOTHER_CHILD_LIVING_SUPPORT STEP_HOUSE SHARE_HOUSE"
        " PUBLIC_HOUSING_TEMPORARY DISABILITY_FACILITY ELDERLY_FACILITY OTHER"
    ),
    ("StayDecided", "scope"): "IN_PREFECTURE OUT_OF_PREFECTURE",
    ("StayDecided", "legal_ground"): (
        "SPOUSE_VIOLENCE COHABITANT_VIOLENCE STALKING TRAFFICKING NO_RESIDENCE_OR_HARMFUL_RETURN"
        " RECOVERY_CONNECTION LIFE_BODY_SAFETY"
    ),
    ("StayStarted", "reason_code"): (
        "DV DATING_DV FAMILY_PROBLEM OTHER_VIOLENCE STALKING NOWHERE_TO_RETURN OTHER TRAFFICKING"
    ),
    ("StayEnded", "destination_kind"): (
        "HOME OWN_HOUSING RELATIVE FACILITY OTHER_PREFECTURE HOSPITAL UNKNOWN OTHER"
    ),
    ("SupportActivityRecorded", "kind"): (
        "CONSULTATION INFORMATION LIAISON ACCOMPANIMENT VISIT PATROL OUTREACH SNS_CONSULTATION"
        " DROP_IN_PLACE PEER_SUPPORT GROUP_SESSION PROCEDURE_SUPPORT SELF_RELIANCE_SUPPORT"
        " SELF_RELIANCE_COURSE LIVING_SUPPORT REBUILDING_LIFE CONTINUED_SELF_RELIANCE"
        " EMPLOYMENT_SUPPORT HOUSING_SUPPORT LEGAL_CONSULTATION INTERPRETING MEDICAL_CARE"
        " PSYCHOLOGICAL_ASSESSMENT PSYCHOLOGICAL_CARE CHILDCARE STUDY_SUPPORT CHILD_LIVING_SUPPORT"
        " CHILD_PSYCHOLOGICAL_CARE WATCHING_OVER PHONE_FOLLOW_UP VISIT_FOLLOW_UP"
    ),
    ("LegalStepRecorded", "kind"): (
        "PROTECTION_ORDER DIVORCE CUSTODY RESIDENT_REGISTRY_PROTECTION RESIDENCE_STATUS"
        " POLICE_REPORT DAMAGES OTHER"
    ),
}
# Lists the tables name and do not spell: how many codes each has.
HOW_MANY: Final[Mapping[tuple[str, str], int]] = {
    ("ConsultationRecorded", "main_problem"): 21,
    ("ConsultationRecorded", "topic"): 10,
    ("ServiceLinked", "service_code"): 22,
    ("CaseClosed", "reason"): 6,
}

STATUS: Final[tuple[Row, ...]] = (
    Row(NOT_YET, "CaseOpened", "CONTACT"),
    Row("CONTACT", "CaseAccepted", "ACTIVE", "MAIN_RESPONSIBLE assigned in same commit"),
    Row("CONTACT", "CaseClosed", "CLOSED", "reason e.g. one-off consultation"),
    # By the amendment: within one installation a transferred case stays active.
    Row("ACTIVE", "CaseTransferred", "ACTIVE", "receiving HandoverConfirmed"),
    Row("ACTIVE", "CaseTransferred", "TRANSFERRED", "to another installation"),
    Row("ACTIVE", "CaseClosed", "CLOSED", "INV-K7"),
    Row("CLOSED", "CaseReopened", "ACTIVE", "not restricted/erased; her wish"),
    *rows(
        "CLOSED TRANSFERRED", "DataRestricted", "RESTRICTED", "erasure/suspension request accepted"
    ),
    Row("RESTRICTED", "RestrictionLifted", "CLOSED", "previous; decision"),
    Row("RESTRICTED", "RestrictionLifted", "TRANSFERRED", "previous; decision"),
    *rows(
        "CLOSED TRANSFERRED RESTRICTED",
        "CaseErased",
        "ERASED",
        "retention over or erasure duty",
    ),
)

ANY_STAGE: Final = (
    "CONSULTATION ASSESSMENT TEMPORARY_PROTECTION RESIDENTIAL_SUPPORT COMMUNITY_SUPPORT AFTERCARE"
)
STAGE: Final[tuple[Row, ...]] = (
    Row("CONSULTATION", "AssessmentRecorded", "ASSESSMENT"),
    *rows(
        "CONSULTATION ASSESSMENT COMMUNITY_SUPPORT AFTERCARE",
        "StayStarted",
        "TEMPORARY_PROTECTION",
        "protection kinds",
    ),
    *rows(
        ANY_STAGE,
        "StayStarted",
        "RESIDENTIAL_SUPPORT",
        "facility, step house, share house, mother-child, housing kinds",
    ),
    *rows("TEMPORARY_PROTECTION RESIDENTIAL_SUPPORT", "StayEnded + AftercareStarted", "AFTERCARE"),
    *rows(
        "TEMPORARY_PROTECTION RESIDENTIAL_SUPPORT", "StayEnded", "COMMUNITY_SUPPORT", "no aftercare"
    ),
    *rows("CONSULTATION ASSESSMENT", "SupportPolicySet", "COMMUNITY_SUPPORT"),
    *rows("CONSULTATION ASSESSMENT", "ServiceLinked", "COMMUNITY_SUPPORT"),
    Row("AFTERCARE", "AftercareEnded", "COMMUNITY_SUPPORT", "until closed"),
)

# Where the specification only draws arrows, only the arrows are written down.
STAY: Final[frozenset[tuple[str, str]]] = frozenset(
    {(NOT_YET, "DECIDED"), ("DECIDED", "ACTIVE"), ("ACTIVE", "ENDED"), ("DECIDED", "CANCELLED")}
)
PLAN: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "DRAFT"),
        ("DRAFT", "AGREED"),
        ("AGREED", "REVISED"),
        ("REVISED", "AGREED"),
        ("AGREED", "CLOSED"),
    }
)
LEGAL_STEP: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "FILED"),
        ("FILED", "GRANTED"),
        ("GRANTED", "RENEWED"),
        ("RENEWED", "RENEWED"),
        ("GRANTED", "EXPIRED"),
        ("RENEWED", "EXPIRED"),
        ("FILED", "REFUSED"),
        ("FILED", "WITHDRAWN"),
        ("GRANTED", "WITHDRAWN"),
        ("RENEWED", "WITHDRAWN"),
    }
)

COMMANDS: Final[Mapping[str, Asked]] = {
    "open_case": Asked("case.open", "any pledged staff of an active agency → CaseOpened"),
    "accept_case": Asked(
        "case.accept",
        "status CONTACT; network given; MAIN_RESPONSIBLE set in same transaction → CaseAccepted +"
        " RoleAssigned",
    ),
    "record_consultation": Asked(
        "case.record_consultation",
        "any status but ERASED/RESTRICTED; exactly one main problem",
    ),
    "decide_stay": Asked(
        "case.decide_stay",
        "decider kind per INV-S2; consent of kind; no active stay; contract if commissioned;"
        " assessment exists or emergency",
    ),
    "start_stay": Asked(
        "case.start_stay", "provider or Centre; consent still active; companions known"
    ),
    "end_stay": Asked("case.end_stay", "destination kind; aftercare started or declined"),
    "close_case": Asked("case.close", "INV-K7"),
}
