"""Tokens are issued to those who may act, and taken back, on the real engine."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from psycopg import errors

from adapters.crypto import ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.tokens import PostgresTokens
from contracts.answers import Accepted
from domain.agency import (
    AgencyIsSuspended,
    EnrolStaff,
    PledgeNotSigned,
    RegisterAgency,
    RestoreAgency,
    SignPledge,
    StaffNotKnown,
    SuspendAgency,
)
from domain.catalogue import EVENTS, AnyCommand
from domain.installation import InstallationFounded
from domain.model import AgencyId, CommandId, StaffId
from services.founding import Founding
from services.handling import Ask, Handling
from services.identity import (
    HOURS_MAX,
    Identity,
    NotFounded,
    TokenExpired,
    TokenId,
    TokenMissing,
    TokenNotFound,
    TokenNotValid,
    TokenRevoked,
    TokenTooLong,
)
from services.ports import LogUnavailable
from services.sealing import Sealing

REGISTER = RegisterAgency(
    kind="WOMENS_SUPPORT_CENTRE", name="県女性相談支援センター", sector="PUBLIC"
)


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Office(NamedTuple):
    """An installation of its own."""

    identity: Identity
    founding: Founding
    handling: Handling
    tokens: PostgresTokens
    clock: Clock
    access: PostgresAccess

    async def agency(self, founded: InstallationFounded) -> tuple[AgencyId, StaffId]:
        """One more, and its first member of staff, who has not signed a pledge yet."""
        agency = AgencyId(await self.made(founded, REGISTER))
        enrol = EnrolStaff(agency_id=agency, role="CASEWORKER")
        return agency, StaffId(await self.made(founded, enrol))

    async def made(self, founded: InstallationFounded, command: AnyCommand) -> UUID:
        made = (await self.done(founded, command)).made
        assert made is not None
        return made

    async def done(self, founded: InstallationFounded, command: AnyCommand) -> Accepted:
        ask = Ask(
            id=CommandId(uuid4()),
            agency=founded.operator,
            staff=founded.first_staff,
            role="REPRESENTATIVE",
            command=command,
        )
        answer = await self.handling.handle(ask)
        assert isinstance(answer, Accepted), answer
        return answer


@pytest_asyncio.fixture
async def office(database: PostgresAccess) -> AsyncIterator[Office]:
    clock, sealing = Clock(), Sealing(EVENTS, ChaChaCipher())
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
        PostgresTokens(database.app) as tokens,
    ):
        yield Office(
            Identity(log, keyring, sealing, tokens, clock),
            Founding(log, keyring, sealing, clock),
            Handling(log, keyring, sealing, clock),
            tokens,
            clock,
            database,
        )


async def test_before_there_is_an_operator_nobody_gets_a_token(office: Office) -> None:
    with pytest.raises(NotFounded):
        await office.identity.issue()


async def test_unless_told_for_whom_a_token_is_the_first_operators(office: Office) -> None:
    founded = await office.founding.once()
    text, bearer = await office.identity.issue(hours=1)
    assert (bearer.agency, bearer.staff) == (founded.operator, founded.first_staff)
    assert bearer.role == "REPRESENTATIVE"
    assert bearer.expires_at - bearer.issued_at == timedelta(hours=1)
    assert await office.identity.bearer(text) == bearer
    await office.identity.admit(bearer)


async def test_a_token_is_for_whoever_is_enrolled_and_pledged(office: Office) -> None:
    founded = await office.founding.once()
    agency, staff = await office.agency(founded)
    with pytest.raises(PledgeNotSigned):
        await office.identity.issue(staff, agency)
    await office.done(founded, SignPledge(agency_id=agency, staff_id=staff, text_version="1"))
    assert (await office.identity.issue(staff, agency)).bearer.role == "CASEWORKER"
    for stranger, elsewhere in (
        (StaffId(uuid4()), agency),
        (staff, founded.operator),
        (staff, AgencyId(uuid4())),
    ):
        with pytest.raises(StaffNotKnown):
            await office.identity.issue(stranger, elsewhere)


async def test_of_a_suspended_agency_nobody_gets_a_token_and_nobody_reads(office: Office) -> None:
    founded = await office.founding.once()
    agency, staff = await office.agency(founded)
    await office.done(founded, SignPledge(agency_id=agency, staff_id=staff, text_version="1"))
    bearer = (await office.identity.issue(staff, agency)).bearer
    await office.done(founded, SuspendAgency(agency_id=agency))
    with pytest.raises(AgencyIsSuspended):
        await office.identity.issue(staff, agency)
    with pytest.raises(AgencyIsSuspended):
        await office.identity.admit(bearer)
    await office.done(founded, RestoreAgency(agency_id=agency))
    await office.identity.admit(bearer)


@pytest.mark.parametrize("hours", [-1, 0, HOURS_MAX + 1, 10**9])
async def test_nobody_gets_a_token_for_more_than_eight_hours(office: Office, hours: int) -> None:
    await office.founding.once()
    with pytest.raises(TokenTooLong):
        await office.identity.issue(hours=hours)
    assert not await office.tokens.all()


async def test_a_token_is_good_to_its_last_second_and_no_longer(office: Office) -> None:
    await office.founding.once()
    text, bearer = await office.identity.issue()
    office.clock.ahead = timedelta(hours=8, seconds=-2)
    assert await office.identity.bearer(text) == bearer
    office.clock.ahead = timedelta(hours=8)
    with pytest.raises(TokenExpired):
        await office.identity.bearer(text)


@pytest.mark.parametrize("text", [None, ""])
async def test_without_a_token_nobody_is_anybody(office: Office, text: str | None) -> None:
    with pytest.raises(TokenMissing):
        await office.identity.bearer(text)


async def test_a_revoked_token_is_refused_wherever_it_is_shown_first(office: Office) -> None:
    await office.founding.once()
    text, bearer = await office.identity.issue()
    other, _ = await office.identity.issue()
    await office.identity.revoke(bearer.id)
    await office.identity.revoke(bearer.id)
    with pytest.raises(TokenRevoked):
        await office.identity.bearer(text)
    await office.identity.bearer(other)
    with pytest.raises(TokenNotFound):
        await office.identity.revoke(TokenId(uuid4()))


async def test_the_list_tells_whose_they_are_and_not_what_they_are(office: Office) -> None:
    await office.founding.once()
    text, first = await office.identity.issue()
    _, second = await office.identity.issue(hours=2)
    await office.identity.revoke(first.id)
    listed = await office.identity.issued()
    assert [line.id for line in listed] == [second.id, first.id]
    assert [line.revoked_at is None for line in listed] == [True, False]
    assert listed[0].expires_at == second.expires_at
    with psycopg.connect(office.access.owner) as owner:
        kept = str(owner.execute("select t from identity.token t").fetchall())
    assert not any(part in kept for part in text.removeprefix("tsg_").split("."))


async def test_a_token_of_another_installation_opens_nothing(office: Office) -> None:
    await office.founding.once()
    text, _ = await office.identity.issue()
    with psycopg.connect(office.access.owner) as owner:
        owner.execute("alter table keyring.key disable trigger stay_destroyed")
        owner.execute("delete from keyring.key where person = %s", (UUID(int=0),))
    sealing = Sealing(EVENTS, ChaChaCipher())
    async with (
        PostgresEventLog(office.access.app) as log,
        PostgresKeyring(office.access.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
    ):
        another = Identity(log, keyring, sealing, office.tokens, office.clock)
        with pytest.raises(TokenNotValid):
            await another.bearer(text)


async def test_a_revoked_token_stays_revoked_and_the_rest_is_not_for_changing(
    office: Office,
) -> None:
    await office.founding.once()
    _, bearer = await office.identity.issue()
    await office.identity.revoke(bearer.id)
    with psycopg.connect(office.access.app, autocommit=True) as app:
        with pytest.raises(errors.RestrictViolation):
            app.execute("update identity.token set revoked_at = null")
        for change in (
            "update identity.token set expires_at = now() + interval '1 year'",
            "delete from identity.token",
            "truncate identity.token",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(change.encode())


async def test_while_the_register_cannot_be_asked_nobody_is_let_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.postgres.links.DEADLINE_S", 0.2)
    await office.founding.once()
    text, _ = await office.identity.issue()
    with psycopg.connect(office.access.owner) as holder:
        holder.execute("lock table identity.token")
        with pytest.raises(LogUnavailable):
            await office.identity.bearer(text)
    await office.identity.bearer(text)
