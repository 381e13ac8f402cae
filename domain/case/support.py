"""Support (支援): what she needs, as it is found out with her, and what is done for her.

An agency records what it does itself. It never needs her consent to share anything for that.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, NewType, TypeAlias, assert_never
from uuid import UUID

import msgspec

from domain.case.beside import Beside, CompanionNotFound
from domain.case.days import DayStillToCome
from domain.categories import CHD, ECO, ENV, HLT, NAR, PLN, RSK, SVC, Category, CategoryCode
from domain.codes import Label, Level
from domain.machine import NOT_YET, Edge, Machine
from domain.model import (
    AgencyId,
    Command,
    Context,
    Event,
    Instant,
    PersonId,
    Sealed,
    StayId,
)
from domain.speech import Refused
from domain.support_codes import (
    CATEGORY_OF_ACTIVITY,
    CHILD_ACTIVITIES,
    ActivityKind,
    NeedOutcome,
    PlaceKind,
    ServiceField,
)
from domain.text import FreeText, Line

AssessmentId = NewType("AssessmentId", UUID)
NeedId = NewType("NeedId", UUID)
ActivityId = NewType("ActivityId", UUID)
BY_ACTIVITY: Final[Mapping[str, CategoryCode]] = {
    str(kind): code for kind, code in CATEGORY_OF_ACTIVITY.items()
}


class AssessmentRecorded(Event, frozen=True, kw_only=True, tag="case.assessment_recorded.v1"):
    """``with_subject``: she put her situation in order together with whoever heard her."""

    primary: ClassVar[Category] = RSK
    makes: ClassVar[str | None] = "assessment_id"

    assessment_id: Annotated[AssessmentId, ENV]
    with_subject: Annotated[bool, SVC]
    danger_level: Annotated[Sealed[Level], RSK]
    urgency_level: Annotated[Sealed[Level], RSK]
    perpetrator_info: Annotated[Sealed[Line | None], RSK]
    needs: Annotated[Sealed[frozenset[ServiceField]], PLN]
    health_summary: Annotated[Sealed[Line | None], HLT]
    economic_summary: Annotated[Sealed[Line | None], ECO]
    child_summary: Annotated[Sealed[Line | None], CHD]
    subject_wish: Annotated[Sealed[Line | None], PLN]
    text: Annotated[Sealed[FreeText | None], NAR]


class NeedIdentified(Event, frozen=True, kw_only=True, tag="case.need_identified.v1"):
    primary: ClassVar[Category] = PLN
    makes: ClassVar[str | None] = "need_id"
    state_of: ClassVar[tuple[str, ...]] = ("need_id",)

    need_id: Annotated[NeedId, ENV]
    field: Annotated[Sealed[ServiceField], PLN]
    text: Annotated[Sealed[FreeText | None], NAR]


class NeedClosed(Event, frozen=True, kw_only=True, tag="case.need_closed.v1"):
    primary: ClassVar[Category] = PLN
    state_of: ClassVar[tuple[str, ...]] = ("need_id",)

    need_id: Annotated[NeedId, ENV]
    field: Annotated[Sealed[ServiceField], PLN]
    outcome: Annotated[Sealed[NeedOutcome], PLN]
    text: Annotated[Sealed[FreeText | None], NAR]


class SupportActivityRecorded(
    Event, frozen=True, kw_only=True, tag="case.support_activity_recorded.v1"
):
    """``person_id`` is the woman's, or the companion's for whom it was done."""

    primary: ClassVar[Category] = SVC.by("kind", BY_ACTIVITY)
    makes: ClassVar[str | None] = "activity_id"

    activity_id: Annotated[ActivityId, ENV]
    kind: Annotated[ActivityKind, SVC]
    at: Annotated[Instant, SVC]
    provider: Annotated[AgencyId, SVC]
    person_id: Annotated[PersonId, ENV]
    stay_id: Annotated[StayId | None, ENV] = None
    place_kind: Annotated[PlaceKind, SVC]
    health_detail: Annotated[Sealed[Line | None], HLT.about("person_id")]
    child_detail: Annotated[Sealed[Line | None], CHD.about("person_id")]
    text: Annotated[Sealed[FreeText | None], NAR.about("person_id")]


SupportEvent: TypeAlias = AssessmentRecorded | NeedIdentified | NeedClosed | SupportActivityRecorded


class RecordAssessment(Command, frozen=True, kw_only=True, tag="case.record_assessment"):
    with_subject: bool
    danger_level: Level
    urgency_level: Level
    perpetrator_info: Line | None = None
    needs: frozenset[ServiceField] = frozenset()
    health_summary: Line | None = None
    economic_summary: Line | None = None
    child_summary: Line | None = None
    subject_wish: Line | None = None
    text: FreeText | None = None


class IdentifyNeed(Command, frozen=True, kw_only=True, tag="case.identify_need"):
    field: ServiceField
    text: FreeText | None = None


class CloseNeed(Command, frozen=True, kw_only=True, tag="case.close_need"):
    need_id: NeedId
    field: ServiceField
    outcome: NeedOutcome
    text: FreeText | None = None


class RecordSupportActivity(Command, frozen=True, kw_only=True, tag="case.record_support_activity"):
    """Without ``at``, now; without ``person_id``, for the woman."""

    kind: ActivityKind
    at: Instant | None = None
    person_id: PersonId | None = None
    stay_id: StayId | None = None
    place_kind: PlaceKind
    health_detail: Line | None = None
    child_detail: Line | None = None
    text: FreeText | None = None


SupportCommand: TypeAlias = RecordAssessment | IdentifyNeed | CloseNeed | RecordSupportActivity

NEED: Final = Machine(
    name=Label("支援の課題", "Need"),
    states={"OPEN": Label("対応中", "Open"), "CLOSED": Label("対応終了", "Closed")},
    edges=(Edge(NOT_YET, NeedIdentified, "OPEN"), Edge("OPEN", NeedClosed, "CLOSED")),
)


class Support(msgspec.Struct, frozen=True, kw_only=True):
    assessed: bool = False  # With her.
    needs: Mapping[NeedId, str] = {}


class NeedNotFound(Refused):
    """There is no such need in this case."""

    ja: ClassVar[str] = "指定された課題は、このケースに記録されていません。"


class NeedAlreadyClosed(Refused):
    """This need is closed already: identify it anew, if it is there again."""

    ja: ClassVar[str] = "この課題への対応はすでに終了しています。必要なら、改めて登録してください。"


class ChildNotNamed(Refused):
    """What is done for a child is recorded for that child: name one who is with her."""

    ja: ClassVar[str] = (
        "子どもへの支援は、子どもごとに記録します。同伴している子どもを指定してください。"
    )


class StayNotFound(Refused):
    """There is no such stay in this case."""

    ja: ClassVar[str] = "指定された入所・保護は、このケースに記録されていません。"


def decide(
    state: Support, beside: Beside, command: SupportCommand, by: Context
) -> tuple[SupportEvent, ...]:
    match command:
        case RecordAssessment():
            return (_assessed(command, by),)
        case IdentifyNeed():
            return (
                NeedIdentified(need_id=NeedId(by.new_id), field=command.field, text=command.text),
            )
        case CloseNeed():
            return (_closed(state, command),)
        case RecordSupportActivity():
            return (_activity(beside, command, by),)
    assert_never(command)


def evolve(state: Support, event: SupportEvent) -> Support:
    change = msgspec.structs.replace
    match event:
        case AssessmentRecorded(with_subject=with_her):
            return change(state, assessed=state.assessed or with_her)
        case NeedIdentified(need_id=need) | NeedClosed(need_id=need):
            after = NEED.after(state.needs.get(need, NOT_YET), type(event))
            return change(state, needs={**state.needs, need: after})
        case SupportActivityRecorded():
            return state
    assert_never(event)


def check_child_is_named(command: RecordSupportActivity, beside: Beside) -> None:
    """INV-S7: what is done for children is recorded for each."""
    child = command.person_id and beside.companions.get(command.person_id) == "CHILD"
    if command.kind in CHILD_ACTIVITIES and not child:
        raise ChildNotNamed


def _assessed(command: RecordAssessment, by: Context) -> AssessmentRecorded:
    return AssessmentRecorded(
        assessment_id=AssessmentId(by.new_id),
        with_subject=command.with_subject,
        danger_level=command.danger_level,
        urgency_level=command.urgency_level,
        perpetrator_info=command.perpetrator_info,
        needs=command.needs,
        health_summary=command.health_summary,
        economic_summary=command.economic_summary,
        child_summary=command.child_summary,
        subject_wish=command.subject_wish,
        text=command.text,
    )


def _closed(state: Support, command: CloseNeed) -> NeedClosed:
    if command.need_id not in state.needs:
        raise NeedNotFound
    if not NEED.allows(state.needs[command.need_id], NeedClosed):
        raise NeedAlreadyClosed
    return NeedClosed(
        need_id=command.need_id,
        field=command.field,
        outcome=command.outcome,
        text=command.text,
    )


def _activity(
    beside: Beside, command: RecordSupportActivity, by: Context
) -> SupportActivityRecorded:
    person = command.person_id or beside.subject
    if person != beside.subject and person not in beside.companions:
        raise CompanionNotFound
    check_child_is_named(command, beside)
    if command.stay_id and command.stay_id not in beside.stays:
        raise StayNotFound
    if command.at and command.at > by.at:
        raise DayStillToCome
    return SupportActivityRecorded(
        activity_id=ActivityId(by.new_id),
        kind=command.kind,
        at=command.at or by.at,
        provider=by.agency,
        person_id=person,
        stay_id=command.stay_id,
        place_kind=command.place_kind,
        health_detail=command.health_detail,
        child_detail=command.child_detail,
        text=command.text,
    )
