"""Hearing (受信): what an agency has written comes in as a message, whatever bytes it is made of.

nats-py stops listening for good at a name or a status that is no text; and takes what is no
answer of the server's for one, where a header says so. Either would be one agency's word against
all others'.
"""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false, reportPrivateUsage=false

from typing import Final

from nats.aio.client import Client

FIRST_LINE: Final = b"NATS/1.0"
END_OF_LINE: Final = b"\r\n"
THE_SERVERS: Final = frozenset({b"status", b"description"})


def hears_anything(client: Client) -> None:
    """Before it subscribes to anything that agencies write."""
    process = client._process_msg  # noqa: SLF001 (There is no other place before it is read.)
    ours = bytes(client._inbox_prefix) + b"."  # noqa: SLF001

    async def heard(sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        if not subject.startswith(ours):  # There the server speaks, and whoever we have asked.
            subject, headers = readable(subject), plain(headers)
        await process(sid, subject, reply, data, headers)

    client._process_msg = heard  # type: ignore[method-assign]  # noqa: SLF001


def readable(subject: bytes) -> bytes:
    return subject.decode("utf-8", "replace").encode()


def plain(headers: bytes) -> bytes:
    """Without what only the server says."""
    if not headers:
        return headers
    _, *lines = headers.split(END_OF_LINE)
    theirs = (line for line in lines if line.partition(b":")[0].strip().lower() not in THE_SERVERS)
    return END_OF_LINE.join([FIRST_LINE, *theirs])
