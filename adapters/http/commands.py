"""Commands (依頼): the way in, and what became of each."""

import asyncio
from typing import Final
from uuid import UUID

import msgspec
from litestar import Request, Response, post, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from adapters.http.declining import Declined
from adapters.http.visit import JSON, READING, Visit, header, visit_of
from contracts.answered import Done
from contracts.asked import CaseAlias, read_asked
from contracts.problems import CommandNotFound, NotJson, SentTooSlowly
from domain.model import CaseId, CommandId
from services.aliases import Aliases
from services.identity import Identity
from services.receiving import Answers, Receiving

SENT_WITHIN_S: Final = 10.0


def command_routes(
    receiving: Receiving, answers: Answers, aliases: Aliases, identity: Identity
) -> tuple[HTTPRouteHandler, ...]:
    def case_of(visit: Visit, alias: CaseAlias | None) -> CaseId | None:
        return None if alias is None else aliases.case_of(visit.bearer.agency, alias)

    @post("/v1/commands", status_code=200)
    async def take(request: Request[None, None, State]) -> Response[bytes]:
        visit = visit_of(request)
        asked = read_asked(await sent(request))
        kind = asked.command.__struct_config__.tag
        visit.did("command_refused", command=asked.id, kind=kind)
        answer = await receiving.receive(asked, visit.bearer, visit.correlation)
        if not isinstance(answer, Done):
            visit.did("command_refused", case=case_of(visit, asked.case))
            raise Declined(answer.code, answer.facts.get("at"))
        visit.did("command_accepted", case=case_of(visit, answer.case))
        return Response(msgspec.json.encode(answer), media_type=JSON)

    @route("/v1/commands/{command:str}", http_method=READING)
    async def tell(request: Request[None, None, State], command: FromPath[str]) -> Response[bytes]:
        visit = visit_of(request)
        await identity.admit(visit.bearer)
        answer = await answers.answer(visit.bearer.agency, _id(command))
        if answer is None:
            raise CommandNotFound
        visit.did("answer_read", command=answer.command)
        told = receiving.told(answer, visit.bearer.agency)
        return Response(msgspec.json.encode(told), media_type=JSON)

    return take, tell


async def sent(request: Request[None, None, State]) -> bytes:
    kind, _, _ = (header(request.scope, b"content-type") or "").partition(";")
    if kind.strip().lower() != JSON:
        raise NotJson
    try:
        async with asyncio.timeout(SENT_WITHIN_S):
            return await request.body()
    except TimeoutError:
        raise SentTooSlowly from None


def _id(text: str) -> CommandId:
    try:
        return CommandId(UUID(text))
    except ValueError:
        raise CommandNotFound from None
