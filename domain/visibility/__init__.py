"""Who may see what (閲覧範囲): one rule for every field of every event, and nothing else filters.

The rules, their order and their reasons are in ``domain.policy``; here they are walked. What none
of them allows is denied. Consent permits, participation lets see.

The envelope (ENV) and members of staff (STF) tell nothing by themselves: they are seen beside
another field of their event, where what the event is about may be seen, and staff only among the
agencies of the network in whose ledger the case stands.

Where she is (LOC) is also told by who helps her. An agency that is a protective provider, or of
another prefecture than the reader's, is named only where LOC may be seen; so are the people and the
networks of an event with such an agency in it. Of an agency not known the worst is assumed.
"""

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import datetime
from typing import Final, get_args

import msgspec

from domain.agency import Agency, KnownAgency
from domain.agency_codes import PROTECTIVE
from domain.categories import CategoryCode
from domain.header import PartLine
from domain.model import AgencyId, EventId, PersonId, StaffId, StreamId
from domain.policy import ALONE, BESIDE
from domain.sharing import Sharing, Sides, Told
from domain.visibility.agreeing import covers, permits
from domain.visibility.asking import (
    ACTING,
    Asked,
    acting,
    agencies_in,
    fields_of,
    naming,
    told_apart_by,
)
from domain.visibility.facts import (
    Agencies,
    Basis,
    Denied,
    Facts,
    Found,
    Membership,
    Recipient,
    Roster,
    Says,
    membership,
    who_reads,
    whose_feed,
)
from domain.visibility.rules import OWN, PARTY, PUBLIC, sides_of, steps

__all__ = [
    "ACTING",
    "NOTHING",
    "OWN",
    "PARTY",
    "PUBLIC",
    "Agencies",
    "Asked",
    "Basis",
    "Denied",
    "Look",
    "Membership",
    "Recipient",
    "Roster",
    "Visible",
    "agencies_in",
    "angle",
    "covers",
    "decide",
    "fields_of",
    "found",
    "looking",
    "may_name",
    "membership",
    "naming",
    "on_feed",
    "permits",
    "who_reads",
    "whose_feed",
]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """An agency that looks at a case at some time, and what the rules come to for it."""

    agency: AgencyId
    woman: PersonId | None
    steps: Mapping[CategoryCode, tuple[Says, ...]]
    facts: Facts
    colleagues: frozenset[AgencyId]  # Whose staff it may know.
    referrals: Mapping[StreamId, Sides]
    streams: frozenset[int]  # Where it is a side of something,
    given: frozenset[EventId]  # and of which events something was put before it.
    since: tuple[int, ...]  # Where that was recorded which opens something from then on,
    stood: Mapping[int, tuple[int, ...]]  # and what was part of the state at which of these.

    @property
    def rests_on_state(self) -> bool:
        """Whether it makes a difference what was part of the state at some time."""
        return bool(self.stood)


class Visible(msgspec.Struct, frozen=True):
    """What may be seen of an event: which fields, what kind of event it was, and who is named."""

    bases: Mapping[str, Basis]
    what: bool = False
    who: frozenset[tuple[str, AgencyId]] = frozenset()  # In which field which agency.
    staff: bool = False
    alone: bool = False  # These fields, and nothing else of the event: not even whose record it is.

    def __bool__(self) -> bool:
        return bool(self.bases)


def looking(sharing: Sharing, who: Recipient, roster: Roster, at: datetime) -> Look:
    facts = Facts(sharing=sharing, recipient=who, roster=roster, at=at)
    members = facts.network.members
    referrals = {s: sides for s, sides in sharing.referrals.items() if who.agency in sides}
    streams = {*sides_of(facts), *sharing.attended_by(who.agency)}
    since, stood = _reach(facts)
    return Look(
        agency=who.agency,
        woman=sharing.subject,
        steps={category: steps(facts, category) for category in get_args(CategoryCode)},
        facts=facts,
        colleagues=members if who.agency in members else frozenset(),
        referrals=referrals,
        streams=frozenset(stream.int for stream in streams),
        given=frozenset(event for event, _ in sharing.given_to(who.agency)),
        since=since,
        stood=stood,
    )


def decide(look: Look, told: Told, lines: Iterable[PartLine]) -> Visible:
    """What may be seen of an event; nothing, where nothing would be told."""
    fields = fields_of(look.woman, told, lines)
    primary = told.event.primary.of(told.event)
    own = told.agency == look.agency
    what, beside = own or primary in BESIDE, None
    bases: dict[str, Basis] = {}
    for field in fields:
        if not own and field.category in BESIDE:
            continue
        if type(basis := found(look, told, field)) is Basis:
            bases[field.name] = basis
            what = what or field.category == primary
            if basis.rule not in ALONE:
                beside = basis
    if not bases:
        return NOTHING
    if beside is None:
        shown = [(f, agency) for f in fields if f.name in bases for agency in f.names]
        return Visible(bases, what, _named(look, told, shown), alone=True)
    named = [(f, agency) for f in (acting(look.woman, told), *fields) for agency in f.names]
    who = _named(look, told, named)
    all_named = len(who) == len(named)
    for field in fields:
        if field.name in bases or not what:
            continue
        if field.category in BESIDE and (all_named or not field.tells_who):
            basis = found(look, told, field, beside)
            if type(basis) is Basis:
                bases[field.name] = basis
    return Visible(bases, what, who, all_named and _colleagues(look, told))


def found(look: Look, told: Told, field: Asked, beside: Basis | None = None) -> Found:
    """The first rule that decides. ``beside`` is on what basis another field may be seen."""
    for says in look.steps[field.category]:
        if (basis := says(told, field)) is not None:
            if type(basis) is Denied and beside:
                return beside if field.category == "ENV" or _colleagues(look, told) else basis
            return basis
    raise AssertionError(NO_END)


def may_name(look: Look, told: Told, field: Asked, named: AgencyId) -> bool:
    """Whether an agency in a field that may be seen is shown by its id, or by its kind alone."""
    if look.agency in {told.agency, named}:
        return True
    agencies = look.facts.roster.agencies
    if _hides_nobody(agencies.get(named), agencies.get(look.agency)):
        return True
    place = msgspec.structs.replace(field, category="LOC", names=frozenset[AgencyId]())
    return type(found(look, told, place)) is Basis


def on_feed(sharing: Sharing, staff: Collection[StaffId]) -> bool:
    """Whether a case is on the feed of an agency with this staff; a feed is read by all of them."""
    return sharing.excluded_staff.isdisjoint(staff)


def angle(look: Look, told: Told) -> Hashable:
    """Two events of one type show the same fields where they are seen from one angle."""
    position, stream = told.position, told.stream.int
    return (
        type(told.event),
        told.agency.int,
        stream if stream in look.streams else 0,
        told.id.int if look.given and told.id in look.given else 0,
        bisect_left(look.since, position),
        look.stood.get(position),
        told_apart_by(told.event, position),
    )


def _named(
    look: Look, told: Told, named: Iterable[tuple[Asked, AgencyId]]
) -> frozenset[tuple[str, AgencyId]]:
    return frozenset((f.name, agency) for f, agency in named if may_name(look, told, f, agency))


def _colleagues(look: Look, told: Told) -> bool:
    """Whose staff may be told of: one's own, and those of the network."""
    return told.agency == look.agency or told.agency in look.colleagues


def _hides_nobody(named: Agency | None, reader: Agency | None) -> bool:
    if not (isinstance(named, KnownAgency) and isinstance(reader, KnownAgency)):
        return False
    near = named.prefecture is not None and named.prefecture == reader.prefecture
    return near and named.kind not in PROTECTIVE


def _reach(facts: Facts) -> tuple[tuple[int, ...], dict[int, tuple[int, ...]]]:
    """Where what opens something to this agency was recorded, and what was the state then."""
    sharing, agency = facts.sharing, facts.agency
    grants = [grant for grant in sharing.grants.values() if agency in grant.recipients]
    snapshots = [*sharing.emergencies.values(), *sharing.statutory.values()]
    states = [(grant.position, grant.state) for grant in grants]
    states += [(each.position, each.state) for each in snapshots if agency in each.recipients]
    stood: dict[int, tuple[int, ...]] = {}
    for since, state in states:
        for position in state.positions:
            stood[position] = (*stood.get(position, ()), since)
    return tuple(sorted(grant.position for grant in grants)), stood


NO_END: Final = "the last of the rules always decides"
NOTHING: Final = Visible({})
