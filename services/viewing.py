"""Viewing (閲覧): what an agency gets to read, and only that."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

import msgspec

from contracts.envelope import Envelope
from contracts.pages import CaseChange, CaseLine, CaseShown, Page, ReferralLine
from domain.model import AgencyId, CaseId, ReferralId, StaffId, StaffRole
from services.aliases import Aliases, Cursors
from services.ports import Clock, EventLog, Keyring
from services.sealing import Sealing


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads, and in which agency's name."""

    agency: AgencyId
    staff: StaffId
    role: StaffRole


class CaseCandidate(NamedTuple):
    """A case that may stand in an agency's list; ``since`` orders the list, and never changes."""

    case_id: CaseId
    since: int


class ReferralCandidate(NamedTuple):
    case_id: CaseId
    referral_id: ReferralId
    since: int


class CaseActivity(NamedTuple):
    """The last position at which something happened in a case."""

    case_id: CaseId
    position: int


class Candidates(Protocol):
    """More than an agency may see, and never less: what is shown of it is decided row by row."""

    async def cases_of(
        self, agency: AgencyId, after: CaseCandidate | None, most: int
    ) -> Sequence[CaseCandidate]:
        """In the order of ``(since, case_id)``."""
        ...

    async def referrals_of(
        self, agency: AgencyId, after: ReferralCandidate | None, most: int
    ) -> Sequence[ReferralCandidate]: ...

    async def changed_cases(
        self, agency: AgencyId, after: int, most: int
    ) -> Sequence[CaseActivity]:
        """Cases of the list, and such as have been, in the order of their last activity."""
        ...

    async def reached(self) -> int:
        """The position up to which ``changed_cases`` knows of everything."""
        ...


class Viewing:
    def __init__(  # noqa: PLR0913, PLR0917 (one for each thing it needs)
        self,
        log: EventLog,
        keyring: Keyring,
        sealing: Sealing,
        clock: Clock,
        aliases: Aliases,
        cursors: Cursors,
        candidates: Candidates,
    ) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._clock: Final = clock
        self._aliases: Final = aliases
        self._cursors: Final = cursors
        self._candidates: Final = candidates

    async def case(self, reader: Reader, case: CaseId) -> CaseShown | None:
        raise NotImplementedError

    async def timeline(
        self,
        reader: Reader,
        case: CaseId,
        *,
        as_of: datetime | None = None,
        after: str | None = None,
        most: int,
    ) -> Page[Envelope] | None:
        raise NotImplementedError

    async def cases(self, reader: Reader, *, after: str | None = None, most: int) -> Page[CaseLine]:
        raise NotImplementedError

    async def referrals(
        self, reader: Reader, *, after: str | None = None, most: int
    ) -> Page[ReferralLine]:
        raise NotImplementedError

    def changes(
        self, reader: Reader, *, after: str | None = None
    ) -> AsyncIterator[CaseChange | None]:
        """``None``: nothing has changed for a while."""
        raise NotImplementedError
