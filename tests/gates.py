"""A gate as it is shipped, and an access log that is kept in a list."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from domain.model import AgencyId, CaseId, StaffId
from services.disclosing import Accessed, Gate, Reader
from services.ports import Append, Clock, EventLog, Keyring, LaneName, Outcome, Read
from services.sealing import Sealing


class Noted(NamedTuple):
    agency: AgencyId
    staff: StaffId
    read: Accessed
    case: CaseId


class Access(list[Noted]):
    async def note(self, reader: Reader, read: Accessed, cases: Sequence[CaseId]) -> None:
        self += [Noted(reader.agency, reader.staff, read, case) for case in cases]


class Still:
    """What a log says to the gate while nobody else writes in it."""

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        assert lane == "disclosures", append
        return Outcome("appended")

    async def overtaken(self, reads: Sequence[Read]) -> AbstractSet[int]:
        del reads
        return frozenset()


def a_gate(
    log: EventLog, keyring: Keyring, sealing: Sealing, clock: Clock, access: Access | None = None
) -> Gate:
    return Gate(log, keyring, sealing, clock, Access() if access is None else access)
