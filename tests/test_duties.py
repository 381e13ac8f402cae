"""Duties: an agency goes only when it answers for nobody, and coordinates no network any more."""

from typing import Final

from domain.agency import (
    AgencyDeactivated,
    AgencyIsSuspended,
    AgencySucceeded,
    DeactivateAgency,
    SucceedAgency,
    SuspendAgency,
)
from domain.case import (
    AcceptCase,
    AssignRole,
    CaseNotFound,
    CaseReopened,
    CloseCase,
    EndParticipation,
    OnlyWhoAnswersForHer,
    OpenCase,
    ReopenCase,
    ResponsibilityMoved,
    TransferCase,
    participants,
)
from domain.case.closing import CaseAlreadyAccepted, CaseNotClosed, HandoverNotConfirmed
from domain.case.course import CaseIsClosed
from domain.case.roles import ItAnswersForHer
from domain.catalogue import AnyCommand
from domain.codes import SupportFunction
from domain.duties import (
    DutiesEnded,
    DutyEvent,
    DutyLeft,
    DutyTaken,
    StillAnswersForSomebody,
    StillCoordinates,
)
from domain.exclusions import SetExclusion
from domain.model import CaseId, Event, NetworkId, StreamId, stream_of
from domain.network import (
    AppointCoordinator,
    DesignateCoordinatingAgency,
    DissolveNetwork,
    EstablishNetwork,
    JoinNetwork,
    NotInTheNetwork,
)
from domain.speech import Refused
from services.deciding import decide, scope_of, widened
from tests.invariants import accepted, refused
from tests.peers import Midorino, midorino
from tests.world import Said, Someone, World

CLOSE: Final = CloseCase(reason="GOALS_MET", subject_wish="一人でやっていける。")
ROLE: Final[SupportFunction] = "SERVICE_PROVIDER"
REOPEN: Final = ReopenCase(reason="NEW_DIFFICULTIES", subject_wish="また相談したい。")


def assign(who: Someone) -> AssignRole:
    return AssignRole(function=ROLE, agency_id=who.agency)


def leave(who: Someone) -> EndParticipation:
    return EndParticipation(agency_id=who.agency)


def going(world: World, who: Someone) -> list[type[Refused] | None]:
    """Without a successor, and with one like it."""
    like_it = world.joins("MUNICIPAL_GENDER_EQUALITY_CENTRE", "COORDINATOR")
    ways: list[AnyCommand] = [
        DeactivateAgency(agency_id=who.agency),
        SucceedAgency(agency_id=who.agency, successor=like_it.agency),
    ]
    return [world.refuses(world.operator, each) for each in ways]


def told(said: Said) -> list[tuple[StreamId, Event]]:
    return [
        (entry.told.stream, entry.said)
        for entry in said.entries
        if isinstance(entry.said, DutyEvent)
    ]


def of(who: Someone) -> StreamId:
    return stream_of("duties", who.agency)


def is_decided_again(
    world: World,
    first: tuple[Someone, AnyCommand, CaseId | None],
    second: tuple[Someone, AnyCommand, CaseId | None],
) -> bool:
    """The second was decided on what was there before the first; both write to one stream."""
    late, command, case = second
    by = world.asking(late)
    scope = scope_of(command, case, CaseId(world.fresh()), by)
    scope = widened(scope, command, world.past(scope, by), by)
    decision = decide(scope, command, world.past(scope, by), by)
    said = world.says(*first)
    written = {write.stream for write in decision.writes if write.events}
    return not written.isdisjoint(entry.told.stream for entry in said.entries)


# For her


@refused("INV-K2", guard="domain.duties:check_answers_for_nobody")
def test_no_agency_goes_that_answers_for_somebody() -> None:
    here = midorino()
    assert going(here.world, here.city) == [StillAnswersForSomebody] * 2


def test_nor_does_one_that_is_suspended_and_still_answers() -> None:
    here = midorino()
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.city.agency))
    assert going(here.world, here.city) == [StillAnswersForSomebody] * 2


@accepted("INV-K2")
def test_it_goes_once_another_agency_answers_for_her() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    here.accepts(here.ayumi, referral, "MAIN_SUPPORT")
    assert told(here.confirms(here.ayumi, referral)) == [
        (of(here.city), DutyLeft(case_id=here.case)),
        (of(here.ayumi), DutyTaken(case_id=here.case)),
    ]
    assert going(here.world, here.city) == [None, None]
    assert going(here.world, here.ayumi)[0] is StillAnswersForSomebody


def test_it_goes_once_her_case_is_closed_and_not_when_it_is_reopened() -> None:
    here = midorino()
    assert told(here.says(here.city, CLOSE)) == [(of(here.city), DutyLeft(case_id=here.case))]
    assert going(here.world, here.city) == [None, None]
    assert told(here.says(here.city, REOPEN)) == [(of(here.city), DutyTaken(case_id=here.case))]
    assert going(here.world, here.city) == [StillAnswersForSomebody] * 2


def test_it_goes_once_she_is_helped_at_another_installation() -> None:
    here = midorino()
    here.takes_over(here.ayumi)
    left = here.says(here.ayumi, TransferCase())
    assert told(left) == [(of(here.ayumi), DutyLeft(case_id=here.case))]
    assert going(here.world, here.ayumi)[0] is None


def test_who_took_part_answers_for_her_where_whoever_did_is_no_more_when_she_comes_back() -> None:
    here = midorino()
    here.takes_over(here.ayumi)
    here.says(here.ayumi, CLOSE)
    assert here.refuses(here.city, REOPEN) is OnlyWhoAnswersForHer
    assert here.refuses(here.hospital, REOPEN) is CaseNotFound
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    assert here.refuses(here.city, REOPEN) is OnlyWhoAnswersForHer  # It comes back.
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.ayumi.agency))
    assert here.refuses(here.hospital, REOPEN) is CaseNotFound
    again = here.says(here.city, REOPEN)
    assert [type(event) for event in again.events] == [
        CaseReopened,
        ResponsibilityMoved,
        DutyTaken,
    ]
    assert again.the(ResponsibilityMoved) == ResponsibilityMoved(
        from_agency=here.ayumi.agency, to_agency=here.city.agency, from_remains=False
    )
    assert told(again) == [(of(here.city), DutyTaken(case_id=here.case))]
    assert here.answers_for_her == here.city.agency
    assert going(here.world, here.city) == [StillAnswersForSomebody] * 2
    # All of it is handed on anew before it goes to another network.
    assert here.refuses(here.city, TransferCase()) is HandoverNotConfirmed
    here.says(here.city, CLOSE)


def test_whoever_follows_it_answers_for_her_as_it_did_when_she_comes_back() -> None:
    here = midorino()
    here.takes_over(here.ayumi)
    here.says(here.ayumi, CLOSE)
    like_it = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
    assert here.refuses(like_it, REOPEN) is CaseNotFound
    succeed = SucceedAgency(agency_id=here.ayumi.agency, successor=like_it.agency)
    here.world.says(here.world.operator, succeed)
    assert here.refuses(like_it, CLOSE) is CaseNotFound
    again = here.says(like_it, REOPEN)
    assert told(again) == [(of(like_it), DutyTaken(case_id=here.case))]
    assert here.answers_for_her == like_it.agency
    assert here.takes_part(like_it)
    assert here.refuses(like_it, REOPEN) is CaseNotClosed


def test_nobody_she_has_shut_out_comes_to_answer_for_her() -> None:
    for who in ("city", "ayumi"):
        here = midorino()
        here.takes_over(here.ayumi)
        here.says(here.ayumi, SetExclusion(agency_id=getattr(here, who).agency))
        here.says(here.ayumi, CLOSE)
        like_it = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
        succeed = SucceedAgency(agency_id=here.ayumi.agency, successor=like_it.agency)
        here.world.says(here.world.operator, succeed)
        shut_out = here.city if who == "city" else like_it
        why = OnlyWhoAnswersForHer if who == "city" else CaseNotFound
        assert here.refuses(shut_out, REOPEN) is why


def test_what_was_never_accepted_is_opened_again_by_who_took_part_and_then_accepted() -> None:
    here, _ = never_accepted("city")
    again = here.says(here.city, REOPEN)
    assert [type(event) for event in again.events] == [
        CaseReopened,
        ResponsibilityMoved,
        DutyTaken,
    ]
    assert told(again) == [(of(here.city), DutyTaken(case_id=here.case))]
    assert again.the(ResponsibilityMoved) == ResponsibilityMoved(
        from_agency=here.hospital.agency, to_agency=here.city.agency, from_remains=False
    )
    assert (here.known.status, here.answers_for_her) == ("CONTACT", None)
    assert here.hospital.agency not in participants(here.known)
    accept = AcceptCase(network_id=here.network)
    assert here.refuses(here.police, accept) is CaseNotFound
    assert told(here.says(here.city, accept)) == []  # It had her already.
    assert here.refuses(here.city, accept) is CaseAlreadyAccepted
    assert told(here.says(here.city, CLOSE)) == [(of(here.city), DutyLeft(case_id=here.case))]


def test_whoever_opens_it_again_for_whoever_is_gone_does_what_has_to_be_done() -> None:
    """Though no network takes it in through them: another agency accepts, or it is closed again."""
    here, other = never_accepted("ayumi")
    assert here.refuses(here.ayumi, CLOSE) is CaseIsClosed
    here.says(here.ayumi, REOPEN)
    for left_to_it in (CLOSE, assign(here.city), leave(here.hospital)):
        assert here.refuses(here.ayumi, left_to_it) is None
        assert here.refuses(other, left_to_it) is OnlyWhoAnswersForHer
    assert here.refuses(here.ayumi, leave(here.ayumi)) is ItAnswersForHer
    here.says(here.ayumi, assign(here.city))
    assert here.refuses(here.ayumi, AcceptCase(network_id=here.network)) is NotInTheNetwork
    assert going(here.world, here.ayumi)[0] is StillAnswersForSomebody
    assert told(here.says(here.ayumi, CLOSE)) == [(of(here.ayumi), DutyLeft(case_id=here.case))]
    assert going(here.world, here.ayumi)[0] is None
    here.says(here.ayumi, REOPEN)
    assert here.known.status == "CONTACT"
    assert told(here.says(here.city, AcceptCase(network_id=here.network))) == [
        (of(here.ayumi), DutyLeft(case_id=here.case)),
        (of(here.city), DutyTaken(case_id=here.case)),
    ]
    assert here.answers_for_her == here.city.agency
    here.says(here.city, leave(here.ayumi))
    assert not here.takes_part(here.ayumi)


def test_whoever_follows_it_opens_again_what_was_never_accepted() -> None:
    for shut_out in (False, True):
        here, other = never_accepted("ayumi", goes=False)
        like_it = here.world.joins("MEDICAL_INSTITUTION")
        if shut_out:
            here.says(here.ayumi, SetExclusion(agency_id=like_it.agency))
        succeed = SucceedAgency(agency_id=here.hospital.agency, successor=like_it.agency)
        here.world.says(here.world.operator, succeed)
        assert here.refuses(like_it, CLOSE) is CaseNotFound
        if shut_out:
            assert here.refuses(like_it, REOPEN) is CaseNotFound
            continue
        here.says(like_it, REOPEN)
        assert here.known.status == "CONTACT"
        assert here.refuses(like_it, assign(here.city)) is None
        assert here.refuses(other, assign(here.city)) is OnlyWhoAnswersForHer


def test_whoever_follows_the_one_that_opened_her_case_accepts_it() -> None:
    """It went while nobody had accepted her; and nobody else may know of her yet."""
    for shut_out in (False, True):
        here = midorino()
        case = here.world.says(here.hospital, OPEN).case
        like_it, like_none = (here.world.joins("MEDICAL_INSTITUTION") for _ in range(2))
        for member in (like_it, like_none):
            joins = JoinNetwork(
                network_id=here.network, agency_id=member.agency, membership="MEMBER"
            )
            here.world.says(here.world.operator, joins)
        if shut_out:
            exclude = SetExclusion(agency_id=like_it.agency)
            here.world.says(here.hospital, exclude, case)
        accept = AcceptCase(network_id=here.network)
        assert here.world.refuses(like_it, accept, case) is CaseNotFound
        succeed = SucceedAgency(agency_id=here.hospital.agency, successor=like_it.agency)
        here.world.says(here.world.operator, succeed)
        assert here.world.refuses(like_none, accept, case) is CaseNotFound
        for other in (REOPEN, CLOSE):
            assert here.world.refuses(like_it, other, case) is CaseNotFound
        if shut_out:
            assert here.world.refuses(like_it, accept, case) is CaseNotFound
            continue
        assert told(here.world.says(like_it, accept, case)) == [
            (of(like_it), DutyTaken(case_id=case))
        ]
        assert here.world.refuses(like_it, CLOSE, case) is None


def never_accepted(takes_part: str, *, goes: bool = True) -> tuple[Midorino, Someone]:
    """A case that the hospital opened and closed; two helped her there, and the hospital goes."""
    here = midorino()
    case = here.world.says(here.hospital, OPEN).case
    assert case
    here = here._replace(case=case)
    other = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
    for helper in (getattr(here, takes_part), other):
        here.says(here.hospital, assign(helper))
    here.says(here.hospital, CLOSE)
    if goes:
        deactivate = DeactivateAgency(agency_id=here.hospital.agency)
        here.world.says(here.world.operator, deactivate)
    return here, other


def test_to_go_and_to_take_its_place_at_the_same_moment_are_decided_one_after_the_other() -> None:
    here = midorino()
    here.takes_over(here.ayumi)
    here.says(here.ayumi, CLOSE)
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.ayumi.agency))
    goes = (here.world.operator, DeactivateAgency(agency_id=here.city.agency), None)
    assert is_decided_again(here.world, goes, (here.city, REOPEN, here.case))
    before, _ = never_accepted("ayumi")
    goes = (before.world.operator, DeactivateAgency(agency_id=before.ayumi.agency), None)
    assert is_decided_again(before.world, goes, (before.ayumi, REOPEN, before.case))


def test_to_close_what_was_never_accepted_leaves_nothing() -> None:
    here = midorino()
    opened = here.world.says(here.ayumi, OPEN)
    assert told(opened) == []
    assert told(here.world.says(here.ayumi, CLOSE, opened.case)) == []


def test_what_it_goes_with_is_said_last() -> None:
    here = midorino()
    for going_now, told_first in (
        (DeactivateAgency(agency_id=here.hospital.agency), AgencyDeactivated),
        (_succeed(here, here.ayumi), AgencySucceeded),
    ):
        said = here.world.says(here.world.operator, going_now)
        assert isinstance(said.events[0], told_first)
        assert isinstance(said.events[-1], DutiesEnded)
        assert told(here.world.says(here.world.operator, going_now)) == []


def test_to_go_and_to_accept_somebody_at_the_same_moment_are_decided_one_after_the_other() -> None:
    for order in (1, -1):
        here = midorino()
        opened = here.world.says(here.city, OPEN)
        here.says(here.city, CLOSE)
        goes = (here.world.operator, DeactivateAgency(agency_id=here.city.agency), None)
        accepts = (here.city, AcceptCase(network_id=here.network), opened.case)
        assert is_decided_again(here.world, *(goes, accepts)[::order])
        if order == 1:
            assert here.world.refuses(*accepts) is AgencyIsSuspended
        else:
            assert here.world.refuses(*goes) is StillAnswersForSomebody


# For a network


@refused("INV-A3", guard="domain.duties:check_coordinates_nothing")
def test_no_agency_goes_that_coordinates_a_network() -> None:
    world, _, hub, _ = led()
    assert going(world, hub) == [StillCoordinates] * 2


@accepted("INV-A3")
def test_it_goes_once_another_agency_coordinates() -> None:
    world, network, hub, other = led()
    said = world.says(
        world.operator, DesignateCoordinatingAgency(network_id=network, agency_id=other.agency)
    )
    assert told(said) == [
        (of(hub), DutyLeft(network_id=network)),
        (of(other), DutyTaken(network_id=network)),
    ]
    assert going(world, hub) == [None, None]
    assert going(world, other) == [StillCoordinates] * 2


def test_it_goes_once_the_network_is_dissolved() -> None:
    world, network, hub, _ = led()
    dissolved = world.says(world.operator, DissolveNetwork(network_id=network))
    assert told(dissolved) == [(of(hub), DutyLeft(network_id=network))]
    assert going(world, hub) == [None, None]


def test_to_go_and_to_be_designated_at_the_same_moment_are_decided_one_after_the_other() -> None:
    for order in (1, -1):
        world, network, _, other = led()
        designate = DesignateCoordinatingAgency(network_id=network, agency_id=other.agency)
        goes = (world.operator, DeactivateAgency(agency_id=other.agency), None)
        assert is_decided_again(world, *(goes, (world.operator, designate, None))[::order])


def led() -> tuple[World, NetworkId, Someone, Someone]:
    """A network, who coordinates it, and who could."""
    world = World()
    hub, other = (world.joins("MUNICIPAL_GENDER_EQUALITY_CENTRE", "COORDINATOR") for _ in range(2))
    established = EstablishNetwork(
        name="緑野市困難女性支援ネットワーク",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area="緑野市",
        implementing_body=world.operator.agency,
    )
    network = NetworkId(world.says(world.operator, established).made)
    for each in (hub, other):
        coordinator = AppointCoordinator(
            network_id=network,
            agency_id=each.agency,
            staff_id=each.staff,
            qualification="CERTIFIED_SOCIAL_WORKER",
        )
        for command in (
            JoinNetwork(network_id=network, agency_id=each.agency, membership="MEMBER"),
            coordinator,
        ):
            world.says(world.operator, command)
    first = DesignateCoordinatingAgency(network_id=network, agency_id=hub.agency)
    world.says(world.operator, first)
    return world, network, hub, other


def _succeed(here: Midorino, who: Someone) -> SucceedAgency:
    like_it = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
    return SucceedAgency(agency_id=who.agency, successor=like_it.agency)


OPEN: Final = OpenCase(
    anonymous=True,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
    at_risk_only=False,
)
