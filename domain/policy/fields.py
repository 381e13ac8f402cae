"""Fields that the policy (開示の決まり) speaks of one by one. Data, and no code."""

from collections.abc import Mapping
from typing import Final

# What corrects says the same fields anew: what is left out of one is left out of the other. Of
# ``case.record_corrected.v1`` the new value is the field that it names.
SAYS_ANEW: Final[Mapping[str, str]] = {
    "case.subject_details_corrected.v1": "case.subject_identified.v1"
}
# Beside CHD: what tells of the children who are elsewhere, in words about her.
OF_CHILDREN: Final = frozenset({"case.stay_started.v1/elsewhere_places"})
CASE_NUMBERS: Final = frozenset(
    {
        "case.accepted.v1/case_number",
        "case.carried_over.v1/case_number",
        "case.transferred.v1/case_number",
        "numbers.case_number_taken.v1/number",
    }
)
# The installation gives it: it is no record of the agency that answers for her.
CARRIED_OVER: Final = "case.carried_over.v1/case_number"
# Of a role that came into the case from a meeting; nobody in particular has recorded it.
GIVEN_BY_RULE: Final = frozenset(
    {"case.role_assigned.v1/function", "case.role_assigned.v1/agency_id"}
)
IN_LEDGER: Final = (
    CASE_NUMBERS
    | GIVEN_BY_RULE
    | {
        "case.accepted.v1/main_responsible",
        "case.responsibility_moved.v1/to_agency",
        "meeting.case_reviewed.v1/reviewed_on",
    }
)
# Of what stands in her ledger, all that is not CNS.
IN_HER_LEDGER: Final = frozenset(
    {
        "consent.granted.v1/conditions",
        "consent.granted.v1/conditions_text",
        "consent.withdrawn.v1/reason",
        "consent.emergency_requested.v1/impracticability_text",
        "consent.emergency_requested.v1/danger",
        "consent.emergency_requested.v1/danger_place",
        "consent.emergency_requested.v1/danger_text",
        "consent.emergency_disclosure_authorised.v1/impracticability_text",
        "consent.emergency_disclosure_authorised.v1/danger",
        "consent.emergency_disclosure_authorised.v1/danger_place",
        "consent.emergency_disclosure_authorised.v1/danger_text",
        "consent.statutory_disclosure_recorded.v1/text",
    }
)
IN_NOTICE: Final = frozenset(
    {
        "consent.withdrawn.v1/grant_id",
        "consent.withdrawn.v2/grant_id",
        "consent.narrowed.v1/grant_id",
        "consent.narrowed.v1/removed_categories",
        "trail.purge_requested.v1/purge_id",
        "trail.purge_requested.v1/grant_id",
        "trail.purge_requested.v1/emergency_id",
        "trail.purge_requested.v1/statutory_id",
        "trail.purge_requested.v1/covers",
        "trail.purge_requested.v1/due",
    }
)
