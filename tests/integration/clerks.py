"""Clerks of agencies: they send commands, whichever way gets through, until they are answered."""
# pyright: reportUnknownMemberType=false

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from random import Random
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import httpx
import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError

from adapters.clock import WallClock
from adapters.crypto import AesVeil, ChaChaCipher
from adapters.engines import Endpoints
from adapters.nats.connecting import connected
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.tokens import PostgresTokens
from contracts.answered import Done
from contracts.asked import Asked, CaseAlias
from contracts.problems import Problem
from domain.agency import EnrolStaff, RegisterAgency, SignPledge
from domain.agency_codes import AgencyKind
from domain.case import (
    AcceptCase,
    IdentifySubject,
    OpenCase,
    RecordAddress,
    RecordConsultation,
    RecordNote,
    SetContactMethod,
)
from domain.catalogue import EVENTS, AnyCommand
from domain.consent_ledger import WithdrawConsent
from domain.model import AgencyId, CommandId, GrantId, NetworkId, ReferralId, StaffId, StaffRole
from domain.network import EstablishNetwork, JoinNetwork
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from services.aliases import Aliases
from services.identity import Identity
from services.keys import installation_key
from services.sealing import Sealing
from tests.integration.consents import explained, granted
from tests.integration.desks import Said, said
from tests.integration.pipe import KEK, Pipe

ANSWERED_WITHIN_S: Final = 2.0
AGAIN_AFTER_S: Final = 0.1
OVER_HTTP: Final = 2 / 3  # Of what waits for an answer; beside it, a good deal goes into IN.

WORDS: Final[tuple[AnyCommand, ...]] = (
    IdentifySubject(name="相川みさき", kana="アイカワ ミサキ"),
    SetContactMethod(means="PHONE", value="090-0000-0000", safe_times="平日の昼休み"),
    RecordAddress(kind="FORMER", address="白浜県、海の見える町"),
    RecordConsultation(
        channel="PHONE",
        caller_is_subject=True,
        main_problem="SPOUSE_VIOLENCE",
        age_band="30S",
        language="ja",
        sexual_harm_flag=False,
        summary="仕事は辞めたくない。給与の振込先を変えたい。",
    ),
    RecordNote(declared_category="RSK", text="夫の車は白い軽。駐車場で二度見かけたとのこと。"),
)
OPEN: Final = OpenCase(
    anonymous=True, channel="PHONE", found_via="SELF", frameworks=frozenset(), at_risk_only=False
)


class Sent(msgspec.Struct):
    """A command, and what its sender knows of it."""

    agency: AgencyId
    asked: Asked
    answer: Said | None = None
    kept: bool = False  # JetStream has acknowledged it, and nobody sends it again.


class Register:
    """Everything that anybody sent."""

    def __init__(self) -> None:
        self.sent: Final[dict[CommandId, Sent]] = {}
        self.acknowledged = 0
        self.again = 0
        self.faults: Final[Counter[str]] = Counter()  # No outage is an excuse for these.


class NoAnswer(Exception):
    """Whoever asked heard nothing, or that they may ask again."""


class OtherAnswer(Exception):
    """What was answered cannot be true, if all that was answered before it was."""

    def __init__(self, answer: Said) -> None:
        super().__init__(answer.code if isinstance(answer, Problem) else "ACCEPTED")


class Entrances(NamedTuple):
    urls: tuple[str, ...]
    http: httpx.AsyncClient
    desk: Client

    async def over_http(self, url: str, body: bytes, token: str) -> Said:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            answer = await self.http.post(f"{url}/v1/commands", content=body, headers=headers)
        except httpx.TransportError:
            raise NoAnswer from None
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=Done)
        return msgspec.json.decode(answer.content, type=Problem)

    async def over_nats(self, body: bytes, token: str) -> Said:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            return said(
                await self.desk.request("ask.command", body, ANSWERED_WITHIN_S, headers=headers)
            )
        except (NatsError, TimeoutError, OSError):
            raise NoAnswer from None

    async def into_the_intake(self, body: bytes, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = await self.desk.request(
                "publish.command", body, ANSWERED_WITHIN_S, headers=headers
            )
        except (NatsError, TimeoutError, OSError):
            raise NoAnswer from None
        if "seq" not in msgspec.json.decode(answer.data, type=dict[str, object]):
            raise NoAnswer


class Clerk(NamedTuple):
    """``chance`` chooses the way of each command."""

    agency: AgencyId
    token: str
    entrances: Entrances
    register: Register
    chance: Random

    async def say(self, command: AnyCommand, case: CaseAlias | None = None) -> Said:
        """The same command again, by whichever way, until there is an answer."""
        sent = self._begun(command, case)
        while sent.answer is None:
            await self._ask(sent)
        return sent.answer

    async def mention(self, command: AnyCommand, case: CaseAlias) -> None:
        """Once. Who then hears nothing gives up, and knows only that it is not done later."""
        await self._ask(
            self._begun(
                command, case, not_after=datetime.now(UTC) + timedelta(seconds=ANSWERED_WITHIN_S)
            )
        )

    async def leave(self, command: AnyCommand, case: CaseAlias) -> None:
        """Whatever becomes of it: it is in good hands."""
        sent = self._begun(command, case)
        while not sent.kept:
            try:
                await self.entrances.into_the_intake(msgspec.json.encode(sent.asked), self.token)
                sent.kept = True
                self.register.acknowledged += 1
            except NoAnswer:
                await self._pause()

    async def do(self, command: AnyCommand, case: CaseAlias | None = None) -> Done:
        answer = await self.say(command, case)
        if not isinstance(answer, Done):
            raise OtherAnswer(answer)
        return answer

    async def make(self, command: AnyCommand, case: CaseAlias | None = None) -> UUID:
        made = (await self.do(command, case)).made
        assert made
        return made

    def _begun(
        self, command: AnyCommand, case: CaseAlias | None, not_after: datetime | None = None
    ) -> Sent:
        asked = Asked(id=CommandId(uuid4()), case=case, command=command, not_after=not_after)
        self.register.sent[asked.id] = sent = Sent(self.agency, asked)
        return sent

    async def _ask(self, sent: Sent) -> None:
        try:
            answer = await self._answer(msgspec.json.encode(sent.asked))
        except NoAnswer:
            await self._pause()
        else:
            sent.answer = answer
            self.register.acknowledged += 1

    async def _answer(self, body: bytes) -> Said:
        if self.chance.random() < OVER_HTTP:
            url = self.chance.choice(self.entrances.urls)
            answer = await self.entrances.over_http(url, body, self.token)
        else:
            answer = await self.entrances.over_nats(body, self.token)
        if isinstance(answer, Problem) and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                self.register.faults[answer.code] += 1
            raise NoAnswer
        return answer

    async def _pause(self) -> None:
        self.register.again += 1
        await asyncio.sleep(AGAIN_AFTER_S)


class Office(NamedTuple):
    """Three agencies that hand women on to each other, each by one clerk."""

    clerks: Sequence[Clerk]
    network: NetworkId  # One for all: so they meet at its case numbers.
    aliases: Aliases

    async def work(self, told_to_stop: asyncio.Event) -> None:
        while not told_to_stop.is_set():
            first = self.clerks[0]
            try:
                await self._help_one_woman(first.chance.sample(self.clerks, 3))
            except OtherAnswer as other:
                first.register.faults[str(other)] += 1

    async def _help_one_woman(self, clerks: Sequence[Clerk]) -> None:
        first, *others = clerks
        case = (await first.do(OPEN)).case
        assert case
        await self._record(first, case)
        await first.do(AcceptCase(network_id=self.network), case)
        again = await first.say(AcceptCase(network_id=self.network), case)
        if not (isinstance(again, Problem) and again.code == "CASE_ALREADY_ACCEPTED"):
            raise OtherAnswer(again)
        await self._agree(first, others[0].agency, case)
        for clerk in others:
            case = await self._hand_over(first, clerk, case)
            await self._record(clerk, case)
            first = clerk

    async def _record(self, clerk: Clerk, case: CaseAlias) -> None:
        """Some of it waits for no answer: a good deal is always under way."""
        said, mentioned, *left = clerk.chance.sample(WORDS, len(WORDS))
        await clerk.say(said, case)
        await clerk.mention(mentioned, case)
        await asyncio.gather(*(clerk.leave(each, case) for each in left))

    async def _agree(self, clerk: Clerk, to: AgencyId, case: CaseAlias) -> None:
        """And think better of it."""
        explain = explained(frozenset({to}), frozenset({"SVC", "IDN"}))
        grant = GrantId(await clerk.make(explain, case))
        await clerk.do(granted(grant, explain), case)
        await clerk.do(WithdrawConsent(grant_id=grant), case)

    async def _hand_over(self, sender: Clerk, receiver: Clerk, case: CaseAlias) -> CaseAlias:
        """The case, as the receiver knows it."""
        draft = DraftReferral(
            kind="CASE_TRANSFER",
            to_agency=receiver.agency,
            purpose="PROTECTION",
            urgency="HIGH",
        )
        referral = ReferralId(await sender.make(draft, case))
        await sender.do(SendReferral(referral_id=referral), case)
        case_id = self.aliases.case_of(sender.agency, case)
        theirs = self.aliases.alias(receiver.agency, case_id)
        await receiver.do(ReceiveReferral(referral_id=referral), theirs)
        accept = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT")
        await receiver.do(accept, theirs)
        remains = sender.chance.random() < 1 / 2
        await receiver.do(ConfirmHandover(referral_id=referral, referrer_remains=remains), theirs)
        return theirs


@asynccontextmanager
async def offices(
    pipe: Pipe, register: Register, chance: Random, count: int
) -> AsyncGenerator[list[Office]]:
    """The agencies are the same for all of them, and so are their tokens."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=ANSWERED_WITHIN_S))
        desk = await stack.enter_async_context(
            connected(pipe.endpoints.nats.at_the_desk(), "clerks")
        )
        entrances = Entrances(tuple(app.url for app in pipe.apps), http, desk)

        def clerk(agency: AgencyId, token: str, seed: float) -> Clerk:
            return Clerk(agency, token, entrances, register, Random(seed))

        async with at_the_machine(pipe.endpoints) as (identity, aliases):
            issued = await identity.issue()
            operator = clerk(issued.bearer.agency, issued.text, chance.random())
            members = [await enrolled(operator, identity) for _ in range(3)]
            network = await _work_together(operator, *(each.agency for each in members))

        def office() -> Office:
            clerks = [clerk(agency, token, chance.random()) for agency, _, token in members]
            return Office(clerks, network, aliases)

        yield [office() for _ in range(count)]


async def _work_together(operator: Clerk, *members: AgencyId) -> NetworkId:
    establish = EstablishNetwork(
        name="緑野市困難女性支援ネットワーク",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area="緑野市",
        implementing_body=members[0],
    )
    network = NetworkId(await operator.make(establish))
    for each in members:
        await operator.do(JoinNetwork(network_id=network, agency_id=each, membership="MEMBER"))
    return network


class AtTheMachine(NamedTuple):
    identity: Identity
    aliases: Aliases


@asynccontextmanager
async def at_the_machine(endpoints: Endpoints) -> AsyncGenerator[AtTheMachine]:
    """Who issues tokens, at the machine itself."""
    async with (
        PostgresEventLog(endpoints.postgres.app) as log,
        PostgresKeyring(endpoints.postgres.keyring, KEK) as keyring,
        PostgresTokens(endpoints.postgres.app) as tokens,
    ):
        sealing = Sealing(EVENTS, ChaChaCipher())
        yield AtTheMachine(
            Identity(log, keyring, sealing, tokens, WallClock()),
            Aliases(await installation_key(keyring), AesVeil()),
        )


class Enrolled(NamedTuple):
    agency: AgencyId
    staff: StaffId
    token: str


async def enrolled(
    operator: Clerk, identity: Identity, kind: AgencyKind = "MUNICIPAL_WOMENS_SUPPORT_DIVISION"
) -> Enrolled:
    register = RegisterAgency(kind=kind, name="緑野市女性支援課", prefecture="06", sector="PUBLIC")
    agency = AgencyId(await operator.make(register))
    return await one_more_there(operator, identity, agency)


async def one_more_there(
    operator: Clerk,
    identity: Identity,
    agency: AgencyId,
    role: StaffRole = "WOMENS_SUPPORT_COUNSELLOR",
) -> Enrolled:
    enrol = EnrolStaff(agency_id=agency, role=role)
    staff = StaffId(await operator.make(enrol))
    await operator.do(SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04"))
    return Enrolled(agency, staff, (await identity.issue(staff, agency)).text)
