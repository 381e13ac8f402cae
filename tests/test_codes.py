"""Every code can be read by a person, in Japanese and in English."""

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import pytest

from domain import agency_codes, codes
from domain.agency_codes import PREFECTURES, AgencyKind, Prefecture
from domain.categories import CategoryCode
from domain.codes import Label
from domain.model import StaffRole

LISTS: dict[object, Mapping[Any, Label]] = {
    codes.ProblemCode: codes.PROBLEMS,
    codes.TopicCode: codes.TOPICS,
    codes.Channel: codes.CHANNELS,
    codes.AgeBand: codes.AGE_BANDS,
    codes.FoundVia: codes.FOUND_VIA,
    codes.Framework: codes.FRAMEWORKS,
    codes.Language: codes.LANGUAGES,
    codes.ConsentKind: codes.CONSENT_KINDS,
    codes.Grantor: codes.GRANTORS,
    codes.Purpose: codes.PURPOSES,
    codes.UntilEvent: codes.UNTIL_EVENTS,
    codes.History: codes.HISTORIES,
    codes.Method: codes.METHODS,
    codes.Condition: codes.CONDITIONS,
    codes.ContactMeans: codes.CONTACT_MEANS,
    codes.AddressKind: codes.ADDRESS_KINDS,
    codes.SupportFunction: codes.SUPPORT_FUNCTIONS,
    codes.ReferralKind: codes.REFERRAL_KINDS,
    codes.Level: codes.LEVELS,
    codes.Sector: codes.SECTORS,
    codes.Qualification: codes.QUALIFICATIONS,
    AgencyKind: agency_codes.AGENCY_KINDS,
    Prefecture: PREFECTURES,
    CategoryCode: codes.CATEGORIES,
    StaffRole: codes.STAFF_ROLES,
}


def test_no_code_list_is_left_out() -> None:
    values = (*vars(codes).values(), *vars(agency_codes).values())
    assert {value for value in values if get_origin(value) is Literal} == set(LISTS)


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: get_args(listed)[0])
def test_every_code_has_labels_and_nothing_else_has(listed: object) -> None:
    assert set(LISTS[listed]) == set(get_args(listed))


@pytest.mark.parametrize("labels", LISTS.values(), ids=lambda labels: next(iter(labels)))
def test_no_two_codes_of_a_list_read_the_same(labels: Mapping[str, Label]) -> None:
    assert len({label.ja for label in labels.values()}) == len(labels)
    assert len({label.en for label in labels.values()}) == len(labels)


@pytest.mark.parametrize("labels", LISTS.values(), ids=lambda labels: next(iter(labels)))
def test_a_label_is_in_the_language_it_says(labels: Mapping[str, Label]) -> None:
    for code, label in labels.items():
        assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", label.ja) or label.ja == code
        assert label.en.isascii()


def test_the_problems_are_the_21_columns_of_the_prefectures_table() -> None:
    assert len(get_args(codes.ProblemCode)) == 21


def test_no_code_stands_for_all_categories() -> None:
    assert all(re.fullmatch(r"[A-Z]{3}", code) for code in get_args(CategoryCode))
    assert not {"ALL", "ANY"} & set(get_args(CategoryCode))


def test_the_agencies_are_all_the_kinds_that_the_plans_name() -> None:
    assert len(get_args(AgencyKind)) == 65


def test_the_prefectures_are_numbered_from_north_to_south() -> None:
    assert list(PREFECTURES) == [f"{number:02}" for number in range(1, 48)]
    assert PREFECTURES["01"].ja == "北海道"
    assert PREFECTURES["13"].ja == "東京都"
    assert PREFECTURES["47"].ja == "沖縄県"
    assert all(label.ja[-1] in "都道府県" for label in PREFECTURES.values())
