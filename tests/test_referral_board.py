"""The board of referrals: where each stands, whichever way it went."""

from collections.abc import Sequence
from typing import Final

import msgspec
import pytest
from msgspec.structs import replace

from domain.fields import tag_of
from domain.header import SCHEMA, Header
from domain.model import CommandId, StreamId, stream_of
from domain.referral import ReferralEvent
from domain.referral_codes import ReferralStatus
from projections.referral_board import REFERRAL_BOARD, ReferralRow
from projections.referral_view import project
from projections.tables import Seen, fold, touched
from tests.referring import HER_CASE, HER_REFERRAL, HISTORIES, asked, drafted, sent
from tests.spec import CENTRE, CITY, NOW, an_id

STREAM: Final = stream_of("referral", HER_REFERRAL)
ON_BOARD: Final = ReferralRow(
    stream=STREAM,
    referral_id=HER_REFERRAL,
    case_id=HER_CASE,
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
    status="DRAFT",
    drafted=1,
)


def as_seen(history: Sequence[ReferralEvent]) -> list[Seen]:
    return [Seen(at, NOW, header(event, at), event) for at, event in enumerate(history, start=1)]


def header(event: ReferralEvent, position: int) -> Header:
    command = CommandId(an_id(90))
    return Header(
        schema=SCHEMA,
        id=an_id(91),
        type=tag_of(type(event)),
        stream=STREAM,
        version=position,
        occurred_at=NOW,
        agency=CITY.agency,
        staff=CITY.staff,
        role=CITY.role,
        correlation=command,
        command=command,
        case=HER_CASE,
        facts=msgspec.Raw(b"{}"),
    )


def rows(history: Sequence[ReferralEvent]) -> dict[tuple[StreamId], ReferralRow | None]:
    return fold(REFERRAL_BOARD, {}, touched(REFERRAL_BOARD, as_seen(history)))


OVER: Final = {"COMPLETED", "DECLINED", "REDIRECTED", "EXPIRED", "WITHDRAWN", "DROPPED"}
EXPECTED: Final[dict[str, tuple[ReferralStatus, int | None]]] = {
    "DRAFT": ("DRAFT", None),
    "INQUIRED": ("INQUIRED", 2),
    "READY": ("DRAFT", 2),
    "SENT": ("SENT", 2),
    "RECEIVED": ("RECEIVED", 2),
    "INFO_REQUESTED": ("INFO_REQUESTED", 2),
    "ACCEPTED": ("ACCEPTED", 2),
    "COMPLETED": ("COMPLETED", 2),
    "DECLINED": ("DECLINED", 2),
    "REDIRECTED": ("REDIRECTED", 2),
    "EXPIRED": ("EXPIRED", 2),
    "WITHDRAWN": ("WITHDRAWN", 2),
    "DROPPED": ("WITHDRAWN", None),  # The receiver never knew of it, and never will.
}


@pytest.mark.parametrize("state", EXPECTED)
def test_the_board_and_the_view_say_how_far_it_has_come(state: str) -> None:
    status, reached = EXPECTED[state]
    row = replace(ON_BOARD, status=status, is_open=state not in OVER, sent=reached)
    assert rows(HISTORIES[state]) == {(STREAM,): row}
    assert project(HISTORIES[state]).status == status


def test_every_history_is_told() -> None:
    assert {"NONE", *EXPECTED} == set(HISTORIES)


def test_once_it_was_asked_the_receiver_finds_it_in_the_same_place() -> None:
    (row,) = rows((drafted, asked, *HISTORIES["READY"][2:], sent)).values()
    assert row == replace(ON_BOARD, status="SENT", sent=2)
