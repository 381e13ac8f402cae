"""What is said of a scenario (シナリオについての言葉), in Japanese and in English."""

from typing import Final

from adapters.words import Words

# --- What is wrong in a file ---

NOT_THERE: Final = Words(ja="ファイルを読めない", en="this file cannot be read")
NO_TOML: Final = Words(ja="TOML として読めない：{detail}", en="this is no TOML: {detail}")
NOT_AS_EXPECTED: Final = Words(
    ja="{where} は書式に合わない：{detail}", en="{where} is not as it has to be: {detail}"
)
UNKNOWN_KEY: Final = Words(
    ja="{where} に「{name}」という項目はない",
    en="there is no {name!r} in {where}",
)
NO_SUCH_COMMAND: Final = Words(
    ja="「{name}」というコマンドはない", en="there is no command {name!r}"
)
NO_SUCH_EVENT: Final = Words(
    ja="「{name}」という出来事の型はない", en="there is no type of event {name!r}"
)
NO_SUCH_CODE: Final = Words(
    ja="「{name}」という断りのコードはない", en="nothing is refused as {name!r}"
)
NO_SUCH_AGENCY: Final = Words(
    ja="「{name}」という機関は登場しない", en="no agency is called {name!r}"
)
NO_SUCH_STAFF: Final = Words(
    ja="「{name}」という職員は登場しない", en="no member of staff is {name!r}"
)
NO_SUCH_NAME: Final = Words(
    ja="「@{name}」は、ここまでに名前が付けられていない",
    en="nothing has been called {name!r} so far",
)
NO_SUCH_PATH: Final = Words(
    ja="同意に書ける項目に「{name}」はない",
    en="no agreement can name the field {name!r}",
)
NO_SUCH_COLUMN: Final = Words(
    ja="「{name}」という列はない：情報区分か LOC:場所",
    en="there is no column {name!r}: a category, or LOC:place",
)
NEVER_FILLED: Final = Words(
    ja="「{name}」の列には何も入らない：この区分のケースの記録はない（居所は LOC:場所 と書く）",
    en="nothing can stand in the column {name!r}: no record of a case is of it"
    " (for where she is, write LOC:place)",
)
PLACE_OF_NOTHING: Final = Words(
    ja="場所「{name}」には stay・after・transfer のいずれかが要る",
    en="the place {name!r} needs a stay, an after or a transfer by which it is known",
)
ONE_CASE: Final = Words(
    ja="一つのファイルで開けるケースは一つだけ。これは二つ目",
    en="a file tells of one case, and this opens a second",
)
MEMBER_TWICE: Final = Words(
    ja="「{name}」はこのネットワークに二度入っている（led_by の機関は members に書かない）",
    en="{name!r} joins this network twice; who leads it is not named among its members",
)
SEES_OR_REFUSED: Final = Words(
    ja="sees の段に refused は書けない：断られるのは does だけ",
    en="what is seen is not refused: a step with sees has no refused",
)
NO_TABLES: Final = Words(
    ja="{name} は [[{name}]] の表で書く", en="{name} is written as tables, each under [[{name}]]"
)
TOO_DEEP: Final = Words(
    ja="括弧の入れ子が深すぎる（{most} 段まで）",
    en="this is nested too deeply: {most} levels at most",
)
NAMED_TWICE: Final = Words(
    ja="「{name}」という名前は二度使われている", en="{name!r} is the name of two things"
)
NOT_KEPT: Final = Words(
    ja="「{name}」は、どの段でも残されない", en="no step keeps anything as {name!r}"
)
RUNS_BACK: Final = Words(
    ja="時刻が前の段より前になっている", en="this is earlier than the step before"
)
DOES_OR_SEES: Final = Words(
    ja="段には does か sees のどちらか一方が要る", en="a step does something, or sees something"
)
BOTH_LANGUAGES: Final = Words(
    ja="ja と en はそろえて書く", en="what is told is told in ja and in en"
)
CELLS_DIFFER: Final = Words(
    ja="{name} の行の欄は {found} 個で、列は {expected} 個",
    en="{name} has {found} cells, and there are {expected} columns",
)
NO_SUCH_CELL: Final = Words(
    ja="{name} の行の「{cell}」は o ● ◐ E S – のどれでもない",
    en="{cell!r} in the row of {name} is none of o ● ◐ E S –",
)
NEAREST: Final = Words(ja="（近いもの：{name}）", en="; did you mean {name!r}?")

# --- What went otherwise than the file tells ---

WAS_REFUSED: Final = Words(
    ja="{who} の {what} は断られた：{code} {detail}", en="{who} was refused {what}: {code} {detail}"
)
WAS_NOT_REFUSED: Final = Words(
    ja="{who} の {what} は {code} として断られるはずが、受け付けられた",
    en="{who} was to be refused {what} as {code}, and was not",
)
REFUSED_OTHERWISE: Final = Words(
    ja="{who} の {what} は {code} として断られるはずが、{found} だった",
    en="{who} was to be refused {what} as {code}, and was as {found}",
)
KNOWS_NO_CASE: Final = Words(ja="{who} にはケースが見つからない", en="{who} finds no case")
SEES_NONE: Final = Words(
    ja="{who} の経過に {what} が見つからない", en="{who} sees no {what} in the timeline"
)
MADE_NOTHING: Final = Words(
    ja="{who} の {what} は何も作らなかった", en="{who} made nothing by {what}"
)
WAS_TOLD: Final = Words(
    ja="{who} への答えに「{what}」が含まれている", en="{who} was told {what!r} in an answer"
)
CELL_DIFFERS: Final = Words(
    ja="{who} の {column} は {found}（あるべきは {expected}）",
    en="{who} sees {found} of {column} instead of {expected}",
)
NO_RULE_FOR_IT: Final = Words(
    ja="{who} に、ケースの記録の {what} が、見せるはずのない根拠 {rule} で見えている",
    en="{who} sees {what} of her case by {rule}, which shows no record of a case",
)
CLOCK_REFUSED: Final = Words(
    ja="時計を進められない：{code} {detail}", en="the clock cannot be moved: {code} {detail}"
)

# --- What is told while it is played ---

# Shorter than the names of the categories: many of them stand in one line.
COLUMNS: Final[dict[str, Words]] = {
    "ENV": Words(ja="管理情報", en="envelope"),
    "SVC": Words(ja="支援の状況", en="services"),
    "IDN": Words(ja="氏名など", en="who she is"),
    "CNT": Words(ja="連絡先", en="contact"),
    "ADR": Words(ja="住民票の住所", en="registered address"),
    "LOC": Words(ja="居所", en="where she is"),
    "FAM": Words(ja="家族", en="family"),
    "CHD": Words(ja="子ども", en="children"),
    "SCH": Words(ja="保育・就学", en="school"),
    "PRB": Words(ja="主訴", en="problem"),
    "RSK": Words(ja="危険", en="danger"),
    "HLT": Words(ja="健康", en="health"),
    "SXH": Words(ja="性的被害", en="sexual harm"),
    "LEG": Words(ja="法的手続", en="legal steps"),
    "ECO": Words(ja="収入・仕事", en="income and work"),
    "HOU": Words(ja="住まいの希望", en="housing"),
    "ACC": Words(ja="配慮", en="accommodation"),
    "PLN": Words(ja="計画", en="plan"),
    "NAR": Words(ja="記録", en="notes"),
    "MTG": Words(ja="会議", en="meetings"),
    "CNS": Words(ja="同意", en="consent"),
    "GRV": Words(ja="苦情", en="grievances"),
    "STF": Words(ja="職員", en="staff"),
    "AGG": Words(ja="集計値", en="figures"),
    "PUB": Words(ja="公開情報", en="public"),
}

LEGEND: Final = Words(
    ja="o 自機関の記録だけ  ● 他機関の記録も  ◐ 他機関の記録の一部  E 緊急  S 法令",
    en="o its own records  ● others' too  ◐ part of others'  E emergency  S by law",
)
ANSWERS_FOR_HER: Final = Words(ja="いま主担当機関は{who}", en="Answering for her now: {who}")
REFUSED: Final = Words(ja="断られる：{why}", en="refused: {why}")
OWED: Final = Words(ja="まだできない：{why}", en="owed: {why}")
BY_ITSELF: Final = Words(ja="自動で、{who}に届く：{what}", en="by itself, to {who}: {what}")
SEES_NOTHING: Final = Words(ja="何も見えない：{who}", en="Nothing: {who}")
PLACE: Final = Words(ja="居所（{place}）", en="where she is ({place})")
OPERATOR: Final = Words(ja="運営担当", en="Operator")
LATER: Final = Words(
    ja="この環境の時計に合わせ、{year} 年の経過として実行します。",
    en="By the clock that runs here, it is told as of {year}.",
)
PLAYED: Final = Words(
    ja="{steps} の手順を実行しました。うち {refusals} 件は、予定どおり断られました。"
    "表の {cells} 欄を確かめました。未対応は {owed} 件、予定と違ったのは {faults} 件です。",
    en="{steps} steps were carried out; {refusals} of them were refused, as they should be."
    " {cells} cells of the tables were checked. Not done yet: {owed}."
    " Different from the file: {faults}.",
)
