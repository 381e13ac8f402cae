"""Trailing (本人開示): what was shared of her, with whom, when, why; and what became of it since.

Her trail is asked for on her behalf. Whoever obtained her consents, or told something of her
without one, is told what rests on that: of the events that they may see now, and no more. An
auditor of the operator is told all of it. Whom she has shut out is told nothing, and for all others
there is no such case. Of what stands in a field nothing is opened.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from heapq import merge
from itertools import islice
from struct import Struct
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from contracts.envelope import AgencyShown
from contracts.replay import event_says
from contracts.trail import (
    PurgeAsked,
    Shared,
    SharedOn,
    TakenAway,
    ToldOf,
    Trail,
    TrailItem,
    Why,
)
from domain.agency import KnownAgency, those_after, with_those_before
from domain.calendar import date_in_japan, wareki
from domain.categories import CategoryCode
from domain.consent_codes import PurgeCause
from domain.consent_ledger import ConsentGranted
from domain.disclosed import Disclosed
from domain.emergency import EmergencyRequested
from domain.exclusions import ExclusionSet
from domain.model import AgencyId, CaseId, EventId
from domain.statutory import StatutoryDisclosureRecorded
from domain.trail import purges
from domain.trail.purges import PurgeRequested
from domain.visibility import Agencies
from services.aliases import Cursors
from services.looking import Looked, Looking, Reader, Row, said
from services.ports import StoredEvent
from services.purged import Purged, answers_of
from services.reacting import LetOut, let_out
from services.reacting.withdrawals import CAUSES
from services.replaying.lenses import standing_of
from services.sealing import Sealing
from services.sights import Entry, Record, Sight

ITEMS_MAX: Final = 200
Item: TypeAlias = tuple[int, TrailItem]
GIVES: Final = (ConsentGranted, EmergencyRequested, StatutoryDisclosureRecorded)
Gives: TypeAlias = ConsentGranted | EmergencyRequested | StatutoryDisclosureRecorded


class Within(NamedTuple):
    """Of which days in Japan, and about whom it was told; by what is shown, and nothing else."""

    since: date | None = None
    until: date | None = None
    to: AgencyId | None = None

    def holds(self, item: TrailItem) -> bool:
        day = date_in_japan(item.at)
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        return self.to is None or _whom_it_names(item) == self.to


EVERYTHING: Final = Within()


class Trailing:
    """``operator``: whose auditors are told all of it."""

    def __init__(self, looking: Looking, cursors: Cursors, operator: AgencyId) -> None:
        self._looking: Final = looking
        self._cursors: Final = cursors
        self._operator: Final = operator

    async def trail(
        self,
        reader: Reader,
        case: CaseId,
        *,
        within: "Within" = EVERYTHING,
        after: str | None = None,
        most: int,
    ) -> Trail | None:
        """``None``: for whoever asks there is no trail here."""
        of, most = f"trail {case}", max(1, min(most, ITEMS_MAX))
        begin = self._begin(reader, of, after)

        async def decided(looked: Looked) -> Row[Trail] | None:
            kept = kept_by(reader, looked, case, self._operator)
            if kept is None or not (kept.gives or kept.whole):
                return None
            disclosed = await lettings(self._looking, case, looked.head)
            telling = Telling(kept, looked, case, disclosed)
            found = [*islice(telling.items(begin, within), most + 1)]
            page = found[:most]
            await self._looking.gate.note(reader, "TRAIL", [case])
            return said(
                Trail(
                    case=self._looking.aliases.alias(reader.agency, case),
                    scope="WHOLE" if kept.whole else "CONSENTS",
                    items=tuple(item for _, item in page),
                    next=self._next(reader, of, page[-1][0]) if len(found) > most else None,
                )
            )

        return await self._looking.fetch(reader, "REPORT", case, decided)

    def _begin(self, reader: Reader, of: str, cursor: str | None) -> int:
        if cursor is None:
            return 0
        (position,) = POSITION.unpack(self._cursors.read(reader.agency, of, cursor))
        assert isinstance(position, int)
        return position

    def _next(self, reader: Reader, of: str, position: int) -> str:
        return self._cursors.written(reader.agency, of, POSITION.pack(position))


class Letting:
    """Something that was let out of the case, and where that stands; opened where it is told of."""

    def __init__(self, stored: StoredEvent, sealing: Sealing) -> None:
        self.stored: Final = stored
        self._sealing: Final = sealing

    @cached_property
    def disclosed(self) -> Disclosed:
        disclosed = self._sealing.open(self.stored).event
        assert isinstance(disclosed, Disclosed)
        return disclosed

    @property
    def lines(self) -> Iterator[LetOut]:
        return let_out(self.stored.position, self.disclosed)


async def lettings(looking: Looking, case: CaseId, head: int) -> list[Letting]:
    found = await looking.log.disclosed(case)
    return [Letting(stored, looking.sealing) for stored in found if stored.position <= head]


class Kept(NamedTuple):
    """What was let know by whoever reads: by consents, emergencies, duties; or by anybody."""

    whole: bool
    gives: Mapping[UUID, Gives]

    @property
    def named(self) -> frozenset[AgencyId]:
        """Whom they have named themselves."""
        return frozenset(agency for each in self.gives.values() for agency in _whom(each))


def kept_by(reader: Reader, looked: Looked, case: CaseId, operator: AgencyId | None) -> Kept | None:
    """``None``: nothing is told; without an ``operator`` nobody audits."""
    record, now = looked.records[case], looked.now[case]
    standing = standing_of(reader, operator, now.look.facts)
    if standing.shut_out:
        return None
    if standing.audits:
        gives = _given_in(record.entries)
        return Kept(whole=True, gives=gives) if record.entries else None
    own = [entry for entry in record.entries if _is_its_own(reader, now, entry)]
    return Kept(whole=False, gives=_given_in(own))


def _is_its_own(reader: Reader, now: Sight, entry: Entry) -> bool:
    recorded_it = entry.told.agency == reader.agency
    return recorded_it and isinstance(entry.told.event, GIVES) and now.visible(entry).what


def _given_in(entries: Iterable[Entry]) -> dict[UUID, Gives]:
    return {_id_of(e.told.event): e.told.event for e in entries if isinstance(e.told.event, GIVES)}


def _id_of(event: Gives) -> UUID:
    match event:
        case ConsentGranted(grant_id=given):
            return given
        case EmergencyRequested(emergency_id=asked):
            return asked
        case StatutoryDisclosureRecorded(statutory_id=filed):
            return filed


def _whom(event: Gives) -> frozenset[AgencyId]:
    if isinstance(event, StatutoryDisclosureRecorded):
        return frozenset({event.recipient})
    return event.recipients


class Telling:
    """What of the trail is told to whoever it is kept by."""

    def __init__(
        self, kept: Kept, looked: Looked, case: CaseId, disclosed: Sequence[Letting]
    ) -> None:
        self._kept: Final = kept
        self._record: Final[Record] = looked.records[case]
        self._now: Final = looked.now[case]
        self._agencies: Final[Agencies] = looked.roster.agencies
        self._at: Final = looked.at
        self._disclosed: Final = disclosed
        self._by_id: Final = {entry.told.id: entry for entry in self._record.entries}
        self._purged: Final = Purged(self._record)

    def items(self, after: int, within: "Within" = EVERYTHING) -> Iterator[Item]:
        """In the order of the log; of what is not told, nothing, as if it were not there."""
        both: tuple[Sequence[Letting | Entry], ...] = (self._disclosed, self._record.entries)
        for each in merge(*both, key=_position):
            if _position(each) <= after:
                continue
            item = self._shared(each) if isinstance(each, Letting) else self._happened(each)
            if item is not None and within.holds(item):
                yield _position(each), item

    @property
    def received_by(self) -> frozenset[AgencyId]:
        """Who was told something, of what is told of here."""
        return frozenset(agency for agency, _ in self._told)

    # What was shared

    @cached_property
    def _told(self) -> Mapping[tuple[AgencyId, UUID], frozenset[CategoryCode]]:
        """By whom which categories were received, on which basis, of what is told of here."""
        told = defaultdict[tuple[AgencyId, UUID], set[CategoryCode]](set)
        for each in self._disclosed:
            for line in each.lines:
                if self._is_told(line) and line.basis_id:
                    told[line.recipient, line.basis_id].add(line.category)
        return {key: frozenset(categories) for key, categories in told.items()}

    def _is_told(self, line: LetOut) -> bool:
        """On what they have let know, of what they may see; or all there was."""
        entry = self._by_id.get(line.event)
        if self._kept.whole:
            return True
        if entry is None or line.basis_id not in self._kept.gives:
            return False
        return self._now.visible(entry).what

    def _shared(self, each: Letting) -> Shared | None:
        by: dict[tuple[str, UUID | None], list[LetOut]] = {}
        for line in each.lines:
            if self._is_told(line):
                by.setdefault((line.basis, line.basis_id), []).append(line)
        if not by:
            return None
        at = each.stored.recorded_at
        return Shared(
            at=at.replace(microsecond=0),
            on=wareki(date_in_japan(at)),
            to=self._agency(each.disclosed.recipient),
            channel=each.disclosed.channel,
            shared=tuple(self._on(lines) for lines in by.values()),
        )

    def _on(self, lines: Sequence[LetOut]) -> SharedOn:
        events: dict[EventId, list[LetOut]] = {}
        for line in lines:
            events.setdefault(line.event, []).append(line)
        of: dict[str, dict[str, None]] = {}  # Of each type each field once, as they come.
        for several in events.values():
            for line in several:
                type_, _, name = line.field.partition("/")
                of.setdefault(type_, {})[name] = None
        first = lines[0]
        return SharedOn(
            why=self._why(Why(basis=first.basis), first.basis_id),
            categories=tuple(sorted({line.category for line in lines})),
            told=tuple(
                ToldOf(type=type_, says=event_says(type_), fields=tuple(names))
                for type_, names in of.items()
            ),
        )

    def _why(self, why: Why, basis: UUID | None) -> Why:
        match self._kept.gives.get(basis) if basis else None:
            case ConsentGranted(grant_id=grant, purpose=purpose):
                return Why(basis="CONSENT", grant=grant, purpose=purpose)
            case EmergencyRequested(emergency_id=emergency):
                return Why(basis="EMERGENCY", emergency=emergency)
            case StatutoryDisclosureRecorded(statutory_id=statutory, provision=provision):
                return Why(basis="STATUTORY", statutory=statutory, provision=provision)
            case None:
                return why

    def _agency(self, agency: AgencyId) -> AgencyShown:
        """Whom they named themselves; of whoever took that one's place, what kind it is."""
        known = self._agencies.get(agency)
        kind = known.kind if isinstance(known, KnownAgency) else None
        named = self._kept.whole or agency in self._kept.named
        return AgencyShown(id=agency if named else None, kind=kind)

    # What became of it

    def _happened(self, entry: Entry) -> TrailItem | None:
        event = entry.told.event
        if isinstance(event, PurgeRequested):
            return self._purge(entry, event)
        cause = CAUSES.get(type(event))
        return self._taken_away(entry, cause) if cause else None

    def _purge(self, entry: Entry, asked: PurgeRequested) -> PurgeAsked | None:
        basis = next((each for each in purges.basis_of(asked) if each), None)
        if basis is None or basis not in self._kept.gives:
            return None
        covers = asked.covers
        if not self._kept.whole:
            covers &= self._told.get((asked.recipient, basis), frozenset())
        is_told = bool(covers) and self._may_know(asked.because, asked.recipient)
        answer = self._purged.asked[asked.purge_id]
        return PurgeAsked(
            at=_second(entry),
            on=_day(entry),
            of=self._agency(asked.recipient) if is_told else AgencyShown(),
            why=self._why(Why(basis="CONSENT"), basis),
            categories=tuple(sorted(covers)) if is_told else (),
            cause=asked.cause if is_told else None,
            due=asked.due,
            due_on=wareki(asked.due),
            state=answer.purge.state(self._at),
            answered_at=answer.answer and _second(answer.answer),
            answered_on=answer.answer and _day(answer.answer),
            ground=answer.ground,
        )

    def _taken_away(self, entry: Entry, cause: PurgeCause) -> TakenAway | None:
        """What they may know took something away of what they had let others know."""
        event, which = entry.told.event, entry.told.id
        of_theirs = getattr(event, "grant_id", None) in self._kept.gives
        because = self._purged.because_of(which)
        asked = [each for each in because if each.basis in self._kept.gives]
        if not (of_theirs or asked) or not self._may_know_of(entry):
            return None
        settled = self._purged.settled.get(which)
        return TakenAway(
            at=_second(entry),
            on=_day(entry),
            cause=cause,
            grant=getattr(event, "grant_id", None) if of_theirs else None,
            answers=answers_of(asked, self._at),
            settled_at=settled and _second(settled),
        )

    def _may_know(self, because: EventId | None, asked: AgencyId) -> bool:
        """What took it away. How an agency stands is known to all.

        But not why whoever takes over may see less than was told, if she has shut them out.
        """
        entry = None if because is None else self._by_id.get(because)
        if entry is not None:
            return self._may_know_of(entry)
        return because is None or all(map(self._may_know_of, self._shuts_out(asked)))

    def _may_know_of(self, entry: Entry) -> bool:
        """Whom she has shut out stands with those to whom she has said so.

        And how far a consent goes is known to who obtained it.
        """
        of_theirs = getattr(entry.told.event, "grant_id", None) in self._kept.gives
        return self._kept.whole or of_theirs or self._now.visible(entry).what

    def _shuts_out(self, agency: AgencyId) -> Iterator[Entry]:
        """Where she has said so of it, or of who took over from it."""
        having = [agency, *those_after(agency, self._agencies)]
        named = with_those_before(having, self._agencies)
        for entry in self._record.entries:
            if isinstance(event := entry.told.event, ExclusionSet) and event.agency_id in named:
                yield entry


def _whom_it_names(item: TrailItem) -> AgencyId | None:
    match item:
        case Shared(to=shown) | PurgeAsked(of=shown):
            return shown.id
        case TakenAway():
            return None


def _position(each: Letting | Entry) -> int:
    return each.stored.position


def _second(entry: Entry) -> datetime:
    return entry.stored.recorded_at.replace(microsecond=0)


def _day(entry: Entry) -> str:
    return wareki(date_in_japan(entry.stored.recorded_at))


POSITION: Final = Struct("!q")
