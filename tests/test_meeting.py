"""A meeting: planned with a network, its invitees called together where she agreed to them."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.case import CaseNotFound
from domain.case.course import CaseIsClosed, CaseIsRestricted
from domain.categories import CategoryCode
from domain.fields import cut_of
from domain.meeting.commands import PlanMeeting
from domain.meeting.course import (
    MeetingIsCancelled,
    MeetingNotPlanned,
)
from domain.meeting.events import (
    AgendaItem,
    AgendaSet,
    InviteeAdded,
    MeetingPlanned,
)
from domain.meeting.planning import (
    KindNotAllowed,
    NetworkNotNamed,
    NobodyInvited,
    NoOnlookers,
    NotInvolved,
)
from domain.meeting.state import (
    CaseNotTabled,
    MeetingNotFound,
    NoCasesHere,
    OnlyTheConvenor,
    OnlyTheCoordinatingAgency,
)
from domain.meeting.telling import NotEverybodyCovered
from domain.meeting_codes import MeetingKind
from domain.model import MeetingId
from domain.network import NetworkIsDissolved, NotInTheNetwork, Rules
from tests.conferring import (
    ANOTHER_CASE,
    CLOSED,
    CONFIRMED,
    CONVENED,
    HELD,
    KINDS,
    MINUTED,
    PLANNED,
    SHARED_OUT,
    WELFARE,
    about,
    agenda,
    cancel,
    cancelled,
    close,
    closed,
    convene,
    convened,
    covering,
    disinvite,
    file,
    invite,
    invited,
    knowing,
    meeting,
    network,
    no_longer_invited,
    of_all,
    of_her,
    plan,
    planned,
    policy,
    request,
    requested,
    set_agenda,
    share,
    shared,
    tabled,
)
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, POLICE, SHELTER, given, making

# Planning


def test_whoever_takes_part_plans_a_conference_about_her() -> None:
    given(meeting()).when(plan, by=CENTRE).then(planned)


def test_so_does_the_agency_that_coordinates_the_network_in_whose_ledger_she_stands() -> None:
    without_the_city = knowing(participants=frozenset({CENTRE.agency}))
    expected = replace(planned, meeting_id=MeetingId(CITY.new_id), convenor=CITY.agency)
    given(meeting(without_the_city)).when(plan, by=CITY).then(expected)
    elsewhere = knowing(without_the_city, case=replace(about.case, network=None))
    given(meeting(elsewhere)).when(plan, by=CITY).refused(CaseNotFound)


def test_for_everybody_else_there_is_no_such_case() -> None:
    for stranger in (POLICE, WELFARE):
        given(meeting()).when(plan, by=stranger).refused(CaseNotFound)
        given(meeting()).when(request, by=stranger).refused(CaseNotFound)


def test_a_case_that_there_is_none_of_is_answered_like_one_that_is_hidden() -> None:
    nowhere = replace(of_all, unknown_case=True)
    for kind in KINDS:
        given(meeting(nowhere)).when(replace(plan, kind=kind), by=CENTRE).refused(CaseNotFound)
    given(meeting(nowhere)).when(request, by=CENTRE).refused(CaseNotFound)


def test_a_conference_names_its_network_and_is_called_by_a_member_of_it() -> None:
    no_network = replace(of_her, network=None, network_id=None)
    given(meeting(no_network)).when(replace(plan, network_id=None), by=CENTRE).refused(
        NetworkNotNamed
    )
    given(meeting()).when(plan, by=SHELTER).refused(NotInTheNetwork)
    dissolved = replace(of_her, network=replace(network, status="DISSOLVED"))
    given(meeting(dissolved)).when(plan, by=CENTRE).refused(NetworkIsDissolved)


def test_women_are_spoken_of_only_under_rules() -> None:
    lawless = replace(of_her, network=replace(network, rules=None))
    given(meeting(lawless)).when(plan, by=CENTRE).refused(KindNotAllowed)
    nobodys = replace(lawless, about=None)
    for kind in ("PRACTITIONERS", "REPRESENTATIVES"):
        given(meeting(nobodys)).when(replace(plan, kind=kind), by=CITY).refused(KindNotAllowed)
    given(meeting(nobodys)).when(liaison("LIAISON_COUNCIL"), by=CITY).then(
        called("LIAISON_COUNCIL")
    )


def test_a_network_may_do_without_representatives() -> None:
    rules = Rules(version="1", meeting_mode="AS_NEEDED", representatives_at_most=0)
    without = replace(of_all, network=replace(network, rules=rules))
    given(meeting(without)).when(liaison("REPRESENTATIVES"), by=CITY).refused(KindNotAllowed)
    given(meeting(without)).when(liaison("PRACTITIONERS"), by=CITY).then(called("PRACTITIONERS"))


def test_between_prefectures_their_networks_meet() -> None:
    given(meeting(of_all)).when(liaison("INTERPREFECTURAL"), by=CITY).refused(KindNotAllowed)
    of_the_prefecture = replace(of_all, network=replace(network, level="PREFECTURE"))
    given(meeting(of_the_prefecture)).when(liaison("INTERPREFECTURAL"), by=CITY).then(
        called("INTERPREFECTURAL")
    )


LED: tuple[MeetingKind, ...] = ("REPRESENTATIVES", "PRACTITIONERS")
NOT_LED: tuple[MeetingKind, ...] = ("COUNSELLOR_LIAISON", "LIAISON_COUNCIL")


def liaison(kind: MeetingKind) -> PlanMeeting:
    return replace(plan, kind=kind, trigger=None)


def called(kind: MeetingKind) -> MeetingPlanned:
    return replace(
        planned,
        meeting_id=MeetingId(CITY.new_id),
        case_id=None,
        kind=kind,
        convenor=CITY.agency,
        trigger=None,
    )


def test_only_the_coordinating_agency_calls_those_who_lead_or_review_all() -> None:
    for kind in LED:
        given(meeting(of_all)).when(liaison(kind), by=CITY).then(called(kind))
        given(meeting(of_all)).when(liaison(kind), by=CENTRE).refused(OnlyTheCoordinatingAgency)
    for kind in NOT_LED:
        given(meeting(of_all)).when(liaison(kind), by=CITY).then(called(kind))


@accepted("INV-M1")
def test_representatives_meet_about_nobody() -> None:
    given(meeting(of_all)).when(liaison("REPRESENTATIVES"), by=CITY).then(called("REPRESENTATIVES"))
    overall = replace(
        set_agenda, items=(AgendaItem(type="OVERALL_MEASURES", text="支援方策全体の検討"),)
    )
    given(meeting(of_all), *policy("REPRESENTATIVES")).when(overall, by=CITY).then(
        AgendaSet(items=overall.items)
    )


def test_a_meeting_about_her_is_one_of_two_kinds() -> None:
    for kind in KINDS:
        if kind not in {"INDIVIDUAL_CASE", "EXTERNAL_FORUM"}:
            given(meeting()).when(liaison(kind), by=CENTRE).refused(NoCasesHere)


def test_somebody_elses_meeting_needs_no_network_of_ours() -> None:
    forum = replace(
        plan, kind="EXTERNAL_FORUM", network_id=None, held_within="要保護児童対策地域協議会"
    )
    nobodys = replace(of_her, network=None, network_id=None)
    given(meeting(nobodys)).when(forum, by=SHELTER).then(
        replace(
            planned,
            meeting_id=MeetingId(SHELTER.new_id),
            kind="EXTERNAL_FORUM",
            network_id=None,
            convenor=SHELTER.agency,
            held_within="要保護児童対策地域協議会",
        )
    )


def test_about_a_case_that_is_over_nothing_is_called() -> None:
    over = knowing(case=replace(about.case, status="CLOSED"))
    given(meeting(over)).when(plan, by=CENTRE).refused(CaseIsClosed)
    given(meeting(over), *PLANNED).when(convene, by=CENTRE).refused(CaseIsClosed)
    given(meeting(over), *CONFIRMED).when(share, by=CENTRE).then(shared)
    given(meeting(over), *SHARED_OUT).when(close, by=CENTRE).then(closed)


def test_of_a_case_that_is_not_used_nothing_is_recorded_but_what_narrows() -> None:
    stopped = knowing(case=replace(about.case, status="RESTRICTED"))
    given(meeting(stopped), *CONFIRMED).when(share, by=CENTRE).refused(CaseIsRestricted)
    given(meeting(stopped), *PLANNED).when(disinvite, by=CENTRE).then(no_longer_invited(CITY))
    given(meeting(stopped), *PLANNED).when(cancel, by=CENTRE).then(cancelled)


# Being asked for


def test_whoever_takes_part_asks_for_a_conference() -> None:
    given(meeting()).when(request, by=SHELTER).then(requested)


def test_a_member_asks_for_a_meeting_of_the_network() -> None:
    given(meeting(of_all)).when(request, by=WELFARE).then(
        replace(
            requested,
            meeting_id=MeetingId(WELFARE.new_id),
            case_id=None,
            by_agency=WELFARE.agency,
        )
    )
    given(meeting(of_all)).when(request, by=SHELTER).refused(NotInTheNetwork)
    nowhere = replace(of_all, network=None, network_id=None)
    given(meeting(nowhere)).when(replace(request, network_id=None), by=WELFARE).refused(
        NetworkNotNamed
    )


def test_what_was_asked_for_is_planned_under_the_same_id() -> None:
    asked = replace(plan, meeting_id=requested.meeting_id)
    given(meeting(), requested).when(asked, by=CENTRE).then(
        replace(planned, meeting_id=requested.meeting_id)
    )


def test_what_was_asked_for_about_nobody_is_not_planned_about_her() -> None:
    asked = replace(plan, meeting_id=requested.meeting_id)
    about_nobody = replace(requested, case_id=None)
    given(meeting(), about_nobody).when(asked, by=CITY).refused(NoCasesHere)


def test_what_nobody_has_planned_yet_can_only_be_planned_or_dropped() -> None:
    given(meeting(), requested).when(convene, by=SHELTER).refused(MeetingNotPlanned)
    given(meeting(), requested).when(cancel, by=SHELTER).then(cancelled)
    given(meeting(), requested).when(cancel, by=CITY).then(cancelled)
    given(meeting(), requested).when(cancel, by=CENTRE).refused(OnlyTheConvenor)
    given(meeting(), requested, cancelled).when(cancel, by=SHELTER).then_nothing()
    given(meeting(), requested, cancelled).when(convene, by=SHELTER).refused(MeetingIsCancelled)
    asked = replace(plan, meeting_id=requested.meeting_id)
    given(meeting(), requested, cancelled).when(asked, by=CENTRE).refused(MeetingIsCancelled)


def test_of_what_was_asked_for_strangers_learn_nothing() -> None:
    asked = replace(plan, meeting_id=requested.meeting_id)
    for command in (asked, cancel):
        given(meeting(), requested).when(command, by=POLICE).refused(MeetingNotFound)


# The agenda


def test_the_convenor_sets_the_agenda_as_often_as_needed() -> None:
    given(meeting(), planned).when(set_agenda, by=CENTRE).then(agenda)
    given(meeting(), *CONVENED, agenda).when(set_agenda, by=CENTRE).then(agenda)
    given(meeting(), *CONVENED).when(set_agenda, by=CITY).refused(OnlyTheConvenor)


@refused("INV-M1", guard="domain.meeting.planning:check_speaks_of_no_case")
def test_cases_are_on_no_agenda_of_representatives() -> None:
    for kind in ("REPRESENTATIVES", "LIAISON_COUNCIL", "COUNSELLOR_LIAISON", "INTERPREFECTURAL"):
        given(meeting(of_all), *policy(kind)).when(set_agenda, by=CITY).refused(NoCasesHere)
    given(meeting(of_all), *policy("PRACTITIONERS")).when(set_agenda, by=CITY).then(agenda)


# Inviting


@accepted("INV-M4", "INV-M10")
def test_whoever_is_involved_with_her_or_is_to_be_is_invited() -> None:
    given(meeting(), planned).when(invite, by=CENTRE).then(invited(CITY))
    to_be = replace(invite, agency_id=WELFARE.agency, role="ADVISER")
    given(meeting(), planned).when(to_be, by=CENTRE).then(
        InviteeAdded(agency_id=WELFARE.agency, role="ADVISER", reason=None)
    )


@refused("INV-M4", guard="domain.meeting.planning:check_involved")
def test_nobody_else_is_invited() -> None:
    the_police = replace(invite, agency_id=POLICE.agency)
    given(meeting(), planned).when(the_police, by=CENTRE).refused(NotInvolved)


@refused("INV-M10", guard="domain.meeting.planning:check_closed_to_onlookers")
def test_nobody_comes_to_look_on() -> None:
    onlooker = replace(invite, role="OBSERVER")
    given(meeting(), planned).when(onlooker, by=CENTRE).refused(NoOnlookers)
    given(meeting(of_all), *policy("LIAISON_COUNCIL")).when(onlooker, by=CITY).then_nothing()
    to_the_council = replace(onlooker, agency_id=POLICE.agency)
    given(meeting(of_all), *policy("LIAISON_COUNCIL")).when(to_the_council, by=CITY).then(
        InviteeAdded(agency_id=POLICE.agency, role="OBSERVER", reason=None)
    )


def test_whoever_is_invited_or_invites_is_not_invited_again() -> None:
    given(meeting(), *PLANNED).when(invite, by=CENTRE).then_nothing()
    given(meeting(), *PLANNED).when(replace(invite, role="CHAIR"), by=CENTRE).then(
        InviteeAdded(agency_id=CITY.agency, role="CHAIR", reason=None)
    )
    itself = replace(invite, agency_id=CENTRE.agency)
    given(meeting(), *PLANNED).when(itself, by=CENTRE).then_nothing()


def test_only_the_convenor_invites() -> None:
    given(meeting(), *CONVENED).when(invite, by=SHELTER).refused(OnlyTheConvenor)


def test_to_the_meetings_of_the_network_its_members_come() -> None:
    outsider = replace(invite, agency_id=SHELTER.agency)
    for kind in ("REPRESENTATIVES", "PRACTITIONERS"):
        given(meeting(of_all), *policy(kind)).when(outsider, by=CITY).refused(NotInTheNetwork)
    given(meeting(of_all), *policy("LIAISON_COUNCIL")).when(outsider, by=CITY).then(
        invited(SHELTER)
    )


def test_an_invitation_is_taken_back_by_who_gave_it_or_has_it_whatever_the_meeting_came_to() -> (
    None
):
    for history in (PLANNED, CONVENED, HELD, MINUTED, CONFIRMED, SHARED_OUT, CLOSED):
        given(meeting(), *history).when(disinvite, by=CENTRE).then(no_longer_invited(CITY))
    given(meeting(), *CONVENED).when(disinvite, by=CITY).then(no_longer_invited(CITY))
    given(meeting(), *CONVENED).when(disinvite, by=SHELTER).refused(OnlyTheConvenor)
    gone = (*CONVENED, no_longer_invited(CITY))
    given(meeting(), *gone).when(disinvite, by=CENTRE).then_nothing()


# Convening


@accepted("INV-M6")
def test_it_is_convened_where_she_has_agreed_to_all_who_come() -> None:
    given(meeting(), *PLANNED).when(convene, by=CENTRE).then(convened)


@refused("INV-M6", guard="domain.meeting.planning:check_everybody_covered")
def test_the_chair_has_no_say_over_what_she_has_agreed_to() -> None:
    lacking = knowing(covered=covering(without=frozenset({(CITY.agency, "PLN")})))
    given(meeting(lacking), *PLANNED).when(convene, by=CENTRE).refused(NotEverybodyCovered)


def test_the_convenor_is_told_who_is_not_covered_for_what() -> None:
    lacking = knowing(
        covered=covering(without=frozenset({(CITY.agency, "PLN"), (SHELTER.agency, "MTG")}))
    )
    with pytest.raises(NotEverybodyCovered) as refusal:
        meeting(lacking).decide(meeting().replay(PLANNED), convene, CENTRE)
    assert refusal.value.facts == {
        "missing": sorted([f"{CITY.agency}:PLN", f"{SHELTER.agency}:MTG"])
    }


def test_with_them_left_out_it_is_convened() -> None:
    lacking = knowing(covered=covering(without=frozenset({(CITY.agency, "PLN")})))
    given(meeting(lacking), *PLANNED, no_longer_invited(CITY)).when(convene, by=CENTRE).then(
        convened
    )


def test_whoever_comes_hears_what_is_decided_about_her() -> None:
    """So that the record of the meeting is always among what they have to be covered for."""
    without_minutes = knowing(covered=covering(without=frozenset({(SHELTER.agency, "MTG")})))
    given(meeting(without_minutes), *PLANNED).when(convene, by=CENTRE).refused(NotEverybodyCovered)


def test_the_convenor_too_is_told_only_what_she_agreed_to() -> None:
    without_the_centre = knowing(covered=covering(without=frozenset({(CENTRE.agency, "RSK")})))
    given(meeting(without_the_centre), *PLANNED).when(convene, by=CENTRE).refused(
        NotEverybodyCovered
    )


def test_once_it_is_convened_nobody_comes_uncovered_either() -> None:
    late = replace(invite, agency_id=WELFARE.agency)
    lacking = knowing(covered=covering(without=frozenset({(WELFARE.agency, "PLN")})))
    given(meeting(), *CONVENED).when(late, by=CENTRE).then(invited(WELFARE))
    given(meeting(lacking), *CONVENED).when(late, by=CENTRE).refused(NotEverybodyCovered)
    given(meeting(lacking), *PLANNED).when(late, by=CENTRE).then(invited(WELFARE))


def test_it_takes_somebody_to_invite_and_her_case_to_talk_about() -> None:
    given(meeting(), planned, tabled).when(convene, by=CENTRE).refused(NobodyInvited)
    given(meeting(), planned, invited(CITY)).when(convene, by=CENTRE).refused(CaseNotTabled)
    given(meeting(of_all), *policy("LIAISON_COUNCIL")).when(convene, by=CITY).then(convened)


@refused("INV-M4", guard="domain.meeting.parties:may_know", instead=True)
def test_that_a_conference_takes_place_is_hidden_from_all_others() -> None:
    given(meeting(), *CONVENED).when(file, by=POLICE).refused(MeetingNotFound)
    given(meeting(), *PLANNED).when(file, by=CITY).refused(MeetingNotFound)


def test_a_conference_is_there_only_in_the_name_of_her_case() -> None:
    for facts in (of_all, knowing(case_id=ANOTHER_CASE)):
        given(meeting(facts), *CONVENED).when(convene, by=CENTRE).refused(MeetingNotFound)


def test_what_is_about_nobody_names_no_case() -> None:
    given(meeting(), *policy("PRACTITIONERS")).when(convene, by=CITY).refused(NoCasesHere)
    given(meeting(), *policy("LIAISON_COUNCIL")).when(convene, by=CITY).refused(NoCasesHere)


# Dates are hers where the meeting is about her


def test_the_day_of_a_conference_is_no_public_matter() -> None:
    public = replace(planned, kind="LIAISON_COUNCIL")
    fields = {"kind", "on", "network_id"}
    for event, categories in ((planned, {"ENV", "MTG"}), (public, {"PUB"})):
        assert {category_of(event, name) for name in fields} == categories
        assert event.primary.of(event) in categories


def category_of(event: MeetingPlanned, name: str) -> CategoryCode:
    cut = cut_of(MeetingPlanned)
    (field,) = (each for each in (*cut.clear, *cut.sealed) if each.name == name)
    return field.category.of(event)


def test_a_meeting_of_another_day_is_another_meeting() -> None:
    later = making(CENTRE, CITY.new_id)
    on = replace(plan, on=date(2026, 6, 3))
    given(meeting()).when(on, by=later).then(
        replace(planned, meeting_id=MeetingId(CITY.new_id), on=date(2026, 6, 3))
    )
