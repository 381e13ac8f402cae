"""What is announced (公表・周知): agencies and networks, as they describe themselves in the log.

It is in nobody's case. Of what they say only such words are opened as stand in a category that
whoever reads may have: what is public, and of whom is near, who works there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from domain.categories import CategoryCode
from domain.fields import tag_of
from domain.header import Header
from domain.model import AgencyId, NetworkId, StreamId, stream_of
from projections import directory, network_view
from projections.directory import SPOKEN, AgencyCard
from projections.network_view import Announced, NetworkView
from services.ports import EventLog, Keyring, StoredEvent
from services.sealing import Sealing, header_of

PUBLIC: Final[frozenset[CategoryCode]] = frozenset({"PUB"})
AND_STAFF: Final[frozenset[CategoryCode]] = frozenset({"PUB", "STF"})
SPOKEN_TAGS: Final = frozenset(map(tag_of, SPOKEN))


class Announcing:
    """What was read once is read again when more has been said: streams only grow."""

    def __init__(self, log: EventLog, keyring: Keyring, sealing: Sealing) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        # By the position of the last of it; only what is for everybody is kept.
        self._cards: Final[dict[AgencyId, tuple[int, AgencyCard | None]]] = {}
        self._networks: Final[dict[NetworkId, tuple[int, Sequence[Announced]]]] = {}

    async def agencies(self, agencies: Iterable[AgencyId]) -> Mapping[AgencyId, AgencyCard]:
        """Those that were ever registered."""
        streams = {agency: stream_of("agency", agency) for agency in agencies}
        last = await self._last_of(streams.values())
        anew = [
            agency
            for agency, stream in streams.items()
            if self._cards.get(agency, (-1, None))[0] != last[stream]
        ]
        told = await self._told([streams[each] for each in anew], PUBLIC, opened=SPOKEN_TAGS)
        for agency in anew:
            said = told[streams[agency]]
            self._cards[agency] = _last(said), directory.project(each.event for each in said)
        cards = {agency: self._cards[agency][1] for agency in streams}
        return {agency: card for agency, card in cards.items() if card is not None}

    async def networks(self, networks: Iterable[NetworkId]) -> Mapping[NetworkId, NetworkView]:
        views = {
            network: network_view.project(told)
            for network, told in (await self._of_networks(networks)).items()
        }
        return {network: view for network, view in views.items() if view is not None}

    async def of_network(self, network: NetworkId) -> Sequence[Announced]:
        return (await self._of_networks([network]))[network]

    async def with_staff(self, network: NetworkId) -> NetworkView | None:
        """For those who are in it: who works for it, and by what right."""
        stream = stream_of("network", network)
        return network_view.project((await self._told([stream], AND_STAFF))[stream])

    async def _of_networks(
        self, networks: Iterable[NetworkId]
    ) -> Mapping[NetworkId, Sequence[Announced]]:
        streams = {network: stream_of("network", network) for network in networks}
        last = await self._last_of(streams.values())
        anew = [
            network
            for network, stream in streams.items()
            if self._networks.get(network, (-1, ()))[0] != last[stream]
        ]
        told = await self._told([streams[each] for each in anew], PUBLIC)
        for network in anew:
            said = told[streams[network]]
            if said:  # Of ids that are none of ours, nothing is kept.
                self._networks[network] = _last(said), said
        return {n: self._networks[n][1] if n in self._networks else () for n in streams}

    async def _last_of(self, streams: Iterable[StreamId]) -> Mapping[StreamId, int]:
        last = await self._log.last(*streams)
        return {stream: event.position if event else 0 for stream, event in last.items()}

    async def _told(
        self,
        streams: Sequence[StreamId],
        categories: frozenset[CategoryCode],
        opened: frozenset[str] | None = None,
    ) -> Mapping[StreamId, Sequence[Announced]]:
        """``opened``: of events of which types; of all, unless it is said."""
        if not streams:
            return {}
        read = (await self._log.read(*streams)).streams
        headers = {each.position: header_of(each) for stored in read.values() for each in stored}
        fields = {
            position: _fields(header, categories)
            for position, header in headers.items()
            if opened is None or header.type in opened
        }
        persons = frozenset(
            line.person
            for position, names in fields.items()
            for line in headers[position].parts
            if line.field in names
        )
        keys = await self._keyring.keys(persons)

        def announced(stored: StoredEvent) -> Announced:
            names = fields.get(stored.position)
            event = self._sealing.open(stored, keys if names else None, names).event
            return Announced(stored.position, headers[stored.position].occurred_at, event)

        return {stream: [*map(announced, stored)] for stream, stored in read.items()}


def _last(announced: Sequence[Announced]) -> int:
    return announced[-1].position if announced else 0


def _fields(header: Header, categories: frozenset[CategoryCode]) -> frozenset[str]:
    return frozenset(line.field for line in header.parts if line.category in categories)
