"""Code lists of the consent ledger and the trail (同意台帳・提供記録のコード表).

A statutory provision (法令の根拠) says to which kinds of agencies and with which categories a legal
duty reaches. Provisions are data: another duty is another line here, with its law.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.agency_codes import AgencyKind
from domain.categories import CategoryCode
from domain.codes import Label

# 切迫した危険: only what threatens life or body, and now.
Danger: TypeAlias = Literal[
    "ASSAULT", "ASSAILANT_NEARBY", "SUICIDE", "MEDICAL_EMERGENCY", "MISSING", "CHILD_IN_DANGER"
]
DANGERS: Final[Mapping[Danger, Label]] = {
    "ASSAULT": Label("暴行を受けている、または受けるおそれ", "Assault, under way or threatening"),
    "ASSAILANT_NEARBY": Label("加害者が近くにいる", "The assailant is near her"),
    "SUICIDE": Label("自殺のおそれ", "Danger of suicide"),
    "MEDICAL_EMERGENCY": Label("生命に関わる病気・けが", "Illness or injury that threatens life"),
    "MISSING": Label("安否が確認できない", "Nobody knows whether she is safe"),
    "CHILD_IN_DANGER": Label("子どもの生命・身体の危険", "A child's life or body is in danger"),
}

# 危険のある場所
DangerPlace: TypeAlias = Literal["WHERE_SHE_IS", "ELSEWHERE", "NOT_KNOWN"]
DANGER_PLACES: Final[Mapping[DangerPlace, Label]] = {
    "WHERE_SHE_IS": Label("本人の居所", "Where she is"),
    "ELSEWHERE": Label("居所以外の場所", "Somewhere else"),
    "NOT_KNOWN": Label("場所は不明", "Not known"),
}

# 同意を得ることが困難な理由
Impracticability: TypeAlias = Literal[
    "CANNOT_BE_REACHED", "UNCONSCIOUS", "CANNOT_DECIDE_NOW", "ASKING_ENDANGERS_HER", "NO_TIME"
]
IMPRACTICABILITIES: Final[Mapping[Impracticability, Label]] = {
    "CANNOT_BE_REACHED": Label("本人と連絡が取れない", "She cannot be reached"),
    "UNCONSCIOUS": Label("本人の意識がない", "She is unconscious"),
    "CANNOT_DECIDE_NOW": Label("本人が今は判断できない", "She cannot decide at the moment"),
    "ASKING_ENDANGERS_HER": Label("確認すること自体が本人を危険にさらす", "Asking endangers her"),
    "NO_TIME": Label("確認する時間がない", "There is no time to ask"),
}

# 緊急時の提供の検証結果
ReviewOutcome: TypeAlias = Literal["JUSTIFIED", "EXCESSIVE", "UNJUSTIFIED"]
REVIEW_OUTCOMES: Final[Mapping[ReviewOutcome, Label]] = {
    "JUSTIFIED": Label("適切", "Justified"),
    "EXCESSIVE": Label("必要な範囲を超えていた", "More than was needed"),
    "UNJUSTIFIED": Label("提供すべきではなかった", "Not justified"),
}

# 是正措置
Corrective: TypeAlias = Literal["NONE", "PURGE", "TRAINING", "PROCEDURE_CHANGED", "PLEDGE_REMINDED"]
CORRECTIVES: Final[Mapping[Corrective, Label]] = {
    "NONE": Label("是正の必要なし", "None needed"),
    "PURGE": Label("提供先に消去を求める", "Recipients are asked to purge"),
    "TRAINING": Label("職員研修を行う", "Staff are trained"),
    "PROCEDURE_CHANGED": Label("手順を改める", "The procedure is changed"),
    "PLEDGE_REMINDED": Label("守秘義務を改めて確認する", "The pledge is called to mind"),
}

# 法令の根拠
Provision: TypeAlias = Literal[
    "CHILD_ABUSE_PREVENTION_6",
    "CHILD_ABUSE_PREVENTION_4_6",
    "ELDER_ABUSE_PREVENTION_7",
    "DISABILITY_ABUSE_PREVENTION_7",
]
PROVISION_LABELS: Final[Mapping[Provision, Label]] = {
    "CHILD_ABUSE_PREVENTION_6": Label(
        "児童虐待防止法第6条（通告）", "Child Abuse Prevention Act, Article 6 (notification)"
    ),
    "CHILD_ABUSE_PREVENTION_4_6": Label(
        "児童虐待防止法第4条第6項（移転先の児童相談所への情報提供）",
        "Child Abuse Prevention Act, Article 4(6) (when a child moves to another area)",
    ),
    "ELDER_ABUSE_PREVENTION_7": Label(
        "高齢者虐待防止法第7条（通報）", "Elder Abuse Prevention Act, Article 7 (notification)"
    ),
    "DISABILITY_ABUSE_PREVENTION_7": Label(
        "障害者虐待防止法第7条（通報）",
        "Act on Prevention of Abuse of Persons with Disabilities, Article 7 (notification)",
    ),
}


class Duty(NamedTuple):
    """To whom a provision obliges, and what may be told at most."""

    recipients: frozenset[AgencyKind]
    categories: frozenset[CategoryCode]


OF_THE_CHILD: Final[frozenset[CategoryCode]] = frozenset({"CHD", "FAM", "RSK", "IDN", "LOC"})
OF_THE_ADULT: Final[frozenset[CategoryCode]] = frozenset({"FAM", "RSK", "IDN", "LOC"})
PROVISIONS: Final[Mapping[Provision, Duty]] = {
    "CHILD_ABUSE_PREVENTION_6": Duty(
        frozenset({"CHILD_GUIDANCE_CENTRE", "CHILD_WELFARE_DIVISION", "WELFARE_OFFICE"}),
        OF_THE_CHILD,
    ),
    "CHILD_ABUSE_PREVENTION_4_6": Duty(frozenset({"CHILD_GUIDANCE_CENTRE"}), OF_THE_CHILD),
    "ELDER_ABUSE_PREVENTION_7": Duty(frozenset({"ELDERLY_CARE_DIVISION"}), OF_THE_ADULT),
    "DISABILITY_ABUSE_PREVENTION_7": Duty(frozenset({"DISABILITY_WELFARE_DIVISION"}), OF_THE_ADULT),
}

# 再度お願いする事情: why she is asked again for what she has refused.
NewCircumstance: TypeAlias = Literal["HER_WISH", "RISK_CHANGED", "NEED_CHANGED", "HELP_CHANGED"]
NEW_CIRCUMSTANCES: Final[Mapping[NewCircumstance, Label]] = {
    "HER_WISH": Label("本人からの申し出", "She asks for it herself"),
    "RISK_CHANGED": Label("危険の状況が変わった", "The danger has changed"),
    "NEED_CHANGED": Label("本人の必要が変わった", "What she needs has changed"),
    "HELP_CHANGED": Label("受けられる支援が変わった", "What help there is has changed"),
}

# 本人への通知の対象
NotifiedAbout: TypeAlias = Literal["EMERGENCY", "STATUTORY", "PURGE", "ERASURE", "SUCCESSION"]
NOTIFIED_ABOUT: Final[Mapping[NotifiedAbout, Label]] = {
    "EMERGENCY": Label("緊急時の情報提供", "A disclosure in an emergency"),
    "STATUTORY": Label("法令に基づく情報提供", "A disclosure required by law"),
    "PURGE": Label("提供先での消去", "What was asked of a recipient, and its answer"),
    "ERASURE": Label("消去の請求", "Her request for erasure"),
    "SUCCESSION": Label("同意の引き継ぎ（機関の統合）", "That her consent passed to a successor"),
}

# 通知を延期する理由
DeferralReason: TypeAlias = Literal[
    "NOT_SAFE_YET", "CANNOT_BE_REACHED", "INVESTIGATION", "CHILD_SAFETY"
]
DEFERRAL_REASONS: Final[Mapping[DeferralReason, Label]] = {
    "NOT_SAFE_YET": Label("本人がまだ安全ではない", "It is not safe for her yet"),
    "CANNOT_BE_REACHED": Label("安全な方法で連絡が取れない", "She cannot be reached safely"),
    "INVESTIGATION": Label("捜査・調査に支障がある", "An investigation would be hindered"),
    "CHILD_SAFETY": Label("子どもの安全に支障がある", "A child's safety would be at risk"),
}

# 消去を求める理由
PurgeCause: TypeAlias = Literal[
    "WITHDRAWN",
    "NARROWED",
    "EXPIRED",
    "SUPERSEDED",
    "EXCLUDED",
    "PARTICIPATION_ENDED",
    "SUSPENDED",
    "RESTRICTED",
    "REVIEWED",
    "ERASED",
]
PURGE_CAUSES: Final[Mapping[PurgeCause, Label]] = {
    "WITHDRAWN": Label("同意の撤回", "Her consent was withdrawn"),
    "NARROWED": Label("同意の範囲の縮小", "Her consent was narrowed"),
    "EXPIRED": Label("同意の期間の終了", "Her consent has ended"),
    "SUPERSEDED": Label("新しい同意への切り替え", "Another consent took its place"),
    "EXCLUDED": Label("本人による提供先からの除外", "She excluded the recipient"),
    "PARTICIPATION_ENDED": Label("関わりの終了", "The recipient no longer takes part"),
    "SUSPENDED": Label(
        "提供先の利用停止・廃止・承継",
        "The recipient was suspended, is no more or took over from another",
    ),
    "RESTRICTED": Label("記録の利用停止", "Use of the record was stopped"),
    "REVIEWED": Label("事後の検証の結果", "A review found too much was told"),
    "ERASED": Label("記録の消去", "The record was erased"),
}

# 消去しない法令上の根拠: nothing else lets a recipient keep what it received.
PurgeGround: TypeAlias = Literal[
    "MEDICAL_RECORDS",
    "INVESTIGATION_RECORDS",
    "CHILD_GUIDANCE_RECORDS",
    "PUBLIC_RECORDS",
    "COURT_PROCEEDINGS",
]
PURGE_GROUNDS: Final[Mapping[PurgeGround, Label]] = {
    "MEDICAL_RECORDS": Label("診療録の保存義務（医師法）", "Duty to keep medical records"),
    "INVESTIGATION_RECORDS": Label(
        "法令に基づく捜査・調査の記録", "Own record of an investigation under the law"
    ),
    "CHILD_GUIDANCE_RECORDS": Label(
        "児童相談所の児童記録（児童福祉法）", "Child guidance record under the Child Welfare Act"
    ),
    "PUBLIC_RECORDS": Label(
        "公文書の保存義務（公文書管理法・条例）", "Duty to keep public records"
    ),
    "COURT_PROCEEDINGS": Label("係属中の裁判手続", "Court proceedings under way"),
}

# 本人への開示の対象
AccessKind: TypeAlias = Literal["CONSENT_TRAIL", "RECORD"]
ACCESS_KINDS: Final[Mapping[AccessKind, Label]] = {
    "CONSENT_TRAIL": Label("同意と提供の記録", "Her consents, and who was told what"),
    "RECORD": Label("支援の記録", "The record of her support"),
}

# 開示しない理由
AccessLimit: TypeAlias = Literal["ENDANGERS_OTHERS", "ENDANGERS_CHILD", "NOT_HER_OWN"]
ACCESS_LIMITS: Final[Mapping[AccessLimit, Label]] = {
    "ENDANGERS_OTHERS": Label("他の人を危険にさらすため", "It would endanger others"),
    "ENDANGERS_CHILD": Label("子どもを危険にさらすため", "It would endanger a child"),
    "NOT_HER_OWN": Label("他の人の情報であるため", "It is about somebody else"),
}

# 消去の請求者
ErasureRequester: TypeAlias = Literal["SUBJECT", "COMPANION", "LEGAL_REPRESENTATIVE"]
ERASURE_REQUESTERS: Final[Mapping[ErasureRequester, Label]] = {
    "SUBJECT": Label("本人", "The woman herself"),
    "COMPANION": Label("同伴する家族本人", "A companion herself or himself"),
    "LEGAL_REPRESENTATIVE": Label("法定代理人", "A legal representative"),
}

# 請求者の本人確認
IdentityCheck: TypeAlias = Literal["ID_DOCUMENT", "KNOWN_TO_STAFF", "POWER_OF_ATTORNEY"]
IDENTITY_CHECKS: Final[Mapping[IdentityCheck, Label]] = {
    "ID_DOCUMENT": Label("本人確認書類", "An identity document"),
    "KNOWN_TO_STAFF": Label("担当職員による確認", "Known to the staff who receive her"),
    "POWER_OF_ATTORNEY": Label("代理権を示す書類", "A document that shows the authority"),
}

# 消去の決定
ErasureDecision: TypeAlias = Literal["ERASE", "RESTRICT", "REFUSE"]
ERASURE_DECISIONS: Final[Mapping[ErasureDecision, Label]] = {
    "ERASE": Label("消去", "Erase"),
    "RESTRICT": Label("利用停止", "Restrict"),
    "REFUSE": Label("不承認", "Refuse"),
}

# 決定の理由
ErasureGround: TypeAlias = Literal[
    "RETENTION_OVER", "RETENTION_RUNNING", "ERASURE_DUTY", "LEGAL_HOLD", "STILL_IN_SUPPORT"
]
ERASURE_GROUNDS: Final[Mapping[ErasureGround, Label]] = {
    "RETENTION_OVER": Label("保存期間の満了", "The retention period is over"),
    "RETENTION_RUNNING": Label("保存期間中", "The retention period still runs"),
    "ERASURE_DUTY": Label("法令による消去義務", "A law obliges to erase"),
    "LEGAL_HOLD": Label("法令・裁判による保全", "A law or a court obliges to keep it"),
    "STILL_IN_SUPPORT": Label("支援の継続中", "Support has not ended"),
}

# 提供の根拠
BasisCode: TypeAlias = Literal[
    "CONSENT", "EMERGENCY", "STATUTORY", "OWN", "PARTY", "NOTICE", "LEDGER", "PUBLIC"
]
BASES: Final[Mapping[BasisCode, Label]] = {
    "CONSENT": Label("本人の同意", "Her consent"),
    "EMERGENCY": Label("緊急時の提供", "An emergency"),
    "STATUTORY": Label("法令に基づく提供", "A duty under the law"),
    "OWN": Label("自機関の記録", "Its own record"),
    "PARTY": Label("依頼・会議の当事者", "It is a side of the referral or the meeting"),
    "NOTICE": Label("提供先への通知", "A notice to whoever had received it"),
    "LEDGER": Label("ケース進行管理台帳", "The progress ledger"),
    "PUBLIC": Label("公開情報", "It is public"),
}

# 提供の経路
DisclosureChannel: TypeAlias = Literal["FEED", "REFERRAL", "MEETING", "LEDGER", "REPORT", "SUBJECT"]
DISCLOSURE_CHANNELS: Final[Mapping[DisclosureChannel, Label]] = {
    "FEED": Label("配信・閲覧", "Feed or view"),
    "REFERRAL": Label("つなぎの資料", "Referral"),
    "MEETING": Label("会議の資料", "Meeting"),
    "LEDGER": Label("台帳の資料", "Progress ledger"),
    "REPORT": Label("報告書・書き出し", "Report or export"),
    "SUBJECT": Label("本人への開示", "Her own access"),
}
