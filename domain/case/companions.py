"""Companions (同伴する家族): who came with her, and where each of them is.

What is said of a companion is that person's own, and sealed under a key of their own.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

import msgspec
from msgspec import Meta

from domain.calendar import date_in_japan, is_child
from domain.case.beside import CompanionNotFound
from domain.case.days import DayStillToCome, happened_on
from domain.case.state import KnownCase
from domain.case_codes import CompanionKind, Custody, Relation
from domain.categories import ENV, FAM, LEG, LOC, NAR, Category
from domain.model import Command, Context, Count, Event, PersonId, Sealed, Stamp
from domain.speech import Refused
from domain.text import FreeText, Line

BirthYear: TypeAlias = Annotated[int, Meta(ge=1900, lt=2200)]
WHO: Final[Category] = FAM.by("companion", {"CHILD": "CHD"}).about("person_id")


class CompanionAdded(Event, frozen=True, kw_only=True, tag="case.companion_added.v1"):
    """``birth_year`` stands apart, so that it can be shared without the day."""

    primary: ClassVar[Category] = FAM
    makes: ClassVar[str | None] = "person_id"
    state_of: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Annotated[PersonId, ENV]
    companion: Annotated[CompanionKind, ENV]
    relation: Annotated[Sealed[Relation], FAM.about("person_id")]
    name: Annotated[Sealed[Line | None], WHO]
    birth_year: Annotated[Sealed[Count | None], WHO]
    birth_date: Annotated[Sealed[date | None], WHO]
    custody: Annotated[Sealed[Custody | None], LEG.about("person_id")]
    whereabouts: Annotated[Sealed[Line | None], LOC.about("person_id")]


class CompanionRemoved(Event, frozen=True, kw_only=True, tag="case.companion_removed.v1"):
    """They are no longer with her; ``whereabouts`` says where they are instead."""

    primary: ClassVar[Category] = FAM
    state_of: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Annotated[PersonId, ENV]
    companion: Annotated[CompanionKind, ENV]
    whereabouts: Annotated[Sealed[Line | None], LOC.about("person_id")]
    reason: Annotated[Sealed[FreeText], NAR.about("person_id")]


class CompanionCameOfAge(Event, frozen=True, kw_only=True, tag="case.companion_came_of_age.v1"):
    """From now on they agree for themselves, and nobody for them; the day stays sealed."""

    primary: ClassVar[Category] = FAM
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})
    state_of: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Annotated[PersonId, ENV]
    on: Annotated[Sealed[date | None], FAM.about("person_id")]


CompanionEvent: TypeAlias = CompanionAdded | CompanionRemoved | CompanionCameOfAge


class AddCompanion(Command, frozen=True, kw_only=True, tag="case.add_companion"):
    """A year of birth is enough where the day is not known."""

    companion: CompanionKind
    relation: Relation
    name: Line | None = None
    birth_year: BirthYear | None = None
    birth_date: date | None = None
    custody: Custody | None = None
    whereabouts: Line | None = None


class RemoveCompanion(Command, frozen=True, kw_only=True, tag="case.remove_companion"):
    person_id: PersonId
    whereabouts: Line | None = None
    reason: FreeText


class RecordComingOfAge(Command, frozen=True, kw_only=True, tag="case.record_coming_of_age"):
    """At 18; ``on`` may be left out where the day is not known."""

    narrows: ClassVar[bool] = True

    person_id: PersonId
    on: date | None = None


CompanionCommand: TypeAlias = AddCompanion | RemoveCompanion | RecordComingOfAge


class CompanionAgeDisagrees(Refused):
    """A child is under 18: the date of birth says otherwise."""

    ja: ClassVar[str] = (
        "同伴児童は満18歳に満たない方です。生年月日と、児童・成人の区分が一致していません。"
    )


def decide(case: KnownCase, command: CompanionCommand, by: Context) -> tuple[CompanionEvent, ...]:
    match command:
        case AddCompanion():
            return (_added(command, by),)
        case RemoveCompanion():
            return (_removed(case, command),)
        case RecordComingOfAge():
            return _came_of_age(case, command, by)
    assert_never(command)


def evolve(case: KnownCase, event: CompanionEvent) -> KnownCase:
    change = msgspec.structs.replace
    match event:
        case CompanionAdded(person_id=person, companion=kind):
            return change(
                case,
                companions={**case.companions, person: kind},
                persons=case.persons | {person},
                children=case.children | {person} if kind == "CHILD" else case.children - {person},
            )
        case CompanionRemoved(person_id=person):
            staying = {who: kind for who, kind in case.companions.items() if who != person}
            return change(case, companions=staying)
        case CompanionCameOfAge(person_id=person):
            grown: dict[PersonId, CompanionKind] = (
                {person: "ADULT"} if person in case.companions else {}
            )
            return change(
                case,
                companions={**case.companions, **grown},
                children=case.children - {person},
            )
    assert_never(event)


def check_is_companion(case: KnownCase, person: PersonId) -> None:
    if person not in case.companions:
        raise CompanionNotFound


def check_is_born(command: AddCompanion, by: Context) -> None:
    happened_on(command.birth_date, by)
    if (command.birth_year or 0) > date_in_japan(by.at).year:
        raise DayStillToCome


def _added(command: AddCompanion, by: Context) -> CompanionAdded:
    born = command.birth_date
    check_is_born(command, by)
    if born and is_child(date_in_japan(by.at), born) != (command.companion == "CHILD"):
        raise CompanionAgeDisagrees
    return CompanionAdded(
        person_id=PersonId(by.new_id),
        companion=command.companion,
        relation=command.relation,
        name=command.name,
        birth_year=born.year if born else command.birth_year,
        birth_date=born,
        custody=command.custody,
        whereabouts=command.whereabouts,
    )


def _removed(case: KnownCase, command: RemoveCompanion) -> CompanionRemoved:
    check_is_companion(case, command.person_id)
    return CompanionRemoved(
        person_id=command.person_id,
        companion=case.companions[command.person_id],
        whereabouts=command.whereabouts,
        reason=command.reason,
    )


def _came_of_age(
    case: KnownCase, command: RecordComingOfAge, by: Context
) -> tuple[CompanionCameOfAge, ...]:
    """Wherever they are now: what was agreed to for them ends with it."""
    if command.person_id not in case.persons:
        raise CompanionNotFound
    if command.person_id not in case.children:
        return ()
    if command.on is not None:
        happened_on(command.on, by)
    return (CompanionCameOfAge(person_id=command.person_id, on=command.on),)
