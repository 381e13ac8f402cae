"""At the same moment: what is decided on the same past, and must not both go in."""

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
import pytest

from domain.case import TransferCase
from domain.case.stay_events import CancelStay, EndStay, StartStay
from domain.catalogue import AnyCommand
from domain.consent_ledger import GrantConsent, WithdrawConsent
from domain.meeting.commands import (
    CancelMeeting,
    CloseMeeting,
    DeferReview,
    RecordDecision,
    ReviewCase,
)
from domain.model import GrantId, MeetingId
from domain.referral import ConfirmHandover, SendInquiry, SendReferral
from services.deciding import scope_of
from tests.peers import Midorino, midorino
from tests.test_consent_together import (
    FORUM,
    a_stay,
    close,
    explain,
    grant_until_the_close,
    last_grant,
    moves_on,
    network_of,
    until_held,
)
from tests.test_meeting_together import TOLD, designates, disagree, led_by_the_city, meets
from tests.world import Someone

Both: TypeAlias = tuple[tuple[Someone, AnyCommand], tuple[Someone, AnyCommand]]


def each_sees_the_other(begin: Callable[[], Midorino], both: Callable[[Midorino], Both]) -> bool:
    """Whichever is first."""
    here, there = begin(), begin()
    first, second = both(here)
    last, before = both(there)
    return here.world.overtakes(first, second, here.case) and there.world.overtakes(
        before, last, there.case
    )


# Her consent


def to_grant(here: Midorino, **until: Any) -> GrantConsent:
    """She is about to agree, until something that is about to end."""
    asked = GrantId(here.says(here.city, explain(here)).made)
    return msgspec.structs.replace(grant_until_the_close(here, asked, None), **until)


def closing(here: Midorino) -> Both:
    return (here.city, close), (here.city, to_grant(here, until_event="CASE_CLOSE"))


def moving_on(here: Midorino) -> Both:
    moves_on(here)
    transfer = TransferCase(network_id=network_of(here))
    return (here.centre, transfer), (here.city, to_grant(here, until_event="CASE_TRANSFER"))


def handing_on(here: Midorino) -> Both:
    network = network_of(here)
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=True, network_id=network)
    return (here.centre, confirm), (here.city, to_grant(here, until_event="CASE_TRANSFER"))


def going(here: Midorino) -> Both:
    stay, _ = a_stay(here)
    here.says(here.city, WithdrawConsent(grant_id=last_grant(here)))
    here.says(
        here.centre,
        StartStay(stay_id=stay, location="緑野市 川端町 3-1", age_band="30S", reason_code="DV"),
    )
    end = EndStay(stay_id=stay, destination_kind="OWN_HOUSING", without_aftercare="DECLINED")
    until_then = to_grant(here, until_event="STAY_END", until_stay=stay)
    return (here.centre, end), (here.city, until_then)


def calling_off(here: Midorino) -> Both:
    stay, _ = a_stay(here)
    here.says(here.city, WithdrawConsent(grant_id=last_grant(here)))
    until_then = to_grant(here, until_event="STAY_END", until_stay=stay)
    return (here.centre, CancelStay(stay_id=stay, reason="NO_PLACE")), (here.city, until_then)


def parting(here: Midorino) -> Both:
    meeting = MeetingId(here.says(here.city, FORUM).made)
    here.agrees(here.city, here.ayumi)
    for step in until_held(here, meeting):
        here.says(here.city, step)
    until_then = to_grant(here, until_event="MEETING_CLOSE", via_meeting=meeting)
    return (here.city, CloseMeeting(meeting_id=meeting)), (here.city, until_then)


def not_meeting(here: Midorino) -> Both:
    meeting = MeetingId(here.says(here.city, FORUM).made)
    cancel = CancelMeeting(meeting_id=meeting, reason="本人が集まりを望まない。")
    until_then = to_grant(here, until_event="MEETING_CLOSE", via_meeting=meeting)
    return (here.city, cancel), (here.city, until_then)


@pytest.mark.parametrize(
    "about_to_end",
    [closing, moving_on, handing_on, going, calling_off, parting, not_meeting],
    ids=lambda each: each.__name__,
)
def test_what_ends_and_what_was_to_last_until_then_see_each_other(
    about_to_end: Callable[[Midorino], Both],
) -> None:
    """No consent outlives what it was given for."""
    assert each_sees_the_other(midorino, about_to_end)


def test_what_she_takes_back_still_waits_for_nobody() -> None:
    here = midorino()
    grant = here.agrees(here.ayumi)
    take_back = WithdrawConsent(grant_id=grant)
    by = here.world.asking(here.city)
    assert scope_of(take_back, here.case, here.case, by).fence_keys(by, narrows=True) == ()


# Closing


def sending(here: Midorino) -> Both:
    referral = here.drafts(here.city, here.ayumi)
    return (here.city, SendReferral(referral_id=referral)), (here.city, close)


def inquiring(here: Midorino) -> Both:
    joining = here.sends(here.city, here.centre)
    here.accepts(here.centre, joining, "MAIN_SUPPORT")
    here.confirms(here.centre, joining)
    referral = here.drafts(here.centre, here.shirahama, "OUT_OF_PREFECTURE")
    ask = SendInquiry(referral_id=referral, age_band="20S", family_size=1)
    return (here.centre, ask), (here.city, close)


@pytest.mark.parametrize("begin", [sending, inquiring], ids=lambda each: each.__name__)
def test_no_case_is_closed_while_she_is_being_sent_to_somebody(
    begin: Callable[[Midorino], Both],
) -> None:
    assert each_sees_the_other(midorino, begin)


# Meetings


def in_two_meetings(here: Midorino) -> tuple[MeetingId, MeetingId]:
    return meets(here, "PRACTITIONERS"), meets(here, "PRACTITIONERS")


def putting_off(here: Midorino) -> Both:
    first, second = in_two_meetings(here)
    defer = DeferReview(meeting_id=first, reason="担当者が出席できない。")
    return (here.city, defer), (here.city, msgspec.structs.replace(defer, meeting_id=second))


def reviewing(here: Midorino) -> Both:
    first, second = in_two_meetings(here)
    review = ReviewCase(
        meeting_id=first, responsible_agency=here.city.agency, situation="落ち着いている。"
    )
    return (here.city, review), (here.city, msgspec.structs.replace(review, meeting_id=second))


def designating(here: Midorino) -> Both:
    first, second = meets(here), meets(here)
    here.says(here.city, disagree(first, here.city, here.ayumi))
    return (here.city, designates(here.ayumi, first)), (here.city, designates(here.city, second))


def settling(here: Midorino) -> Both:
    """They agree in one meeting; another, where they had not, is about to have one designated."""
    first, second = meets(here), meets(here)
    here.says(here.city, disagree(first, here.city, here.ayumi))
    agreed = RecordDecision(
        meeting_id=first,
        kind="ROLE_ALLOCATION",
        settles=True,
        text="あゆみが日々の支援を担う。",
        agreed=frozenset({here.city.agency, here.ayumi.agency}),
    )
    return (here.city, agreed), (here.city, designates(here.city, second))


def led_by_the_city_who_may_be_told() -> Midorino:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    return here


@pytest.mark.parametrize(
    "both",
    [putting_off, reviewing, designating, settling],
    ids=lambda each: each.__name__,
)
def test_what_one_meeting_says_of_her_case_another_at_the_same_time_sees(
    both: Callable[[Midorino], Both],
) -> None:
    """INV-M2, INV-M7: it is put off once, and one agency is designated."""
    assert each_sees_the_other(led_by_the_city_who_may_be_told, both)
