"""Whatever takes something out of somebody's view overtakes what was decided before on the case.

Shown from both sides: no event of a random history takes anything away without saying so; and each
that says so does take something away.
"""

from collections import Counter
from typing import Final

import pytest

from domain.catalogue import EVENTS
from domain.model import Event
from tests.histories import history
from tests.losing import NARROWS, WITHOUT_A_STORY
from tests.narrowing import Watching, key_of
from tests.peers import midorino

OF_EACH: Final = 2
HISTORIES: Final = 6


def test_nothing_in_a_random_history_takes_anything_away_unsaid() -> None:
    tried: Counter[type[Event]] = Counter()
    unsaid: list[str] = []
    for seed in range(HISTORIES):
        watching = Watching()
        for entry in history(seed).world.log:
            kind = type(entry.said)
            key = key_of(kind)
            if key is None or key in kind.stamps or tried[kind] >= OF_EACH:
                watching.hears(entry)
                continue
            tried[kind] += 1
            if lost := watching.loses(entry):
                unsaid.append(f"{kind.__name__} in {seed} at {entry.told.position}: {min(lost)}")
    assert unsaid == []
    assert len(tried) > len(EVENTS.types) / 2


@pytest.mark.parametrize("event", NARROWS, ids=lambda event: event.__name__)
def test_what_overtakes_takes_something_out_of_somebodys_view(event: type[Event]) -> None:
    here, watching = midorino(), Watching()
    NARROWS[event](here)
    lost = [watching.loses(entry) for entry in here.world.log]
    told = [type(entry.said) for entry in here.world.log]
    assert [kind for kind, what in zip(told, lost, strict=True) if kind is event and what]
    assert key_of(event) in event.stamps


def test_whatever_overtakes_has_its_story() -> None:
    overtaking = {event for event in EVENTS.types.values() if event.stamps - {"work", "ledger"}}
    assert overtaking == NARROWS.keys() | WITHOUT_A_STORY.keys()
    assert all(key_of(event) in event.stamps for event in overtaking)
