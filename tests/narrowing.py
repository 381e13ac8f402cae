"""What each of those who look at a case sees of it, event by event, as it goes along."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from domain import agency, network
from domain.agency import Agency, AgencyRegistered, KnownAgency, NoAgency
from domain.fields import tag_of
from domain.model import AgencyId, CaseId, Event, NetworkId, StaffId, Stamp, StreamId
from domain.network import NO_NETWORK, Network, NetworkEstablished
from domain.sharing import Sharing, evolve
from domain.visibility import Recipient, Roster, decide, looking, membership, who_reads, whose_feed
from tests.world import Entry

# Who saw which field of which event; nobody in person, where it was seen on a feed.
Sight: TypeAlias = frozenset[tuple[AgencyId, StaffId | None, int, str]]


class Step(NamedTuple):
    entry: Entry
    lost: Sight  # What somebody saw before it, and sees no more.


class Watching:
    """Everything there is, as far as it was told, and all who may look."""

    def __init__(self) -> None:
        self._agencies: Final[dict[AgencyId, Agency]] = {}
        self._networks: Final[dict[NetworkId, Network]] = {}
        self._named: Final[dict[StreamId, AgencyId | NetworkId]] = {}
        self._records: Final[dict[CaseId, list[Entry]]] = {}
        self._sharing: Final[dict[CaseId, Sharing]] = {}

    def hears(self, entry: Entry) -> None:
        told = entry.told
        match told.event:
            case AgencyRegistered(agency_id=agency_id):
                self._agencies[agency_id] = NoAgency()
                self._named[told.stream] = agency_id
            case NetworkEstablished(network_id=network_id):
                self._networks[network_id] = NO_NETWORK
                self._named[told.stream] = network_id
            case _:
                pass
        named = self._named.get(told.stream)
        if isinstance(told.event, agency.AgencyEvent) and named is not None:
            known = AgencyId(named)
            self._agencies[known] = agency.evolve(self._agencies[known], told.event)
        if isinstance(told.event, network.NetworkEvent) and named is not None:
            there = NetworkId(named)
            self._networks[there] = network.evolve(self._networks[there], told.event)
        if entry.case is not None:
            self._records.setdefault(entry.case, []).append(entry)
            before = self._sharing.get(entry.case, Sharing())
            self._sharing[entry.case] = evolve(before, told)

    def loses(self, entry: Entry) -> Sight:
        """What is lost with this event, at the time it is recorded."""
        cases = [entry.case] if entry.case else [*self._records]
        known = [case for case in cases if case in self._records]
        before = self._sight(known, entry)
        self.hears(entry)
        return before - self._sight(known, entry)

    def _sight(self, cases: Iterable[CaseId], entry: Entry) -> Sight:
        networks = {key: membership(each) for key, each in self._networks.items()}
        roster = Roster({**self._agencies}, networks)
        seen: set[tuple[AgencyId, StaffId | None, int, str]] = set()
        for case in cases:
            for who in self._readers():
                look = looking(self._sharing[case], who, roster, entry.at)
                for each in self._records[case]:
                    bases = decide(look, each.told, each.parts).bases
                    seen |= {(who.agency, who.staff, each.told.position, name) for name in bases}
        return frozenset(seen)

    def _readers(self) -> Iterator[Recipient]:
        """Of each agency its feed, and one who reads in person; to all others nothing is open."""
        for key, known in self._agencies.items():
            if not isinstance(known, KnownAgency) or known.suspended:
                continue
            staff = known.staff.items()
            people = [who_reads(key, known, each, itself.role) for each, itself in staff]
            yield from [each for each in [whose_feed(key, known)] if each.pledged]
            yield from [each for each in people if each.pledged][:1]


def key_of(event: type[Event]) -> Stamp | None:
    """Which key an event of this stream stamps, if it narrows; some stand beside all cases."""
    kind = tag_of(event).partition(".")[0]
    match kind:
        case "agency":
            return "agency"
        case "network":
            return "network"
        case "duties" | "installation" | "numbers":
            return None
        case _:
            return "case"
