"""A token is one text, which only we can write; and what was revoked is known within a second."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model import AgencyId, StaffId
from services import identity
from services.identity import (
    PREFIX,
    TOKEN_LENGTH_MAX,
    Bearer,
    Revoked,
    TokenId,
    TokenNotValid,
    read,
    written,
)
from services.ports import LogUnavailable
from tests.spec import NOW

OURS, THEIRS = bytes(32), bytes(31) + b"\1"
SATO = Bearer(
    id=TokenId(UUID(int=1)),
    agency=AgencyId(UUID(int=2)),
    staff=StaffId(UUID(int=3)),
    role="COORDINATOR",
    issued_at=NOW,
    expires_at=NOW + timedelta(hours=8),
)
TOKEN = written(SATO, OURS)


def test_what_was_written_is_read() -> None:
    assert read(TOKEN, OURS) == SATO
    assert TOKEN.startswith(PREFIX)
    assert len(TOKEN) < TOKEN_LENGTH_MAX / 2


def test_another_installations_token_is_none_of_ours() -> None:
    with pytest.raises(TokenNotValid):
        read(written(SATO, THEIRS), OURS)


@given(at=st.integers(0, len(TOKEN) - 1), character=st.characters())
def test_a_token_changed_anywhere_is_none(at: int, character: str) -> None:
    changed = TOKEN[:at] + character + TOKEN[at + 1 :]
    if changed != TOKEN:
        with pytest.raises(TokenNotValid):
            read(changed, OURS)


@given(more=st.text(min_size=1))
def test_a_token_with_more_before_or_behind_it_is_none(more: str) -> None:
    for longer in (TOKEN + more, more + TOKEN, TOKEN + "=", TOKEN + "\n"):
        with pytest.raises(TokenNotValid):
            read(longer, OURS)


@given(text=st.text() | st.text("tsg_.AZaz09-=", min_size=20, max_size=2 * TOKEN_LENGTH_MAX))
def test_what_nobody_wrote_is_no_token(text: str) -> None:
    with pytest.raises(TokenNotValid):
        read(text, OURS)


class Register:
    """Counts how often it is asked, and answers when it is let."""

    def __init__(self) -> None:
        self.revoked: frozenset[TokenId] = frozenset()
        self.asked = 0
        self.reachable = True

    async def answer(self) -> frozenset[TokenId]:
        self.asked += 1
        await asyncio.sleep(0)
        if not self.reachable:
            raise LogUnavailable
        return self.revoked


@pytest.fixture
def now_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    passed = [0.0]
    monkeypatch.setattr(identity, "monotonic", lambda: passed[0])
    return passed


async def test_many_who_ask_within_a_second_ask_once(now_s: list[float]) -> None:
    register = Register()
    revoked = Revoked(register.answer)
    await asyncio.gather(*(revoked.holds(SATO.id) for _ in range(50)))
    now_s[0] = 1.0
    assert not await revoked.holds(SATO.id)
    assert register.asked == 1


async def test_a_revoked_token_is_good_for_a_second_at_most(now_s: list[float]) -> None:
    register = Register()
    revoked = Revoked(register.answer)
    assert not await revoked.holds(SATO.id)
    register.revoked = frozenset({SATO.id})
    now_s[0] = 1.001
    assert await revoked.holds(SATO.id)


async def test_where_it_cannot_be_known_nobody_is_let_in(now_s: list[float]) -> None:
    register = Register()
    revoked = Revoked(register.answer)
    assert not await revoked.holds(SATO.id)
    register.reachable, now_s[0] = False, 1.001
    asked = [revoked.holds(SATO.id) for _ in range(20)]
    refused = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(each) for each in refused} == {LogUnavailable}
    assert register.asked == 2
    register.reachable = True
    assert not await revoked.holds(SATO.id)


async def test_who_goes_while_it_is_looked_up_takes_the_answer_from_nobody(
    now_s: list[float],
) -> None:
    now_s[0] = 5.0
    register = Register()
    revoked = Revoked(register.answer)
    hasty, patient = (asyncio.create_task(revoked.holds(SATO.id)) for _ in range(2))
    await asyncio.sleep(0)
    hasty.cancel()
    assert not await patient
    assert register.asked == 1
