"""Letting out (提供): what the decision allows, recorded as a gate would, and the log as rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from domain.agency import KnownAgency
from domain.case import SubjectDetailsCorrected
from domain.disclosed import LINES_MAX, BasisId, Disclosed, DisclosureId
from domain.model import AgencyId, CaseId, EventId, PersonId, StaffId, StreamId, stream_of
from domain.policy import POLICY_VERSION
from domain.sharing import replay
from domain.visibility import (
    Look,
    decide,
    fields_of,
    looking,
    on_feed,
    who_reads,
    whose_feed,
)
from tests.gate.log import Header
from tests.histories import Ask, Play, history
from tests.sealed import sealed
from tests.world import Entry, Someone, World

# What everybody may see, and the envelope, is not recorded.
NOT_RECORDED: Final = {"ENV", "PUB"}


class Line(NamedTuple):
    source: EventId
    path: str
    category: str
    basis: str
    basis_id: BasisId | None = None


class LettingOut(Play):
    """While it goes on, somebody reads."""

    def step(self, ask: Ask) -> bool:
        accepted = super().step(ask)
        if accepted and self.likely(0.3):
            lets_out(self)
        return accepted


def let_out(seed: int) -> World:
    """A history in which nothing is told but what the decision allows."""
    return history(seed, begun=LettingOut, lets_out=lets_out).world


def lets_out(play: Play) -> None:
    here = play.here()
    if here is None:
        return
    reading = Reading(play.world, here.id)
    for agency in play.some(play.agencies, 3):
        who = play.one(play.people[agency])
        reading.reads(who, feed=play.likely(0.3))


class Reading:
    """A case as it stands now, before whoever reads it."""

    def __init__(self, world: World, case: CaseId) -> None:
        self._world: Final = world
        self._case: Final = case
        self._record: Final = world.of_case(case)
        self._sharing: Final = replay(entry.told for entry in self._record)
        self._roster: Final = world.roster()

    def reads(self, who: Someone, *, feed: bool = False) -> None:
        """All there is to see; or it goes out to the agency."""
        lines = list(self.lines(who, feed=feed))
        for begin in range(0, len(lines), LINES_MAX):
            some = lines[begin : begin + LINES_MAX]
            discloses(self._world, self._case, who.agency, None if feed else who.staff, some)

    def lines(self, who: Someone, *, feed: bool = False) -> Iterator[Line]:
        """Of others' records; on a feed, of what is on it."""
        agency = self._roster.agencies[who.agency]
        if feed and isinstance(agency, KnownAgency):
            working = [staff for staff, each in agency.staff.items() if each.left is None]
            if not on_feed(self._sharing, working):
                return
        recipient = (
            whose_feed(who.agency, agency)
            if feed
            else who_reads(who.agency, agency, who.staff, who.role)
        )
        look = looking(self._sharing, recipient, self._roster, self._world.at)
        opened = self._record
        if any(isinstance(entry.told.event, SubjectDetailsCorrected) for entry in opened):
            opened = [*self._opened(look)]
        if opened != self._record:
            sharing = replay(entry.told for entry in opened)
            look = looking(sharing, recipient, self._roster, self._world.at)
        yield from _lines(look, opened)

    def all(self, who: Someone) -> Iterator[Line]:
        """Whatever others have recorded, on no basis."""
        subject = self._sharing.subject
        for told, parts, *_ in self._record:
            for field in fields_of(subject, told, parts) if told.agency != who.agency else ():
                yield Line(told.id, field.path, field.category, "")

    def _opened(self, look: Look) -> Iterator[Entry]:
        """Corrections of her details, where they may be opened, say which were not said anew."""
        for entry in self._record:
            if not isinstance(entry.told.event, SubjectDetailsCorrected):
                yield entry
                continue
            bases = decide(look, entry.told, entry.parts).bases
            names = {line.field for line in entry.parts} & bases.keys()
            said = {name: getattr(entry.said, name) for name in names}
            yield entry._replace(told=entry.told._replace(event=replace(entry.told.event, **said)))


def _lines(look: Look, record: Iterable[Entry]) -> Iterator[Line]:
    for told, parts, *_ in record:
        if told.agency.int == look.agency.int:  # Comparing ids as such takes far longer.
            continue
        bases = decide(look, told, parts).bases
        for field in fields_of(look.woman, told, parts) if bases else ():
            if field.name in bases and field.category not in NOT_RECORDED:
                basis = bases[field.name]
                rests_on = basis.grant or basis.emergency or basis.statutory
                basis_id = BasisId(rests_on) if rests_on else None
                yield Line(told.id, field.path, field.category, basis.rule, basis_id)


def discloses(
    world: World, case: CaseId, to: AgencyId, person: StaffId | None, lines: Sequence[Line]
) -> None:
    """Whether that may be or not."""
    key = DisclosureId(world.fresh())
    events, fields, categories, bases, basis_ids = zip(*lines, strict=True)
    disclosed = Disclosed(
        disclosure_id=key,
        case_id=case,
        recipient=to,
        person=person,
        channel="FEED",
        policy=POLICY_VERSION,
        events=events,
        fields=fields,
        categories=categories,
        bases=bases,
        basis_ids=basis_ids,
    )
    by = Someone(to, person or StaffId(to), "CASEWORKER")
    world.writes(by, stream_of("disclosure", key), disclosed, case, PersonId(case))


def headers(world: World) -> Iterator[Header]:
    """The log as it is read by whoever has no keys."""
    versions = Counter[StreamId]()
    for entry in world.log:
        versions[entry.told.stream] += 1
        stored = sealed(entry, versions[entry.told.stream])
        yield stored.position, entry.at, stored.header
