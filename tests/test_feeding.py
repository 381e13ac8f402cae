"""What is told on a feed: all that may be seen, in one order, each where it was opened last."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from random import Random
from typing import Final
from uuid import UUID

import msgspec
import pytest

import services.feeding
from contracts.feed import FeedMessage
from domain.agency import AgencyIsSuspended, RestoreAgency, SuspendAgency
from domain.case import AssignRole, CaseOpened
from domain.categories import CNS, ENV
from domain.consent_ledger import WithdrawConsent
from domain.fields import cut_of
from domain.model import (
    AgencyId,
    CaseId,
    Event,
    EventId,
    NetworkId,
    StaffId,
    StreamKind,
    stream_of,
)
from domain.policy import BESIDE
from domain.sharing import replay
from domain.visibility import fields_of, naming, on_feed, whose_feed
from domain.visibility.facts import working
from projections.feed import is_told, may_open
from services.feeding.referring import referring
from services.looking import Looked, Looking, Reader
from services.sights import Record, Seen, Sight
from tests.feeds import Feeds, FeedsThen, Field, envelopes, fields, keeps_feed, rows_of
from tests.histories import history
from tests.invariants import accepted, refused
from tests.peers import Midorino, midorino
from tests.world import Entry, Someone, World

each_seed = pytest.mark.parametrize("seed", range(12))


@cache
def feeds(seed: int) -> Feeds:
    """Told once, and only looked at."""
    return Feeds(history(seed).world)


@cache
def told_in_the_end(seed: int, reader: Reader) -> list[FeedMessage]:
    """All of a feed from its beginning."""
    return feeds(seed).at().read(reader)[0]


def readers(then: FeedsThen) -> list[Reader]:
    agencies = {entry.told.agency for entry in then.feeds.world.log}
    found = [then.custodian(each) for each in sorted(agencies)]
    return [each for each in found if each is not None]


def cases(then: FeedsThen) -> list[CaseId]:
    entries = then.feeds.world.log[: then.until]
    return list(dict.fromkeys(entry.case for entry in entries if entry.case is not None))


def told_now(then: FeedsThen, reader: Reader, *of: CaseId) -> Iterator[Seen]:
    """What its feed might tell it now, whatever the order."""
    for case in of or cases(then):
        looked = asyncio.run(then.looking.look(reader, case))
        agency, record = looked.roster.agencies[reader.agency], looked.records[case]
        if on_feed(replay(e.told for e in record.entries), working(agency)):
            now = Sight(record, whose_feed(reader.agency, agency), looked.roster, looked.at)
            yield from (seen for seen in now.seen() if is_told(type(seen.entry.told.event)))


def telling(seen: Seen, reader: Reader) -> Iterator[Field]:
    """But for what is only seen beside something else, in another's record."""
    told = seen.entry.told
    for field in fields_of(None, told, seen.header.parts):
        own = told.agency == reader.agency
        if field.name in seen.visible.bases and (own or field.category not in BESIDE):
            yield Field(seen.header.id, field.name)


@each_seed
def test_from_its_beginning_a_feed_tells_all_that_may_be_seen_now_and_nothing_else(
    seed: int,
) -> None:
    then = feeds(seed).at()
    for reader in readers(then):
        told = fields(told_in_the_end(seed, reader))
        may_see: set[Field] = set()
        for seen in told_now(then, reader):
            assert {told[field] for field in telling(seen, reader)} == {1}
            may_see |= {Field(seen.header.id, name) for name in seen.visible.bases}
            # But for what refers to something that is not seen.
            missing = {name for name in seen.visible.bases if not told[Field(seen.header.id, name)]}
            assert missing <= referring(type(seen.entry.told.event)).keys()
        assert set(told) <= may_see


@pytest.mark.parametrize("seed", range(6))
def test_whoever_reads_on_misses_nothing_that_is_told_from_the_beginning(seed: int) -> None:
    """However seldom it is fetched, and in whatever portions."""
    log, chance = feeds(seed), Random(seed)
    ends = [*sorted(chance.sample(range(60, len(log.stored)), 12)), len(log.stored)]
    told: dict[AgencyId, set[Field]] = defaultdict(set)
    cursors: dict[AgencyId, str] = {}
    then = log.at()
    for then in map(log.at, ends):
        for reader in readers(then):
            agency, most = reader.agency, chance.randint(1, 9)
            messages, cursors[agency] = then.read(reader, cursors.get(agency), most)
            told[agency] |= set(fields(messages))
    for reader in readers(then):
        for seen in told_now(then, reader):
            notices = {n for n, basis in seen.visible.bases.items() if basis.rule == "NOTICE"}
            missed = {*telling(seen, reader)} - told[reader.agency]
            # That something was narrowed before it ever had anything of it, it need not hear.
            assert {field.name for field in missed} <= notices


@pytest.mark.parametrize("seed", range(2))
def test_in_whatever_portions_it_is_fetched_a_feed_is_the_same(seed: int) -> None:
    then = feeds(seed).at()
    for reader in readers(then)[:2]:
        whole = told_in_the_end(seed, reader)
        for most in (1, 7, 500):
            assert then.read(reader, most=most)[0] == whole


@pytest.mark.parametrize("bytes_max", [1, 1_500])
def test_what_was_opened_is_told_in_packages_that_get_through_a_thin_line(
    bytes_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are, and in whatever portions: each record once, and in one order."""
    here = midorino()
    reader = keeps_feed(here, here.shelter)
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.shelter.agency))
    here.agrees(here.shelter, history="FULL")
    then = Feeds(here.world).at()
    whole, _ = then.read(reader)
    monkeypatch.setattr(services.feeding, "PACKAGE_BYTES_MAX", bytes_max)
    divided, _ = then.read(reader, most=500)
    assert [*records_of(divided)] == [*records_of(whole)]
    assert len({message.id for message in divided}) == len(divided) > len(whole)
    for most in (1, 2, 7):
        assert then.read(reader, most=most)[0] == divided


def records_of(told: Iterable[FeedMessage]) -> Iterator[tuple[UUID, frozenset[str]]]:
    for message in told:
        for each in envelopes(message):
            yield each.id, frozenset(each.fields)


def test_for_a_page_a_case_is_looked_at_once_however_often_it_was_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = midorino()
    reader = keeps_feed(here, here.shelter)
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.shelter.agency))
    for _ in range(10):
        grant = here.agrees(here.shelter, history="FULL")
        here.says(here.city, WithdrawConsent(grant_id=grant))
    here.agrees(here.shelter, history="FULL")
    then, looked_at, look = Feeds(here.world).at(), list[CaseId](), Looking.look

    async def counted(
        looking: Looking, reader: Reader, *cases: CaseId, feed: bool = False
    ) -> Looked:
        looked_at.extend(cases)
        return await look(looking, reader, *cases, feed=feed)

    monkeypatch.setattr(Looking, "look", counted)
    assert then.page(reader, most=10).items
    assert then.candidates.asked > 2
    assert looked_at == [here.case]


@pytest.mark.parametrize("seed", range(2))
def test_where_it_arrives_is_after_the_last_time_that_it_could_not_be_seen(seed: int) -> None:
    """Asked of every position there is, and not of those alone that are said to open something."""
    then = feeds(seed).at()
    for reader in readers(then):
        arrived = {
            field: told.position
            for told in then.told(reader)
            for seen in told.records
            for field in telling(seen, reader)
            if seen.visible.bases[field.name].rule != "NOTICE"
        }
        assert arrived == {f: at for case in cases(then) for f, at in since(then, reader, case)}


def since(then: FeedsThen, reader: Reader, case: CaseId) -> Iterator[tuple[Field, int]]:
    """As it is said, and as slow as that."""
    looked = asyncio.run(then.looking.look(reader, case))
    log, record = then.feeds.world.log, looked.records[case]
    who = whose_feed(reader.agency, looked.roster.agencies[reader.agency])
    left = {
        field: seen
        for seen in told_now(then, reader, case)
        for field in telling(seen, reader)
        if seen.visible.bases[field.name].rule != "NOTICE"  # See above.
    }
    outside = {stream_of("agency", reader.agency)}
    outside |= {stream_of("network", each) for each in looked.roster.networks}
    for entry in reversed(log):
        at, of = entry.told.position, entry.told.stream
        if of not in outside and not (entry.case == case and may_open(type(entry.told.event))):
            continue
        roster = then.roster_before(at, looked.roster, reader.agency)
        before = [each for each in record.entries if each.told.position < at]
        is_on = on_feed(replay(e.told for e in before), working(roster.agencies[reader.agency]))
        was = Sight(Record(case, before), who, roster, entry.at)
        for field, seen in [*left.items()]:
            could = is_on and field.name in was.visible(seen.entry).bases
            if seen.position < at and not could:
                yield field, at
                del left[field]
    yield from ((field, seen.position) for field, seen in left.items())


@each_seed
def test_made_anew_the_list_is_as_it_was_kept_up(seed: int) -> None:
    log = feeds(seed).world.log
    assert rows_of(log) == rows_of(log, at_once=1) == rows_of(log, at_once=7)


@each_seed
def test_no_id_in_a_feed_refers_to_what_is_not_known_to_the_agency(seed: int) -> None:
    """It is its own, or the id of something that is itself told there, or of what it was given."""
    then = feeds(seed).at()
    said = {entry.told.id: entry for entry in then.feeds.world.log}
    women = {
        entry.case: entry.told.event.subject_id
        for entry in said.values()
        if isinstance(entry.told.event, CaseOpened)
    }
    for reader in readers(then):
        own = (entry for entry in said.values() if entry.told.agency == reader.agency)
        known = {id_ for entry in own for id_ in ids(entry.told.event)}
        told = [e for message in told_in_the_end(seed, reader) for e in envelopes(message)]
        entries = [said[EventId(each.id)] for each in told]
        known |= {each.id for each in told} | {each.case for each in told}
        known |= {id_ for entry in entries for id_ in itself(entry)}
        known |= {women[entry.case] for entry in entries}
        known |= {
            p.person
            for e, of in zip(told, entries, strict=True)
            for p in of.parts
            if p.field in e.fields
        }
        streams = {entry.told.stream for entry in entries}
        for each, entry in zip(told, entries, strict=True):
            for name in beside(type(entry.told.event)) & each.fields.keys():
                is_notice = each.bases[name].rule == "NOTICE"
                for id_ in () if is_notice else ids(each.fields[name]):
                    kinds: tuple[StreamKind, ...] = ("referral", "meeting", "grievance")
                    assert id_ in known or any(stream_of(k, id_) in streams for k in kinds)


def ids(said: object) -> set[UUID]:
    return {UUID(found) for found in ID.findall(msgspec.json.encode(said).decode())}


def itself(entry: Entry) -> set[UUID]:
    """What it is about, whether it says of that that it is new, or that it has changed."""
    event = entry.told.event
    names = {*type(event).state_of, *({event.makes} if event.makes else ())}
    return {id_ for name in names for id_ in ids(getattr(event, name))}


@cache
def beside(event: type[Event]) -> frozenset[str]:
    """What is told beside, or of consent, but for who is named: that is told as in a timeline."""
    codes = ENV.codes | CNS.codes
    who = {name for kind in (AgencyId, StaffId, NetworkId) for name in naming(event, kind)}
    clear = {each.name for each in cut_of(event).clear if each.category.codes <= codes}
    return frozenset(clear - who)


ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def suspended(here: Midorino) -> Midorino:
    """The shelter fetches its own feed, until it may do so no longer."""
    world, shelter = here.world, here.shelter
    keeps_feed(here, shelter)
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=shelter.agency))
    here.agrees(shelter, history="FULL")
    world.says(world.operator, SuspendAgency(agency_id=shelter.agency))
    return here


def feed_of(who: Someone, world: World) -> list[FeedMessage]:
    assert who.role != "INSTALLATION"
    reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
    return Feeds(world).at().read(reader)[0]


@accepted("INV-A8")
def test_an_agency_that_is_restored_is_told_again_what_it_may_see() -> None:
    here = suspended(midorino())
    here.world.says(here.world.operator, RestoreAgency(agency_id=here.shelter.agency))
    assert feed_of(here.shelter, here.world)


@refused("INV-A8", guard="services.looking:check_may_act")
def test_an_agency_that_is_suspended_is_told_nothing_from_then_on() -> None:
    here = suspended(midorino())
    with pytest.raises(AgencyIsSuspended):
        feed_of(here.shelter, here.world)
