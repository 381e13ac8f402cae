"""Telling (時の順に): a region's lives side by side, each where it stands, in the order of time."""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from domain.calendar import JAPAN, is_business_day
from services.seeding.acting import Acting, Deeds
from services.seeding.by_itself import ByItself, roster_of
from services.seeding.chance import Chance
from services.seeding.her import Her, Network, Story
from services.seeding.land import LARGER, Region
from services.seeding.living import life
from services.seeding.reviewing import Rounds

OPENS, CLOSES = 9, 18
ALWAYS_OPEN: Final = 0.04  # Of what happens, so much happens at any hour of any day.


def told(
    acting: Acting, chance: Chance, region: Region, cases: int, ends: datetime
) -> Iterator[Deeds]:
    """Hour by hour, those in which something was done."""
    begins = acting.at
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []
    by_itself = ByItself(acting, roster_of(acting, *region.named), region.division.id)
    acting.hears = by_itself.hears
    networks = {city.name: Network() for city in region.cities}
    for city in region.cities:
        rounds = Rounds(acting, chance, region, city, networks[city.name])
        heapq.heappush(waiting, (_working(begins, chance), next(order), rounds.quarters()))
    larger, smaller = region.cities
    for _ in range(cases):
        days = (ends - begins).days * chance.between(0, 9_990) / 10_000
        city = larger if chance.likely(LARGER) else smaller
        at = _working(begins + timedelta(days=days), chance)
        heapq.heappush(
            waiting, (at, next(order), _begun(acting, chance, region, city.name, networks))
        )
    while waiting and waiting[0][0] < ends:
        at, nth, story = heapq.heappop(waiting)
        if at > acting.at:
            if acting.waiting:
                yield acting.deeds()
            by_itself.passes(at)
            if acting.waiting:
                yield acting.deeds()
            acting.at = at
        days_on = next(story, None)
        if days_on is not None:
            later = _working(at + timedelta(days=days_on), chance)
            heapq.heappush(waiting, (later, nth, story))
    yield acting.deeds()
    by_itself.passes(ends)
    yield acting.deeds()


def _begun(
    acting: Acting, chance: Chance, region: Region, city: str, networks: dict[str, Network]
) -> Story:
    """Nothing is made up of her before she calls."""
    (place,) = (each for each in region.cities if each.name == city)
    yield from life(Her(acting, chance, region, place, networks))


def _working(at: datetime, chance: Chance) -> datetime:
    """The next full hour at which somebody is there."""
    here = at.astimezone(JAPAN).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if chance.likely(ALWAYS_OPEN):
        return here.astimezone(at.tzinfo)
    if here.hour >= CLOSES:
        here = here.replace(hour=OPENS) + timedelta(days=1)
    elif here.hour < OPENS:
        here = here.replace(hour=OPENS)
    while not is_business_day(here.date()):
        here += timedelta(days=1)
    spread = chance.between(0, CLOSES - here.hour - 1) if here.hour == OPENS else 0
    return (here + timedelta(hours=spread)).astimezone(at.tzinfo)
