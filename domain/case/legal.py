"""Legal steps (法的手続): what she has filed, what was granted, and until when it holds."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final, NewType
from uuid import UUID

import msgspec

from domain.calendar import date_in_japan
from domain.case.days import happened_on
from domain.categories import ENV, LEG, Category
from domain.codes import Label
from domain.machine import NOT_YET, Edge, Machine
from domain.model import Command, Context, Event, Sealed
from domain.speech import Refused
from domain.support_codes import LEGAL_STEP_STATUSES, LegalStepKind, LegalStepStatus
from domain.timers import remind_of_legal_step_on

LegalStepId = NewType("LegalStepId", UUID)


class LegalStepRecorded(Event, frozen=True, kw_only=True, tag="case.legal_step_recorded.v1"):
    """``status`` is asked by the next step, and seen where what it is about may be seen.

    ``remind_on``: so long before it expires that there is time to renew it. Of what kind it is
    and when it expires is sealed, and neither follows: every step that expires has a reminder.
    """

    primary: ClassVar[Category] = LEG
    makes: ClassVar[str | None] = "step_id"
    state_of: ClassVar[tuple[str, ...]] = ("step_id",)

    step_id: Annotated[LegalStepId, ENV]
    status: Annotated[LegalStepStatus, ENV]
    remind_on: Annotated[date | None, ENV] = None
    kind: Annotated[Sealed[LegalStepKind], LEG]
    on: Annotated[Sealed[date], LEG]
    expires_on: Annotated[Sealed[date | None], LEG]


class RecordLegalStep(Command, frozen=True, kw_only=True, tag="case.record_legal_step"):
    """``step_id`` is the step that goes on; without it another one begins."""

    step_id: LegalStepId | None = None
    kind: LegalStepKind
    status: LegalStepStatus
    on: date | None = None
    expires_on: date | None = None


STEP: Final = Machine(
    name=Label("法的手続", "Legal step"),
    states={str(code): label for code, label in LEGAL_STEP_STATUSES.items()},
    edges=tuple(
        Edge(before, LegalStepRecorded, after)
        for before, after in (
            (NOT_YET, "FILED"),
            ("FILED", "GRANTED"),
            ("FILED", "REFUSED"),
            ("FILED", "WITHDRAWN"),
            ("GRANTED", "RENEWED"),
            ("GRANTED", "EXPIRED"),
            ("GRANTED", "WITHDRAWN"),
            ("RENEWED", "RENEWED"),
            ("RENEWED", "EXPIRED"),
            ("RENEWED", "WITHDRAWN"),
        )
    ),
)


class LegalSteps(msgspec.Struct, frozen=True, kw_only=True):
    steps: Mapping[LegalStepId, LegalStepStatus] = {}


class LegalStepNotFound(Refused):
    """There is no such legal step in this case."""

    ja: ClassVar[str] = "指定された法的手続は、このケースに記録されていません。"


class LegalStepNotNext(Refused):
    """This is no next status of that legal step: it is filed, granted, renewed, and then over."""

    ja: ClassVar[str] = (
        "この法的手続を、その状況に進めることはできません。"
        "申立て、認容・承認、更新、終了（満了・却下・不承認・取下げ）の順に記録してください。"
    )


def decide(
    state: LegalSteps, command: RecordLegalStep, by: Context
) -> tuple[LegalStepRecorded, ...]:
    before: str = NOT_YET
    if command.step_id is not None:
        if command.step_id not in state.steps:
            raise LegalStepNotFound
        before = state.steps[command.step_id]
    if Edge(before, LegalStepRecorded, command.status) not in STEP.edges:
        raise LegalStepNotNext
    return (
        LegalStepRecorded(
            step_id=command.step_id or LegalStepId(by.new_id),
            status=command.status,
            remind_on=remind_of_legal_step_on(by.timers, command.expires_on, date_in_japan(by.at)),
            kind=command.kind,
            on=happened_on(command.on, by),
            expires_on=command.expires_on,
        ),
    )


def evolve(state: LegalSteps, event: LegalStepRecorded) -> LegalSteps:
    return LegalSteps(steps={**state.steps, event.step_id: event.status})
