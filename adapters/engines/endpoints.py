"""Where the engines are, and how to log in to them."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias, TypedDict

import msgspec

from adapters.engines.nkey import agency_seed
from domain.model import AgencyId
from domain.speech import CannotRun

Admit: TypeAlias = Callable[[Collection[AgencyId]], Awaitable[None]]


class LoginsNotOurs(CannotRun):
    """We log in to NATS with credentials that another made, and cannot make any for agencies."""

    ja: ClassVar[str] = "NATS の認証情報をつなぐが作っていないため、機関の鍵を作れません。"
    remedy: ClassVar[str] = (
        "Give each agency an account on that server, or log in with a seed (nkey) there."
    )
    remedy_ja: ClassVar[str] = (
        "そのサーバーで機関ごとのアカウントを用意するか、シード（nkey）で接続してください。"
    )


DATABASE = "tsunagu"
OWNER = "tsunagu_owner"
APP = "tsunagu_app"
KEYRING = "tsunagu_keyring"
DESK_INBOX = "_INBOX_DESK"
# As an agency says them; of whom they are, the server says to us.
FETCH = "feed.fetch"
WAKE = "feed.wake"


class Sealed(msgspec.Struct, frozen=True):
    """Holds passwords: shows nothing."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<sealed>)"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []


class PostgresAccess(Sealed, frozen=True):
    """Three psycopg conninfos, one a role."""

    owner: str
    app: str
    keyring: str


class NatsLogin(TypedDict, total=False):
    nkeys_seed_str: str
    user_credentials: str


class NatsAccess(Sealed, frozen=True):
    url: str
    seed: str | None = None
    credentials: Path | None = None
    monitor_url: str | None = None
    inbox: str = "_INBOX"
    desk_seed: str | None = None  # Where others run the server, it is theirs to give out.
    store: Path | None = None  # Its folder, where we can see it.

    def login(self) -> NatsLogin:
        """What `nats.connect` wants beside the address."""
        if self.seed:
            return {"nkeys_seed_str": self.seed}
        if self.credentials:
            return {"user_credentials": str(self.credentials)}
        return {}

    def of_agency(self, agency: AgencyId) -> "NatsAccess":
        """As the systems of this agency log in, and those of no other."""
        if self.seed is None:
            raise LoginsNotOurs
        return NatsAccess(self.url, seed=agency_seed(self.seed, agency), inbox=inbox_of(agency))

    def at_the_desk(self) -> "NatsAccess":
        """As the systems of agencies log in, whose rights are few."""
        assert self.desk_seed
        return NatsAccess(self.url, seed=self.desk_seed, inbox=DESK_INBOX)


class Endpoints(msgspec.Struct, frozen=True):
    """``admit``, where the server is ours: which agencies have an account there from then on."""

    postgres: PostgresAccess
    nats: NatsAccess
    admit: Admit | None = None

    def __eq__(self, other: object) -> bool:
        """The same places, whoever has started them."""
        if not isinstance(other, Endpoints):
            return NotImplemented
        return (self.postgres, self.nats) == (other.postgres, other.nats)

    def __hash__(self) -> int:
        return hash((self.postgres, self.nats))


class PostgresAddress(msgspec.Struct, frozen=True):
    socket_dir: str
    port: int
    database: str = DATABASE
    owner: str = OWNER
    app: str = APP
    keyring: str = KEYRING


class NatsAddress(msgspec.Struct, frozen=True):
    url: str
    monitor_url: str


class Running(msgspec.Struct, frozen=True):
    """What `run/endpoints.json` says while we run; an engine that is external is not in it."""

    pid: int
    started_at: datetime
    postgres: PostgresAddress | None
    nats: NatsAddress | None
    http: str | None = None  # Once it is served.


class Secrets(Sealed, frozen=True):
    """What `run/secrets.json` keeps."""

    owner: str
    app: str
    keyring: str
    nats_seed: str
    nats_store_key: str
    desk_seed: str = ""  # Of a folder that knew no desk yet, until it is held again.


def inbox_of(agency: AgencyId) -> str:
    return f"_INBOX_{agency.hex}"


def fetch_of(agency: AgencyId | Literal["*"]) -> str:
    return f"feed.{agency}.fetch"


def wake_of(agency: AgencyId) -> str:
    return f"feed.{agency}.wake"


def postgres_access(address: PostgresAddress, secrets: Secrets) -> PostgresAccess:
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 (slow, for who asks for NATS alone)

    def conninfo(user: str, password: str) -> str:
        return make_conninfo(
            host=address.socket_dir,
            port=address.port,
            dbname=address.database,
            user=user,
            password=password,
        )

    return PostgresAccess(
        owner=conninfo(address.owner, secrets.owner),
        app=conninfo(address.app, secrets.app),
        keyring=conninfo(address.keyring, secrets.keyring),
    )


def store_in(data: Path) -> Path:
    """Where the server that is ours keeps its streams, a folder an account."""
    return data / "nats/jetstream/jetstream"


def nats_access(address: NatsAddress, secrets: Secrets, store: Path) -> NatsAccess:
    return NatsAccess(
        address.url,
        seed=secrets.nats_seed,
        monitor_url=address.monitor_url,
        desk_seed=secrets.desk_seed or None,
        store=store,
    )
