"""Conditions (同意の条件): what consent needs to open something. Data, and no code."""

from typing import Final, Literal, TypeAlias

import msgspec

from domain.categories import CategoryCode
from domain.codes import Label

ConditionId: TypeAlias = Literal[
    "BY_CONSENT",
    "AGREED",
    "IN_FORCE",
    "CATEGORY",
    "FIELD",
    "PERSON",
    "HISTORY",
    "ATTENDED",
    "REASON",
]


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What consent needs; ``refuses``: what is said where it is the first that is not met."""

    id: ConditionId
    says: Label
    refuses: Label


# Of these no consent speaks, even where it named them.
NEVER_BY_CONSENT: Final[frozenset[CategoryCode]] = frozenset(
    {"ENV", "STF", "CNS", "GRV", "AGG", "PUB"}
)
# What consent needs, all of it from one and the same grant.
CONDITIONS: Final[tuple[Condition, ...]] = (
    Condition(
        id="BY_CONSENT",
        says=Label(
            "同意によって共有する区分である。", "It is of a category that consent can open."
        ),
        refuses=Label(
            "この区分は、同意によって共有するものではありません。",
            "This category is not opened by consent.",
        ),
    ),
    Condition(
        id="AGREED",
        says=Label(
            "撤回されていない情報提供への同意が、この機関を名指ししている。",
            "A consent to share information that was not taken back names this agency.",
        ),
        refuses=Label(
            "この機関への提供について、本人の同意がありません。",
            "She has not agreed that this agency gets it.",
        ),
    ),
    Condition(
        id="IN_FORCE",
        says=Label(
            "同意の日時を過ぎ、期限（その日の終わりまで）も終了の条件もまだ来ていない。",
            "It has begun, and neither its last day (to the end of that day) nor its event "
            "has passed.",
        ),
        refuses=Label("同意の期間外です。", "The consent has ended, or has not begun."),
    ),
    Condition(
        id="CATEGORY",
        says=Label("その区分を含む。", "It names the category."),
        refuses=Label("同意はこの区分を含みません。", "The consent does not name this category."),
    ),
    Condition(
        id="FIELD",
        says=Label(
            "項目を限るならその項目を挙げ、その項目を除いていない。",
            "It names the field, where it names fields, and does not leave it out.",
        ),
        refuses=Label("同意はこの項目を含みません。", "The consent leaves this field out."),
    ),
    Condition(
        id="PERSON",
        says=Label(
            "その人について同意できる人の同意である（本人は自分と同伴児童、成人の同伴家族は自分、"
            "保護者は同伴児童）。本人と利益が相反する児童がいる間、"
            "本人の同意は、その児童についても、本人の記録の中の児童の情報についても効かない。",
            "It was given by who can agree for the person it is about: the woman for herself and "
            "the children with her, an adult companion for themself, a guardian for the children. "
            "While there is a child she is in conflict with, she agrees neither for that child "
            "nor for what her own record says of children.",
        ),
        refuses=Label(
            "この方についての同意がありません。",
            "Nobody who can agree for this person has done so.",
        ),
    ),
    Condition(
        id="HISTORY",
        says=Label(
            "記録が同意より後であるか、過去の記録の扱いがこの記録を含む。",
            "It was recorded after the consent, or the consent reaches back to it.",
        ),
        refuses=Label(
            "この記録は同意より前のもので、同意に含まれません。",
            "It was recorded before the consent, which does not reach back to it.",
        ),
    ),
    Condition(
        id="ATTENDED",
        says=Label(
            "このケースの会議でのことなら、区分を問わず、その会議に招かれたか、出席した"
            "（会議が開かれることも、ほかの機関には見えない）。会議の記録は、どの会議でもこれによる。"
            "実務者会議での定期的な確認は、会議の記録を除き、ほかの記録と同じである。"
            "訂正は、ケースとつなぎの記録の訂正に限る。"
            "この条件は、法律に基づく提供と緊急提供でも変わらない。",
            "If it is of a meeting about her, whatever its category: the agency was invited to it, "
            "or attended it; that it takes place is not seen by others either. What was said in "
            "any meeting, likewise. What was found of her in going through all cases is as other "
            "records are. Of corrections, those of a case or a referral. This holds for what is "
            "told by law and in an emergency, too.",
        ),
        refuses=Label(
            "招かれた会議でのことではありません。",
            "It is of a meeting this agency was not invited to.",
        ),
    ),
    Condition(
        id="REASON",
        says=Label(
            "今このケースに関わっているか、引き継ぎの済んでいないつなぎ、"
            "または終了していない会議で、この項目を提供されている。"
            "会議の記録は、その会議に招かれていれば足りる。",
            "The agency takes part in the case now, or was given the field in a referral or a "
            "meeting that has not come to its end; for the record of a meeting it is enough to "
            "have been invited.",
        ),
        refuses=Label(
            "この機関は今、このケースに関わっていません。",
            "The agency does not take part in the case now.",
        ),
    ),
)
