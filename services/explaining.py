"""Explaining (判断の説明): why an agency may see each field of a case, or may not, event by event.

It is asked for as a replay is, through the same eyes (``replaying.lenses``). Of one's own view all
is explained of which one may see something. Whoever obtained her consent is told, of what they may
see themselves, how far these consents carry it, and of no other ground. An auditor of the operator
is told of every event, and where it stands in the log. Nothing that is hers is opened for it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from struct import Struct
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from contracts.envelope import DETAILS
from contracts.event_labels import EVENT_LABELS
from contracts.explain import (
    Cited,
    ClosedBy,
    EventExplained,
    Explanation,
    ScopeNamed,
    SeenOn,
)
from contracts.replay import BasisShown, Says, View, event_says
from domain.calendar import date_in_japan, in_utc, wareki
from domain.codes import Label
from domain.model import AgencyId, CaseId, StreamId
from domain.policy import ConditionId, RuleId
from domain.sharing import Sharing
from domain.visibility import Basis
from domain.visibility.explaining import (
    Explained,
    as_never_agreed,
    by_these_alone,
    explained,
    names_of,
)
from domain.visibility.look import Look
from services.aliases import Cursors
from services.looking import Looked, Looking, Reader, Row, said
from services.replaying.drawing import basis_shown, parties_of
from services.replaying.glass import Glass
from services.replaying.lenses import Lens, Own, Scope, Still, Through, Whole
from services.sealing import header_of
from services.sights import Entry, Sight

EVENTS_MAX: Final = 200
Reason: TypeAlias = tuple[RuleId | ConditionId, Label, Basis | None]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """About whom, if not oneself, as of when; of one event, or of one field, also by its path."""

    agency: AgencyId | None = None
    event: UUID | None = None
    field: str | None = None
    at: datetime | None = None


class Item(NamedTuple):
    """An event, as what it goes, and what is told of its fields."""

    entry: Entry
    type: str
    told: tuple[Explained, ...]


class Explaining:
    """``operator``: whose auditors are told about every agency."""

    def __init__(self, looking: Looking, cursors: Cursors, operator: AgencyId) -> None:
        self._looking: Final = looking
        self._cursors: Final = cursors
        self._operator: Final = operator

    async def explain(
        self, reader: Reader, case: CaseId, asked: Asked, *, after: str | None = None, most: int
    ) -> Explanation | None:
        """``None``: for whoever asks there is nothing to explain, or nothing that was asked for."""
        asked = msgspec.structs.replace(asked, at=asked.at and in_utc(asked.at))
        of, most = f"explain {case} {asked}", max(1, min(most, EVENTS_MAX))
        begin = self._begin(reader, of, after)

        async def decided(looked: Looked) -> Row[Explanation] | None:
            glass = Glass(self._looking, reader, looked, case, self._operator)
            # What is still to come nobody sees yet: it is as now.
            at = asked.at if asked.at is not None and asked.at < looked.at else None
            view = View(agency=asked.agency or reader.agency, at=at)
            lens = await glass.lens(view)
            if lens is None:
                return None
            telling = Telling(lens, glass.now, asked)
            found = [*islice(telling.items(begin), most + 1)]
            if not found and next(telling.items(), None) is None:
                return None
            more, page = len(found) > most, found[:most]
            if view.agency != reader.agency:
                await self._looking.gate.note(reader, "ANOTHERS_VIEW", [case])
            return said(
                Explanation(
                    case=self._looking.aliases.alias(reader.agency, case),
                    view=view,
                    scope=_named(lens.scope),
                    items=tuple(telling.shown(item) for item in page),
                    next=self._next(reader, of, page[-1].entry.told.position) if more else None,
                )
            )

        return await self._looking.fetch(reader, "FEED", case, decided)

    def _begin(self, reader: Reader, of: str, cursor: str | None) -> int:
        if cursor is None:
            return 0
        (position,) = POSITION.unpack(self._cursors.read(reader.agency, of, cursor))
        assert isinstance(position, int)
        return position

    def _next(self, reader: Reader, of: str, position: int) -> str:
        return self._cursors.written(reader.agency, of, POSITION.pack(position))


class Telling:
    """What of a view is told to whoever looks through it; ``now``: what they may see themselves."""

    def __init__(self, lens: Lens, now: Sight, asked: Asked) -> None:
        self._lens: Final = lens
        self._now: Final = now
        self._event: Final = asked.event
        self._field: Final = asked.field
        self._is_whole: Final = isinstance(lens.scope, Whole)
        self._parties: Final[Mapping[StreamId, BasisShown]] = parties_of(lens.record)
        self._entries: Final = {each.told.position: each for each in lens.record.entries}

    def items(self, after: int = 0) -> Iterator[Item]:
        """In the order of the log; of what was not asked for, nothing, as if it were not there."""
        for item in self._told(after):
            told = tuple(each for each in item.told if self._is_asked(item.type, each.field))
            if told:
                yield item._replace(told=told)

    def shown(self, item: Item) -> EventExplained:
        header, entry = header_of(item.entry.stored), item.entry
        fields: dict[Reason, list[str]] = {}
        for each in item.told:
            fields.setdefault((each.by, each.says, each.basis), []).append(each.field)
        reasons = fields.items()
        return EventExplained(
            id=header.id,
            type=item.type,
            says=event_says(item.type),
            occurred_at=header.occurred_at,
            recorded_at=_to_the_second(entry),
            on=wareki(date_in_japan(header.occurred_at)),
            position=entry.told.position if self._is_whole else None,
            seen=tuple(
                SeenOn(
                    fields=tuple(names),
                    basis=basis_shown(basis, entry.told.stream, self._parties),
                    says=Says(says.ja, says.en),
                    cited=self._cited(basis),
                )
                for (_, says, basis), names in reasons
                if basis is not None
            ),
            closed=tuple(
                ClosedBy(fields=tuple(names), by=by, says=Says(says.ja, says.en))
                for (by, says, basis), names in reasons
                if basis is None
            ),
        )

    def _told(self, after: int) -> Iterator[Item]:
        match self._lens.scope:
            case Own():
                return self._of_their_own(self._lens.sight.look, after)
            case Still():
                return self._of_their_own(as_never_agreed(self._lens.sight.look), after)
            case Through(grants):
                through = by_these_alone(self._lens.sight.look, grants)
                return iter(()) if through is None else self._by_consent(through, after)
            case Whole():
                return self._of_all(self._lens.sight.look, after)

    def _of_their_own(self, look: Look, after: int) -> Iterator[Item]:
        """Where it may not be known what it was, a field that is closed would say so."""
        for told in self._lens.told(self._now):
            entry, header, visible = told.seen
            if self._is_passed(entry, after):
                continue
            seen, event = visible.bases, entry.told
            closed = names_of(type(event.event)) if visible.what else ()
            yield Item(
                entry,
                entry.stored.type if visible.what else DETAILS,
                tuple(explained(look, event, header.parts, seen=seen, known=seen, closed=closed)),
            )

    def _by_consent(self, look: Look, after: int) -> Iterator[Item]:
        """Of what whoever obtained it may see now: they learn nothing but how far it carries."""
        told = {each.position: each.seen.visible.bases for each in self._lens.told(self._now)}
        for entry in self._recorded(after):
            theirs, event = self._now.visible(entry), entry.told
            if not theirs:
                continue
            lines = header_of(entry.stored).parts
            seen, known = told.get(event.position, {}), theirs.bases
            closed = known if theirs.what else ()
            found = explained(look, event, lines, seen=seen, known=known, closed=closed)
            yield Item(
                entry,
                entry.stored.type if theirs.what else DETAILS,
                tuple(each for each in found if each.by not in NO_MATTER_OF_CONSENT),
            )

    def _of_all(self, look: Look, after: int) -> Iterator[Item]:
        for entry in self._recorded(after):
            event, lines = entry.told, header_of(entry.stored).parts
            seen, fields = self._lens.sight.visible(entry).bases, names_of(type(event.event))
            found = explained(look, event, lines, seen=seen, known=fields, closed=fields)
            yield Item(entry, entry.stored.type, tuple(found))

    def _recorded(self, after: int) -> Iterator[Entry]:
        """Numbers and duties are no step of hers."""
        for entry in self._lens.record.entries:
            is_to_come = entry.told.position > self._lens.until
            if entry.stored.type in EVENT_LABELS and not (
                is_to_come or self._is_passed(entry, after)
            ):
                yield entry

    def _is_passed(self, entry: Entry, after: int) -> bool:
        is_another = self._event is not None and entry.told.id != self._event
        return is_another or entry.told.position <= after

    def _is_asked(self, type_: str, field: str) -> bool:
        """What an event goes as is what it is asked for by."""
        return self._field is None or self._field in {field, f"{type_}/{field}"}

    def _cited(self, basis: Basis) -> Cited | None:
        position = _recorded_where(basis, self._lens.sight.look.facts.sharing)
        if position is None:
            return None
        entry = self._entries[position]
        may_know = self._is_whole or self._now.visible(entry).what
        return Cited(
            recorded_at=_to_the_second(entry),
            event=entry.told.id if may_know else None,
            position=position if self._is_whole else None,
        )


def _named(scope: Scope) -> ScopeNamed:
    """Whom she has shut out is told of their own view as everybody is."""
    match scope:
        case Own() | Still():
            return "OWN"
        case Through():
            return "CONSENTS"
        case Whole():
            return "WHOLE"


def _recorded_where(basis: Basis, sharing: Sharing) -> int | None:
    if basis.grant is not None:
        return sharing.grants[basis.grant].position
    if basis.emergency is not None:
        return sharing.emergencies[basis.emergency].position
    if basis.statutory is not None:
        return sharing.statutory[basis.statutory].position
    return None


def _to_the_second(entry: Entry) -> datetime:
    return entry.stored.recorded_at.replace(microsecond=0)


POSITION: Final = Struct("!q")
# Of these a consent says nothing: whether they are seen rests on something else.
NO_MATTER_OF_CONSENT: Final[frozenset[RuleId | ConditionId]] = frozenset({"NO_BASIS", "BY_CONSENT"})
