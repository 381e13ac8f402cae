"""Viewing (閲覧): what an agency gets to read, and only that.

Whoever reads is looked at first, each time. Then a case is decided field by field, over all that
stands in its name at one moment; what is hidden and what does not exist take the same way, and only
what may be seen is opened. No count, total, version or position leaves.
"""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Sequence,
)
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from struct import Struct
from typing import Any, Final, NamedTuple, Protocol

from msgspec.structs import replace

from contracts.envelope import Envelope
from contracts.pages import CaseChange, CaseLine, CaseShown, Page, ReferralLine
from domain.calendar import in_utc
from domain.model import (
    AgencyId,
    CaseId,
    ReferralId,
    stream_of,
)
from projections import referral_view
from services.aliases import Cursors
from services.listing import Listing, RowPlace, bounded
from services.looking import Looked, Looking, Reader, Row, said
from services.ports import EPOCH
from services.showing import CORRECTION, LINE, WHOLE, Showing, limited, reading
from services.sights import Seen, Sight

CHANGES_MAX: Final = 100
HEARTBEAT_S: Final = 10.0
POLL_S: Final = 0.5


class CaseCandidate(NamedTuple):
    since: int
    case_id: CaseId

    @property
    def place(self) -> RowPlace:
        return self.since, self.case_id


class ReferralCandidate(NamedTuple):
    since: int
    referral_id: ReferralId
    case_id: CaseId

    @property
    def place(self) -> RowPlace:
        return self.since, self.referral_id


class CaseActivity(NamedTuple):
    """The last position at which something happened in a case."""

    position: int
    case_id: CaseId


class Candidates(Protocol):
    """More than an agency may see, and never less: what is shown of it is decided row by row."""

    async def cases_of(
        self,
        agency: AgencyId,
        after: RowPlace | None,
        most: int,
        before: AbstractSet[AgencyId] = frozenset(),
    ) -> Sequence[CaseCandidate]:
        """In the order of ``(since, case_id)``, those after this place.

        And of whom it took over from (``before``) those that nobody else answers for.
        """
        ...

    async def referrals_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[ReferralCandidate]:
        """In the order of ``(since, referral_id)``, those after this place."""
        ...

    async def open_referrals_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[ReferralCandidate]:
        """Of these, all that it may take for open, in the same order."""
        ...

    async def changed_cases(
        self, agency: AgencyId, after: int, most: int
    ) -> Sequence[CaseActivity]:
        """Of the cases that are or were in its list, those with activity after this position."""
        ...

    async def reached(self) -> int:
        """The position up to which ``changed_cases`` knows of everything."""
        ...


class Moment(NamedTuple):
    """Up to which position, and when, an agency has been told."""

    position: int
    at: datetime


class Changed(NamedTuple):
    """How far it has been told of a case with this, and what its line has become, if anything."""

    told: Moment
    lines: tuple[CaseLine | None, ...]


class Viewing:
    def __init__(
        self,
        looking: Looking,
        listing: Listing,
        cursors: Cursors,
        candidates: Candidates,
        until_moved: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """``until_moved`` waits until a list may have moved, and no longer than so many seconds."""
        self._looking: Final = looking
        self._listing: Final = listing
        self._cursors: Final = cursors
        self._candidates: Final = candidates
        self._until_moved: Final = until_moved

    async def case(self, reader: Reader, case: CaseId) -> CaseShown | None:
        """As it stands now."""

        async def decided(looked: Looked) -> Row[CaseShown] | None:
            sight = looked.now[case]
            if next(sight.seen(), None) is None:
                return None
            read = reading(sight, WHOLE)

            def show(showing: Showing) -> CaseShown:
                return showing.case(showing.view(read), looked.at)

            return Row(read, show)

        return await self._looking.fetch(reader, "FEED", case, decided)

    async def timeline(
        self,
        reader: Reader,
        case: CaseId,
        *,
        as_of: datetime | None = None,
        after: str | None = None,
        most: int,
    ) -> Page[Envelope] | None:
        """``as_of``: what could be seen at that time; and of this, opened is what may be now."""
        as_of = as_of and in_utc(as_of)
        of, most = f"timeline {case} {as_of}", bounded(most)
        (begin,) = self._begin(reader, of, _POSITION, after) or (0,)

        async def decided(looked: Looked) -> Row[Page[Envelope]] | None:
            now = then = looked.now[case]
            if next(now.seen(), None) is None:
                return None
            if as_of is not None and as_of < looked.at:
                if not await self._looking.was_in_good_standing(reader.agency, as_of):
                    return said(Page[Envelope](()))
                then = looked.then(case, as_of, looked.records[case].recorded_by(as_of))
            found = [*islice(then.seen(begin), most + 1)]
            page = found[:most]
            may_now = [seen.visible if then is now else now.visible(seen.entry) for seen in page]
            following = (
                self._next(reader, of, _POSITION, page[-1].position) if len(found) > most else None
            )

            def show(showing: Showing) -> Page[Envelope]:
                return Page(tuple(map(showing.envelope, page, may_now)), following)

            return Row(page if then is now else [*map(limited, page, may_now)], show)

        return await self._looking.fetch(reader, "FEED", case, decided)

    async def cases(self, reader: Reader, *, after: str | None = None, most: int) -> Page[CaseLine]:
        """Those it takes part in, if it may see anything of them; and those that wait for it."""
        before = await self._looking.itself(reader) - {reader.agency}
        its_own = self._candidates.cases_of
        return await self._listing.page(
            reader,
            "cases",
            after=after,
            most=bounded(most),
            fetch=partial(its_own, before=before) if before else its_own,
            decided=_case_row,
        )

    async def referrals(
        self, reader: Reader, *, is_open: bool = False, after: str | None = None, most: int
    ) -> Page[ReferralLine]:
        """Those it has drafted, and those that were sent to it; ``is_open``: as it may see them."""
        every, opened = self._candidates.referrals_of, self._candidates.open_referrals_of
        return await self._listing.page(
            reader,
            "open referrals" if is_open else "referrals",
            after=after,
            most=bounded(most),
            fetch=opened if is_open else every,
            decided=_open_referral_row if is_open else _referral_row,
            channel="REFERRAL",
        )

    async def changes(
        self, reader: Reader, *, after: str | None = None
    ) -> AsyncIterator[CaseChange | None]:
        """Its own list of cases as it changes; ``None``: nothing has changed for a while."""
        begin = self._begin(reader, "changes", _MOMENT, after)
        moment = _moment(*begin) if begin else await self._present()
        told: dict[CaseId, Moment] = {}  # Of which cases it has been told more than that.
        clock = asyncio.get_running_loop().time
        beat_at = clock()  # The first at once: it has begun.
        while True:
            rows = await self._candidates.changed_cases(reader.agency, moment.position, CHANGES_MAX)
            await self._looking.look(reader)
            for row in rows:
                case = row.case_id
                reader.window.open()
                # One by one, as they are taken: what waits to be taken has not been decided.
                since = partial(self._changed, case=case, since=told.get(case, moment))
                changed = await self._looking.fetch(reader, "FEED", case, since)
                assert changed is not None, "that nothing has changed is said, too"
                told[case] = changed.told
                moment = moment._replace(position=row.position)
                for line in changed.lines:
                    yield CaseChange(
                        case=self._looking.aliases.alias(reader.agency, case),
                        line=line,
                        cursor=self._next(reader, "changes", _MOMENT, *_written(moment)),
                    )
                    beat_at = clock() + HEARTBEAT_S
            told = {case: to for case, to in told.items() if to.position > moment.position}
            if rows:
                continue
            if clock() >= beat_at:
                yield None
                beat_at = clock() + HEARTBEAT_S
            await self._until_moved(POLL_S)

    async def _changed(self, looked: Looked, case: CaseId, since: Moment) -> "Row[Changed]":
        """The line, if it is no longer what it was; ``None`` where it has left the list."""
        # Whatever it was told by then, it was told when the last of it was recorded, or later.
        at = max(since.at, looked.records[case].recorded_at(since.position))
        was = _line_of(looked.then(case, at, since.position))
        now = _line_of(looked.now[case])
        told = Moment(looked.head, looked.at)
        if now is None:
            return said(Changed(told, () if was is None else (None,)))
        showing = self._looking.showing(looked, case, await self._looking.gate.open(now))
        view = showing.view(now)
        # What it may no longer see is not opened again, not even to compare.
        if was is not None and _told(was) <= _told(now) and showing.view(was) == view:
            return said(Changed(told, ()))

        def show(_: Showing) -> Changed:
            return Changed(told, (showing.line(view),))

        return Row(now, show)

    async def _present(self) -> Moment:
        return Moment(await self._candidates.reached(), self._looking.clock.now())

    def _begin(
        self, reader: Reader, of: str, shape: Struct, cursor: str | None
    ) -> tuple[Any, ...] | None:
        return shape.unpack(self._cursors.read(reader.agency, of, cursor)) if cursor else None

    def _next(self, reader: Reader, of: str, shape: Struct, *place: int | bytes) -> str:
        return self._cursors.written(reader.agency, of, shape.pack(*place))


def _case_row(looked: Looked, candidate: CaseCandidate) -> Row[CaseLine] | None:
    sight = looked.now[candidate.case_id]
    read, follows = _line_of(sight), sight.follows
    if read is None:
        return None if follows is None else Row((), partial(_waiting, sight, follows))

    def show(showing: Showing) -> CaseLine:
        return replace(showing.line(showing.view(read)), follows=showing.agency(follows))

    return Row(read, show)


def _waiting(sight: Sight, follows: AgencyId, showing: Showing) -> CaseLine:
    """All that whoever follows learns of it before it goes on with it: that there is one."""
    return CaseLine(case=showing.alias, status=sight.status, follows=showing.agency(follows))


def _referral_row(looked: Looked, candidate: ReferralCandidate) -> Row[ReferralLine] | None:
    sight, referral = looked.now[candidate.case_id], candidate.referral_id
    stream = stream_of("referral", referral)
    side, seen = sight.side(stream), [*sight.seen(stream=stream)]
    if side is None or not seen:
        return None
    seen += reading(sight, CORRECTION)

    def show(showing: Showing) -> ReferralLine:
        return showing.referral(seen, referral, side)

    return Row(seen, show)


def _open_referral_row(looked: Looked, candidate: ReferralCandidate) -> Row[ReferralLine] | None:
    row = _referral_row(looked, candidate)
    is_open = row and referral_view.is_open(type(seen.entry.told.event) for seen in row.seen)
    return row if is_open else None


def _line_of(sight: Sight) -> list[Seen] | None:
    """What a line of the case list is made of, where the case stands in the list at all."""
    if not sight.takes_part or all(map(_is_notice, sight.seen())):
        return None
    return reading(sight, LINE)


def _is_notice(seen: Seen) -> bool:
    """That she has taken something back is still told of a case which is itself shown to nobody."""
    return all(basis.rule == "NOTICE" for basis in seen.visible.bases.values())


def _told(found: Iterable[Seen]) -> set[tuple[int, str, AgencyId | None]]:
    """Which fields of which events, and whom they name."""
    told: set[tuple[int, str, AgencyId | None]] = set()
    for seen in found:
        bases, who = seen.visible.bases, seen.visible.who
        told |= {(seen.position, name, None) for name in bases}
        told |= {(seen.position, name, agency) for name, agency in who if name in bases}
    return told


def _moment(position: int, microseconds: int) -> Moment:
    return Moment(position, EPOCH + timedelta(microseconds=microseconds))


def _written(moment: Moment) -> tuple[int, int]:
    return moment.position, (moment.at - EPOCH) // timedelta(microseconds=1)


_POSITION: Final = Struct("!q")
_MOMENT: Final = Struct("!qq")
