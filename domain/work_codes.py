"""Codes of work that waits (業務のコード表): what is to be done by some day."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from domain.codes import Label

WorkKind: TypeAlias = Literal[
    "REVIEW",
    "RESPONSIBILITY",
    "CONFERENCE",
    "REFERRAL_ANSWER",
    "REFERRAL_WAITING",
    "AFTERCARE_CONTACT",
    "CONSENT_ENDS",
    "LEGAL_STEP",
    "PURGE_ANSWER",
    "PURGE_WAITING",
    "CONSULTATION",
    "EMERGENCY_REVIEW",
    "STATUTORY_REVIEW",
    "ERASURE_REQUEST",
    "ERASURE_DUE",
    "HER_NOTICE",
    "SUCCESSION_NOTICE",
    "GRIEVANCE_ACKNOWLEDGEMENT",
    "GRIEVANCE_ANSWER",
    "DECISION",
    "PLAN_REVIEW",
    "ASSESSMENT",
    "CHILD_UNHEARD",
    "REPRESENTATIVES",
]
WORK_KINDS: Final[Mapping[WorkKind, Label]] = {
    "REVIEW": Label(
        "実務者会議でケースの状況を確認する", "Review the case in a practitioners' meeting"
    ),
    "RESPONSIBILITY": Label(
        "利用停止中の主担当機関から、本人が同意する機関へ担当を移す",
        "Move responsibility from an agency that is suspended to one that she agrees to",
    ),
    "CONFERENCE": Label("個別ケース検討会議を開く", "Hold a case conference: there was none yet"),
    "REFERRAL_ANSWER": Label("届いたつなぎに回答する", "Answer a referral"),
    "REFERRAL_WAITING": Label(
        "回答のないつなぎについて相手機関に確認する", "Ask after a referral that nobody answers"
    ),
    "AFTERCARE_CONTACT": Label(
        "アフターケアの連絡をとる（安全な方法のみ）",
        "Stay in touch with her, by safe means only",
    ),
    "CONSENT_ENDS": Label("まもなく終わる同意について本人に確認する", "Ask her: a consent ends"),
    "LEGAL_STEP": Label(
        "期限の近い法的手続の更新を確認する", "See to a legal step that is about to expire"
    ),
    "PURGE_ANSWER": Label("消去の依頼に回答する", "Answer a request to purge"),
    "PURGE_WAITING": Label(
        "回答のない消去の依頼について確認する", "Ask after a purge that nobody acknowledges"
    ),
    "CONSULTATION": Label("協議が調っていない支援を決める", "Settle what is not agreed"),
    "EMERGENCY_REVIEW": Label("緊急時の情報提供を検証する", "Review a disclosure in an emergency"),
    "STATUTORY_REVIEW": Label("法令に基づく情報提供を検証する", "Review a statutory disclosure"),
    "ERASURE_REQUEST": Label("消去の請求について決定する", "Decide a request for erasure"),
    "ERASURE_DUE": Label(
        "利用停止中の情報を消去する（この日から消去できる）",
        "Erase what is no longer used: it may be erased from this day on",
    ),
    "HER_NOTICE": Label("本人に知らせる", "Tell her what was done"),
    "SUCCESSION_NOTICE": Label(
        "同意が統合後の機関に引き継がれたことを本人に知らせる",
        "Tell her that her consent has passed to the agency that took over",
    ),
    "GRIEVANCE_ACKNOWLEDGEMENT": Label("苦情の受付を知らせる", "Acknowledge a grievance"),
    "GRIEVANCE_ANSWER": Label("苦情に回答する", "Answer a grievance"),
    "DECISION": Label("会議で決めたことの進み具合を確認する", "Follow up what was decided"),
    "PLAN_REVIEW": Label("支援計画を見直す", "Review a support plan"),
    "ASSESSMENT": Label("緊急の保護の後のアセスメントを行う", "Hear her after an emergency"),
    "CHILD_UNHEARD": Label("同伴する子どもの状況を聞く", "Hear how a child is who came along"),
    "REPRESENTATIVES": Label(
        "年度の代表者会議を開く（期限は年度末）",
        "Hold the representatives' meeting of the fiscal year, by its end",
    ),
}
# What is still to be done once support has ended.
AFTERWARDS: Final[frozenset[WorkKind]] = frozenset(
    {
        "PURGE_ANSWER",
        "PURGE_WAITING",
        "EMERGENCY_REVIEW",
        "STATUTORY_REVIEW",
        "ERASURE_REQUEST",
        "ERASURE_DUE",
        "HER_NOTICE",
        "SUCCESSION_NOTICE",
        "GRIEVANCE_ACKNOWLEDGEMENT",
        "GRIEVANCE_ANSWER",
    }
)
# What falls to whoever answers for her where those whose work it is cannot do it.
PASSED_ON: Final[frozenset[WorkKind]] = frozenset(
    {
        "REFERRAL_WAITING",
        "AFTERCARE_CONTACT",
        "CONSENT_ENDS",
        "LEGAL_STEP",
        "PURGE_WAITING",
        "CONSULTATION",
        "HER_NOTICE",
        "DECISION",
        "PLAN_REVIEW",
        "ASSESSMENT",
        "CHILD_UNHEARD",
    }
)
