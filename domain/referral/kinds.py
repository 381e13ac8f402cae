"""What each kind of referral asks for (つなぎの種類ごとの決まり), as data."""

from collections.abc import Mapping
from typing import Final, NamedTuple, get_args

from domain.agency_codes import AgencyKind
from domain.codes import ConsentKind, ReferralKind, SupportFunction

ANY_ROLE: Final[frozenset[SupportFunction]] = frozenset(get_args(SupportFunction))
SUPPORT: Final[frozenset[SupportFunction]] = frozenset({"MAIN_SUPPORT", "SERVICE_PROVIDER"})
COORDINATION: Final[frozenset[SupportFunction]] = SUPPORT | frozenset[SupportFunction]({"CONVENOR"})
FOLLOW_UP: Final[frozenset[SupportFunction]] = SUPPORT | frozenset[SupportFunction](
    {"AFTERCARE_LEAD"}
)
CENTRE: Final[frozenset[AgencyKind]] = frozenset({"WOMENS_SUPPORT_CENTRE"})


class Terms(NamedTuple):
    """``None`` is any kind of agency."""

    receivers: frozenset[AgencyKind] | None
    roles: frozenset[SupportFunction]  # Which roles it gives,
    with_role: bool = True  # and whether whoever accepts has to take one.
    senders: frozenset[AgencyKind] | None = None
    hands_over: bool = False  # The receiver may come to answer for her.
    to_send: ConsentKind | None = None  # Her consent to the step itself, before it is sent,
    to_accept: ConsentKind | None = None  # and before it is accepted.


TERMS: Final[Mapping[ReferralKind, Terms]] = {
    "INTRODUCTION": Terms(None, SUPPORT, with_role=False),
    "SERVICE_LINK": Terms(None, SUPPORT),
    "TEMPORARY_PROTECTION_REQUEST": Terms(CENTRE, COORDINATION, hands_over=True),
    "COMMISSION": Terms(
        frozenset(
            {
                "TEMPORARY_PROTECTION_FACILITY",
                "PRIVATE_SHELTER",
                "STEP_HOUSE",
                "WOMENS_SELF_RELIANCE_FACILITY",
                "MOTHER_CHILD_LIVING_SUPPORT_FACILITY",
                "CHILD_WELFARE_FACILITY",
                "DISABILITY_FACILITY",
                "ELDERLY_FACILITY",
                "PRIVATE_SUPPORT_ORGANISATION",
            }
        ),
        SUPPORT,
        senders=CENTRE,
        to_accept="COMMISSIONED_PLACEMENT",
    ),
    "FACILITY_ADMISSION": Terms(
        frozenset(
            {
                "WOMENS_SELF_RELIANCE_FACILITY",
                "STEP_HOUSE",
                "DISABILITY_FACILITY",
                "ELDERLY_FACILITY",
            }
        ),
        SUPPORT,
        to_accept="FACILITY_ADMISSION",
    ),
    "MOTHER_CHILD_FACILITY": Terms(  # The welfare side admits to it.
        frozenset(
            {
                "MOTHER_CHILD_LIVING_SUPPORT_FACILITY",
                "WELFARE_OFFICE",
                "PREFECTURAL_WELFARE_OFFICE",
                "PREFECTURAL_BRANCH_OFFICE",
                "CHILD_WELFARE_DIVISION",
            }
        ),
        SUPPORT,
    ),
    "OUT_OF_PREFECTURE": Terms(
        CENTRE,
        COORDINATION,
        senders=CENTRE,
        hands_over=True,
        to_send="RELOCATION",
        to_accept="RELOCATION",
    ),
    "CHILD_GUIDANCE": Terms(frozenset({"CHILD_GUIDANCE_CENTRE"}), SUPPORT, with_role=False),
    "AFTERCARE_HANDOVER": Terms(None, FOLLOW_UP),
    "CASE_TRANSFER": Terms(None, ANY_ROLE, hands_over=True),
    "ADVICE_REQUEST": Terms(None, frozenset(), with_role=False),
}
# What is nothing else than handing her over; a request for protection may also be less.
WHOLE_HANDOVERS: Final[frozenset[ReferralKind]] = frozenset({"OUT_OF_PREFECTURE", "CASE_TRANSFER"})
