"""A gate as it is shipped, and an access log that is kept in a list."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.model import AgencyId, CaseId, StaffId
from services.disclosing import Accessed, Gate, Reader
from services.ports import Clock, EventLog, Keyring
from services.sealing import Sealing


class Noted(NamedTuple):
    agency: AgencyId
    staff: StaffId
    read: Accessed
    case: CaseId


class Access(list[Noted]):
    async def note(self, reader: Reader, read: Accessed, cases: Sequence[CaseId]) -> None:
        self += [Noted(reader.agency, reader.staff, read, case) for case in cases]


def a_gate(
    log: EventLog, keyring: Keyring, sealing: Sealing, clock: Clock, access: Access | None = None
) -> Gate:
    return Gate(log, keyring, sealing, clock, Access() if access is None else access)
