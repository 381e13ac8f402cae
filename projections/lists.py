"""Lists (一覧の目録): every list there is."""

from typing import Any, Final

from projections.case_activity import CASE_ACTIVITY
from projections.case_list import CASE_LIST
from projections.referral_board import REFERRAL_BOARD
from projections.tables import Projection

LISTS: Final[tuple[Projection[Any, Any], ...]] = (CASE_LIST, CASE_ACTIVITY, REFERRAL_BOARD)
