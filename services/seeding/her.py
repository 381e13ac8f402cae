"""Her (その人): one who comes for help, and who helps her; what a story of hers is told with."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, TypeAlias

from domain.calendar import date_in_japan
from domain.catalogue import AnyCommand
from domain.items import Item
from domain.model import CaseId, GrantId, PersonId, ReferralId, StreamId, stream_of
from services.seeding.acting import Acting, Did, Someone
from services.seeding.chance import Chance
from services.seeding.land import Agency, City, Prefecture, Region
from services.seeding.made_up import Woman

# After how many days a story goes on.
Story: TypeAlias = Iterator[float]


class Network:
    """Whom the practitioners of a city go through, and who else is to be told."""

    def __init__(self) -> None:
        self.active: Final[dict[CaseId, Her]] = {}


class Her:
    def __init__(
        self,
        acting: Acting,
        chance: Chance,
        region: Region,
        city: City,
        networks: dict[str, Network],
    ) -> None:
        self.acting: Final = acting
        self.chance: Final = chance
        self.region: Final = region
        self.networks: Final = networks
        self.city: City = city
        self.woman: Final = Woman(chance, city.name, self.today.year)
        self.case: CaseId | None = None
        self.subject: PersonId = PersonId(chance.new_id())  # Until her case is opened.
        self.agency: Agency = city.division  # Which answers for her,
        self.worker: Someone = chance.one(self.agency.staff)  # and who sees her there.
        self.grants: Final[dict[GrantId, frozenset[Agency]]] = {}
        self.conference: GrantId | None = None
        self.children: Final[list[PersonId]] = []
        self.adults: Final[list[PersonId]] = []
        self.items: Final[dict[str, Item]] = {}  # What has been recorded of her, by its category.
        self.referrals: Final[set[ReferralId]] = set()  # Which are not at their end.
        self.assessed = False
        self.put_off = False
        self.agreed_until: date = self.today  # The longest of what she agreed to until a day.
        self.streams: Final[list[StreamId]] = []  # Meetings about her.

    @property
    def prefecture(self) -> Prefecture:
        return self.region.prefecture

    @property
    def today(self) -> date:
        return date_in_japan(self.acting.at)

    def in_days(self, days: float) -> date:
        return self.today + timedelta(days=days)

    def asks(self, who: Someone, command: AnyCommand) -> Did | None:
        return self.acting.does(who, command, self.case)

    def records(self, command: AnyCommand) -> Did | None:
        """By whoever sees her."""
        return self.asks(self.worker, command)

    def is_seen_by(self, agency: Agency) -> None:
        self.agency, self.worker = agency, self.chance.one(agency.staff)

    def wait(self, mean: float) -> Story:
        yield self.chance.days(mean)

    def is_reviewed(self) -> None:
        """From now on the practitioners go through her case as well."""
        assert self.case is not None
        self.networks[self.city.name].active[self.case] = self

    def is_reviewed_no_more(self) -> None:
        assert self.case is not None
        self.networks[self.city.name].active.pop(self.case, None)

    def is_forgotten(self) -> Story:
        """By us, once nothing falls due any more: her record stands in the log."""
        assert self.case is not None
        self.is_reviewed_no_more()
        yield 3.0 + max(0, (self.agreed_until - self.today).days)
        self.acting.forget(self.case, *self.streams)

    def meeting_stream(self, meeting: object) -> None:
        self.streams.append(stream_of("meeting", str(meeting)))
