"""The entrance (入口) put together: its routes, and the door before them."""

import asyncio
from typing import NamedTuple, NoReturn

from litestar import Litestar, Request
from litestar.datastructures import State

from adapters.http.clock import clock_routes
from adapters.http.commands import command_routes
from adapters.http.door import Door
from adapters.http.explain import explain_routes
from adapters.http.feed import feed_routes
from adapters.http.following import follow_routes
from adapters.http.registers import register_routes
from adapters.http.replay import replay_routes
from adapters.http.signs import Checks, sign_routes
from adapters.http.trail import trail_routes
from adapters.http.views import view_routes
from adapters.http.what_if import what_if_routes
from adapters.registers import Registers
from adapters.traces import Traces
from contracts.asked import ASKED_BYTES_MAX
from services.aliases import Aliases
from services.explaining import Explaining
from services.feeding import Feeding
from services.identity import Identity
from services.receiving import Answers, Receiving
from services.replaying import Replaying
from services.supposing import Supposing
from services.timekeeping import Timekeeping
from services.trailing import Trailing
from services.viewing import Viewing


class Behind(NamedTuple):
    """What stands behind the entrance."""

    identity: Identity
    receiving: Receiving
    answers: Answers
    viewing: Viewing
    feeding: Feeding
    registers: Registers
    replaying: Replaying
    explaining: Explaining
    trailing: Trailing
    supposing: Supposing
    aliases: Aliases
    timekeeping: Timekeeping
    checks: Checks
    traces: Traces


def entrance(behind: Behind) -> Door:
    stopping = asyncio.Event()
    inside = Litestar(
        [
            *sign_routes(behind.checks, stopping),
            *command_routes(behind.receiving, behind.answers, behind.aliases, behind.identity),
            *view_routes(behind.viewing, behind.aliases),
            *replay_routes(behind.replaying, behind.aliases),
            *explain_routes(behind.explaining, behind.aliases),
            *trail_routes(behind.trailing, behind.aliases),
            *what_if_routes(behind.supposing, behind.aliases),
            *register_routes(behind.registers),
            *follow_routes(behind.viewing, behind.identity, stopping),
            *feed_routes(behind.feeding, behind.identity, stopping),
            *clock_routes(behind.timekeeping, behind.identity),
        ],
        exception_handlers={Exception: _rise},
        request_max_body_size=ASKED_BYTES_MAX,
        openapi_config=None,  # Ours is written from the contracts, and committed.
        logging_config=None,  # The door says what there is to say.
    )
    return Door(inside, behind.identity, behind.traces, stopping)


def _rise(_: Request[None, None, State], error: Exception) -> NoReturn:
    """To the door: there is one place where errors become answers."""
    raise error
