"""The smallest aggregate that needs everything: each note has two fields that are sealed."""

import os
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, ClassVar, Final
from uuid import uuid4

import msgspec

from adapters.crypto import KEY_BYTES, ChaChaCipher
from domain.categories import CNT, PRB, SVC
from domain.fields import Catalogue
from domain.model import (
    AgencyId,
    Command,
    CommandId,
    Context,
    Count,
    Decider,
    Event,
    PersonId,
    Sealed,
    StaffId,
    StreamId,
)
from domain.speech import Refused
from domain.text import Line
from services.ids import uuid7
from services.ports import Keys, NewEvent
from services.sealing import Origin, Place, Sealing

WORRY: Final = "夫の帰りが遅い日は眠れないと言う。次は火曜の午後に会う。"
NUMBER: Final = "090-0000-0000"


class NoteTaken(Event, frozen=True, kw_only=True, tag="bench.note_taken.v1"):
    nth: Annotated[Count, SVC]
    taken_by: Annotated[AgencyId, SVC]
    worry: Annotated[Sealed[Line], PRB]
    number: Annotated[Sealed[Line], CNT]


class TakeNote(Command, frozen=True, kw_only=True, tag="bench.take_note"):
    worry: Line
    number: Line


class NotebookFull(Refused):
    """There is no page left in this notebook."""

    ja: ClassVar[str] = "記入できるページがありません。"


class Notebook(msgspec.Struct, frozen=True):
    notes: int = 0
    writers: frozenset[AgencyId] = frozenset()


PAGES: Final = 1_000_000


def decide(state: Notebook, command: TakeNote, by: Context) -> tuple[NoteTaken, ...]:
    if state.notes >= PAGES:
        raise NotebookFull
    return (
        NoteTaken(
            nth=state.notes + 1,
            taken_by=by.agency,
            worry=command.worry,
            number=command.number,
        ),
    )


def evolve(state: Notebook, event: NoteTaken) -> Notebook:
    if event.taken_by in state.writers:
        return Notebook(event.nth, state.writers)
    return Notebook(event.nth, state.writers | {event.taken_by})


NOTEBOOK: Final = Decider(Notebook(), decide, evolve)
SEALING: Final = Sealing(Catalogue([NoteTaken]), ChaChaCipher())

WOMAN: Final = PersonId(uuid4())
KEYS: Final[Keys] = {WOMAN: os.urandom(KEY_BYTES)}
AGENCY: Final = AgencyId(uuid4())
STAFF: Final = StaffId(uuid4())
TAKE_NOTE: Final = TakeNote(worry=WORRY, number=NUMBER)


def someone(now: datetime) -> Context:
    return Context(
        agency=AGENCY, staff=STAFF, role="WOMENS_SUPPORT_COUNSELLOR", at=now, new_id=uuid7(now)
    )


def sealed(  # noqa: PLR0913 (what it is of, and by which it is sealed)
    event: Event,
    stream: StreamId,
    version: int,
    *,
    by: Context,
    sealing: Sealing = SEALING,
    keys: Keys = KEYS,
) -> NewEvent:
    command = CommandId(uuid7(by.at))
    return sealing.seal(
        event,
        uuid7(by.at),
        Place(stream=stream, key=stream, version=version, woman=WOMAN),
        Origin(by=by, occurred_at=by.at, correlation=command, command=command),
        keys,
    )


def notes(stream: StreamId, count: int) -> list[NewEvent]:
    """As many as there are to be, sealed one after the other."""
    by = someone(datetime.now(UTC))
    note = partial(NoteTaken, taken_by=AGENCY, worry=WORRY, number=NUMBER)
    return [sealed(note(nth=nth), stream, nth, by=by) for nth in range(1, count + 1)]
