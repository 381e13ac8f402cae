"""Crossing (機関を越えるとき): how each category gets from one agency to another. Data, no code."""

from collections.abc import Mapping
from typing import Final

from domain.categories import CategoryCode
from domain.codes import Label

CONSENT: Final = Label("同意", "Consent")
EXPLICIT: Final = Label(
    "この区分を名指しした同意（「すべて」には含まれない）",
    "Consent that names this category; never as part of all of them",
)
CROSSES: Final[Mapping[CategoryCode, Label]] = {
    "ENV": Label(
        "何があったかを見てよい記録の、他の項目に添えて",
        "Beside another field, where it may be seen what happened",
    ),
    "SVC": CONSENT,
    "IDN": CONSENT,
    "CNT": CONSENT,
    "ADR": CONSENT,
    "LOC": EXPLICIT,
    "FAM": Label("同意（成人の同伴家族は、その人の同意）", "Consent; an adult's own"),
    "CHD": Label(
        "母または保護者の同意、あるいは法律に基づく提供",
        "Consent of the mother or guardian, or a statutory disclosure",
    ),
    "SCH": CONSENT,
    "PRB": CONSENT,
    "RSK": Label("同意、または緊急提供", "Consent, or an emergency disclosure"),
    "HLT": Label(
        "同意、または医療機関への最小限の緊急提供",
        "Consent; in an emergency the least, to medical institutions only",
    ),
    "SXH": EXPLICIT,
    "LEG": CONSENT,
    "ECO": CONSENT,
    "HOU": CONSENT,
    "ACC": CONSENT,
    "PLN": CONSENT,
    "NAR": EXPLICIT,
    "MTG": Label(
        "その会議に招かれた機関に限り、同意", "Consent, and only to those invited to the meeting"
    ),
    "CNS": Label("自分の記録と通知だけ", "One's own records and notices only"),
    "GRV": Label("担当機関と、共有された機関だけ", "The handler, and with whom it was shared"),
    "STF": Label(
        "同じネットワークの中で、他の項目に添えて", "Beside another field, within a network"
    ),
    "AGG": Label("ネットワークの中", "Within a network"),
    "PUB": Label("誰にでも", "Everybody"),
}
# What the sides of a referral and those asked to a meeting are let see of all that happens in it,
BY_PARTY: Final[frozenset[CategoryCode]] = frozenset({"ENV", "SVC"})
# those with whom a grievance was shared, of that,
WITH_GRIEVANCE: Final[frozenset[CategoryCode]] = frozenset({"ENV", "SVC", "GRV"})
# and those asked to a meeting about nobody's case.
WITH_MINUTES: Final[frozenset[CategoryCode]] = frozenset({"ENV", "SVC", "MTG"})
# These reach nobody for being named in them: consent by its own rules, a grievance when shared.
BY_NAME_TO_NOBODY: Final[frozenset[CategoryCode]] = frozenset({"CNS", "GRV"})
# These were agreed to for one agency, and for no other that may come after it.
PASSES_TO_NOBODY: Final[frozenset[CategoryCode]] = frozenset({"LOC"})
