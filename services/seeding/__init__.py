"""Seeding (架空の経過の作成): years of made-up lives, decided as for anybody and told in order.

A seed tells the same again: the same agencies, people and words, who did what when, under the same
ids; but for who operates the installation, and for the keys and the salt by which words are sealed.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from domain.installation import INSTALLATION, InstallationFounded
from domain.model import PersonId, stream_of
from services.ports import Fact, SecretKey
from services.sealing import Sealing
from services.seeding.acting import Acting, Deeds, Someone
from services.seeding.chance import Chance
from services.seeding.land import REGIONS, Founding
from services.seeding.telling import told

__all__ = ["REGIONS", "Beginning", "Deeds", "Land", "Seed"]

YEAR: Final = timedelta(days=365.25)
KEY_BYTES: Final = 32


class Seed(msgspec.Struct, frozen=True):
    """So many women who come for help within so many years."""

    cases: int
    years: int
    number: int

    def of(self, what: str) -> str:
        return f"{self.number}:{self.cases}:{self.years}:{what}"

    def ends(self, begun: datetime) -> datetime:
        return begun + YEAR * self.years

    def share(self, region: int) -> int:
        """The last takes what is left."""
        shares = [int(self.cases * share) for share in REGIONS.values()]
        shares[-1] += self.cases - sum(shares)
        return shares[region]


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """All that is to be known of an installation to tell what happens in it next."""

    seed: Seed
    at: datetime
    founded: tuple[Fact, ...]
    operator: tuple[Fact, ...]  # The stream of its agency.
    secret: SecretKey
    keys: dict[PersonId, SecretKey]  # Of the operator.

    @property
    def ends(self) -> datetime:
        return self.seed.ends(self.at)


class Land:
    """Its agencies, who works there, and their networks; and what happens there from then on."""

    def __init__(self, beginning: Beginning, sealing: Sealing) -> None:
        chance = Chance(beginning.seed.of("land"))
        (said,) = sealing.facts(beginning.founded)
        assert isinstance(said, InstallationFounded)
        operator = Someone(said.operator, said.first_staff, "REPRESENTATIVE")
        self._acting: Final = Acting(
            chance, sealing, beginning.secret, beginning.keys, lambda: os.urandom(KEY_BYTES)
        )
        self._acting.at = beginning.at
        self._acting.follow(INSTALLATION, (said,))
        own = stream_of("agency", operator.agency)
        self._acting.follow(own, sealing.facts(beginning.operator))
        self._regions: Final = Founding(self._acting, chance, operator).land(beginning.ends)
        self.beginning: Final = beginning
        self.founded: Final = self._acting.deeds()

    def told_in(self, region: int) -> Iterator[Deeds]:
        """What happens in one region, none hearing of another."""
        seed = self.beginning.seed
        chance = Chance(seed.of(f"region {region}"))
        acting, share = self._acting.apart(chance), seed.share(region)
        return told(acting, chance, self._regions[region], share, self.beginning.ends)
