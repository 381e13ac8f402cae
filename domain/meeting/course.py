"""The course of a meeting (会議の進行), and that of the consultation about a case (協議) in it."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import ClassVar, Final, Literal, TypeAlias

from domain.codes import Label
from domain.machine import NOT_YET, Edge, Machine, edges
from domain.meeting.events import (
    ActivityReported,
    AgendaSet,
    CaseReviewDeferred,
    CaseReviewed,
    CaseTabled,
    DecisionAcknowledged,
    DecisionProgressReported,
    DecisionRecorded,
    DisagreementRecorded,
    InformationProvided,
    InviteeAdded,
    InviteeRemoved,
    IssueCarriedForward,
    MainSupportAgencyDesignated,
    MaterialFiled,
    MeetingCancelled,
    MeetingClosed,
    MeetingConvened,
    MeetingEvent,
    MeetingHeld,
    MeetingPlanned,
    MeetingRequested,
    MinutesConfirmed,
    MinutesDrafted,
    MinutesShared,
    NextMeetingSet,
    RoleAllocated,
)
from domain.meeting.state import MeetingStatus
from domain.meeting_codes import MeetingKind
from domain.speech import Refused

STATUSES: Final[Mapping[str, Label]] = {
    "REQUESTED": Label("開催の要請あり", "Asked for"),
    "PLANNED": Label("計画中", "Planned"),
    "CONVENED": Label("招集済み", "Convened"),
    "HELD": Label("開催済み", "Held"),
    "MINUTED": Label("議事録作成済み", "Minutes drafted"),
    "CONFIRMED": Label("議事録確認済み", "Minutes confirmed"),
    "SHARED": Label("議事録共有済み", "Minutes shared"),
    "CLOSED": Label("終了", "Closed"),
    "CANCELLED": Label("中止", "Cancelled"),
}
EARLIER: Final = ("PLANNED", "CONVENED")
OPEN: Final = (*EARLIER, "HELD", "MINUTED", "CONFIRMED", "SHARED")
ON_THE_TABLE: Final = ("HELD", "MINUTED")  # Until its minutes are confirmed.

PREPARED: Final[tuple[Edge, ...]] = (
    *edges(MeetingRequested, [NOT_YET], "REQUESTED"),
    *edges(MeetingPlanned, [NOT_YET, "REQUESTED"], "PLANNED"),
    *edges(AgendaSet, EARLIER),
    *edges(InviteeAdded, EARLIER),
    *edges(InviteeRemoved, (*OPEN, "CLOSED", "CANCELLED")),
    *edges(MeetingConvened, ["PLANNED"], "CONVENED"),
    *edges(MeetingCancelled, ["REQUESTED", *EARLIER], "CANCELLED"),
    *edges(CaseTabled, (*EARLIER, *ON_THE_TABLE)),
    *edges(InformationProvided, ("CONVENED", *ON_THE_TABLE)),
    *edges(MaterialFiled, OPEN),
    *edges(MeetingHeld, ["CONVENED"], "HELD"),
)
SAID: Final[tuple[Edge, ...]] = tuple(
    chain(
        *(
            edges(event, ON_THE_TABLE)
            for event in (
                CaseReviewed,
                CaseReviewDeferred,
                ActivityReported,
                DecisionRecorded,
                RoleAllocated,
                DisagreementRecorded,
                MainSupportAgencyDesignated,
                IssueCarriedForward,
                NextMeetingSet,
            )
        ),
        edges(DecisionAcknowledged, (*ON_THE_TABLE, "CONFIRMED", "SHARED", "CLOSED")),
        edges(DecisionProgressReported, (*ON_THE_TABLE, "CONFIRMED", "SHARED", "CLOSED")),
    )
)
MEETING: Final = Machine(
    name=Label("会議", "Meeting"),
    states=STATUSES,
    edges=(
        *PREPARED,
        *SAID,
        *edges(MinutesDrafted, ON_THE_TABLE, "MINUTED"),
        Edge("MINUTED", MinutesConfirmed, "CONFIRMED"),
        *edges(MinutesShared, ["CONFIRMED", "SHARED"], "SHARED"),
        Edge("SHARED", MeetingClosed, "CLOSED"),
    ),
)
# A meeting of others: what we bring is recorded, and the minutes are theirs. Our cases are reviewed
# among ourselves, and our activities reported to our own representatives.
FORUM: Final = Machine(
    name=Label("外部の会議への参加", "Another body's meeting"),
    states={
        status: label
        for status, label in STATUSES.items()
        if status not in {"MINUTED", "CONFIRMED", "SHARED"}
    },
    edges=(
        *(
            edge
            for edge in (*PREPARED, *SAID)
            if edge.before not in {"MINUTED", "CONFIRMED", "SHARED"}
            and edge.event not in {CaseReviewed, CaseReviewDeferred, ActivityReported}
        ),
        Edge("HELD", MeetingClosed, "CLOSED"),
    ),
)


def machine_of(kind: MeetingKind) -> Machine:
    return FORUM if kind == "EXTERNAL_FORUM" else MEETING


ConsultationStatus: TypeAlias = Literal["OPEN", "AGREED", "UNSETTLED", "DESIGNATED"]
CONSULTATION_STATUSES: Final[Mapping[str, Label]] = {
    "OPEN": Label("協議中", "Open"),
    "AGREED": Label("合意", "Agreed"),
    "UNSETTLED": Label("協議が調わない", "Unsettled"),
    "DESIGNATED": Label("主たる支援機関を指定", "Main support agency designated"),
}
# Only a decision that settles it leads to agreement. Tabled anew, a case is open anew, unless what
# was consulted about is still unsettled: that it stays, from one meeting to the next.
CONSULTATION: Final = Machine(
    name=Label("ケースについての協議", "Consultation about a case"),
    states=CONSULTATION_STATUSES,
    edges=(
        Edge(NOT_YET, CaseTabled, "OPEN"),
        *edges(DecisionRecorded, ["OPEN", "UNSETTLED"], "AGREED"),
        *edges(DisagreementRecorded, ["OPEN", "UNSETTLED"], "UNSETTLED"),
        Edge("UNSETTLED", MainSupportAgencyDesignated, "DESIGNATED"),
    ),
)


class MeetingNotPlanned(Refused):
    """This meeting was asked for and is not planned yet: plan it first."""

    ja: ClassVar[str] = "この会議は要請されただけで、まだ計画されていません。先に計画してください。"


class MeetingAlreadyPlanned(Refused):
    """This meeting is already planned."""

    ja: ClassVar[str] = "この会議は、すでに計画されています。"


class MeetingNotConvened(Refused):
    """This meeting has not been convened yet: convene it first."""

    ja: ClassVar[str] = "この会議はまだ招集されていません。先に招集してください。"


class MeetingAlreadyConvened(Refused):
    """This meeting has already been convened."""

    ja: ClassVar[str] = "この会議は、すでに招集されています。"


class MeetingNotHeld(Refused):
    """This meeting has not been held yet."""

    ja: ClassVar[str] = "この会議はまだ開催されていません。"


class MeetingAlreadyHeld(Refused):
    """This meeting has already been held."""

    ja: ClassVar[str] = "この会議は、すでに開催されています。"


class MinutesNotDrafted(Refused):
    """There are no minutes of this meeting yet: draft them first."""

    ja: ClassVar[str] = "この会議の議事録がまだありません。先に作成してください。"


class MinutesNotConfirmed(Refused):
    """The minutes are not confirmed yet: confirm them first."""

    ja: ClassVar[str] = "議事録がまだ確認されていません。先に確認してください。"


class MinutesAlreadyConfirmed(Refused):
    """The minutes are confirmed, so nothing is added to this meeting: table it in the next one."""

    ja: ClassVar[str] = (
        "議事録が確認されているため、この会議には追加できません。次の会議で扱ってください。"
    )


class MinutesNotShared(Refused):
    """Share the minutes with everybody who attended and may have them, then close the meeting."""

    ja: ClassVar[str] = (
        "議事録を、出席した機関（本人の同意がある機関）に共有してから終了してください。"
    )


class MinutesAreTheirs(Refused):
    """This is another body's meeting: its minutes are kept there."""

    ja: ClassVar[str] = "他の団体の会議です。議事録はその団体が作成・保管します。"


class MeetingIsClosed(Refused):
    """This meeting is closed."""

    ja: ClassVar[str] = "この会議は終了しています。"


class MeetingIsCancelled(Refused):
    """This meeting was cancelled."""

    ja: ClassVar[str] = "この会議は中止されています。"


def check_in_order(kind: MeetingKind, status: MeetingStatus, event: type[MeetingEvent]) -> None:
    machine = machine_of(kind)
    if machine.allows(status, event):
        return
    if status in OVER:
        raise OVER[status]
    order = list(STATUSES)
    befores = sorted(
        {edge.before for edge in machine.edges if edge.event is event} - {NOT_YET}, key=order.index
    )
    raise _why_not(status, befores, order)


def _why_not(status: MeetingStatus, befores: Sequence[str], order: Sequence[str]) -> type[Refused]:
    if not befores:
        return MinutesAreTheirs
    first, last = befores[0], befores[-1]
    if order.index(status) < order.index(first):
        return NOT_YET_THERE[first]
    return PAST[last]


OVER: Final[Mapping[str, type[Refused]]] = {
    "CLOSED": MeetingIsClosed,
    "CANCELLED": MeetingIsCancelled,
}
NOT_YET_THERE: Final[Mapping[str, type[Refused]]] = {
    "PLANNED": MeetingNotPlanned,
    "CONVENED": MeetingNotConvened,
    "HELD": MeetingNotHeld,
    "MINUTED": MinutesNotDrafted,
    "CONFIRMED": MinutesNotConfirmed,
    "SHARED": MinutesNotShared,
}
PAST: Final[Mapping[str, type[Refused]]] = {
    "REQUESTED": MeetingAlreadyPlanned,
    "PLANNED": MeetingAlreadyConvened,
    "CONVENED": MeetingAlreadyHeld,
    "MINUTED": MinutesAlreadyConfirmed,
}
