"""What is known of a grievance when something is decided about it, and what is refused."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal, TypeAlias

import msgspec

from domain.grievance_codes import SharedExtent
from domain.model import AgencyId, CaseId, GrievanceId, StaffId
from domain.speech import Refused

GrievanceStatus: TypeAlias = Literal[
    "RECEIVED", "ACKNOWLEDGED", "INVESTIGATING", "ANSWERED", "CLOSED", "REOPENED", "ESCALATED"
]


class NoGrievance(msgspec.Struct, frozen=True):
    pass


class KnownGrievance(msgspec.Struct, frozen=True, kw_only=True):
    grievance_id: GrievanceId
    case_id: CaseId | None
    about_agencies: frozenset[AgencyId]
    about_staff: frozenset[StaffId]
    received_by: AgencyId
    in_charge: AgencyId  # Whoever received it, or whoever it was taken to since.
    status: GrievanceStatus = "RECEIVED"
    handler: AgencyId | None = None
    handler_staff: StaffId | None = None
    shared: Mapping[AgencyId, SharedExtent] = {}
    acknowledge_by: date
    answer_by: date

    @property
    def due(self) -> date | None:
        """INV-G2: by when it is to be acknowledged, or answered; then the prefecture takes it."""
        match self.status:
            case "RECEIVED":
                return self.acknowledge_by
            case "ACKNOWLEDGED" | "INVESTIGATING" | "REOPENED":
                return self.answer_by
            case _:
                return None

    @property
    def parties(self) -> frozenset[AgencyId]:
        """For everybody else there is no such grievance."""
        handling = frozenset({self.handler} if self.handler else ())
        return handling | {self.received_by, self.in_charge} | self.shared.keys()


Grievance: TypeAlias = NoGrievance | KnownGrievance


class GrievanceNotFound(Refused):
    """There is no such grievance."""

    ja: ClassVar[str] = "該当する苦情の記録はありません。"


class HandlerComplainedAbout(Refused):
    """Whoever is complained about does not handle it: choose another agency, or somebody else."""

    ja: ClassVar[str] = (
        "苦情の対象となっている機関や職員は、その苦情に対応できません。別の機関か職員を選んでください。"
    )


class NotTheHandler(Refused):
    """Only the agency that handles this grievance may do this."""

    ja: ClassVar[str] = "この操作ができるのは、この苦情に対応している機関だけです。"


class NotAnsweringForIt(Refused):
    """Only the agency that answers for this grievance may do this, or the one that handles it."""

    ja: ClassVar[str] = "この操作ができるのは、この苦情を担当する機関か、対応している機関だけです。"


class GrievanceNotAcknowledged(Refused):
    """Tell the complainant first that the grievance was received, then let it be handled."""

    ja: ClassVar[str] = (
        "先に、苦情を受け付けたことを申出人に伝えて記録してください。対応機関はその後に決めます。"
    )


class GrievanceHasNoHandler(Refused):
    """Nobody handles this grievance now: assign a handler first."""

    ja: ClassVar[str] = (
        "この苦情に対応する機関が決まっていません。先に対応する機関を決めてください。"
    )


class GrievanceIsAnswered(Refused):
    """This grievance has been answered: close it, or take it further."""

    ja: ClassVar[str] = "この苦情には回答済みです。終了するか、上位の機関に移してください。"


class GrievanceNotAnswered(Refused):
    """A grievance is closed once it has been answered: give the answer first."""

    ja: ClassVar[str] = "苦情は、回答した後に終了します。先に回答を記録してください。"


class GrievanceIsClosed(Refused):
    """This grievance is closed: reopen it first."""

    ja: ClassVar[str] = "この苦情は終了しています。先に再開してください。"


class GrievanceStillOpen(Refused):
    """This grievance is not closed, so there is nothing to reopen: go on with it."""

    ja: ClassVar[str] = (
        "この苦情は終了していないため、再開は不要です。そのまま対応を続けてください。"
    )


class ComplainantDoesNotAgree(Refused):
    """What was said is shared only where the complainant agrees: share a summary instead."""

    ja: ClassVar[str] = (
        "申出の内容は、申出人の了解がなければ共有できません。要旨のみを共有してください。"
    )
