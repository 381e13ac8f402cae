"""Her case as the examples tell it: the city opened it and answers for her, and others help."""

from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from domain.case import (
    CASE,
    CaseAccepted,
    CaseCommand,
    CaseEvent,
    CaseOpened,
    Facts,
    KnownCase,
    ResponsibilityMoved,
    RoleAssigned,
    case_among,
)
from domain.case.closing import (
    CaseClosed,
    CaseErased,
    CaseReopened,
    CaseTransferred,
    DataRestricted,
    RestrictionLifted,
)
from domain.case.companions import CompanionAdded
from domain.model import ErasureRequestId, NetworkId, ReferralId
from tests.beside import AGENCIES, CONTRACT, HER, HER_SON, NPO
from tests.spec import CENTRE, CITY, Given, an_id, given

MIDORINO: Final = NetworkId(an_id(500))  # 緑野市
WAKABA: Final = NetworkId(an_id(501))  # 若葉市
HANDOVER: Final = ReferralId(an_id(300))
TODAY: Final = date(2026, 5, 13)
__all__ = ["AGENCIES", "CASE", "CONTRACT", "HER", "HER_SON"]

FACTS: Final = Facts(
    number="2026-0017",
    networks={
        MIDORINO: frozenset({CITY.agency, CENTRE.agency}),
        WAKABA: frozenset({CENTRE.agency, NPO.agency}),
    },
    whole_handovers=frozenset({HANDOVER}),
    agencies=AGENCIES,
)


def knowing(**known: Any) -> Facts:
    """The rest as it is in ``FACTS``."""
    return replace(FACTS, **known)


def her_case(*events: CaseEvent, facts: Facts = FACTS) -> Given[Any, CaseCommand, CaseEvent]:
    return given(case_among(facts), *events)


def known(*events: CaseEvent) -> KnownCase:
    case = CASE.replay(events)
    assert isinstance(case, KnownCase)
    return case


opened = CaseOpened(
    subject_id=HER,
    anonymous=True,
    opened_by_agency=CITY.agency,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
    at_risk_only=False,
)
accepted = CaseAccepted(
    accepted_on=TODAY,
    ledger_network_id=MIDORINO,
    case_number="2026-0017",
    main_responsible=CITY.agency,
    review_by=date(2026, 8, 13),
)
with_her_son = CompanionAdded(
    person_id=HER_SON,
    companion="CHILD",
    relation="CHILD",
    name="相川そら",
    birth_year=2019,
    birth_date=date(2019, 6, 1),
    custody="IN_DISPUTE",
    whereabouts=None,
)
supporting = RoleAssigned(function="MAIN_SUPPORT", agency_id=NPO.agency)
handed_over = ResponsibilityMoved(
    from_agency=CITY.agency, to_agency=CENTRE.agency, from_remains=True, decided_by=HANDOVER
)
transferred = CaseTransferred(
    on=TODAY,
    to_network=WAKABA,
    to_agency=CENTRE.agency,
    case_number="2026-0017",
    referral_id=HANDOVER,
    review_by=date(2026, 8, 13),
)
moved_away = replace(
    transferred,
    to_network=None,
    case_number=None,
    review_by=None,
    retained_until=date(2031, 5, 13),
)
closed = CaseClosed(
    on=TODAY,
    reason="GOALS_MET",
    outcome="自分の部屋で暮らし始めた。",
    subject_wish="もう大丈夫。",
    retained_until=date(2031, 5, 13),
)
reopened = CaseReopened(
    on=TODAY,
    reason="NEW_DIFFICULTIES",
    review_by=date(2026, 8, 13),
    subject_wish="また相談したい。",
)
restricted = DataRestricted(
    request_id=ErasureRequestId(an_id(801)),
    decided_by=CITY.agency,
    basis="REQUEST",
    scope=frozenset({HER}),
)
lifted = RestrictionLifted(
    request_id=restricted.request_id,
    decided_by=CITY.agency,
    basis="REQUEST",
    scope=frozenset({HER}),
)
erased = CaseErased(
    request_id=restricted.request_id,
    decided_by=CITY.agency,
    basis="RETENTION_OVER",
    scope=frozenset({HER}),
)
