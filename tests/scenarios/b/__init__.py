"""Scenario B: to another prefecture with her children; child guidance; and she takes back.

三浦あかね (29) with そら (8) and うみ (3). Her husband is violent before the children; his sister
works at the school affairs division (ED1). Each step bears the number it is told under.
"""

from collections.abc import Mapping
from typing import Final

from tests.scenarios.b.away import settling_in, she_takes_back
from tests.scenarios.b.moving import agreed_across, asked_without_a_name, she_moves
from tests.scenarios.b.protection import she_comes, the_conference, to_the_centre
from tests.scenarios.matrix import Places
from tests.scenarios.play import Play

# What is told of and cannot be reached yet, and by what it will be.
OWED: Final[Mapping[str, str]] = {
    "B25": "What the auditor finds is in what was disclosed, and only a fetch records that.",
}


def play() -> tuple[Play, Places]:
    play = Play("2026-04-01 09:00")
    midorino = play.network(
        "緑野市ネットワーク", "MUNICIPALITY", "M1", ("M2", "M3", "ED1", "C1", "CG1")
    )
    shirahama = play.network("白浜県ネットワーク", "PREFECTURE", "C2", ("W2", "MC2", "CG2", "ED2"))
    she_comes(play, midorino)
    to_the_centre(play)
    the_conference(play, midorino)
    asked_without_a_name(play)
    agreed_across(play, midorino)
    she_moves(play, shirahama)
    settling_in(play)
    she_takes_back(play)
    centre, nagisa = play.stays["centre"], play.stays["destination"]
    return play, Places(
        stays={centre: "centre", nagisa: "destination"},
        after={centre: "destination"},
        transfer="destination",
    )
