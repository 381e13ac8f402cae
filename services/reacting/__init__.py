"""Reacting (自動処理): what follows from what happened, by rule and without anybody asking.

A process is told of an event and answers with commands, which take the way every command takes, in
the name of the installation itself. It decides nothing: it is the deciders that say what is so.
Each command has an id made from the process, the event and what it is about, so that asked again
it is answered as it was the first time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.consent_codes import BasisCode
from domain.disclosed import BasisId, Disclosed
from domain.fields import tag_of
from domain.model import AgencyId, CaseId, CommandId, Event, EventId
from domain.sharing import Told
from domain.visibility import Roster
from services.deciding import Source

NAMESPACE = UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7b01")


class Happened(NamedTuple):
    """An event in a case's name, and when it was recorded."""

    told: Told
    case: CaseId
    at: datetime


class LetOut(NamedTuple):
    """A field of the case that was let out to somebody, where in the log, and on which basis."""

    position: int
    recipient: AgencyId
    event: EventId
    field: str
    category: CategoryCode
    basis: BasisCode
    basis_id: BasisId | None


class Known(NamedTuple):
    """All that stands in the case's name, in the order of the log, and who is named in it.

    ``stream``: all of the stream in which it happened, be it in the case's name or not.
    ``until``: when the last of it was recorded. ``disclosed``: what of it had been let out to whom
    before that happened, each where it was for the last time.
    """

    record: Sequence[Source]
    roster: Roster
    stream: Sequence[Event]
    until: datetime
    disclosed: Sequence[LetOut] = ()


class Wanted(NamedTuple):
    """``about``: what tells this command from the others that follow from the same event."""

    about: str
    command: AnyCommand
    case: CaseId | None


class Process(NamedTuple):
    """``after_s``: so long after it was recorded what follows is asked, and no sooner."""

    name: str
    wants: frozenset[type[Event]]
    reacts: Callable[[Happened, Known], Iterable[Wanted]]
    after_s: float = 0.0
    reads_disclosed: bool = False

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(map(tag_of, self.wants))


def command_id(process: str, cause: UUID, about: str) -> CommandId:
    return CommandId(uuid5(NAMESPACE, f"{process}:{cause}:{about}"))


def let_out(position: int, disclosed: Disclosed) -> Iterator[LetOut]:
    lines = zip(
        disclosed.events,
        disclosed.fields,
        disclosed.categories,
        disclosed.bases,
        disclosed.basis_ids,
        strict=True,
    )
    for event, path, category, basis, basis_id in lines:
        yield LetOut(position, disclosed.recipient, event, path, category, basis, basis_id)
