"""Roster (名簿・社会資源の一覧): who is there, named as far as whoever reads may be told.

What agencies and networks say of themselves is for everybody, but for where women are protected:
such a place is named to nobody. A private body that wants no publicity is named to those alone who
are in a network with it, whatever it is there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

from contracts.envelope import AgencyShown
from contracts.pages import Page
from contracts.roster import (
    CoordinatorShown,
    Counted,
    DirectoryEntry,
    MemberLine,
    NetworkLine,
    ServiceShown,
    Unnamed,
    WindowGaps,
    WindowShown,
)
from domain.agency_codes import AgencyKind, Prefecture
from domain.calendar import wareki
from domain.model import AgencyId, NetworkId
from domain.network import KnownNetwork
from projections import network_view
from projections.directory import AgencyCard
from projections.network_view import NetworkView
from services.announcing import Announcing
from services.listing import Listing, RowPlace, bounded
from services.looking import Reader

T = TypeVar("T")

AT_ONCE: Final = 200


class AgencyPlace(NamedTuple):
    since: int
    agency: AgencyId

    @property
    def place(self) -> RowPlace:
        return self.since, self.agency


class NetworkPlace(NamedTuple):
    since: int
    network: NetworkId

    @property
    def place(self) -> RowPlace:
        return self.since, self.network


class RosterRows(Protocol):
    async def agencies(
        self, prefecture: Prefecture | None, after: RowPlace | None, most: int
    ) -> Sequence[AgencyPlace]:
        """Those that are there, in the order in which they were registered."""
        ...

    async def networks(self, after: RowPlace | None, most: int) -> Sequence[NetworkPlace]:
        """In the order in which they were founded."""
        ...


class Roster:
    def __init__(self, listing: Listing, announcing: Announcing, rows: RosterRows) -> None:
        self._listing: Final = listing
        self._announcing: Final = announcing
        self._rows: Final = rows

    async def directory(
        self,
        reader: Reader,
        *,
        prefecture: Prefecture | None = None,
        after: str | None = None,
        most: int,
    ) -> Page[DirectoryEntry]:
        await self._listing.looking.look(reader)
        of, most = f"directory {prefecture}", bounded(most)
        place = self._listing.begin(reader, of, after)
        found: list[tuple[RowPlace, DirectoryEntry]] = []
        more = True
        while more and len(found) <= most:
            rows = await self._rows.agencies(prefecture, place, most + 1)
            cards = await self._announcing.agencies(row.agency for row in rows)
            found += [
                (row.place, entry_of(row.agency, card))
                for row in rows
                if (card := cards.get(row.agency)) and card.is_named
            ]
            more = len(rows) > most
            place = rows[-1].place if rows else place
        return self._page(reader, of, found, most)

    async def unnamed(self, reader: Reader, prefecture: Prefecture | None = None) -> Unnamed:
        await self._listing.looking.look(reader)
        cards = await self._everybody(prefecture)
        return Unnamed(counted(card for card in cards if not card.is_named))

    async def gaps(self, reader: Reader, prefecture: Prefecture) -> WindowGaps:
        await self._listing.looking.look(reader)
        cards = [card for card in await self._everybody(prefecture) if card.is_named]
        places = {card.municipality for card in cards if isinstance(card.municipality, str)}
        reached = {card.municipality for card in cards if card.is_open}
        return WindowGaps(prefecture, tuple(sorted(places - reached)))

    async def networks(
        self, reader: Reader, *, after: str | None = None, most: int
    ) -> Page[NetworkLine]:
        await self._listing.looking.look(reader)
        most = bounded(most)
        place = self._listing.begin(reader, "networks", after)
        rows = await self._rows.networks(place, most + 1)
        views = await self._announcing.networks(row.network for row in rows)
        leading = {who for view in views.values() for who in _leads(view.known)}
        cards = await self._announcing.agencies(leading)
        found = [
            (row.place, line_of(reader, row.network, view, cards))
            for row in rows
            if (view := views.get(row.network))
        ]
        return self._page(reader, "networks", found, most)

    async def network(self, reader: Reader, network: NetworkId) -> NetworkLine | None:
        await self._listing.looking.look(reader)
        view = network_view.project(await self._announcing.of_network(network))
        if view is None:
            return None
        cards = await self._announcing.agencies(_leads(view.known))
        return line_of(reader, network, view, cards)

    async def members(
        self, reader: Reader, network: NetworkId, *, after: str | None = None, most: int
    ) -> Page[MemberLine] | None:
        entered = await self._among(reader, network)
        if entered is None:
            return None
        view, among = entered
        of, most = f"members {network}", bounded(most)
        begin = self._listing.begin(reader, of, after)
        place = (begin[0], begin[1].int) if begin else (0, 0)
        joined = [(since, agency) for agency, since in view.joined.items()]
        coming = sorted(each for each in joined if (each[0], each[1].int) > place)
        found: list[tuple[RowPlace, MemberLine]] = []
        while coming and len(found) <= most:
            batch, coming = coming[: most + 1], coming[most + 1 :]
            cards = await self._announcing.agencies(agency for _, agency in batch)
            found += [
                ((since, agency), member_of(view, agency, cards[agency], among=among))
                for since, agency in batch
                if agency in cards and is_named(reader, agency, cards[agency], among=among)
            ]
        return self._page(reader, of, found, most)

    async def unnamed_members(self, reader: Reader, network: NetworkId) -> Unnamed | None:
        entered = await self._among(reader, network)
        if entered is None:
            return None
        view, among = entered
        cards = await self._announcing.agencies(view.known.members)
        hidden = {a: c for a, c in cards.items() if not is_named(reader, a, c, among=among)}
        return Unnamed(counted(card for card in hidden.values() if not card.known.is_gone))

    async def _among(self, reader: Reader, network: NetworkId) -> tuple[NetworkView, bool] | None:
        """Who coordinates is told to those alone who are in it themselves."""
        await self._listing.looking.look(reader)
        view = network_view.project(await self._announcing.of_network(network))
        if view is None:
            return None
        if not is_among(reader.agency, view.known):
            return view, False
        within = await self._announcing.with_staff(network)
        return None if within is None else (within, True)

    async def _everybody(self, prefecture: Prefecture | None) -> list[AgencyCard]:
        found: list[AgencyCard] = []
        place: RowPlace | None = None
        while rows := await self._rows.agencies(prefecture, place, AT_ONCE):
            cards = await self._announcing.agencies(row.agency for row in rows)
            found += cards.values()
            place = rows[-1].place
        return found

    def _page(
        self, reader: Reader, of: str, found: Sequence[tuple[RowPlace, T]], most: int
    ) -> Page[T]:
        page = found[:most]
        following = self._listing.next(reader, of, page[-1][0]) if len(found) > most else None
        return Page(tuple(line for _, line in page), following)


def is_among(agency: AgencyId, network: KnownNetwork) -> bool:
    """Of a network that is no more, nobody is a member."""
    there = {*network.members, network.implementing_body}
    return not network.dissolved and agency in there


def is_named(reader: Reader, agency: AgencyId, card: AgencyCard, *, among: bool) -> bool:
    return not card.known.is_gone and _may_be_named(reader, agency, card, among=among)


def shown(reader: Reader, agency: AgencyId, card: AgencyCard | None, *, among: bool) -> AgencyShown:
    """By its kind alone where it is not named; that it is no more does not take its name away."""
    if card is None:
        return AgencyShown()
    if _may_be_named(reader, agency, card, among=among):
        return AgencyShown(id=agency)
    return AgencyShown(kind=card.known.kind)


def _may_be_named(reader: Reader, agency: AgencyId, card: AgencyCard, *, among: bool) -> bool:
    return agency == reader.agency or card.is_named or (among and not card.is_protective)


def entry_of(agency: AgencyId, card: AgencyCard) -> DirectoryEntry:
    known, window = card.known, card.window
    return DirectoryEntry(
        agency=agency,
        name=card.name,
        kind=known.kind,
        functions=tuple(sorted(known.functions)),
        prefecture=known.prefecture,
        municipality=card.municipality,
        services=tuple(ServiceShown(*each) for each in sorted(known.services.items())),
        window=WindowShown(
            channels=tuple(sorted(window.channels)),
            hours=window.hours,
            languages=tuple(sorted(window.languages)),
        )
        if window and window.channels
        else None,
    )


def line_of(
    reader: Reader,
    network: NetworkId,
    view: NetworkView,
    cards: Mapping[AgencyId, AgencyCard],
) -> NetworkLine:
    known, on = view.known, view.established_on
    body, leads = known.implementing_body, known.coordinating
    member, among = known.members.get(reader.agency), is_among(reader.agency, known)

    def as_shown(agency: AgencyId) -> AgencyShown:
        return shown(reader, agency, cards.get(agency), among=among)

    return NetworkLine(
        network=network,
        name=view.name,
        level=known.level,
        basis=known.basis,
        prefecture=view.prefecture,
        area=view.area,
        status=known.status,
        established_on=on,
        implementing_body=as_shown(body),
        coordinating=None if leads is None else as_shown(leads),
        membership=None if member is None else member.type,
        wareki={} if on is None else {"established_on": wareki(on)},
    )


def member_of(view: NetworkView, agency: AgencyId, card: AgencyCard, *, among: bool) -> MemberLine:
    known = view.known
    member = known.members[agency]
    working = {staff for staff, each in card.known.staff.items() if each.left is None}
    appointed = sorted(staff for staff, at in known.coordinators.items() if at == agency)
    return MemberLine(
        agency=entry_of(agency, card),
        membership=member.type,
        is_practice_agency=member.is_practice_agency,
        outside_city=member.outside_city,
        is_coordinating=agency == known.coordinating,
        coordinators=tuple(
            CoordinatorShown(staff=staff, qualification=view.qualifications[staff])
            for staff in appointed
            if among and staff in working
        ),
    )


def counted(cards: Iterable[AgencyCard]) -> tuple[Counted, ...]:
    counts = Counter[AgencyKind](card.known.kind for card in cards)
    return tuple(Counted(kind, number) for kind, number in sorted(counts.items()))


def _leads(network: KnownNetwork) -> set[AgencyId]:
    return {network.implementing_body} | ({network.coordinating} if network.coordinating else set())
