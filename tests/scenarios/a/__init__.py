"""Scenario A: from the city to the Centre, a commissioned shelter, a residence, and aftercare.

相川みさき (32), without children; violence by her husband; she wants to keep her telephone and her
work. Each step bears the number it is told under.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from tests.scenarios.a.home import a_home_of_her_own, aftercare
from tests.scenarios.a.protection import into_the_shelter, she_comes, to_the_centre
from tests.scenarios.a.residence import into_the_residence, she_lives_there, the_conference
from tests.scenarios.matrix import Places
from tests.scenarios.play import Play

# What is told of and cannot be reached yet, and by what it will be.
OWED: Final[Mapping[str, str]] = {
    "A8": "That it was disclosed is recorded by a fetch, and never by sending.",
    "A23": "Which rows the others see masked is said by the ledger of the network.",
}


def play() -> tuple[Play, Places]:
    play = Play("2026-04-01 09:00")
    midorino = play.network("緑野市ネットワーク", "MUNICIPALITY", "M1", ("M2", "M3", "ED1", "C1"))
    play.commissions("C1", "S1", date(2026, 4, 1), date(2027, 3, 31))
    she_comes(play, midorino)
    to_the_centre(play)
    into_the_shelter(play)
    the_conference(play, midorino)
    into_the_residence(play, midorino)
    she_lives_there(play, midorino)
    a_home_of_her_own(play)
    aftercare(play)
    shelter, facility = play.stays["shelter"], play.stays["facility"]
    return play, Places(
        stays={shelter: "shelter", facility: "facility"},
        after={shelter: "facility", facility: "new home"},
    )
