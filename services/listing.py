"""Listing (一覧): a page of rows, each decided by itself; filtered before it is counted or cut.

What was decided of a row is remembered as long as it must come out the same: nothing has been
written in its case or about whom it names, and nothing has ended by the clock. That is asked of the
log each time a page is read, never of the lists, which are behind it. Each reader's
are kept apart: how long a page takes must not tell somebody at work what others were shown.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from struct import Struct
from typing import Any, Final, Protocol, TypeAlias, TypeVar
from uuid import UUID

from contracts.pages import Page
from domain.consent_codes import DisclosureChannel
from domain.model import AgencyId, CaseId, stream_of
from domain.visibility import Roster
from domain.visibility.holding import FOR_GOOD
from services.aliases import Cursors
from services.disclosing import WINDOW, NotReleased, Outgoing, Stand
from services.looking import TRIED_FOR_S, Looked, Looking, Reader, Row
from services.ports import Moved

Line = TypeVar("Line")

# Where a row stands in a list: rows are ordered by it, and a page goes on after it.
RowPlace: TypeAlias = tuple[int, UUID]


class Candidate(Protocol):
    """More than an agency may see, and never less: what is shown of it is decided row by row."""

    @property
    def place(self) -> RowPlace: ...

    @property
    def case_id(self) -> CaseId: ...

    def __hash__(self) -> int: ...


C = TypeVar("C", bound=Candidate)


Fetch: TypeAlias = Callable[[AgencyId, RowPlace | None, int], Awaitable[Sequence[C]]]
Decided: TypeAlias = Callable[[Looked, C], Row[Line] | None]


class Listing:
    def __init__(self, looking: Looking, cursors: Cursors) -> None:
        self.looking: Final = looking
        self._cursors: Final = cursors
        self._remembered: Final = Remembered()

    async def page(  # noqa: PLR0913 (one for each thing a list is made of)
        self,
        reader: Reader,
        of: str,
        *,
        after: str | None,
        most: int,
        fetch: Fetch[C],
        decided: Decided[C, Line],
        rows_of: str | None = None,
        channel: DisclosureChannel = "FEED",
    ) -> Page[Line]:
        """As many rows as were asked for, however many are passed over that may not be seen.

        ``of`` names the list, with whatever it is narrowed to: a cursor is good in it alone.
        ``rows_of``, where its rows come out the same however it is narrowed: what they are rows of.
        """
        place, rows_of = self.begin(reader, of, after), rows_of or of
        found: list[tuple[C, Kept]] = []
        more = True
        while more and len(found) <= most:
            candidates = await fetch(reader.agency, place, most + 1)
            more = len(candidates) > most
            rows = await self._decided(reader, rows_of, candidates, decided)
            found += [(each, kept) for each, kept in rows if kept.row is not None]
            place = candidates[-1].place if candidates else place
        page = found[:most]
        return Page(
            await self._let_out(reader, channel, rows_of, [each for each, _ in page], decided),
            self.next(reader, of, page[-1][0].place) if len(found) > most else None,
        )

    def begin(self, reader: Reader, of: str, cursor: str | None) -> RowPlace | None:
        if cursor is None:
            return None
        since, key = _PLACE.unpack(self._cursors.read(reader.agency, of, cursor))
        return since, UUID(bytes=key)

    def next(self, reader: Reader, of: str, place: RowPlace) -> str:
        since, key = place
        return self._cursors.written(reader.agency, of, _PLACE.pack(since, key.bytes))

    async def _let_out(
        self,
        reader: Reader,
        channel: DisclosureChannel,
        of: str,
        left: Sequence[C],
        decided: Decided[C, Line],
    ) -> tuple[Line, ...]:
        """What was found first may have been overtaken while we went on, or be on its way out."""
        page, out = left, dict[C, Kept]()
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + TRIED_FOR_S
        while left:
            if loop.time() > give_up_at:
                raise NotReleased
            rows = await self._decided(reader, of, left, decided)
            going = {each: (kept, kept.row) for each, kept in rows if kept.row is not None}
            stays = await self.looking.gate.passes(
                reader,
                channel,
                [Outgoing(kept.case, row.seen, kept.stand) for kept, row in going.values()],
            )
            left = [each for each in going if each.case_id in stays]
            for each in left:
                self._remembered.forget((reader, of, each))
            out |= {each: kept for each, (kept, _) in going.items() if kept.case not in stays}
        return tuple(await self._shown(reader, [out[each] for each in page if each in out]))

    async def _decided(
        self,
        reader: Reader,
        of: str,
        candidates: Sequence[C],
        decided: Decided[C, Line],
    ) -> list[tuple[C, "Kept"]]:
        head, now = await self._hear(), self.looking.clock.now()
        known = {each: self._remembered.of((reader, of, each), now) for each in candidates}
        cases = dict.fromkeys(each.case_id for each, kept in known.items() if kept is None)
        looked = await self.looking.look(reader, *cases)
        for each, kept in known.items():
            if kept is None:
                known[each] = self._keep(reader, of, each, decided(looked, each), looked, head)
        return [(each, kept) for each, kept in known.items() if kept is not None]

    async def _hear(self) -> int:
        """What has been written since it was last asked; up to which position that was said."""
        log, known_to = self.looking.log, self._remembered.known_to
        moved = await log.moved(known_to) if known_to >= 0 else Moved(await log.head(), None)
        self._remembered.hear(moved.head, moved.since)
        return moved.head

    def _keep(  # noqa: PLR0913, PLR0917 (one for each thing it rests on)
        self,
        reader: Reader,
        of: str,
        each: Candidate,
        row: Row[Any] | None,
        looked: Looked,
        head: int,
    ) -> "Kept":
        case = each.case_id
        rests_on = {case, stream_of("agency", reader.agency), *looked.rests_on[case]}
        kept = Kept(
            case=case,
            row=row,
            roster=looked.roster,
            stand=looked.stand(case)._replace(read_to=head),
            rests_on=frozenset(rests_on),
            since=looked.at,
            until=min(
                looked.now[case].holds_until - WINDOW, FOR_GOOD if row is None else row.until
            ),
        )
        self._remembered.keep((reader, of, each), kept)
        return kept

    async def _shown(self, reader: Reader, page: "Iterable[Kept]") -> list[Any]:
        """Opened for once, and shown the same for a while: as long as a key would be kept."""
        page = list(page)
        lines = {kept: kept.line for kept in page if kept.is_shown}  # They close while we wait.
        anew = [kept for kept in page if kept not in lines]
        keys = await self.looking.gate.open(
            seen for kept in anew if kept.row is not None for seen in kept.row.seen
        )
        for kept in anew:
            assert kept.row is not None
            showing = self.looking.shown_to(reader.agency, kept.roster, kept.case, keys)
            lines[kept] = kept.line = kept.row.show(showing)
            kept.is_shown = True
        if anew:
            asyncio.get_running_loop().call_later(SHOWN_S, close, anew)
        return [lines[kept] for kept in page]


def close(shown: "Iterable[Kept]") -> None:
    for kept in shown:
        kept.line, kept.is_shown = None, False


def bounded(most: int) -> int:
    return max(1, min(most, PAGE_MAX))


class Kept:
    """What was decided of a row, from where in the log on, and on what it rests."""

    __slots__ = (
        "case",
        "is_shown",
        "line",
        "rests_on",
        "roster",
        "row",
        "since",
        "stand",
        "until",
    )

    def __init__(  # noqa: PLR0913 (one for each thing that is kept)
        self,
        *,
        case: CaseId,
        row: Row[Any] | None,
        roster: Roster,
        stand: Stand,
        rests_on: frozenset[UUID],
        since: datetime,
        until: datetime,
    ) -> None:
        self.case: Final = case
        self.row: Final = row
        self.roster: Final = roster
        self.stand: Final = stand
        self.rests_on: Final = rests_on
        self.since: Final = since
        self.until: Final = until
        self.line: object = None
        self.is_shown = False

    @property
    def weight(self) -> int:
        return 1 + (0 if self.row is None else len(self.row.seen))


class Remembered:
    """Decisions about rows, the last used first to stay; and what has been written since."""

    def __init__(self, most: int = 60_000) -> None:
        self.known_to = -1
        self._most: Final = most  # Events, all rows together.
        self._weight = 0
        self._kept: Final[OrderedDict[Hashable, Kept]] = OrderedDict()
        self._moved: dict[int, int] = {}  # Ids as numbers: these compare far faster.
        self._overlooked = 0  # Up to there nobody has said what was written.

    def hear(self, head: int, since: Mapping[UUID, int] | None) -> None:
        """Two may hear at once, and the later of the first: what counts is the last of each."""
        if since is None or self.known_to < 0 or len(self._moved) > MOVED_MAX:
            self._overlooked = max(self._overlooked, head)
            self._moved = {each: at for each, at in self._moved.items() if at > head}
        else:
            for named, position in since.items():
                self._moved[named.int] = max(position, self._moved.get(named.int, 0))
        self.known_to = max(self.known_to, head)

    def of(self, key: Hashable, now: datetime) -> Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if not (kept.since <= now < kept.until and self._still(kept)):
            self.forget(key)
            return None
        self._kept.move_to_end(key)
        return kept

    def keep(self, key: Hashable, kept: Kept) -> None:
        self.forget(key)
        self._kept[key] = kept
        self._weight += kept.weight
        while self._weight > self._most:
            self.forget(next(iter(self._kept)))

    def _still(self, kept: Kept) -> bool:
        if kept.stand.read_to < self._overlooked:
            return False
        moved = self._moved
        return all(moved.get(each.int, 0) <= kept.stand.read_to for each in kept.rests_on)

    def forget(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._weight -= kept.weight


PAGE_MAX: Final = 1000
MOVED_MAX: Final = 200_000
SHOWN_S: Final = 60.0
_PLACE: Final = Struct("!q16s")
