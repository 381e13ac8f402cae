"""The story in which everything happens, read by those in it as it goes on."""

from typing import Final

from adapters.clock import DemoClock
from adapters.engines import PostgresAccess
from adapters.postgres.clock import clock_of
from contracts.answers import Accepted, Answer
from domain.model import AgencyId, CaseId
from services.handling import Ask
from services.looking import Reader
from services.ports import DemoTime
from tests.integration.viewers import House, a_house
from tests.stories import Clock, LogBook, Someone, Stage, tell
from tests.stories.cast import Cast


class Teller:
    """Whoever has said something in a case looks at it afterwards, and at all that was done."""

    def __init__(self, house: House, time: DemoTime, clock: Clock) -> None:
        self._house: Final = house
        self._time: Final = time
        self._clock: Final = clock
        self.saw_most: Final[dict[AgencyId, int]] = {}

    async def handle(self, ask: Ask) -> Answer:
        await self._time.move(self._clock.now())
        answer = await self._house.handling.handle(ask)
        if isinstance(answer, Accepted) and ask.case and ask.role != "INSTALLATION":
            reader = Reader(agency=ask.agency, staff=ask.staff, role=ask.role)
            seen = await self.seen(reader, ask.case)
            self.saw_most[ask.agency] = max(len(seen), self.saw_most.get(ask.agency, 0))
        return answer

    async def seen(self, reader: Reader, case: CaseId) -> list[str]:
        """Nothing of what was done in it, or something, as of the case as it stands."""
        shown = await self._house.viewing.case(reader, case)
        page = await self._house.viewing.timeline(reader, case, most=1000)
        assert (shown is None) == (page is None)
        return [each.type for each in page.items] if page else []


async def test_whatever_happens_can_be_looked_at_by_those_who_may(
    database: PostgresAccess,
) -> None:
    clock = Clock()
    async with clock_of(database.app, clock.now()) as time, a_house(database, time) as house:
        assert isinstance(time, DemoClock)
        teller = Teller(house, time, clock)
        stage = Stage(handling=teller, operator=house.founded, book=LogBook(house.log), clock=clock)
        told = await tell(stage)
        await house.lists_are_made()
        assert min(teller.saw_most.values()) > 0
        left: dict[str, list[str]] = {}
        listed: dict[str, int] = {}
        for name in Cast._fields[1:]:
            who: Someone = getattr(told.cast, name)
            assert who.role != "INSTALLATION"
            reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
            left[name] = await teller.seen(reader, told.case)
            listed[name] = len((await house.viewing.cases(reader, most=100)).items)
    # Her case is erased. Whoever was told something has to know what became of it.
    assert {name: seen for name, seen in left.items() if seen} == {
        "shelter": [LESS, TO_DESTROY, TAKEN_BACK],
        "hospital": [LESS, LESS, TO_DESTROY, TO_DESTROY, TAKEN_BACK],
    }
    # Her earlier case is another, and only closed.
    assert {name: cases for name, cases in listed.items() if cases} == {"city": 1}


LESS: Final = "consent.narrowed.v1"
TO_DESTROY: Final = "trail.purge_requested.v1"
TAKEN_BACK: Final = "consent.withdrawn.v1"
