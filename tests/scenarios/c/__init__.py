"""Scenario C: a contested conference, an emergency without consent, a grievance, and erasure.

河野しおり (45) lives alone, has a psychiatric condition, and is threatened by a former partner. She
refuses that the hospital (H1) be told anything, and that M3 learn what she is diagnosed with. Each
step bears the number it is told under.
"""

from collections.abc import Mapping
from typing import Final

from tests.scenarios.c.conference import (
    nobody_agrees,
    she_comes,
    she_is_met,
    the_network_designates,
)
from tests.scenarios.c.emergency import he_found_her, looked_at_afterwards, she_complains
from tests.scenarios.c.ending import it_is_agreed, she_is_forgotten, support_ends
from tests.scenarios.matrix import Places
from tests.scenarios.play import Play

OWED: Final[Mapping[str, str]] = {
    "C7": "That it was disclosed is recorded by a fetch.",
    "C9": "The end by the clock is recorded by the scheduler: here somebody says it.",
    "C16": "With the key goes what was sealed under it.",
    "C17": "What the auditor finds is in what was disclosed, and only a fetch records that.",
}


def play() -> tuple[Play, Places]:
    play = Play("2026-04-01 09:00")
    midorino = play.network("緑野市ネットワーク", "MUNICIPALITY", "M1", ("M2", "M3", "C1", "N2"))
    she_is_met(play)
    she_comes(play, midorino)
    nobody_agrees(play, midorino)
    the_network_designates(play, midorino)
    he_found_her(play)
    looked_at_afterwards(play)
    she_complains(play)
    it_is_agreed(play, midorino)
    support_ends(play)
    she_is_forgotten(play)
    return play, Places(stays={}, after={})
