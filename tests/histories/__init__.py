"""Random histories: what agencies might do together, as the real deciding lets them.

A seed tells the same history again: ``python -m tests.histories 7`` plays that of seed 7. A step is
a command of somebody about something that there is; it is accepted or refused. Every history is
after something, and much else happens in it; now and then something is asked that has no point.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, get_args

from domain.catalogue import AnyCommand
from domain.model import CaseId, Command
from tests.anything import asked
from tests.histories import (
    in_a_case,
    in_institutions,
    in_meetings,
    in_referrals,
    in_the_ledger,
    purposes,
)
from tests.histories.play import About, Ask, Play, Proposes

__all__ = ["STEPS", "Ask", "Play", "history"]

STEPS: Final = 250
Room: TypeAlias = Callable[[Play], Ask | None]


def history(
    seed: int,
    steps: int = STEPS,
    begun: type[Play] = Play,
    lets_out: Callable[[Play], None] = in_the_ledger.lets_out,
) -> Play:
    play = begun(seed)
    after = play.some(purposes.PURPOSES, 2)
    while play.steps < steps:
        _step(play, after, lets_out)
    return play


def _step(play: Play, after: Sequence[About], lets_out: Callable[[Play], None]) -> None:
    if play.likely(0.05):
        play.world.passes(**play.one(PASSES))
    if play.likely(0.02):
        lets_out(play)
    ask = _ask(play, after)
    if ask is not None:
        play.step(ask)


def _ask(play: Play, after: Sequence[About]) -> Ask | None:
    if not play.cases:
        return in_institutions.open_case(play)
    if play.likely(0.4):
        return purposes.pursued(play, play.one(after))
    if play.likely(0.03):
        return _pointless(play)
    if play.likely(0.1) and (back := in_institutions.restore(play)):
        return back
    (room,) = play.chance.choices(list(ROOMS), list(ROOMS.values()))
    return room(play)


def _pointless(play: Play) -> Ask:
    """Anything at all, by anybody."""
    kind: type[Command] = play.one(get_args(AnyCommand))
    case: CaseId | None = play.one([None, *play.cases])
    command: Any = asked(kind, play.chance, play.world.at)
    return Ask(play.anybody(), command, case)


def _among(proposals: Sequence[tuple[int, Proposes]]) -> Room:
    weights, rooms = [w for w, _ in proposals], [room for _, room in proposals]
    return lambda play: play.chance.choices(rooms, weights)[0](play)


def _in_a_case(proposals: Sequence[tuple[int, About]]) -> Room:
    weights, rooms = [w for w, _ in proposals], [room for _, room in proposals]

    def ask(play: Play) -> Ask | None:
        here = play.here()
        return here and play.chance.choices(rooms, weights)[0](play, here)

    return ask


PASSES: Final[Sequence[Mapping[str, int]]] = (
    {"hours": 1},
    {"hours": 9},
    {"days": 1},
    {"days": 4},
    {"days": 30},
)
ROOMS: Final[Mapping[Room, int]] = {
    _in_a_case(in_a_case.ASKED): 34,
    _in_a_case(in_the_ledger.ASKED): 24,
    _in_a_case(in_referrals.ASKED): 18,
    _among(in_meetings.ASKED): 14,
    _among(in_institutions.AGENCY): 3,
    _among(in_institutions.NETWORK): 3,
    _among(in_institutions.GRIEVANCE): 5,
    in_institutions.open_case: 1,
}
