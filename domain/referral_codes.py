"""Codes of referrals (つなぎのコード表): where one stands, and why it ends as it does."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from domain.codes import Label, Level
from domain.timers import AnswerWithin

# つなぎの状態
ReferralStatus: TypeAlias = Literal[
    "DRAFT",
    "INQUIRED",
    "SENT",
    "RECEIVED",
    "INFO_REQUESTED",
    "ACCEPTED",
    "COMPLETED",
    "DECLINED",
    "REDIRECTED",
    "EXPIRED",
    "WITHDRAWN",
]
REFERRAL_STATUSES: Final[Mapping[str, Label]] = {
    "DRAFT": Label("準備中", "Draft"),
    "INQUIRED": Label("匿名で照会中", "Inquired without identity"),
    "SENT": Label("送付済み", "Sent"),
    "RECEIVED": Label("受領済み", "Received"),
    "INFO_REQUESTED": Label("情報の追加を依頼中", "More information requested"),
    "ACCEPTED": Label("受け入れ済み", "Accepted"),
    "COMPLETED": Label("引き継ぎ完了", "Handed over"),
    "DECLINED": Label("受け入れ不可", "Declined"),
    "REDIRECTED": Label("別の機関を案内", "Redirected"),
    "EXPIRED": Label("回答期限切れ", "Expired"),
    "WITHDRAWN": Label("取り下げ", "Withdrawn"),
}

# 受け入れられない理由
DeclineReason: TypeAlias = Literal[
    "NO_CAPACITY",
    "NOT_OUR_FUNCTION",
    "OUT_OF_AREA",
    "CONDITIONS_NOT_MET",
    "NOT_SAFE_HERE",
    "SUBJECT_WISH",
    "OTHER",
]
DECLINE_REASONS: Final[Mapping[DeclineReason, Label]] = {
    "NO_CAPACITY": Label("定員・体制に余裕がない", "No capacity"),
    "NOT_OUR_FUNCTION": Label("所管する業務ではない", "Not what this agency does"),
    "OUT_OF_AREA": Label("対象の地域ではない", "Outside the area served"),
    "CONDITIONS_NOT_MET": Label("希望する条件に応じられない", "What she needs cannot be met"),
    "NOT_SAFE_HERE": Label("安全を確保できない", "She would not be safe here"),
    "SUBJECT_WISH": Label("本人が望まない", "She does not wish it"),
    "OTHER": Label("その他", "Other"),
}

# 取り下げの理由
WithdrawalReason: TypeAlias = Literal["CONSENT_WITHDRAWN", "SUBJECT_WISH", "SUPERSEDED", "ERROR"]
WITHDRAWAL_REASONS: Final[Mapping[WithdrawalReason, Label]] = {
    "CONSENT_WITHDRAWN": Label("同意の撤回", "She withdrew her consent"),
    "SUBJECT_WISH": Label("本人の希望", "Her wish"),
    "SUPERSEDED": Label("別の依頼への切り替え", "Replaced by another referral"),
    "ERROR": Label("誤り", "Made in error"),
}

# 中止を求める理由
CancellationReason: TypeAlias = Literal["SUBJECT_WISH", "NO_CAPACITY", "NO_CONTACT", "OTHER"]
CANCELLATION_REASONS: Final[Mapping[CancellationReason, Label]] = {
    "SUBJECT_WISH": Label("本人の希望", "Her wish"),
    "NO_CAPACITY": Label("体制に余裕がなくなった", "No capacity any more"),
    "NO_CONTACT": Label("本人と連絡が取れない", "She cannot be reached"),
    "OTHER": Label("その他", "Other"),
}

# 来所・面談の状況
Appointment: TypeAlias = Literal["SCHEDULED", "RESCHEDULED", "ATTENDED", "NO_SHOW"]
APPOINTMENTS: Final[Mapping[Appointment, Label]] = {
    "SCHEDULED": Label("約束した", "Scheduled"),
    "RESCHEDULED": Label("日を改めた", "Rescheduled"),
    "ATTENDED": Label("来所・面談した", "She came"),
    "NO_SHOW": Label("来所がなかった", "She did not come"),
}

# つなぎの結果
Outcome: TypeAlias = Literal[
    "SUPPORT_IN_PLACE", "PARTLY_IN_PLACE", "NOT_TAKEN_UP", "SUBJECT_DECLINED", "OTHER"
]
OUTCOMES: Final[Mapping[Outcome, Label]] = {
    "SUPPORT_IN_PLACE": Label("支援につながった", "Support is in place"),
    "PARTLY_IN_PLACE": Label("一部の支援につながった", "Some support is in place"),
    "NOT_TAKEN_UP": Label("利用に至らなかった", "Not taken up"),
    "SUBJECT_DECLINED": Label("本人が利用を望まなかった", "She did not wish it"),
    "OTHER": Label("その他", "Other"),
}

# 回答の目安: how soon an answer is asked for, by how urgent it is.
ANSWER_WITHIN: Final[Mapping[AnswerWithin, Label]] = {
    "HOURS": Label("数時間以内", "Within hours"),
    "DAY": Label("1日以内", "Within a day"),
    "BUSINESS_DAYS": Label("数開庁日以内", "Within business days"),
}
WITHIN: Final[Mapping[Level, AnswerWithin]] = {
    "CRITICAL": "HOURS",
    "HIGH": "DAY",
    "MEDIUM": "BUSINESS_DAYS",
    "LOW": "BUSINESS_DAYS",
}

# 子どもの年齢区分: as fine as an inquiry without identity may be.
ChildAgeBand: TypeAlias = Literal["UNDER_3", "3_5", "6_11", "12_14", "15_17"]
CHILD_AGE_BANDS: Final[Mapping[ChildAgeBand, Label]] = {
    "UNDER_3": Label("3歳未満", "Under 3"),
    "3_5": Label("3歳～5歳", "3 to 5"),
    "6_11": Label("6歳～11歳", "6 to 11"),
    "12_14": Label("12歳～14歳", "12 to 14"),
    "15_17": Label("15歳～17歳", "15 to 17"),
}
