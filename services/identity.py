"""Who is asking (身元): one member of staff of one agency, by a token that we have signed.

A token says who it was made for and until when; its signature covers its text, letter by letter, so
that there is one text for each token. Only what was revoked before its time has to be looked up.
"""

import asyncio
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import ClassVar, Final, NamedTuple, NewType, Protocol
from uuid import UUID, uuid4

import msgspec

from domain.agency import Agency, NoAgency, StaffNotKnown, check_may_act
from domain.model import AgencyId, StaffId, StaffRole, stream_of
from domain.speech import Refused
from services.deciding import past_of
from services.founding import Founding
from services.keys import derived, installation_key
from services.ports import Clock, EventLog, Keyring, SecretKey
from services.sealing import Sealing

TokenId = NewType("TokenId", UUID)

HOURS_MAX: Final = 8
REVOKED_WITHIN_S: Final = 1.0
TOKEN_LENGTH_MAX: Final = 512
PREFIX: Final = "tsg_"  # So that whoever finds one lying about can tell what it is.


class TokenMissing(Refused):
    """Nothing is done or shown without a token of a member of staff."""

    ja: ClassVar[str] = "職員のトークンがないため、操作も閲覧もできません。"


class TokenNotValid(Refused):
    """This is no token of this installation."""

    ja: ClassVar[str] = "この環境で発行されたトークンではありません。"


class TokenExpired(Refused):
    """The token has expired: ask for a new one."""

    ja: ClassVar[str] = "トークンの有効期限が切れています。新しいトークンを受け取ってください。"


class TokenRevoked(Refused):
    """The token has been revoked before its time."""

    ja: ClassVar[str] = "このトークンは失効しています。"


class TokenTooLong(Refused):
    """A token is good for eight hours at most."""

    ja: ClassVar[str] = "トークンの有効期間は長くても8時間です。"


class TokenNotFound(Refused):
    """No token of this id has been issued."""

    ja: ClassVar[str] = "この番号のトークンは発行されていません。"


class NotFounded(Refused):
    """This installation has no operator yet: `tsunagu up` founds it."""

    ja: ClassVar[str] = (
        "運営担当者がまだ登録されていません。`tsunagu up` の最初の起動で登録されます。"
    )


class Bearer(msgspec.Struct, frozen=True, array_like=True):
    """What a token says."""

    id: TokenId
    agency: AgencyId
    staff: StaffId
    role: StaffRole
    issued_at: datetime
    expires_at: datetime


class Issued(NamedTuple):
    """``text`` is shown once, and kept nowhere."""

    text: str
    bearer: Bearer


class TokenLine(msgspec.Struct, frozen=True):
    """What is kept of a token: nothing that would serve in its place."""

    id: TokenId
    agency: AgencyId
    staff: StaffId
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class Tokens(Protocol):
    async def record(self, line: TokenLine) -> None: ...

    async def all(self) -> Sequence[TokenLine]:
        """The last issued first."""
        ...

    async def revoke(self, token: TokenId) -> bool:
        """Whether there is such a token. Revoked once, it stays revoked."""
        ...

    async def revoked(self) -> frozenset[TokenId]:
        """Of those with which something may still come in."""
        ...


class Identity:
    def __init__(
        self, log: EventLog, keyring: Keyring, sealing: Sealing, tokens: Tokens, clock: Clock
    ) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._tokens: Final = tokens
        self._clock: Final = clock
        self._founding: Final = Founding(log, keyring, sealing, clock)
        self._revoked: Final = Revoked(tokens.revoked)
        self._key: SecretKey | None = None

    async def bearer(self, text: str | None, at: datetime | None = None) -> Bearer:
        """Whose token this is, if it is good now, or was when it was sent and not revoked since."""
        if not text:
            raise TokenMissing
        bearer = read(text, await self._signing_key())
        if bearer.expires_at <= (at or self._clock.now()):
            raise TokenExpired
        if await self._revoked.holds(bearer.id):
            raise TokenRevoked
        return bearer

    async def admit(self, bearer: Bearer) -> None:
        """Nobody reads who is not enrolled and pledged now; handling asks the same of commands."""
        check_may_act(await self._agency(bearer.agency), bearer.staff, bearer.role)

    async def issue(
        self, staff: StaffId | None = None, agency: AgencyId | None = None, hours: int = HOURS_MAX
    ) -> Issued:
        """For the operator's first member of staff, unless told for whom."""
        if not 1 <= hours <= HOURS_MAX:
            raise TokenTooLong
        founded = await self._founding.founded()
        if founded is None:
            raise NotFounded
        staff, agency = staff or founded.first_staff, agency or founded.operator
        now = self._clock.now()
        bearer = Bearer(
            id=TokenId(uuid4()),
            agency=agency,
            staff=staff,
            role=await self._role(agency, staff),
            issued_at=now,
            expires_at=now + timedelta(hours=hours),
        )
        text = written(bearer, await self._signing_key())
        await self._tokens.record(_line(bearer))
        return Issued(text, bearer)

    async def issued(self) -> Sequence[TokenLine]:
        return await self._tokens.all()

    async def revoke(self, token: TokenId) -> None:
        if not await self._tokens.revoke(token):
            raise TokenNotFound

    async def _role(self, agency: AgencyId, staff: StaffId) -> StaffRole:
        state = await self._agency(agency)
        if isinstance(state, NoAgency) or staff not in state.staff:
            raise StaffNotKnown
        role = state.staff[staff].role
        check_may_act(state, staff, role)
        return role

    async def _agency(self, agency: AgencyId) -> Agency:
        reading = await self._log.recall(stream_of("agency", agency))
        return past_of(self._sealing, reading).agency(agency)

    async def _signing_key(self) -> SecretKey:
        if self._key is None:
            self._key = derived(await installation_key(self._keyring), "staff tokens")
        return self._key


class Revoked:
    """What is revoked, as it was a second ago at most. Asked once a second, whoever is waiting."""

    def __init__(self, ask: Callable[[], Awaitable[frozenset[TokenId]]]) -> None:
        self._ask: Final = ask
        self._known: frozenset[TokenId] = frozenset()
        self._known_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def holds(self, token: TokenId) -> bool:
        """Raises where it cannot be known."""
        while monotonic() - self._known_at > REVOKED_WITHIN_S:
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(self._look())
                self._asking.add_done_callback(_heard)
            await asyncio.shield(self._asking)
        return token in self._known

    async def _look(self) -> None:
        asked_at = monotonic()
        self._known = await self._ask()
        self._known_at = asked_at


def _heard(asking: asyncio.Task[None]) -> None:
    """Whoever waited for it was told; where nobody waits any more, there is nothing to tell."""
    if not asking.cancelled():
        asking.exception()


def written(bearer: Bearer, key: SecretKey) -> str:
    said = PREFIX + _base64(_BEARER.encode(bearer))
    return f"{said}.{_signature(said, key)}"


def read(text: str, key: SecretKey) -> Bearer:
    """What is read has been signed; what was not signed is not read."""
    said, dot, signature = text[: TOKEN_LENGTH_MAX + 1].rpartition(".")
    if len(text) > TOKEN_LENGTH_MAX or not dot or not text.isascii():
        raise TokenNotValid
    if not hmac.compare_digest(signature, _signature(said, key)):
        raise TokenNotValid
    return _AS_BEARER.decode(urlsafe_b64decode(said.removeprefix(PREFIX) + "==="))


def _signature(said: str, key: SecretKey) -> str:
    return _base64(hmac.digest(key, said.encode(), "sha256"))


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _line(bearer: Bearer) -> TokenLine:
    return TokenLine(
        id=bearer.id,
        agency=bearer.agency,
        staff=bearer.staff,
        issued_at=bearer.issued_at,
        expires_at=bearer.expires_at,
    )


_BEARER: Final = msgspec.msgpack.Encoder(uuid_format="bytes")
_AS_BEARER: Final = msgspec.msgpack.Decoder(Bearer)
