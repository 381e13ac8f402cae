"""Chance (偶然): all that is left to it has one source, so that a seed tells the same again."""

import random
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from services.ids import uuid7

T = TypeVar("T")


class Chance:
    def __init__(self, seed: str) -> None:
        self._random: Final = random.Random(seed)  # noqa: S311 (nothing here is to be a secret)

    def likely(self, chance: float) -> bool:
        return self._random.random() < chance

    def between(self, fewest: int, most: int) -> int:
        return self._random.randint(fewest, most)

    def one(self, of: Sequence[T]) -> T:
        return of[int(self._random.random() * len(of))]

    def weighed(self, of: Mapping[T, float]) -> T:
        (found,) = self._random.choices(list(of), list(of.values()))
        return found

    def some(self, of: Iterable[T] | AbstractSet[T], fewest: int, most: int) -> list[T]:
        """In an order that is always the same; fewer, where there are no more."""
        listed = sorted(of, key=str) if isinstance(of, AbstractSet) else list(of)
        return self._random.sample(listed, min(len(listed), self.between(fewest, most)))

    def days(self, mean: float) -> float:
        """Many are short, and a few are long."""
        return self._random.expovariate(1 / mean)

    def long_tailed(self, median: float, spread: float = 1.0) -> float:
        """Half of them are less than the median; a few are many times as much."""
        return float(median * 2.718281828 ** (self._random.gauss(0, 1) * spread))

    def new_id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def new_event(self, at: datetime) -> UUID:
        return uuid7(at, self._random.randbytes)
