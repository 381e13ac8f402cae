"""Data categories (情報区分): every field of every event carries exactly one.

A category decides two things: whether the field stands in the clear header or in a sealed part,
and under which consent it may cross from one agency to another.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, TypeAlias

import msgspec

CategoryCode: TypeAlias = Literal[
    "ENV", "SVC", "IDN", "CNT", "ADR", "LOC", "FAM", "CHD", "SCH", "PRB", "RSK", "HLT", "SXH",
    "LEG", "ECO", "HOU", "ACC", "PLN", "NAR", "MTG", "CNS", "GRV", "STF", "AGG", "PUB",
]  # fmt: skip

CLEAR: Final[frozenset[CategoryCode]] = frozenset({"ENV", "SVC", "CNS", "PUB"})
WORDS: Final[frozenset[CategoryCode]] = frozenset({"NAR", "MTG", "GRV"})
EXPLICIT_ONLY: Final[frozenset[CategoryCode]] = frozenset({"LOC", "SXH", "NAR"})


class Category(msgspec.Struct, frozen=True):
    """``Annotated[Line, IDN]``: the field is IDN, and about the woman of the case."""

    code: CategoryCode
    person_field: str | None = None
    by_field: str | None = None
    by_value: frozenset[tuple[str, CategoryCode]] = frozenset()

    @property
    def codes(self) -> frozenset[CategoryCode]:
        return frozenset({self.code, *(code for _, code in self.by_value)})

    def of(self, event: object) -> CategoryCode:
        """What the field is in this event."""
        if self.by_field is None:
            return self.code
        return _codes(self.by_value).get(getattr(event, self.by_field), self.code)

    def about(self, person_field: str) -> "Category":
        """Name the field that says whose the value is, where it is not the woman's."""
        return msgspec.structs.replace(self, person_field=person_field)

    def by(self, field: str, codes: Mapping[str, CategoryCode]) -> "Category":
        """Name the field whose code may make of this another category."""
        return msgspec.structs.replace(self, by_field=field, by_value=frozenset(codes.items()))


@cache
def _codes(by_value: frozenset[tuple[str, CategoryCode]]) -> Mapping[str, CategoryCode]:
    return dict(by_value)


ENV: Final = Category("ENV")  # envelope
SVC: Final = Category("SVC")  # service status
IDN: Final = Category("IDN")  # identity
CNT: Final = Category("CNT")  # contact
ADR: Final = Category("ADR")  # registered address
LOC: Final = Category("LOC")  # where she is, secret
FAM: Final = Category("FAM")  # family
CHD: Final = Category("CHD")  # child
SCH: Final = Category("SCH")  # schooling
PRB: Final = Category("PRB")  # presenting problem 主訴
RSK: Final = Category("RSK")  # risk
HLT: Final = Category("HLT")  # health
SXH: Final = Category("SXH")  # sexual harm
LEG: Final = Category("LEG")  # legal
ECO: Final = Category("ECO")  # economic
HOU: Final = Category("HOU")  # housing
ACC: Final = Category("ACC")  # accommodation of language, disability, faith
PLN: Final = Category("PLN")  # plan
NAR: Final = Category("NAR")  # narrative
MTG: Final = Category("MTG")  # meeting record
CNS: Final = Category("CNS")  # consent record
GRV: Final = Category("GRV")  # grievance 苦情
STF: Final = Category("STF")  # staff
AGG: Final = Category("AGG")  # aggregate
PUB: Final = Category("PUB")  # public
