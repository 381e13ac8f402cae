"""Who may see what (閲覧範囲): one rule for every field of every event, and nothing else filters.

In this order, and what none of them allows is denied:

* OWN: an agency sees what it has recorded itself.
* PUBLIC: what is public, everybody sees.
* PARTY: the two sides of a referral see what happens in it, the receiver from the sending on: the
  envelope, what was done and when, and fields that name the side. No other event of the case.
* CONSENT: she agreed to it, by a grant to share information that is in force, that names this
  agency and this category, leaves out no such field, and reaches back as far as this record; the
  person who agreed is the one the field is about; and the agency takes part in the case now.
  Consent permits, participation lets see.

The envelope (ENV) and members of staff (STF) tell nothing by themselves: they are seen beside
another field of their event, where what the event is about may be seen. What was explained, granted
and withdrawn (CNS) stays with whoever wrote it down. The case number is for the agency that answers
for her.

Where she is (LOC) is also told by who helps her. An agency that is a protective provider, or of
another prefecture than the reader's, is named only where LOC may be seen; so are the people and the
networks of an event with such an agency in it. Of an agency not known the worst is assumed.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Final, Literal, TypeAlias, get_args, get_type_hints

import msgspec

from domain.agency import Agency, KnownAgency
from domain.agency_codes import PROTECTIVE
from domain.case import (
    CaseAccepted,
)
from domain.categories import CategoryCode
from domain.consent_ledger import NEVER_BY_CONSENT
from domain.fields import cut_of, tag_of
from domain.header import PartLine
from domain.model import AgencyId, Event, GrantId, NetworkId, PersonId, StreamId
from domain.sharing import Details, Grant, Sharing, Sides, Told

Rule: TypeAlias = Literal["OWN", "PUBLIC", "PARTY", "CONSENT"]
Agencies: TypeAlias = Mapping[AgencyId, Agency]


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    """By which rule something may be seen; and by which grant, where it is by consent."""

    rule: Rule
    grant: GrantId | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """An agency that looks at a case at some time, and what the case then says about it."""

    agency: AgencyId
    woman: PersonId | None
    answers_for_her: bool
    grants: tuple[Grant, ...]
    referrals: Mapping[StreamId, Sides]


class Visible(msgspec.Struct, frozen=True):
    """What may be seen of an event: which fields, what kind of event it was, and who is named."""

    bases: Mapping[str, Basis]
    what: bool = False
    who: frozenset[tuple[str, AgencyId]] = frozenset()  # In which field which agency.
    staff: bool = False

    def __bool__(self) -> bool:
        return bool(self.bases)


class Asked(msgspec.Struct, frozen=True):
    """A field that may be seen, or not."""

    name: str
    path: str  # ``case.opened.v1/channel``
    category: CategoryCode
    person: PersonId | None  # Whom it is about.
    names: frozenset[AgencyId] = frozenset()  # Which agencies it names.
    tells_who: bool = False  # It is a network's, or a person's at work.


def looking(sharing: Sharing, agency: AgencyId, at: datetime) -> Look:
    takes_part = agency in sharing.participants
    return Look(
        agency=agency,
        woman=sharing.subject,
        answers_for_her=agency == sharing.main_responsible,
        grants=tuple(
            grant
            for grant in sharing.grants.values()
            if takes_part and agency in grant.recipients and grant.in_force(at)
        ),
        referrals={stream: sides for stream, sides in sharing.referrals.items() if agency in sides},
    )


def may_see(look: Look, told: Told, field: Asked, beside: Basis | None = None) -> Basis | None:
    """``beside`` is the basis on which another field of the same event may be seen, if one may."""
    if told.agency == look.agency:
        return OWN
    if field.category == "PUB":
        return PUBLIC
    if field.path == CASE_NUMBER and not look.answers_for_her:
        return None
    if field.category == "STF":
        return beside
    if told.stream in look.referrals and (field.category in BY_PARTY or look.agency in field.names):
        return PARTY
    if field.category == "ENV":
        return beside
    for grant in look.grants:
        if _opens(grant, field) and grant.reaches(told, field.name):
            return Basis("CONSENT", grant.grant_id)
    return None


def seen(look: Look, told: Told, fields: Collection[Asked], agencies: Agencies) -> Visible:
    """What may be seen of an event; nothing, where nothing would be told."""
    telling = [field for field in fields if field.category not in BESIDE]
    bases = {field.name: basis for field in telling if (basis := may_see(look, told, field))}
    if not bases:
        return NOTHING
    what = any(f.name in bases and f.category == told.event.primary.of(told.event) for f in telling)
    named = [(f, agency) for f in (acting(look, told), *fields) for agency in f.names]
    who = {(f.name, agency) for f, agency in named if may_name(look, told, f, agency, agencies)}
    staff = len(who) == len(named)
    beside = next(iter(bases.values()))
    for field in fields:
        if field.category in BESIDE and what and (staff or not field.tells_who):
            basis = may_see(look, told, field, beside)
            assert basis is not None
            bases[field.name] = basis
    return Visible(bases, what, frozenset(who), staff)


def may_name(look: Look, told: Told, field: Asked, named: AgencyId, agencies: Agencies) -> bool:
    """Whether an agency in a field that may be seen is shown by its id, or by its kind alone."""
    if look.agency in {told.agency, named}:
        return True
    if _hides_nobody(agencies.get(named), agencies.get(look.agency)):
        return True
    place = msgspec.structs.replace(field, category="LOC", names=frozenset[AgencyId]())
    return may_see(look, told, place) is not None


def acting(look: Look, told: Told) -> Asked:
    """Whose record it is, as if it were a field of the event."""
    path = f"{tag_of(type(told.event))}/{ACTING}"
    return Asked(ACTING, path, "ENV", look.woman, frozenset({told.agency}))


def fields_of(look: Look, told: Told, lines: Iterable[PartLine]) -> tuple[Asked, ...]:
    """``lines`` say of each sealed field what it was when it was sealed, and whose."""
    event, tag = told.event, tag_of(type(told.event))
    networks = naming(type(event), NetworkId)
    clear = (
        Asked(
            name=field.name,
            path=f"{tag}/{field.name}",
            category=field.category.of(event),
            person=_person(look, event, field.category.person_field),
            names=agencies_in(event, field.name),
            tells_who=field.category.code == "STF" or field.name in networks,
        )
        for field in cut_of(type(event)).clear
    )
    sealed = (
        Asked(
            name=line.field,
            path=f"{tag}/{line.field}",
            category=line.category,
            person=line.person,
            tells_who=line.category == "STF",
        )
        for line in lines
    )
    return (*clear, *sealed)


def angle(look: Look, told: Told) -> Hashable:
    """Two events of one type show the same fields where they are seen from one angle."""
    event = type(told.event)
    return (
        event,
        told.agency.int,
        bool(look.referrals) and told.stream in look.referrals,
        tuple(grant.reaches(told, "") for grant in look.grants),
        None if _is_alike(event) else told.position,
    )


def agencies_in(event: Event, name: str) -> frozenset[AgencyId]:
    """Which agencies a field names."""
    if name not in naming(type(event), AgencyId):
        return frozenset()
    value: AgencyId | frozenset[AgencyId] | None = getattr(event, name)
    match value:
        case None:
            return frozenset()
        case frozenset():
            return value
        case one:
            return frozenset({one})


@cache
def naming(event: type[Event], what: object) -> frozenset[str]:
    """The fields of an event type that hold an id of this kind, or several."""
    hints = get_type_hints(event)
    return frozenset(name for name in event.__struct_fields__ if what in _kinds(hints[name]))


def _kinds(hint: object) -> set[object]:
    return {hint}.union(*map(_kinds, get_args(hint)))


@cache
def _is_alike(event: type[Event]) -> bool:
    """Whether what may be seen of it depends on nothing that one such event says."""
    cut = cut_of(event)
    by_itself = any(
        field.category.by_field or field.category.person_field
        for field in (*cut.clear, *cut.sealed)
    )
    return not (by_itself or naming(event, AgencyId) or issubclass(event, Details))


def _person(look: Look, event: Event, person_field: str | None) -> PersonId | None:
    return look.woman if person_field is None else PersonId(getattr(event, person_field))


def _opens(grant: Grant, field: Asked) -> bool:
    return (
        field.category in grant.categories
        and field.category not in NEVER_BY_CONSENT
        and field.person == grant.grantor
        and field.path not in grant.excluded_fields
        and (grant.only_fields is None or field.path in grant.only_fields)
    )


def _hides_nobody(named: Agency | None, reader: Agency | None) -> bool:
    if not (isinstance(named, KnownAgency) and isinstance(reader, KnownAgency)):
        return False
    near = named.prefecture is not None and named.prefecture == reader.prefecture
    return near and named.kind not in PROTECTIVE


ACTING: Final = "agency"
NOTHING: Final = Visible({})
OWN: Final = Basis("OWN")
PUBLIC: Final = Basis("PUBLIC")
PARTY: Final = Basis("PARTY")
BY_PARTY: Final[frozenset[CategoryCode]] = frozenset({"ENV", "SVC"})
BESIDE: Final[frozenset[CategoryCode]] = frozenset({"ENV", "STF"})
CASE_NUMBER: Final = f"{tag_of(CaseAccepted)}/case_number"
