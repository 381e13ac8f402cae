"""The last check of the gate: what its window has closed on never leaves by HTTP."""

import asyncio
import fcntl
import logging
import socket
import sys
import termios
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from http.client import HTTPConnection
from time import monotonic
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from adapters.engines import PostgresAccess
from contracts.pages import CaseShown
from domain.model import CaseId
from services.aliases import Aliases
from services.disclosing import Reader
from services.viewing import Viewing
from tests.integration.entrances import Entrance, an_entrance, code_of

SECRET: Final = "相川みさき"
FITS: Final = SECRET * 40_000  # Into the buffers of our own machine.
LARGE: Final = SECRET * 2_000_000  # Far more than the buffers of both sides take.


class Shows(Viewing):
    """A case of which so much is shown, in a window that is open for so long."""

    def __init__(self, aliases: Aliases) -> None:  # pyright: ignore[reportMissingSuperCall] (It has nothing else.)
        self._aliases: Final = aliases
        self.name = SECRET
        self.open_for_s = 1.0
        self.takes_s = 0.0

    async def case(self, reader: Reader, case: CaseId) -> CaseShown:
        reader.window.ends_by(monotonic() + self.open_for_s)
        await asyncio.sleep(self.takes_s)
        return CaseShown(case=self._aliases.alias(reader.agency, case), name=self.name)


class Here:
    def __init__(self, entrance: Entrance, shows: Shows) -> None:
        self.entrance: Final = entrance
        self.shows: Final = shows


@pytest_asyncio.fixture
async def here(database: PostgresAccess) -> AsyncIterator[Here]:
    made: list[Shows] = []

    def views(aliases: Aliases) -> Viewing:
        made.append(Shows(aliases))
        return made[0]

    async with an_entrance(database, views) as entrance:
        yield Here(entrance, made[0])


async def test_what_is_ready_in_time_is_sent(here: Here) -> None:
    answer = await here.entrance.city.sees(f"/v1/cases/{uuid4()}")
    assert SECRET in answer.text


async def test_what_is_ready_too_late_is_not_sent_and_the_caller_is_told(here: Here) -> None:
    here.shows.open_for_s, here.shows.takes_s = 0.1, 0.2
    answer = await here.entrance.city.sees(f"/v1/cases/{uuid4()}")
    assert code_of(answer) == "NOT_RELEASED"
    assert answer.status_code == 503
    assert SECRET not in answer.text


async def test_one_that_was_too_late_does_not_keep_the_next_from_being_told(here: Here) -> None:
    here.shows.open_for_s, here.shows.takes_s = 0.1, 0.2
    await here.entrance.city.sees(f"/v1/cases/{uuid4()}")
    here.shows.open_for_s, here.shows.takes_s = 1.0, 0.0
    assert SECRET in (await here.entrance.city.sees(f"/v1/cases/{uuid4()}")).text


async def test_what_nobody_has_taken_when_the_window_closes_is_thrown_away(here: Here) -> None:
    """Also where all of it was written in time: it waits here for whoever does not read."""
    here.shows.name, here.shows.open_for_s = LARGE, 0.5
    came = await asyncio.to_thread(slowly, here.entrance, 1.0)
    assert 0 < came.took < len(LARGE.encode()) // 2
    assert came.in_s < 5.0  # The connection was ended, and nobody waited for more.


@pytest.mark.parametrize("kept", ["close", "keep-alive"])
async def test_nor_does_the_machine_hand_it_over_later(here: Here, kept: str) -> None:
    """So much it takes from us at once, and keeps for them, also where we have closed."""
    here.shows.name, here.shows.open_for_s = FITS, 0.5
    came = await asyncio.to_thread(slowly, here.entrance, 1.0, kept)
    assert came.took < len(FITS.encode()) // 2
    assert came.in_s < 5.0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the loop keeps the time alone")
@pytest.mark.parametrize("kept", ["close", "keep-alive"])
@pytest.mark.parametrize("name", [FITS, LARGE], ids=["fits", "large"])
async def test_nor_while_we_are_busy_nor_when_we_go_on(
    here: Here, name: str, kept: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Beyond the end of the window our loop does other things. They read on meanwhile."""
    here.shows.name, here.shows.open_for_s = name, 0.5
    with capture_logs() as lines, caplog.at_level(logging.WARNING):
        loop = asyncio.get_running_loop()

        def begun() -> None:
            loop.call_soon_threadsafe(busy, 1.4)

        came = await asyncio.to_thread(slowly, here.entrance, 1.0, kept, begun)
        async with asyncio.timeout(5):
            while not any(line["event"] == "answer_cut_off" for line in lines):  # noqa: ASYNC110 (Nobody tells us.)
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
    assert 0 < came.took <= came.lay_there
    assert [line["event"] for line in lines].count("answer_cut_off") == 1
    assert not caplog.records


async def test_who_took_it_in_time_is_not_cut_off_in_what_they_asked_next(here: Here) -> None:
    """Of which nothing has been taken yet when the window of the first closes."""
    here.shows.name, here.shows.open_for_s = FITS, 1.0
    with capture_logs() as lines:
        first, next_ = await asyncio.to_thread(one_after_the_other, here.entrance, 0.5, 0.7)
    assert first == next_ > len(FITS.encode())
    assert "answer_cut_off" not in {line["event"] for line in lines}


async def test_who_reads_it_in_time_gets_all_of_it_however_large(here: Here) -> None:
    here.shows.name, here.shows.open_for_s = LARGE, 20.0
    came = await asyncio.to_thread(slowly, here.entrance, 0.2)
    assert came.took > len(LARGE.encode())


def busy(for_s: float) -> None:
    until_s = monotonic() + for_s
    while monotonic() < until_s:
        pass


class Came(NamedTuple):
    took: int
    lay_there: int  # With their own machine, when they began to read.
    in_s: float


def slowly(
    entrance: Entrance,
    pause_s: float,
    kept: str = "close",
    begun: Callable[[], object] = lambda: None,
) -> Came:
    """How much comes to whoever reads nothing for a while, and then all there is."""
    token = entrance.city.client.headers["authorization"]
    asked = (
        f"GET /v1/cases/{uuid4()} HTTP/1.1\r\nhost: here\r\nconnection: {kept}\r\n"
        f"authorization: {token}\r\n\r\n"
    )
    with closing(called(entrance)) as caller:
        caller.sendall(asked.encode())
        caller.recv(1, socket.MSG_PEEK)
        begun()
        time.sleep(pause_s)  # As somebody does whose line is slow.
        lay_there = fcntl.ioctl(caller.fileno(), termios.FIONREAD, bytes(4))
        begun_s, took = monotonic(), 0
        try:
            while content := caller.recv(1 << 20):
                took += len(content)
        except ConnectionResetError:
            pass
        return Came(took, int.from_bytes(lay_there, sys.byteorder), monotonic() - begun_s)


def one_after_the_other(entrance: Entrance, *pauses_s: float) -> list[int]:
    """How much comes to whoever asks, waits for so long, and then reads; on one connection."""
    token = entrance.city.client.headers["authorization"]
    took: list[int] = []
    with closing(HTTPConnection("here")) as caller:
        caller.sock = called(entrance)
        for pause_s in pauses_s:
            caller.request("GET", f"/v1/cases/{uuid4()}", headers={"authorization": token})
            time.sleep(pause_s)
            took.append(len(caller.getresponse().read()))
    return took


def called(entrance: Entrance) -> socket.socket:
    """By somebody whose machine takes little at once."""
    url = urlsplit(entrance.url)
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
    caller.settimeout(20)
    caller.connect((url.hostname, url.port))
    return caller
