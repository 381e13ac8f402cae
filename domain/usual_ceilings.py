"""Usual ceilings (情報提供の目安): the most a consent form proposes for each kind of agency.

A proposal and no permission: she may always agree to less, and to more where she asks for it.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, get_args

from domain.agency_codes import AgencyKind
from domain.categories import EXPLICIT_ONLY, CategoryCode
from domain.codes import Label

VERSION: Final = "1"


class Ceiling(NamedTuple):
    categories: frozenset[CategoryCode]
    condition: Label | None = None  # Where the proposal is meant for a part of them.


def ceiling(*categories: CategoryCode, condition: Label | None = None) -> Ceiling:
    return Ceiling(frozenset(categories), condition)


# All that is about a person, and not about how it is recorded, met upon or agreed to.
PERSONAL: Final[frozenset[CategoryCode]] = frozenset(get_args(CategoryCode)) - {
    "ENV", "MTG", "CNS", "GRV", "STF", "AGG", "PUB",
}  # fmt: skip

EVERYTHING: Final = Ceiling(PERSONAL)
ALL_BUT_WHERE_SHE_IS: Final = Ceiling(PERSONAL - {"LOC"})
NOTHING: Final = ceiling()
PER_CONSENT: Final = ceiling(condition=Label("同意の都度定める", "As each consent says"))
FIGURES: Final = ceiling("AGG")
AS_HUB: Final = ALL_BUT_WHERE_SHE_IS._replace(
    condition=Label("調整機関である場合に限る", "Only as the coordinating agency")
)
PROCEDURE: Final = Label("手続に必要な範囲に限る", "Only for the procedure")
INSTRUCTION: Final = Label("危険情報は対応の指示に限る", "Of the risk only what is to be done")

USUAL_CEILINGS: Final[Mapping[AgencyKind, Ceiling]] = {
    "MUNICIPAL_WOMENS_SUPPORT_DIVISION": ALL_BUT_WHERE_SHE_IS,
    "MUNICIPAL_GENDER_EQUALITY_DIVISION": AS_HUB,
    "MUNICIPAL_GENDER_EQUALITY_CENTRE": AS_HUB,
    "PREFECTURAL_GENDER_EQUALITY_CENTRE": ceiling("IDN", "CNT", "PRB", "SVC"),
    "PREFECTURAL_WOMENS_SUPPORT_DIVISION": FIGURES,
    "PREFECTURAL_OTHER_DIVISION": ceiling(
        "AGG",
        "HOU",
        condition=Label("住まいの情報は住宅担当に限る", "Housing only where it is theirs"),
    ),
    # Its counsellors do what those of a municipality do.
    "PREFECTURAL_BRANCH_OFFICE": ALL_BUT_WHERE_SHE_IS,
    "PREFECTURAL_WELFARE_OFFICE": ceiling("ECO", "FAM", "SVC"),
    "WELFARE_OFFICE": ceiling("IDN", "ECO", "FAM", "SVC"),
    "WOMENS_SUPPORT_CENTRE": EVERYTHING,
    "TEMPORARY_PROTECTION_FACILITY": Ceiling(
        PERSONAL, Label("法的手続は必要な場合に限る", "Legal matters only where they are needed")
    ),
    "WOMENS_SELF_RELIANCE_FACILITY": EVERYTHING,
    "DV_SUPPORT_CENTRE": ALL_BUT_WHERE_SHE_IS,
    "SEXUAL_VIOLENCE_ONE_STOP": ceiling("SXH", "HLT", "CNT"),
    "PRIVATE_SHELTER": ceiling(
        "IDN",
        "CNT",
        "RSK",
        "ACC",
        "LOC",
        condition=Label("居所は自施設に限る", "Only its own place"),
    ),
    "STEP_HOUSE": ceiling(
        "IDN",
        "CNT",
        "RSK",
        "ACC",
        "LOC",
        condition=Label("居所は自施設に限る", "Only its own place"),
    ),
    "PRIVATE_SUPPORT_ORGANISATION": PER_CONSENT,
    "CRIME_VICTIM_SUPPORT": ceiling("RSK", "LEG"),
    "PREGNANCY_CONSULTATION": ceiling("HLT", "CNT"),
    "CHILD_WELFARE_DIVISION": ceiling("CHD", "FAM", "SVC"),
    "CHILDCARE_DIVISION": ceiling("SCH"),
    "NURSERY": ceiling("SCH", "RSK", condition=INSTRUCTION),
    "CHILD_GUIDANCE_CENTRE": ceiling("CHD", "FAM", "RSK"),
    "CHILD_WELFARE_FACILITY": ceiling("CHD"),
    "MOTHER_CHILD_LIVING_SUPPORT_FACILITY": EVERYTHING,
    "SINGLE_PARENT_WELFARE_CENTRE": ceiling("ECO"),
    "MATERNAL_CHILD_HEALTH_DIVISION": ceiling(
        "HLT", "CHD", condition=Label("健康の情報は妊娠に限る", "Of her health only the pregnancy")
    ),
    "MOTHER_CHILD_VOLUNTEER": NOTHING,
    "MUNICIPAL_HEALTH_CENTRE": ceiling("HLT"),
    "PUBLIC_HEALTH_CENTRE": ceiling("HLT"),
    "MENTAL_HEALTH_WELFARE_CENTRE": ceiling("HLT"),
    "MEDICAL_INSTITUTION": ceiling("HLT", "SXH"),
    "MEDICAL_ASSOCIATION": NOTHING,
    "PUBLIC_ASSISTANCE_DIVISION": ceiling("ECO", "HOU"),
    "DISABILITY_WELFARE_DIVISION": ceiling("ACC", "HLT"),
    "DISABILITY_CONSULTATION": ceiling("ACC", "HLT"),
    "DISABILITY_FACILITY": EVERYTHING,
    "ELDERLY_CARE_DIVISION": ceiling("ACC", "HLT"),
    "ELDERLY_FACILITY": EVERYTHING,
    "NEEDY_PERSONS_SUPPORT": ceiling("ECO", "HOU"),
    "RESIDENT_REGISTRATION_DIVISION": ceiling(
        "LEG",
        condition=Label(
            "住民基本台帳の支援措置に限る", "Only the protection of the resident register"
        ),
    ),
    "INSURANCE_PENSION_DIVISION": ceiling("ECO", condition=PROCEDURE),
    "RESIDENT_TAX_DIVISION": ceiling(condition=PROCEDURE),
    "TAX_COLLECTION_DIVISION": ceiling(condition=PROCEDURE),
    "CIVIC_COLLABORATION_DIVISION": NOTHING,
    "SCHOOL_AFFAIRS_DIVISION": ceiling("SCH"),
    "BOARD_OF_EDUCATION": ceiling("SCH"),
    "SCHOOL": ceiling("SCH", "RSK", condition=INSTRUCTION),
    "PTA": NOTHING,
    "POLICE": ceiling("RSK", "LEG"),
    "COURT": ceiling("LEG"),
    "LEGAL_SUPPORT_CENTRE": ceiling("LEG", "ECO"),
    "LAWYER": ceiling("LEG"),
    "HUMAN_RIGHTS_COMMISSIONER": NOTHING,
    "SOCIAL_WELFARE_COUNCIL": ceiling("ECO", "SVC"),
    "WELFARE_COMMISSIONER": NOTHING,
    "EMPLOYMENT_PLACEMENT": ceiling("ECO"),
    "VOCATIONAL_TRAINING": ceiling("ECO"),
    "PUBLIC_HOUSING": ceiling("HOU"),
    "FOREIGN_RESIDENT_CENTRE": ceiling("ACC"),
    "DISASTER_MANAGEMENT_DIVISION": NOTHING,
    "OVERSIGHT_BODY": FIGURES,
    "NATIONAL_GOVERNMENT": FIGURES,
    "REGISTERED_ESTABLISHMENT": PER_CONSENT,
    "OTHER_SOCIAL_WELFARE": PER_CONSENT,
}


def proposed(kind: AgencyKind) -> frozenset[CategoryCode]:
    """What a form may tick beforehand: what only counts where she names it, she ticks herself."""
    return USUAL_CEILINGS[kind].categories - EXPLICIT_ONLY
