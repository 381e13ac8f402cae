"""Who may see what (閲覧範囲): one rule for every field of every event, and nothing else filters.

The rules, their order and their reasons are in ``domain.policy``; here they are walked. What none
of them allows is denied. Consent permits, participation lets see.

The envelope (ENV) and members of staff (STF) tell nothing by themselves: they are seen beside
another field of their event, where what the event is about may be seen, and staff only among the
agencies of the network in whose ledger the case stands.

Where she is (LOC) is also told by who helps her. An agency that is a protective provider, or of
another prefecture than the reader's, is named only where LOC may be seen; so are the people and the
networks of an event with such an agency in it. A protective provider is also whoever is
commissioned to protect, and in her case whoever was to take her in. Of an agency not known the
worst is assumed.
"""

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, get_args

import msgspec

from domain.agency import Agency, KnownAgency, is_commissioned
from domain.agency_codes import PROTECTIVE
from domain.calendar import date_in_japan
from domain.case import CaseEvent, NoCase
from domain.categories import CategoryCode
from domain.consent_ledger.events import ConsentGranted
from domain.fields import tag_of
from domain.header import PartLine
from domain.model import AgencyId, Event, PersonId, StaffId, StreamId
from domain.policy import ALONE, BESIDE, RuleId
from domain.referral.events import ReferralDrafted
from domain.sharing import Sharing, Sides, Told
from domain.visibility.agreeing import covering, covers, named, permits
from domain.visibility.asking import (
    ACTING,
    Asked,
    Kind,
    Slot,
    agencies_in,
    asked,
    each_agency,
    fields_of,
    kind_of,
    line_of,
    naming,
    plainly,
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
    facts_of,
    membership,
    who_reads,
    whose_feed,
)
from domain.visibility.rules import OWN, PARTY, PUBLIC, Step, steps

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
    "covering",
    "covers",
    "decide",
    "fields_of",
    "found",
    "looking",
    "may_name",
    "membership",
    "named",
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
    steps: Mapping[CategoryCode, tuple[Step, ...]]
    facts: Facts
    colleagues: frozenset[AgencyId]  # Whose staff it may know.
    referrals: Mapping[StreamId, Sides]
    streams: frozenset[int]  # Where it is a side of something, or something is about who reads;
    given: frozenset[int]  # and of which events something was put before it.
    since: tuple[int, ...]  # Where that was recorded which opens something from then on,
    stood: Mapping[int, tuple[int, ...]]  # and what was part of the state at which of these.
    # The same, said shortly: what may open something of another's record, of each category;
    others: Mapping[CategoryCode, tuple[Says, ...]]
    all_its_own: bool  # whether all of its own records are open to it, for being its own;
    near: dict[int, bool]  # whom it may name anywhere, as far as that was asked;
    acting: dict[int, frozenset[tuple[str, AgencyId]]]  # each of these, as whose record it is;
    asking: dict[type[Event], "Asking"]  # and what is worth asking of such an event.

    @property
    def rests_on_state(self) -> bool:
        """Whether it makes a difference what was part of the state at some time."""
        return bool(self.stood)


class Asking(NamedTuple):
    """What to ask of events of a type: of the telling fields, those that something may open."""

    kind: Kind
    primary: CategoryCode | None  # ``None``: it depends.
    telling: tuple[tuple[Slot, Asked | None, tuple[Says, ...]], ...]
    beside: tuple[tuple[Slot, Asked | None], ...]
    own: Mapping[str, Basis]


class Visible(msgspec.Struct, frozen=True):
    """What may be seen of an event: which fields, what kind of event it was, and who is named."""

    bases: Mapping[str, Basis]
    what: bool = False
    who: frozenset[tuple[str, AgencyId]] = frozenset()  # In which field which agency.
    staff: bool = False
    alone: bool = False  # Its fields, and nothing else of the event: not even whose record it is.

    def __bool__(self) -> bool:
        return bool(self.bases)


def looking(sharing: Sharing, who: Recipient, roster: Roster, at: datetime) -> Look:
    facts = facts_of(sharing, who, roster, at)
    members = facts.network.members
    walks = {category: steps(facts, category) for category in get_args(CategoryCode)}
    streams = facts.attended.union(facts.about_them, (stream.int for stream in facts.sides))
    since, stood = _reach(facts)
    return Look(
        agency=who.agency,
        woman=sharing.subject,
        steps=walks,
        facts=facts,
        colleagues=members if who.agency in members else frozenset(),
        referrals={s: sides for s, sides in sharing.referrals.items() if who.agency in sides},
        streams=streams,
        given=frozenset(event.int for event, _ in facts.given),
        since=since,
        stood=stood,
        others={category: _of_others(walk) for category, walk in walks.items()},
        all_its_own=all(_begins_with_own(walk) for walk in walks.values()),
        near={},
        acting={},
        asking={},
    )


def _of_others(walk: Sequence[Step]) -> tuple[Says, ...]:
    """What can be said of another's record; nothing, where nothing there can open it."""
    left = [step for step in walk if step.rule != "OWN"]
    return tuple(step.says for step in left) if any(step.allows for step in left) else ()


def _begins_with_own(walk: tuple[Step, ...]) -> bool:
    """Notices are looked for by themselves."""
    first = next(step.rule for step in walk if step.rule not in AND_OWN)
    return first == "OWN"


def decide(look: Look, told: Told, lines: Sequence[PartLine]) -> Visible:
    """What may be seen of an event; nothing, where nothing would be told."""
    asking = look.asking.get(type(told.event)) or _asking(look, type(told.event))
    own = told.agency.int == look.agency.int
    if own and look.all_its_own and not asking.kind.in_notice:
        who = _itself(look, told) if not asking.kind.naming else _named_itself(look, told, asking)
        return Visible(asking.own, what=True, who=who, staff=True) if asking.own else NOTHING
    if own:
        return _walked(look, told, lines, asking)
    bases: dict[str, Basis] = {}
    opened: list[CategoryCode] = []
    beside: Basis | None = None
    for slot, plain, said in asking.telling:
        field = _as_said(look, told, lines, slot, plain)
        if field is None or field.category in BESIDE:
            continue
        for says in said if field is plain else look.others[field.category]:
            basis = says(told, field)
            if basis is None:
                continue
            if type(basis) is Basis:
                bases[slot.name] = basis
                opened.append(field.category)
                beside = beside if basis.rule in ALONE else basis
            break
    if not bases:
        return NOTHING
    primary = asking.primary or told.event.primary.of(told.event)
    what = primary in BESIDE or primary in opened
    if beside is None:
        return _alone(look, told, bases, asking, what=what)
    return _with_what_stands_beside(
        look, told, lines, bases, beside=beside, asking=asking, what=what
    )


def found(look: Look, told: Told, field: Asked) -> Found:
    """The first rule that decides."""
    decided = _walk((step.says for step in look.steps[field.category]), told, field)
    assert decided is not None, "the last of the rules always decides"
    return decided


def _walk(walk: Iterable[Says], told: Told, field: Asked) -> Found | None:
    for says in walk:
        if (decided := says(told, field)) is not None:
            return decided
    return None


def _walked(look: Look, told: Told, lines: Sequence[PartLine], asking: Asking) -> Visible:
    """Its own record, rule by rule: it may be open to it for another reason, or not at all."""
    bases = {
        field.name: basis
        for field in fields_of(look.woman, told, lines)
        if type(basis := found(look, told, field)) is Basis
    }
    if not bases:
        return NOTHING
    if all(basis.rule in ALONE for basis in bases.values()):
        return _alone(look, told, bases, asking, what=True)
    return Visible(bases, what=True, who=_named_itself(look, told, asking), staff=True)


def _asking(look: Look, event: type[Event]) -> Asking:
    kind = kind_of(event)

    def plain(slot: Slot) -> Asked | None:
        return plainly(slot, look.woman) if slot.plain else None

    def said(slot: Slot) -> tuple[Says, ...]:
        steps = look.steps[slot.category.code] if slot.plain else ()
        return _of_others([s for s in steps if s.fields is None or slot.path in s.fields])

    telling = [
        slot for slot in kind.slots if any(look.others[c] for c in slot.category.codes - BESIDE)
    ]
    asking = look.asking[event] = Asking(
        kind=kind,
        primary=None if kind.primary.by_field else kind.primary.code,
        telling=tuple((slot, plain(slot), said(slot)) for slot in telling),
        beside=tuple((slot, plain(slot)) for slot in kind.slots if slot.category.codes & BESIDE),
        own={slot.name: OWN for slot in kind.slots},
    )
    return asking


def _as_said(
    look: Look, told: Told, lines: Sequence[PartLine], slot: Slot, plain: Asked | None
) -> Asked | None:
    """As it is in all such events, unless it was said of it otherwise when it was sealed."""
    if plain is None:
        return asked(slot, look.woman, told, lines)
    if slot.line is None:
        return plain
    line = line_of(slot, lines)
    if line is None:
        return None
    if line.category == plain.category and look.woman and line.person.int == look.woman.int:
        return plain
    return asked(slot, look.woman, told, lines)


def _alone(
    look: Look, told: Told, bases: dict[str, Basis], asking: Asking, *, what: bool
) -> Visible:
    names = [(name, agency) for name, agency in _names(told, asking) if name in bases]
    return Visible(bases, what, _who(look, told, names), alone=True)


def _with_what_stands_beside(  # noqa: PLR0913 (one for each thing it stands beside)
    look: Look,
    told: Told,
    lines: Sequence[PartLine],
    bases: dict[str, Basis],
    *,
    beside: Basis,
    asking: Asking,
    what: bool,
) -> Visible:
    who, all_named = _itself(look, told), _is_near(look, told.agency)
    if asking.kind.naming or not all_named:
        names = frozenset(_names(told, asking))
        all_named = all(_is_near(look, agency) for _, agency in names)
        who = names if all_named else _who(look, told, names)
        all_named = all_named or len(who) == len(names)
    colleagues = told.agency in look.colleagues
    for slot, plain in asking.beside if what else ():
        if slot.tells_who and not all_named:
            continue
        field = plain if slot.line is None else None
        field = field or _as_said(look, told, lines, slot, plain)
        if field is None or field.category not in BESIDE:
            continue
        basis = _walk(look.others[field.category], told, field)
        if type(basis) is Basis:
            bases[slot.name] = basis
        elif field.category == "ENV" or colleagues:
            bases[slot.name] = beside
    if _was_passed_on(look, told):
        return Visible(bases, what, who - _itself(look, told), alone=True)
    return Visible(bases, what, who, all_named and colleagues)


def _was_passed_on(look: Look, told: Told) -> bool:
    """A draft of the sender's: whom she is sent to instead is not told who was asked before."""
    event = told.event
    return (
        isinstance(event, ReferralDrafted)
        and look.agency == event.to_agency
        and told.agency not in {event.from_agency, event.to_agency}
    )


def _names(told: Told, asking: Asking) -> Iterator[tuple[str, AgencyId]]:
    """Whom an event names: whose record it is, and each agency in each field."""
    yield ACTING, told.agency
    for slot in asking.kind.naming:
        for agency in each_agency(told.event, slot.name):
            yield slot.name, agency


def _named_itself(look: Look, told: Told, asking: Asking) -> frozenset[tuple[str, AgencyId]]:
    """Whom it names in its own record; whom the record filled in there, as if it were another's."""
    names, filled_in = frozenset(_names(told, asking)), asking.kind.filled_in
    if not filled_in:
        return names
    hidden = [
        (name, agency)
        for name, agency in names
        if name in filled_in and not (_is_near(look, agency) or _may_know_where(look, told, name))
    ]
    return names.difference(hidden) if hidden else names


def _itself(look: Look, told: Told) -> frozenset[tuple[str, AgencyId]]:
    itself = look.acting.get(told.agency.int)
    if itself is None:
        itself = look.acting[told.agency.int] = frozenset({(ACTING, told.agency)})
    return itself


def _who(
    look: Look, told: Told, names: Iterable[tuple[str, AgencyId]]
) -> frozenset[tuple[str, AgencyId]]:
    return frozenset(
        (name, agency)
        for name, agency in names
        if _is_near(look, agency) or _may_know_where(look, told, name)
    )


def _is_near(look: Look, agency: AgencyId) -> bool:
    """Whether to name it tells nothing of where she is."""
    near = look.near.get(agency.int)
    if near is None:
        facts = look.facts
        agencies, today = facts.roster.agencies, date_in_japan(facts.at)
        near = look.near[agency.int] = agency == look.agency or (
            agency not in facts.sharing.keepers
            and _hides_nobody(agencies.get(agency), agencies.get(look.agency), today)
        )
    return near


def may_name(
    look: Look, record: Iterable[tuple[Told, Sequence[PartLine]]], agency: AgencyId
) -> bool:
    """Whether to be told that this agency has to do with her tells nothing of where she is.

    Nor does it, where she stays there by its own decision, where she said to it that this agency
    may know, and where it may see of her case that another has named this one.
    """
    return (
        _is_near(look, agency)
        or _placed_her(look, agency)
        or any(_heard(look, told, lines, agency) for told, lines in record)
    )


def _placed_her(look: Look, provider: AgencyId) -> bool:
    case = look.facts.sharing.case
    if isinstance(case, NoCase):
        return False
    known = case.stays
    going_on = (known.stays[stay] for stay in (known.active, known.decided) if stay)
    return any((each.decided_by, each.provider) == (look.agency, provider) for each in going_on)


def _heard(look: Look, told: Told, lines: Sequence[PartLine], agency: AgencyId) -> bool:
    event, facts = told.event, look.facts
    if told.agency == look.agency:
        return isinstance(event, ConsentGranted) and any(
            event.grant_id in covering(facts.sharing, agency, category, facts.at)
            for category in event.categories
        )
    if not isinstance(event, CaseEvent):
        return False
    return any(named == agency for _, named in decide(look, told, lines).who)


def _may_know_where(look: Look, told: Told, name: str) -> bool:
    """Whether what a field says could be seen of it, if it were LOC."""
    if not look.others["LOC"]:
        return False
    path = f"{tag_of(type(told.event))}/{name}"
    place = Asked(NAMELESS, path, "LOC", look.woman)
    return type(_walk(look.others["LOC"], told, place)) is Basis


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
        told.id.int if look.given and told.id.int in look.given else 0,
        bisect_left(look.since, position),
        look.stood.get(position),
        told_apart_by(told.event, position),
    )


def _hides_nobody(named: Agency | None, reader: Agency | None, today: date) -> bool:
    if not (isinstance(named, KnownAgency) and isinstance(reader, KnownAgency)):
        return False
    near = named.prefecture is not None and named.prefecture == reader.prefecture
    return near and named.kind not in PROTECTIVE and not is_commissioned(named, today)


def _reach(facts: Facts) -> tuple[tuple[int, ...], dict[int, tuple[int, ...]]]:
    """Where what opens something to this agency was recorded, and what was the state then."""
    sharing, agency = facts.sharing, facts.agency
    known = facts.roster.agencies.get(agency)
    before = known.predecessors if isinstance(known, KnownAgency) else frozenset[AgencyId]()
    grants = [g for g in sharing.grants.values() if not g.recipients.isdisjoint({agency, *before})]
    snapshots = [*sharing.emergencies.values(), *sharing.statutory.values()]
    states = [(grant.position, grant.state) for grant in grants]
    states += [(each.position, each.state) for each in snapshots if agency in each.recipients]
    stood: dict[int, tuple[int, ...]] = {}
    for since, state in states:
        for position in state.positions:
            stood[position] = (*stood.get(position, ()), since)
    return tuple(sorted(grant.position for grant in grants)), stood


NOTHING: Final = Visible({})
# What comes first and leaves to an agency what is its own.
AND_OWN: Final[frozenset[RuleId]] = frozenset({"NOTICE", "CASE_NUMBER", "ANOTHERS_CONSENT"})
NAMELESS: Final = ""  # That a field names the reader too tells it of no other in it.
