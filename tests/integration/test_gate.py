"""The gate on the real engine: decided, recorded, and only then let out; and what comes between."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final, NamedTuple
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from nats.aio.msg import Msg

from adapters.clock import DemoClock
from adapters.crypto import AesVeil
from adapters.engines import PostgresAccess
from adapters.engines.endpoints import fetch_of
from adapters.feeding import feeding
from adapters.nats.feed import FeedDesk
from adapters.nats.releasing import Releasing
from adapters.postgres.access import PostgresAccessLog
from adapters.postgres.clock import clock_of
from adapters.postgres.lists import PostgresLists
from domain.agency import (
    AgencyIsSuspended,
    EndEnrolment,
    NameFeedCustodian,
    StaffNotEnrolled,
    SuspendAgency,
)
from domain.calendar import date_in_japan
from domain.case import CaseOpened, CloseCase, EndParticipation, IdentifySubject
from domain.consent_codes import PurgeCause
from domain.consent_ledger import ConsentWithdrawn, NarrowConsent, RecordExpiry, WithdrawConsent
from domain.disclosed import Disclosed
from domain.erasure import DecideErasure, RequestErasure
from domain.exclusions import SetExclusion
from domain.model import (
    AgencyId,
    CaseId,
    EmergencyId,
    ErasureRequestId,
    Event,
    GrantId,
    StaffId,
)
from domain.referral import ConfirmHandover
from domain.timers import end_of
from domain.trail.blocked import WithdrawalSettled
from domain.trail.purges import PurgeRequested
from projections.case_activity import CASE_ACTIVITY
from projections.case_list import CASE_LIST
from projections.feed import FEED
from projections.whose_work import CASE_DUTY
from services import disclosing, looking
from services.aliases import Cursors
from services.disclosing import WINDOW_S, Gate, NotReleased, Reader, Window
from services.feeding import Feeding
from services.identity import Bearer, TokenId
from services.keys import installation_key
from services.listing import Listing
from services.looking import Looking
from services.ports import Append, EventLog, LaneName, Outcome, Read
from services.sealing import Recorded
from services.viewing import Viewing
from tests.integration.emergencies import authorised, emergency
from tests.integration.test_reacting import SPRING, Here
from tests.integration.test_viewing import refers, takes
from tests.integration.viewers import Agency, a_house
from tests.integration.writers import session, until

TAKES_AWAY: Final[tuple[PurgeCause, ...]] = (
    "WITHDRAWN",
    "NARROWED",
    "EXPIRED",
    "SUPERSEDED",
    "EXCLUDED",
    "PARTICIPATION_ENDED",
    "SUSPENDED",
    "RESTRICTED",
)
# The lists from which cases are listed, their changes are followed, and feeds are told.
READ: Final = (CASE_LIST, CASE_DUTY, CASE_ACTIVITY, FEED)
NAME: Final = "相川みさき"
IDENTIFY: Final = IdentifySubject(name=NAME, kana="アイカワ ミサキ")


async def nothing() -> None:
    pass


class Meanwhile:
    """``services.ports.EventLog``; before the gate asks it for anything, something may happen."""

    def __init__(self, log: EventLog) -> None:
        self._log: Final = log
        self.meanwhile: Callable[[], Awaitable[None]] = nothing
        self.appends = 0

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        await self._happens()
        self.appends += 1
        return await self._log.append(append, lane)

    async def overtaken(self, reads: Sequence[Read]) -> AbstractSet[int]:
        await self._happens()
        return await self._log.overtaken(reads)

    async def _happens(self) -> None:
        happens, self.meanwhile = self.meanwhile, nothing
        await happens()

    def __getattr__(self, name: str) -> object:
        return getattr(self._log, name)


class Door:
    """What somebody reads, through a gate of its own."""

    def __init__(
        self, here: Here, access: PostgresAccessLog, lists: PostgresLists, cursors: Cursors
    ) -> None:
        self._cursors: Final = cursors
        house = here.house
        self.log: Final = Meanwhile(house.log)
        log: EventLog = self.log  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType] (It passes all else on.)
        self.gate: Final = Gate(log, house.keyring, house.sealing, here.clock, access)
        looking = Looking(log, self.gate, house.sealing, here.clock, house.aliases)
        self.viewing: Final = Viewing(looking, Listing(looking, cursors), cursors, house.candidates)
        self.feeding: Final = feeding(looking, cursors, lists, house.head, here.clock)

    async def everything(self, town: "Town", way: str) -> bytes:
        """All that the centre is told this way."""
        reader, case = town.centre.reader, town.case
        await town.here.house.lists_are_made(*READ)
        match way:
            case "case":
                said: object = await self.viewing.case(reader, case)
            case "timeline":
                said = await self.viewing.timeline(reader, case, most=100)
            case "list":
                said = await self.viewing.cases(reader, most=50)
            case "feed":
                said = await self.feeding.page(reader, most=100)
            case "nats":
                return await over_nats(self.feeding, reader)
            case _:
                begin = self._cursors.written(reader.agency, "changes", bytes(16))
                said = await anext(self.viewing.changes(reader, after=begin))
        return msgspec.json.encode(said)


class Taken(Releasing):
    """What a server of NATS would have been handed."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[bytes] = []

    async def release(
        self, window: Window, subject: str, content: bytes, headers: Mapping[str, str]
    ) -> None:
        del subject, headers
        assert not window.is_over
        self.said.append(content)

    async def publish(
        self,
        subject: str,
        payload: bytes = b"",
        reply: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        del subject, reply, headers
        self.said.append(payload)


async def over_nats(feeding: Feeding, reader: Reader) -> bytes:
    """As the desk of feeds answers a system of theirs."""

    class Knows:
        async def bearer(self, text: str | None, /) -> Bearer:
            del text
            now = datetime.now(UTC)
            token = TokenId(uuid4())
            return Bearer(token, reader.agency, reader.staff, reader.role, now, now)

    client = Taken()
    desk = FeedDesk(client, Knows(), feeding)
    await desk.take(Msg(client, subject=fetch_of(reader.agency), reply="_R_.asked"))
    await until(lambda: client.said)
    await desk.stop()
    return b"".join(client.said)


class Town(NamedTuple):
    """A city that told a centre of her, with her consent."""

    here: Here
    door: Door
    city: Agency
    centre: Agency
    case: CaseId
    grant: GrantId

    async def names(self) -> object:
        """What the centre is told of her name."""
        shown = await self.door.viewing.case(self.centre.reader, self.case)
        return None if shown is None else shown.name

    async def names_or_refused(self) -> object:
        try:
            return await self.names()
        except AgencyIsSuspended:
            return None

    async def log(self) -> list[Recorded[Event]]:
        stored = await self.here.house.log.after(0, 1000)
        return [self.here.house.sealing.open(each) for each in stored]

    async def disclosed(self) -> list[Disclosed]:
        return [each.event for each in await self.log() if isinstance(each.event, Disclosed)]

    async def withdraws(self) -> None:
        await self.city.says(WithdrawConsent(grant_id=self.grant), self.case)

    async def lists_are_made(self) -> None:
        await self.here.house.lists_are_made()


@pytest_asyncio.fixture
async def town(database: PostgresAccess) -> AsyncGenerator[Town]:
    async with (
        clock_of(database.app, SPRING) as clock,
        PostgresAccessLog(database.app) as access,
        PostgresLists(database.app) as lists,
    ):
        assert isinstance(clock, DemoClock)
        async with a_house(database, clock) as house:
            here = Here(database, house, clock)
            secret = await installation_key(house.keyring)
            city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
            centre = await house.agency("WOMENS_SUPPORT_CENTRE")
            custodian = NameFeedCustodian(agency_id=centre.id, staff_id=centre.staff)
            await house.operator.says(custodian)
            case = await city.opens()
            await city.says(IDENTIFY, case)
            grant = await city.hears_consent(
                case, centre, "IDN", "SVC", until_event=None, valid_until=date_in_japan(SPRING)
            )
            referral = await refers(city, centre, case)
            await takes(centre, referral, case)
            await centre.says(ConfirmHandover(referral_id=referral, referrer_remains=True), case)
            door = Door(here, access, lists, Cursors(secret, AesVeil()))
            yield Town(here, door, city, centre, case, grant)


async def test_what_another_is_told_stands_in_the_log_before_they_are_told(town: Town) -> None:
    assert await town.names() == NAME
    (disclosed,) = await town.disclosed()
    lines = dict(zip(disclosed.fields, disclosed.bases, strict=True))
    assert (disclosed.recipient, disclosed.person) == (town.centre.id, town.centre.staff)
    assert disclosed.case_id == town.case
    assert lines["case.subject_identified.v1/name"] == "CONSENT"
    assert town.grant in disclosed.basis_ids
    assert not {"ENV", "PUB"} & set(disclosed.categories)


async def test_ones_own_record_is_nobodys_disclosure_and_stands_in_the_access_log(
    town: Town, database: PostgresAccess
) -> None:
    opened = await town.city.opens()
    await town.city.says(IDENTIFY, opened)
    await town.door.viewing.case(town.city.reader, opened)
    assert await town.disclosed() == []
    with session(database.app) as asked:
        rows = asked.execute("select agency, staff, read, case_id from access.reading").fetchall()
    assert rows == [(town.city.id, town.city.staff, "OWN_RECORD", opened)]


async def test_what_is_read_again_within_a_quarter_of_an_hour_was_disclosed_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert await town.names() == NAME
    assert len(await town.disclosed()) == 1
    monkeypatch.setattr(disclosing, "READ_AGAIN_WITHIN_S", -1.0)
    assert await town.names() == NAME
    assert len(await town.disclosed()) == 2


async def test_what_has_changed_since_is_disclosed_anew_and_in_whole(town: Town) -> None:
    await town.names()
    await town.city.says(SetExclusion(staff_id=StaffId(uuid4())), town.case)
    await town.names()
    first, second = await town.disclosed()
    assert set(first.fields) == set(second.fields)


async def test_what_was_told_in_an_emergency_is_told_anew_once_she_has_agreed_to_it(
    town: Town,
) -> None:
    """Nothing was recorded when it ended by the clock. And what she takes back is asked back."""
    await town.withdraws()
    await town.here.settles()
    emergency = await in_an_emergency(town)
    assert await town.names() == NAME
    await town.here.clock.move(town.here.clock.now() + timedelta(hours=3))
    grant = await town.city.hears_consent(town.case, town.centre, "IDN")
    assert await town.names() == NAME
    by = [set(each.basis_ids) - {None} for each in await town.disclosed()]
    assert by == [{emergency}, {grant}]
    await town.city.says(WithdrawConsent(grant_id=grant), town.case)
    await town.here.settles()
    assert {recipient for recipient, *_ in await asked_to_destroy(town)} == {town.centre.id}


async def in_an_emergency(town: Town) -> EmergencyId:
    """For two hours, whatever she has agreed to."""
    director = await town.here.house.agency("WOMENS_SUPPORT_CENTRE", role="CENTRE_DIRECTOR")
    in_two_hours = town.here.clock.now() + timedelta(hours=2)
    asked = emergency(town.centre.id, in_two_hours, "IDN", asked_agencies=frozenset({director.id}))
    made = EmergencyId(await town.city.makes(asked, town.case))
    await director.says(authorised(made, asked), town.case)
    return made


async def test_a_withdrawal_that_comes_before_it_is_recorded_lets_nothing_out(town: Town) -> None:
    """Decided on what she had agreed to, and recorded a moment too late: so decided again."""
    town.door.log.meanwhile = town.withdraws
    assert await town.names() is None
    assert await told_of_her(town) == set()


async def test_nor_does_one_that_comes_before_it_is_read_again(town: Town) -> None:
    assert await town.names() == NAME
    appends = town.door.log.appends
    town.door.log.meanwhile = town.withdraws
    assert await town.names() is None
    assert town.door.log.appends <= appends + 1  # What else there is: that she took it back.


async def test_a_row_that_moves_is_decided_again_and_the_page_is_not(town: Town) -> None:
    other = await another_case(town)
    await town.lists_are_made()
    town.door.log.meanwhile = town.withdraws
    page = await town.door.viewing.cases(town.centre.reader, most=50)
    assert {line.name for line in page.items} == {None, NAME}
    told = Counter(each.case_id for each in await town.disclosed())
    assert told[other] == 1


async def test_who_has_left_meanwhile_is_told_nothing(town: Town) -> None:
    """Nor of what their own agency has recorded: that is asked of the fences alone."""
    case = await town.centre.opens()

    async def leaves() -> None:
        centre = town.centre
        await town.here.house.operator.says(
            EndEnrolment(agency_id=centre.id, staff_id=centre.staff)
        )

    town.door.log.meanwhile = leaves
    with pytest.raises(StaffNotEnrolled):
        await town.door.viewing.case(town.centre.reader, case)


async def test_whoever_is_suspended_meanwhile_is_told_nothing(town: Town) -> None:
    async def suspends() -> None:
        await town.here.house.operator.says(SuspendAgency(agency_id=town.centre.id))

    town.door.log.meanwhile = suspends
    with pytest.raises(AgencyIsSuspended):
        await town.names()
    assert await town.disclosed() == []


async def test_what_ends_while_it_would_be_on_its_way_is_not_let_out(town: Town) -> None:
    """Her consent ends with the day; a second before, it cannot arrive any more."""
    midnight = end_of(date_in_japan(SPRING))
    await town.here.clock.move(midnight - timedelta(seconds=WINDOW_S + 0.5))
    assert await town.names() == NAME
    await town.here.clock.move(midnight - timedelta(seconds=WINDOW_S - 0.5))
    assert await town.names() is None
    assert len(await told_of_her(town)) == 3  # Her name, how it is read, and her birthday.


async def test_what_keeps_moving_is_not_let_out_at_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "TRIED_FOR_S", 0.3)

    async def moves() -> None:
        await town.city.says(SetExclusion(staff_id=StaffId(uuid4())), town.case)
        town.door.log.meanwhile = moves

    town.door.log.meanwhile = moves
    with pytest.raises(NotReleased):
        await town.names()
    assert await town.disclosed() == []


async def test_the_window_is_counted_from_before_the_log_was_asked(town: Town) -> None:
    """However long that takes."""
    reader = town.centre.reader

    async def takes_its_time() -> None:
        await asyncio.sleep(0.2)

    town.door.log.meanwhile = takes_its_time
    begun_s = monotonic()
    await town.door.viewing.case(reader, town.case)
    assert begun_s + WINDOW_S <= reader.window.ends_at_s < monotonic() + WINDOW_S - 0.2


async def test_a_withdrawal_is_settled_when_its_window_is_over_and_not_before(town: Town) -> None:
    await town.names()
    begun_s = monotonic()
    await town.withdraws()
    await town.here.settles()
    assert monotonic() - begun_s >= WINDOW_S
    settled = [each for each in await town.log() if isinstance(each.event, WithdrawalSettled)]
    withdrawn = next(e for e in await town.log() if isinstance(e.event, ConsentWithdrawn))
    (said,) = [each.event for each in settled if isinstance(each.event, WithdrawalSettled)]
    assert (said.settles, said.cause) == (withdrawn.header.id, "WITHDRAWN")
    assert said.recipients == frozenset({town.centre.id})
    assert await asked_to_destroy(town) == {(town.centre.id, "WITHDRAWN", "IDN SVC")}


async def test_who_never_read_it_is_asked_to_destroy_nothing(town: Town) -> None:
    await town.withdraws()
    await town.here.settles()
    assert await asked_to_destroy(town) == set()


async def takes_away(town: Town, cause: PurgeCause) -> None:
    match cause:
        case "WITHDRAWN":
            await town.withdraws()
        case "NARROWED":
            less = NarrowConsent(grant_id=town.grant, removed_categories=frozenset({"IDN"}))
            await town.city.says(less, town.case)
        case "EXPIRED":
            await town.here.clock.move(end_of(date_in_japan(SPRING)))
            await town.city.says(RecordExpiry(grant_id=town.grant), town.case)
        case "EXCLUDED":
            await town.city.says(SetExclusion(agency_id=town.centre.id), town.case)
        case "PARTICIPATION_ENDED":
            await town.city.says(EndParticipation(agency_id=town.centre.id), town.case)
        case "SUSPENDED":
            await town.here.house.operator.says(SuspendAgency(agency_id=town.centre.id))
        case "SUPERSEDED":
            await town.city.hears_consent(town.case, town.centre, "SVC", supersedes=town.grant)
        case "RESTRICTED":
            await restricted(town)
        case "REVIEWED" | "ERASED":
            raise AssertionError


@pytest.mark.parametrize("cause", TAKES_AWAY)
async def test_whatever_takes_it_away_has_it_destroyed(town: Town, cause: PurgeCause) -> None:
    await town.names()
    await takes_away(town, cause)
    await town.here.settles()
    (asked,) = await asked_to_destroy(town)
    assert asked[:2] == (town.centre.id, cause)
    assert "IDN" in asked[2]
    assert await town.names_or_refused() is None


@pytest.mark.parametrize("cause", TAKES_AWAY)
@pytest.mark.parametrize("way", ["case", "timeline", "list", "feed", "nats", "stream"])
async def test_what_is_taken_away_on_its_way_comes_out_nowhere(
    town: Town, way: str, cause: PurgeCause
) -> None:
    """Between the decision and its record; after that it is as if it had never been."""
    await town.lists_are_made()

    async def away() -> None:
        await takes_away(town, cause)

    before = await told_each_time(town)
    town.door.log.meanwhile = away
    try:
        said = await town.door.everything(town, way)
    except AgencyIsSuspended:
        said = b""
    assert NAME.encode() not in said
    assert town.door.log.meanwhile is nothing
    assert before == await told_each_time(town)


@pytest.mark.parametrize("way", ["case", "timeline", "list", "feed", "nats", "stream"])
async def test_what_nobody_takes_away_comes_out_everywhere(town: Town, way: str) -> None:
    assert NAME.encode() in await town.door.everything(town, way)
    assert "case.subject_identified.v1/name" in await told_of_her(town)


async def test_what_goes_to_a_feed_goes_to_nobody_in_person(town: Town) -> None:
    """And whoever reads in person is named, whatever a system has fetched before."""
    for _ in range(3):
        await town.door.everything(town, "feed")
    assert [each.person for each in await town.disclosed()] == [None]
    await town.names()
    assert [each.person for each in await town.disclosed()] == [None, town.centre.staff]


async def test_with_nobody_reading_the_log_falls_quiet(town: Town) -> None:
    """To read what the gate has recorded appends nothing, and nothing follows from it for ever."""
    await town.names()
    await town.withdraws()
    await town.here.settles()
    head = await town.here.house.log.head()
    await town.here.settles()
    await town.lists_are_made()
    assert await town.here.house.log.head() == head


async def restricted(town: Town) -> None:
    """She asks for erasure before the time is over: so use of the record is stopped."""
    division = await town.here.house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    close = CloseCase(reason="GOALS_MET", subject_wish="もう一人でやっていけます。")
    await town.city.says(close, town.case)
    opened = next(e.event for e in await town.log() if isinstance(e.event, CaseOpened))
    request = ErasureRequestId(
        await town.city.makes(
            RequestErasure(
                scope=frozenset({opened.subject_id}),
                requester="SUBJECT",
                identity_check="KNOWN_TO_STAFF",
            ),
            town.case,
        )
    )
    decided = DecideErasure(request_id=request, decision="RESTRICT", grounds="RETENTION_RUNNING")
    await division.says(decided, town.case)


async def told_of_her(town: Town) -> set[str]:
    """Of what she has to agree to."""
    return {*await told_each_time(town)}


async def told_each_time(town: Town) -> list[str]:
    told = await town.disclosed()
    lines = ((f, c) for each in told for f, c in zip(each.fields, each.categories, strict=True))
    return [field for field, category in lines if category == "IDN"]


async def asked_to_destroy(town: Town) -> set[tuple[AgencyId, PurgeCause, str]]:
    events = [each.event for each in await town.log()]
    return {
        (each.recipient, each.cause, " ".join(sorted(each.covers)))
        for each in events
        if isinstance(each, PurgeRequested)
    }


async def another_case(town: Town) -> CaseId:
    case = await town.city.opens()
    await town.city.says(IDENTIFY, case)
    await town.city.hears_consent(case, town.centre, "IDN", "SVC")
    await takes(town.centre, await refers(town.city, town.centre, case), case)
    return case
