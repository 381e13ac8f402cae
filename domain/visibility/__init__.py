"""Who may see what (閲覧範囲): one rule for every field of every event, and nothing else filters.

The rules, their order and their reasons are in ``domain.policy``; here they are walked. What none
of them allows is denied. Consent permits, participation lets see.

The envelope (ENV) and members of staff (STF) tell nothing by themselves: they are seen beside
another field of their event, where what the event is about may be seen, and staff only among the
agencies of the network in whose ledger the case stands.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Final

import msgspec

from domain.categories import CategoryCode
from domain.header import PartLine
from domain.model import AgencyId, Event, StaffId
from domain.policy import ALONE, BESIDE
from domain.sharing import Sharing, Told
from domain.visibility.agreeing import covered, covering, covers, named, permits, permitting
from domain.visibility.asking import (
    ACTING,
    Asked,
    Kind,
    agencies_in,
    fields_of,
    kind_of,
    naming,
)
from domain.visibility.bases import Basis, Denied, Found
from domain.visibility.facts import (
    Agencies,
    Membership,
    Recipient,
    Roster,
    membership,
    who_reads,
    whose_feed,
)
from domain.visibility.look import Asking, Look, Put, angle, as_said, asking_of, looking
from domain.visibility.names import (
    in_these,
    to_another,
    to_itself,
    was_passed_on,
    whose_record,
)
from domain.visibility.rules import OWN, PARTY, PUBLIC, first_to_decide

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
    "covered",
    "covering",
    "covers",
    "decide",
    "fields_of",
    "found",
    "looking",
    "membership",
    "named",
    "naming",
    "on_feed",
    "permits",
    "permitting",
    "who_reads",
    "whose_feed",
]


class Visible(msgspec.Struct, frozen=True):
    """What may be seen of an event: which fields, what kind of event it was, and who is named."""

    bases: Mapping[str, Basis]
    what: bool = False
    who: frozenset[tuple[str, AgencyId]] = frozenset()  # In which field which agency.
    staff: bool = False
    alone: bool = False  # Its fields, and nothing else of the event: not even whose record it is.

    def __bool__(self) -> bool:
        return bool(self.bases)


def decide(look: Look, told: Told, lines: Sequence[PartLine]) -> Visible:
    """What may be seen of an event; nothing, where nothing would be told."""
    if told.agency.int == look.agency.int:
        return _of_its_own(look, told, lines)
    asking = asking_of(look, told)
    bases: dict[str, Basis] = {}
    opened: list[CategoryCode] = []
    for slot, sure, plain, said in asking.telling:
        field = sure or as_said(look, told, lines, slot, plain)
        if field is None or field.category in BESIDE:
            continue
        for says in said if field is plain else look.others[field.category]:
            basis = says(told, field)
            if basis is None:
                continue
            if type(basis) is Basis:
                bases[slot.name] = basis
                opened.append(field.category)
            break
    if not bases:
        return NOTHING
    primary = asking.primary or told.event.primary.of(told.event)
    what = primary in BESIDE or primary in opened
    return _with_what_stands_beside(look, told, lines, asking, bases, what=what)


def found(look: Look, told: Told, field: Asked) -> Found:
    """The first rule that decides."""
    decided = first_to_decide([step.says for step in look.steps[field.category]], told, field)
    assert decided is not None, "the last of the rules always decides"
    return decided


def on_feed(sharing: Sharing, staff: Collection[StaffId]) -> bool:
    """Whether a case is on the feed of an agency with this staff; a feed is read by all of them."""
    return sharing.excluded_staff.isdisjoint(staff)


def _of_its_own(look: Look, told: Told, lines: Sequence[PartLine]) -> Visible:
    """All of it, for being its own; where that is not sure, what rule by rule is open to it."""
    kind = kind_of(type(told.event))
    if look.all_its_own and not kind.in_notice:
        bases, who = _all_fields(type(told.event)), to_itself(look, told, kind)
        return Visible(bases, what=True, who=who, staff=True) if bases else NOTHING
    bases = {
        field.name: basis
        for field in fields_of(look.woman, told, lines)
        if type(basis := found(look, told, field)) is Basis
    }
    if not bases:
        return NOTHING
    if all(basis.rule in ALONE for basis in bases.values()):
        return _alone(look, told, bases, kind, what=True)
    return Visible(bases, what=True, who=to_itself(look, told, kind), staff=True)


@cache
def _all_fields(event: type[Event]) -> Mapping[str, Basis]:
    return {slot.name: OWN for slot in kind_of(event).slots}


def _alone(
    look: Look, told: Told, bases: Mapping[str, Basis], kind: Kind, *, what: bool
) -> Visible:
    return Visible(bases, what, in_these(look, told, kind, bases), alone=True)


def _with_what_stands_beside(  # noqa: PLR0913 (what is seen, beside what, for whom)
    look: Look,
    told: Told,
    lines: Sequence[PartLine],
    asking: Asking,
    bases: dict[str, Basis],
    *,
    what: bool,
) -> Visible:
    beside = _beside_what(bases)
    if beside is None:
        return _alone(look, told, bases, asking.kind, what=what)
    who, are_all = to_another(look, told, asking.kind)
    colleagues = told.agency.int in look.colleagues
    if what:
        bases.update(dict.fromkeys(asking.along, beside))
        for put in asking.beside:
            if are_all or not put.slot.tells_who:
                bases.update(_stands(look, told, lines, put, beside, colleagues=colleagues))
    if was_passed_on(look, told):
        return Visible(bases, what, who - whose_record(look, told), alone=True)
    return Visible(bases, what, who, are_all and colleagues)


def _beside_what(bases: Mapping[str, Basis]) -> Basis | None:
    for basis in reversed([*bases.values()]):
        if basis.rule not in ALONE:
            return basis
    return None


def _stands(  # noqa: PLR0913 (as above, of one field)
    look: Look,
    told: Told,
    lines: Sequence[PartLine],
    put: Put,
    beside: Basis,
    *,
    colleagues: bool,
) -> Mapping[str, Basis]:
    """What tells nothing by itself is seen beside something else, or by what it rests on itself."""
    slot, sure, plain, said = put
    field = sure or as_said(look, told, lines, slot, plain)
    if field is None or field.category not in BESIDE:
        return {}
    basis = first_to_decide(said if field is plain else look.others[field.category], told, field)
    if type(basis) is Basis:
        return {slot.name: basis}
    return {slot.name: beside} if field.category == "ENV" or colleagues else {}


NOTHING: Final = Visible({})
