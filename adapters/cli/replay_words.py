"""What stands in a replay beside what is told in it (再現の紙面)."""

from typing import Final

from adapters.words import Words

OF: Final = Words(ja="{who}の見え方", en="As seen by {who}")
AT: Final = Words(ja="{when}の時点", en="as of {when}")
NOW: Final = Words(ja="現在", en="as of now")
OWN: Final = Words(ja="所属機関", en="your agency")
UNNAMED: Final = Words(ja="名前は見えない", en="not named")
SOMEBODY: Final = Words(ja="ほかの機関（見えない）", en="others, not shown")
ITSELF: Final = Words(ja="自動の記録", en="recorded by itself, by rule")
NOT_NOW: Final = Words(ja="今は見えない", en="not shown now")
ERASED: Final = Words(ja="消去済み", en="erased")
EMPTY: Final = Words(ja="記入なし", en="empty")
SIGNS: Final = Words(
    ja="# の列が主担当機関。記号：{signs}", en="The bar # is who answers for her. {signs}"
)
EVENT: Final = Words(ja="出来事", en="event")
GROUNDS: Final = Words(ja="根拠", en="On what it rests")
RULES: Final[dict[str, Words]] = {
    "NOTICE": Words(ja="通知", en="Notice"),
    "STATUTORY": Words(ja="法律に基づく提供", en="Disclosure by law"),
    "EMERGENCY": Words(ja="緊急提供", en="Emergency disclosure"),
    "OWN": Words(ja="自らの記録", en="Own record"),
    "PUBLIC": Words(ja="公開", en="Public"),
    "PARTY": Words(ja="当事機関", en="A side of it"),
    "LEDGER": Words(ja="台帳", en="Ledger"),
    "CONSENT": Words(ja="同意", en="Consent"),
}
SIDE_OF: Final[dict[str, Words]] = {
    "referral": Words(ja="つなぎ {id}", en="referral {id}"),
    "meeting": Words(ja="会議 {id}", en="meeting {id}"),
    "grievance": Words(ja="苦情 {id}", en="grievance {id}"),
}
SEEN_IN: Final[dict[str, Words]] = {
    "BOTH": Words(ja="両方に見える", en="seen in both"),
    "DIFFERS": Words(ja="項目が異なる", en="other fields"),
    "FIRST": Words(ja="1 だけに見える", en="in 1 alone"),
    "SECOND": Words(ja="2 だけに見える", en="in 2 alone"),
}
ONLY: Final = Words(ja="{view} だけ：{fields}", en="{view} alone: {fields}")
GONE: Final = Words(ja="見えなくなった：{fields}", en="gone: {fields}")
GONE_BY: Final = Words(
    ja="{when}、{event}により見えなくなった：{fields}", en="gone by {event}, {when}: {fields}"
)
GONE_BY_CLOCK: Final = Words(ja="期限により見えなくなった：{fields}", en="gone with time: {fields}")
