"""Whatever takes something back goes the narrowing way: a lane of its own, until it stands.

If it cannot be recorded, that is loud; if it is, the answer says by when nothing is on its way.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple, cast
from uuid import uuid4

import pytest

from adapters.crypto import AesVeil
from contracts.answered import Done
from contracts.answers import Accepted, Answer
from contracts.asked import Asked as Sent
from domain.agency import EndCommissionContract, EndEnrolment, EndFeedCustodian
from domain.case import ReopenCase, ResponsibilityMoved
from domain.case.services import PROVIDING, ServiceStatusChanged
from domain.catalogue import AnyCommand
from domain.consent_ledger import WithdrawConsent
from domain.erasure import DecideErasure
from domain.model import (
    AgencyId,
    CaseId,
    Command,
    CommandId,
    ErasureRequestId,
    Event,
    GrantId,
    StaffId,
    StreamId,
)
from domain.network import LeaveNetwork
from services.aliases import Aliases
from services.deciding.ending import ENDING
from services.disclosing import WINDOW
from services.handling import Ask, Handling, NotTakenBack
from services.identity import Bearer, TokenId
from services.ports import Append, Cases, EventLog, Fact, LaneName, LogUnavailable, Outcome, Reading
from services.reacting.withdrawals import CAUSES
from services.receiving import Receiving
from tests.histories import history
from tests.losing import NARROWS
from tests.peers import midorino
from tests.sealed import SEALING, SECRET, Keyring, Stopped
from tests.spec import NOW
from tests.stories import tell
from tests.test_duties import REOPEN, never_accepted
from tests.test_stories import InMemory
from tests.world import Said, Someone, World

HISTORIES: Final = 40
TAKING: Final[tuple[type[Event], ...]] = (*CAUSES, *ENDING)
# What is seen no more by what they say of an agency or a network is of no case in particular.
OF_NO_CASE: Final = frozenset[type[Command]](
    {EndCommissionContract, EndEnrolment, EndFeedCustodian, LeaveNetwork}
)
REQUEST: Final = ErasureRequestId(uuid4())
restrict = DecideErasure(request_id=REQUEST, decision="RESTRICT", grounds="RETENTION_RUNNING")
erase = DecideErasure(request_id=REQUEST, decision="ERASE", grounds="RETENTION_OVER")
# Before it was decided; afterwards, it is to be used again.
refuse = DecideErasure(request_id=REQUEST, decision="REFUSE", grounds="LEGAL_HOLD")
withdraw = WithdrawConsent(grant_id=GrantId(uuid4()))
TAKES_BACK: Final = pytest.mark.parametrize(
    ("command", "takes_back"),
    [(restrict, True), (erase, True), (refuse, False), (withdraw, True)],
    ids=["restrict", "erase", "refuse", "withdraw"],
)


# Which those are


class CameAbout(NamedTuple):
    event: Event
    by: AnyCommand

    @property
    def takes_something(self) -> bool:
        """Of what is in ``CAUSES``, or ends her consent, be there one until then or not."""
        if isinstance(self.event, ServiceStatusChanged):
            return self.event.status not in PROVIDING
        if isinstance(self.event, ResponsibilityMoved) and isinstance(self.by, ReopenCase):
            return False  # In the place of whoever is no more, and saw nothing any more.
        return isinstance(self.event, TAKING)


@pytest.mark.parametrize("event", TAKING, ids=lambda event: event.__name__)
def test_every_command_that_takes_something_away_goes_the_narrowing_way(
    event: type[Event], told: Sequence[CameAbout]
) -> None:
    taking = [each.by for each in told if isinstance(each.event, event) and each.takes_something]
    assert taking
    assert {type(by).__name__ for by in taking if not by.takes_back} == set()


def test_what_only_opens_something_does_not_go_that_way(told: Sequence[CameAbout]) -> None:
    took = {id(each.by) for each in told if each.takes_something}
    for_nothing = [each.by for each in told if each.by.takes_back and id(each.by) not in took]
    # What is erased is asked for as erased: it is none of the causes.
    assert {type(by) for by in for_nothing} == OF_NO_CASE | {DecideErasure}


@pytest.fixture(scope="module")
def told() -> Sequence[CameAbout]:
    """All that comes about wherever anything is told of anybody, and by which command."""
    found: list[CameAbout] = []
    says = World.says

    def heard(world: World, who: Someone, command: AnyCommand, case: CaseId | None = None) -> Said:
        said = says(world, who, command, case)
        found.extend(CameAbout(event, command) for event in said.events)
        return said

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(World, "says", heard)
        asyncio.run(tell(InMemory().stage))
        for story in NARROWS.values():
            story(midorino())
        here, _ = never_accepted("ayumi")
        here.says(here.ayumi, REOPEN)
        for seed in range(HISTORIES):
            history(seed)
    return found


# What becomes of them


class Away:
    """A log that can be read, and not be written."""

    def __init__(self) -> None:
        self.lanes: Final[list[LaneName]] = []

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        return Reading(0, dict.fromkeys(streams, ()))

    async def of_cases(self, *cases: CaseId) -> Cases:
        return Cases(0, dict.fromkeys(cases, ()))

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        del append
        self.lanes.append(lane)
        raise LogUnavailable


@TAKES_BACK
def test_what_cannot_be_taken_back_is_tried_again_and_then_said_loudly(
    command: AnyCommand, monkeypatch: pytest.MonkeyPatch, *, takes_back: bool
) -> None:
    monkeypatch.setattr("services.handling.RETRY_WITHIN_S", 0.2)
    log = Away()
    handling = Handling(cast("EventLog", log), Keyring(), SEALING, Stopped(NOW))
    asked = Ask(
        id=CommandId(uuid4()),
        agency=AgencyId(uuid4()),
        staff=StaffId(uuid4()),
        role="COORDINATOR",
        command=command,
        case=CaseId(uuid4()),
    )
    with pytest.raises(NotTakenBack if takes_back else LogUnavailable):
        asyncio.run(handling.handle(asked))
    assert {*log.lanes} == {"narrowing" if takes_back else "commands"}
    assert (len(log.lanes) > 1) == takes_back


class Accepts:
    async def handle(self, ask: Ask) -> Answer:
        return Accepted(command=ask.id, case=ask.case)


@TAKES_BACK
def test_who_takes_something_back_is_told_from_when_on_nothing_is_on_its_way(
    command: AnyCommand, *, takes_back: bool
) -> None:
    aliases, agency = Aliases(SECRET, AesVeil()), AgencyId(uuid4())
    now = datetime(2026, 5, 13, tzinfo=UTC)
    bearer = Bearer(TokenId(uuid4()), agency, StaffId(uuid4()), "COORDINATOR", now, now)
    sent = Sent(id=CommandId(uuid4()), case=aliases.alias(agency, CaseId(uuid4())), command=command)
    receiving = Receiving(Accepts(), aliases, Stopped(now))
    told = asyncio.run(receiving.receive(sent, bearer, uuid4()))
    assert isinstance(told, Done)
    assert told.settled_by == (now + WINDOW if takes_back else None)
