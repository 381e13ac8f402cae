"""Two files that are hers are joined with her consent, and by somebody who works on both."""

from typing import Final

from msgspec.structs import replace

from domain.case import CasesLinked, LinkCases, NoCase
from domain.case.linking import LinkedToItself, LinkNotAgreed
from domain.case.state import CaseNotFound
from domain.model import CaseId, PersonId
from tests.beside import NPO, SHE_AGREED, TO_SHARE
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.spec import CITY, POLICE, an_id
from tests.supporting import (
    accepted,
    her_case,
    knowing,
    known,
    opened,
    supporting,
)

OTHER: Final = CaseId(an_id(402))
# Opened by the city years ago, under an id of its own for her.
hers_too = known(replace(opened, subject_id=PersonId(an_id(650))))
link = LinkCases(other_case_id=OTHER)
linked = CasesLinked(other_case_id=OTHER, consent_id=SHE_AGREED)
AGREED: Final = knowing(linked=hers_too, linked_agreed=True, agreed={"CASE_LINK": SHE_AGREED})


@shown("INV-K5")
def test_two_cases_are_linked_with_her_consent() -> None:
    her_case(opened, facts=AGREED).when(link, by=CITY).then(linked)
    her_case(opened, accepted, facts=AGREED).when(link, by=CITY).then(linked)


@kept("INV-K5", guard="domain.case.linking:check_link_agreed", instead=SHE_AGREED)
def test_without_her_consent_they_stay_apart() -> None:
    only_to_share = knowing(linked=hers_too, agreed={"INFORMATION": TO_SHARE})
    in_one = replace(AGREED, linked_agreed=False)
    in_the_other = replace(AGREED, agreed={})
    for facts in (only_to_share, in_one, in_the_other):
        her_case(opened, accepted, facts=facts).when(link, by=CITY).refused(LinkNotAgreed)


def test_linking_twice_is_linking_once_whatever_became_of_her_consent() -> None:
    for facts in (AGREED, knowing(linked=hers_too)):
        her_case(opened, linked, facts=facts).when(link, by=CITY).then_nothing()
    assert known(opened, linked).linked == {OTHER}


def test_a_case_is_not_linked_with_itself() -> None:
    herself = known(opened)
    facts = replace(AGREED, linked=herself)
    her_case(opened, facts=facts).when(link, by=CITY).refused(LinkedToItself)


@kept("INV-K5", guard="domain.case.linking:as_participant", instead=hers_too)
def test_nobody_finds_another_case_of_hers_by_trying_to_link_it() -> None:
    # The support organisation takes part in this case, and not in the other one.
    her_case(opened, accepted, supporting, facts=AGREED).when(link, by=NPO).refused(CaseNotFound)
    nothing = replace(AGREED, linked=NoCase())
    her_case(opened, accepted, supporting, facts=nothing).when(link, by=NPO).refused(CaseNotFound)


def test_for_whoever_takes_no_part_there_is_nothing_to_link() -> None:
    her_case(opened, facts=AGREED).when(link, by=POLICE).refused(CaseNotFound)
