"""A stay, as most tests of stays tell it: what is asked of it, and what comes of that."""

from datetime import date, timedelta
from typing import Any, Final

from msgspec.structs import replace

from domain.case import stays
from domain.case.beside import Beside
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    EndStay,
    ExtendStay,
    StartStay,
    StayCancelled,
    StayCommand,
    StayDecided,
    StayEnded,
    StayEvent,
    StayExtended,
    StayStarted,
)
from domain.case.stay_rules import (
    Stays,
)
from domain.codes import Condition, ConsentKind
from domain.model import Context, Decider, Event, StayId
from tests.beside import (
    CONTRACT,
    FACILITY,
    SHE_AGREED,
    beside,
)
from tests.spec import CENTRE, SHELTER, When, an_id, given

TODAY: Final = date(2026, 5, 13)  # A Wednesday.
TOMORROW: Final = TODAY + timedelta(days=1)
YESTERDAY: Final = TODAY - timedelta(days=1)
HER_STAY: Final = StayId(CENTRE.new_id)
NEXT_STAY: Final = StayId(an_id(720))


def staying(rest: Beside) -> Decider[Stays, StayCommand, Event]:
    """Stays, and what they begin beside themselves."""

    def decide(state: Stays, command: StayCommand, by: Context) -> tuple[Event, ...]:
        return stays.decide(state, rest, command, by)

    def evolve(state: Stays, event: Event) -> Stays:
        return stays.evolve(state, event) if isinstance(event, StayEvent) else state

    return Decider(Stays(), decide, evolve)


def agreed(*kinds: ConsentKind, **known: Any) -> Beside:
    """She has agreed to these, and has been heard."""
    return beside(agreed=dict.fromkeys(kinds, SHE_AGREED), **known)


AGREED: Final = agreed("COMMISSIONED_PLACEMENT")
decide_commissioned = DecideStay(
    kind="COMMISSIONED_PROTECTION",
    scope="IN_PREFECTURE",
    legal_ground="SPOUSE_VIOLENCE",
    provider_agency_id=SHELTER.agency,
    planned_from=TODAY,
)
SHE_KEEPS: Final[frozenset[Condition]] = frozenset({"KEEPS_PHONE", "KEEPS_WORK"})
start = StartStay(
    stay_id=HER_STAY,
    location="緑野市 つきのわ 2階",
    age_band="30S",
    reason_code="DV",
    conditions=SHE_KEEPS,
)
extend = ExtendStay(stay_id=HER_STAY, until=date(2026, 6, 12), reason="まだ家が見つからない。")
end = EndStay(
    stay_id=HER_STAY,
    destination_kind="OWN_HOUSING",
    destination_address="緑野市 川端町 3-1",
    without_aftercare="DECLINED",
)
cancel = CancelStay(stay_id=HER_STAY, reason="SHE_CHOSE_OTHERWISE")

decided = StayDecided(
    stay_id=HER_STAY,
    kind="COMMISSIONED_PROTECTION",
    scope="IN_PREFECTURE",
    legal_ground="SPOUSE_VIOLENCE",
    decided_by=CENTRE.agency,
    decided_on=TODAY,
    provider_agency_id=SHELTER.agency,
    direct_admission=False,
    planned_from=TODAY,
    contract_id=CONTRACT,
    consent_id=SHE_AGREED,
)
next_decided = replace(
    decided,
    stay_id=NEXT_STAY,
    kind="WOMENS_SELF_RELIANCE_FACILITY",
    legal_ground=None,
    provider_agency_id=FACILITY.agency,
    planned_from=TOMORROW,
    contract_id=None,
)
started = StayStarted(
    stay_id=HER_STAY,
    started_on=TODAY,
    location="緑野市 つきのわ 2階",
    companions=(),
    elsewhere=(),
    elsewhere_places=(),
    age_band="30S",
    reason_code="DV",
    conditions=SHE_KEEPS,
)
extended = StayExtended(stay_id=HER_STAY, until=date(2026, 6, 12), reason="まだ家が見つからない。")
ended = StayEnded(
    stay_id=HER_STAY,
    ended_on=TODAY,
    destination_kind="OWN_HOUSING",
    destination_address="緑野市 川端町 3-1",
    companions_outcome=None,
    without_aftercare="DECLINED",
)
cancelled = StayCancelled(stay_id=HER_STAY, reason="SHE_CHOSE_OTHERWISE", text=None)


def deciding(
    command: DecideStay, rest: Beside = AGREED, by: Context = CENTRE, *before: Event
) -> When:
    return given(staying(rest), *before).when(command, by=by)


def starting(command: StartStay, rest: Beside = AGREED, by: Context = SHELTER) -> When:
    return given(staying(rest), decided).when(command, by=by)


def making_another(by: Context) -> Context:
    return replace(by, new_id=NEXT_STAY)
