"""Laws of replays, over random histories: never more than was allowed then, nor opened than now.

``python -m tests.histories 7`` tells the history of a seed.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import pairwise, permutations
from typing import Any, Final, NamedTuple

import pytest

from contracts.envelope import DETAILS
from contracts.replay import Replay, ReplayLine
from domain.agency import AgencyIsSuspended, AgencyRegistered
from domain.case import CASE, CaseEvent, KnownCase, SubjectDetailsCorrected
from domain.consent_ledger import ConsentGranted
from domain.fields import tag_of
from domain.model import AgencyId, CaseId, Event, EventId, StaffId, StreamId
from domain.network import NetworkEstablished
from domain.sharing import replay as sharing_of
from domain.visibility import Roster, Visible, decide, looking, membership
from projections.swimlane import Lanes, evolve
from services.deciding import Past
from services.replaying.lenses import who_could_read
from tests.histories import Play, history
from tests.sealed import House
from tests.world import Entry

SEEDS: Final = range(6)
STEPS: Final = 200
TIMES: Final = 2
CLOSED: Final = b'{"withheld":"closed"}'
ERASED: Final = b'{"withheld":"erased"}'
every_history = pytest.mark.parametrize("seed", SEEDS)


class Story(NamedTuple):
    play: Play
    house: House
    case: CaseId
    times: Sequence[datetime]
    told: dict[tuple[object, ...], Replay | None]  # Nothing happens any more: asked once.

    @property
    def now(self) -> datetime:
        return self.play.world.at

    def replay(self, reader: AgencyId, **asked: Any) -> Replay | None:
        key = (self.case, reader, *(each for each in asked.items() if each[1] is not None))
        if key not in self.told:
            self.told[key] = self._replay(reader, asked)
        return self.told[key]

    def _replay(self, reader: AgencyId, asked: dict[str, Any]) -> Replay | None:
        """Of a suspended agency nobody may read."""
        try:
            return self.house.replay(self.play.head(reader), self.case, **asked)
        except AgencyIsSuspended:
            return None

    def lines(self, reader: AgencyId, **asked: Any) -> tuple[ReplayLine, ...]:
        found = self.replay(reader, **asked)
        return found.items if found else ()

    def seen(
        self, agency: AgencyId, at: datetime, staff: StaffId | None
    ) -> dict[EventId, list[Visible]]:
        """By the decision alone, of each event: with corrections closed, and with them opened."""
        found = defaultdict[EventId, list[Visible]](list)
        roster = roster_at(self.play, at)
        who = who_could_read(agency, roster.agencies[agency], staff)
        entries = [entry for entry in self.play.world.of_case(self.case) if entry.at <= at]
        for record in (entries, [as_said(entry) for entry in entries]):
            look = looking(sharing_of(entry.told for entry in record), who, roster, at)
            for entry in record:
                if visible := decide(look, entry.told, entry.parts):
                    found[entry.told.id].append(visible)
        return found


def as_said(entry: Entry) -> Entry:
    said = entry.said if isinstance(entry.said, SubjectDetailsCorrected) else entry.told.event
    return entry._replace(told=entry.told._replace(event=said))


def roster_at(play: Play, at: datetime) -> Roster:
    """Who there is, each as they were by then."""
    streams: dict[StreamId, list[Event]] = {entry.told.stream: [] for entry in play.world.log}
    for entry in play.world.log:
        if entry.at <= at:
            streams[entry.told.stream].append(entry.told.event)
    past, said = Past(streams), [entry.said for entry in play.world.log]
    agencies = [each.agency_id for each in said if isinstance(each, AgencyRegistered)]
    networks = [each.network_id for each in said if isinstance(each, NetworkEstablished)]
    return Roster(
        {each: past.agency(each) for each in agencies},
        {each: membership(past.network(each)) for each in networks},
    )


def agreed_in(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if isinstance(entry.said, ConsentGranted)]


@cache
def story(seed: int) -> Story:
    play = history(seed, STEPS)
    case = max(play.cases, key=lambda each: len(agreed_in(play.world.of_case(each))))
    entries = play.world.of_case(case)
    times = random.Random(seed).choices([entry.at for entry in entries], k=TIMES)
    return Story(play, House(play.world), case, times, {})


def every_case(seed: int) -> Iterator[Story]:
    it = story(seed)
    return (it._replace(case=case) for case in it.play.cases)


def fields_of(seen: dict[EventId, list[Visible]]) -> set[tuple[EventId, str]]:
    return {(event, name) for event, found in seen.items() for v in found for name in v.bases}


# What is told


@every_history
def test_nothing_is_told_that_the_agency_could_not_see_then(seed: int) -> None:
    it = story(seed)
    for agency in it.play.agencies:
        staff = it.play.head(agency).staff
        for at in it.times:
            allowed = it.seen(agency, at, staff)
            fields = fields_of(allowed)
            types = {event for event, found in allowed.items() if any(v.what for v in found)}
            for line in it.lines(agency, at=at):
                assert {(line.id, name) for name in line.bases} <= fields
                assert line.type == DETAILS or line.id in types


@every_history
def test_all_is_told_that_it_could_see_then(seed: int) -> None:
    """But numbers and duties, which are no step of hers."""
    it = story(seed)
    for agency in it.play.agencies:
        if it.replay(agency) is None:
            continue
        for at in it.times:
            told = {line.id for line in it.lines(agency, at=at)}
            staff = it.play.head(agency).staff
            entries = {entry.told.id: entry for entry in it.play.world.of_case(it.case)}
            always = [e for e, found in it.seen(agency, at, staff).items() if len(found) == BOTH]
            left_out = {tag_of(type(entries[each].said)) for each in always if each not in told}
            assert {tag.partition(".")[0] for tag in left_out} <= {"numbers", "duties"}


# What is opened


@every_history
def test_nothing_is_opened_that_whoever_reads_may_not_see_now(seed: int) -> None:
    it = story(seed)
    for reader in it.play.agencies:
        now = fields_of(it.seen(reader, it.now, it.play.head(reader).staff))
        for agency in it.play.agencies:
            for at in it.times:
                for line in it.lines(reader, agency=agency, at=at):
                    opened = {n for n, value in line.fields.items() if bytes(value) not in WITHHELD}
                    assert {(line.id, name) for name in opened} <= now


# Whose view


@every_history
def test_through_anothers_eyes_an_agency_meets_nothing_new(seed: int) -> None:
    """Only what it may see itself; and on nothing but a consent that it obtained for that one."""
    for it in every_case(seed):
        grants = {
            (e.told.agency, e.said.grant_id)
            for e in it.play.world.of_case(it.case)
            if isinstance(e.said, ConsentGranted)
        }
        own = {each: {line.id: line for line in it.lines(each)} for each in it.play.agencies}
        for reader, agency in permutations(it.play.agencies, 2):
            for at in (None, *it.times):
                for line in it.lines(reader, agency=agency, at=at):
                    assert line.type in {own[reader][line.id].type, DETAILS}
                    assert {(reader, basis.grant) for basis in line.bases.values()} <= grants


# Beside each other


@every_history
def test_a_view_beside_itself_differs_in_nothing(seed: int) -> None:
    it = story(seed)
    for agency in it.play.agencies:
        for at in it.times:
            for asked in ({"against": agency, "at": at}, {"at": at, "against_at": at}):
                for line in it.lines(agency, **asked):
                    assert (line.seen_in, line.bases, line.gone) == ("BOTH", line.others, {})


@every_history
def test_what_has_gone_is_what_one_has_and_the_other_has_not(seed: int) -> None:
    it = story(seed)
    before, after = min(it.times), max(it.times)
    for agency in it.play.agencies:
        for line in it.lines(agency, at=before, against_at=after):
            assert line.gone.keys() == line.bases.keys() - line.others.keys()


# Who answers for her


@every_history
def test_exactly_one_agency_answers_for_her_from_acceptance_to_closure(seed: int) -> None:
    play = story(seed).play
    for case in play.cases:
        lanes, known = Lanes(), CASE.initial
        entries = play.world.of_case(case)
        for entry, following in pairwise([*entries, None]):
            assert entry is not None
            lanes = evolve(lanes, entry.told.stream, entry.told.event)
            if isinstance(entry.told.event, CaseEvent):
                known = CASE.evolve(known, entry.told.event)
            # What was recorded at once is looked at once.
            if following is None or following.at > entry.at:
                answers = known.main_responsible if isinstance(known, KnownCase) else None
                is_active = isinstance(known, KnownCase) and known.status == "ACTIVE"
                assert lanes.holder == (answers if is_active else None)


@every_history
def test_in_no_view_is_there_a_gap(seed: int) -> None:
    it = story(seed)
    for agency in it.play.agencies:
        held = False
        for line in it.lines(agency):
            assert not held or line.holder is not None or line.mark == "CLOSED", line.type
            held = line.holder is not None


BOTH: Final = 2
WITHHELD: Final = {CLOSED, ERASED}


def test_these_histories_have_something_to_replay() -> None:
    """In some of them somebody sees what a consent that they obtained shows to another."""
    assert any(
        it.lines(entry.told.agency, agency=agency)
        for seed in SEEDS
        for it in every_case(seed)
        for entry in agreed_in(it.play.world.of_case(it.case))
        for agency in recipients_of(entry) - {entry.told.agency}
    )


def recipients_of(entry: Entry) -> frozenset[AgencyId]:
    return entry.said.recipients if isinstance(entry.said, ConsentGranted) else frozenset()
