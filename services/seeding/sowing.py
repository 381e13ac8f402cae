"""Sowing (記録): what was told goes into the log in the order of time, as commands do."""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final, Protocol

import msgspec

from domain.calendar import date_in_japan
from domain.installation import INSTALLATION, InstallationFounded, check_is_decided
from domain.model import AgencyId, Event, PersonId, stream_of
from domain.speech import CannotRun, Refused
from services.keys import installation_key, keys_of
from services.ports import Append, ClockOfTheLog, EventLog, Keyring, Outcome, SecretKey
from services.sealing import Sealing
from services.seeding import Beginning, Deeds, Land, Seed

# So many commands are waited for before they are recorded together, or until a day is over;
TOGETHER: Final = 256
AT_ONCE: Final = 512  # and so many are recorded in one call.


class OnlyWithDemoClock(Refused):
    """Made-up cases go into an installation with a demo clock alone, and never into another."""

    ja: ClassVar[str] = (
        "架空のケースを作成できるのは、デモ用の時計で動く環境だけです。実際の環境には作成できません。"
    )


class SeedAlreadySown(Refused):
    """What this seed tells stands in this installation already: take another seed."""

    ja: ClassVar[str] = (
        "このシードの内容は、この環境にすでに作成されています。別のシードを指定してください。"
    )


class SeedBrokenOff(Refused):
    """This seed was told here to this day alone, and broken off: take another, or start anew."""

    ja: ClassVar[str] = (
        "このシードの作成は途中で止まり、ここに示す日までの内容だけが記録されています。"
        "別のシードを指定するか、新しい環境で作成してください。"
    )


class SomebodyElseWrites(CannotRun):
    """Somebody else wrote to the log meanwhile. What was recorded until then stands as it is."""

    ja: ClassVar[str] = (
        "作成の途中で、別の書き込みがありました。それまでに記録された内容は、そのまま有効です。"
    )
    remedy: ClassVar[str] = "Stop whatever else writes there, and run it again with another seed."
    remedy_ja: ClassVar[str] = "ほかの書き込みを止めてから、別のシードで実行してください。"


class Appends(EventLog, Protocol):
    async def append_in_order(self, appends: Sequence[Append]) -> Sequence[Outcome]:
        """All in one call, each decided on those before it."""
        ...


class MakesKeys(Keyring, Protocol):
    async def keep(self, keys: Mapping[PersonId, SecretKey]) -> int:
        """These are theirs, unless they have one; and how many had none."""
        ...


class Sowing:
    def __init__(
        self, log: Appends, keyring: MakesKeys, sealing: Sealing, clock: ClockOfTheLog
    ) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._clock: Final = clock
        self._head = 0

    async def begun(self, seed: Seed) -> Land:
        """It is founded, and stands in the log."""
        reading = await self._log.recall(INSTALLATION)
        facts = tuple(reading.streams[INSTALLATION])
        operator = _operator_in(self._sealing.facts(facts))
        now = await self._clock.choose(None)
        assert now is not None, "it was founded on a demo clock"
        stream = stream_of("agency", operator)
        person = PersonId(operator)
        keys = await keys_of(self._keyring, frozenset({person}))
        beginning = Beginning(
            seed=seed,
            at=now,
            founded=facts,
            operator=tuple((await self._log.recall(stream)).streams[stream]),
            secret=await installation_key(self._keyring),
            keys={each: key for each, key in keys.items() if key is not None},
        )
        check_is_decided(beginning.ends)
        land = Land(beginning, self._sealing)
        await self._check_is_new(land)
        self._head = reading.head
        await self._recorded(land.founded)
        return land

    async def _check_is_new(self, land: Land) -> None:
        """A seed that was told to its end has moved the clock there."""
        beginning, founded = land.beginning, land.founded
        known = await self._keyring.keys(frozenset(founded.keys))
        if not known:
            return
        first = founded.appends[0].events[0].stream
        found = (await self._log.read(first)).streams[first]
        if not found or beginning.at < beginning.seed.ends(found[0].recorded_at):
            raise SeedBrokenOff(until=date_in_japan(beginning.at))
        raise SeedAlreadySown

    async def sown(
        self,
        land: Land,
        regions: Iterable[Iterator[Deeds]],
        progress: Callable[[datetime], None],
    ) -> int:
        """All that is told of the regions, side by side; and how many events that were."""
        events = 0
        for deeds in _together(heapq.merge(*regions, key=lambda each: each.at)):
            events += await self._recorded(deeds)
            progress(deeds.at)
        await self._clock.move(land.beginning.ends)
        return events

    async def _recorded(self, deeds: Deeds) -> int:
        new, _ = await asyncio.gather(self._keyring.keep(deeds.keys), self._clock.move(deeds.at))
        if new < len(deeds.keys):
            raise SomebodyElseWrites
        for call in _calls(deeds.appends):
            outcomes = await self._log.append_in_order(_read_on(call, self._head))
            if any(outcome.verdict != "appended" for outcome in outcomes):
                raise SomebodyElseWrites
            self._head = max(
                (outcome.positions[-1] for outcome in outcomes if outcome.positions),
                default=self._head,
            )
        return sum(len(append.events) for append in deeds.appends)


def _operator_in(said: Iterable[Event]) -> AgencyId:
    for event in said:
        assert isinstance(event, InstallationFounded)
        if event.clock == "DEMO":
            return event.operator
    raise OnlyWithDemoClock


def _together(told: Iterable[Deeds]) -> Iterator[Deeds]:
    """A day's at most: what happened in the morning may have been recorded in the evening."""
    appends: list[Append] = []
    keys: dict[PersonId, SecretKey] = {}
    last: datetime | None = None
    for deeds in told:
        new_day = last is not None and date_in_japan(last) != date_in_japan(deeds.at)
        if last is not None and (new_day or len(appends) >= TOGETHER):
            yield Deeds(last, tuple(appends), keys)
            appends, keys = [], {}
        last = deeds.at
        appends.extend(deeds.appends)
        keys.update(deeds.keys)
    if last is not None:
        yield Deeds(last, tuple(appends), keys)


def _calls(appends: Sequence[Append]) -> Iterator[Sequence[Append]]:
    for begin in range(0, len(appends), AT_ONCE):
        yield appends[begin : begin + AT_ONCE]


def _read_on(appends: Sequence[Append], head: int) -> list[Append]:
    """Whatever was decided before it, it was decided on: what is in the same call, too."""
    read: list[Append] = []
    for append in appends:
        read.append(msgspec.structs.replace(append, read_to=head))
        head += len(append.events)
    return read
