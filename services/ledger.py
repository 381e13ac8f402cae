"""Progress ledger (進行管理台帳, 様式1): as the coordinating agency has it, and as each member.

Which cases the coordinating agency has rows for, their records say, so that none is left out; what
stands in a row is what it may see. For all others a row is there if what they may see of the case
says that it stood in the ledger. Rows that say nothing are all alike, and come after all others:
between two numbers, one would say which it has.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Final, NamedTuple, Protocol, cast
from uuid import UUID

from contracts.ledger import (
    Completeness,
    Ledger,
    LedgerRow,
)
from domain import network
from domain.calendar import APRIL, date_in_japan, fiscal_year
from domain.case.state import year_of
from domain.case_numbers import CaseNumberTaken, numbers_key
from domain.model import AgencyId, CaseId, Event, NetworkId, stream_of
from domain.network import NO_NETWORK, NetworkEstablished, NetworkEvent
from domain.network.state import NetworkNotFound
from domain.visibility import membership
from projections.ledger import stays_in, stood_in
from services.aliases import CursorNotValid
from services.ledger_showing import SILENT, Copy, Placed, Sheet, number_in, row_of
from services.listing import Listing, RowPlace
from services.looking import Looked, Reader, Row


class LedgerCandidate(NamedTuple):
    since: int
    case_id: CaseId

    @property
    def place(self) -> RowPlace:
        return self.since, self.case_id


class LedgerCandidates(Protocol):
    async def in_ledger(
        self, network: NetworkId, year: int, after: RowPlace | None, most: int
    ) -> Sequence[LedgerCandidate]:
        """Those that may have stood there that year, in the order in which they came there."""
        ...


class Come(NamedTuple):
    """How far the reading has come, and how many rows that say nothing it has passed."""

    place: RowPlace | None = None
    silent: int = 0


class ProgressLedger:
    def __init__(self, listing: Listing, candidates: LedgerCandidates) -> None:
        self._listing: Final = listing
        self._looking: Final = listing.looking
        self._candidates: Final = candidates

    async def read(  # noqa: PLR0913 (one for each thing that may be asked)
        self,
        reader: Reader,
        network_id: NetworkId,
        *,
        year: int | None = None,
        as_of: date | None = None,
        after: str | None = None,
        most: int,
        check: bool = False,
    ) -> Ledger:
        """``check``: whether all are there; it takes a look at all that ever had a number here."""
        await self._looking.look(reader)
        told = await self._told_of(network_id)
        here = membership(reduce(network.evolve, told, NO_NETWORK))
        if reader.agency != here.coordinating and reader.agency not in here.members:
            raise NetworkNotFound
        today = date_in_japan(self._looking.clock.now())
        copy: Copy = "AUTHORITY" if reader.agency == here.coordinating else "ATTENDEE"
        sheet = Sheet(
            network_id, fiscal_year(today) if year is None else year, as_of or today, copy
        )
        come = Come()
        if after is not None:
            sheet, come = self._goes_on(reader, sheet, after, year=year, as_of=as_of)
        has_begun = sheet.year <= fiscal_year(today)
        rows, following = await self._page(reader, sheet, come, most) if has_begun else ([], None)
        checks = check and has_begun and copy == "AUTHORITY"
        return Ledger(
            network=network_id,
            fiscal_year=sheet.year,
            as_of=sheet.as_of,
            copy=copy,
            items=tuple(rows),
            next=None if following is None else self._cursor(reader, sheet, following),
            check=await self._checked(sheet, told) if checks else None,
        )

    async def _page(
        self, reader: Reader, sheet: Sheet, come: Come, most: int
    ) -> tuple[list[LedgerRow], Come | None]:
        """What is told first, in its place; then as many rows that say nothing as there are."""
        place, silent = come
        rows: list[LedgerRow] = []
        async for found in self._in_order(reader, sheet, place, most + 1):
            if len(rows) == most:
                return rows, Come(place, silent)
            if found.row == SILENT:
                silent += 1
            else:
                rows.append(found.on(sheet.as_of))
            place = found.place
        room = min(most - len(rows), silent)
        left = silent - room
        return [*rows, *[SILENT] * room], Come(place, left) if left else None

    async def _in_order(
        self, reader: Reader, sheet: Sheet, place: RowPlace | None, most: int
    ) -> AsyncIterator[Placed]:
        """In the order in which cases came; so many are looked up at once."""

        async def fetch(
            _: AgencyId, after: RowPlace | None, most: int
        ) -> Sequence[LedgerCandidate]:
            return await self._candidates.in_ledger(sheet.network, sheet.year, after, most)

        def decided(looked: Looked, each: LedgerCandidate) -> Row[Placed] | None:
            return row_of(looked, each.case_id, each.place, sheet)

        of = str(sheet)
        after = None if place is None else self._listing.next(reader, of, place)
        while True:
            page = await self._listing.page(
                reader,
                of,
                after=after,
                most=most,
                fetch=fetch,
                decided=decided,
                rows_of=sheet.rows,
                channel="LEDGER",
            )
            for each in page.items:
                yield each
            if (after := page.next) is None:
                return

    def _goes_on(
        self, reader: Reader, sheet: Sheet, cursor: str, *, year: int | None, as_of: date | None
    ) -> tuple[Sheet, Come]:
        """As it was begun, though a day or a year has begun since; unless another is asked for."""
        try:
            began, day, place, silent = cursor.split(".")
            sheet = sheet._replace(
                year=int(began) if year is None else year,
                as_of=as_of or date.fromisoformat(day),
            )
        except ValueError:
            raise CursorNotValid from None
        come = Come(
            self._listing.begin(reader, str(sheet), place),
            _count(self._listing.begin(reader, f"{sheet} {place}", silent)),
        )
        if cursor != self._written(sheet, place, silent):
            raise CursorNotValid
        return sheet, come

    def _cursor(self, reader: Reader, sheet: Sheet, come: Come) -> str:
        assert come.place is not None, "something was passed"
        place = self._listing.next(reader, str(sheet), come.place)
        silent = self._listing.next(reader, f"{sheet} {place}", (come.silent, NOBODY))
        return self._written(sheet, place, silent)

    @staticmethod
    def _written(sheet: Sheet, place: str, silent: str) -> str:
        return f"{sheet.year}.{sheet.as_of}.{place}.{silent}"

    async def _checked(self, sheet: Sheet, told: Iterable[NetworkEvent]) -> Completeness:
        """By the numbers of all its years and the cases' own streams, against the list."""
        taken = await self._numbers(sheet.network, told)
        listed = await self._listed(sheet)
        courses = await self._courses(listed.union(each.case_id for each in taken if each.case_id))
        active = {
            case
            for case, course in courses.items()
            if stood_in(stays_in(course, sheet.network), sheet.year)
        }
        numbers = {
            case: {number_in(event, sheet) for event in course} - {None}
            for case, course in courses.items()
        }
        # Those of before do not say whose they are; then a case has to say that it has them.
        known = frozenset[str | None]().union(*numbers.values())
        unknown = [
            each
            for each in taken
            if each.case_id is None and year_of(each.number) == sheet.year
            if each.number not in known
        ]
        missing = len(active - listed) + len(unknown)
        return Completeness(
            complete=not missing,
            missing=missing,
            unnumbered=sum(not numbers[case] for case in active),
        )

    async def _numbers(
        self, network_id: NetworkId, told: Iterable[NetworkEvent]
    ) -> list[CaseNumberTaken]:
        """Of all years from its founding on: who was never carried over has an old one alone."""
        first = next(event.on for event in told if isinstance(event, NetworkEstablished))
        today = date_in_japan(self._looking.clock.now())
        streams = [
            stream_of("numbers", numbers_key(network_id, date(year, APRIL, 1)))
            for year in range(fiscal_year(first), fiscal_year(today) + 1)
        ]
        read = (await self._looking.log.recall(*streams)).streams
        facts = (self._looking.sealing.facts(read[stream]) for stream in streams)
        return [cast("CaseNumberTaken", event) for events in facts for event in events]

    async def _listed(self, sheet: Sheet) -> frozenset[CaseId]:
        found: set[CaseId] = set()
        place: RowPlace | None = None
        while rows := await self._candidates.in_ledger(sheet.network, sheet.year, place, AT_ONCE):
            found |= {row.case_id for row in rows}
            place = rows[-1].place
        return frozenset(found)

    async def _courses(self, cases: Collection[CaseId]) -> Mapping[CaseId, Sequence[Event]]:
        streams = {case: stream_of("case", case) for case in cases}
        courses: dict[CaseId, Sequence[Event]] = {}
        rest = [*cases]
        while rest:
            batch, rest = rest[:AT_ONCE], rest[AT_ONCE:]
            read = (await self._looking.log.recall(*(streams[case] for case in batch))).streams
            for case in batch:
                courses[case] = [*self._looking.sealing.facts(read[streams[case]])]
        return courses

    async def _told_of(self, network_id: NetworkId) -> Sequence[NetworkEvent]:
        stream = stream_of("network", network_id)
        read = await self._looking.log.recall(stream)
        told = cast("Iterator[NetworkEvent]", self._looking.sealing.facts(read.streams[stream]))
        return [*told]


def _count(place: RowPlace | None) -> int:
    return place[0] if place else 0


AT_ONCE: Final = 1000
NOBODY: Final = UUID(int=0)
