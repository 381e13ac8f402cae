"""What stands in form 1 beside what was said in it (様式1 ケース進行管理台帳)."""

from typing import Final

from adapters.words import Words
from contracts.ledger import RemarkKind

TITLE: Final = Words(
    ja="{year} ケース進行管理台帳（様式1）", en="Progress ledger (form 1), fiscal year {year}"
)
AUTHORITY: Final = Words(ja="調整機関用", en="For the coordinating agency")
ATTENDEE: Final = Words(ja="構成機関用", en="For a member")
ISSUED: Final = Words(ja="年齢の基準日：{on}", en="Ages as of {on}")
NUMBER: Final = Words(ja="番号：{text}", en="Number: {text}")
NAME: Final = Words(ja="支援女性氏名：{text}", en="Name: {text}")
BORN: Final = Words(ja="生年月日（年齢）：{on}（{age}歳）", en="Born (age): {on} ({age})")
ADDRESS: Final = Words(ja="住所：{text}", en="Registered address: {text}")
COMPANIONS: Final = Words(ja="同伴家族：{text}", en="With her: {text}")
OF_AGE: Final = Words(ja="{name}（{age}歳）", en="{name} ({age})")
ACCEPTED: Final = Words(ja="相談受理年月日：{on}", en="Accepted: {on}")
RESPONSIBLE: Final = Words(ja="主担当機関：{text}", en="Answers for her: {text}")
ROUNDS: Final = Words(ja="管理記録：{text}", en="Record: {text}")
CONTINUED: Final = Words(ja="（続紙）", en="(continuation sheet)")
ROUND: Final = Words(ja="第{no}回", en="Round {no}")
MEETING_DAY: Final = Words(ja="会議日：{on}", en="Day of the meeting: {on}")
SITUATION: Final = Words(ja="状況等：{text}", en="How it stands: {text}")
POLICY: Final = Words(ja="方針の変更：{text}", en="Change of policy: {text}")
REMARKS: Final = Words(ja="備考：{text}", en="Remarks: {text}")

NOT_AGREED: Final = Words(ja="同意なし", en="not agreed")
NOT_SHOWN: Final = Words(ja="秘匿", en="withheld")
NOT_KNOWN: Final = Words(ja="未把握", en="not known")
NO_NUMBER: Final = Words(ja="—", en="—")
REVIEWED: Final = Words(ja="確認済み", en="reviewed")
NOT_REVIEWED: Final = Words(ja="未確認", en="not reviewed")
REVIEW_NOT_SHOWN: Final = Words(ja="確認状況：非開示", en="Reviewed or not: not shown")
PARTLY: Final = Words(ja="一部非開示", en="not all of it may be shown")
NOTHING: Final = Words(ja="該当するケースはありません。", en="There are no cases.")
# Whoever keeps her safe is not named; she is in the care of the prefecture's centre.
THE_CENTRE: Final = Words(ja="県女性相談支援センター", en="the prefecture's support centre")
COMPLETE: Final = Words(
    ja="この年度に支援中のケースは、すべて台帳にあります。",
    en="Each case that was active this year stands in the ledger.",
)
MISSING: Final = Words(
    ja="この年度に支援中のケースのうち {count} 件が台帳にありません。",
    en="{count} cases that were active this year do not stand in the ledger.",
)
UNNUMBERED: Final = Words(
    ja="{count} 件には、この年度の番号がまだありません。",
    en="{count} cases have no number of this year so far.",
)
REMARK: Final[dict[RemarkKind, Words]] = {
    "REVIEW_DEFERRED": Words(ja="確認を次回に延期（{on}）", en="review put off ({on})"),
    "CONFERENCE": Words(ja="個別ケース検討会議（{on}）", en="case conference ({on})"),
    "DESIGNATED": Words(
        ja="主たる支援機関の指定 {who}（{on}）", en="main support agency designated: {who} ({on})"
    ),
    "TRANSFERRED": Words(ja="移管（{on}）", en="transferred ({on})"),
    "CLOSED": Words(ja="終結（{on}）", en="closed ({on})"),
    "REOPENED": Words(ja="再開（{on}）", en="opened again ({on})"),
}
