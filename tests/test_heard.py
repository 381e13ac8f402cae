"""Heard: whoever answers for her learns by no guess which shelter has to do with her."""

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import SucceedAgency
from domain.case import (
    AssignRole,
    EndParticipation,
    EndRole,
    ParticipationEnded,
    RoleAssigned,
    RoleEnded,
)
from domain.case.aftercare import (
    AftercareTerms,
    LeadTakesNoPart,
    RescheduleAftercare,
    StartAftercare,
    VisitsNeedHerAddress,
)
from domain.case.safety import IssueSafetyInstruction
from domain.case.services import LinkService, ServiceStatusChanged
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.codes import CONSENT_KINDS, ConsentKind, SupportFunction
from domain.exclusions import SetExclusion
from domain.items import NotAgreedTo
from domain.model import AgencyId, Event
from domain.referral import ConfirmHandover
from domain.speech import Refused
from tests.asked import TERMS
from tests.peers import Midorino, midorino
from tests.world import Someone

ROLE: Final[SupportFunction] = "SERVICE_PROVIDER"


def brought_in() -> tuple[Midorino, Someone]:
    """The centre has brought a shelter in; and another one has nothing to do with her."""
    here = midorino()
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.centre.agency))
    here.accepts(here.shelter, here.sends(here.centre, here.shelter), ROLE)
    return here, here.world.joins("PRIVATE_SHELTER", "FACILITY_HEAD", name="別の施設")


def assign(who: Someone, function: SupportFunction = ROLE) -> AssignRole:
    return AssignRole(function=function, agency_id=who.agency)


def end(who: Someone, function: SupportFunction = ROLE) -> EndRole:
    return EndRole(function=function, agency_id=who.agency)


def leave(who: Someone) -> EndParticipation:
    return EndParticipation(agency_id=who.agency)


def provide(who: Someone) -> LinkService:
    return LinkService(service_code="HOUSING_SUPPORT", provider_agency=who.agency, status="IN_USE")


@pytest.mark.parametrize(
    "asked",
    [
        [assign],
        [end],
        [leave],
        [assign, assign, end, assign],
        [assign, leave],
        [provide, assign, leave],
    ],
    ids=lambda asked: "_".join(each.__name__ for each in asked),
)
def test_it_is_answered_of_a_shelter_that_takes_part_as_of_any_other(
    asked: Sequence[Callable[[Someone], AnyCommand]],
) -> None:
    answers: list[list[type[Event]]] = []
    for takes_part in (True, False):
        here, other = brought_in()
        shelter = here.shelter if takes_part else other
        answers.append(
            [type(event) for each in asked for event in here.says(here.city, each(shelter)).events]
        )
    assert answers[0] == answers[1]


def test_what_it_was_given_by_others_it_goes_on_doing() -> None:
    here, _ = brought_in()
    here.says(here.city, assign(here.shelter, "AFTERCARE_LEAD"))
    for over in (end(here.shelter), leave(here.shelter)):
        here.says(here.city, over)
        assert (here.shelter.agency, ROLE) in here.known.reasons
    assert (here.shelter.agency, "AFTERCARE_LEAD") not in here.known.reasons


def test_whoever_she_agreed_may_know_where_she_is_is_answered_as_it_is() -> None:
    """It sees who helps her there."""
    here, _ = brought_in()
    here.agrees(here.city, categories=("SVC", "LOC"), via=here.centre)
    assert here.says(here.city, assign(here.shelter)).events == ()
    assert here.says(here.city, end(here.shelter)).the(RoleEnded)


def test_a_shelter_ends_what_it_does_and_leaves_by_itself() -> None:
    for over in (end, leave):
        here, _ = brought_in()
        assert here.says(here.shelter, over(here.shelter)).the(RoleEnded)
        assert not here.takes_part(here.shelter)


def test_whoever_gave_it_something_to_do_or_referred_her_there_ends_that() -> None:
    here = midorino()
    assert here.says(here.city, assign(here.shelter)).the(RoleAssigned)
    assert here.says(here.city, end(here.shelter)).the(RoleEnded)
    assert here.says(here.city, end(here.shelter)).events == ()
    here.accepts(here.shelter, here.sends(here.city, here.shelter), ROLE)
    here.says(here.city, provide(here.shelter))
    gone = [type(event) for event in here.says(here.city, leave(here.shelter)).events]
    assert gone == [RoleEnded, ServiceStatusChanged]
    assert not here.takes_part(here.shelter)


def test_whoever_was_handed_her_by_a_shelter_lets_it_go() -> None:
    here = midorino()
    here.takes_over(here.shelter)
    back = here.sends(here.shelter, here.ayumi, "CASE_TRANSFER")
    here.accepts(here.ayumi, back, "MAIN_SUPPORT")
    here.says(here.ayumi, ConfirmHandover(referral_id=back, referrer_remains=True))
    assert here.says(here.ayumi, leave(here.shelter)).the(ParticipationEnded)


def test_whom_she_has_shut_out_is_given_nothing_to_do_whether_it_takes_part_or_not() -> None:
    here, other = brought_in()
    for shelter in (here.shelter, other):
        here.says(here.city, SetExclusion(agency_id=shelter.agency))
        assert here.refuses(here.city, assign(shelter)) is NotAgreedTo


def test_nobody_finds_a_shelter_by_a_choice_of_who_stays_in_touch_with_her() -> None:
    """Whoever answers for her has to refer her there first, whether it takes part or not."""
    here, other = brought_in()
    for shelter in (here.shelter, other):
        terms = replace(TERMS, lead_agency=shelter.agency)
        assert here.refuses(here.city, StartAftercare(terms=terms)) is LeadTakesNoPart


def test_no_handover_relieves_a_shelter_that_whoever_confirms_it_may_not_know_of() -> None:
    here, _ = brought_in()
    here.says(here.city, assign(here.hospital))
    known = [here.hospital.agency, here.shelter.agency]
    assert relieved(here, *known) == {here.hospital.agency}
    here.agrees(here.city, categories=("SVC", "LOC"), via=here.centre)
    here.says(here.city, assign(here.hospital))
    assert relieved(here, *known) == {*known}


def test_a_handover_relieves_a_shelter_of_what_whoever_confirms_it_gave_it_to_do() -> None:
    here, other = brought_in()
    here.says(here.city, assign(other))
    assert relieved(here, other.agency) == {other.agency}


def relieved(here: Midorino, *agencies: AgencyId) -> set[AgencyId]:
    """By a handover of the same work to Ayumi."""
    referral = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, referral)
    confirmed = ConfirmHandover(
        referral_id=referral,
        referrer_remains=True,
        functions=frozenset({ROLE}),
        relieved=frozenset(agencies),
    )
    events = here.says(here.city, confirmed).events
    return {event.agency_id for event in events if isinstance(event, RoleEnded)}


def test_what_is_near_is_answered_as_it_is() -> None:
    """Whoever helps her anywhere else is no secret to who answers for her."""
    here = midorino()
    for command, told in ((assign, [RoleAssigned]), (assign, []), (end, [RoleEnded]), (end, [])):
        said: AnyCommand = command(here.ayumi)
        assert [type(event) for event in here.says(here.city, said).events] == told


# Whoever does not answer for her, and may see nothing of hers


def answered(here: Midorino, who: Someone, *named: Someone) -> list[type[Refused] | None]:
    return [here.refuses(who, provide(each)) for each in named]


@pytest.mark.parametrize("kind", CONSENT_KINDS)
def test_it_finds_by_no_guess_to_which_shelter_she_agreed_with_others(kind: ConsentKind) -> None:
    here, other = brought_in()
    here.says(here.city, assign(here.ayumi))
    categories: tuple[CategoryCode, ...] = ("SVC",) if kind == "INFORMATION" else ()
    for beside in ((), (here.ayumi,)):
        to = (here.shelter, here.hospital, *beside)
        here.agrees(*to, kind=kind, categories=categories, via=here.centre)
        shelter, none = answered(here, here.ayumi, here.shelter, other)
        assert shelter is none is NotAgreedTo


def test_it_brings_in_whom_it_asked_her_about_itself() -> None:
    here, other = brought_in()
    here.says(here.city, assign(here.ayumi))
    here.agrees(here.shelter, categories=["SVC"], via=here.ayumi)
    assert answered(here, here.ayumi, here.shelter, other) == [None, NotAgreedTo]
    here.says(here.city, SetExclusion(agency_id=here.shelter.agency))
    assert answered(here, here.ayumi, here.shelter, other) == [NotAgreedTo, NotAgreedTo]


def test_whoever_took_over_brings_in_whom_she_was_asked_about_before() -> None:
    here, _ = brought_in()
    here.says(here.city, assign(here.ayumi))
    here.agrees(here.shelter, categories=["SVC"], via=here.ayumi)
    new = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE", name="新あゆみ")
    here.says(here.city, assign(new))
    assert answered(here, new, here.shelter) == [NotAgreedTo]
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=here.ayumi.agency, successor=new.agency)
    )
    assert answered(here, new, here.shelter) == [None]


def test_it_brings_in_whom_she_lets_know_together_with_it() -> None:
    here, _ = brought_in()
    here.says(here.city, assign(here.ayumi))
    here.agrees(here.ayumi, here.hospital, categories=["SVC"])
    here.agrees(here.police, categories=["SVC"])
    assert answered(here, here.ayumi, here.hospital, here.police) == [None, NotAgreedTo]


def test_nor_does_it_find_by_guessing_which_shelter_answers_for_her() -> None:
    here = midorino()
    other = here.world.joins("PRIVATE_SHELTER", "FACILITY_HEAD", name="別の施設")
    here.says(here.city, assign(here.ayumi))
    assert answered(here, here.ayumi, here.city) == [None]
    here.takes_over(here.shelter)
    assert here.answers_for_her == here.shelter.agency
    assert answered(here, here.ayumi, here.shelter, other) == [NotAgreedTo, NotAgreedTo]


def test_nor_by_proposing_who_stays_in_touch_with_her_which_one_takes_part() -> None:
    here, other = brought_in()
    here.says(here.city, assign(here.ayumi))

    def terms(who: Someone) -> AftercareTerms:
        return AftercareTerms(lead_agency=who.agency, means=frozenset({"PHONE"}), cadence_days=14)

    for who in (here.shelter, other):
        assert here.refuses(here.ayumi, StartAftercare(terms=terms(who))) is NotAgreedTo
    here.says(here.ayumi, StartAftercare(terms=terms(here.ayumi)))
    for who in (here.shelter, other):
        assert here.refuses(here.ayumi, RescheduleAftercare(terms=terms(who))) is NotAgreedTo


def test_whoever_handed_her_on_warns_whom_it_handed_her_to() -> None:
    """It knows who that is."""
    here = midorino()
    here.takes_over(here.shelter)
    warned = IssueSafetyInstruction(
        to_agency_id=here.shelter.agency, instruction="夫が施設を捜している。"
    )
    assert here.says(here.city, warned).events


def test_nobody_finds_by_a_visit_whom_she_lets_know_where_she_is() -> None:
    here = midorino()
    for each in (here.ayumi, here.hospital):
        here.says(here.city, assign(each))
    here.agrees(here.hospital, categories=["SVC"], via=here.ayumi)
    visits = StartAftercare(
        terms=replace(TERMS, lead_agency=here.hospital.agency, means=frozenset({"VISIT"}))
    )
    assert here.refuses(here.ayumi, visits) is VisitsNeedHerAddress
    here.agrees(here.hospital, categories=["LOC"])
    assert here.refuses(here.ayumi, visits) is VisitsNeedHerAddress
    assert here.refuses(here.city, visits) is None
