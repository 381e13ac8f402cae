"""Replaying (再現): a case as an agency could see it at some time, line by line, and why.

What is told is what could be seen then; what is opened is what whoever reads may see now. Whose
view that may be is said in ``lenses``; of every other agency, and of one that is not there, nobody
is told anything, and both take the same way. That another agency's view was opened stands in the
access log.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from struct import Struct
from typing import Final, NamedTuple

import msgspec

from contracts.replay import Gone, Replay, SeenIn, View, rule_says
from domain.calendar import in_utc
from domain.model import AgencyId, CaseId
from services.aliases import Cursors
from services.looking import Looked, Looking, Reader, Row
from services.replaying.drawing import Drawing
from services.replaying.glass import Glass
from services.replaying.going import Place, gone
from services.replaying.lenses import Lens, Told, both
from services.showing import Showing
from services.sights import Seen, Sight

LINES_MAX: Final = 1000


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Whose view, if not one's own, and of when; beside it another's, or one of another time."""

    agency: AgencyId | None = None
    at: datetime | None = None
    against: AgencyId | None = None
    against_at: datetime | None = None


class Line(NamedTuple):
    """An event, with what all views tell of it, and each of them."""

    told: Told
    first: Told | None
    second: Told | None

    @property
    def position(self) -> int:
        return self.told.position

    @property
    def seen_in(self) -> SeenIn:
        if self.second is None:
            return "FIRST"
        return "SECOND" if self.first is None else "BOTH"


class Replaying:
    """``operator``: whose auditors may look through the eyes of others."""

    def __init__(self, looking: Looking, cursors: Cursors, operator: AgencyId) -> None:
        self._looking: Final = looking
        self._cursors: Final = cursors
        self._operator: Final = operator

    async def replay(
        self, reader: Reader, case: CaseId, asked: Asked, *, after: str | None = None, most: int
    ) -> Replay | None:
        """``None``: for whoever asks there is no such view, or nothing in it."""
        of, most = f"replay {case} {asked}", max(1, min(most, LINES_MAX))
        asked = _in_utc(asked)
        begin = self._begin(reader, of, after)

        async def decided(looked: Looked) -> Row[Replay] | None:
            glass = Glass(self._looking, reader, looked, case, self._operator)
            views = _views(asked, reader, looked.at)
            found = [await glass.lens(view) for view in views]
            lenses = [lens for lens in found if lens is not None]
            if len(lenses) < len(views):
                return None
            lines = _lines(lenses, glass.now)
            if not lines:
                return None
            page = [line for line in lines if line.position > begin]
            more, page = len(page) > most, page[:most]

            def show(showing: Showing) -> Replay:
                drawing = Drawing(
                    showing.among(glass.agencies), glass.record, glass.agencies, reader.agency
                )
                for line in lines:
                    if line.position <= begin:
                        drawing.passes(line.told)
                by = _gone(lenses, glass.now)
                return Replay(
                    case=self._looking.aliases.alias(reader.agency, case),
                    view=views[0],
                    against=views[1] if len(views) > 1 else None,
                    items=tuple(
                        drawing.line(
                            *line, line.seen_in if len(views) > 1 else None, _of(line.position, by)
                        )
                        for line in page
                    ),
                    lanes=tuple(drawing.lanes),
                    rules={rule: rule_says(rule) for rule in sorted(drawing.rules)},
                    next=self._next(reader, of, page[-1].position) if more else None,
                )

            if any(view.agency != reader.agency for view in views):
                await self._looking.gate.note(reader, "ANOTHERS_VIEW", [case])
            return Row([_opened(line.told) for line in page], show)

        return await self._looking.fetch(reader, "FEED", case, decided)

    def _begin(self, reader: Reader, of: str, cursor: str | None) -> int:
        if cursor is None:
            return 0
        (position,) = POSITION.unpack(self._cursors.read(reader.agency, of, cursor))
        assert isinstance(position, int)
        return position

    def _next(self, reader: Reader, of: str, position: int) -> str:
        return self._cursors.written(reader.agency, of, POSITION.pack(position))


def _in_utc(asked: Asked) -> Asked:
    return msgspec.structs.replace(
        asked,
        at=asked.at and in_utc(asked.at),
        against_at=asked.against_at and in_utc(asked.against_at),
    )


def _views(asked: Asked, reader: Reader, now: datetime) -> list[View]:
    """What is still to come nobody sees yet: it is as now."""
    at, agency = _past(asked.at, now), asked.agency or reader.agency
    views = [View(agency=agency, at=at)]
    if asked.against is not None:
        views.append(View(agency=asked.against, at=at))
    elif asked.against_at is not None:
        views.append(View(agency=agency, at=_past(asked.against_at, now)))
    return views


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at < now else None


def _lines(lenses: Iterable[Lens], now: Sight) -> list[Line]:
    """Of one view, or of two beside each other, in the order of the log."""
    first, *others = [{told.position: told for told in lens.told(now)} for lens in lenses]
    second = others[0] if others else {}
    return [
        Line(
            _all(first.get(position), second.get(position)),
            first.get(position),
            second.get(position),
        )
        for position in sorted({*first, *second})
    ]


def _all(first: Told | None, second: Told | None) -> Told:
    told = both(first, second) if first and second else first or second
    assert told is not None
    return told


def _opened(told: Told) -> Seen:
    """Only so much is opened: what the views tell, and may be seen now."""
    seen, visible = told.seen, told.seen.visible
    bases = {name: basis for name, basis in visible.bases.items() if name in told.now.bases}
    return seen._replace(visible=msgspec.structs.replace(visible, bases=bases))


def _gone(lenses: list[Lens], now: Sight) -> Mapping[Place, Gone]:
    """Nothing goes from one agency to another: it is one's own view that loses something."""
    first, *others = lenses
    if not others or others[0].recipient.agency != first.recipient.agency:
        return {}
    earlier, later = sorted(lenses, key=_when)
    return gone(earlier, later, now)


def _when(lens: Lens) -> tuple[datetime, int]:
    return lens.at, lens.until


def _of(position: int, by: Mapping[Place, Gone]) -> dict[str, Gone]:
    return {name: said for (at, name), said in by.items() if at == position}


POSITION: Final = Struct("!q")
