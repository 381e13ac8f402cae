"""The entrance as it stands in production, over a database that has a past."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from adapters.crypto import AesVeil, ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.feeding import feeding
from adapters.http.entrance import Behind, entrance
from adapters.http.serving import serving
from adapters.postgres.access import PostgresAccessLog
from adapters.postgres.answers import PostgresAnswers
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.lists import PostgresLists
from adapters.postgres.tokens import PostgresTokens
from adapters.registers import registers
from adapters.settings import Settings
from adapters.traces import NoTraces
from domain.catalogue import EVENTS
from domain.installation import InstallationFounded
from services.aliases import Aliases, Cursors
from services.disclosing import Gate
from services.explaining import Explaining
from services.handling import Handling
from services.identity import Identity
from services.keys import installation_key
from services.listing import Listing
from services.looking import Looking
from services.ports import Clock
from services.receiving import Receiving
from services.relaying import Head
from services.replaying import Replaying
from services.sealing import Sealing
from services.supposing import Supposing
from services.timekeeping import Timekeeping
from services.trailing import Trailing
from services.viewing import Viewing

ANYWHERE: Final = Settings(data=Path("/nowhere"), http_port=0)


class Served(NamedTuple):
    url: str
    log: PostgresEventLog
    keyring: PostgresKeyring
    sealing: Sealing
    identity: Identity
    aliases: Aliases


@asynccontextmanager
async def served(
    access: PostgresAccess, kek: Kek, clock: Clock, wall: Clock, operator: InstallationFounded
) -> AsyncGenerator[Served]:
    """With every check; ``clock`` is the log's, tokens live by the other."""
    async with (
        PostgresEventLog(access.app) as log,
        PostgresKeyring(access.keyring, kek) as keyring,
        PostgresTokens(access.app) as tokens,
        PostgresAnswers(access.app) as answers,
        PostgresLists(access.app) as lists,
        PostgresAccessLog(access.app) as read,
    ):
        sealing, veil = Sealing(EVENTS, ChaChaCipher()), AesVeil()
        secret = await installation_key(keyring)
        aliases, cursors = Aliases(secret, veil), Cursors(secret, veil)
        gate = Gate(log, keyring, sealing, clock, read)
        looking = Looking(log, gate, sealing, clock, aliases)
        candidates = PostgresCandidates(lists)
        identity = Identity(log, keyring, sealing, tokens, wall)
        door = entrance(
            Behind(
                identity=identity,
                receiving=Receiving(Handling(log, keyring, sealing, clock), aliases, wall),
                answers=answers,
                viewing=Viewing(looking, Listing(looking, cursors), cursors, candidates),
                registers=registers(log, gate, keyring, sealing, clock, aliases, cursors, lists),
                feeding=feeding(looking, cursors, lists, Head(), wall),
                replaying=Replaying(looking, cursors, operator.operator),
                explaining=Explaining(looking, cursors, operator.operator),
                trailing=Trailing(looking, cursors, operator.operator),
                supposing=Supposing(looking, sealing, clock, aliases),
                aliases=aliases,
                timekeeping=Timekeeping(operator, clock, None),
                checks={},
                traces=NoTraces(),
            )
        )
        async with serving(ANYWHERE, door) as url:
            yield Served(url, log, keyring, sealing, identity, aliases)
