"""All code lists (コード表の一覧): each with its version, its labels, its groups, its older names.

A list is declared once, as a ``Literal`` and the labels of its codes; it is found here by itself.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import chain
from pkgutil import walk_packages
from types import ModuleType
from typing import Final, Literal, cast, get_args, get_origin

import msgspec

import domain
from domain.agency_codes import AgencyKind
from domain.codes import Channel, Label
from domain.machine import Machine


class CodeList(msgspec.Struct, frozen=True):
    """``groups`` leads from a code to what it is counted under, the widest first."""

    name: str
    labels: Mapping[str, Label]
    groups: Mapping[str, tuple[Label, ...]]
    older_names: Mapping[str, tuple[str, ...]]

    @property
    def version(self) -> str:
        """Another one whenever a code, a label or a group is: what is counted says under which."""
        listed = sorted(
            (code, *label, *self.groups.get(code, ())) for code, label in self.labels.items()
        )
        return hashlib.sha256(msgspec.json.encode(listed)).hexdigest()[:12]

    def named(self, name: str) -> frozenset[str]:
        """The codes which a name may mean, in either language and by any name it ever had.

        There may be several: two prefectures have used one name for different institutions.
        """
        wanted = _plain(name)
        return frozenset(
            code
            for code, label in self.labels.items()
            if wanted in map(_plain, (code, *label, *self.older_names.get(code, ())))
        )


HUMAN_RELATIONS: Final = Label("人間関係", "Human relations")
SPOUSE: Final = Label("夫等", "Husband or partner")
CHILDREN: Final = Label("子ども", "Children")
RELATIVES: Final = Label("親族", "Relatives")
MEDICAL: Final = Label("医療的問題", "Medical problems")
# The columns of the prefecture's table, and what they stand under.
PROBLEM_GROUPS: Final[Mapping[str, tuple[Label, ...]]] = {
    "SPOUSE_VIOLENCE": (HUMAN_RELATIONS, SPOUSE),
    "SPOUSE_SUBSTANCE_ABUSE": (HUMAN_RELATIONS, SPOUSE),
    "SPOUSE_DIVORCE": (HUMAN_RELATIONS, SPOUSE),
    "SPOUSE_OTHER": (HUMAN_RELATIONS, SPOUSE),
    "CHILD_VIOLENCE": (HUMAN_RELATIONS, CHILDREN),
    "CHILD_REARING_DIFFICULTY": (HUMAN_RELATIONS, CHILDREN),
    "CHILD_OTHER": (HUMAN_RELATIONS, CHILDREN),
    "PARENT_VIOLENCE": (HUMAN_RELATIONS, RELATIVES),
    "RELATIVE_VIOLENCE": (HUMAN_RELATIONS, RELATIVES),
    "RELATIVE_OTHER": (HUMAN_RELATIONS, RELATIVES),
    "OTHER_PERSON_VIOLENCE": (HUMAN_RELATIONS,),
    "INTIMATE_RELATIONSHIP": (HUMAN_RELATIONS,),
    "HUMAN_RELATIONS_OTHER": (HUMAN_RELATIONS,),
    "HR_14_UNLABELLED": (HUMAN_RELATIONS,),
    "HOUSING_PROBLEM": (Label("住居問題", "Housing"),),
    "NOWHERE_TO_RETURN": (Label("帰住先なし", "Nowhere to return to"),),
    "ECONOMIC_PROBLEM": (Label("経済的問題", "Money"),),
    "MENTAL_PROBLEM": (MEDICAL,),
    "ILLNESS_PREGNANCY": (MEDICAL,),
    "ANTI_PROSTITUTION_ART5": (),
    "TRAFFICKING_VICTIM": (),
}
# 報告区分: what each channel is reported as.
REPORTED_AS: Final[Mapping[Channel, Channel]] = {
    "PHONE": "PHONE",
    "INTERVIEW": "INTERVIEW",
    "OTHER": "OTHER",
    "EMAIL": "OTHER",
    "WEB_CHAT": "OTHER",
    "SNS": "OTHER",
    "INTERNET_FORM": "OTHER",
    "OUTREACH_VISIT": "OTHER",
    "STREET_OUTREACH": "OTHER",
    "NET_PATROL": "OTHER",
    "AGENCY_REQUEST": "OTHER",
    "GROUP_SESSION": "OTHER",
}
VIOLENCE: Final = Label("他暴力", "Other violence")
# What is chosen when she is admitted: no other view of the problems, and grouped by itself.
REASON_GROUPS: Final[Mapping[str, tuple[Label, ...]]] = {
    "DATING_DV": (VIOLENCE,),
    "FAMILY_PROBLEM": (VIOLENCE,),
    "OTHER_VIOLENCE": (VIOLENCE,),
}

OLDER_AGENCY_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "WOMENS_SUPPORT_CENTRE": (
        "婦人相談所",
        "女性相談センター",
        "県男女共同参画推進センター",
        "都道府県の婦人相談所",
    ),
    "TEMPORARY_PROTECTION_FACILITY": ("一時保護所",),
    "WOMENS_SELF_RELIANCE_FACILITY": ("婦人保護施設",),
    "DV_SUPPORT_CENTRE": ("配暴センター",),
    "SEXUAL_VIOLENCE_ONE_STOP": ("ワンストップ支援センター", "アイリスホットライン"),
    "PRIVATE_SHELTER": ("委託一時保護所",),
    "CHILD_GUIDANCE_CENTRE": ("児相",),
    "PREFECTURAL_BRANCH_OFFICE": ("総合支庁", "県保健福祉事務所", "県福祉事務所"),
    "PREFECTURAL_WELFARE_OFFICE": ("県福祉事務所",),
    "MUNICIPAL_WOMENS_SUPPORT_DIVISION": ("婦人保護事業担当部局",),
    "PREFECTURAL_WOMENS_SUPPORT_DIVISION": ("都道府県の婦人保護事業担当部局",),
    "PREFECTURAL_GENDER_EQUALITY_CENTRE": ("県男女共同参画推進センター", "男女共同参画センター"),
    "MUNICIPAL_GENDER_EQUALITY_CENTRE": ("女性センター", "男女共同参画センター"),
    "LEGAL_SUPPORT_CENTRE": ("法テラス",),
}
OLDER_ROLE_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "WOMENS_SUPPORT_COUNSELLOR": ("婦人相談員",),
    "CENTRE_DIRECTOR": ("婦人相談所長", "所長"),
}

GROUPS: Final[Mapping[str, Mapping[str, tuple[Label, ...]]]] = {
    "ProblemCode": PROBLEM_GROUPS,
    "ProtectionReasonCode": REASON_GROUPS,
}
OLDER_NAMES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "AgencyKind": OLDER_AGENCY_NAMES,
    "StaffRole": OLDER_ROLE_NAMES,
}


@cache
def code_lists() -> Mapping[str, CodeList]:
    """Every list there is, by the name of its type."""
    return {
        name: CodeList(name, labels, GROUPS.get(name, {}), OLDER_NAMES.get(name, {}))
        for name, labels in declared().items()
        if labels is not None
    }


@cache
def declared() -> Mapping[str, Mapping[str, Label] | None]:
    """Every ``Literal`` that has a name, with the labels of its codes, where it has them."""
    found: dict[str, Mapping[str, Label] | None] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if get_origin(value) is Literal:
                codes = set(get_args(value))
                labels = _labels(module, codes, name)
                if (known := found.get(name)) is None:
                    found[name] = labels
                else:
                    assert labels is None or known.keys() == labels.keys(), f"{name} is two lists"
    return found


def agency_kinds_named(name: str) -> frozenset[AgencyKind]:
    return cast("frozenset[AgencyKind]", code_lists()["AgencyKind"].named(name))


def _labels(home: ModuleType, codes: set[str], name: str) -> Mapping[str, Label] | None:
    """Those that stand after it in its own module; or else wherever there are any."""
    behind = list(vars(home)).index(name)
    here = (labels for at, labels in _labelled_in(home) if at > behind)
    anywhere = (labels for module in _modules() for _, labels in _labelled_in(module))
    return next((labels for labels in chain(here, anywhere) if set(labels) == codes), None)


@cache
def _labelled_in(module: ModuleType) -> Sequence[tuple[int, Mapping[str, Label]]]:
    """All that are labels of some codes, and where in it they stand."""
    return [
        (at, labels)
        for at, value in enumerate(vars(module).values())
        if (labels := _labelled(value)) is not None
    ]


def _labelled(value: object) -> Mapping[str, Label] | None:
    match value:
        case Machine(states=states):
            return states
        case dict():
            labels = cast("dict[str, object]", value)
            named = labels and all(isinstance(each, Label) for each in labels.values())
            return cast("dict[str, Label]", labels) if named else None
        case _:
            return None


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = (module.name for module in walk_packages(domain.__path__, "domain."))
    return tuple(import_module(name) for name in names)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace(" ", "").casefold()
