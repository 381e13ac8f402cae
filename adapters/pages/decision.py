"""One page for the decision (開示の決まり): who may see what, in the order in which it is asked."""

from collections.abc import Iterable, Iterator
from typing import Final

from adapters.pages import MADE, table
from domain.categories import EXPLICIT_ONLY
from domain.codes import CATEGORIES as CODES
from domain.policy import (
    ALONE,
    BESIDE,
    CONDITIONS,
    CROSSES,
    NEVER_BY_CONSENT,
    POLICY_VERSION,
    RULES,
    Effect,
    Rule,
)
from domain.policy.crossing import (
    BY_NAME_TO_NOBODY,
    BY_PARTY,
    PASSES_TO_NOBODY,
    WITH_GRIEVANCE,
    WITH_MINUTES,
)
from domain.policy.fields import OF_CHILDREN, SAYS_ANEW
from domain.policy.naming import FILLED_IN, NAMED, PROTECTIVE, TO_STAY

EFFECTS: Final[dict[Effect, str]] = {"ALLOW": "○ 見える / may", "DENY": "× 見えない / may not"}


def page() -> str:
    return "\n".join(_page())


def _page() -> Iterator[str]:
    yield "# 誰に何が見えるか / Who may see what\n"
    yield f"{MADE}\n"
    yield f"版 / Version `{POLICY_VERSION}`\n"
    yield (
        "出来事の項目ごとに、上から順に問います。その項目について最初に述べる決まりが決め、"
        "どの決まりも許さないものは見えません。\n"
    )
    yield (
        "It is asked of each field of each event, from the top. The first rule that speaks of the "
        "field decides, and what none of them allows is not seen.\n"
    )
    yield from table(
        (
            "順 / Order",
            "決まり / Rule",
            "結果 / Effect",
            "日本語",
            "English",
            "区分・項目 / Only of",
        ),
        (_rule(number, rule) for number, rule in enumerate(RULES, start=1)),
    )
    yield "## 同意があるとは / What consent takes\n"
    yield "すべての条件を、一つの同意が満たさなければなりません。\n"
    yield "One and the same consent has to meet all of these.\n"
    yield from table(
        ("条件 / Condition", "日本語", "English", "満たさないとき", "Where it is not met"),
        ((f"`{each.id}`", *each.says, *each.refuses) for each in CONDITIONS),
    )
    yield "## 情報区分 / Categories\n"
    yield from table(
        ("区分 / Category", "日本語", "English", "機関を越えるとき", "How it crosses"),
        ((f"`{code}`", *CODES[code], *crosses) for code, crosses in CROSSES.items()),
    )
    yield from _listed(
        "「すべて」の同意に含まれない区分", "Never part of all of them", EXPLICIT_ONLY
    )
    yield from _listed("同意では開かれない区分", "Opened by no consent", NEVER_BY_CONSENT)
    yield from _listed("他の項目に添えてだけ見える区分", "Seen only beside another field", BESIDE)
    yield from _listed(
        "それによって見えるものに何も添えられない決まり",
        "Beside what these open stands nothing",
        ALONE,
    )
    yield from _listed(
        "区分が CHD でなくても、児童についての情報とみなす項目",
        "Told of children, though not CHD",
        OF_CHILDREN,
    )
    yield from _listed(
        "つなぎの当事者と、会議に招かれた機関が、その中で見る区分",
        "Seen by the sides of a referral and those asked to a meeting, in it",
        BY_PARTY,
    )
    yield from _listed("共有された苦情で見える区分", "Seen of a grievance", WITH_GRIEVANCE)
    yield from _listed(
        "個別のケースを扱わない会議で見える区分", "Seen of a meeting about nobody", WITH_MINUTES
    )
    yield from _listed(
        "名指しされただけでは見えない区分", "Seen by nobody for being named", BY_NAME_TO_NOBODY
    )
    yield from _listed(
        "同意が後継の機関に引き継がれない区分", "Passed on to no successor", PASSES_TO_NOBODY
    )
    yield "## 機関の名前 / Whom it names\n"
    yield from (f"{each}\n" for each in NAMED)
    yield from _listed("保護・入所の施設", "Protective providers", PROTECTIVE)
    yield from _listed("入所へのつなぎ", "Referrals to a stay", TO_STAY)
    yield from _listed(
        "自分の記録でも、記録から補われた機関を名指しする項目",
        "Whom these name was filled in from the record",
        FILLED_IN,
    )
    yield "## 訂正 / Corrections\n"
    yield "訂正は、訂正される記録と同じ項目とみなします。除かれた項目は訂正でも見えません。\n"
    yield (
        "A correction says the same fields anew: what is left out of the record is left out of "
        "its correction too.\n"
    )
    yield from table(
        ("訂正 / Correction", "記録 / Record"),
        ((f"`{after}`", f"`{before}`") for after, before in SAYS_ANEW.items()),
    )


def _rule(number: int, rule: Rule) -> Iterator[str]:
    yield str(number)
    yield f"`{rule.id}`"
    yield EFFECTS[rule.effect]
    yield from rule.says
    named = [code for code in CODES if code in (rule.categories or ())]
    yield "<br>".join(f"`{each}`" for each in (sorted(rule.fields) if rule.fields else named))


def _listed(ja: str, en: str, codes: Iterable[str]) -> Iterator[str]:
    yield f"{ja} / {en}: {', '.join(f'`{code}`' for code in sorted(codes))}\n"
