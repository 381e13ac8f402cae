"""Projecting (投影): each list is kept up with the log, from its own checkpoint on.

A checkpoint moves only from the position it was read at, in one transaction with the rows. So
whatever is killed, and however many do this at once, each event is applied once and in its turn.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, ClassVar, Final, Generic

from domain.speech import CannotRun
from projections.tables import Key, Projection, Seen, fold, touched
from projections.tables import Row as ListRow
from services.ports import Checkpoint, Edition, Events, StoredEvent, Views
from services.sealing import Sealing, header_of

BATCH_MAX: Final = 1000
LOOK_AGAIN_S: Final = 0.5


class EventsOutOfPlace(CannotRun):
    """The stream of events has a gap. The list does not go past it."""

    ja: ClassVar[str] = "出来事の配信に抜けがあります。一覧は、そこから先へ進みません。"
    remedy: ClassVar[str] = "Run `tsunagu streams check`, and `tsunagu projections rebuild`."
    remedy_ja: ClassVar[str] = (
        "`tsunagu streams check` で確かめ、`tsunagu projections rebuild` を実行してください。"
    )


class MadeAnewElsewhere(CannotRun):
    """Another version of Tsunagu has made this list anew, so this one leaves it alone."""

    ja: ClassVar[str] = "別の版の Tsunagu がこの一覧を作り直したため、この版からは更新しません。"
    remedy: ClassVar[str] = "Run one version only, and restart what still runs the older one."
    remedy_ja: ClassVar[str] = "同じ版だけを使い、古い版は停止してください。"


class Projecting(Generic[Key, ListRow]):
    def __init__(
        self,
        of: Projection[Key, ListRow],
        views: Views,
        log: Events,
        sealing: Sealing,
    ) -> None:
        self.of: Final = of
        self._views: Final = views
        self._log: Final = log
        self._sealing: Final = sealing
        self._tags: Final = of.tags
        self._was_ours = False
        self._under_way: tuple[Edition, int] = "live", 0

    async def step(self, events: Events, most: int = BATCH_MAX) -> None:
        """A batch further; or a look at whether it may go on."""
        live = await self._views.checkpoint(self.of, "live")
        if live is not None and live.state != "running":
            await asyncio.sleep(LOOK_AGAIN_S)
        elif live is None or live.definition != self.of.definition:
            if self._was_ours:
                raise MadeAnewElsewhere(projection=self.of.name)
            async for _ in self.rebuild(most):
                pass
            self._was_ours = True
        else:
            self._was_ours = True
            self._under_way = "live", live.position
            await self._apply(await events.after(live.position, most))

    async def rebuild(self, most: int = BATCH_MAX) -> AsyncGenerator[int]:
        """Beside the live rows, from the log, until it takes their place; says how far it is.

        Whoever is killed here may go on later, and others may help: it is one more checkpoint.
        """
        await self._views.begin(self.of)
        while (made := await self._views.checkpoint(self.of, "next")) is not None:
            if made.definition != self.of.definition:
                raise MadeAnewElsewhere(projection=self.of.name)
            self._under_way = "next", made.position
            if batch := await self._log.after(made.position, most):
                await self._apply(batch)
                yield batch[-1].position
            else:
                await self._views.swap(self.of)

    async def stop(self, code: str) -> int:
        """The event after the last one applied cannot be: wait there for somebody to look."""
        edition, position = self._under_way
        await self._views.stop(self.of, edition, position + 1, code)
        return position + 1

    async def _apply(self, batch: Sequence[StoredEvent]) -> None:
        edition, after = self._under_way
        if [event.position for event in batch] != [*range(after + 1, after + 1 + len(batch))]:
            raise EventsOutOfPlace(projection=self.of.name, after=after)
        if not batch:
            return
        seen = [*self._seen(batch)]
        async with self._views.turn(self.of, edition) as turn:
            if turn.checkpoint != Checkpoint(self.of.definition, after):
                return  # Others were here first, or it has been paused.
            rows = await turn.rows(touched(self.of, seen))
            await turn.write(fold(self.of, rows, seen), batch[-1].position)

    def _seen(self, batch: Sequence[StoredEvent]) -> Iterator[Seen]:
        """What is not known here may be what matters most, so nothing unknown is passed over."""
        for stored in batch:
            self._sealing.expect(stored)
            if self._tags is None:
                yield Seen(stored.position, stored.recorded_at, header_of(stored), None)
            elif stored.type in self._tags:
                opened = self._sealing.open(stored)
                yield Seen(stored.position, stored.recorded_at, opened.header, opened.event)


async def rebuild_together(
    lists: Sequence[Projection[Any, Any]], views: Views, log: Events, sealing: Sealing
) -> AsyncGenerator[int]:
    """Side by side, so that the log is read once for all of them; says how far they are."""
    page = _LastPage(log)
    rebuilds = [Projecting(of, views, page, sealing).rebuild() for of in lists]
    while rebuilds:
        come = [(rebuild, await anext(rebuild, None)) for rebuild in rebuilds]
        rebuilds = [rebuild for rebuild, position in come if position is not None]
        if positions := [position for _, position in come if position is not None]:
            yield min(positions)


class _LastPage:
    """``Events`` that have the page at hand which was asked for last."""

    def __init__(self, log: Events) -> None:
        self._log: Final = log
        self._asked: tuple[int, int] | None = None
        self._page: Sequence[StoredEvent] = ()

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        if self._asked != (position, most) or not self._page:  # At the end, more may have come.
            self._page = await self._log.after(position, most)
            self._asked = position, most
        return self._page
