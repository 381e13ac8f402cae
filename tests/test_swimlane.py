"""Who hands her to whom, and who answers for her meanwhile, from what may be seen."""

from datetime import date
from functools import reduce
from typing import Final

from msgspec.structs import replace

from domain.case import CaseAccepted, CaseClosed, CaseReopened, ResponsibilityMoved
from domain.model import CLOSED, CaseId, Event, NetworkId, ReferralId, StreamId
from domain.referral import HandoverConfirmed, ReferralDrafted, ReferralSent
from projections.swimlane import Lanes, Step, evolve
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id

ON: Final = date(2026, 5, 13)
HERE: Final = StreamId(an_id(50))
ACCEPTED: Final = CaseAccepted(
    accepted_on=ON,
    ledger_network_id=NetworkId(an_id(51)),
    case_number="2026-0001",
    main_responsible=CITY.agency,
)
CLOSING: Final = CaseClosed(on=ON, reason="GOALS_MET", outcome=None, subject_wish=None)
REOPENED: Final = CaseReopened(on=ON, reason="NEW_DIFFICULTIES", subject_wish="もう一度")
MOVED: Final = ResponsibilityMoved(
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
    from_remains=False,
    decided_by=ReferralId(an_id(52)),
)
DRAFTED: Final = ReferralDrafted(
    referral_id=ReferralId(an_id(52)),
    case_id=CaseId(an_id(53)),
    kind="COMMISSION",
    from_agency=CITY.agency,
    to_agency=SHELTER.agency,
    purpose="PROTECTION",
    urgency="HIGH",
)
SENT: Final = ReferralSent(sent_at=NOW, accompanied=False)
CONFIRMED: Final = HandoverConfirmed(on=ON, referrer_remains=True)


def after(*events: Event) -> Lanes:
    return reduce(lambda lanes, event: evolve(lanes, HERE, event), events, Lanes())


def closed(event: Event, *fields: str) -> Event:
    return replace(event, **dict.fromkeys(fields, CLOSED))


def test_nobody_holds_the_baton_before_acceptance_nor_after_closure() -> None:
    told = (after(), after(ACCEPTED), after(ACCEPTED, CLOSING), after(ACCEPTED, CLOSING, REOPENED))
    assert [lanes.holder for lanes in told] == [None, CITY.agency, None, CITY.agency]


def test_it_moves_in_one_step() -> None:
    lanes = after(ACCEPTED, MOVED)
    assert lanes.holder == CENTRE.agency
    assert lanes.step == Step(mark="MOVED", of=CITY.agency, to=CENTRE.agency)


def test_whoever_takes_the_place_of_one_that_is_no_more_holds_it_when_she_comes_back() -> None:
    instead = replace(MOVED, decided_by=None)
    assert after(ACCEPTED, CLOSING, REOPENED, instead).holder == CENTRE.agency


def test_of_a_case_that_nobody_accepted_there_is_none() -> None:
    assert after(CLOSING, REOPENED, replace(MOVED, decided_by=None)).holder is None


def test_where_it_may_not_be_seen_who_holds_it_somebody_does() -> None:
    assert after(closed(ACCEPTED, "main_responsible")).holder == "UNSEEN"
    assert after(ACCEPTED, closed(MOVED, "to_agency")).holder == "UNSEEN"


def test_whoever_sees_of_it_only_that_it_moved_sees_it_from_then_on() -> None:
    assert after(MOVED).holder == CENTRE.agency
    assert after(replace(CONFIRMED, main_responsible_to=CENTRE.agency)).holder == CENTRE.agency


def test_a_handover_of_something_else_leaves_it_where_it_is() -> None:
    for confirmed in (CONFIRMED, closed(CONFIRMED, "main_responsible_to")):
        lanes = after(ACCEPTED, DRAFTED, confirmed)
        assert lanes.holder == CITY.agency
        assert lanes.step == Step(mark="HANDED_OVER", of=CITY.agency, to=SHELTER.agency)


def test_an_arrow_goes_to_whom_the_draft_named_as_far_as_that_was_seen() -> None:
    unseen = closed(DRAFTED, "to_agency")
    assert after(DRAFTED, SENT).step == Step(mark="SENT", of=CITY.agency, to=SHELTER.agency)
    assert after(unseen, SENT).step == Step(mark="SENT", of=CITY.agency, to="UNSEEN")
    assert after(SENT).step == Step(mark="SENT")
