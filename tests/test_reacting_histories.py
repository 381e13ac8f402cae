"""Of every history: once all has settled, nothing rests on a consent that she has taken back."""

from functools import cache

import pytest

from domain.agency import KnownAgency
from domain.case import CaseErased
from domain.consent_ledger import ConsentNarrowed, ConsentWithdrawn, ConsentWithdrawnWordless
from domain.model import AgencyId, CaseId
from domain.policy import BESIDE
from domain.referral import NoReferral, Referral, ReferralEvent, WithdrawReferral
from domain.referral import evolve as referral_after
from domain.sharing import replay
from domain.trail.purges import PurgeRequested
from domain.visibility import covered, fields_of
from tests.histories import history
from tests.narrowing import Sight, Watching
from tests.settling import Settling
from tests.world import NOBODY, Entry, World

# In these something that waits for an answer rests on what she takes back,
WAITING = (23, 36)
SEEN = (2, 5, 7, 9)  # and in these others could see it.
TAKEN_BACK = (ConsentWithdrawn, ConsentWithdrawnWordless, ConsentNarrowed)


@cache
def settled(seed: int) -> World:
    world = history(seed).world
    Settling(world).pass_until(world.at)
    return world


def referrals_in(world: World) -> list[tuple[CaseId, Referral]]:
    found: dict[object, tuple[CaseId, Referral]] = {}
    for entry in world.log:
        if isinstance(entry.told.event, ReferralEvent) and entry.case:
            _, before = found.get(entry.told.stream, (entry.case, NoReferral()))
            found[entry.told.stream] = entry.case, referral_after(before, entry.told.event)
    return [*found.values()]


@pytest.mark.parametrize("seed", WAITING)
def test_nothing_that_waits_for_an_answer_rests_on_what_is_over(seed: int) -> None:
    world = history(seed).world
    Settling(world).settle()
    for case, referral in referrals_in(world):
        if not isinstance(referral, NoReferral) and referral.is_pending:
            again = WithdrawReferral(referral_id=referral.referral_id, reason="CONSENT_WITHDRAWN")
            assert world.says(NOBODY, again, case).events == ()


@pytest.mark.parametrize("seed", SEEN)
def test_whoever_lost_something_to_what_she_took_back_was_asked_to_destroy_it(seed: int) -> None:
    """Compared with what everybody saw, event by event, by who knows nothing of processes."""
    world, watching = settled(seed), Watching()
    for entry in world.log:
        if not isinstance(entry.said, TAKEN_BACK):
            watching.hears(entry)
            continue
        for agency, category in losses(world, entry, watching.loses(entry)):
            asked = asked_of(world, entry, agency) | agreed_to_by_now(world, entry, agency)
            assert category in asked, (entry.told.position, category)


def losses(world: World, entry: Entry, sight: Sight) -> set[tuple[AgencyId, str]]:
    """Of what others have recorded; of erased people nothing is left to lose."""
    record = world.of_case(entry.case) if entry.case else []
    if any(isinstance(each.said, CaseErased) for each in record):
        return set()
    by_position = {each.told.position: each for each in record}
    found: set[tuple[AgencyId, str]] = set()
    for agency, _, position, name in sight:
        of = by_position[position]
        itself = world.roster().agencies[agency]
        assert isinstance(itself, KnownAgency)
        if of.told.agency in {agency, *itself.predecessors}:
            continue
        for field in fields_of(None, of.told, of.parts):
            if field.name == name and field.category not in BESIDE:
                found.add((agency, field.category))
    return found


def agreed_to_by_now(world: World, entry: Entry, agency: AgencyId) -> frozenset[str]:
    """What she lets them know today they need not destroy."""
    record = world.of_case(entry.case) if entry.case else []
    today = replay(each.told for each in record)
    known = world.roster().agencies[agency]
    return frozenset(covered(today, agency, world.at, known))


def asked_of(world: World, entry: Entry, agency: AgencyId) -> frozenset[str]:
    """At any time since, and before, of what had not been answered: a purge is asked once."""
    record = world.of_case(entry.case) if entry.case else []
    return frozenset(
        category
        for each in record
        if isinstance(each.said, PurgeRequested) and each.said.recipient == agency
        for category in each.said.covers
    )
