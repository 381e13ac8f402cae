"""The composition root: the only place that knows every part."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from adapters.admitting import kek_of
from adapters.clock import DemoClock, WallClock
from adapters.crypto import AesVeil, ChaChaCipher
from adapters.engines import Endpoints, announce, engines
from adapters.feeding import feeding
from adapters.health import watched
from adapters.http.entrance import Behind, entrance
from adapters.http.serving import serving
from adapters.metrics import measured
from adapters.nats.accounts import admitted
from adapters.nats.desk import open_desk
from adapters.nats.feed import open_feed
from adapters.nats.relay import relay
from adapters.postgres.access import PostgresAccessLog
from adapters.postgres.answers import PostgresAnswers
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.clock import PostgresClock, clock_of
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.lists import PostgresLists
from adapters.postgres.migrating import migrate
from adapters.postgres.processes import PostgresProcesses
from adapters.postgres.roster import PostgresRoster
from adapters.postgres.tokens import PostgresTokens
from adapters.postgres.views import PostgresViews
from adapters.projecting import kept
from adapters.reacting import reacting
from adapters.registers import registers
from adapters.settings import Settings
from adapters.traces import TracedHandling, tracing
from domain.catalogue import EVENTS
from domain.installation import InstallationFounded
from projections.lists import LISTS
from services.aliases import Aliases, Cursors
from services.disclosing import Gate
from services.explaining import Explaining
from services.founding import Founding
from services.handling import Handling
from services.identity import Identity
from services.keys import installation_key
from services.listing import Listing
from services.looking import Looking
from services.projecting import Projecting
from services.reacting.processes import PROCESSES
from services.reacting.settling import PassingBy
from services.receiving import Receiving
from services.relaying import Head
from services.replaying import Replaying
from services.sealing import Sealing
from services.seeding.sowing import Sowing
from services.supposing import Supposing
from services.timekeeping import Timekeeping
from services.trailing import Trailing
from services.viewing import Viewing


class App(NamedTuple):
    endpoints: Endpoints
    log: PostgresEventLog
    keyring: PostgresKeyring
    sealing: Sealing
    handling: Handling
    identity: Identity
    operator: InstallationFounded
    url: str


@asynccontextmanager
async def running(
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    demo_from: datetime | None = None,
) -> AsyncGenerator[App]:
    """All the parts, each standing on those above it; put away again in the opposite order.

    ``demo_from``: a demo clock is asked for, which begins there unless it has begun.
    """
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context

        endpoints = await enter(engines(settings))
        postgres, nats = endpoints.postgres, endpoints.nats
        await migrate(postgres.owner)
        opener = await kek_of(settings, endpoints, environ)

        head, wall, veil = Head(), WallClock(), AesVeil()
        sealing = Sealing(EVENTS, ChaChaCipher())
        log = await enter(PostgresEventLog(postgres.app, head.reached))
        keyring = await enter(PostgresKeyring(postgres.keyring, opener))
        secret = await installation_key(keyring)

        lists = await enter(PostgresLists(postgres.app))
        # While the server is told of accounts, it serves no stream: so this comes first.
        await enter(admitted(endpoints.admit, PostgresRoster(lists).everybody))
        await enter(relay(log, head, postgres.app, nats))
        views = await enter(PostgresViews(postgres.app))
        await enter(kept([Projecting(each, views, log, sealing) for each in LISTS], nats))
        await enter(measured(views, LISTS))

        clock = await enter(clock_of(postgres.app, demo_from))
        operator = await Founding(log, keyring, sealing, clock).once(clock.kind)
        tokens = await enter(PostgresTokens(postgres.app))
        identity = Identity(log, keyring, sealing, tokens, wall)
        traces = stack.enter_context(tracing(settings.traces))
        handling = Handling(log, keyring, sealing, clock)
        aliases, cursors = Aliases(secret, veil), Cursors(secret, veil)
        receiving = Receiving(TracedHandling(handling, traces), aliases, wall)
        access = await enter(PostgresAccessLog(postgres.app))
        gate = Gate(log, keyring, sealing, clock, access)
        looking = Looking(log, gate, sealing, clock, aliases)
        candidates = PostgresCandidates(lists)
        viewing = Viewing(looking, Listing(looking, cursors), cursors, candidates)

        kept_up = PostgresProcesses(await enter(PostgresLists(postgres.app)))
        settling = await enter(reacting(log, sealing, handling, views, kept_up, clock, head))
        passing = PassingBy(clock, settling) if isinstance(clock, DemoClock) else None
        fed = feeding(looking, cursors, lists, head, wall)
        door = entrance(
            Behind(
                identity=identity,
                receiving=receiving,
                answers=await enter(PostgresAnswers(postgres.app)),
                viewing=viewing,
                registers=registers(log, gate, keyring, sealing, clock, aliases, cursors, lists),
                feeding=fed,
                replaying=Replaying(looking, cursors, operator.operator),
                explaining=Explaining(looking, cursors, operator.operator),
                trailing=Trailing(looking, cursors, operator.operator),
                supposing=Supposing(looking, sealing, clock, aliases),
                aliases=aliases,
                timekeeping=Timekeeping(operator, clock, passing),
                checks=await enter(watched(log, views, nats)),
                traces=traces,
            )
        )
        await enter(open_desk(nats, identity, receiving))
        await enter(open_feed(nats, identity, fed))
        url = await enter(serving(settings, door))
        announce(settings, url)
        yield App(endpoints, log, keyring, sealing, handling, identity, operator, url)


@asynccontextmanager
async def seedbed(
    settings: Settings, environ: Mapping[str, str] = os.environ
) -> AsyncGenerator[Sowing]:
    """The engines with nobody at work beside whoever sows; nothing is founded here."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        endpoints = await enter(engines(settings))
        await migrate(endpoints.postgres.owner)
        opener = await kek_of(settings, endpoints, environ)
        log = await enter(PostgresEventLog(endpoints.postgres.app))
        keyring = await enter(PostgresKeyring(endpoints.postgres.keyring, opener))
        clock = await enter(PostgresClock(endpoints.postgres.app))
        kept_up = PostgresProcesses(await enter(PostgresLists(endpoints.postgres.app)))
        heard = [p.name for p in PROCESSES if not await kept_up.has_unheard(p.name, p.tags)]
        yield Sowing(log, keyring, Sealing(EVENTS, ChaChaCipher()), clock)
        # All that follows is sown with what it follows from.
        await kept_up.have_heard_all(heard)
