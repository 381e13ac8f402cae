"""Rules (開示の規則): by which, and in which order, who may see what. Data, and no code."""

from typing import Final, Literal, TypeAlias

import msgspec

from domain.categories import CategoryCode
from domain.codes import Label
from domain.policy.fields import CASE_NUMBERS, IN_HER_LEDGER, IN_LEDGER, IN_NOTICE

Effect: TypeAlias = Literal["ALLOW", "DENY"]
AllowId: TypeAlias = Literal[
    "NOTICE", "STATUTORY", "EMERGENCY", "OWN", "PUBLIC", "PARTY", "LEDGER", "CONSENT"
]
DenyId: TypeAlias = Literal[
    "NO_PLEDGE",
    "EXCLUDED_PERSON",
    "ERASED",
    "RESTRICTED",
    "SUSPENDED",
    "CASE_NUMBER",
    "ANOTHERS_CONSENT",
    "EXCLUDED_AGENCY",
    "NO_BASIS",
]
RuleId: TypeAlias = AllowId | DenyId


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """``categories``: of which it speaks; ``None``, of all. ``fields``: of these and no others."""

    id: RuleId
    effect: Effect
    categories: frozenset[CategoryCode] | None = None
    fields: frozenset[str] | None = None
    says: Label


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
        id="EXCLUDED_PERSON",
        effect="DENY",
        says=Label(
            "本人が知らせないよう求めた職員には、所属機関の記録や同意の撤回などの通知も含めて、"
            "何も見えません。"
            "苦情の対象とされた職員と、その職員のいる機関の配信には、その苦情が見えません。",
            "A member of staff whom she does not want to know sees nothing, the records of "
            "their own agency and the notices to it included; and whom a grievance is about, "
            "nothing of that grievance, nor does the feed of the agency where they work.",
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
            "ケースを台帳に載せるネットワークの調整機関は、その台帳でのケースの番号と、"
            "主担当機関、実務者会議で確認した日を見ます。年度が替わって付いた番号は、主担当機関も見ます。"
            "会議で決まり自動で反映された役割は、主担当機関が見ます。",
            "The coordinating agency of the network in whose ledger the case stands sees its "
            "number there, which agency answers for her, and when the practitioners have gone "
            "through it; the number of a new year, the agency that answers for her sees too, and "
            "it alone the roles that came into the case from a meeting by themselves.",
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
