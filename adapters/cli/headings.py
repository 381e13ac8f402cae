"""Headings (見出し): what stands over the columns of each list, and what is said in them."""

from typing import Final

from adapters.words import Words

ABOUT: Final = Words(ja="内容", en="About")
ABOUT_WHOM: Final = Words(ja="対象の機関", en="About whom")
ADDRESS: Final = Words(ja="登録住所", en="Registered address")
AGENCY: Final = Words(ja="機関", en="Agency")
AGENCIES: Final = Words(ja="機関数", en="Agencies")
ANSWER: Final = Words(ja="回答", en="Answer")
ANSWERED_ON: Final = Words(ja="回答日", en="Answered")
ANSWER_BY: Final = Words(ja="回答期限", en="Answer by")
ACKNOWLEDGE_BY: Final = Words(ja="受理連絡の期限", en="Acknowledge by")
AREA: Final = Words(ja="区域", en="Area")
BASIS: Final = Words(ja="設置根拠", en="Basis")
CASE: Final = Words(ja="ケース", en="Case")
COMPLAINANT: Final = Words(ja="申出人", en="Complainant")
CONFIRMED: Final = Words(ja="確認・受領", en="Confirmed")
COORDINATING: Final = Words(ja="調整機関", en="Coordinating agency")
COORDINATORS: Final = Words(ja="調整担当者", en="Coordinators")
CONVENOR: Final = Words(ja="招集機関", en="Convenor")
DAY: Final = Words(ja="日付", en="Day")
DUE: Final = Words(ja="期限", en="Due")
GROUND: Final = Words(ja="根拠", en="Ground")
GRIEVANCE: Final = Words(ja="苦情", en="Grievance")
HANDED_OVER: Final = Words(ja="引継ぎまで", en="To handover")
HANDLER: Final = Words(ja="対応機関", en="Handler")
HOURS: Final = Words(ja="受付時間", en="Hours")
KIND: Final = Words(ja="種別", en="Kind")
LANGUAGES: Final = Words(ja="対応言語", en="Languages")
MEETING: Final = Words(ja="会議", en="Meeting")
MEMBERSHIP: Final = Words(ja="参加の形", en="Membership")
MUNICIPALITY: Final = Words(ja="市町村", en="Municipality")
NAME: Final = Words(ja="名称", en="Name")
NETWORK: Final = Words(ja="ネットワーク", en="Network")
NOT_ANSWERED: Final = Words(ja="未回答", en="Unanswered")
NO_WINDOW: Final = Words(ja="相談窓口のない市町村", en="Municipalities without a window")
NUMBER: Final = Words(ja="番号", en="Number")
OPEN: Final = Words(ja="対応中", en="Under way")
OVERDUE: Final = Words(ja="超過", en="Overdue")
PART: Final = Words(ja="立場", en="Part")
PERSON: Final = Words(ja="氏名", en="Name")
ACCEPTED_ON: Final = Words(ja="受理日", en="Accepted")
AGE: Final = Words(ja="年齢", en="Age")
RECEIVED_ON: Final = Words(ja="受付日", en="Received")
RECEIVER: Final = Words(ja="受け手", en="Receiver")
REFERRAL: Final = Words(ja="つなぎ", en="Referral")
REFERRALS: Final = Words(ja="件数", en="Referrals")
RESPOND_BY: Final = Words(ja="回答期限", en="Respond by")
RESPONSIBLE: Final = Words(ja="主担当機関", en="Responsible")
REVIEWED: Final = Words(ja="確認", en="Reviewed")
ROUNDS: Final = Words(ja="管理記録", en="Rounds")
SENDER: Final = Words(ja="送り手", en="Sender")
SENT: Final = Words(ja="送付", en="Sent")
SERVICES: Final = Words(ja="支援メニュー", en="Services")
STAGE: Final = Words(ja="段階", en="Stage")
STATUS: Final = Words(ja="状況", en="Status")
TEXT: Final = Words(ja="申出の内容", en="Complaint")
TO_ANSWER: Final = Words(ja="回答まで", en="To answer")
TO_RECEIPT: Final = Words(ja="受領まで", en="To receipt")
TO_DO: Final = Words(ja="行うこと", en="To do")
TO_TAKE_OVER: Final = Words(ja="引き継ぎ待ち（元の機関）", en="To take over from")
UNANSWERED: Final = Words(ja="未回答", en="Unanswered since")
WINDOW: Final = Words(ja="相談窓口", en="Consultation window")

PARTS: Final[dict[str, Words]] = {
    "HANDLER": Words(ja="対応", en="Handles it"),
    "IN_CHARGE": Words(ja="担当", en="Answers for it"),
    "RECEIVED": Words(ja="受付", en="Received it"),
    "SHARED": Words(ja="共有", en="Shared with it"),
    "CONVENOR": Words(ja="招集", en="Convenes it"),
    "INVITEE": Words(ja="出席依頼", en="Asked to it"),
}
SENT_ROUND: Final[dict[str, Words]] = {
    "DIRECTORY": Words(ja="相談窓口一覧の配布", en="Directory sent"),
    "POSTING": Words(ja="掲示・配架", en="Posting"),
    "NOTICE": Words(ja="注意喚起", en="Notice"),
    "DISASTER": Words(ja="災害の宣言", en="Disaster"),
}
YES: Final = Words(ja="はい", en="yes")
NO: Final = Words(ja="いいえ", en="no")
NOT_SHOWN: Final = Words(ja="非開示", en="not shown")
NOT_NAMED: Final = Words(ja="（名称なし）", en="(not named)")
WITHHELD: Final[dict[str, Words]] = {
    "erased": Words(ja="（消去済み）", en="(erased)"),
    "closed": Words(ja="（非表示）", en="(closed)"),
}
SPANS: Final[dict[str, Words]] = {
    "days": Words(ja="{count}日", en="{count} d"),
    "hours": Words(ja="{count}時間", en="{count} h"),
    "minutes": Words(ja="{count}分", en="{count} min"),
}
SPREAD: Final = Words(
    ja="平均{mean}、最長{longest}（{count}件）", en="{mean} on average, {longest} at most ({count})"
)
ANSWERED_OF: Final = Words(
    ja="{answered}／{asked}機関が回答（期限超過 {overdue}）",
    en="{answered} of {asked} answered, {overdue} overdue",
)
RECEIVED_OF: Final = Words(ja="{received}／{all}機関が受領", en="{received} of {all} received")
