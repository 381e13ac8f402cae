"""A case as it comes to be: opened, identified, and then one consultation after another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from uuid import uuid4

from adapters.crypto import ChaChaCipher
from benchmarks import notebook
from domain.case import (
    CASE,
    Case,
    CaseCommand,
    CaseEvent,
    IdentifySubject,
    OpenCase,
    RecordConsultation,
)
from domain.catalogue import EVENTS
from domain.model import StreamId
from services.ports import NewEvent
from services.sealing import Sealing

SEALING: Final = Sealing(EVENTS, ChaChaCipher())

OPEN_CASE: Final = OpenCase(
    anonymous=False,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
    at_risk_only=False,
)
IDENTIFY_SUBJECT: Final = IdentifySubject(name="佐藤 花子", kana="サトウ ハナコ")
RECORD_CONSULTATION: Final = RecordConsultation(
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    secondary_problems=frozenset({"ECONOMIC_PROBLEM"}),
    age_band="30S",
    language="ja",
    sexual_harm_flag=False,
    summary=notebook.WORRY,
)


def events(count: int) -> list[CaseEvent]:
    return list(islice(_events(), count))


def history(count: int) -> list[NewEvent]:
    stream = StreamId(uuid4())
    by = notebook.someone(datetime.now(UTC))
    return [
        notebook.sealed(event, stream, version, by=by, sealing=SEALING)
        for version, event in enumerate(events(count), start=1)
    ]


def _events() -> Iterator[CaseEvent]:
    by = notebook.someone(datetime.now(UTC))
    state: Case = CASE.initial
    commands: list[CaseCommand] = [OPEN_CASE, IDENTIFY_SUBJECT]
    while True:
        for event in CASE.decide(state, commands.pop(0) if commands else RECORD_CONSULTATION, by):
            state = CASE.evolve(state, event)
            yield event
