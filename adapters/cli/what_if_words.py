"""What stands on the paper of a what-if (本人に渡す紙面), beside what is told on it."""

from typing import Final

from adapters.words import Words
from contracts.what_if import If, IfExcluded, IfGranted, IfInvited, IfNarrowed, IfWithdrawn

QUESTIONS: Final[dict[type[If], Words]] = {
    IfGranted: Words(
        ja="もし、次のことを伝えてよいと同意したら", en="If you agree that this may be shared"
    ),
    IfNarrowed: Words(ja="もし、同意の範囲を狭めたら", en="If you narrow what you agreed to"),
    IfWithdrawn: Words(ja="もし、同意を取り消したら", en="If you take back what you agreed to"),
    IfExcluded: Words(
        ja="もし、この機関には知らせないことにしたら",
        en="If you do not want this agency to know anything",
    ),
    IfInvited: Words(
        ja="もし、会議にこの機関が加わったら", en="If this agency were asked to the meeting too"
    ),
}
NOT_YET: Final = Words(
    ja="まだ何も決まっていません。このことは記録されていません。決めるのはあなたです。"
    "断っても、支援は続きます。",
    en="Nothing has been decided, and nothing of this is recorded. It is for you to decide. If you"
    " say no, you are helped as before.",
)
AS_FAR: Final = Words(
    ja="この紙を渡した機関が得た同意について、その機関が見てよい範囲での答えです。",
    en="This is about what you agreed to through the agency that hands you this, as far as that"
    " agency may see.",
)
WHAT: Final = Words(ja="内容の区分：{what}", en="Kinds: {what}")
GAINS: Final = Words(ja="すぐに見えるようになるもの：{what}", en="Would see at once: {what}")
LATER: Final = Words(
    ja="すぐに見えるようになるものはありません。同意だけでは何も伝わりません。支援に加わった"
    "ときに、上の区分が見えるようになります。",
    en="Would see nothing at once. Consent alone shares nothing: it would see the kinds above once"
    " it takes part in helping you.",
)
LOSES: Final = Words(ja="見えなくなるもの：{what}", en="Would see no longer: {what}")
NOTHING_CHANGES: Final = Words(ja="変わりません。", en="Nothing would change.")
ASKED_BACK: Final = Words(
    ja="すでに受け取ったもののうち、消去を求めるもの：{what}（期限 {due}）",
    en="Would be asked to destroy what it has received: {what} (by {due})",
)
REFERRALS: Final = Words(
    ja="回答を待っているつなぎ：{count} 件、うち取り下げになるもの {withdrawn} 件",
    en="Referrals that wait for an answer: {count}. Of these would be taken back: {withdrawn}.",
)
MEETINGS: Final = Words(ja="関わる会議：{count} 件", en="Meetings this touches: {count}")
