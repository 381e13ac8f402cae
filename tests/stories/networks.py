"""Networks (ネットワーク): one is founded, works, lives through a flood; another is dissolved."""

from domain.model import NetworkId, PostingId
from domain.network import (
    AdoptRules,
    AppointCoordinator,
    ConfirmPosting,
    DeclareDisaster,
    DesignateCoordinatingAgency,
    DissolveNetwork,
    EndDisaster,
    EstablishNetwork,
    IssueDisasterNotice,
    JoinNetwork,
    LeaveNetwork,
    PublishConsultationDirectory,
    ReceiveDirectory,
    RequestPosting,
    SetAnnualPolicy,
    ShareInformation,
)
from tests.stories.cast import Cast
from tests.stories.telling import Someone


async def founded(cast: Cast, leader: Someone, name: str, area: str) -> NetworkId:
    """It has a coordinating agency with a coordinator, rules, and members."""
    network = NetworkId(
        await cast.desk.makes(
            EstablishNetwork(
                name=name,
                level="MUNICIPALITY",
                basis="ACT_ART_15",
                prefecture="06",
                area=area,
                implementing_body=leader.agency,
            )
        )
    )
    for member in (leader, cast.centre, cast.npo, cast.school):
        await leader.says(
            JoinNetwork(
                network_id=network,
                agency_id=member.agency,
                membership="MEMBER",
                is_practice_agency=True,
            )
        )
    await leader.says(
        AppointCoordinator(
            network_id=network,
            agency_id=leader.agency,
            staff_id=leader.staff,
            qualification="FIVE_YEARS_EXPERIENCE",
        )
    )
    await leader.says(DesignateCoordinatingAgency(network_id=network, agency_id=leader.agency))
    await leader.says(
        AdoptRules(
            network_id=network,
            version="2026.1",
            meeting_mode="PERIODIC_OR_AS_NEEDED",
            representatives_at_least=1,
            representatives_at_most=3,
            review_interval_months=3,
            confidentiality_clause=("知り得た秘密を漏らしてはならない。",),
            purpose_of_sharing=("本人の意思を尊重した支援のために限る。",),
        )
    )
    return network


async def at_work(cast: Cast, network: NetworkId) -> None:
    city = cast.city
    await cast.shelter.says(
        JoinNetwork(
            network_id=network,
            agency_id=cast.shelter.agency,
            membership="REGISTERED_ESTABLISHMENT",
        )
    )
    await city.says(
        SetAnnualPolicy(network_id=network, fiscal_year=2026, text=("早期の相談につなげる。",))
    )
    await cast.npo.says(
        ShareInformation(network_id=network, title="夜間相談", text=("夏のあいだ開きます。",))
    )
    await city.says(
        PublishConsultationDirectory(
            network_id=network,
            version="2026.1",
            windows=frozenset({city.agency, cast.centre.agency}),
            recipients=frozenset({cast.school.agency}),
        )
    )
    await cast.school.says(ReceiveDirectory(network_id=network, version="2026.1"))
    posting = RequestPosting(
        network_id=network,
        agency_id=cast.school.agency,
        item="DIRECTORY",
        version="2026.1",
        place_kind="SCHOOL",
        place="保健室の前",
    )
    posted = PostingId(await city.makes(posting))
    await cast.school.says(ConfirmPosting(network_id=network, posting_id=posted))
    await city.says(LeaveNetwork(network_id=network, agency_id=cast.school.agency))


async def in_a_flood(cast: Cast, network: NetworkId) -> None:
    await cast.city.says(DeclareDisaster(network_id=network))
    await cast.city.says(
        IssueDisasterNotice(
            network_id=network,
            text=("避難所に女性専用の場所があります。",),
            areas=("緑野市北部",),
            via=frozenset({"POSTING", "RADIO"}),
        )
    )
    await cast.city.says(EndDisaster(network_id=network))


async def dissolved(cast: Cast) -> None:
    """A trial that the network under the law has replaced."""
    trial = EstablishNetwork(
        name="若葉市モデル協議会",
        level="MUNICIPALITY",
        basis="MODEL_PROJECT",
        prefecture="06",
        area="若葉市",
        implementing_body=cast.neighbour.agency,
    )
    network = NetworkId(await cast.neighbour.makes(trial))
    await cast.neighbour.says(DissolveNetwork(network_id=network))
