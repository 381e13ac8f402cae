"""What stands in a meeting's pack and its minutes, beside what was said (会議資料・議事録)."""

from typing import Final

from adapters.words import Words

PACK: Final = Words(ja="会議資料", en="Meeting pack")
MINUTES: Final = Words(ja="議事録", en="Minutes")
MEETING: Final = Words(ja="会議：{text}", en="Meeting: {text}")
KIND: Final = Words(ja="種類：{text}", en="Kind: {text}")
ON: Final = Words(ja="日付：{text}", en="Day: {text}")
STATUS: Final = Words(ja="状況：{text}", en="Status: {text}")
PLACE: Final = Words(ja="場所：{text}", en="Place: {text}")
TRIGGER: Final = Words(ja="契機：{text}", en="Called because: {text}")
HELD_WITHIN: Final = Words(ja="開催の枠組み：{text}", en="Held within: {text}")
CONVENOR: Final = Words(ja="招集機関：{text}", en="Convenor: {text}")
HELD: Final = Words(ja="開催：{begin}〜{end}", en="Held: {begin} – {end}")
AGENDA: Final = Words(ja="議題", en="Agenda")
ASKED: Final = Words(ja="出席依頼", en="Asked to come")
ATTENDED: Final = Words(ja="出席", en="Attended")
MATERIALS: Final = Words(ja="資料", en="Materials")
CASE: Final = Words(ja="ケース {case}", en="Case {case}")
NAME: Final = Words(ja="氏名：{text}", en="Name: {text}")
PUT_BEFORE: Final = Words(
    ja="所属機関に提供された記録", en="Records that were put before your agency"
)
NOTHING_PUT: Final = Words(
    ja="提供された情報はありません。", en="Nothing was put before your agency."
)
DECISIONS: Final = Words(ja="決定事項", en="Decisions")
AGREED: Final = Words(ja="合意：{text}", en="Agreed: {text}")
DISSENTING: Final = Words(ja="異なる意見：{text}", en="Dissenting: {text}")
DUE: Final = Words(ja="期限：{text}", en="Due: {text}")
SETTLES: Final = Words(ja="協議が調った事項", en="This settles it")
ACKNOWLEDGED: Final = Words(ja="了承：{text}", en="Acknowledged: {text}")
PROGRESS: Final = Words(ja="進捗：{text}", en="Progress: {text}")
ROLES: Final = Words(ja="役割分担", en="Who does what")
REVIEW: Final = Words(ja="確認した状況", en="Review")
ROUND: Final = Words(ja="第{no}回　{on}", en="Round {no}, {on}")
SITUATION: Final = Words(ja="状況等：{text}", en="Situation: {text}")
POLICY: Final = Words(ja="方針の変更：{text}", en="Change of policy: {text}")
DEFERRED: Final = Words(ja="次回に延期：{text}", en="Put off: {text}")
DISAGREED: Final = Words(ja="協議が調わない事項：{text}", en="Not agreed: {text}")
SINCE: Final = Words(ja="協議の開始：{text}", en="Since: {text}")
POSITION: Final = Words(ja="{who}：{text}", en="{who}: {text}")
DESIGNATED: Final = Words(
    ja="主たる支援機関の指定：{who}（理由：{text}）", en="Main support agency: {who} ({text})"
)
DESIGNATED_BY: Final = Words(ja="指定した機関：{text}", en="Designated by: {text}")
DISSENT: Final = Words(ja="異なる意見の内容：{text}", en="What they said against it: {text}")
HER_WISH: Final = Words(ja="本人の希望：{text}", en="Her wish: {text}")
REPORT: Final = Words(ja="活動状況の報告", en="Activities reported")
FIGURE: Final = Words(ja="{what}：{count}", en="{what}: {count}")
ISSUES: Final = Words(ja="申し送り", en="Carried forward")
TEXT: Final = Words(ja="記録", en="Record")
NEXT: Final = Words(ja="次回：{text}", en="Next meeting: {text}")
NO_NEXT: Final = Words(ja="次回：不要", en="Next meeting: not needed")
