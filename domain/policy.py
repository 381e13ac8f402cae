"""Policy (開示の決まり): by which rules, and in which order, who may see what. Data, and no code.

``domain.visibility`` walks it, the pages in ``docs/`` are written from it, and its version is the
hash of all it says: whatever is disclosed names the version it was decided under.
"""

import hashlib
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from domain.categories import EXPLICIT_ONLY, CategoryCode
from domain.codes import Label
from domain.policy_fields import (
    CASE_NUMBERS,
    FILLED_IN,
    IN_HER_LEDGER,
    IN_LEDGER,
    IN_NOTICE,
    OF_CHILDREN,
    SAYS_ANEW,
)

Effect: TypeAlias = Literal["ALLOW", "DENY"]
AllowId: TypeAlias = Literal[
    "NOTICE", "STATUTORY", "EMERGENCY", "OWN", "PUBLIC", "PARTY", "LEDGER", "CONSENT"
]
DenyId: TypeAlias = Literal[
    "NO_PLEDGE",
    "ERASED",
    "RESTRICTED",
    "SUSPENDED",
    "EXCLUDED_PERSON",
    "CASE_NUMBER",
    "ANOTHERS_CONSENT",
    "EXCLUDED_AGENCY",
    "NO_BASIS",
]
RuleId: TypeAlias = AllowId | DenyId
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


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """``categories``: of which it speaks; ``None``, of all. ``fields``: of these and no others."""

    id: RuleId
    effect: Effect
    categories: frozenset[CategoryCode] | None = None
    fields: frozenset[str] | None = None
    says: Label


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What consent needs; ``refuses``: what is said where it is the first that is not met."""

    id: ConditionId
    says: Label
    refuses: Label


class CategoryRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a category holds, and how it crosses from one agency to another."""

    name: Label
    crosses: Label


# Of these no consent speaks, even where it named them.
NEVER_BY_CONSENT: Final[frozenset[CategoryCode]] = frozenset(
    {"ENV", "STF", "CNS", "GRV", "AGG", "PUB"}
)
# These tell nothing by themselves, and are seen beside another field of their event.
BESIDE: Final[frozenset[CategoryCode]] = frozenset({"ENV", "STF"})
# What nothing is seen beside: these bases are for what they name, and for nothing else.
ALONE: Final[frozenset[AllowId]] = frozenset({"NOTICE", "LEDGER"})

# In this order. The first that speaks of a field decides.
RULES: Final[tuple[Rule, ...]] = (
    Rule(
        id="NO_PLEDGE",
        effect="DENY",
        says=Label(
            "読む人がその機関に登録されていないか、守秘義務の誓約が記録されていないときは、"
            "何も見えません。",
            "Nobody sees anything without an enrolment in an agency and a signed pledge of "
            "confidentiality.",
        ),
    ),
    Rule(
        id="NOTICE",
        effect="ALLOW",
        categories=frozenset({"CNS"}),
        fields=IN_NOTICE,
        says=Label(
            "同意に基づいて情報を受け取った機関は、その同意が撤回・縮小されたことと、"
            "消去の求めを知らされます。"
            "見えるのは同意と求めの番号、区分、期限だけで、ケースの利用停止中や消去後も同じです。"
            "ほかの機関だけが外されたことは知らされません。",
            "Whoever received something under a consent is told that it was withdrawn or "
            "narrowed, and what to purge: the ids of both, the categories and the due date, "
            "nothing else; also of a case that is restricted or erased. That others alone were "
            "taken out of it is not told.",
        ),
    ),
    Rule(
        id="ERASED",
        effect="DENY",
        says=Label(
            "消去されたケースは、自分の機関の記録も含めて、誰にも見えません。",
            "A case that was erased is seen by nobody, one's own records included.",
        ),
    ),
    Rule(
        id="RESTRICTED",
        effect="DENY",
        says=Label(
            "利用を停止されたケースは、自分の機関の記録も含めて、誰にも見えません。",
            "A case whose use was stopped is seen by nobody, one's own records included.",
        ),
    ),
    Rule(
        id="SUSPENDED",
        effect="DENY",
        says=Label(
            "利用を停止中の機関には、何も見えません。",
            "An agency that is suspended sees nothing.",
        ),
    ),
    Rule(
        id="EXCLUDED_PERSON",
        effect="DENY",
        says=Label(
            "本人が知らせないよう求めた職員には、所属機関の記録も含めて、何も見えません。"
            "苦情の対象とされた職員と、その職員のいる機関の配信には、その苦情が見えません。",
            "A member of staff whom she does not want to know sees nothing, the records of "
            "their own agency included; and whom a grievance is about, nothing of that grievance, "
            "nor does the feed of the agency where they work.",
        ),
    ),
    Rule(
        id="CASE_NUMBER",
        effect="DENY",
        categories=frozenset({"SVC"}),
        fields=CASE_NUMBERS,
        says=Label(
            "ケースの番号は、記録した機関、調整機関、主担当機関だけに見えます。",
            "The case's number is for whoever recorded it, the coordinating agency and the "
            "agency that answers for her.",
        ),
    ),
    Rule(
        id="ANOTHERS_CONSENT",
        effect="DENY",
        categories=frozenset({"RSK", "PLN", "NAR"}),
        fields=IN_HER_LEDGER,
        says=Label(
            "同意の条件は、記録した機関とその同意が名指しする機関だけに、"
            "撤回の理由と、緊急提供や法律に基づく提供の理由は、記録した機関だけに見えます。",
            "The conditions of a consent are for whoever recorded it and for those it names; why "
            "it was taken back, and why something was told without one, for whoever recorded that.",
        ),
    ),
    Rule(
        id="STATUTORY",
        effect="ALLOW",
        says=Label(
            "法律に基づく提供を受けた機関は、提供の時点での、提供された区分の内容を見ます。",
            "By a statutory disclosure an agency sees the categories disclosed to it, as they "
            "stood when it was recorded.",
        ),
    ),
    Rule(
        id="EMERGENCY",
        effect="ALLOW",
        says=Label(
            "緊急提供を受けた機関は、期限まで、承認の時点での、提供された区分の内容を見ます。"
            "本人の拒否や除外があるときは、緊急提供がそれを明示し、"
            "異なる機関の二人が承認した場合に限ります。",
            "By an emergency disclosure an agency sees, until it expires, the categories "
            "disclosed to it as they stood when it was authorised; against a refusal or an "
            "exclusion only where it names it and two people of different agencies authorised it.",
        ),
    ),
    Rule(
        id="OWN",
        effect="ALLOW",
        says=Label(
            "機関は、自分が記録したことを見ます。ただし、記録から補われた項目が名指しする機関は、"
            "ほかの機関の記録で名前が見える場合に限ります。",
            "An agency sees what it has recorded itself; but whom a field names that was filled "
            "in from the record, only where it might be named in another's.",
        ),
    ),
    Rule(
        id="PUBLIC",
        effect="ALLOW",
        categories=frozenset({"PUB", "AGG"}),
        says=Label(
            "公開の情報は誰にでも、個人を含まない集計はネットワークの機関に見えます。",
            "What is public everybody sees; figures about nobody, the agencies of the network.",
        ),
    ),
    Rule(
        id="EXCLUDED_AGENCY",
        effect="DENY",
        says=Label(
            "本人が知らせないよう求めた機関には、同意があっても見えません。",
            "An agency that she does not want to know sees nothing more, whatever the consent.",
        ),
    ),
    Rule(
        id="PARTY",
        effect="ALLOW",
        says=Label(
            "つなぎの当事者（送る側は下書きから、受ける側は照会または送付から）と"
            "会議に招かれた機関（招集から）は、そのつなぎや会議で行われたことと、"
            "自分を名指しする項目を見ます。"
            "苦情の内容は、担当機関（指定から）と共有された機関だけが見ます。"
            "個別のケースを扱わない会議では、会議の記録も招かれた機関に見えます。",
            "The two sides of a referral (the sender from the draft, the receiver from the "
            "inquiry or the sending) and those invited to a meeting (once it is convened) see "
            "what was done in it, and fields that name them; what a grievance says, only who "
            "handles it and with whom it was shared; the record of a meeting about nobody's "
            "case, those invited.",
        ),
    ),
    Rule(
        id="LEDGER",
        effect="ALLOW",
        categories=frozenset({"SVC"}),
        fields=IN_LEDGER,
        says=Label(
            "ケースを台帳に載せるネットワークの調整機関は、台帳に載った時からの、"
            "ケースの番号と主担当機関を見ます。",
            "The coordinating agency of the network in whose ledger the case stands sees, from "
            "when it came to stand there, its number and which agency answers for her.",
        ),
    ),
    Rule(
        id="CONSENT",
        effect="ALLOW",
        says=Label(
            "本人（または同意できる家族）の、情報提供への有効な同意があれば見えます。",
            "What she agreed to share, or whoever can agree to it, is seen as far as that goes.",
        ),
    ),
    Rule(
        id="NO_BASIS",
        effect="DENY",
        says=Label(
            "どの決まりにも当たらないものは見えません。",
            "What none of these rules allows is not seen.",
        ),
    ),
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

# Whom an event names, also as whose record it is, where it may be seen.
NAMED: Final = Label(
    "居所を見ることのできない機関には、次の機関の名前を伏せて種別だけを示します。"
    "保護・入所の施設、一時保護の委託契約を結んだことのある機関、ほかの都道府県の機関。"
    "入所や、入所へのつなぎについての記録では、種類を問わず受け入れる機関も同じです"
    "（そのつなぎの当事者と、センター自らの一時保護を除く）。",
    "Who may not see where she is, sees the kind alone of a protective provider, of whoever is or "
    "ever was commissioned to protect, and of an agency of another prefecture; and, in what is "
    "said of a stay or of a referral to one, of whoever takes her in, whatever its kind (but the "
    "two sides of that referral, and where the Centre itself protects her).",
)
_CONSENT: Final = Label("同意", "Consent")
_EXPLICIT: Final = Label(
    "この区分を名指しした同意（「すべて」には含まれない）",
    "Consent that names this category; never as part of all of them",
)
CATEGORIES: Final[Mapping[CategoryCode, CategoryRule]] = {
    "ENV": CategoryRule(
        name=Label("封筒（番号・日時）", "Envelope: ids and times"),
        crosses=Label(
            "何があったかを見てよい記録の、他の項目に添えて",
            "Beside another field, where it may be seen what happened",
        ),
    ),
    "SVC": CategoryRule(name=Label("支援の状況", "Service status"), crosses=_CONSENT),
    "IDN": CategoryRule(name=Label("氏名等", "Identity"), crosses=_CONSENT),
    "CNT": CategoryRule(name=Label("連絡先", "Contact"), crosses=_CONSENT),
    "ADR": CategoryRule(name=Label("住民票の住所", "Registered address"), crosses=_CONSENT),
    "LOC": CategoryRule(name=Label("居所", "Where she is"), crosses=_EXPLICIT),
    "FAM": CategoryRule(
        name=Label("家族", "Family"),
        crosses=Label("同意（成人の同伴家族は、その人の同意）", "Consent; an adult's own"),
    ),
    "CHD": CategoryRule(
        name=Label("子ども", "Child"),
        crosses=Label(
            "母または保護者の同意、あるいは法律に基づく提供",
            "Consent of the mother or guardian, or a statutory disclosure",
        ),
    ),
    "SCH": CategoryRule(name=Label("就学・保育", "Schooling"), crosses=_CONSENT),
    "PRB": CategoryRule(name=Label("主訴", "Presenting problem"), crosses=_CONSENT),
    "RSK": CategoryRule(
        name=Label("危険", "Risk"),
        crosses=Label("同意、または緊急提供", "Consent, or an emergency disclosure"),
    ),
    "HLT": CategoryRule(
        name=Label("健康", "Health"),
        crosses=Label(
            "同意、または医療機関への最小限の緊急提供",
            "Consent; in an emergency the least, to medical institutions only",
        ),
    ),
    "SXH": CategoryRule(name=Label("性的被害", "Sexual harm"), crosses=_EXPLICIT),
    "LEG": CategoryRule(name=Label("法律", "Legal"), crosses=_CONSENT),
    "ECO": CategoryRule(name=Label("経済", "Economic"), crosses=_CONSENT),
    "HOU": CategoryRule(name=Label("住まい", "Housing"), crosses=_CONSENT),
    "ACC": CategoryRule(name=Label("配慮", "Accommodation"), crosses=_CONSENT),
    "PLN": CategoryRule(name=Label("計画", "Plan"), crosses=_CONSENT),
    "NAR": CategoryRule(name=Label("自由記述", "Narrative"), crosses=_EXPLICIT),
    "MTG": CategoryRule(
        name=Label("会議の記録", "Meeting record"),
        crosses=Label(
            "その会議に招かれた機関に限り、同意",
            "Consent, and only to those invited to the meeting",
        ),
    ),
    "CNS": CategoryRule(
        name=Label("同意の記録", "Consent record"),
        crosses=Label("自分の記録と通知だけ", "One's own records and notices only"),
    ),
    "GRV": CategoryRule(
        name=Label("苦情", "Grievance"),
        crosses=Label("担当機関と、共有された機関だけ", "The handler, and with whom it was shared"),
    ),
    "STF": CategoryRule(
        name=Label("職員", "Staff"),
        crosses=Label(
            "同じネットワークの中で、他の項目に添えて", "Beside another field, within a network"
        ),
    ),
    "AGG": CategoryRule(
        name=Label("集計", "Figures"), crosses=Label("ネットワークの中", "Within a network")
    ),
    "PUB": CategoryRule(name=Label("公開", "Public"), crosses=Label("誰にでも", "Everybody")),
}


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to the policy, in the form that is hashed."""

    rules: tuple[Rule, ...]
    conditions: tuple[Condition, ...]
    categories: Mapping[CategoryCode, CategoryRule]
    explicit_only: frozenset[CategoryCode]
    never_by_consent: frozenset[CategoryCode]
    beside: frozenset[CategoryCode]
    alone: frozenset[AllowId]
    says_anew: Mapping[str, str]
    of_children: frozenset[str]
    filled_in: Mapping[str, str | None]
    named: Label


SAID: Final = _Said(
    rules=RULES,
    conditions=CONDITIONS,
    categories=CATEGORIES,
    explicit_only=EXPLICIT_ONLY,
    never_by_consent=NEVER_BY_CONSENT,
    beside=BESIDE,
    alone=ALONE,
    says_anew=SAYS_ANEW,
    of_children=OF_CHILDREN,
    filled_in=FILLED_IN,
    named=NAMED,
)
POLICY_VERSION: Final = hashlib.sha256(msgspec.json.encode(SAID, order="sorted")).hexdigest()
