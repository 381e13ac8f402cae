"""The two axes of a case: its status (状態), and the stage (段階) in which support happens.

A case that is closed takes only what still may come, and one that is restricted or erased nothing
of hers. What takes something out of somebody's view is taken in every status.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from domain.case.aftercare import AftercareEnded, AftercareStarted
from domain.case.carrying import CaseCarriedOver
from domain.case.closing import (
    CaseAccepted,
    CaseClosed,
    CaseErased,
    CaseNotClosed,
    CaseReopened,
    CaseTransferred,
    DataRestricted,
    ReopenCase,
    RestrictionLifted,
)
from domain.case.companions import RecordComingOfAge
from domain.case.plans import SupportPolicySet
from domain.case.record import CaseOpened, RecordConsultation
from domain.case.roles import EndParticipation, EndRole
from domain.case.services import ServiceLinked
from domain.case.state import KnownCase
from domain.case.stay_events import StayEnded, StayStarted
from domain.case.support import AssessmentRecorded
from domain.case_codes import STAGES, STATUSES, Stage, Status
from domain.codes import Label
from domain.machine import NOT_YET, Edge, Machine, edges
from domain.model import Command, Event
from domain.speech import Refused
from domain.support_codes import PROTECTIVE_STAYS

IN_A_STAY: Final[tuple[Stage, ...]] = ("TEMPORARY_PROTECTION", "RESIDENTIAL_SUPPORT")
STATUS: Final = Machine(
    name=Label("ケースの状態", "Status of a case"),
    states=dict[str, Label](STATUSES.items()),
    edges=(
        Edge(NOT_YET, CaseOpened, "CONTACT"),
        Edge("CONTACT", CaseAccepted, "ACTIVE"),
        Edge("CONTACT", CaseClosed, "CLOSED"),
        Edge("ACTIVE", CaseTransferred, "ACTIVE"),  # To another network, in the same stream;
        Edge("ACTIVE", CaseTransferred, "TRANSFERRED"),  # or to another installation.
        Edge("ACTIVE", CaseCarriedOver, "ACTIVE"),  # Into the next fiscal year's ledger.
        Edge("ACTIVE", CaseClosed, "CLOSED"),
        Edge("CLOSED", CaseReopened, "ACTIVE"),
        Edge("CLOSED", CaseReopened, "CONTACT"),  # It was never accepted.
        *edges(DataRestricted, ("CLOSED", "TRANSFERRED"), "RESTRICTED"),
        Edge("RESTRICTED", RestrictionLifted, "CLOSED"),
        Edge("RESTRICTED", RestrictionLifted, "TRANSFERRED"),
        *edges(CaseErased, ("CLOSED", "TRANSFERRED", "RESTRICTED"), "ERASED"),
    ),
)

# Nobody is led along one way: what is not said here leaves the stage as it is.
STAGE: Final = Machine(
    name=Label("支援の段階", "Stage of support"),
    states=dict[str, Label](STAGES.items()),
    edges=(
        Edge(NOT_YET, CaseOpened, "CONSULTATION"),
        Edge("CONSULTATION", AssessmentRecorded, "ASSESSMENT"),
        *edges(
            StayStarted,
            ("CONSULTATION", "ASSESSMENT", "COMMUNITY_SUPPORT", "AFTERCARE"),
            "TEMPORARY_PROTECTION",
        ),
        *edges(StayStarted, STAGES, "RESIDENTIAL_SUPPORT"),
        *edges(StayEnded, IN_A_STAY, "COMMUNITY_SUPPORT"),
        *edges(StayEnded, IN_A_STAY, "AFTERCARE"),  # It went on all the while.
        *edges(AftercareStarted, ("CONSULTATION", "ASSESSMENT", "COMMUNITY_SUPPORT"), "AFTERCARE"),
        *edges(SupportPolicySet, ("CONSULTATION", "ASSESSMENT"), "COMMUNITY_SUPPORT"),
        *edges(ServiceLinked, ("CONSULTATION", "ASSESSMENT"), "COMMUNITY_SUPPORT"),
        Edge("AFTERCARE", AftercareEnded, "COMMUNITY_SUPPORT"),
    ),
)


class CaseIsClosed(Refused):
    """This case is closed: reopen it first."""

    ja: ClassVar[str] = "このケースは終結しています。先に再開してください。"


class CaseWasTransferred(Refused):
    """This case was transferred to another installation: what is new belongs there."""

    ja: ClassVar[str] = "このケースは移管済みです。新しい記録は移管先で行ってください。"


class CaseIsRestricted(Refused):
    """The use of this data was stopped: nothing may be recorded until that is lifted."""

    ja: ClassVar[str] = "このケースの情報は利用停止中のため、記録できません。"


class CaseWasErased(Refused):
    """This case was erased: nothing more can be recorded in it."""

    ja: ClassVar[str] = "このケースは消去されているため、記録できません。"


def check_takes(case: KnownCase, command: type[Command]) -> None:
    """Whether a case so far on takes such a command at all."""
    if case.status in taken_in(command):
        return
    refusal = WHY_NOT.get(case.status)
    if refusal is None:
        assert command is ReopenCase
        raise CaseNotClosed
    raise refusal


def taken_in(command: type[Command]) -> frozenset[Status]:
    return TAKEN_IN.get(command, OPEN)


OPEN: Final[frozenset[Status]] = frozenset({"CONTACT", "ACTIVE"})
SUPPORTED: Final = OPEN | frozenset[Status]({"CLOSED", "TRANSFERRED"})  # Now, or before.
ALWAYS: Final[frozenset[Status]] = frozenset(STATUSES)
TAKEN_IN: Final[Mapping[type[Command], frozenset[Status]]] = {
    RecordConsultation: SUPPORTED,
    RecordComingOfAge: SUPPORTED,
    ReopenCase: frozenset({"CLOSED"}),
    EndRole: ALWAYS,
    EndParticipation: ALWAYS,
}
WHY_NOT: Final[Mapping[Status, type[Refused]]] = {
    "CLOSED": CaseIsClosed,
    "TRANSFERRED": CaseWasTransferred,
    "RESTRICTED": CaseIsRestricted,
    "ERASED": CaseWasErased,
}


def status_after(case: KnownCase, event: Event) -> Status:
    """``case`` is as it was before the event."""
    match event:
        case CaseAccepted():
            return "ACTIVE"
        case CaseTransferred(to_network=network):
            return "ACTIVE" if network else "TRANSFERRED"
        case CaseClosed():
            return "CLOSED"
        case CaseReopened():
            return "ACTIVE" if case.main_responsible else "CONTACT"
        case DataRestricted(scope=persons) if case.subject_id in persons:
            return "RESTRICTED"
        case RestrictionLifted(scope=persons) if case.subject_id in persons:
            return case.before_restriction
        case CaseErased(scope=persons) if case.subject_id in persons:
            return "ERASED"
        case _:
            return case.status


def stage_after(case: KnownCase, event: Event) -> Stage:
    """``case`` is as the event left it, but for its stage."""
    before = case.stage
    match event:
        case StayStarted(stay_id=stay):
            protects = case.stays.stays[stay].kind in PROTECTIVE_STAYS
            return "TEMPORARY_PROTECTION" if protects else "RESIDENTIAL_SUPPORT"
        case StayEnded() if before in IN_A_STAY:
            return "AFTERCARE" if case.aftercare.runs else "COMMUNITY_SUPPORT"
        case AssessmentRecorded() if before == "CONSULTATION":
            return "ASSESSMENT"
        case SupportPolicySet() | ServiceLinked() if before in {"CONSULTATION", "ASSESSMENT"}:
            return "COMMUNITY_SUPPORT"
        case AftercareStarted() if before not in IN_A_STAY:
            return "AFTERCARE"
        case AftercareEnded() if before == "AFTERCARE":
            return "COMMUNITY_SUPPORT"
        case _:
            return before
