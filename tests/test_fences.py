"""Two at one moment: which of what is asked on the same past must not both go in, and by which key.

The log refuses the second where a stream that it writes has moved on, or where a key that it reads
was stamped meanwhile. Each race says the whole of what keeps the second out, so that no key can go
without one of them noticing.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias, get_args

import pytest

from domain.case import EndRole
from domain.consent_codes import ErasureDecision, ErasureGround
from domain.consent_ledger import NarrowConsent, WithdrawConsent
from domain.exclusions import SetExclusion
from domain.model import GrantId, Stamp
from tests.peers import Midorino, midorino
from tests.racing import (
    Begins,
    accepted_and_declined,
    accepting,
    agreed_until_then_and_called_off,
    agreed_until_then_and_closed,
    agreeing_beside_a_note,
    asks,
    authorising,
    closed_and_agreed_until_then,
    closed_and_drafted,
    closed_and_sent,
    deciding_what_she_asked,
    dissolved_and_entering,
    drafted_and_closed,
    drafted_by_two,
    drafting_beside_a_note,
    ended_and_authorised,
    ended_and_decided,
    entering_and_all_reviewed,
    followed_and_accepted,
    followed_and_given_a_role,
    gone_and_given_in_an_emergency,
    gone_and_told_by_law,
    handed_over_and_shut_out,
    joining_and_entering,
    left_and_entering,
    left_and_meeting,
    left_and_writing,
    let_go_and_sending_on,
    let_go_and_writing,
    of_two_agencies,
    of_two_cases,
    of_two_networks,
    providing,
    refused_and_authorised,
    sending,
    sent_and_closed,
    sent_to_two,
    shut_out_and_given_a_role,
    shut_out_and_invited,
    starting_a_stay,
    suspended_and_asked_to_help,
    suspended_and_helping,
    taken_over_by_two,
    telling_while_somebody_is_sent_to_her,
    two_writing,
    uninvited_and_told,
    withdrawn_and_accepted,
)
from tests.world import Asked

Kept: TypeAlias = Stamp | Literal["stream"]
RESTS_ON_WHAT_SHE_SAID: Final = (sending, accepting, starting_a_stay, providing)


@pytest.mark.parametrize("begins", RESTS_ON_WHAT_SHE_SAID, ids=lambda each: each.__name__)
def test_what_rests_on_her_consent_is_decided_again_when_she_takes_it_back(
    begins: Callable[[Midorino], tuple[GrantId, Asked]],
) -> None:
    here = midorino()
    grant, second = begins(here)
    take_back = asks(here, here.city, WithdrawConsent(grant_id=grant))
    assert here.world.race(take_back, second) == {"case"}


@pytest.mark.parametrize("begins", RESTS_ON_WHAT_SHE_SAID, ids=lambda each: each.__name__)
def test_what_rests_on_her_consent_is_decided_again_when_she_narrows_it(
    begins: Callable[[Midorino], tuple[GrantId, Asked]],
) -> None:
    here = midorino()
    grant, second = begins(here)
    less = NarrowConsent(grant_id=grant, removed_categories=frozenset({"IDN"}))
    assert here.world.race(asks(here, here.city, less), second) == {"case"}


@pytest.mark.parametrize(
    "begins", [*RESTS_ON_WHAT_SHE_SAID, authorising], ids=lambda each: each.__name__
)
def test_what_gives_her_to_somebody_is_decided_again_when_she_shuts_somebody_out(
    begins: Callable[[Midorino], tuple[GrantId, Asked]],
) -> None:
    here = midorino()
    _, second = begins(here)
    whom = here.police if begins is authorising else here.ayumi
    shut_out = asks(here, here.city, SetExclusion(agency_id=whom.agency))
    kept_out = here.world.race(shut_out, second)
    assert kept_out == ({"case", "stream"} if begins is authorising else {"case"})


@pytest.mark.parametrize("begins", RESTS_ON_WHAT_SHE_SAID, ids=lambda each: each.__name__)
def test_she_waits_for_nobody(begins: Callable[[Midorino], tuple[GrantId, Asked]]) -> None:
    """INV-C5: whatever goes in at the same moment, the withdrawal goes in behind it."""
    here = midorino()
    grant, first = begins(here)
    take_back = asks(here, here.city, WithdrawConsent(grant_id=grant))
    assert here.world.race(first, take_back) == frozenset()


def test_she_does_not_wait_either_for_what_narrows_somewhere_else() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    take_back = asks(here, here.city, WithdrawConsent(grant_id=here.agrees(here.ayumi)))
    end = EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency)
    assert here.world.race(asks(here, here.city, end), take_back) == frozenset()


def test_who_stops_the_use_of_her_record_waits_for_nobody() -> None:
    here = midorino()
    narrows, decide = deciding_what_she_asked(here)
    assert here.world.race(narrows, decide("RESTRICT", "RETENTION_RUNNING")) == frozenset()
    assert here.world.shows(here.city, here.case) == []


@pytest.mark.parametrize(
    ("decision", "grounds"), [("ERASE", "ERASURE_DUTY"), ("REFUSE", "LEGAL_HOLD")]
)
def test_what_is_erased_for_good_or_used_on_is_decided_on_what_stands_now(
    decision: ErasureDecision, grounds: ErasureGround
) -> None:
    here = midorino()
    narrows, decide = deciding_what_she_asked(here)
    assert here.world.race(narrows, decide(decision, grounds)) == {"case"}


def test_what_was_stopped_is_used_again_on_what_stands_now() -> None:
    here = midorino()
    narrows, decide = deciding_what_she_asked(here)
    stop = decide("RESTRICT", "RETENTION_RUNNING")
    here.says(stop.who, stop.command)
    assert here.world.race(narrows, decide("REFUSE", "LEGAL_HOLD")) == {"case"}


KEPT_OUT: Final[Mapping[Begins, frozenset[Kept]]] = {
    refused_and_authorised: frozenset({"case", "stream"}),
    shut_out_and_given_a_role: frozenset({"case"}),
    shut_out_and_invited: frozenset({"case"}),
    uninvited_and_told: frozenset({"case", "stream"}),
    let_go_and_writing: frozenset({"case", "stream"}),
    let_go_and_sending_on: frozenset({"case"}),
    handed_over_and_shut_out: frozenset({"case"}),
    withdrawn_and_accepted: frozenset({"case", "stream"}),
    accepted_and_declined: frozenset({"stream"}),
    ended_and_authorised: frozenset({"case", "stream"}),
    closed_and_drafted: frozenset({"work"}),
    drafted_and_closed: frozenset({"work"}),
    closed_and_sent: frozenset({"work"}),
    sent_and_closed: frozenset({"work"}),
    closed_and_agreed_until_then: frozenset({"work"}),
    agreed_until_then_and_closed: frozenset({"work"}),
    agreed_until_then_and_called_off: frozenset({"work"}),
    drafted_by_two: frozenset({"work"}),
    sent_to_two: frozenset({"work"}),
    taken_over_by_two: frozenset({"work", "stream"}),
    ended_and_decided: frozenset({"agency"}),
    suspended_and_asked_to_help: frozenset({"agency"}),
    suspended_and_helping: frozenset({"agency"}),
    left_and_writing: frozenset({"agency"}),
    gone_and_told_by_law: frozenset({"agency"}),
    gone_and_given_in_an_emergency: frozenset({"agency"}),
    followed_and_accepted: frozenset({"agency"}),
    followed_and_given_a_role: frozenset({"agency"}),
    left_and_entering: frozenset({"network"}),
    dissolved_and_entering: frozenset({"network"}),
    left_and_meeting: frozenset({"network"}),
    entering_and_all_reviewed: frozenset({"ledger"}),
}


@pytest.mark.parametrize("begins", KEPT_OUT, ids=lambda each: each.__name__)
def test_what_must_not_both_go_in_is_decided_again(begins: Begins) -> None:
    here = midorino()
    first, second = begins(here)
    assert here.world.refuses(first.who, first.command, first.case) is None
    assert here.world.refuses(second.who, second.command, second.case) is None
    assert here.world.race(first, second) == KEPT_OUT[begins]


def test_each_key_keeps_something_out_by_itself() -> None:
    alone = {key for keys in KEPT_OUT.values() if len(keys) == 1 for key in keys}
    assert alone == {*get_args(Stamp), "stream"}


# What goes in together


def test_of_two_who_write_in_her_case_the_second_goes_in_behind_the_first() -> None:
    here = midorino()
    first, second = two_writing(here)
    assert here.world.race(first, second) == {"stream"}
    assert here.world.refuses(second.who, second.command, second.case) is None


@pytest.mark.parametrize(
    "begins",
    [
        drafting_beside_a_note,
        agreeing_beside_a_note,
        telling_while_somebody_is_sent_to_her,
        of_two_cases,
        of_two_agencies,
        of_two_networks,
        joining_and_entering,
    ],
    ids=lambda each: each.__name__,
)
def test_what_has_nothing_to_do_with_each_other_goes_in_together(begins: Begins) -> None:
    here = midorino()
    first, second = begins(here)
    before = len(here.world.log)
    assert here.world.race(first, second) == frozenset()
    assert len(here.world.log) >= before + 2
