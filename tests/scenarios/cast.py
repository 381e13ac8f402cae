"""The cast (登場する機関): who they are, and who of them reads and acts."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.agency_codes import AgencyKind, Prefecture
from domain.model import StaffRole

Name: TypeAlias = Literal[
    "M1", "M2", "M3", "ED1", "C1", "S1", "F1", "N1", "N2", "CG1", "P1", "H1", "PD",
    "C2", "W2", "MC2", "CG2", "ED2", "H2",
]  # fmt: skip


class Part(NamedTuple):
    name: str
    kind: AgencyKind
    role: StaffRole = "CASEWORKER"
    prefecture: Prefecture = "06"


AOBA: Final[Mapping[Name, Part]] = {
    "M1": Part(
        "緑野市男女共同参画推進センター", "MUNICIPAL_GENDER_EQUALITY_CENTRE", "REPRESENTATIVE"
    ),
    "M2": Part("緑野市生活支援課", "PUBLIC_ASSISTANCE_DIVISION"),
    "M3": Part("緑野市障害福祉課", "DISABILITY_WELFARE_DIVISION"),
    "ED1": Part("緑野市学務課", "SCHOOL_AFFAIRS_DIVISION"),
    "C1": Part("青葉県女性相談支援センター", "WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR"),
    "S1": Part("NPO法人ひだまりシェルター", "PRIVATE_SHELTER", "FACILITY_HEAD"),
    "F1": Part(
        "青葉県女性自立支援施設こもれび寮", "WOMENS_SELF_RELIANCE_FACILITY", "FACILITY_HEAD"
    ),
    "N1": Part("NPO法人あゆみ", "PRIVATE_SUPPORT_ORGANISATION"),
    "N2": Part("NPO法人みちしるべ", "PRIVATE_SUPPORT_ORGANISATION"),
    "CG1": Part("青葉県中央児童相談所", "CHILD_GUIDANCE_CENTRE"),
    "P1": Part("緑野警察署", "POLICE"),
    "H1": Part("緑野総合病院", "MEDICAL_INSTITUTION"),
    "PD": Part("青葉県子ども家庭福祉課", "PREFECTURAL_WOMENS_SUPPORT_DIVISION"),
}
SHIRAHAMA: Final[Mapping[Name, Part]] = {
    "C2": Part("白浜県女性相談支援センター", "WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR", "30"),
    "W2": Part("白浜市福祉事務所", "WELFARE_OFFICE", prefecture="30"),
    "MC2": Part(
        "母子生活支援施設なぎさ", "MOTHER_CHILD_LIVING_SUPPORT_FACILITY", "FACILITY_HEAD", "30"
    ),
    "CG2": Part("白浜県児童相談所", "CHILD_GUIDANCE_CENTRE", prefecture="30"),
    "ED2": Part("白浜市教育委員会", "BOARD_OF_EDUCATION", prefecture="30"),
    "H2": Part("白浜メンタルクリニック", "MEDICAL_INSTITUTION", prefecture="30"),
}
EVERYBODY: Final[Mapping[Name, Part]] = {**AOBA, **SHIRAHAMA}
