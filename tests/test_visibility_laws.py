"""Laws of who may see what, over random histories: what takes away never gives, time never does.

``python -m tests.histories 7`` tells the history of a seed.
"""

import random
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from hypothesis import given, settings, strategies
from msgspec.structs import replace

from domain.consent_ledger import ConsentGranted, ConsentNarrowed, ConsentWithdrawn
from domain.exclusions import ExclusionSet
from domain.fields import cut_of, tag_of
from domain.header import PartLine
from domain.model import CLOSED, AgencyId, CaseId, Event, EventId, stream_of
from domain.sharing import Sharing, Told, replay
from domain.visibility import (
    Roster,
    Visible,
    angle,
    decide,
    looking,
    membership,
    who_reads,
)
from domain.visibility.holding import FOR_GOOD, holds_until
from tests.histories import Play, history
from tests.spec import an_id
from tests.world import Someone

Seen = frozenset[tuple[AgencyId, int, str]]
LATER: Final = (0, 2, 40, 400)
many: Final = settings(derandomize=True, deadline=None, max_examples=60)
seeds: Final = strategies.integers(0, 24)
chances: Final = strategies.integers(0, 2**16).map(random.Random)


class Story(NamedTuple):
    play: Play
    case: CaseId
    record: Sequence[tuple[Told, tuple[PartLine, ...]]]
    readers: Sequence[Someone]
    roster: Roster
    at: datetime

    def seen(
        self, record: Sequence[tuple[Told, tuple[PartLine, ...]]], at: datetime | None = None
    ) -> Seen:
        """All that any of them sees, but what is told of consents that ended."""
        sharing = replay(told for told, _ in record)
        found: set[tuple[AgencyId, int, str]] = set()
        for who in self.readers:
            recipient = who_reads(who.agency, self.roster.agencies[who.agency], who.staff, who.role)
            look = looking(sharing, recipient, self.roster, at or self.at)
            found.update(
                (who.agency, told.position, name)
                for told, lines in record
                for name, basis in decide(look, told, lines).bases.items()
                if basis.rule != "NOTICE"
            )
        return frozenset(found)

    @property
    def sharing(self) -> Sharing:
        return replay(told for told, _ in self.record)

    def then(self, event: Event, by: Someone) -> list[tuple[Told, tuple[PartLine, ...]]]:
        """And at last this happens."""
        last = self.record[-1][0].position
        told = Told(last + 1, stream_of("consent", self.case), by.agency, event, EventId(an_id(9)))
        return [*self.record, (told, ())]

    def old(self, seen: Seen) -> Seen:
        last = self.record[-1][0].position
        return frozenset(each for each in seen if each[1] <= last)

    def given(self) -> list[int]:
        """Where a consent to share stands."""
        return [
            at
            for at, (told, _) in enumerate(self.record)
            if isinstance(told.event, ConsentGranted) and told.event.kind == "INFORMATION"
        ]

    def but(self, at: int, **changed: Any) -> list[tuple[Told, tuple[PartLine, ...]]]:
        told, lines = self.record[at]
        said = told._replace(event=replace(told.event, **changed))
        return [*self.record[:at], (said, lines), *self.record[at + 1 :]]


@cache
def played(seed: int) -> Play:
    return history(seed)


def story(seed: int, chance: random.Random) -> Story:
    play = played(seed)
    (case,) = chance.choices(play.cases, [len(play.world.of_case(each)) for each in play.cases])
    entries = play.world.of_case(case)
    people = [chance.choice(play.people[each]) for each in play.agencies]
    agencies = {each: play.agency(each) for each in play.agencies}
    networks = {each: membership(play.network(each)) for each in play.networks}
    # Some while after something happened: at the end most consents are over.
    until = chance.randint(len(entries) // 2, len(entries))
    entries = entries[: max(until, 1)]
    return Story(
        play,
        case,
        [(entry.told, entry.parts) for entry in entries],
        people,
        Roster(agencies, networks),
        entries[-1].at + timedelta(seconds=1),
    )


@many
@given(seeds, chances)
def test_from_one_angle_the_same_is_seen(seed: int, chance: random.Random) -> None:
    it = story(seed, chance)
    for who in it.readers:
        recipient = who_reads(who.agency, it.roster.agencies[who.agency], who.staff, who.role)
        look = looking(it.sharing, recipient, it.roster, it.at)
        seen_from: dict[Hashable, tuple[Told, Visible]] = {}
        for told, lines in it.record:
            seen = decide(look, told, lines)
            first, same = seen_from.setdefault(angle(look, told), (told, seen))
            assert seen == same, (who, first, told)


@many
@given(seeds, chances)
def test_whatever_she_takes_back_allows_nothing(seed: int, chance: random.Random) -> None:
    it = story(seed, chance)
    before = it.seen(it.record)
    grants = [
        event for at in it.given() if isinstance(event := it.record[at][0].event, ConsentGranted)
    ]
    agency = chance.choice(it.play.agencies)
    staff = chance.choice(it.readers).staff
    by = chance.choice(it.readers)
    taken: list[Event] = [
        ExclusionSet(agency_id=agency, via_agency=by.agency),
        ExclusionSet(staff_id=staff, via_agency=by.agency),
    ]
    for grant in chance.sample(grants, min(2, len(grants))):
        ended = {"grant_id": grant.grant_id, "at": it.at, "via_agency": by.agency}
        taken.append(ConsentWithdrawn(**ended, reason=CLOSED))  # type: ignore[arg-type]
        taken.append(
            ConsentNarrowed(
                grant_id=grant.grant_id,
                removed_categories=frozenset(chance.sample(sorted(grant.categories), 1)),
                removed_recipients=frozenset(chance.sample(sorted(grant.recipients), 1)),
                removed_fields=frozenset(chance.sample(PATHS, 20)),
                at=it.at,
                via_agency=by.agency,
            )
        )
    for event in taken:
        assert it.old(it.seen(it.then(event, by))) <= before


@many
@given(seeds, chances)
def test_a_consent_less_allows_nothing(seed: int, chance: random.Random) -> None:
    """What is told in consents themselves aside: without one, the one before it is the last."""
    it = story(seed, chance)
    positions = {told.position for told, _ in it.record if isinstance(told.event, ConsentGranted)}
    before = it.seen(it.record)
    for at in chance.sample(it.given(), min(3, len(it.given()))):
        without = [*it.record[:at], *it.record[at + 1 :]]
        assert {each for each in it.seen(without) if each[1] not in positions} <= before


@many
@given(seeds, chances)
def test_a_consent_to_more_allows_no_less(seed: int, chance: random.Random) -> None:
    it = story(seed, chance)
    before = it.seen(it.record)
    for at in chance.sample(it.given(), min(2, len(it.given()))):
        grant = it.record[at][0].event
        assert isinstance(grant, ConsentGranted)
        more = chance.sample(TOLD, 5)
        until = grant.valid_until and grant.valid_until + timedelta(days=30)
        for wider in (
            {"categories": grant.categories | {*more}},
            {"recipients": grant.recipients | {*it.play.agencies}},
            {"valid_until": until},
            {"history": "FULL"},
            {"only_fields": None},
            {"excluded_fields": None},
        ):
            assert before <= it.seen(it.but(at, **wider))


@many
@given(seeds, chances, strategies.sampled_from(LATER), strategies.sampled_from(LATER))
def test_time_alone_allows_nothing(seed: int, chance: random.Random, days: int, more: int) -> None:
    """Nobody is granted anything ahead of time."""
    it = story(seed, chance)
    earlier = it.at + timedelta(days=days)
    assert it.seen(it.record, earlier + timedelta(days=more)) <= it.seen(it.record, earlier)


@many
@given(seeds, chances, strategies.sampled_from(LATER))
def test_until_something_ends_by_the_clock_the_same_is_seen(
    seed: int, chance: random.Random, days: int
) -> None:
    it = story(seed, chance)
    at = it.at + timedelta(days=days)
    until = holds_until(it.sharing, at)
    assert at < until
    last = min(until - timedelta(microseconds=1), at + timedelta(days=4000))
    assert it.seen(it.record, last) == it.seen(it.record, at)


def test_in_these_stories_something_ends_by_the_clock() -> None:
    chance = random.Random(1)
    stories = [story(seed, chance) for seed in range(25)]
    ends = [(it, until) for it in stories if (until := holds_until(it.sharing, it.at)) < FOR_GOOD]
    assert sum(it.seen(it.record, until) < it.seen(it.record) for it, until in ends) > 3


def test_these_stories_have_something_to_take_away() -> None:
    """By consent, and of another's record: in many of them."""
    chance = random.Random(1)
    stories = [story(seed, chance) for seed in range(20)]
    telling = [it for it in stories if it.given() and it.seen(it.record) != _own(it)]
    assert len(telling) > len(stories) // 3


def _own(it: Story) -> Seen:
    authors = {told.position: told.agency for told, _ in it.record}
    return frozenset(each for each in it.seen(it.record) if authors[each[1]] == each[0])


PATHS: Final = sorted(
    f"{tag_of(type(entry.said))}/{field.name}"
    for entry in history(1).world.log
    for field in cut_of(type(entry.said)).sealed
)
TOLD: Final = sorted({"IDN", "CNT", "LOC", "FAM", "CHD", "SVC", "NAR", "PRB", "HLT"})
