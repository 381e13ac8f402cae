"""What an agency writes, readable or not, takes nobody's connection down."""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false, reportPrivateUsage=false

import asyncio

import pytest
from nats.aio.client import Client

from adapters.engines import Endpoints, PostgresAccess
from projections.feed import FEED
from tests.integration.desks import a_desk, asked, done
from tests.integration.test_nats_feed import a_town

UNREADABLE = [b" \xff\xff\xff", b" 404 \xff", b" 503", b" 409 Consumer Deleted", b"\r\nStatus: 404"]


async def says(client: Client, subject: bytes, head: bytes, reply: bytes = b"") -> None:
    head = b"NATS/1.0" + head + b"\r\n\r\n"
    lengths = b"%d %d" % (len(head), len(head) + 2)
    line = b" ".join(filter(None, [b"HPUB", subject, reply, lengths]))
    await client._send_command(line + b"\r\n" + head + b"{}\r\n")  # noqa: SLF001 (It writes no such thing itself.)
    await client.flush()


@pytest.mark.parametrize("head", UNREADABLE)
async def test_a_feed_is_read_beside_what_nobody_can_read(
    endpoints: Endpoints, database: PostgresAccess, head: bytes
) -> None:
    async with a_town(endpoints.nats, database, endpoints.admit) as here:
        await here.town.house.lists_are_made(FEED)
        inbox = here.centre.client.new_inbox()
        await says(here.centre.client, b"feed.fetch", head, inbox.encode())
        async with asyncio.timeout(5):
            assert (await here.city.fetches()).next


@pytest.mark.parametrize("subject", [b"ask.command", b"publish.command", b"publish.\xff"])
@pytest.mark.parametrize("head", UNREADABLE)
async def test_a_desk_goes_on_beside_what_nobody_can_read(
    endpoints: Endpoints, database: PostgresAccess, subject: bytes, head: bytes
) -> None:
    async with a_desk(endpoints.nats, database) as desk:
        await says(desk.visitor.client, subject, head)
        async with asyncio.timeout(5):
            done(await desk.visitor.asks(asked()))
        await desk.hub.is_empty()
