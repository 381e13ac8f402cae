"""Who is with her: each a person of their own, named or not, a child or not."""

from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from domain.case import (
    AddCompanion,
    AssignRole,
    CompanionAdded,
    CompanionCameOfAge,
    CompanionRemoved,
    RecordComingOfAge,
    RemoveCompanion,
)
from domain.case.beside import CompanionNotFound
from domain.case.companions import CompanionAgeDisagrees
from domain.case.days import DayStillToCome
from domain.categories import CHD, FAM
from domain.fields import cut_of
from domain.model import CLOSED, PersonId
from tests.spec import CITY, given, later, without_words
from tests.supporting import CASE, HER, HER_SON, accepted, her_case, known, opened, with_her_son

THEM = PersonId(CITY.new_id)
add_child = AddCompanion(
    companion="CHILD",
    relation="CHILD",
    name="相川そら",
    birth_date=date(2019, 6, 1),
    custody="IN_DISPUTE",
)
remove = RemoveCompanion(
    person_id=HER_SON, whereabouts="白浜県の祖母宅", reason="夏休みの間、祖母のもとで過ごす。"
)
removed = CompanionRemoved(
    person_id=HER_SON,
    companion="CHILD",
    whereabouts="白浜県の祖母宅",
    reason="夏休みの間、祖母のもとで過ごす。",
)


def test_a_companion_is_added_under_an_id_of_their_own() -> None:
    added = replace(with_her_son, person_id=THEM)
    her_case(opened).when(add_child, by=CITY).then(added)
    her_case(opened, accepted).when(add_child, by=CITY).then(added)


def test_a_child_comes_of_age_once_and_agrees_for_themselves_from_then_on() -> None:
    of_age = RecordComingOfAge(person_id=HER_SON, on=date(2026, 5, 12))
    came = CompanionCameOfAge(person_id=HER_SON, on=date(2026, 5, 12))
    her_case(opened, with_her_son).when(of_age, by=CITY).then(came)
    her_case(opened, with_her_son, came).when(of_age, by=CITY).then_nothing()
    assert known(opened, with_her_son, came).companions == {HER_SON: "ADULT"}
    without_a_day = RecordComingOfAge(person_id=HER_SON)
    her_case(opened, with_her_son).when(without_a_day, by=CITY).then(replace(came, on=None))


def test_nobody_comes_of_age_tomorrow_or_who_is_not_with_her() -> None:
    tomorrow = RecordComingOfAge(person_id=HER_SON, on=date(2026, 5, 14))
    her_case(opened, with_her_son).when(tomorrow, by=CITY).refused(DayStillToCome)
    her_case(opened).when(tomorrow, by=CITY).refused(CompanionNotFound)


def test_a_child_who_is_no_longer_with_her_comes_of_age_as_well() -> None:
    """What she has agreed to for them ends with it, wherever they are."""
    of_age = RecordComingOfAge(person_id=HER_SON)
    came = CompanionCameOfAge(person_id=HER_SON, on=None)
    story = (opened, with_her_son, removed)
    her_case(*story).when(of_age, by=CITY).then(came)
    her_case(*story, came).when(of_age, by=CITY).then_nothing()
    assert known(*story, came).companions == {}
    tomorrow = replace(of_age, on=date(2026, 5, 14))
    her_case(*story).when(tomorrow, by=CITY).refused(DayStillToCome)
    his_father = replace(with_her_son, companion="ADULT")
    gone = replace(removed, companion="ADULT")
    her_case(opened, his_father, gone).when(of_age, by=CITY).then_nothing()


def test_a_companion_may_be_known_by_the_relation_alone() -> None:
    her_case(opened).when(AddCompanion(companion="ADULT", relation="PARENT"), by=CITY).then(
        CompanionAdded(
            person_id=THEM,
            companion="ADULT",
            relation="PARENT",
            name=None,
            birth_year=None,
            birth_date=None,
            custody=None,
            whereabouts=None,
        )
    )


def test_the_year_of_birth_stands_apart_and_is_that_of_the_day_where_one_is_known() -> None:
    other_year = replace(add_child, birth_year=2011)
    her_case(opened).when(other_year, by=CITY).then(replace(with_her_son, person_id=THEM))
    only_the_year = replace(add_child, birth_date=None, birth_year=2019)
    her_case(opened).when(only_the_year, by=CITY).then(
        replace(with_her_son, person_id=THEM, birth_date=None)
    )


def test_nobody_with_her_is_still_to_be_born() -> None:
    for born in (date(2026, 5, 14), date(2199, 12, 31)):
        tomorrow = replace(add_child, birth_date=born)
        her_case(opened).when(tomorrow, by=CITY).refused(DayStillToCome)
    today = replace(add_child, birth_date=date(2026, 5, 13))
    her_case(opened).when(today, by=CITY).then(
        replace(with_her_son, person_id=THEM, birth_year=2026, birth_date=date(2026, 5, 13))
    )
    next_year = replace(add_child, birth_date=None, birth_year=2027)
    her_case(opened).when(next_year, by=CITY).refused(DayStillToCome)


@pytest.mark.parametrize("year", [-1, 0, 1899, 2200, 2**40])
def test_a_year_of_birth_is_one_in_which_somebody_may_be_born(year: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(
            {"companion": "CHILD", "relation": "CHILD", "birth_year": year}, AddCompanion
        )


def test_whoever_is_named_twice_is_two_persons_until_somebody_says_otherwise() -> None:
    her_case(opened, with_her_son).when(add_child, by=CITY).then(
        replace(with_her_son, person_id=THEM)
    )


def test_a_child_is_a_child_until_the_18th_birthday_begins_in_japan() -> None:
    turning = date(2008, 5, 14)
    child = replace(add_child, birth_date=turning)
    adult = replace(child, companion="ADULT")
    her_case(opened).when(child, by=CITY).then(
        replace(with_her_son, person_id=THEM, birth_year=2008, birth_date=turning)
    )
    her_case(opened).when(adult, by=CITY).refused(CompanionAgeDisagrees)
    tomorrow = later(CITY, days=1)
    her_case(opened).when(child, by=tomorrow).refused(CompanionAgeDisagrees)


def test_of_an_adult_nobody_says_that_they_are_a_child_nor_of_a_child_an_adult() -> None:
    grown = replace(add_child, birth_date=date(1990, 1, 1))
    her_case(opened).when(grown, by=CITY).refused(CompanionAgeDisagrees)
    young = replace(add_child, companion="ADULT")
    her_case(opened).when(young, by=CITY).refused(CompanionAgeDisagrees)


def test_whoever_is_no_longer_with_her_is_somewhere_else() -> None:
    her_case(opened, with_her_son).when(remove, by=CITY).then(removed)
    nowhere = replace(remove, whereabouts=None)
    her_case(opened, with_her_son).when(nowhere, by=CITY).then(replace(removed, whereabouts=None))


def test_only_who_is_with_her_is_removed_and_only_once() -> None:
    her_case(opened).when(remove, by=CITY).refused(CompanionNotFound)
    her_case(opened, with_her_son, removed).when(remove, by=CITY).refused(CompanionNotFound)
    herself = replace(remove, person_id=HER)
    her_case(opened, with_her_son).when(herself, by=CITY).refused(CompanionNotFound)


def test_whoever_was_with_her_stays_known_and_may_come_again_as_themselves() -> None:
    gone = known(opened, with_her_son, removed)
    assert gone.companions == {}
    assert gone.persons == {HER_SON}
    again = known(opened, with_her_son, removed, with_her_son)
    assert again.companions == {HER_SON: "CHILD"}


def test_a_role_may_be_given_for_a_child_who_is_with_her_and_for_nobody_else() -> None:
    for_him = AssignRole(function="MAIN_SUPPORT", agency_id=CITY.agency, person_id=HER_SON)
    her_case(opened, accepted).when(for_him, by=CITY).refused(CompanionNotFound)
    her_case(opened, with_her_son, removed).when(for_him, by=CITY).refused(CompanionNotFound)


def test_what_is_said_of_a_child_is_a_childs_and_of_an_adult_the_familys() -> None:
    said = {field.name: field.category.of(with_her_son) for field in cut_of(CompanionAdded).sealed}
    assert {said["name"], said["birth_year"], said["birth_date"]} == {CHD.code}
    mother = replace(with_her_son, companion="ADULT")
    said = {field.name: field.category.of(mother) for field in cut_of(CompanionAdded).sealed}
    assert {said["name"], said["birth_year"], said["birth_date"]} == {FAM.code}
    # Each part is that person's own, whoever else's it may be as well.
    parts = (*cut_of(CompanionAdded).sealed, *cut_of(CompanionRemoved).sealed)
    assert {field.category.person_field for field in parts} == {"person_id"}


def test_who_is_with_her_is_known_without_a_word_about_them() -> None:
    story = (opened, with_her_son, removed)
    assert CASE.replay(without_words(event, CLOSED) for event in story) == CASE.replay(story)
    closed = tuple(without_words(event, CLOSED) for event in (opened, with_her_son))
    given(CASE, *closed).when(remove, by=CITY).then(removed)
