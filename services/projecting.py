"""Projecting (投影): each list is kept up with the log, from its own checkpoint on.

A checkpoint moves only from the position it was read at, in one transaction with the rows. So
whatever is killed, and however many do this at once, each event is applied once and in its turn.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic

from domain.speech import CannotRun
from projections.tables import Key, Projection, Seen, fold, touched
from projections.tables import Row as ListRow
from services.ports import Checkpoint, Edition, Events, Fact, StoredEvent, Views
from services.sealing import Sealing, heading_of

BATCH_MAX: Final = 1000
ANEW_AT_ONCE: Final = 4000
LISTS_AT_ONCE: Final = 4  # More of them would wait for the server, and not for us.
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
        telling: "Telling | None" = None,
    ) -> None:
        self.of: Final = of
        self._views: Final = views
        self._log: Final = log
        self._telling: Final = telling or Telling(sealing)
        self._tags: Final = of.tags
        self._definition: Final = of.definition
        self._was_ours = False
        self._under_way: tuple[Edition, int] = "live", 0

    async def step(
        self, events: Events, most: int = BATCH_MAX, stands: Checkpoint | None = None
    ) -> Checkpoint | None:
        """A batch further; or a look at whether it may go on.

        ``stands``: as somebody knows it, to be given on from one step to the next. Whether it is
        still so, each turn says; where nothing comes it is looked up all the same.
        """
        live = stands or await self._views.checkpoint(self.of, "live")
        if live is not None and live.state != "running":
            await asyncio.sleep(LOOK_AGAIN_S)
        elif live is None or live.definition != self._definition:
            if self._was_ours:
                raise MadeAnewElsewhere(projection=self.of.name)
            async for _ in self.rebuild(most):
                pass
            self._was_ours = True
        else:
            self._was_ours = True
            self._under_way = "live", live.position
            return await self._apply(await events.after(live.position, most))
        return None

    async def rebuild(self, most: int = BATCH_MAX) -> AsyncGenerator[int]:
        """Beside the live rows, from the log, until it takes their place; says how far it is.

        Whoever is killed here may go on later, and others may help: it is one more checkpoint.
        """
        await self._views.begin(self.of)
        while (made := await self._views.checkpoint(self.of, "next")) is not None:
            if made.definition != self._definition:
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

    async def _apply(self, batch: Sequence[StoredEvent]) -> Checkpoint | None:
        """Where it stands now; unless others were here first, or it has been paused."""
        edition, after = self._under_way
        if not batch:
            return None
        before = Checkpoint(self._definition, after)
        if not self._telling.follows(batch, after):
            raise EventsOutOfPlace(projection=self.of.name, after=after)
        seen = self._telling.seen(batch, self._tags, others=self.of.hears_others)
        moved, then = touched(self.of, seen), before._replace(position=batch[-1].position)
        if not moved:
            return then if await self._views.pass_on(self.of, edition, before, then) else None
        async with self._views.turn(self.of, edition) as turn:
            if turn.checkpoint != before:
                return None
            rows = await turn.rows(moved.keys())
            await turn.write(fold(self.of, rows, moved), then.position)
        return then


class Telling:
    """A batch as lists see it: each event with its parts closed, or its header alone.

    What is told to one of them is told again to the next that reads the same batch.
    """

    def __init__(self, sealing: Sealing) -> None:
        self._sealing: Final = sealing
        self._gapless: Sequence[StoredEvent] = ()
        self._batch: Sequence[StoredEvent] = ()
        self._of_type: Mapping[str, Sequence[int]] = {}
        self._headed: Final[dict[int, Seen]] = {}
        self._told: Final[dict[int, Seen]] = {}

    def follows(self, batch: Sequence[StoredEvent], after: int) -> bool:
        """Each in its place, and the first of them next after this position."""
        begins = batch[0].position
        if batch is not self._gapless:
            if [event.position for event in batch] != [*range(begins, begins + len(batch))]:
                return False
            self._gapless = batch
        return begins == after + 1

    def seen(
        self, batch: Sequence[StoredEvent], tags: frozenset[str] | None, *, others: bool = False
    ) -> list[Seen]:
        """``others``: of the events that have none of these tags, the header."""
        if batch is not self._batch:
            self._take(batch)
        if tags is None:
            return [self._with_header(nth) for nth in range(len(batch))]
        wanted = sorted(nth for tag in tags for nth in self._of_type.get(tag, ()))
        self._tell([nth for nth in wanted if nth not in self._told])
        if not others:
            return [self._told[nth] for nth in wanted]
        told = {nth: self._told[nth] for nth in wanted}
        return [told.get(nth) or self._with_header(nth) for nth in range(len(batch))]

    def _take(self, batch: Sequence[StoredEvent]) -> None:
        """What is not known here may be what matters most, so nothing unknown is passed over."""
        of_type = defaultdict[str, list[int]](list)
        for nth, stored in enumerate(batch):
            of_type[stored.type].append(nth)
        for first, *_ in of_type.values():
            self._sealing.expect(batch[first])
        self._batch, self._of_type = batch, of_type
        self._headed.clear()
        self._told.clear()

    def _with_header(self, nth: int) -> Seen:
        if nth not in self._headed:
            stored = self._batch[nth]
            self._headed[nth] = Seen(stored.position, stored.recorded_at, heading_of(stored), None)
        return self._headed[nth]

    def _tell(self, nths: Sequence[int]) -> None:
        headed = [self._with_header(nth) for nth in nths]
        facts = [Fact(seen.position, seen.header.type, bytes(seen.header.facts)) for seen in headed]
        for nth, seen, event in zip(nths, headed, self._sealing.facts(facts), strict=True):
            self._told[nth] = Seen(seen.position, seen.recorded_at, seen.header, event)


async def rebuild_together(
    lists: Sequence[Projection[Any, Any]], views: Views, log: Events, sealing: Sealing
) -> AsyncGenerator[int]:
    """Side by side, so that the log is read once for all of them; says how far they are.

    While the rows of one are written the next is told, and one that fails keeps up no other.
    """
    page, telling, room = _LastPage(log), Telling(sealing), asyncio.Semaphore(LISTS_AT_ONCE)
    # What keeps the server busy for longest is begun first.
    rebuilds: list[AsyncGenerator[int]] = [
        Projecting(of, views, page, sealing, telling).rebuild(ANEW_AT_ONCE)
        for of in sorted(lists, key=lambda of: len(of.indexes), reverse=True)
    ]

    async def further(rebuild: AsyncGenerator[int]) -> int | None:
        async with room:
            return await anext(rebuild, None)

    failed: list[BaseException] = []
    while rebuilds:
        come = await asyncio.gather(*map(further, rebuilds), return_exceptions=True)
        failed += [each for each in come if isinstance(each, BaseException)]
        going_on = [(r, at) for r, at in zip(rebuilds, come, strict=True) if isinstance(at, int)]
        rebuilds = [rebuild for rebuild, _ in going_on]
        if going_on:
            yield min(at for _, at in going_on)
    if failed:
        raise failed[0]


class _LastPage:
    """``Events`` that have the page at hand which was asked for last."""

    def __init__(self, log: Events) -> None:
        self._log: Final = log
        self._asked: tuple[int, int] | None = None
        self._page: Sequence[StoredEvent] = ()
        self._reading: Final = asyncio.Lock()

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        async with self._reading:
            if self._asked != (position, most) or not self._page:  # At the end, more may have come.
                self._page = await self._log.after(position, most)
                self._asked = position, most
            return self._page
