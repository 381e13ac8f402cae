"""Women of whom agencies are told, and not any more; and those who read of them all the while."""
# pyright: reportUnknownMemberType=false

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import count
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias, get_args
from uuid import UUID

import httpx
import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError

from contracts.answered import Done
from contracts.asked import CaseAlias
from contracts.problems import MEDIA_TYPE, Problem
from domain.agency import RestoreAgency, SuspendAgency
from domain.case import (
    CloseCase,
    EndParticipation,
    IdentifySubject,
    RecordAddress,
    SetContactMethod,
)
from domain.categories import CategoryCode
from domain.consent_ledger import NarrowConsent, WithdrawConsent
from domain.erasure import DecideErasure, RequestErasure
from domain.exclusions import LiftExclusion, SetExclusion
from domain.model import (
    AgencyId,
    CaseId,
    EmergencyId,
    ErasureRequestId,
    GrantId,
    PersonId,
    ReferralId,
    stream_of,
)
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from services.aliases import Aliases
from services.ports import EventLog, LogUnavailable
from tests.integration.clerks import OPEN, Clerk, OtherAnswer
from tests.integration.consents import explained, granted
from tests.integration.emergencies import authorised, emergency

Cause: TypeAlias = Literal[
    "WITHDRAWN",
    "NARROWED",
    "EXPIRED",
    "SUPERSEDED",
    "EXCLUDED",
    "PARTICIPATION_ENDED",
    "SUSPENDED",
    "RESTRICTED",
]
CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)
# How likely each is. With the last, nobody is told of her any more.
COUNTS: Final = (40, 30, 6, 8, 12, 4, 5, 1)
TOLD: Final[frozenset[CategoryCode]] = frozenset({"IDN", "CNT", "ADR", "SVC"})
# By its mark, which field of which event it stands in.
FIELDS: Final = {
    "name": "case.subject_identified.v1/name",
    "call": "case.contact_method_set.v1/value",
    "home": "case.address_recorded.v1/address",
}
TAKEN_FROM_HER_MAX: Final = 12  # Then another woman comes: a record that has grown is read slowly.
STANDS_MAX_S: Final = 1.2  # Until somebody is told again, or not any more.
IN_DANGER_S: Final = (3.0, 5.0)  # In its last second nothing is let out any more.
AGAIN_AFTER_S: Final = 0.05
HEARD_WITHIN_S: Final = 5.0
LISTS: Final = 0.25  # Of all that is read; so are timelines, and else it is cases.
TIMELINES: Final = 0.25
FROM_THE_BEGINNING: Final = 0.05
OF_WHOM_SOON: Final = 0.7
# Seen; suspended; hidden, which is as if it were not there; not in time, or not now.
ANSWERS: Final = frozenset(
    {
        HTTPStatus.OK,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)

Query: TypeAlias = Mapping[str, str | int]
Asks: TypeAlias = Callable[[Query], Awaitable[bytes | None]]


class Recipient(NamedTuple):
    """``restless``: it is suspended meanwhile, or says something and may not be."""

    clerk: Clerk
    custodian: Clerk  # Of its feed.
    restless: asyncio.Lock

    @property
    def agency(self) -> AgencyId:
        return self.clerk.agency


class Women(NamedTuple):
    """Of whom agencies are told, by the number that stands in all that is said of them."""

    numbers: "count[int]"
    cases: dict[int, CaseId]
    now: set[int]
    soon: deque[int]  # From whom something is about to be taken: it is they who are read of most.
    taken: Counter[Cause]


class Desk(NamedTuple):
    """Who hears of her what others may know: one clerk, and whom it takes to do all that."""

    operator: Clerk
    city: Clerk
    head: Clerk  # Of the city: who answers for an emergency.
    prefecture: Clerk  # Which decides about erasure.
    recipients: Sequence[Recipient]
    aliases: Aliases
    log: EventLog
    women: Women
    chance: Random

    async def work(self, told_to_stop: asyncio.Event) -> None:
        while not told_to_stop.is_set():
            number = next(self.women.numbers)
            await self._helps(number, told_to_stop)
            self.women.now.discard(number)

    async def _helps(self, number: int, told_to_stop: asyncio.Event) -> None:
        city = self.city
        case = (await city.do(OPEN)).case
        assert case
        self.women.cases[number] = self.aliases.case_of(city.agency, case)
        mark = f"{number:06d}."
        await city.do(IdentifySubject(name=f"相川みさきname-{mark}"), case)
        await city.do(SetContactMethod(means="PHONE", value=f"call-{mark}"), case)
        await city.do(RecordAddress(kind="FORMER", address=f"白浜県home-{mark}"), case)
        grants = {each.agency: await self._agrees(case, each) for each in self.recipients}
        for each in self.recipients:
            await self._refers(case, each)
        self.women.now.add(number)
        for _ in range(TAKEN_FROM_HER_MAX):
            await self._stands()
            if told_to_stop.is_set():
                return
            (cause,) = self.chance.choices(CAUSES, COUNTS)
            whom = self.chance.choice(self.recipients)
            self.women.soon.append(number)
            await asyncio.sleep(self.chance.uniform(0.0, 2 * AGAIN_AFTER_S))
            await self._takes(case, cause, whom, grants)
            self.women.taken[cause] += 1
            if cause == "RESTRICTED":
                return

    async def _stands(self) -> None:
        await asyncio.sleep(self.chance.uniform(0.0, STANDS_MAX_S))

    async def _takes(
        self, case: CaseAlias, cause: Cause, whom: Recipient, grants: dict[AgencyId, GrantId]
    ) -> None:
        """And after a while, for all we know, she thinks better of it."""
        city, agency = self.city, whom.agency
        match cause:
            case "WITHDRAWN":
                await city.do(WithdrawConsent(grant_id=grants[agency]), case)
                await self._stands()
                grants[agency] = await self._agrees(case, whom)
            case "NARROWED":
                less = frozenset[CategoryCode]({self.chance.choice(["IDN", "CNT", "ADR"])})
                await city.do(NarrowConsent(grant_id=grants[agency], removed_categories=less), case)
                await self._stands()
                grants[agency] = await self._agrees(case, whom, supersedes=grants[agency])
            case "EXPIRED":
                await city.do(WithdrawConsent(grant_id=grants[agency]), case)
                while not await self._in_an_emergency(case, whom):
                    pass  # It was over before anybody had answered for it.
                grants[agency] = await self._agrees(case, whom)
            case "SUPERSEDED":
                less = frozenset[CategoryCode]({"SVC", "IDN"})
                grants[agency] = await self._agrees(case, whom, less, supersedes=grants[agency])
                await self._stands()
                grants[agency] = await self._agrees(case, whom, supersedes=grants[agency])
            case "EXCLUDED":
                await city.do(SetExclusion(agency_id=agency), case)
                await self._stands()
                await city.do(LiftExclusion(agency_id=agency, method="WRITTEN"), case)
            case "PARTICIPATION_ENDED":
                async with whom.restless:
                    await city.do(EndParticipation(agency_id=agency), case)
                await self._stands()
                await self._refers(case, whom)
            case "SUSPENDED":
                async with whom.restless:
                    await self.operator.do(SuspendAgency(agency_id=agency))
                    await self._stands()
                    await self.operator.do(RestoreAgency(agency_id=agency))
            case "RESTRICTED":
                await self._restricts(case)

    async def _agrees(
        self,
        case: CaseAlias,
        to: Recipient,
        categories: frozenset[CategoryCode] = TOLD,
        supersedes: GrantId | None = None,
    ) -> GrantId:
        explain = explained(frozenset({to.agency}), categories)
        async with to.restless:
            grant = GrantId(await self.city.make(explain, case))
            await self.city.do(granted(grant, explain, supersedes=supersedes), case)
        return grant

    async def _in_an_emergency(self, case: CaseAlias, to: Recipient) -> bool:
        """It opens what she does not, and ends by the clock alone."""
        over = datetime.now(UTC) + timedelta(seconds=self.chance.uniform(*IN_DANGER_S))
        danger = emergency(to.agency, over, "IDN", "CNT", "ADR")
        async with to.restless:
            asked = await self.city.say(danger, case)
            if isinstance(asked, Done) and asked.made:
                asked = await self.head.say(authorised(EmergencyId(asked.made), danger), case)
        if isinstance(asked, Problem):
            if asked.code not in {"EMERGENCY_TOO_LONG", "EMERGENCY_IS_OVER"}:
                raise OtherAnswer(asked)
            return False
        await asyncio.sleep((over - datetime.now(UTC)).total_seconds())
        return True

    async def _refers(self, case: CaseAlias, to: Recipient) -> None:
        """And it is taken there."""
        theirs = self._alias(to.clerk, case)
        draft = DraftReferral(
            kind="TEMPORARY_PROTECTION_REQUEST",
            to_agency=to.agency,
            purpose="PROTECTION",
            urgency="HIGH",
        )
        async with to.restless:
            referral = ReferralId(await self.city.make(draft, case))
            await self.city.do(SendReferral(referral_id=referral), case)
            await to.clerk.do(ReceiveReferral(referral_id=referral), theirs)
            accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
            await to.clerk.do(accept, theirs)
            confirm = ConfirmHandover(referral_id=referral, referrer_remains=True)
            await to.clerk.do(confirm, theirs)

    async def _restricts(self, case: CaseAlias) -> None:
        """She asks for erasure before the time is over: so use of the record is stopped."""
        city = self.city
        await city.do(
            CloseCase(reason="GOALS_MET", subject_wish="もう一人でやっていけます。"), case
        )
        erase = RequestErasure(
            scope=frozenset({await self._herself(case)}),
            requester="SUBJECT",
            identity_check="KNOWN_TO_STAFF",
        )
        request = ErasureRequestId(await city.make(erase, case))
        decided = DecideErasure(
            request_id=request, decision="RESTRICT", grounds="RETENTION_RUNNING"
        )
        await self.prefecture.do(decided, self._alias(self.prefecture, case))

    async def _herself(self, case: CaseAlias) -> PersonId:
        stream = stream_of("case", self.aliases.case_of(self.city.agency, case))
        while True:
            with suppress(LogUnavailable):
                opened = (await self.log.read(stream)).streams[stream][0]
                return PersonId(UUID(msgspec.json.decode(opened.header)["facts"]["subject_id"]))
            await asyncio.sleep(AGAIN_AFTER_S)

    def _alias(self, clerk: Clerk, case: CaseAlias) -> CaseAlias:
        return self.aliases.alias(clerk.agency, self.aliases.case_of(self.city.agency, case))


class Readers(NamedTuple):
    """The systems of one agency, by the addresses under which they reach each app, and NATS."""

    clerk: Clerk  # Who reads; and who fetches the feed.
    custodian: Clerk
    urls: Sequence[str]
    nats: Client
    aliases: Aliases
    women: Women
    faults: Counter[str]  # No outage is an excuse for these.
    answered: Counter[str]
    chance: Random

    async def read(self, told_to_stop: asyncio.Event) -> None:
        """Now this, now that, as people at work do."""
        async with self._client(self.clerk) as client:
            while not told_to_stop.is_set():
                await self._get(client, *self._something())
                await self._pause()

    async def fetch(self, told_to_stop: asyncio.Event) -> None:
        async with self._client(self.custodian) as client:
            await self._fetch(partial(self._get, client, "/v1/feed"), told_to_stop)

    async def fetch_over_nats(self, told_to_stop: asyncio.Event) -> None:
        await self._fetch(self._request, told_to_stop)

    async def _fetch(self, ask: Asks, told_to_stop: asyncio.Event) -> None:
        """Page by page; and now and then from the beginning."""
        after: Query = {}
        while not told_to_stop.is_set():
            page = await ask({"most": 100, "wait_ms": 300, **after})
            if page is not None:
                after = {"after": msgspec.json.decode(page)["next"]}
            if self.chance.random() < FROM_THE_BEGINNING:
                after = {}
            await self._pause()

    async def follow(self, told_to_stop: asyncio.Event) -> None:
        await self._follow("/v1/cases/stream", self.clerk, told_to_stop)

    async def follow_the_feed(self, told_to_stop: asyncio.Event) -> None:
        await self._follow("/v1/feed", self.custodian, told_to_stop)

    async def _follow(self, path: str, clerk: Clerk, told_to_stop: asyncio.Event) -> None:
        """Until it is over, and then from where it was; or from the beginning."""
        accept = {"accept": "text/event-stream"}
        cursor: dict[str, str] = {}
        async with self._client(clerk) as client:
            while not told_to_stop.is_set():
                with suppress(httpx.TransportError):
                    url = self.chance.choice(self.urls) + path
                    async with client.stream("GET", url, headers=accept | cursor) as stream:
                        self._was(f"stream of {path}", stream.status_code)
                        async for line in stream.aiter_lines():
                            if line.startswith("id: "):
                                cursor = {"last-event-id": line.removeprefix("id: ")}
                            if told_to_stop.is_set():
                                return
                if self.chance.random() < FROM_THE_BEGINNING:
                    cursor = {}
                await self._pause()

    def _something(self) -> tuple[str, Query]:
        what = self.chance.random()
        if what < LISTS or not self.women.now:
            return self.chance.choice(["/v1/cases", "/v1/referrals"]), {"most": "200"}
        soon = self.women.soon if self.chance.random() < OF_WHOM_SOON else ()
        number = self.chance.choice(soon or sorted(self.women.now))
        case = self.aliases.alias(self.clerk.agency, self.women.cases[number])
        if what < LISTS + TIMELINES:
            return f"/v1/cases/{case}/timeline", {"most": "200"}
        return f"/v1/cases/{case}", {}

    async def _get(self, client: httpx.AsyncClient, path: str, asked: Query) -> bytes | None:
        try:
            answer = await client.get(self.chance.choice(self.urls) + path, params=asked)
        except httpx.TransportError:
            self.answered["none"] += 1
            return None
        self._was(path.rpartition("/")[2][:9], answer.status_code)
        return answer.content if answer.is_success else None

    async def _request(self, asked: Query) -> bytes | None:
        headers = {"Authorization": f"Bearer {self.custodian.token}"}
        body = msgspec.json.encode(asked)
        try:
            answer = await self.nats.request("feed.fetch", body, HEARD_WITHIN_S, headers=headers)
        except (NatsError, TimeoutError, OSError):
            self.answered["none over nats"] += 1
            return None
        if (answer.headers or {})["Content-Type"] != MEDIA_TYPE:
            self._was("nats", HTTPStatus.OK)
            return answer.data
        self._was("nats", msgspec.json.decode(answer.data, type=Problem).status)
        return None

    def _was(self, what: str, status: int) -> None:
        self.answered[f"{what} {status}"] += 1
        if status not in ANSWERS:
            self.faults[f"{what} {status}"] += 1

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.uniform(0.0, 2 * AGAIN_AFTER_S))

    def _client(self, clerk: Clerk) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {clerk.token}"}
        return httpx.AsyncClient(headers=headers, timeout=HEARD_WITHIN_S, verify=False)
