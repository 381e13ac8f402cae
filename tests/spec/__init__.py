"""Given what has happened, when someone asks, then this follows."""

from datetime import UTC, datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar, cast
from uuid import UUID

import msgspec

from domain.fields import cut_of
from domain.model import (
    ActingRole,
    AgencyId,
    Command,
    Context,
    Decider,
    Event,
    StaffId,
    StaffRole,
    Withheld,
)
from domain.speech import Refused

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

# 13 May 2026, 13:20 in Japan.
NOW: Final = datetime(2026, 5, 13, 4, 20, tzinfo=UTC)


def given(decider: Decider[S, C, E], *events: Event) -> "Given[S, C, E]":
    return Given(decider, decider.replay(cast("tuple[E, ...]", events)))


class Given(Generic[S, C, E]):
    def __init__(self, decider: Decider[S, C, E], state: S) -> None:
        self._decider = decider
        self._state = state

    def when(self, command: C, by: Context) -> "When":
        try:
            return When(self._decider.decide(self._state, command, by))
        except Refused as refused:
            return When(refused)


class When:
    def __init__(self, outcome: tuple[Event, ...] | Refused) -> None:
        self._outcome = outcome

    def then(self, *events: Event) -> None:
        """Exactly these events, and the log could hold them."""
        assert self._outcome == events, f"{_shown(self._outcome)}\nis not\n{_shown(events)}"
        for event in events:
            assert msgspec.json.decode(msgspec.json.encode(event), type=type(event)) == event

    def then_nothing(self) -> None:
        self.then()

    def refused(self, why: type[Refused]) -> None:
        assert type(self._outcome) is why, f"{_shown(self._outcome)} is not {why.__name__}"


def _shown(outcome: tuple[Event, ...] | Refused) -> str:
    """Events never print what they hold: a failing test must."""
    if isinstance(outcome, Refused):
        return repr(outcome)
    return "\n".join(msgspec.json.encode(event).decode() for event in outcome) or "nothing"


def without_words(event: E, withheld: Withheld) -> E:
    """The event as it reads when none of its sealed values can be opened."""
    sealed = cut_of(type(event)).sealed
    return msgspec.structs.replace(event, **{field.name: withheld for field in sealed})


def an_id(number: int) -> UUID:
    return UUID(int=number, version=4)


class Acting(Protocol):
    @property
    def role(self) -> ActingRole: ...


def role_of(by: Acting) -> StaffRole:
    """Of somebody: the installation itself is on nobody's staff."""
    assert by.role != "INSTALLATION"
    return by.role


def someone(number: int, role: StaffRole) -> Context:
    """A member of staff of an agency of their own."""
    return Context(
        agency=AgencyId(an_id(number)),
        staff=StaffId(an_id(number + 100)),
        role=role,
        at=NOW,
        new_id=an_id(number + 200),
    )


def later(by: Context, **passed: int) -> Context:
    return msgspec.structs.replace(by, at=by.at + timedelta(**passed))


def making(by: Context, new_id: UUID) -> Context:
    """The same person, with this id for what the command makes."""
    return msgspec.structs.replace(by, new_id=new_id)


CITY: Final = someone(1, "WOMENS_SUPPORT_COUNSELLOR")
CENTRE: Final = someone(2, "CASEWORKER")
SHELTER: Final = someone(3, "FACILITY_HEAD")
POLICE: Final = someone(4, "PRACTITIONER")
