"""Where a message of a stream stands."""

import pytest

from adapters.nats.following import place_of


@pytest.mark.parametrize(
    "reply",
    [
        "$JS.ACK.EVENTS.reader.1.417.12.1764000000000000000.3",
        "$JS.ACK._.AAAA.EVENTS.reader.1.417.12.1764000000000000000.3",
        "$JS.ACK.hub.AAAA.EVENTS.reader.1.417.12.1764000000000000000.3.random",
    ],
    ids=["older", "newer", "newer_in_a_domain"],
)
def test_a_message_says_where_in_the_stream_it_stands_and_which_it_is_for_us(reply: str) -> None:
    assert place_of(reply) == (417, 12)
