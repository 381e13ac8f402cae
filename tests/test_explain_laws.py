"""What an explanation promises, whatever has happened: random histories, each from its seed."""

from itertools import permutations
from typing import Any, Final

import msgspec

from contracts.envelope import DETAILS
from contracts.explain import EventExplained
from domain.agency import AgencyIsSuspended
from domain.consent_ledger import ConsentGranted
from domain.model import AgencyId
from tests.test_replay_laws import SEEDS, Story, every_case, every_history, story

# All that may be said of what the consents that somebody obtained leave closed.
LACKS: Final = {
    "AGREED", "IN_FORCE", "CATEGORY", "FIELD", "PERSON", "HISTORY", "ATTENDED", "REASON",
    "CASE_NUMBER", "ANOTHERS_CONSENT", "RESTRICTED", "ERASED",
}  # fmt: skip
# What is said to nobody here: whom she does not want to know, and how much there is.
UNSAID: Final = (b"EXCLUDED", b"does not want to know", b'"position":', b'"version":')


def explained(it: Story, reader: AgencyId, **asked: Any) -> tuple[EventExplained, ...]:
    """Of a suspended agency nobody may ask."""
    try:
        found = it.house.explain(it.play.head(reader), it.case, **asked)
    except AgencyIsSuspended:
        return ()
    text = msgspec.json.encode(found)
    assert not any(word in text for word in UNSAID)
    return found.items if found else ()


def seen(event: EventExplained) -> dict[str, object]:
    return {name: on.basis for on in event.seen for name in on.fields}


def closed(event: EventExplained) -> dict[str, str]:
    return {name: by.by for by in event.closed for name in by.fields}


@every_history
def test_of_ones_own_view_that_is_explained_as_seen_which_a_replay_tells(seed: int) -> None:
    it = story(seed)
    for agency in it.play.agencies:
        for at in (None, *it.times):
            events = explained(it, agency, at=at)
            assert [(event.id, event.type, seen(event)) for event in events] == [
                (line.id, line.type, {**line.bases}) for line in it.lines(agency, at=at)
            ]
            for event in events:
                assert not seen(event).keys() & closed(event).keys()
                assert event.type != DETAILS or not event.closed


@every_history
def test_about_another_nothing_is_told_but_how_far_a_consent_carries_what_one_sees(
    seed: int,
) -> None:
    for it in every_case(seed):
        grants = granted_in(it)
        for reader, agency in permutations(it.play.agencies, 2):
            if reader not in {who for who, _ in grants}:
                assert explained(it, reader, agency=agency) == ()
                continue
            own = {line.id: line for line in it.lines(reader)}
            for at in (None, *it.times[:1]):
                replay = {x.id: {**x.bases} for x in it.lines(reader, agency=agency, at=at)}
                for event in explained(it, reader, agency=agency, at=at):
                    assert event.type == own[event.id].type
                    assert closed(event).keys() <= own[event.id].bases.keys()
                    assert {*closed(event).values()} <= LACKS
                    assert seen(event) == replay.pop(event.id, {})
                    assert {(reader, on.basis.grant) for on in event.seen} <= grants
                assert not replay


def granted_in(it: Story) -> set[tuple[AgencyId, object]]:
    return {
        (entry.told.agency, entry.said.grant_id)
        for entry in it.play.world.of_case(it.case)
        if isinstance(entry.said, ConsentGranted)
    }


def test_these_histories_have_something_to_explain() -> None:
    own: set[str] = set()
    through: set[str] = set()
    for it in (each for seed in SEEDS for each in every_case(seed)):
        obtained = {who for who, _ in granted_in(it)}
        for reader, agency in permutations(it.play.agencies, 2):
            if reader in obtained:
                about_it = explained(it, reader, agency=agency)
                through.update(by for event in about_it for by in closed(event).values())
                about_itself = explained(it, agency)
                own.update(by for event in about_itself for by in closed(event).values())
    assert own >= {"AGREED", "CATEGORY"}
    assert through >= {"CATEGORY"}
