"""Faults (誤り): what is wrong with a scenario, or went otherwise than it tells, line by line."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from adapters.words import Words
from domain.speech import CannotRun


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    said: Words

    def at(self, file: Path) -> Words:
        return Words(*(f"{file}:{self.line}: {said}" for said in self.said))


class ScenarioNotUnderstood(CannotRun):
    """This file is no scenario that can be played."""

    ja: ClassVar[str] = "このファイルはシナリオとして実行できません。"
    remedy: ClassVar[str] = (
        "Mend the lines named above; docs/scenarios.md says what may stand there."
    )
    remedy_ja: ClassVar[str] = "上に示した行を直してください。書式は docs/scenarios.md にあります。"

    def __init__(self, file: Path, faults: Sequence[Fault]) -> None:
        super().__init__(file=file, faults=len(faults))
        self.file = file
        self.found = tuple(faults)
