"""What stands in an explanation beside what is told in it (説明の紙面)."""

from typing import Final

from adapters.words import Words
from contracts.explain import ScopeNamed

OF: Final = Words(
    ja="{who}に各項目が見える理由、見えない理由", en="Why {who} sees each field, or does not"
)
SCOPES: Final[dict[ScopeNamed, Words]] = {
    "OWN": Words(
        ja="何かしら見える出来事のすべての項目。",
        en="Every field of each event of which something is seen.",
    ),
    "CONSENTS": Words(
        ja="所属機関が得た同意が、所属機関に見える項目をどこまで見せるか。"
        "ほかの根拠で見えるかどうかは示さない。",
        en="How far the consents that your agency obtained carry what your agency may see itself."
        " Whether it is seen on other grounds is not told.",
    ),
    "WHOLE": Words(
        ja="すべての出来事。内容は示さない。", en="Every event, and nothing that stands in it."
    ),
}
SIGNS: Final = Words(ja="+ 見える  - 見えない", en="+ seen  - not seen")
RECORDED: Final = Words(ja="{when} に記録", en="recorded {when}")
POSITION: Final = Words(ja="位置 {position}", en="position {position}")
EVENT: Final = Words(ja="出来事 {id}", en="event {id}")
CLOSED: Final = Words(ja="見えない理由", en="Why it is not seen")
