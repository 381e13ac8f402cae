"""Who is there, named as far as whoever reads may be told; and what was sent round."""

from collections.abc import AsyncIterator

import msgspec
import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.disaster import DirectoryDistributed, Disaster, Notice, Posting
from contracts.envelope import AgencyShown
from contracts.roster import Counted, MemberLine, ServiceShown, WindowGaps, WindowShown
from domain.agency import (
    EndEnrolment,
    OfferService,
    RegisterAgency,
    SetConsultationWindow,
    SuspendAgency,
    UpdateAgency,
)
from domain.agency_codes import AgencyKind
from domain.codes import Sector
from domain.model import AgencyId, NetworkId, PostingId, StaffId
from domain.network import (
    ConfirmPosting,
    DeclareDisaster,
    DissolveNetwork,
    EstablishNetwork,
    IssueDisasterNotice,
    JoinNetwork,
    LeaveNetwork,
    PublishConsultationDirectory,
    ReceiveDirectory,
    RequestPosting,
)
from tests.integration.conferences import Town, a_town
from tests.integration.viewers import Agency

WALL = "緑野市女性相談室"
HIDDEN = "みどりの家"


@pytest_asyncio.fixture
async def town(database: PostgresAccess) -> AsyncIterator[Town]:
    async with a_town(database) as town:
        yield town


async def registers(  # noqa: PLR0913 (one for each thing that is told of it)
    town: Town,
    name: str,
    kind: AgencyKind = "PRIVATE_SUPPORT_ORGANISATION",
    *,
    sector: Sector = "PRIVATE",
    publish_name: bool = False,
    municipality: str | None = "062014",
) -> AgencyId:
    command = RegisterAgency(
        kind=kind,
        name=name,
        prefecture="06",
        municipality=municipality,
        sector=sector,
        publish_name=publish_name,
    )
    return AgencyId(await town.house.operator.makes(command))


async def joins(town: Town, agency: AgencyId) -> None:
    join = JoinNetwork(network_id=town.network, agency_id=agency, membership="MEMBER")
    await town.house.operator.says(join)


async def directory(town: Town, reader: Agency) -> bytes:
    await town.house.lists_are_made()
    return msgspec.json.encode(await town.registers.roster.directory(reader.reader, most=200))


async def members(town: Town, reader: Agency) -> dict[AgencyId, str]:
    page = await town.registers.roster.members(reader.reader, town.network, most=200)
    assert page is not None
    return {line.agency.agency: str(line.agency.name) for line in page.items}


async def test_an_agency_is_in_the_directory_with_what_it_offers_and_when_it_can_be_reached(
    town: Town,
) -> None:
    window = await registers(town, WALL, "MUNICIPAL_WOMENS_SUPPORT_DIVISION", sector="PUBLIC")
    operator = town.house.operator
    await operator.says(
        SetConsultationWindow(
            agency_id=window,
            channels=frozenset({"EMAIL", "PHONE"}),
            hours=("平日 9:00-17:00",),
            languages=frozenset({"ja", "vi"}),
        )
    )
    await operator.says(OfferService(agency_id=window, service_code="INTERPRETING", field="OTHER"))
    await town.house.lists_are_made()
    page = await town.registers.roster.directory(town.clinic.reader, most=200)
    (entry,) = (each for each in page.items if each.agency == window)
    assert (entry.name, entry.prefecture, entry.municipality) == (WALL, "06", "062014")
    assert entry.window == WindowShown(
        channels=("EMAIL", "PHONE"), hours=("平日 9:00-17:00",), languages=("ja", "vi")
    )
    assert entry.services == (ServiceShown("INTERPRETING", "OTHER"),)


async def test_a_place_of_protection_is_named_to_nobody_and_only_counted(town: Town) -> None:
    shelter = await registers(town, HIDDEN, "PRIVATE_SHELTER", publish_name=True)
    await joins(town, shelter)
    for reader in (town.city, town.clinic, town.house.operator):
        told = await directory(town, reader)
        assert HIDDEN.encode() not in told
        assert str(shelter).encode() not in told
        assert shelter not in await members(town, reader)
    unnamed = await town.registers.roster.unnamed_members(town.city.reader, town.network)
    assert unnamed is not None
    assert unnamed.counts == (Counted("PRIVATE_SHELTER", 1),)


async def test_who_wants_no_publicity_is_named_to_those_alone_who_are_in_its_network(
    town: Town,
) -> None:
    quiet = await registers(town, "あゆみの会")
    loud = await registers(town, "若葉の会", publish_name=True)
    await joins(town, quiet)
    await joins(town, loud)
    stranger = await town.house.agency("SCHOOL")
    assert {quiet, loud} <= (await members(town, town.city)).keys()
    assert loud in await members(town, stranger)
    assert quiet not in await members(town, stranger)
    assert "あゆみの会".encode() not in await directory(town, town.city)
    assert "若葉の会".encode() in await directory(town, stranger)
    counted = await town.registers.roster.unnamed_members(stranger.reader, town.network)
    assert counted is not None
    assert counted.counts == (Counted("PRIVATE_SUPPORT_ORGANISATION", 1),)


async def test_who_wants_no_publicity_goes_by_its_kind_to_strangers_also_where_it_leads(
    town: Town,
) -> None:
    quiet = await town.house.agency("PRIVATE_SUPPORT_ORGANISATION")
    private = UpdateAgency(agency_id=quiet.id, sector="PRIVATE", publish_name=False)
    await town.house.operator.says(private)
    establish = EstablishNetwork(
        name="若葉市困難女性支援ネットワーク",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area="若葉市",
        implementing_body=quiet.id,
    )
    network = NetworkId(await town.house.operator.makes(establish))
    stranger = await town.house.agency("SCHOOL")
    await town.house.lists_are_made()
    roster = town.registers.roster
    for reader, told in (
        (stranger, AgencyShown(kind="PRIVATE_SUPPORT_ORGANISATION")),
        (quiet, AgencyShown(id=quiet.id)),
    ):
        line = await roster.network(reader.reader, network)
        assert line is not None
        assert line.implementing_body == told
        page = await roster.networks(reader.reader, most=200)
        assert line in page.items


async def test_who_coordinates_is_told_to_members_alone(town: Town) -> None:
    stranger = await town.house.agency("SCHOOL")
    roster = town.registers.roster
    inside = await roster.members(town.city.reader, town.network, most=200)
    outside = await roster.members(stranger.reader, town.network, most=200)
    assert inside is not None
    assert outside is not None
    leads = [line for line in outside.items if line.is_coordinating]
    assert all(not line.coordinators for line in leads)
    assert await roster.members(stranger.reader, NetworkId(stranger.id), most=200) is None


async def test_pages_put_together_are_the_whole_roster(town: Town) -> None:
    for name in ("若葉の会", "青葉の会", "みどりの会"):
        await joins(town, await registers(town, name, publish_name=True))
    whole = await town.registers.roster.members(town.city.reader, town.network, most=200)
    assert whole is not None
    found: list[MemberLine] = []
    after = None
    while True:
        page = await town.registers.roster.members(
            town.city.reader, town.network, after=after, most=2
        )
        assert page is not None
        found += page.items
        after = page.next
        if after is None:
            break
    assert tuple(found) == whole.items


async def test_who_is_suspended_or_has_left_is_no_longer_there(town: Town) -> None:
    left = await registers(town, "若葉の会", publish_name=True)
    await joins(town, left)
    operator = town.house.operator
    await operator.says(LeaveNetwork(network_id=town.network, agency_id=left))
    assert left not in await members(town, town.city)
    await operator.says(SuspendAgency(agency_id=left))
    assert str(left).encode() not in await directory(town, town.city)


async def test_a_municipality_without_a_window_is_a_gap(town: Town) -> None:
    covered = await registers(town, WALL, "MUNICIPAL_WOMENS_SUPPORT_DIVISION", sector="PUBLIC")
    await registers(town, "白浜町福祉課", "WELFARE_OFFICE", sector="PUBLIC", municipality="063011")
    window = SetConsultationWindow(agency_id=covered, channels=frozenset({"PHONE"}))
    await town.house.operator.says(window)
    await town.house.lists_are_made()
    gaps = await town.registers.roster.gaps(town.city.reader, "06")
    assert gaps == WindowGaps("06", ("063011",))


async def test_the_network_hears_what_was_sent_round_and_what_came_back(town: Town) -> None:
    operator, network = town.house.operator, town.network
    publish = PublishConsultationDirectory(
        network_id=network,
        version="2026-1",
        windows=frozenset({town.city.id}),
        recipients=frozenset({town.city.id, town.clinic.id}),
    )
    await operator.says(publish)
    await town.clinic.says(ReceiveDirectory(network_id=network, version="2026-1"))
    await operator.says(DeclareDisaster(network_id=network))
    request = RequestPosting(
        network_id=network,
        agency_id=town.city.id,
        item="DIRECTORY",
        version="2026-1",
        place_kind="EVACUATION_SHELTER",
        place="第一小学校",
    )
    posting = PostingId(await operator.makes(request))
    await town.city.says(ConfirmPosting(network_id=network, posting_id=posting))
    notice = IssueDisasterNotice(
        network_id=network, text=("相談窓口は開いています。",), via=frozenset({"RADIO"})
    )
    await operator.says(notice)
    page = await town.registers.distributing.those_of(town.city.reader, network, most=50)
    assert page is not None
    sent, disaster, posted, noticed = page.items
    assert isinstance(sent, DirectoryDistributed)
    assert (sent.received, sent.awaited) == (
        (AgencyShown(id=town.clinic.id),),
        (AgencyShown(id=town.city.id),),
    )
    assert isinstance(disaster, Disaster)
    assert isinstance(posted, Posting)
    assert (posted.place, posted.confirmed_on) == ("第一小学校", disaster.declared_on)
    assert isinstance(noticed, Notice)
    assert noticed.text == ("相談窓口は開いています。",)


async def test_of_what_was_sent_round_nobody_outside_hears(town: Town) -> None:
    await town.house.operator.says(DeclareDisaster(network_id=town.network))
    stranger = await town.house.agency("SCHOOL")
    read = town.registers.distributing.those_of
    assert await read(stranger.reader, town.network, most=50) is None
    assert await read(town.city.reader, NetworkId(stranger.id), most=50) is None


async def test_a_network_that_is_no_more_lets_nobody_know_who_was_in_it(town: Town) -> None:
    quiet = await registers(town, "あゆみの会")
    await joins(town, quiet)
    assert quiet in await members(town, town.city)
    await town.house.operator.says(DissolveNetwork(network_id=town.network))
    assert quiet not in await members(town, town.city)
    assert await coordinators(town, town.city) == {}


async def coordinators(town: Town, reader: Agency) -> dict[AgencyId, tuple[StaffId, ...]]:
    page = await town.registers.roster.members(reader.reader, town.network, most=200)
    assert page is not None
    return {
        line.agency.agency: tuple(each.staff for each in line.coordinators)
        for line in page.items
        if line.coordinators
    }


async def test_whoever_has_left_coordinates_nothing_any_more(town: Town) -> None:
    assert await coordinators(town, town.clinic) == {town.city.id: (town.city.staff,)}
    leaves = EndEnrolment(agency_id=town.city.id, staff_id=town.city.staff)
    await town.house.operator.says(leaves)
    assert await coordinators(town, town.clinic) == {}
