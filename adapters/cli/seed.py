"""Made-up cases for a demo (架空のケースの作成): years, by the installation's clock."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic

import msgspec

from adapters import words
from adapters.app import seedbed
from adapters.cli.screen import Screen
from adapters.engines.folder import has_installation
from adapters.seeding import told_beside
from adapters.settings import Settings
from adapters.words import Words
from domain.calendar import date_in_japan
from services.seeding import Seed
from services.seeding.sowing import OnlyWithDemoClock

DAY = timedelta(days=1)


class Sown(msgspec.Struct, frozen=True):
    """What came of it."""

    cases: int
    events: int
    until: str
    seconds: float

    @property
    def per_s(self) -> int:
        return round(self.events / max(self.seconds, 0.001))


async def seeded(
    settings: Settings, seed: Seed, screen: Screen, environ: Mapping[str, str] = os.environ
) -> Sown:
    if settings.postgres_url is None and not has_installation(settings.data):
        raise OnlyWithDemoClock  # And none is made for the sake of saying so.
    async with seedbed(settings, environ) as sowing:
        began = monotonic()
        land = await sowing.begun(seed)
        beginning = land.beginning
        days = (beginning.ends - beginning.at) // DAY
        with screen.counting(words.SEEDING) as counted, told_beside(land) as told:

            def progress(at: datetime) -> None:
                counted(min(days, (at - beginning.at) // DAY), days)

            events = await sowing.sown(land, told, progress)
            counted(days, days)
        until = date_in_japan(beginning.ends).isoformat()
        return Sown(seed.cases, events, until, round(monotonic() - began, 1))


def sown_in_words(sown: Sown) -> Words:
    return words.SEEDED.about(
        cases=f"{sown.cases:,}",
        events=f"{sown.events:,}",
        until=sown.until,
        seconds=f"{sown.seconds:,.0f}",
        per_s=f"{sown.per_s:,}",
    )
