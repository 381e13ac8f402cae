"""Aftercare (アフターケア・退所後支援): who stays in touch with her, how, how often, and how long.

It begins when a stay ends, unless she declines it, or later, when she wants it. It never runs out:
somebody decides that it ends, and hears her first.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

import msgspec
from msgspec import Meta

from domain.calendar import date_in_japan
from domain.case.agreeing import check_let_know, check_may_know
from domain.case.beside import Beside
from domain.categories import NAR, PLN, SVC, Category
from domain.codes import Label
from domain.machine import NOT_YET, Edge, Machine
from domain.model import AgencyId, Command, Context, Event, Guarded, Sealed, Stamp
from domain.speech import Refused
from domain.support_codes import AftercareMeans, CannotBeAsked
from domain.text import FreeText, Line

CadenceDays: TypeAlias = Annotated[int, Meta(ge=1, lt=367)]


class AftercareStarted(Event, frozen=True, kw_only=True, tag="case.aftercare_started.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})

    lead_agency: Annotated[AgencyId, SVC]
    started_on: Annotated[date, SVC]
    means: Annotated[Sealed[frozenset[AftercareMeans]], PLN]
    cadence_days: Annotated[CadenceDays, SVC]
    subject_wish: Annotated[Sealed[Line | None], PLN]


class AftercareRescheduled(Event, frozen=True, kw_only=True, tag="case.aftercare_rescheduled.v1"):
    """It says all of it anew, and not only what has changed."""

    primary: ClassVar[Category] = SVC
    lead_agency: Annotated[AgencyId, SVC]
    means: Annotated[Sealed[frozenset[AftercareMeans]], PLN]
    cadence_days: Annotated[CadenceDays, SVC]
    subject_wish: Annotated[Sealed[Line | None], PLN]
    reason: Annotated[Sealed[FreeText | None], NAR]


class AftercareEnded(Event, frozen=True, kw_only=True, tag="case.aftercare_ended.v1"):
    primary: ClassVar[Category] = SVC
    lead_agency: Annotated[AgencyId, SVC]
    ended_on: Annotated[date, SVC]
    cannot_be_asked: Annotated[CannotBeAsked | None, SVC] = None
    subject_wish: Annotated[Sealed[Line | None], PLN]
    reason: Annotated[Sealed[FreeText | None], NAR]


AftercareEvent: TypeAlias = AftercareStarted | AftercareRescheduled | AftercareEnded

Means: TypeAlias = Annotated[frozenset[AftercareMeans], Meta(min_length=1)]


class AftercareTerms(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As it is agreed with her when a stay ends."""

    lead_agency: AgencyId
    means: Means
    cadence_days: CadenceDays
    subject_wish: Line | None = None


class StartAftercare(Command, frozen=True, kw_only=True, tag="case.start_aftercare"):
    terms: AftercareTerms


class RescheduleAftercare(Command, frozen=True, kw_only=True, tag="case.reschedule_aftercare"):
    terms: AftercareTerms
    reason: FreeText | None = None


class EndAftercare(Command, frozen=True, kw_only=True, tag="case.end_aftercare"):
    """``subject_wish``: what she says to it, in a line; or why she cannot be asked."""

    subject_wish: Line | None = None
    cannot_be_asked: CannotBeAsked | None = None
    reason: FreeText | None = None


AftercareCommand: TypeAlias = StartAftercare | RescheduleAftercare | EndAftercare

AFTERCARE: Final = Machine(
    name=Label("アフターケア", "Aftercare"),
    states={"RUNNING": Label("実施中", "Running"), "ENDED": Label("終了", "Ended")},
    edges=(
        Edge(NOT_YET, AftercareStarted, "RUNNING"),
        Edge("ENDED", AftercareStarted, "RUNNING"),
        Edge("RUNNING", AftercareRescheduled, "RUNNING"),
        Edge("RUNNING", AftercareEnded, "ENDED"),
    ),
)


class Aftercare(msgspec.Struct, frozen=True, kw_only=True):
    status: str = NOT_YET
    lead: AgencyId | None = None

    @property
    def runs(self) -> bool:
        return self.status == "RUNNING"


class AftercareAlreadyRuns(Refused):
    """Somebody stays in touch with her already: change that instead."""

    ja: ClassVar[str] = "アフターケアはすでに行われています。内容を変えるときは変更してください。"


class NoAftercareRuns(Refused):
    """There is no aftercare to change or to end."""

    ja: ClassVar[str] = "現在、行われているアフターケアはありません。"


class NobodyAnswersForHer(Refused):
    """No agency answers for her yet: accept the case first."""

    ja: ClassVar[str] = "主担当機関がまだ決まっていません。先にケースの支援を開始してください。"


class LeadTakesNoPart(Refused):
    """The agency that is to stay in touch with her takes no part yet: send it a referral first."""

    ja: ClassVar[str] = (
        "アフターケアを担当する機関が、まだこのケースに関わっていません。先につないでください。"
    )


class VisitsNeedHerAddress(Refused):
    """Visits need her consent that this agency knows where she is: ask her, or do without."""

    ja: ClassVar[str] = (
        "訪問するには、その機関に居所を知らせることへの本人の同意が必要です。"
        "同意を確認するか、ほかの方法を選んでください。"
    )


class OnlyWhoLeadsAftercare(Refused):
    """Only the agency that leads her aftercare does this, or the one that answers for her."""

    ja: ClassVar[str] = "この操作ができるのは、アフターケアの担当機関と主担当機関だけです。"


class HerViewIsMissing(Refused):
    """It does not end without her: record what she says to it."""

    ja: ClassVar[str] = (
        "本人の意向を記録せずに終えることはできません。本人の考えを記録してください。"
    )


def decide(
    state: Aftercare, beside: Beside, command: AftercareCommand, by: Context
) -> tuple[AftercareEvent, ...]:
    match command:
        case StartAftercare(terms=terms):
            if not AFTERCARE.allows(state.status, AftercareStarted):
                raise AftercareAlreadyRuns
            return (started(beside, terms, date_in_japan(by.at)),)
        case RescheduleAftercare():
            return (_rescheduled(_running(state), beside, command, by),)
        case EndAftercare():
            return (_ended(_running(state), beside, command, by),)
    assert_never(command)


def evolve(state: Aftercare, event: AftercareEvent) -> Aftercare:
    return Aftercare(status=AFTERCARE.after(state.status, type(event)), lead=event.lead_agency)


def started(beside: Beside, terms: AftercareTerms, on: date) -> AftercareStarted:
    """Also when a stay ends, in the same append."""
    check_somebody_answers(beside)
    check_may_know(beside, terms.lead_agency)
    check_let_know(beside, terms.lead_agency)
    check_lead(beside, terms)
    check_may_visit(beside, terms)
    return AftercareStarted(
        lead_agency=terms.lead_agency,
        started_on=on,
        means=terms.means,
        cadence_days=terms.cadence_days,
        subject_wish=terms.subject_wish,
    )


def check_somebody_answers(beside: Beside) -> None:
    """INV-K2: from her acceptance on somebody does."""
    if beside.main_responsible is None:
        raise NobodyAnswersForHer


def check_lead(beside: Beside, terms: AftercareTerms) -> None:
    """INV-F1: the agency that leads it is one that takes part."""
    if terms.lead_agency not in beside.participants:
        raise LeadTakesNoPart


def check_may_visit(beside: Beside, terms: AftercareTerms) -> None:
    """INV-F1: nobody stands at her door who may not know where it is."""
    if "VISIT" in terms.means and terms.lead_agency not in beside.may_know_where:
        raise VisitsNeedHerAddress


def check_leads(lead: AgencyId, beside: Beside, by: Context) -> None:
    if by.agency not in {lead, beside.main_responsible}:
        raise OnlyWhoLeadsAftercare


def check_her_view(command: EndAftercare) -> None:
    """INV-F2: it ends by decision, with her view, and never because time has passed."""
    if command.subject_wish is None and command.cannot_be_asked is None:
        raise HerViewIsMissing


def _running(state: Aftercare) -> AgencyId:
    """Both events that change it lead on from where it runs, and from nowhere else."""
    if not AFTERCARE.allows(state.status, AftercareEnded):
        raise NoAftercareRuns
    assert state.lead is not None
    return state.lead


def _rescheduled(
    lead: AgencyId, beside: Beside, command: RescheduleAftercare, by: Context
) -> AftercareRescheduled:
    terms = command.terms
    check_leads(lead, beside, by)
    check_may_know(beside, terms.lead_agency)
    check_let_know(beside, terms.lead_agency)
    check_lead(beside, terms)
    check_may_visit(beside, terms)
    return AftercareRescheduled(
        lead_agency=terms.lead_agency,
        means=terms.means,
        cadence_days=terms.cadence_days,
        subject_wish=terms.subject_wish,
        reason=command.reason,
    )


def _ended(lead: AgencyId, beside: Beside, command: EndAftercare, by: Context) -> AftercareEnded:
    check_leads(lead, beside, by)
    check_her_view(command)
    return AftercareEnded(
        lead_agency=lead,
        ended_on=date_in_japan(by.at),
        cannot_be_asked=command.cannot_be_asked,
        subject_wish=command.subject_wish,
        reason=command.reason,
    )
