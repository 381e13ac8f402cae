"""Every code can be read by a person, in Japanese and in English, and says its version."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import get_args

import pytest
from msgspec import inspect

import domain
from domain.agency_codes import PREFECTURES, AgencyKind
from domain.catalogue import AnyCommand, AnyEvent
from domain.categories import EXPLICIT_ONLY, CategoryCode
from domain.code_lists import (
    PROBLEM_GROUPS,
    REPORTED_AS,
    CodeList,
    agency_kinds_named,
    code_lists,
    declared,
)
from domain.codes import Channel, Label, ProblemCode
from domain.model import Event, Guarded
from domain.usual_ceilings import USUAL_CEILINGS, proposed

LISTS = code_lists()
each_list = pytest.mark.parametrize("listed", LISTS.values(), ids=LISTS)


def literals(info: inspect.Type) -> Iterator[frozenset[object]]:
    match info:
        case inspect.LiteralType(values=values):
            yield frozenset(values)
        case inspect.UnionType(types=types):
            for each in types:
                yield from literals(each)
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            yield from literals(item)
        case inspect.StructType(cls=cls, fields=fields) if issubclass(cls, Guarded):
            for field in fields:
                yield from literals(field.type)
        case inspect.Metadata(type=inner):
            yield from literals(inner)
        case _:
            pass


def said_in(what: type) -> frozenset[frozenset[object]]:
    info = inspect.type_info(what)
    assert isinstance(info, inspect.StructType)
    return frozenset(each for field in info.fields for each in literals(field.type))


def named(what: type) -> str:
    return what.__name__


@pytest.mark.parametrize("what", [*get_args(AnyEvent), *get_args(AnyCommand)], ids=named)
def test_what_is_chosen_in_an_event_or_a_command_comes_from_a_list_with_labels(what: type) -> None:
    listed = {frozenset(each.labels) for each in LISTS.values()}
    assert {codes for codes in said_in(what) if not any(codes <= each for each in listed)} == set()


def test_no_list_of_codes_is_without_labels() -> None:
    for_us = {name for name, labels in declared().items() if labels is None}
    assert for_us <= NOT_FOR_EYES


# Names of ours, which nobody chooses and no answer holds, or which the page of the rules explains.
OURS = {"CompanionKind", "Kind", "ReferralStatus", "Stamp", "StreamKind"}
OF_THE_DECISION = {"AllowId", "ConditionId", "DenyId", "Effect", "Rule"}
NOT_FOR_EYES = OURS | OF_THE_DECISION


@each_list
def test_no_two_codes_of_a_list_read_the_same(listed: CodeList) -> None:
    labels = listed.labels
    assert len({label.ja for label in labels.values()}) == len(labels)
    assert len({label.en for label in labels.values()}) == len(labels)


@each_list
def test_a_label_is_in_the_language_it_says(listed: CodeList) -> None:
    for code, label in listed.labels.items():
        assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", label.ja) or label.ja == code
        assert label.en.isascii()


@each_list
def test_a_list_groups_and_renames_only_what_it_holds(listed: CodeList) -> None:
    assert {*listed.groups, *listed.older_names} <= set(listed.labels)


@each_list
def test_every_code_is_found_by_each_of_its_names(listed: CodeList) -> None:
    for code, label in listed.labels.items():
        names = (code, *label, *listed.older_names.get(code, ()))
        assert all(code in listed.named(name) for name in names)


def test_a_list_that_changes_says_another_version() -> None:
    channels = LISTS["Channel"]
    labels = channels.labels
    fewer = {code: label for code, label in labels.items() if code != "NET_PATROL"}
    renamed = {code: Label("SNS", "Networks") if code == "SNS" else labels[code] for code in labels}
    assert (
        len({CodeList("Channel", each, {}, {}).version for each in (labels, fewer, renamed)}) == 3
    )
    turned = {code: labels[code] for code in reversed(list(labels))}
    assert CodeList("Channel", turned, {}, {}).version == channels.version


def test_the_problems_are_the_21_columns_of_the_prefectures_table() -> None:
    assert len(get_args(ProblemCode)) == 21
    assert set(PROBLEM_GROUPS) == set(get_args(ProblemCode))


# 表2, typed from the plan: what it counted in 令和4年度 and in 令和3年度.
PROBLEMS_COUNTED: dict[str, tuple[int, int]] = {
    "SPOUSE_VIOLENCE": (1727, 1532),
    "SPOUSE_SUBSTANCE_ABUSE": (1, 7),
    "SPOUSE_DIVORCE": (31, 52),
    "SPOUSE_OTHER": (43, 92),
    "CHILD_VIOLENCE": (37, 30),
    "CHILD_REARING_DIFFICULTY": (4, 0),
    "CHILD_OTHER": (14, 11),
    "PARENT_VIOLENCE": (110, 99),
    "RELATIVE_VIOLENCE": (30, 23),
    "RELATIVE_OTHER": (48, 11),
    "OTHER_PERSON_VIOLENCE": (63, 51),
    "INTIMATE_RELATIONSHIP": (112, 115),
    "HUMAN_RELATIONS_OTHER": (28, 16),
    "HR_14_UNLABELLED": (29, 8),
    "HOUSING_PROBLEM": (2, 2),
    "NOWHERE_TO_RETURN": (29, 22),
    "ECONOMIC_PROBLEM": (17, 26),
    "MENTAL_PROBLEM": (266, 342),
    "ILLNESS_PREGNANCY": (19, 24),
    "ANTI_PROSTITUTION_ART5": (0, 0),
    "TRAFFICKING_VICTIM": (0, 0),
}


def test_the_columns_add_up_to_what_the_table_prints_only_if_there_are_21() -> None:
    assert list(PROBLEMS_COUNTED) == list(get_args(ProblemCode))
    totals = [sum(counted[year] for counted in PROBLEMS_COUNTED.values()) for year in (0, 1)]
    assert totals == [2610, 2463]


def test_fourteen_columns_stand_under_human_relations() -> None:
    under = [
        code for code, groups in PROBLEM_GROUPS.items() if groups[:1] and groups[0].ja == "人間関係"
    ]
    assert len(under) == 14
    assert [PROBLEM_GROUPS[code][1:] for code in ("CHILD_OTHER", "HR_14_UNLABELLED")] == [
        (Label("子ども", "Children"),),
        (),
    ]


def test_a_channel_is_reported_as_telephone_interview_or_other() -> None:
    assert set(REPORTED_AS) == set(get_args(Channel))
    assert set(REPORTED_AS.values()) == {"PHONE", "INTERVIEW", "OTHER"}
    assert REPORTED_AS["OUTREACH_VISIT"] == "OTHER"
    assert all(REPORTED_AS[reported] == reported for reported in REPORTED_AS.values())


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("婦人相談所", {"WOMENS_SUPPORT_CENTRE"}),
        ("女性相談センター", {"WOMENS_SUPPORT_CENTRE"}),
        ("女性相談支援センター", {"WOMENS_SUPPORT_CENTRE"}),
        ("婦人保護施設", {"WOMENS_SELF_RELIANCE_FACILITY"}),
        ("一時保護所", {"TEMPORARY_PROTECTION_FACILITY"}),
        ("配暴センター", {"DV_SUPPORT_CENTRE"}),
        ("児相", {"CHILD_GUIDANCE_CENTRE"}),
        ("アイリスホットライン", {"SEXUAL_VIOLENCE_ONE_STOP"}),
        ("県福祉事務所", {"PREFECTURAL_BRANCH_OFFICE", "PREFECTURAL_WELFARE_OFFICE"}),
        (
            "県男女共同参画推進センター",
            {"WOMENS_SUPPORT_CENTRE", "PREFECTURAL_GENDER_EQUALITY_CENTRE"},
        ),
        ("police", {"POLICE"}),
        ("ＰＴＡ", {"PTA"}),
        ("加害者更生会", set[str]()),
    ],
)
def test_an_institution_is_found_by_its_old_names_too(name: str, kinds: set[str]) -> None:
    assert agency_kinds_named(name) == kinds


def test_a_counsellor_is_found_by_her_old_title() -> None:
    assert LISTS["StaffRole"].named("婦人相談員") == {"WOMENS_SUPPORT_COUNSELLOR"}


def test_every_kind_of_agency_has_its_usual_ceiling() -> None:
    assert set(USUAL_CEILINGS) == set(get_args(AgencyKind))
    assert USUAL_CEILINGS["WOMENS_SUPPORT_CENTRE"].categories >= EXPLICIT_ONLY
    assert "LOC" not in USUAL_CEILINGS["MUNICIPAL_WOMENS_SUPPORT_DIVISION"].categories
    assert USUAL_CEILINGS["POLICE"].categories == {"RSK", "LEG"}
    assert USUAL_CEILINGS["PTA"].categories == set()


def test_what_only_counts_where_she_names_it_is_never_proposed() -> None:
    assert all(not proposed(kind) & EXPLICIT_ONLY for kind in USUAL_CEILINGS)
    assert proposed("PRIVATE_SHELTER") == {"IDN", "CNT", "RSK", "ACC"}


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


def test_every_event_there_is_stands_in_the_catalogue() -> None:
    for module in walk_packages(domain.__path__, "domain."):
        import_module(module.name)
    assert {*leaves(Event)} - {Event} <= set(get_args(AnyEvent))


def leaves(kind: type[Event]) -> Iterator[type[Event]]:
    each: type[Event]
    for each in kind.__subclasses__():
        if each.__module__.startswith("domain"):
            yield from leaves(each)
            if not each.__subclasses__():
                yield each
