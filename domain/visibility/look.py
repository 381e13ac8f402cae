"""Looking (閲覧): an agency that looks at a case at some time, and what the rules leave for it."""

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from domain.categories import CategoryCode
from domain.header import PartLine
from domain.model import AgencyId, Event, PersonId, StreamId
from domain.sharing import Sharing, Sides, Told
from domain.visibility.asking import (
    Asked,
    Kind,
    Slot,
    asked,
    kind_of,
    line_of,
    plainly,
    told_apart_by,
)
from domain.visibility.bases import Says
from domain.visibility.facts import Facts, Recipient, Roster, facts_of
from domain.visibility.rules import Step, Walks


class OfOthers(dict[CategoryCode, tuple[Says, ...]]):
    """What can be said of another's record; nothing, where nothing there can open it.

    ``usual``: as far as it is not about what the agency is a side of, nor about some fields alone.
    """

    def __init__(self, walks: Walks, *, usual: bool) -> None:
        super().__init__()
        self._walks: Final = walks
        self._usual: Final = usual

    def __missing__(self, category: CategoryCode) -> tuple[Says, ...]:
        left = [step for step in self._walks[category] if step.rule != "OWN"]
        if self._usual:
            left = [step for step in left if step.rule != "PARTY" and step.fields is None]
        opens = any(step.allows for step in left)
        said = self[category] = tuple([step.says for step in left]) if opens else ()
        return said


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """An agency that looks at a case at some time, and what the rules come to for it."""

    agency: AgencyId
    woman: PersonId | None
    steps: Mapping[CategoryCode, tuple[Step, ...]]
    facts: Facts
    colleagues: frozenset[int]  # Whose staff it may know.
    referrals: Mapping[StreamId, Sides]
    streams: frozenset[int]  # Where more is seen than elsewhere, or less;
    given: frozenset[int]  # and of which events something was put before it.
    since: tuple[int, ...]  # Where that was recorded which opens something from then on,
    stood: Mapping[int, tuple[int, ...]]  # and what was part of the state at which of these.
    # The same, said shortly: what may open something of another's record, of each category;
    others: Mapping[CategoryCode, tuple[Says, ...]]
    usual: Mapping[CategoryCode, tuple[Says, ...]]  # and as it mostly is;
    all_its_own: bool  # whether all of its own records are open to it, for being its own;
    sides: frozenset[int]  # of what it is a side;
    # and, as far as it was asked: whom it may name anywhere; each of these, as whose record it is;
    near: dict[int, bool]
    acting: dict[int, frozenset[tuple[str, AgencyId]]]
    asking: dict[type[Event], "Asking"]  # what to ask of such an event, and of one in something
    inside: dict[type[Event], "Asking"]  # of which it is a side.

    @property
    def rests_on_state(self) -> bool:
        """Whether it makes a difference what was part of the state at some time."""
        return bool(self.stood)


class Asking(NamedTuple):
    """What to ask of events of a type: of the telling fields, those that something may open."""

    kind: Kind
    primary: CategoryCode | None  # ``None``: it depends.
    telling: tuple["Put", ...]
    along: tuple[str, ...]  # What is always seen beside these,
    beside: tuple["Put", ...]  # and what is, where more is asked.


class Put(NamedTuple):
    """A field as it is asked about, and what may open it, where that is as in all such events."""

    slot: Slot
    sure: Asked | None  # It stands in the clear, so there it is never otherwise.
    plain: Asked | None
    said: tuple[Says, ...]


def looking(sharing: Sharing, who: Recipient, roster: Roster, at: datetime) -> Look:
    facts = facts_of(sharing, who, roster, at)
    members = facts.network.members
    walks, sides = Walks(facts), frozenset([stream.int for stream in facts.sides])
    since, stood = _reach(facts)
    return Look(
        agency=who.agency,
        woman=sharing.subject,
        steps=walks,
        facts=facts,
        colleagues=frozenset([m.int for m in members] if who.agency in members else []),
        referrals={s: sides for s, sides in sharing.referrals.items() if who.agency in sides},
        streams=sides.union(facts.attended, facts.closed, facts.about_them),
        given=frozenset(event.int for event, _ in facts.given),
        since=since,
        stood=stood,
        others=OfOthers(walks, usual=False),
        usual=OfOthers(walks, usual=True),
        all_its_own=walks.leave_all_its_own(),
        near={},
        acting={},
        sides=sides,
        asking={},
        inside={},
    )


def _reach(facts: Facts) -> tuple[tuple[int, ...], dict[int, tuple[int, ...]]]:
    """Where what opens something to this agency was recorded, and what was the state then."""
    sharing, agency = facts.sharing, facts.agency
    grants = [
        grant
        for grant in sharing.grants.values()
        if not facts.itself.isdisjoint(grant.granted.recipients)
    ]
    snapshots = [*sharing.emergencies.values(), *sharing.statutory.values()]
    states = [(grant.position, grant.state) for grant in grants]
    states += [(each.position, each.state) for each in snapshots if agency in each.recipients]
    stood: dict[int, tuple[int, ...]] = {}
    for since, state in states:
        for position in state.positions:
            stood[position] = (*stood.get(position, ()), since)
    # To its ledger belongs what was said since it stands there, and where somebody last came to
    # answer for her.
    ledger = (sharing.since - 1, sharing.answering_since - 1, sharing.answering_since)
    return tuple(sorted([*ledger, *(grant.position for grant in grants)])), stood


def asking_of(look: Look, told: Told) -> Asking:
    """Made once for events of a type, and once for those that happened in what it is a side of."""
    inside = told.stream.int in look.sides
    known = look.inside if inside else look.asking
    event = type(told.event)
    return known.get(event) or known.setdefault(event, _asking(look, event, inside=inside))


def _asking(look: Look, event: type[Event], *, inside: bool) -> Asking:
    """What nothing can open is not even looked at: that is most of what there is."""
    kind = kind_of(event)
    opened = {code for code in kind.telling if look.others[code]}
    if not opened:
        return Asking(kind, primary=None, telling=(), along=(), beside=())
    telling: list[Put] = []
    along: list[str] = []
    beside: list[Put] = []
    for slot, plain in zip(kind.slots, plainly(event, look.woman), strict=True):
        tells = not opened.isdisjoint(slot.telling)
        if not (tells or slot.stands_beside):
            continue
        sure = None if slot.line is not None else plain
        said = (look.others if inside or slot.is_ruled else look.usual)[slot.category.code]
        put = Put(slot, sure, plain, said)
        if tells and (said or sure is None):
            telling.append(put)
        if slot.stands_beside:
            if sure is not None and not (said or slot.tells_who) and sure.category == "ENV":
                along.append(slot.name)  # Nothing is left to be asked of it, in no such event.
            else:
                beside.append(put)
    return Asking(
        kind=kind,
        primary=None if kind.primary.by_field else kind.primary.code,
        telling=tuple(telling),
        along=tuple(along),
        beside=tuple(beside),
    )


def as_said(
    look: Look, told: Told, lines: Sequence[PartLine], slot: Slot, plain: Asked | None
) -> Asked | None:
    """As it is in all such events, unless it was said of it otherwise when it was sealed."""
    if plain is None:
        return asked(slot, look.woman, told, lines)
    line = line_of(slot, lines)
    if line is None:
        return None
    if line.category == plain.category and look.woman and line.person.int == look.woman.int:
        return plain
    return asked(slot, look.woman, told, lines)


def angle(look: Look, told: Told) -> Hashable:
    """Two events of one type show the same fields where they are seen from one angle."""
    position, stream = told.position, told.stream.int
    return (
        type(told.event),
        told.agency.int,
        stream if stream in look.streams else 0,
        told.id.int if look.given and told.id.int in look.given else 0,
        bisect_left(look.since, position),
        look.stood.get(position),
        told_apart_by(told.event, position),
    )
