"""Tokens of an installation that runs (トークン): issued, listed, taken back."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from rich.console import RenderableType
from rich.text import Text

from adapters import words
from adapters.admitting import identity_of
from adapters.engines import attached
from adapters.settings import Settings
from adapters.words import Language, Words
from domain.calendar import JAPAN
from domain.model import AgencyId, StaffId, StaffRole
from services.identity import TokenId, TokenLine


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """Shown once: nobody can show it again."""

    token: str
    id: TokenId
    agency: AgencyId
    staff: StaffId
    role: StaffRole
    issued_at: datetime
    expires_at: datetime


class NatsLoginShown(msgspec.Struct, frozen=True, kw_only=True):
    """The same each time: it follows from the seed of the installation."""

    url: str
    seed: str
    inbox: str


def nats_login(settings: Settings, agency: UUID) -> NatsLoginShown:
    login = attached(settings).nats.of_agency(AgencyId(agency))
    assert login.seed
    return NatsLoginShown(url=login.url, seed=login.seed, inbox=login.inbox)


async def issued(
    settings: Settings, staff: UUID | None, agency: UUID | None, hours: int
) -> IssuedToken:
    async with identity_of(settings) as identity:
        text, bearer = await identity.issue(
            None if staff is None else StaffId(staff),
            None if agency is None else AgencyId(agency),
            hours,
        )
    return IssuedToken(token=text, **msgspec.structs.asdict(bearer))


async def listed(settings: Settings) -> Sequence[TokenLine]:
    async with identity_of(settings) as identity:
        return await identity.issued()


async def revoked(settings: Settings, token: UUID) -> None:
    async with identity_of(settings) as identity:
        await identity.revoke(TokenId(token))


def whose(issued: IssuedToken) -> Words:
    return words.TOKEN_IS_FOR.about(
        staff=issued.staff, role=issued.role, until=_at(issued.expires_at)
    )


def token_lines(lines: Sequence[TokenLine], language: Language) -> Iterator[RenderableType]:
    now = datetime.now(UTC)
    for line in lines:
        state = words.TOKEN_STATES[_state(line, now)].spoken(language)
        yield Text(f"{line.id}  {_at(line.issued_at)} – {_at(line.expires_at)}  {state}")
        about = words.TOKEN_OF.about(agency=line.agency, staff=line.staff)
        yield Text(f"   {about.spoken(language)}", "dim")


def _state(line: TokenLine, now: datetime) -> str:
    if line.revoked_at:
        return "revoked"
    return "expired" if line.expires_at <= now else "good"


def _at(at: datetime) -> str:
    return f"{at.astimezone(JAPAN):%m-%d %H:%M}"
