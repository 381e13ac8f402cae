"""Erasure (消去・利用停止): she asks for it, and whoever has the power decides whether and when.

Before the retention period (保存期間) is over the record is no longer used, and erased afterwards.
Erasing is an event: the key of the person is destroyed, the skeleton and this trail remain.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, assert_never

import msgspec

from domain.agency_codes import AgencyKind
from domain.calendar import date_in_japan
from domain.case.closing import (
    CaseErased,
    DataRestricted,
    Erasure,
    Persons,
    RestrictionLifted,
    erased,
    lifted,
    restricted,
)
from domain.case.state import KnownCase
from domain.case_codes import ErasureBasis
from domain.categories import CNS, Category
from domain.codes import Label
from domain.concerned import Concerned
from domain.consent_codes import (
    ErasureDecision,
    ErasureGround,
    ErasureRequester,
    IdentityCheck,
)
from domain.machine import NOT_YET, Edge, Machine
from domain.model import AgencyId, Command, Context, ErasureRequestId, Event, Instant, PersonId
from domain.speech import Refused
from domain.timers import DEFAULTS, retained_until


class ErasureRequested(Event, frozen=True, kw_only=True, tag="trail.erasure_requested.v1"):
    """``scope`` names whose data it is; ``identity_check``, how we know who asks."""

    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS
    makes: ClassVar[str | None] = "request_id"

    request_id: Annotated[ErasureRequestId, CNS]
    scope: Annotated[Persons, CNS]
    requester: Annotated[ErasureRequester, CNS]
    identity_check: Annotated[IdentityCheck, CNS]
    at: Annotated[Instant, CNS]


class ErasureDecided(Event, frozen=True, kw_only=True, tag="trail.erasure_decided.v1"):
    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    request_id: Annotated[ErasureRequestId, CNS]
    decision: Annotated[ErasureDecision, CNS]
    grounds: Annotated[ErasureGround, CNS]
    not_before: Annotated[date | None, CNS] = None
    decided_by: Annotated[AgencyId, CNS]


ErasureEvent: TypeAlias = ErasureRequested | ErasureDecided


class RequestErasure(Command, frozen=True, kw_only=True, tag="trail.request_erasure"):
    scope: Persons
    requester: ErasureRequester
    identity_check: IdentityCheck


class DecideErasure(Command, frozen=True, kw_only=True, tag="trail.decide_erasure"):
    """What was restricted is decided once more: to erase it in the end, or to use it again."""

    request_id: ErasureRequestId
    decision: ErasureDecision
    grounds: ErasureGround

    @property
    def waits_for_nobody(self) -> bool:
        """To stop the use takes nothing but what it writes to; what is erased is gone for good."""
        return self.decision == "RESTRICT"

    @property
    def takes_back(self) -> bool:
        return self.decision != "REFUSE"


ErasureCommand: TypeAlias = RequestErasure | DecideErasure
ErasureState: TypeAlias = Literal["REQUESTED", "RESTRICTED", "ERASED", "REFUSED"]
ERASURE: Final = Machine(
    name=Label("消去の請求", "Request for erasure"),
    states={
        "REQUESTED": Label("請求", "Requested"),
        "RESTRICTED": Label("利用停止", "Restricted"),
        "ERASED": Label("消去", "Erased"),
        "REFUSED": Label("不承認", "Refused"),
    },
    edges=(
        Edge(NOT_YET, ErasureRequested, "REQUESTED"),
        Edge("REQUESTED", ErasureDecided, "RESTRICTED"),
        Edge("REQUESTED", ErasureDecided, "ERASED"),
        Edge("REQUESTED", ErasureDecided, "REFUSED"),
        Edge("RESTRICTED", ErasureDecided, "ERASED"),
        Edge("RESTRICTED", ErasureDecided, "REFUSED"),  # The restriction is lifted.
    ),
)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    scope: frozenset[PersonId]
    state: ErasureState = "REQUESTED"
    not_before: date | None = None


Requests: TypeAlias = Mapping[ErasureRequestId, Request]


class ErasureRequestNotFound(Refused):
    """There is no such request in this case."""

    ja: ClassVar[str] = "このケースに該当する消去の請求はありません。"


class NotConcerned(Refused):
    """Somebody in the request has nothing to do with this case."""

    ja: ClassVar[str] = "請求の対象に、このケースの本人・同伴者ではない人が含まれています。"


class ErasureAlreadyDecided(Refused):
    """This request has been decided: what is to change is asked anew."""

    ja: ClassVar[str] = "この請求は、すでに決定されています。変更する場合は新たに請求してください。"


class NotTheDecider(Refused):
    """Only the prefecture that implements the support decides about erasure."""

    ja: ClassVar[str] = "消去について決定できるのは、実施主体である都道府県の担当部局だけです。"


class GroundsDoNotFit(Refused):
    """This decision is not taken on these grounds."""

    ja: ClassVar[str] = "決定の内容と理由が合っていません。"


class RetentionRunning(Refused):
    """The retention period still runs: restrict the use now, and erase afterwards."""

    ja: ClassVar[str] = "保存期間がまだ満了していません。利用停止とし、満了後に消去してください。"


class NotYetErasable(Refused):
    """It may be erased from a later day on."""

    ja: ClassVar[str] = "消去できる日にまだ達していません。"


class Decided(msgspec.Struct, frozen=True):
    """What is recorded in the trail, and of the case in the same append."""

    trail: tuple[ErasureEvent, ...]
    case: tuple[DataRestricted | RestrictionLifted | CaseErased, ...] = ()


def decide(
    concerned: Concerned, case: KnownCase, requests: Requests, command: ErasureCommand, by: Context
) -> Decided:
    match command:
        case RequestErasure():
            return Decided((_requested(concerned, command, by),))
        case DecideErasure(request_id=request_id):
            if request_id not in requests:
                raise ErasureRequestNotFound
            return _decided(concerned, case, requests, command, by)
    assert_never(command)


def _requested(concerned: Concerned, command: RequestErasure, by: Context) -> ErasureRequested:
    if not command.scope <= {concerned.subject_id, *concerned.persons}:
        raise NotConcerned
    return ErasureRequested(
        request_id=ErasureRequestId(by.new_id),
        scope=command.scope,
        requester=command.requester,
        identity_check=command.identity_check,
        at=by.at,
    )


def _decided(
    concerned: Concerned, case: KnownCase, requests: Requests, command: DecideErasure, by: Context
) -> Decided:
    request = requests[command.request_id]
    check_decider(concerned, by)
    if BECOMES[command.decision] == request.state:
        return Decided(())
    if not ERASURE.allows(request.state, ErasureDecided):
        raise ErasureAlreadyDecided
    if command.grounds not in FITTING[command.decision]:
        raise GroundsDoNotFit
    today = date_in_japan(by.at)
    if command.decision == "ERASE":
        check_retention(concerned, request, command, today)
    decided = Erasure(
        request_id=command.request_id,
        decided_by=by.agency,
        basis=IN_THE_CASE.get(command.grounds, "REQUEST"),
        scope=whom_it_changes(requests, command),
    )
    event = ErasureDecided(
        request_id=command.request_id,
        decision=command.decision,
        grounds=command.grounds,
        not_before=erasable_from(concerned) if command.decision == "RESTRICT" else None,
        decided_by=by.agency,
    )
    match command.decision:
        case "ERASE":
            return Decided((event,), erased(case, decided))
        case "RESTRICT":
            return Decided((event,), restricted(case, decided))
        case "REFUSE" if request.state == "RESTRICTED":
            return Decided((event,), lifted(decided))
        case "REFUSE":
            return Decided((event,))
    assert_never(command.decision)


def check_decider(concerned: Concerned, by: Context) -> None:
    if concerned.agencies[by.agency].kind != DECIDES:
        raise NotTheDecider


def check_retention(
    concerned: Concerned, request: Request, command: DecideErasure, today: date
) -> None:
    """Until it is over the record is kept, and no longer used: unless a law says to erase it."""
    if command.grounds == "ERASURE_DUTY":
        return
    # Support may have begun again since it was restricted, and ended later.
    days = [day for day in (request.not_before, erasable_from(concerned)) if day is not None]
    if days and today < max(days):
        raise NotYetErasable if request.not_before else RetentionRunning


def whom_it_changes(requests: Requests, command: DecideErasure) -> frozenset[PersonId]:
    """Everybody is erased once, and nothing of theirs is used as long as any restriction stands."""
    others = [each for key, each in requests.items() if key != command.request_id]
    already = {"ERASED"} if command.decision == "ERASE" else {"ERASED", "RESTRICTED"}
    done = (each.scope for each in others if each.state in already)
    return requests[command.request_id].scope.difference(*done)


def erasable_from(concerned: Concerned) -> date | None:
    """The day after the retention period, which runs from the end of support."""
    if concerned.closed_on is None:
        return None
    until = concerned.retained_until or retained_until(DEFAULTS, concerned.closed_on)
    return until + timedelta(days=1)


def evolve(requests: Requests, event: ErasureEvent) -> Requests:
    match event:
        case ErasureRequested():
            request = Request(scope=event.scope)
        case ErasureDecided():
            request = msgspec.structs.replace(
                requests[event.request_id],
                state=BECOMES[event.decision],
                not_before=event.not_before,
            )
    return {**requests, event.request_id: request}


BECOMES: Final[Mapping[ErasureDecision, ErasureState]] = {
    "ERASE": "ERASED",
    "RESTRICT": "RESTRICTED",
    "REFUSE": "REFUSED",
}
FITTING: Final[Mapping[ErasureDecision, frozenset[ErasureGround]]] = {
    "ERASE": frozenset({"RETENTION_OVER", "ERASURE_DUTY"}),
    "RESTRICT": frozenset({"RETENTION_RUNNING", "LEGAL_HOLD"}),
    "REFUSE": frozenset({"LEGAL_HOLD", "STILL_IN_SUPPORT"}),
}
IN_THE_CASE: Final[Mapping[ErasureGround, ErasureBasis]] = {
    "RETENTION_OVER": "RETENTION_OVER",
    "ERASURE_DUTY": "LEGAL_DUTY",
}
DECIDES: Final[AgencyKind] = "PREFECTURAL_WOMENS_SUPPORT_DIVISION"
