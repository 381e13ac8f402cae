"""What stands on the paper of her trail (本人に渡す紙面), beside what is told on it."""

from typing import Final

from adapters.words import Words
from contracts.trail import TrailScope
from domain.trail.purges import PurgeState

TITLE: Final = Words(
    ja="あなたの情報を、どこに、なぜ伝えたか", en="What was shared about you, with whom, and why"
)
AS_OF: Final = Words(ja="{when} 現在", en="As of {when}")
SCOPES: Final[dict[TrailScope, Words]] = {
    "CONSENTS": Words(
        ja="この紙を渡した機関が、あなたの同意を得て、または法令や緊急の必要により伝えたもの"
        "のうち、その機関が見てよい範囲です。ほかの機関を通じて伝えたものは、その機関か、"
        "運営担当の監査者に求めることができます。",
        en="What the agency that hands you this shared with your consent, or because a law or an"
        " emergency required it, as far as that agency may see it. What was shared through other"
        " agencies you can ask of them, or of the auditor of this system.",
    ),
    "WHOLE": Words(
        ja="この仕組みを通じて伝えたもののすべてです。",
        en="All that was shared through this system.",
    ),
}
NO_CONTENTS: Final = Words(
    ja="この紙には、書かれた内容そのものは載せていません。",
    en="What was written itself does not stand on this paper.",
)
KEEP_SAFE: Final = Words(
    ja="機関の名前が載っています。持ち帰ると危ないときは、この紙を機関に預けてください。",
    en="It names agencies. If it is not safe to take it home, leave it with the agency.",
)
SHARED: Final = Words(ja="1. 伝えたもの", en="1. What was shared")
AFTERWARDS: Final = Words(
    ja="2. とりやめたもの、終わったものと、その後", en="2. What was stopped, and what followed"
)
NOTHING_SHARED: Final = Words(ja="伝えたものはありません。", en="Nothing was shared.")
NOTHING_STOPPED: Final = Words(
    ja="とりやめたもの、終わったものはありません。", en="Nothing was stopped, and nothing ended."
)
TO: Final = Words(ja="{who}へ", en="With {who}")
BETWEEN: Final = Words(ja="{first} から {last} まで", en="from {first} to {last}")
WHY: Final = Words(ja="理由：{why}", en="Why: {why}")
FOR: Final = Words(ja="{basis}（目的：{purpose}）", en="{basis}, for: {purpose}")
UNDER: Final = Words(ja="{basis}（{provision}）", en="{basis}: {provision}")
BASES: Final[dict[str, Words]] = {
    "CONSENT": Words(ja="あなたの同意", en="your consent"),
    "EMERGENCY": Words(ja="緊急の必要", en="an emergency"),
    "STATUTORY": Words(ja="法令の定め", en="a duty under the law"),
    "PARTY": Words(
        ja="つなぎや会議の当事者であるため", en="it is a side of the referral or the meeting"
    ),
    "LEDGER": Words(ja="ケース進行管理台帳に載るため", en="it stands in the progress ledger"),
    "NOTICE": Words(ja="消去などの知らせ", en="it had to be told to destroy something"),
    "PUBLIC": Words(ja="公開の情報", en="it is public"),
    "OWN": Words(ja="その機関の記録", en="it is its own record"),
}
WHAT: Final = Words(ja="内容の区分：{what}", en="Kinds: {what}")
SETTLED: Final = Words(
    ja="{when} 以後、これに基づいて届くものはありません。",
    en="Since {when} nothing reaches anybody on this.",
)
NOT_SETTLED: Final = Words(
    ja="途中にあるものがないか、確かめているところです。",
    en="It is being made sure that nothing is still on its way.",
)
ANSWERS: Final = Words(
    ja="消去を求めた機関 {asked}：消去済み {acknowledged}、法令により保持 {declined}、"
    "期限超過 {overdue}、回答待ち {waiting}",
    en="Asked to destroy it: {asked}. Destroyed: {acknowledged}. Kept by law: {declined}."
    " Overdue: {overdue}. Not yet answered: {waiting}.",
)
NOBODY: Final = Words(
    ja="これにより消去を求めた機関はありません。",
    en="Because of this nobody was asked to destroy anything.",
)
PURGE: Final = Words(ja="{who}に消去を求めました", en="{who} was asked to destroy it")
SOMEBODY: Final = Words(ja="提供先", en="A recipient")
STATES: Final[dict[PurgeState, Words]] = {
    "REQUESTED": Words(ja="回答待ち（期限 {due}）", en="not yet answered; due {due}"),
    "OVERDUE": Words(
        ja="期限（{due}）を過ぎても回答がありません", en="no answer, though it was due {due}"
    ),
    "ACKNOWLEDGED": Words(ja="{when} に消去したと回答", en="destroyed, by its answer of {when}"),
    "DECLINED": Words(
        ja="{when} に、消去しないと回答。根拠：{ground}",
        en="kept, by its answer of {when}, on this ground: {ground}",
    ),
}
ASK: Final = Words(
    ja="わからないこと、違うと思うことは、この紙を渡した機関に尋ねてください。",
    en="If something is unclear or seems wrong, ask the agency that handed you this.",
)
