"""Seeding side by side (並行作成): regions are told in processes of their own, a core for each.

What they tell comes through pipes in the order of time. Whoever is too far ahead waits: so however
much is told, only a little of it is in memory. Each is a copy of the process in which the land was
founded, so that what it takes to begin is done once; and of what that holds open it keeps nothing.
"""

import gc
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from heapq import merge
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import Queue
from threading import Thread
from typing import Final, TypeAlias

import msgspec

from services.seeding import REGIONS, Deeds, Land

Shares: TypeAlias = Sequence[tuple[int, ...]]  # Which regions each of them tells.

_DEEDS: Final = msgspec.msgpack.Decoder(Deeds)
_COPIES: Final = get_context("fork")
_END: Final = b""
_AHEAD: Final = 1_000


@contextmanager
def told_beside(land: Land, cores: int | None = None) -> Generator[list[Iterator[Deeds]]]:
    """One story a process, in the order of time. Which of them tells what changes nothing."""
    with ExitStack() as tellers:
        shares = _shares(cores or os.cpu_count() or 1)
        pipes = [tellers.enter_context(_teller(land, share)) for share in shares]
        yield [_heard(mine) for mine in pipes]


@contextmanager
def _teller(land: Land, share: tuple[int, ...]) -> Generator[Connection]:
    heard, told = os.pipe()
    ours, theirs = Connection(heard, writable=False), Connection(told, readable=False)
    teller = _COPIES.Process(target=_tell, args=(theirs, land, share), daemon=True)
    teller.start()
    theirs.close()
    try:
        with closing(ours):
            yield ours
    finally:
        teller.terminate()
        teller.join()


def _tell(to: Connection, land: Land, share: tuple[int, ...]) -> None:
    _keep_nothing_but(to)
    gc.disable()  # Nothing here goes in circles, and there is much of it.
    stories = [land.told_in(region) for region in share]
    with suppress(BrokenPipeError):
        for deeds in merge(*stories, key=lambda each: each.at):
            to.send_bytes(msgspec.msgpack.encode(deeds))
        to.send_bytes(_END)


def _keep_nothing_but(to: Connection) -> None:
    """Connections, locks and signals are those of whoever listens, who decides when it is over."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.closerange(3, to.fileno())
    os.closerange(to.fileno() + 1, os.sysconf("SC_OPEN_MAX"))


def _shares(cores: int) -> Shares:
    """The largest first, each to whoever has the least."""
    sizes = list(REGIONS.values())
    shares: list[list[int]] = [[] for _ in range(min(cores, len(sizes)))]
    for region in sorted(range(len(sizes)), key=lambda each: -sizes[each]):
        min(shares, key=lambda share: sum(sizes[each] for each in share)).append(region)
    return [tuple(share) for share in shares]


def _heard(told: Connection) -> Iterator[Deeds]:
    """Read ahead: a pipe holds little, and whoever tells shall not wait for the log each time."""
    ahead: Queue[bytes | None] = Queue(_AHEAD)
    Thread(target=_listen, args=(told, ahead), daemon=True).start()
    while (said := ahead.get()) != _END:
        if said is None:  # Whoever told it is gone, in the middle of it.
            raise EOFError
        yield _DEEDS.decode(said)


def _listen(told: Connection, ahead: "Queue[bytes | None]") -> None:
    said: bytes | None = None
    with suppress(EOFError, OSError):
        while said != _END:
            said = told.recv_bytes()
            ahead.put(said)
        return
    ahead.put(None)
