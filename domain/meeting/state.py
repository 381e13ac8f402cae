"""What is known of a meeting when something is decided in it; and whom it is there for at all."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal, TypeAlias

import msgspec

from domain.categories import CategoryCode
from domain.items import Digest
from domain.meeting.events import DecisionId
from domain.meeting_codes import AllocatedFunction, MeetingKind, MeetingRole
from domain.model import AgencyId, CaseId, MeetingId, NetworkId, PersonId
from domain.speech import Refused

MeetingStatus: TypeAlias = Literal[
    "REQUESTED",
    "PLANNED",
    "CONVENED",
    "HELD",
    "MINUTED",
    "CONFIRMED",
    "SHARED",
    "CLOSED",
    "CANCELLED",
]
# Who does what, and for which of the people with her.
Allocation: TypeAlias = tuple[AllocatedFunction, AgencyId, PersonId | None]


class NoMeeting(msgspec.Struct, frozen=True):
    pass


class RequestedMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """Asked for, and not planned yet."""

    meeting_id: MeetingId
    case_id: CaseId | None
    network_id: NetworkId | None
    by_agency: AgencyId
    status: MeetingStatus = "REQUESTED"


class KnownMeeting(msgspec.Struct, frozen=True, kw_only=True):
    meeting_id: MeetingId
    kind: MeetingKind
    case_id: CaseId | None
    network_id: NetworkId | None
    convenor: AgencyId
    status: MeetingStatus = "PLANNED"
    convened: bool = False
    held_on: date | None = None
    invitees: Mapping[AgencyId, MeetingRole] = {}
    attended: frozenset[AgencyId] = frozenset()  # With the convenor.
    tabled: Mapping[CaseId, frozenset[CategoryCode]] = {}
    reviewed: frozenset[CaseId] = frozenset()
    deferred: frozenset[CaseId] = frozenset()
    decisions: Mapping[DecisionId, CaseId | None] = {}
    acknowledged: frozenset[tuple[DecisionId, AgencyId]] = frozenset()
    allocated: Mapping[CaseId, frozenset[Allocation]] = {}
    disagreed: frozenset[CaseId] = frozenset()
    designated: frozenset[CaseId] = frozenset()  # For whom a main support agency was.
    next_set: bool = False
    minutes: Digest | None = None
    minutes_with: frozenset[AgencyId] = frozenset()

    @property
    def there(self) -> frozenset[AgencyId]:
        """Who is told what is told there: the convenor, and whoever is invited."""
        return frozenset({self.convenor, *self.invitees})


Meeting: TypeAlias = NoMeeting | RequestedMeeting | KnownMeeting


class MeetingNotFound(Refused):
    """There is no such meeting."""

    ja: ClassVar[str] = "該当する会議はありません。"


class OnlyTheConvenor(Refused):
    """Only the agency that convenes the meeting does this."""

    ja: ClassVar[str] = "この操作ができるのは、会議を招集する機関だけです。"


class OnlyTheCoordinatingAgency(Refused):
    """Only the coordinating agency of the network does this."""

    ja: ClassVar[str] = "この操作ができるのは、ネットワークの調整機関だけです。"


class OnlyWhoKeepsMinutes(Refused):
    """The convenor or the coordinating agency keeps the minutes and the materials."""

    ja: ClassVar[str] = "議事録と資料を扱えるのは、招集した機関か調整機関だけです。"


class OnlyWhoAttended(Refused):
    """Only agencies that took part in the meeting can do this, or be named here."""

    ja: ClassVar[str] = "この操作ができるのも、ここで指定できるのも、会議に出席した機関だけです。"


class NoCasesHere(Refused):
    """This meeting is about no case: use an individual case conference, or a practitioners' one."""

    ja: ClassVar[str] = (
        "この会議では個別のケースを扱えません。個別ケース検討会議か実務者会議で扱ってください。"
    )


class CaseNotTabled(Refused):
    """This case is not on the table of this meeting: table it first."""

    ja: ClassVar[str] = "このケースは会議の議題になっていません。先に議題に加えてください。"
