"""Processes (自動処理) on PostgreSQL: how far each has come, and what falls due next.

How far it has come stands beside the lists, and like them it may be lost: then it hears again of
what it has heard of, and what followed has its answer in the log.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from adapters.postgres.lists import PostgresLists
from domain.erasure import DECIDES
from domain.model import ITSELF, AgencyId, CaseId
from projections.timers import TIMERS, Timer, TimerKey, TimerKind
from services.ports import EPOCH

_POSITION: Final = "select position from views.checkpoint where name = %(name)s"
_COME_TO: Final = """
insert into views.checkpoint as kept (name, definition, position)
values (%(name)s, 'process', %(position)s)
on conflict (name) do update set position = greatest(kept.position, excluded.position)
returning position
"""
_HEARD_ALL: Final = """
insert into views.checkpoint as kept (name, definition, position)
select 'process:' || name, 'process', (select coalesce(max(position), 0) from log.event)
from unnest(%(names)s::text[]) as asked(name)
on conflict (name) do update set position = greatest(kept.position, excluded.position)
returning position
"""
_HAS_UNHEARD: Final = """
select exists (
    select from log.event
    where type = any(%(types)s) and position >
        coalesce((select position from views.checkpoint where name = %(name)s), 0)
)
"""
_DUE: Final = """
select kind, of, about, case_id, due, agency from views.timers
where (due, kind, of) > (%(since)s, %(kind)s, %(of)s)
    and due <= least(%(until)s, (select log.now()))
order by due, kind, of limit %(most)s
"""
_NEXT_DUE: Final = "select min(due) from views.timers where due > %(after)s"
_DIVISIONS_OF: Final = """
select division.agency from views.agency_roster its
join views.agency_roster division using (prefecture)
where its.agency = %(agency)s and division.is_active and division.kind = %(kind)s
order by division.since
"""
_STANDINGS: Final = """
select asked.name, coalesce(kept.position, 0), head.position
from unnest(%(names)s::text[]) with ordinality asked(name, nth)
cross join (select coalesce(max(position), 0) as position from log.event) head
left join views.checkpoint kept on kept.name = 'process:' || asked.name
order by asked.nth
"""
_REFUSED: Final = """
select said ->> 'code', count(*) from log.command,
lateral (
    select case when answer <> '' then convert_from(answer, 'UTF8')::jsonb end
) as answered(said)
where agency = %(itself)s and said ? 'code' group by 1 order by 2 desc, 1
"""
_WAITING: Final = """
select count(*), min(due), count(*) filter (where due <= (select log.now())),
    coalesce((select state from views.checkpoint where name = %(name)s), 'running')
from views.timers where due is not null
"""


class ProcessStanding(msgspec.Struct, frozen=True):
    name: str
    position: int
    head: int

    @property
    def behind(self) -> int:
        return self.head - self.position


class Refusals(msgspec.Struct, frozen=True):
    """What came of commands that followed by rule, where they were refused."""

    code: str
    times: int


class Waiting(msgspec.Struct, frozen=True):
    """``overdue``: what stays, because it was refused or there is nobody who could take it.

    ``state``: of the list of what falls due.
    """

    timers: int
    next_due: datetime | None
    overdue: int = 0
    state: Literal["running", "paused", "stopped"] = "running"


class PostgresProcesses:
    """``services.reacting.following.Checkpoints`` and ``services.reacting.timing.Timers``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def position(self, process: str) -> int:
        found = await self._lists.rows(int, _POSITION, {"name": _kept_as(process)})
        return found[0] if found else 0

    async def come_to(self, process: str, position: int) -> None:
        await self._lists.rows(int, _COME_TO, {"name": _kept_as(process), "position": position})

    async def has_unheard(self, process: str, types: Iterable[str]) -> bool:
        """Whether anything of these is in the log of which it has not heard."""
        asked = {"name": _kept_as(process), "types": [*types]}
        (found,) = await self._lists.rows(bool, _HAS_UNHEARD, asked)
        return found

    async def have_heard_all(self, processes: Iterable[str]) -> None:
        """Of a log in which all that follows has been told with what it follows from."""
        await self._lists.rows(int, _HEARD_ALL, {"names": [*processes]})

    async def due(
        self, until: datetime, after: tuple[datetime, TimerKey] | None, most: int
    ) -> Sequence[Timer]:
        since, (kind, of) = after or FROM_THE_FIRST
        asked = {"until": until, "since": since, "kind": kind, "of": of, "most": most}
        return await self._lists.rows(_timer, _DUE, asked)

    async def next_due(self, after: datetime) -> datetime | None:
        (found,) = await self._lists.rows(_utc, _NEXT_DUE, {"after": after}) or [None]
        return found

    async def divisions_of(self, agency: AgencyId) -> Sequence[AgencyId]:
        asked = {"agency": agency, "kind": DECIDES}
        return [AgencyId(each) for each in await self._lists.rows(_itself, _DIVISIONS_OF, asked)]

    async def standings(self, names: Sequence[str]) -> Sequence[ProcessStanding]:
        return await self._lists.rows(ProcessStanding, _STANDINGS, {"names": [*names]})

    async def refused(self) -> Sequence[Refusals]:
        return await self._lists.rows(Refusals, _REFUSED, {"itself": ITSELF})

    async def waiting(self) -> Waiting:
        asked = {"name": TIMERS.name}
        (found,) = await self._lists.rows(Waiting, _WAITING, asked) or [Waiting(0, None)]
        return found


FROM_THE_FIRST: Final[tuple[datetime, tuple[str, UUID]]] = (EPOCH, ("", UUID(int=0)))


def _kept_as(process: str) -> str:
    """No list is called so."""
    return f"process:{process}"


def _timer(  # noqa: PLR0913, PLR0917 (one a column)
    kind: TimerKind,
    of: UUID,
    about: UUID,
    case: UUID | None,
    due: datetime,
    agency: UUID | None,
) -> Timer:
    return Timer(
        kind=kind,
        of=of,
        about=about,
        case_id=None if case is None else CaseId(case),
        due=due.astimezone(UTC),
        agency=None if agency is None else AgencyId(agency),
    )


def _itself(id_: UUID) -> UUID:
    return id_


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
