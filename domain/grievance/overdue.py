"""Overdue (期限の超過): what nobody acknowledged or answered in time goes to the prefecture."""

from typing import ClassVar

from domain.calendar import date_in_japan, is_over
from domain.grievance.commands import EscalateGrievance, GrievanceCommand
from domain.grievance.events import GrievanceEscalated
from domain.grievance.state import (
    Grievance,
    GrievanceNotFound,
    KnownGrievance,
    NotAnsweringForIt,
)
from domain.model import CaseId, Context
from domain.speech import Refused
from domain.timers import acknowledge_by


class NotOverdue(Refused):
    """The time in which this grievance is to be acknowledged or answered is not over."""

    ja: ClassVar[str] = "この苦情の受理の連絡や回答の期限は、まだ過ぎていません。"


def escalated(
    case_id: CaseId | None, state: Grievance, command: GrievanceCommand, by: Context
) -> tuple[GrievanceEscalated, ...]:
    """By itself, and for no other reason: whoever has it in hand may have let it lie."""
    if not isinstance(state, KnownGrievance) or state.case_id != case_id:
        raise GrievanceNotFound
    if not isinstance(command, EscalateGrievance) or command.reason != "OVERDUE":
        raise NotAnsweringForIt
    if state.due is None or command.to_agency == state.in_charge:
        return ()
    if not is_over(state.due, by.at):
        raise NotOverdue
    on = date_in_japan(by.at)
    return (
        GrievanceEscalated(
            grievance_id=state.grievance_id,
            to_agency=command.to_agency,
            reason="OVERDUE",
            on=on,
            acknowledge_by=acknowledge_by(by.timers, on),
        ),
    )
