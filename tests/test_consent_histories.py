"""Consent, whatever is asked about it, by whom and in whatever order."""

from typing import Final

import msgspec
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.categories import CategoryCode
from domain.consent_ledger import (
    ConsentCommand,
    ConsentEvent,
    ConsentExplained,
    ConsentGranted,
    ConsentNarrowed,
    ConsentRefused,
    ConsentWithdrawn,
    NarrowConsent,
    WithdrawConsent,
    in_force,
)
from domain.consent_ledger.events import GrantEvent
from domain.model import CLOSED, ERASED, Context, GrantId, Withheld
from domain.speech import Refused
from tests.consenting import LEDGER, explain, explained, grant, refuse
from tests.spec import CENTRE, CITY, POLICE, an_id, later, making, without_words

GRANTS: Final = [GrantId(an_id(number)) for number in (801, 802)]
SOME_CATEGORIES: Final[list[CategoryCode]] = ["IDN", "CNT", "LOC", "HLT"]


@st.composite
def commands(draw: st.DrawFn) -> ConsentCommand:
    """What may be asked about two grants, in any order, and not always rightly."""
    grant_id = draw(st.sampled_from(GRANTS))
    rightly = msgspec.structs.replace(grant, grant_id=grant_id)
    choices: list[ConsentCommand] = [
        explain,
        rightly,
        msgspec.structs.replace(
            rightly,
            recipients=draw(st.frozensets(st.sampled_from([CENTRE.agency, POLICE.agency]))),
            categories=draw(st.frozensets(st.sampled_from(SOME_CATEGORIES))),
        ),
        refuse,
        msgspec.structs.replace(refuse, grant_id=grant_id),
        WithdrawConsent(grant_id=grant_id),
        NarrowConsent(
            grant_id=grant_id,
            removed_categories=draw(st.frozensets(st.sampled_from(SOME_CATEGORIES))),
        ),
    ]
    return draw(st.sampled_from(choices))


asks = st.lists(
    st.tuples(commands(), st.sampled_from([CITY, CENTRE, POLICE])), min_size=3, max_size=14
)
Asks = list[tuple[ConsentCommand, Context]]


@for_any(asks)
def test_what_she_refused_or_took_back_is_never_in_force_again(asked: Asks) -> None:
    ended: set[GrantId] = set()
    for event in story(asked):
        if isinstance(event, ConsentGranted):
            assert event.grant_id not in ended
        if isinstance(event, ConsentRefused | ConsentWithdrawn):
            ended.add(event.grant_id)


@for_any(asks)
def test_what_she_took_out_is_never_in_it_again(asked: Asks) -> None:
    out: set[tuple[GrantId, CategoryCode]] = set()
    events = story(asked)
    for number, event in enumerate(events):
        if isinstance(event, ConsentNarrowed):
            out |= {(event.grant_id, category) for category in event.removed_categories}
        held = in_force(LEDGER.replay(events[: number + 1]), later(CITY, days=100).at)
        for grant_id, each in held.items():
            assert not {(grant_id, category) for category in each.categories} & out


@for_any(asks)
def test_nothing_is_ever_granted_beyond_what_was_explained_before(asked: Asks) -> None:
    before: dict[GrantId, ConsentExplained] = {}
    for event in story(asked):
        if isinstance(event, ConsentExplained):
            before[event.grant_id] = event
        if isinstance(event, ConsentGranted):
            assert event.recipients <= before[event.grant_id].recipients
            assert event.categories <= before[event.grant_id].categories


@for_any(asks, st.sampled_from([CITY, CENTRE]))
def test_whatever_was_asked_before_she_can_take_it_back(asked: Asks, by: Context) -> None:
    events = story(asked)
    last_of = {event.grant_id: event for event in events if isinstance(event, GrantEvent)}
    for last in last_of.values():
        take_back = WithdrawConsent(grant_id=last.grant_id)
        after = LEDGER.decide(LEDGER.replay(events), take_back, by)
        assert bool(after) != isinstance(last, ConsentRefused | ConsentWithdrawn)
        assert LEDGER.decide(LEDGER.replay((*events, *after)), take_back, by) == ()


@for_any(asks, st.sampled_from([CLOSED, ERASED]))
def test_what_was_erased_or_stays_closed_stops_no_fold(asked: Asks, withheld: Withheld) -> None:
    events = story(asked)
    assert LEDGER.replay(without_words(e, withheld) for e in events) == LEDGER.replay(events)


def story(asked: Asks) -> tuple[ConsentEvent, ...]:
    """What happened after both were explained, of all that was asked, a day apart."""
    events: tuple[ConsentEvent, ...] = tuple(
        msgspec.structs.replace(explained, grant_id=grant_id) for grant_id in GRANTS
    )
    for day, (command, by) in enumerate(asked):
        then = making(later(by, days=day), an_id(1000 + day))
        try:
            events += LEDGER.decide(LEDGER.replay(events), command, then)
        except Refused:
            continue
    return events
