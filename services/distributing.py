"""Distribution (災害時の周知の状況) as it is read in a network: nobody else finds any."""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, assert_never

from contracts.disaster import (
    DirectoryDistributed,
    Disaster,
    DisasterLine,
    Notice,
    Posting,
)
from contracts.envelope import AgencyShown
from contracts.pages import Page
from domain.model import AgencyId, NetworkId
from projections import distribution, network_view
from projections.distribution import Declared, Directory, Noticed, Posted, Sent
from services.announcing import Announcing
from services.listing import Listing, bounded
from services.looking import Reader
from services.roster import is_among, shown
from services.showing import by_name

NamedBy: TypeAlias = Callable[[AgencyId], AgencyShown]


class Distributing:
    def __init__(self, listing: Listing, announcing: Announcing) -> None:
        self._listing: Final = listing
        self._announcing: Final = announcing

    async def those_of(
        self, reader: Reader, network: NetworkId, *, after: str | None = None, most: int
    ) -> Page[DisasterLine] | None:
        await self._listing.looking.look(reader)
        announced = await self._announcing.of_network(network)
        view = network_view.project(announced)
        if view is None or not is_among(reader.agency, view.known):
            return None
        of, most = f"disaster {network}", bounded(most)
        since, _ = self._listing.begin(reader, of, after) or (0, network)
        sent = distribution.project(announced)
        found = [(position, each) for position, each in sorted(sent.items()) if position > since]
        page = found[:most]
        cards = await self._announcing.agencies({w for _, each in page for w in _named(each)})

        def named_by(agency: AgencyId) -> AgencyShown:
            return shown(reader, agency, cards.get(agency), among=True)

        following = (page[-1][0], network) if len(found) > most else None
        return Page(
            tuple(line_of(each, named_by) for _, each in page),
            following and self._listing.next(reader, of, following),
        )


def line_of(sent: Sent, named_by: NamedBy) -> DisasterLine:
    match sent:
        case Directory():
            return DirectoryDistributed(
                version=sent.version,
                published_at=sent.published_at,
                windows=_each(sent.windows, named_by),
                received=_each(sent.received, named_by),
                awaited=_each(sent.recipients - sent.received, named_by),
            )
        case Posted():
            return Posting(
                posting=sent.posting,
                agency=named_by(sent.agency),
                item=sent.item,
                version=sent.version,
                place_kind=sent.place_kind,
                place=sent.place,
                requested_at=sent.requested_at,
                confirmed_on=sent.confirmed_on,
            )
        case Noticed():
            return Notice(
                text=sent.text,
                areas=sent.areas,
                via=tuple(sorted(sent.via)),
                issued_at=sent.issued_at,
            )
        case Declared():
            return Disaster(declared_on=sent.declared_on, ended_on=sent.ended_on)
    assert_never(sent)


def _each(agencies: Iterable[AgencyId], named_by: NamedBy) -> tuple[AgencyShown, ...]:
    return tuple(sorted(map(named_by, agencies), key=by_name))


def _named(sent: Sent) -> frozenset[AgencyId]:
    match sent:
        case Directory(windows=windows, recipients=recipients):
            return windows | recipients
        case Posted(agency=agency):
            return frozenset({agency})
        case Noticed() | Declared():
            return frozenset()
    assert_never(sent)
