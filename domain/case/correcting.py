"""Corrections (訂正): what an agency recorded earlier and found wrong, with the reason.

The event stays as it was; what it should have said stands in a new one, under the category the
field had, and the key of the person it is about. Lines, dates, numbers and codes that are sealed
can be corrected so. What stands in the clear moves a case, and is put right by the steps that move
it; for free text there is a new note, and for a list the whole is recorded anew.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, get_args, get_type_hints

import msgspec

from domain.case.facts import Facts, Recorded
from domain.categories import ENV, IDN, NAR, Category
from domain.fields import tag_of
from domain.items import FieldName, FieldPath
from domain.model import Command, Context, Event, EventId, PersonId, Sealed
from domain.speech import Refused
from domain.text import FreeText, Line

Correctable: TypeAlias = Literal[
    "IDN", "CNT", "ADR", "LOC", "FAM", "CHD", "SCH", "PRB", "RSK", "HLT", "SXH",
    "LEG", "ECO", "HOU", "ACC", "PLN",
]  # fmt: skip
CORRECTABLE: Final[Mapping[str, Correctable]] = {code: code for code in get_args(Correctable)}
OF_THE_FIELD: Final[Category] = IDN.by("category", CORRECTABLE)


class RecordCorrected(Event, frozen=True, kw_only=True, tag="case.record_corrected.v1"):
    """``new_value`` is written as a line whatever it is: 1994-02-03, true, SPOUSE_VIOLENCE."""

    primary: ClassVar[Category] = OF_THE_FIELD
    state_of: ClassVar[tuple[str, ...]] = ("target_event_id", "field")

    target_event_id: Annotated[EventId, ENV]
    field: Annotated[FieldPath, ENV]
    category: Annotated[Correctable, ENV]
    person_id: Annotated[PersonId, ENV]
    new_value: Annotated[Sealed[Line], OF_THE_FIELD.about("person_id")]
    reason: Annotated[Sealed[FreeText], NAR]


CorrectionEvent: TypeAlias = RecordCorrected


class CorrectRecord(Command, frozen=True, kw_only=True, tag="case.correct_record"):
    target_event_id: EventId
    field: FieldName
    new_value: Line
    reason: FreeText


CorrectionCommand: TypeAlias = CorrectRecord


class RecordNotFound(Refused):
    """There is no such record of yours in this case."""

    ja: ClassVar[str] = "このケースに、自分の機関によるその記録はありません。"


class FieldNotCorrectable(Refused):
    """This cannot be corrected by a single value: record it anew, or correct the first record."""

    ja: ClassVar[str] = (
        "この項目は一つの値では訂正できません。改めて記録するか、元の記録を訂正してください。"
    )


class ValueDoesNotFit(Refused):
    """This is no value that the field could have."""

    ja: ClassVar[str] = "この項目に入れられる値ではありません。"


def decide(facts: Facts, command: CorrectRecord, by: Context) -> tuple[RecordCorrected, ...]:
    target = _own(facts.corrected, by)
    line = next((line for line in target.parts if line.field == command.field), None)
    category = CORRECTABLE.get(line.category) if line else None
    if line is None or category is None or isinstance(target.event, RecordCorrected):
        raise FieldNotCorrectable
    check_value_fits(target.event, command)
    return (
        RecordCorrected(
            target_event_id=command.target_event_id,
            field=f"{tag_of(type(target.event))}/{command.field}",
            category=category,
            person_id=line.person,
            new_value=command.new_value,
            reason=command.reason,
        ),
    )


def check_value_fits(event: Event, command: CorrectRecord) -> None:
    """What stands in for a value has to be such a value; a list or a set of them is none."""
    try:
        said = corrected_value(type(event), command.field, command.new_value)
    except msgspec.ValidationError:
        raise ValueDoesNotFit from None
    if said is None:  # ``null`` would leave nothing behind to see.
        raise ValueDoesNotFit


def corrected_value(event: type[Event], field: str, said: Sealed[str]) -> object:
    """What the field of such an event says from then on."""
    if not isinstance(said, str):
        return said  # It was not opened, or never can be again.
    kind = get_type_hints(event, include_extras=True)[field]
    return msgspec.convert(said, kind, strict=False)


def _own(target: Recorded | None, by: Context) -> Recorded:
    """Others' records are theirs to correct, and as good as not there."""
    if target is None or target.agency != by.agency:
        raise RecordNotFound
    return target
