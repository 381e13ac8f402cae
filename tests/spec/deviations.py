"""Where the code does not stand as the tables do, and why. What no longer deviates has to go."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class As(NamedTuple):
    """A field of the table, as the code has it: in these fields, or in none."""

    fields: Mapping[str, str]
    why: str


class More(NamedTuple):
    category: str
    why: str


class Codes(NamedTuple):
    codes: str
    why: str


class Arrows(NamedTuple):
    """What the code has beside its table and what it has not, and why."""

    more: Mapping[str, str] = {}
    less: Mapping[str, str] = {}


IN_THE_CLEAR: Final = "what is decided by stands in the clear, and is seen beside other fields only"
PYTHON: Final = "`from`, `to` and `with` cannot name a field in Python"
NAMED_IDS: Final = "a field that holds an id is named for it"
SIDE_BY_SIDE: Final = "no id stands inside a struct or a sealed value: tuples side by side instead"
ONCE: Final = "the first event says it, and it does not change"
SAYS_THAT: Final = "it is told to the other side of the referral that it happened"
WORDS_BESIDE: Final = "a code says it, and words beside it may say more"
STAFF: Final = "a member of staff is STF wherever one is named"
WHOSE: Final = "words about her name the person whose they are"
NAMES_IT: Final = "names the thing whose course it tells"
DAY: Final = "on which day; the table leaves it to the date of recording"
CUT_FINER: Final = "a field is as fine as a grant may cut"
SHELTER: Final = "a shelter's name and place are LOC, those of all others PUB"
NUMBER: Final = "in the ledger of another network a case has another number"
UNIT: Final = "units stand last"
DEADLINE: Final = "by when, by the rules as they are then; later ones move nothing"

CODES_OF_SERVICES: Final = "ECO|HOU|SCH|HLT|ACC|LEG"
NOT_TOLD: Final = "whom she has shut out is told to nobody, whoever may know of dangers (0.4.10)"
PACKAGE: Final = {"sources": "CNS", "paths": "CNS", "item_categories": "CNS"}

STANDS_AS: Final[Mapping[tuple[str, str], As]] = {
    ("CompanionAdded", "is_child"): As({"companion": "ENV"}, IN_THE_CLEAR),
    ("ServiceLinked", "status"): As({"status": "ENV"}, IN_THE_CLEAR),
    ("ServiceLinked", "dates"): As({"on": CODES_OF_SERVICES}, "one date an event"),
    ("ServiceStatusChanged", "service_code"): As({}, ONCE),
    ("ServiceStatusChanged", "status"): As({"status": "ENV"}, IN_THE_CLEAR),
    ("ServiceStatusChanged", "dates"): As({"on": CODES_OF_SERVICES}, "one date an event"),
    ("RoleEnded", "decided_by"): As({}, "whoever has a role, or the agency that answers, ends it"),
    ("ResponsibilityMoved", "from"): As({"from_agency": "SVC"}, PYTHON),
    ("ResponsibilityMoved", "to"): As({"to_agency": "SVC"}, PYTHON),
    ("StayDecided", "contract_id"): As(
        {"contract_id": "LOC"}, "whoever knows the contract knows the shelter"
    ),
    ("LegalStepRecorded", "status"): As({"status": "ENV"}, IN_THE_CLEAR),
    ("LegalStepRecorded", "dates"): As({"on": "LEG"}, "one date an event"),
    ("RecordCorrected", "new_value"): As(
        {"new_value": "PRB|IDN|CNT|ADR|LOC|FAM|CHD|SCH|RSK|HLT|SXH|LEG|ECO|HOU|ACC|PLN"},
        "its category is that of what it corrects, which a code in the clear names",
    ),
    ("CaseTransferred", "to_network"): As(
        {"to_network": "LOC"}, "told to nobody by default, wherever it is"
    ),
    ("CaseTransferred", "to_agency"): As(
        {"to_agency": "LOC"}, "told to nobody by default, wherever it is"
    ),
    ("ReferralDrafted", "from"): As({"from_agency": "SVC"}, PYTHON),
    ("ReferralDrafted", "to"): As({"to_agency": "SVC|LOC"}, PYTHON),
    ("ReferralDrafted", "package"): As(PACKAGE, SIDE_BY_SIDE),
    ("ReferralInquirySent", "anonymised_profile"): As(
        {"age_band": "SVC", "family_size": "SVC", "children": "SVC", "needs": "SVC"},
        "codes and counts only, each in a field of its own",
    ),
    ("InformationSupplied", "added_fields"): As(PACKAGE, SIDE_BY_SIDE),
    ("MeetingPlanned", "kind"): As({"kind": "ENV|PUB"}, IN_THE_CLEAR),
    ("MeetingPlanned", "network"): As({"network_id": "MTG|PUB"}, NAMED_IDS),
    ("MeetingPlanned", "date"): As({"on": "MTG|PUB"}, "a day is `on`, as everywhere"),
    ("InviteeAdded", "agency"): As({"agency_id": "ENV"}, NAMED_IDS),
    ("InviteeRemoved", "agency"): As({"agency_id": "ENV"}, NAMED_IDS),
    ("InformationProvided", "items"): As(
        {"sources": "CNS", "paths": "CNS", "categories": "CNS"}, SIDE_BY_SIDE
    ),
    ("MeetingHeld", "attendees"): As({"agencies": "MTG", "roles": "MTG"}, SIDE_BY_SIDE),
    ("MeetingHeld", "started"): As({"started_at": "MTG"}, "a moment is `at`, as everywhere"),
    ("MeetingHeld", "ended"): As({"ended_at": "MTG"}, "a moment is `at`, as everywhere"),
    ("RoleAllocated", "agency"): As({"agency_id": "SVC"}, NAMED_IDS),
    ("MainSupportAgencyDesignated", "agency"): As({"agency_id": "SVC"}, NAMED_IDS),
    ("IssueCarriedForward", "to_meeting_kind"): As({"to_kind": "MTG"}, "of meetings, as all here"),
    ("ActivityReported", "text"): As(
        {"text": "AGG|PUB"}, "public only where the meeting says that it is"
    ),
    ("ConsentExplained", "interpreter"): As({"interpreter": "STF"}, STAFF),
    ("ExclusionSet", "agency_id"): As({"agency_id": "CNS"}, NOT_TOLD),
    ("ExclusionSet", "staff_id"): As({"staff_id": "CNS"}, NOT_TOLD),
    ("ExclusionLifted", "agency_id"): As({"agency_id": "CNS"}, NOT_TOLD),
    ("ExclusionLifted", "staff_id"): As({"staff_id": "CNS"}, NOT_TOLD),
    ("EmergencyDisclosureAuthorised", "requested_by"): As({"requested_by": "STF"}, STAFF),
    ("EmergencyDisclosureAuthorised", "authorised_by"): As({"authorised_by": "STF"}, STAFF),
    ("EmergencyDisclosureAuthorised", "overrides"): As(
        {"overrides_refusals": "CNS", "overrides_exclusions": "CNS"}, "of the one and of the other"
    ),
    ("Disclosed", "from"): As({}, "what is fetched comes from the log, and not from one agency"),
    ("Disclosed", "to"): As({"recipient": "CNS", "person": "STF"}, PYTHON),
    ("Disclosed", "basis"): As({"bases": "CNS", "basis_ids": "CNS"}, SIDE_BY_SIDE),
    ("Disclosed", "field_paths"): As({"fields": "CNS"}, "one for each event that was told"),
    ("Disclosed", "source_events"): As({"events": "CNS"}, "the source is what was told"),
    ("Disclosed", "at"): As({}, "its header says when"),
    ("DisclosureBlocked", "to"): As({"to_agency": "CNS"}, PYTHON),
    ("AgencyRegistered", "name"): As({"name": "PUB|LOC"}, SHELTER),
    ("AgencyRegistered", "municipality"): As({"municipality": "PUB|LOC"}, SHELTER),
    ("AgencyUpdated", "name"): As({"name": "PUB|LOC"}, SHELTER),
    ("AgencyUpdated", "municipality"): As({"municipality": "PUB|LOC"}, SHELTER),
    ("AgencyUpdated", "prefecture"): As({}, "an agency of another prefecture is another agency"),
    ("AgencyUpdated", "functions"): As({}, "`FunctionDesignated` says it, with the day"),
    ("ServiceWithdrawn", "field"): As({}, ONCE),
    ("StaffEnrolled", "staff"): As({"staff_id": "STF"}, NAMED_IDS),
    ("StaffEnrolled", "role"): As({"role": "ENV"}, IN_THE_CLEAR),
    ("StaffEnrolled", "years"): As({"years_in_field": "STF"}, "of what"),
    ("PledgeSigned", "staff"): As({"staff_id": "STF"}, NAMED_IDS),
    ("PledgeSigned", "text_version"): As({"text_version": "PUB"}, IN_THE_CLEAR),
    ("PledgeSigned", "on"): As({"on": "PUB"}, IN_THE_CLEAR),
    ("StaffLeft", "staff"): As({"staff_id": "STF"}, NAMED_IDS),
    ("StaffLeft", "on"): As({"on": "ENV"}, IN_THE_CLEAR),
    ("CommissionContractStarted", "period"): As(
        {"valid_from": "PUB", "valid_until": "PUB"}, "its two days"
    ),
    ("CommissionContractEnded", "centre"): As({}, ONCE),
    ("CommissionContractEnded", "period"): As({}, ONCE),
    ("FeedCustodianNamed", "staff"): As({"staff_id": "STF"}, NAMED_IDS),
    ("FeedCustodianEnded", "staff"): As({"staff_id": "STF"}, NAMED_IDS),
    ("RulesAdopted", "representatives_per_fy"): As(
        {"representatives_at_least": "PUB", "representatives_at_most": "PUB"}, "one to two a year"
    ),
    ("RulesAdopted", "review_interval"): As({"review_interval_months": "PUB"}, UNIT),
    ("MemberJoined", "agency"): As({"agency_id": "PUB"}, NAMED_IDS),
    ("MemberJoined", "type"): As({"membership": "PUB"}, "`type` is the tag of an event"),
    ("MemberLeft", "agency"): As({"agency_id": "PUB"}, NAMED_IDS),
    ("CoordinatingAgencyDesignated", "agency"): As({"agency_id": "PUB"}, NAMED_IDS),
    ("CoordinatorAppointed", "staff"): As({"staff_id": "STF"}, NAMED_IDS),
    ("PostingConfirmed", "place"): As({}, ONCE),
    ("PostingConfirmed", "item"): As({}, ONCE),
    ("PostingConfirmed", "version"): As({}, ONCE),
    ("GrievanceReceived", "from"): As({"complainant": "GRV"}, PYTHON),
    ("GrievanceShared", "with"): As({"shared_with": "GRV"}, PYTHON),
    ("GrievanceShared", "extent"): As({"extent": "ENV"}, IN_THE_CLEAR),
}

BESIDE: Final[Mapping[str, Mapping[str, More]]] = {
    "CaseOpened": {
        "subject_id": More("ENV", "from the first event on it is known whose key it is")
    },
    "AttributesRecorded": {"medication": More("HLT", CUT_FINER)},
    "CompanionAdded": {"birth_year": More("FAM|CHD", CUT_FINER)},
    "CompanionRemoved": {
        "companion": More("ENV", IN_THE_CLEAR),
        "whereabouts": More("LOC", "each companion's place is explicit, also who is elsewhere"),
    },
    "SafetyInstructionIssued": {"to_kind": More("ENV", "by it the instruction is SCH or RSK")},
    "NeedClosed": {"outcome": More("PLN", "what became of it")},
    "ServiceLinked": {
        "service_id": More("ENV", NAMES_IT),
        "about": More("ENV", "by it the code's category is known while the code is sealed"),
    },
    "ServiceStatusChanged": {
        "service_id": More("ENV", NAMES_IT),
        "about": More("ENV", "by it the code's category is known while the code is sealed"),
    },
    "ProcedureBundleOpened": {"divisions": More("ECO", SIDE_BY_SIDE)},
    "ProcedureBundleCompleted": {"completed_on": More("ECO", DAY)},
    "ResponsibilityMoved": {
        "from_remains": More("SVC", "the referrer remains linked if she agrees")
    },
    "SupportPlanDrafted": {"task_agencies": More("PLN", SIDE_BY_SIDE)},
    "SupportPlanAgreed": {"subject_wish": More("PLN", "every step records her wish")},
    "SupportPlanRevised": {"task_agencies": More("PLN", SIDE_BY_SIDE)},
    "SupportPlanClosed": {
        "outcome": More("PLN", "what became of it"),
        "subject_wish": More("PLN", "every step records her wish"),
    },
    "StayDecided": {
        "decided_by": More("SVC", "a Centre's decision may be recorded later, and by another"),
        "decided_on": More("SVC", DAY),
        "assessment_due": More("SVC", "in an emergency the assessment follows"),
        "relocation_consent_id": More("CNS", "to another prefecture two consents are needed"),
        "referral_id": More("ENV", "the handover it came from"),
    },
    "StayStarted": {
        "elsewhere": More("FAM", "each companion's place is explicit, also who is elsewhere"),
        "elsewhere_places": More("LOC", SIDE_BY_SIDE),
    },
    "StayEnded": {"without_aftercare": More("SVC", "why none starts: she declined, or it goes on")},
    "LegalStepRecorded": {"remind_on": More("ENV", DEADLINE), "step_id": More("ENV", NAMES_IT)},
    "AftercareStarted": {"started_on": More("SVC", DAY)},
    "AftercareRescheduled": {"lead_agency": More("SVC", "the lead may change with the days")},
    "AftercareEnded": {
        "lead_agency": More("SVC", NAMES_IT),
        "ended_on": More("SVC", DAY),
        "cannot_be_asked": More("SVC", "where nobody can ask her any more, that is said"),
    },
    "RecordCorrected": {
        "category": More("ENV", "by it the new value's category is known"),
        "person_id": More("ENV", WHOSE),
    },
    "CaseTransferred": {
        "review_by": More("CNS", DEADLINE),
        "retained_until": More("CNS", DEADLINE),
        "case_number": More("SVC", NUMBER),
    },
    "CaseClosed": {
        "retained_until": More("SVC", DEADLINE),
        "without_aftercare": More("SVC", "aftercare ended or declined by her: INV-K7"),
    },
    "ReferralDrafted": {
        "answer_within": More("CNS", DEADLINE),
        "based_on": More("ENV", "the inquiry or referral it goes on from"),
    },
    "ReferralSent": {
        "answer_due": More("CNS", DEADLINE),
        "hands_over": More("SVC", "which responsibility is offered"),
        "sources": More("CNS", "what was frozen, as it was sent"),
        "paths": More("CNS", "what was frozen, as it was sent"),
        "item_categories": More("CNS", "what was frozen, as it was sent"),
    },
    "InformationRequested": {"at": More("SVC", SAYS_THAT)},
    "InformationSupplied": {
        "at": More("SVC", SAYS_THAT),
        "categories": More("CNS", "as at sending"),
        "package_hash": More("CNS", "as at sending"),
    },
    "ReferralAccepted": {"takes_over": More("SVC", "which responsibility is taken")},
    "HandoverConfirmed": {"functions": More("SVC", "what the receiver does from now on")},
    "MeetingRequested": {
        "meeting_id": More("ENV", "a request begins the stream of the meeting it leads to"),
        "network_id": More("MTG", "in which network it would meet"),
    },
    "MeetingPlanned": {
        "case_id": More("ENV", "a case conference is about one case from the start")
    },
    "MeetingHeld": {"held_on": More("ENV", "who was in the ledger by then is to be reviewed")},
    "CaseReviewed": {"next_by": More("SVC", DEADLINE), "subject_id": More("ENV", WHOSE)},
    "CaseReviewDeferred": {"subject_id": More("ENV", WHOSE)},
    "DecisionRecorded": {
        "subject_id": More("ENV", WHOSE),
        "settles": More("ENV", "whether the consultation is agreed with it"),
    },
    "DisagreementRecorded": {
        "settle_by": More("SVC", DEADLINE),
        "subject_id": More("ENV", WHOSE),
        "agencies": More("MTG", SIDE_BY_SIDE),
    },
    "MainSupportAgencyDesignated": {
        "subject_id": More("ENV", WHOSE),
        "dissenting": More("MTG", SIDE_BY_SIDE),
    },
    "DecisionProgressReported": {"subject_id": More("ENV", WHOSE)},
    "ActivityReported": {"reach": More("PUB", "whether the text is public")},
    "CaseAccepted": {
        "review_by": More("SVC", DEADLINE),
    },
    "CaseReopened": {
        "review_by": More("SVC", DEADLINE),
    },
    "EmergencyExpired": {
        "review_by": More("CNS", DEADLINE),
    },
    "RulesAdopted": {
        "timers": More("PUB", DEADLINE),
    },
    "GrievanceEscalated": {
        "acknowledge_by": More("ENV", DEADLINE),
    },
    "GrievanceReopened": {
        "answer_by": More("ENV", DEADLINE),
    },
    "ConsentExplained": {
        "asked_again_because": More("CNS", "after a refusal only new circumstances ask again"),
    },
    "ConsentGranted": {
        "remind_on": More("CNS", DEADLINE),
        "grantor_id": More("CNS", "which companion, or whose guardian"),
        "until_stay": More("CNS", "until the end of which stay"),
        "conditions_text": More("NAR", WORDS_BESIDE),
    },
    "ConsentRefused": {"grant_id": More("CNS", NAMES_IT)},
    "ExclusionSet": {"via_agency": More("CNS", "through whom she said it")},
    "ExclusionLifted": {
        "via_agency": More("CNS", "through whom she said it"),
        "method": More("CNS", "only she lifts it, and it is recorded how she did"),
    },
    "EmergencyDisclosureAuthorised": {
        "review_by": More("CNS", DEADLINE),
        "authorising_agency": More("CNS", "two authorisers are of different agencies"),
        "in_force": More("CNS", "whether this authorisation is the last that was needed"),
        "only_fields": More("CNS", "as in a grant, the least that is needed"),
        "danger_place": More("RSK", "LOC is told only where the danger is there"),
        "danger_text": More("NAR", WORDS_BESIDE),
        "impracticability_text": More("NAR", WORDS_BESIDE),
    },
    "StatutoryDisclosureRecorded": {
        "review_by": More("CNS", DEADLINE),
        "statutory_id": More("CNS", NAMES_IT),
        "only_fields": More("CNS", "as in a grant, the least that is needed"),
        "filing_agency": More("CNS", "who files answers for it"),
        "text": More("NAR", WORDS_BESIDE),
    },
    "Disclosed": {
        "case_id": More("CNS", "the stream is one of a fetch, and not of the case"),
        "policy": More("CNS", "by which version of the rules"),
    },
    "DisclosureBlocked": {"channel": More("CNS", "as of what was disclosed")},
    "SubjectNotified": {"about_id": More("CNS", "which emergency, filing or decision")},
    "NotificationDeferred": {"about_id": More("CNS", "which emergency, filing or decision")},
    "PurgeRequested": {
        "purge_id": More("CNS", NAMES_IT),
        "cause": More("CNS", "why what was lawfully told is to go"),
        "because": More("CNS", "what took it away: of it, k of m have answered"),
        "grant_id": More("CNS", "by which consent it had been told"),
        "emergency_id": More("CNS", "by which emergency it had been told"),
        "statutory_id": More("CNS", "by which filing it had been told"),
    },
    "PurgeAcknowledged": {"purge_id": More("CNS", NAMES_IT)},
    "PurgeDeclined": {"purge_id": More("CNS", NAMES_IT)},
    "SubjectAccessProvided": {"left_out": More("CNS", "and what would have endangered others")},
    "ErasureDecided": {"decided_by": More("CNS", "the implementing body or the prefecture")},
    "AgencyRegistered": {"agency_id": More("ENV", NAMES_IT)},
    "AgencyUpdated": {"kind": More("PUB", "by it a name is PUB or LOC")},
    "CommissionContractStarted": {"contract_id": More("ENV", NAMES_IT)},
    "CommissionContractEnded": {"contract_id": More("ENV", NAMES_IT)},
    "NetworkEstablished": {
        "network_id": More("ENV", NAMES_IT),
        "prefecture": More("PUB", "an area is words, and a prefecture a code"),
        "name": More("PUB", "names of bodies are data"),
    },
    "CoordinatingAgencyDesignated": {"on": More("PUB", DAY)},
    "CoordinatorAppointed": {"agency_id": More("PUB", "of the coordinating agency")},
    "ConsultationDirectoryPublished": {"windows": More("PUB", "what stands in it")},
    "PostingRequested": {
        "posting_id": More("ENV", NAMES_IT),
        "agency_id": More("PUB", "who is asked to put it up"),
        "place_kind": More("PUB", "a shelter of evacuation, a window, a school"),
    },
    "PostingConfirmed": {"posting_id": More("ENV", NAMES_IT), "on": More("PUB", DAY)},
    "GrievanceReceived": {
        "acknowledge_by": More("ENV", DEADLINE),
        "answer_by": More("ENV", DEADLINE),
        "grievance_id": More("ENV", NAMES_IT),
        "received_by": More("GRV", "who hears it handles it until somebody is assigned"),
        "about_staff": More("GRV", "the person complained about is not the handler either"),
        "on": More("ENV", DAY),
    },
    "GrievanceShared": {
        "grievance_id": More("GRV", NAMES_IT),
        "complainant_agrees": More(
            "ENV", "who complained decides whether those concerned learn it"
        ),
        "summary": More("GRV", "what those learn with whom it is shared"),
    },
}

PRIMARY: Final[Mapping[str, More]] = {
    "RecordCorrected": More(
        "PRB|IDN|CNT|ADR|LOC|FAM|CHD|SCH|RSK|HLT|SXH|LEG|ECO|HOU|ACC|PLN",
        "its category is that of what it corrects, which a code in the clear names",
    ),
    "InformationProvided": More("CNS", "its items are delivered as a package of their own"),
}

MORE_CODES: Final[Mapping[tuple[str, str], Codes]] = {
    ("ConsentGranted", "kind"): Codes(
        "CASE_LINK", "two case files are linked only with her consent"
    ),
}

EVENTS_BESIDE: Final[Mapping[str, str]] = {
    "agency.took_over.v1": "the successor's own stream says what it takes over",
    "case.carried_over.v1": "a new fiscal year has a new ledger, and a new number (§5.1)",
    "case.companion_came_of_age.v1": "from then on they agree for themselves",
    "case.participation_ended.v1": "an agency stops taking part, also without a role",
    "case.stay_cancelled.v1": "DECIDED → CANCELLED has no event in the table",
    "consent.conflict_recorded.v1": "a conflict with the mother leaves the statutory route only",
    "consent.conflict_settled.v1": "and that may end",
    "consent.withdrawn.v2": "a sealed reason cannot be added to the first one",
    "duties.ended.v1": "an agency goes when nothing is left that it answers for or coordinates",
    "duties.left.v1": "and that is over, or another's",
    "duties.taken.v1": "an agency's own stream says for whom it answers, and what it coordinates",
    "installation.founded.v1": "who may register the first agency",
    "network.dissolved.v1": "ESTABLISHED → DISSOLVED has no event in the table",
    "numbers.case_number_taken.v1": "case numbers come from a stream of their own",
    "referral.appointment_recorded.v1": "a referral without an appointment gets lost",
    "referral.cancellation_asked.v1": "after acceptance the sender can only ask",
    "referral.package_changed.v1": "a draft is changed until it is sent",
    "trail.statutory_disclosure_reviewed.v1": "a filing is reviewed within 7 days as well",
}

BOTH: Final = "a stay ends in one commit with an aftercare that starts, or during one that goes on"
# Added and left out, each with its reason; a row as ``before Event after``, an arrow without it.
ARROWS: Final[Mapping[str, Arrows]] = {
    "domain.case.course:STATUS": Arrows(
        more={
            "ACTIVE CaseCarriedOver ACTIVE": "into the next fiscal year's ledger (§5.1)",
            "CLOSED CaseReopened CONTACT": "what was never accepted is no more so now",
        }
    ),
    "domain.case.course:STAGE": Arrows(
        more={
            "— CaseOpened CONSULTATION": "where every case begins",
            "CONSULTATION AftercareStarted AFTERCARE": "no fixed pathway: stages may be skipped",
            "ASSESSMENT AftercareStarted AFTERCARE": "no fixed pathway: stages may be skipped",
            "COMMUNITY_SUPPORT AftercareStarted AFTERCARE": BOTH,
            "TEMPORARY_PROTECTION StayEnded AFTERCARE": BOTH,
            "RESIDENTIAL_SUPPORT StayEnded AFTERCARE": BOTH,
        },
        less={
            "TEMPORARY_PROTECTION StayEnded + AftercareStarted AFTERCARE": BOTH,
            "RESIDENTIAL_SUPPORT StayEnded + AftercareStarted AFTERCARE": BOTH,
        },
    ),
    "domain.meeting.course:MEETING": Arrows(
        more={
            "— MeetingRequested REQUESTED": "a request begins the meeting it leads to",
            "REQUESTED MeetingPlanned PLANNED": "a request begins the meeting it leads to",
            "REQUESTED MeetingCancelled CANCELLED": "and is answered also where nobody will meet",
            "MINUTED MinutesConfirmed CONFIRMED": "two events are two steps",
            "CONFIRMED MinutesShared SHARED": "two events are two steps",
        },
        less={"MINUTED MinutesConfirmed + MinutesShared SHARED": "two events are two steps"},
    ),
    "domain.consent_ledger.grants:GRANT": Arrows(
        more={
            "— REFUSED": "she may refuse before anything was explained",
            "EXPLAINED WITHDRAWN": "she may take back what was only explained so far",
        }
    ),
    "domain.emergency:EMERGENCY": Arrows(
        more={
            "REQUESTED HALF_AUTHORISED": "what overrides her needs two authorisers",
            "HALF_AUTHORISED AUTHORISED": "what overrides her needs two authorisers",
            "REQUESTED LAPSED": "a request nobody authorises ends by the clock",
            "HALF_AUTHORISED LAPSED": "a request nobody authorises ends by the clock",
        }
    ),
    "domain.trail.purges:PURGE": Arrows(
        more={
            "OVERDUE ACKNOWLEDGED": "a late answer is an answer",
            "OVERDUE DECLINED": "a late answer is an answer",
        },
        less={"REQUESTED OVERDUE": "by the clock, and so without an event"},
    ),
    "domain.erasure:ERASURE": Arrows(
        more={"RESTRICTED REFUSED": "what was only stopped so far may still be refused"}
    ),
    "domain.grievance:GRIEVANCE": Arrows(
        more={
            "ESCALATED ACKNOWLEDGED": "it goes on where it was taken to",
            "ESCALATED INVESTIGATING": "it goes on where it was taken to",
            "REOPENED INVESTIGATING": "it goes on as before it was answered",
        }
    ),
}

# What leaves a state as it is, beside what the tables say of it, and in which states it may happen.
BEFORE: Final = "PLANNED CONVENED"
AT_IT: Final = "HELD MINUTED"
STAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "domain.referral.states:REFERRAL": {
        "PackageChanged": "DRAFT",
        "AppointmentRecorded": "ACCEPTED",
        "CancellationAsked": "ACCEPTED",
    },
    "domain.meeting.course:MEETING": {
        "AgendaSet": BEFORE,
        "InviteeAdded": BEFORE,
        # Whoever may no longer know of it goes, whenever that is.
        "InviteeRemoved": f"{BEFORE} {AT_IT} CONFIRMED SHARED CLOSED CANCELLED",
        "CaseTabled": f"{BEFORE} {AT_IT}",
        "InformationProvided": f"CONVENED {AT_IT}",
        "MaterialFiled": f"{BEFORE} {AT_IT} CONFIRMED SHARED",
        "CaseReviewed": AT_IT,
        "CaseReviewDeferred": AT_IT,
        "DecisionRecorded": AT_IT,
        "RoleAllocated": AT_IT,
        "DisagreementRecorded": AT_IT,
        "MainSupportAgencyDesignated": AT_IT,
        "IssueCarriedForward": AT_IT,
        "NextMeetingSet": AT_IT,
        "ActivityReported": AT_IT,
        # Minutes are drafted again until they are confirmed, and shared with who asks for them.
        "MinutesDrafted": "MINUTED",
        "MinutesShared": "SHARED",
        # What was decided is done after the meeting.
        "DecisionAcknowledged": f"{AT_IT} CONFIRMED SHARED CLOSED",
        "DecisionProgressReported": f"{AT_IT} CONFIRMED SHARED CLOSED",
    },
}

MACHINES_BESIDE: Final[Mapping[str, str]] = {
    "SERVICE": "the statuses of a link to a service, which the table of its event names",
    "BUNDLE": "opened, then completed",
    "NEED": "identified, then closed",
    "AFTERCARE": "started, rescheduled, ended",
    "FORUM": "a meeting of others has no minutes of ours: it is planned, held, closed",
}
