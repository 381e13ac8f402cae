"""Lists (一覧の目録): every list there is."""

from typing import Any, Final

from projections.case_activity import CASE_ACTIVITY
from projections.case_list import CASE_LIST
from projections.disclosures import DISCLOSURES
from projections.feed import FEED
from projections.grievance_register import GRIEVANCE_REGISTER
from projections.ledger import LEDGER_ENDS, LEDGER_ENTRIES
from projections.meetings import MEETING_CASES, MEETING_INVITEES, MEETINGS
from projections.referral_board import CASE_EXCLUSIONS, REFERRAL_BOARD
from projections.roster import AGENCY_ROSTER, NETWORKS
from projections.tables import Projection
from projections.timers import TIMERS
from projections.whose_work import (
    CASE_DUTY,
    GIVEN_TO,
    NETWORK_DUTY,
    REPRESENTATIVES,
    STOPPED,
    SUCCESSIONS,
)
from projections.work_passed_on import ABSENCES, OPERATOR, TOLD_UNDER
from projections.work_queue import WORK_QUEUE

LISTS: Final[tuple[Projection[Any, Any], ...]] = (
    CASE_LIST,
    CASE_ACTIVITY,
    LEDGER_ENTRIES,
    LEDGER_ENDS,
    DISCLOSURES,
    REFERRAL_BOARD,
    CASE_EXCLUSIONS,
    MEETINGS,
    MEETING_INVITEES,
    MEETING_CASES,
    GRIEVANCE_REGISTER,
    AGENCY_ROSTER,
    NETWORKS,
    TIMERS,
    WORK_QUEUE,
    ABSENCES,
    TOLD_UNDER,
    OPERATOR,
    CASE_DUTY,
    NETWORK_DUTY,
    STOPPED,
    SUCCESSIONS,
    GIVEN_TO,
    REPRESENTATIVES,
    FEED,
)
