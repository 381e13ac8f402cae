"""Cutting off (打ち切り): what was not taken in time is taken back, also while the loop is busy.

The loop comes to its own timers when it has time. Until then the machine hands over what it was
given, and then the loop writes the rest before it looks at the clock. So a thread keeps the time,
too: one for all connections, a daemon, from the first of them on.

Linux only: it counts what the other side has taken, and lets a connection go whose descriptors
are still open. Elsewhere there are the timers of the loop.
"""

import ctypes
import socket
import sys
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from struct import Struct
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Final, NamedTuple

# An interpreter that is busy lets others have their turn after half of that.
AHEAD_S: Final = 0.01
# ``tcpi_bytes_acked``, see linux/tcp.h: since the connection was made.
TAKEN_AT: Final = 120
TAKEN: Final = Struct("Q")
NOBODY: Final = Struct("H14x").pack(socket.AF_UNSPEC)  # Connected to whom there is no connection.


class Held:
    """A connection through a descriptor of its own, which is nobody else's until it is let go."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection: Final = connection
        self.is_cut_off = False
        self.is_let_go = False


class Due(NamedTuple):
    at_s: float
    nth: int
    held: Held
    sent: int  # Since the connection was made.


class Cutting:
    def __init__(self) -> None:
        self._changed: Final = Condition(Lock())
        self._due: Final[list[Due]] = []
        self._nth: Final[Callable[[], int]] = count().__next__
        self._thread: Thread | None = None

    def watch(self, held: Held, sent: int, until_s: float) -> None:
        """Cut it off unless so much of it has been taken by then."""
        if sys.platform != "linux":
            return
        due = Due(until_s - AHEAD_S, self._nth(), held, sent)
        with self._changed:
            heappush(self._due, due)
            if self._due[0] is due:
                self._changed.notify()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._keep_time, name="cutting", daemon=True)
                self._thread.start()

    def let_go(self, held: Held) -> None:
        with self._changed:  # Not while it is being cut off.
            held.is_let_go = True
            held.connection.close()

    def _keep_time(self) -> None:
        with self._changed:
            while True:
                self._cut_off_what_is_due()
                self._changed.wait(self._due[0].at_s - monotonic() if self._due else None)

    def _cut_off_what_is_due(self) -> None:
        """And forget, before it is, what has been taken: nobody has to be woken for it again."""
        while self._due:
            due = self._due[0]
            if not (due.held.is_let_go or _has_taken(due.held.connection, due.sent)):
                if due.at_s > monotonic():
                    return
                due.held.is_cut_off = _has_cut_off(due.held.connection)
            heappop(self._due)


def _has_taken(connection: socket.socket, sent: int) -> bool:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TAKEN_AT + TAKEN.size)
    if len(told) < TAKEN_AT + TAKEN.size:  # A machine that does not count it.
        return True
    taken: int = TAKEN.unpack_from(told, TAKEN_AT)[0]
    return taken >= sent


def _has_cut_off(connection: socket.socket) -> bool:
    """The other side hears that it is over, and what waited for it here is gone."""
    refused: int = ctypes.CDLL(None).connect(connection.fileno(), NOBODY, len(NOBODY))
    return not refused
