"""What must be so when all that was said has been done: in the log, on EVENTS, and in the lists."""
# pyright: reportUnknownMemberType=false

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace
from nats.aio.client import Client
from psycopg import sql

from adapters.crypto import ChaChaCipher
from adapters.nats.events import JetStreamEvents
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.views import PostgresViews
from contracts.answered import Done
from contracts.answers import Accepted, Answer, Refusal
from contracts.problems import Problem
from domain.case import CaseAccepted, ResponsibilityMoved
from domain.catalogue import EVENTS
from domain.header import Header
from domain.model import ITSELF, AgencyId, CommandId, StreamId
from projections.tables import Projection
from services.aliases import Aliases
from services.ports import StoredEvent
from services.projecting import Projecting
from services.relaying import message_of
from services.sealing import Sealing
from tests.integration.clerks import Register, Sent
from tests.integration.writers import session

SEALING: Final = Sealing(EVENTS, ChaChaCipher())
PAGE: Final = 1000

# What each command records where it is accepted: all of it, in one append.
RECORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "agency.register": ("agency.registered.v1",),
    "agency.enrol_staff": ("agency.staff_enrolled.v1",),
    "agency.sign_pledge": ("agency.pledge_signed.v1",),
    "network.establish": ("network.established.v1",),
    "network.join": ("network.member_joined.v1",),
    "case.open": ("case.opened.v1",),
    "case.identify_subject": ("case.subject_identified.v1",),
    "case.set_contact_method": ("case.contact_method_set.v1",),
    "case.record_address": ("case.address_recorded.v1",),
    "case.record_consultation": ("case.consultation_recorded.v1",),
    "case.record_note": ("case.note_recorded.v1",),
    "case.accept": ("case.accepted.v1", "numbers.case_number_taken.v1", "duties.taken.v1"),
    "consent.explain": ("consent.explained.v1",),
    "consent.grant": ("consent.granted.v1",),
    "consent.withdraw": ("consent.withdrawn.v1",),
    "referral.draft": ("referral.drafted.v1",),
    "referral.send": ("referral.sent.v1",),
    "referral.receive": ("referral.received.v1",),
    "referral.accept": ("referral.accepted.v1", "case.role_assigned.v1"),
    "referral.confirm_handover": (
        "referral.handover_confirmed.v1",
        "case.responsibility_moved.v1",
        "duties.left.v1",
        "duties.taken.v1",
    ),
}


async def whole(log: PostgresEventLog, after: int = 0) -> list[StoredEvent]:
    """From the beginning, or what has come since."""
    stored: list[StoredEvent] = []
    while page := await log.after(after + len(stored), PAGE):
        stored += page
    return stored


class Count(NamedTuple):
    """Of commands: how many were acknowledged, and of how many that is not wholly true."""

    acknowledged: int
    lost: int
    doubled: int
    in_part: int

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, {self.lost} lost, {self.doubled} doubled,"
            f" {self.in_part} done in part"
        )


def counted(
    register: Register, stored: Sequence[StoredEvent], owner: str, aliases: Aliases
) -> Count:
    """Each has the answer its sender was told, and the events it says, once; or it has nothing."""
    answers, by_rule = answers_in(owner), ruled_in(owner)
    recorded: dict[CommandId, tuple[str, ...]] = defaultdict(tuple)
    for event in stored:
        recorded[msgspec.json.decode(event.header, type=Header).command] += (event.type,)
    assert answers.keys() <= register.sent.keys(), "something was done that nobody asked"
    unasked = recorded.keys() - answers.keys() - by_rule
    assert len(unasked) == 1, "nobody asked for more than the founding"
    lost = doubled = in_part = 0
    for id_, sent in register.sent.items():
        there, due = recorded[id_], records(sent, answers.get(id_))
        if was_acknowledged(sent):
            lost += not is_kept(sent, answers.get(id_), aliases) or bool(due and not there)
        doubled += len(there) > len(due)
        in_part += 0 < len(there) < len(due) or (len(there) == len(due) and there != due)
    return Count(sum(map(was_acknowledged, register.sent.values())), lost, doubled, in_part)


def was_acknowledged(sent: Sent) -> bool:
    return sent.kept or sent.answer is not None


def records(sent: Sent, answer: Answer | None) -> tuple[str, ...]:
    kind = sent.asked.command.__struct_config__.tag
    return RECORDS[str(kind)] if isinstance(answer, Accepted) else ()


def is_kept(sent: Sent, answer: Answer | None, aliases: Aliases) -> bool:
    """With the answer that its sender was told, or with any where they were told none."""
    match answer, sent.answer:
        case None, told:  # What came too late is refused, and nothing of it is kept.
            return isinstance(told, Problem) and told.code == "TOO_LATE"
        case _, None:
            return True
        case Refusal(code=code), Problem(code=told):
            return code == told
        case Accepted(), Done() as told:
            alias = aliases.alias(sent.agency, answer.case) if answer.case else None
            return replace(told, settled_by=None) == Done(
                command=answer.command, case=alias, made=answer.made, token=answer.token
            )
        case _:
            return False


def answers_in(owner: str) -> dict[CommandId, Answer]:
    """To whoever asked."""
    asked = "select id, answer from log.command where body <> 'founding' and agency <> %s"
    with session(owner) as reader:
        rows = reader.execute(asked, (ITSELF,))
        return {CommandId(id_): _ANSWER.decode(answer) for id_, answer in rows}


def ruled_in(owner: str) -> set[CommandId]:
    """What nobody asked for: by rule, an end of a part in a case is settled, for example."""
    with session(owner) as reader:
        rows = reader.execute("select id from log.command where agency = %s", (ITSELF,))
        return {CommandId(id_) for (id_,) in rows}


_ANSWER: Final[msgspec.json.Decoder[Answer]] = msgspec.json.Decoder(Answer)


def assert_one_agency_answers_for_each(stored: Sequence[StoredEvent]) -> None:
    """From its acceptance on, at every position."""
    answering: dict[StreamId, AgencyId] = {}
    for event in stored:
        match SEALING.open(event).event:
            case CaseAccepted(main_responsible=agency):
                assert event.stream not in answering
                answering[event.stream] = agency
            case ResponsibilityMoved(from_agency=before, to_agency=agency):
                assert answering[event.stream] == before != agency
                answering[event.stream] = agency
            case _:
                pass


async def assert_events_equal(hub: Client, stored: Sequence[StoredEvent]) -> None:
    """Byte for byte, at every sequence."""
    messages = [message async for message in JetStreamEvents(hub).messages()]
    assert [sequence for sequence, _ in messages] == [event.position for event in stored]
    for (sequence, content), event in zip(messages, stored, strict=True):
        assert content == message_of(event), sequence


async def assert_equal_to_a_rebuild(
    lists: Sequence[Projection[Any, Any]], app: str, log: PostgresEventLog
) -> None:
    async with PostgresViews(app) as views:
        for of in lists:
            kept = rows(of, app)
            async for _ in Projecting(of, views, log, SEALING).rebuild():
                pass
            assert rows(of, app) == kept, of.name


def rows(of: Projection[Any, Any], app: str) -> set[tuple[Any, ...]]:
    with session(app) as looking:
        asked = sql.SQL("select * from {}").format(sql.Identifier("views", of.name))
        return {*looking.execute(asked).fetchall()}
