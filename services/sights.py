"""Sight (見える範囲): a case as one agency may see it. What it may not see is never opened."""

from bisect import bisect_right
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final, Literal, NamedTuple

from domain.case import CaseAccepted, CaseTransferred, NoCase, SubjectDetailsCorrected
from domain.case_codes import Status
from domain.header import Header
from domain.model import CLOSED, AgencyId, CaseId, Event, NetworkId, StreamId
from domain.sharing import Sharing, Told, replay
from domain.visibility import (
    Look,
    Recipient,
    Roster,
    Visible,
    agencies_in,
    angle,
    decide,
    looking,
    naming,
    on_feed,
)
from domain.visibility.facts import working
from domain.visibility.following import whom_it_follows, whose_work_it_does
from domain.visibility.holding import holds_until
from services.ports import EPOCH, Fact, StoredEvent
from services.sealing import Sealing, authors_of, header_of, id_of


class Entry(NamedTuple):
    """An event as it was read, and what is told of it before any part is opened."""

    stored: StoredEvent
    told: Told


def _position_of(entry: Entry) -> int:
    return entry.told.position


class Record:
    """A case as it was read, in the order of the log."""

    def __init__(
        self, case: CaseId, entries: Sequence[Entry], as_read: "Record | None" = None
    ) -> None:
        self.case: Final = case
        self.entries: Final = entries
        self.as_read: Final = as_read or self  # With every part closed.

    def until(self, position: int) -> Sequence[Entry]:
        """Of it, what was recorded up to there."""
        return self.entries[: bisect_right(self.entries, position, key=_position_of)]

    def recorded_by(self, at: datetime) -> int:
        """The position that the case had come to at that time."""
        return max((e.told.position for e in self.entries if e.stored.recorded_at <= at), default=0)

    def recorded_at(self, position: int) -> datetime:
        """When the last of it was recorded up to there."""
        until = (e.stored.recorded_at for e in self.entries if e.told.position <= position)
        return max(until, default=EPOCH)

    def told_again(self, events: Mapping[int, Event]) -> "Record":
        """With these events, by position, in the place of what was told of them."""
        return Record(
            self.case,
            [
                each._replace(told=each.told._replace(event=events[each.told.position]))
                if each.told.position in events
                else each
                for each in self.entries
            ],
            self.as_read,
        )

    @cached_property
    def agencies(self) -> frozenset[AgencyId]:
        """Everybody who is named in it."""
        told = [entry.told for entry in self.entries]
        named = (
            agencies_in(t.event, name) for t in told for name in naming(type(t.event), AgencyId)
        )
        acting = {t.agency.int: t.agency for t in told}  # Comparing ids as such takes far longer.
        return frozenset(acting.values()).union(*named)

    @cached_property
    def networks(self) -> frozenset[NetworkId]:
        """In whose ledgers it has stood."""
        named = (
            e.told.event.ledger_network_id
            if isinstance(e.told.event, CaseAccepted)
            else e.told.event.to_network
            for e in self.entries
            if isinstance(e.told.event, CaseAccepted | CaseTransferred)
        )
        return frozenset(each for each in named if each is not None)


def record_of(sealing: Sealing, case: CaseId, stored: Sequence[StoredEvent]) -> Record:
    events = sealing.facts(Fact(e.position, e.type, e.facts_said or b"") for e in stored)
    return Record(
        case,
        [
            Entry(each, Told(each.position, each.stream, author, event, id_of(each)))
            for each, author, event in zip(stored, authors_of(stored), events, strict=True)
        ],
    )


class Seen(NamedTuple):
    """An event of which something may be seen, and what."""

    entry: Entry
    header: Header
    visible: Visible

    @property
    def position(self) -> int:
        return self.entry.told.position


class Sight:
    """What an agency may see of a case at some time; ``until``: of what was recorded by then."""

    def __init__(  # noqa: PLR0913, PLR0917 (what is known of it already need not be found out again)
        self,
        record: Record,
        recipient: Recipient,
        roster: Roster,
        at: datetime,
        until: int | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        """``sharing``: what follows from all that was recorded by then, where it is known."""
        self.case: Final = record.case
        self._at: Final = at
        self._entries: Final = record.entries if until is None else record.until(until)
        self._sharing: Final = sharing or replay(entry.told for entry in self._entries)
        self._look: Final = looking(self._sharing, recipient, roster, at)
        self._from_an_angle: Final[dict[Hashable, Visible]] = {}

    @property
    def takes_part(self) -> bool:
        return self._look.agency in self._sharing.participants

    @property
    def status(self) -> Status | None:
        case = self._sharing.case
        return None if isinstance(case, NoCase) else case.status

    @cached_property
    def holds_until(self) -> datetime:
        return holds_until(self._sharing, self._at)

    @cached_property
    def follows(self) -> AgencyId | None:
        return whom_it_follows(self._look.facts)

    @cached_property
    def does_work_of(self) -> frozenset[AgencyId]:
        return whose_work_it_does(self._look.facts)

    def seen(
        self,
        after: int = 0,
        stream: StreamId | None = None,
        of: Container[type[Event]] | None = None,
    ) -> Iterator[Seen]:
        """What is not asked for is not decided either: that takes the most time."""
        for entry in self._entries:
            told = entry.told
            if told.position <= after or stream not in {None, told.stream}:
                continue
            if of is None or type(told.event) in of:
                visible, header = self._visible(entry)
                if visible:
                    yield Seen(entry, header or header_of(entry.stored), visible)

    def side(self, stream: StreamId) -> Literal["SENDER", "RECEIVER"] | None:
        """On which side of a referral the agency stands, if it may know of it."""
        sides = self._look.referrals.get(stream)
        if sides is None:
            return None
        return "SENDER" if sides.sender == self._look.agency else "RECEIVER"

    def corrections(self) -> list[Seen]:
        """Those that may be opened, and have to be before it is known what was said before them."""
        if not self._look.rests_on_state:
            return []
        return [
            seen
            for seen in self.seen(of={SubjectDetailsCorrected})
            if any(getattr(seen.entry.told.event, name) == CLOSED for name in seen.visible.bases)
        ]

    def visible(self, entry: Entry) -> Visible:
        return self._visible(entry)[0]

    @property
    def is_on_feed(self) -> bool:
        """Unless she has shut out somebody who works there: all of them read it."""
        facts = self._look.facts
        return on_feed(facts.sharing, working(facts.roster.agencies.get(facts.agency)))

    @property
    def look(self) -> Look:
        """As which it decides."""
        return self._look

    def _visible(self, entry: Entry) -> tuple[Visible, Header | None]:
        """Decided once for all events that are seen from one angle."""
        seen_from = angle(self._look, entry.told)
        found = self._from_an_angle.get(seen_from)
        if found is not None:
            return found, None
        header = header_of(entry.stored)
        found = decide(self._look, entry.told, header.parts)
        self._from_an_angle[seen_from] = found
        return found, header
