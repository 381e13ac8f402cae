"""Relaying: onto the stream in the order of the log, once, whatever was there before."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.model import StreamId
from services.ports import NO_PARTS, Span, StoredEvent
from services.relaying import MessageDamaged, message_of, stored_of

small = some.integers(min_value=0, max_value=60_000)
events = some.builds(
    StoredEvent,
    position=some.integers(min_value=1, max_value=2**53),
    stream=some.uuids().map(StreamId),
    version=some.integers(min_value=1, max_value=2**53),
    type=some.text(max_size=64),
    entry=some.binary(min_size=8, max_size=200),
    parts=some.dictionaries(some.text(max_size=20), some.binary(max_size=50), max_size=4),
    facts=some.none() | some.builds(Span, small, small),
)


@given(stored=events)
def test_a_message_says_all_of_an_event_but_its_position(stored: StoredEvent) -> None:
    assert stored_of(stored.position, message_of(stored)) == stored


@given(stored=events)
def test_the_same_event_makes_the_same_message(stored: StoredEvent) -> None:
    again = stored_of(stored.position, message_of(stored))
    assert message_of(again) == message_of(stored)


def test_an_event_without_parts_comes_back_without_parts() -> None:
    bare = StoredEvent(1, StreamId(UUID(int=1)), 1, "case.opened.v1", bytes(8) + b"{}")
    assert stored_of(1, message_of(bare)) == bare
    assert stored_of(1, message_of(bare)).parts is NO_PARTS


@pytest.mark.parametrize("content", [b"", b"{}", b"\xc1"], ids=repr)
def test_what_is_no_message_of_ours_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(MessageDamaged) as refused:
        stored_of(7, content)
    assert refused.value.facts == {"position": 7}
    assert refused.value.__suppress_context__
