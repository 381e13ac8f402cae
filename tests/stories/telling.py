"""Telling (語り): who says what, one after the other, and the clock by which days pass."""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, Protocol, TypeVar
from uuid import UUID, uuid4

from adapters.crypto import ChaChaCipher
from contracts.answers import Accepted, Answer
from domain.agency import EnrolStaff, RegisterAgency, SignPledge
from domain.agency_codes import AgencyKind, Prefecture
from domain.calendar import date_in_japan
from domain.catalogue import EVENTS, AnyCommand
from domain.fields import tag_of
from domain.installation import InstallationFounded
from domain.model import (
    ITS_STAFF,
    ITSELF,
    ActingRole,
    AgencyId,
    CaseId,
    CommandId,
    Event,
    EventId,
    StaffId,
    StaffRole,
)
from services.handling import Ask
from services.ports import EventLog
from services.sealing import Sealing, id_of
from tests.spec import NOW

E = TypeVar("E", bound=Event)


class Clock:
    """It stands still until somebody says that time has passed."""

    def __init__(self, at: datetime = NOW) -> None:
        self._at: datetime = at

    def now(self) -> datetime:
        return self._at

    def passes(self, **time: int) -> None:
        self._at += timedelta(**time)

    def in_days(self, days: int) -> date:
        return date_in_japan(self._at) + timedelta(days=days)

    def in_hours(self, hours: int) -> datetime:
        return self._at + timedelta(hours=hours)


class Handles(Protocol):
    async def handle(self, ask: Ask) -> Answer: ...


class Book(Protocol):
    async def last(self, case: CaseId, kind: type[E]) -> tuple[EventId, E]:
        """The last event of a type in a case, closed, and the id it stands under."""
        ...


class LogBook:
    def __init__(self, log: EventLog) -> None:
        self._log: Final = log
        self._sealing: Final = Sealing(EVENTS, ChaChaCipher())

    async def last(self, case: CaseId, kind: type[E]) -> tuple[EventId, E]:
        stored = (await self._log.of_cases(case)).events[case]
        found = [event for event in stored if event.type == tag_of(kind)][-1]
        event = self._sealing.open(found).event
        assert isinstance(event, kind)
        return id_of(found), event


class Stage(NamedTuple):
    """Where a story is told: who handles what is said, and where it can be looked up."""

    handling: Handles
    operator: InstallationFounded
    book: Book
    clock: Clock


class Someone:
    """A member of staff, who asks for one thing after the other."""

    def __init__(self, stage: Stage, agency: AgencyId, staff: StaffId, role: ActingRole) -> None:
        self._stage: Final = stage
        self.agency: Final = agency
        self.staff: Final = staff
        self.role: ActingRole = role

    async def says(self, command: AnyCommand, case: CaseId | None = None) -> Accepted:
        answer = await self._stage.handling.handle(
            Ask(
                id=CommandId(uuid4()),
                agency=self.agency,
                staff=self.staff,
                role=self.role,
                command=command,
                case=case,
            )
        )
        assert isinstance(answer, Accepted), (command.__struct_config__.tag, answer)
        return answer

    async def makes(self, command: AnyCommand, case: CaseId | None = None) -> UUID:
        made = (await self.says(command, case)).made
        assert made is not None
        return made

    async def opens(self, command: AnyCommand) -> CaseId:
        case = (await self.says(command)).case
        assert case is not None
        return case


def operator(stage: Stage) -> Someone:
    return Someone(stage, stage.operator.operator, stage.operator.first_staff, "REPRESENTATIVE")


def by_itself(stage: Stage) -> Someone:
    """The installation, without anybody asking."""
    return Someone(stage, ITSELF, ITS_STAFF, "INSTALLATION")


async def joining(
    stage: Stage,
    kind: AgencyKind,
    name: str,
    role: StaffRole,
    prefecture: Prefecture = "06",
) -> Someone:
    """An agency is registered, and its first member of staff has signed the pledge."""
    registered = await operator(stage).makes(
        RegisterAgency(kind=kind, name=name, prefecture=prefecture, sector="PUBLIC")
    )
    return await enrolled(stage, AgencyId(registered), role)


async def enrolled(stage: Stage, agency: AgencyId, role: StaffRole) -> Someone:
    desk = operator(stage)
    staff = StaffId(await desk.makes(EnrolStaff(agency_id=agency, role=role, years_in_field=7)))
    await desk.says(SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04"))
    return Someone(stage, agency, staff, role)
