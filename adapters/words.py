"""Every word the command line says to people, in Japanese and in English (言葉)."""

from typing import Final, Literal, NamedTuple, TypeAlias

Language: TypeAlias = Literal["ja", "en"]


class Words(NamedTuple):
    ja: str
    en: str

    def about(self, **facts: object) -> "Words":
        return Words(self.ja.format(**facts), self.en.format(**facts))

    def spoken(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en


# --- What the commands and options are for ---

PROGRAM: Final = Words(
    ja="つなぐ：本人が同意したことだけを、機関から機関へ。",
    en="Tsunagu carries a case from one agency to the next, as far as she agreed.",
)
COMMANDS: Final[dict[str, Words]] = {
    "up": Words(ja="Ctrl-C を押すまで動かす", en="Run everything until Ctrl-C."),
    "demo": Words(ja="作りものの短い物語を動かして見せる", en="Watch a made-up story happen."),
    "doctor": Words(ja="足もとを調べ、直し方を示す", en="Check what we stand on, and mend it."),
    "status": Words(ja="何がどこで動いているかを示す", en="Say what is running, and where."),
    "version": Words(ja="バージョンを示す", en="Say which versions these are."),
    "streams": Words(ja="EVENTS ストリームの手入れをする", en="Look after the EVENTS stream."),
    "streams rebuild": Words(
        ja="EVENTS ストリームを記録から作り直す", en="Make the EVENTS stream anew from the log."
    ),
    "streams check": Words(
        ja="EVENTS ストリームを記録と照合する", en="Compare the EVENTS stream with the log."
    ),
    "projections": Words(ja="一覧の手入れをする", en="Look after the lists."),
    "projections list": Words(
        ja="一覧ごとに、記録にどこまで追いついているかを示す",
        en="Say how far each list has come along the log.",
    ),
    "projections rebuild": Words(
        ja="一覧を記録から作り直す（その間も読める）",
        en="Make lists anew from the log; they are read meanwhile.",
    ),
    "projections pause": Words(ja="一覧の更新を止める", en="Let a list stay as it is."),
    "projections resume": Words(
        ja="止まっている一覧の更新を再開する", en="Let a list go on that has stopped."
    ),
    "token": Words(ja="職員のトークンを扱う", en="Let members of staff in, and out."),
    "token issue": Words(
        ja="トークンを一つ発行し、一度だけ表示する", en="Issue a token, and show it this once."
    ),
    "token list": Words(
        ja="発行したトークンを一覧する（トークン自体は表示しない）",
        en="List the tokens that were issued, without themselves.",
    ),
    "token revoke": Words(ja="トークンを失効させる", en="Take a token back before its time."),
}
OPTIONS: Final[dict[str, Words]] = {
    "data": Words(ja="データフォルダー", en="The data folder."),
    "lang": Words(ja="表示する言語", en="The language to speak."),
    "as_json": Words(ja="プログラム向けに JSON で答える", en="Answer in JSON, for programs."),
    "once": Words(ja="物語が終わったら止まる", en="Stop when the story ends."),
    "http_port": Words(
        ja="HTTP を待ち受けるポート（0 は空いているもの）",
        en="The port to listen at for HTTP; 0 takes any that is free.",
    ),
    "staff": Words(
        ja="誰のトークンか（省くと最初の運営担当者）",
        en="Whose it is to be; unless said, the operator's first member of staff.",
    ),
    "agency": Words(
        ja="その人の所属機関（省くと運営担当の機関）",
        en="Their agency; unless said, the operator's.",
    ),
    "hours": Words(ja="有効な時間数", en="For how many hours it is good."),
    "token": Words(
        ja="トークンの番号（トークン自体ではない）", en="The id of the token, not itself."
    ),
    "name": Words(ja="一覧の名前", en="The name of the list."),
    "everything": Words(ja="すべての一覧", en="Every list."),
    "debug": Words(ja="予期しない誤りの詳細を示す", en="Show where an unexpected error arose."),
}

# --- When something goes wrong ---

REMEDY: Final = Words(ja="対処", en="What to do")
UNEXPECTED: Final = Words(
    ja="予期しない誤り（{kind}）です。--debug を付けて再実行するか、"
    "データフォルダーの log を確認してください。",
    en="Something unexpected happened ({kind}). Run it again with --debug, "
    "or read the log folder of the data folder.",
)
NO_FOLDER: Final = Words(ja="フォルダー名が空です。", en="The name of the folder is empty.")
INTERRUPTED: Final = Words(ja="中断しました。", en="Interrupted.")

# --- up and status ---

STARTING: Final = Words(ja="起動しています…", en="Starting…")
STOPPING: Final = Words(ja="停止しています…", en="Stopping…")
STOPPED: Final = Words(ja="停止しました。", en="Stopped.")
UP: Final = Words(
    ja="動いています。Ctrl-C で停止します。", en="Tsunagu is running. Ctrl-C stops it."
)
NOT_RUNNING: Final = Words(
    ja="このデータフォルダーでは動いていません。", en="Nothing runs on this data folder."
)
STATUS: Final[dict[str, Words]] = {
    "data": Words(ja="データフォルダー", en="Data folder"),
    "pid": Words(ja="プロセス", en="Process"),
    "since": Words(ja="開始", en="Since"),
    "postgres": Words(ja="PostgreSQL", en="PostgreSQL"),
    "nats": Words(ja="NATS", en="NATS"),
    "http": Words(ja="HTTP", en="HTTP"),
    "events": Words(ja="記録した出来事", en="Events in the log"),
}

# --- streams ---

REBUILDING: Final = Words(ja="作り直しています", en="Making it anew")
REBUILT: Final = Words(
    ja="EVENTS ストリームを作り直しました（{count} 件）。",
    en="The EVENTS stream has been made anew. Events: {count}.",
)
COMPARING: Final = Words(ja="照合しています", en="Comparing")
STREAM_EQUAL: Final = Words(
    ja="EVENTS ストリームは記録と一致しています（{count} 件）。",
    en="The EVENTS stream equals the log. Events: {count}.",
)
STREAM_DIFFERS: Final = Words(
    ja="EVENTS ストリームが記録と一致しません（{count} 件を照合）。"
    "`tsunagu streams rebuild` で作り直せます。",
    en="The EVENTS stream differs from the log. Events compared: {count}. "
    "`tsunagu streams rebuild` makes it anew.",
)
STREAM_FAULTS: Final[dict[str, Words]] = {
    "missing": Words(
        ja="位置 {position}：ストリームにありません", en="position {position}: not on the stream"
    ),
    "differs": Words(
        ja="位置 {position}：内容が違います", en="position {position}: another content"
    ),
    "not_in_log": Words(
        ja="位置 {position}：記録にありません", en="position {position}: not in the log"
    ),
}
MORE_DIFFERENCES: Final = Words(ja="ほかに {count} 件", en="and {count} more")

# --- projections ---

LIST_HEADINGS: Final[dict[str, Words]] = {
    "name": Words(ja="一覧", en="List"),
    "state": Words(ja="状態", en="State"),
    "position": Words(ja="位置", en="Position"),
    "behind": Words(ja="遅れ（件）", en="Events behind"),
    "behind_s": Words(ja="遅れ（秒）", en="Seconds"),
}
LIST_STATES: Final[dict[str, Words]] = {
    "new": Words(ja="未作成", en="not made yet"),
    "running": Words(ja="更新中", en="running"),
    "paused": Words(ja="休止中", en="paused"),
    "stopped": Words(ja="停止", en="stopped"),
}
LIST_STOPPED: Final = Words(
    ja="{name}：位置 {position} で停止しました（{code}）。",
    en="{name} has stopped at position {position}: {code}.",
)
LIST_REBUILT_TO: Final = Words(
    ja="{name}：位置 {position} まで作り直してあります。",
    en="{name} has been made anew as far as position {position}.",
)
NAME_OR_ALL: Final = Words(
    ja="一覧の名前か --all のどちらか一方を指定してください。",
    en="Name one list, or say --all.",
)

# --- token ---

TOKEN_IS_FOR: Final = Words(
    ja="職員 {staff}（{role}）のトークンです。{until} まで有効です。二度と表示されません。",
    en="This is the token of {staff} ({role}), good until {until}. It is shown this once.",
)
TOKEN_OF: Final = Words(ja="機関 {agency}  職員 {staff}", en="agency {agency}  staff {staff}")
TOKEN_STATES: Final[dict[str, Words]] = {
    "good": Words(ja="有効", en="good"),
    "expired": Words(ja="期限切れ", en="expired"),
    "revoked": Words(ja="失効", en="revoked"),
}
TOKEN_REVOKED: Final = Words(ja="失効させました。", en="It has been revoked.")
NO_TOKENS: Final = Words(ja="トークンは発行されていません。", en="No token has been issued.")

# --- doctor ---

CHECKING: Final = Words(ja="調べています…", en="Checking…")
CHECKS: Final[dict[str, Words]] = {
    "settings": Words(ja="設定", en="Settings"),
    "data_folder": Words(ja="データフォルダー", en="Data folder"),
    "disk": Words(ja="ディスク", en="Disk"),
    "kek": Words(ja="鍵暗号化鍵", en="Key encryption key"),
    "postgres": Words(ja="PostgreSQL", en="PostgreSQL"),
    "nats": Words(ja="NATS", en="NATS"),
    "addresses": Words(ja="接続先", en="Addresses"),
    "durability": Words(ja="保存の確実さ", en="Durability"),
    "clock": Words(ja="時計", en="Clock"),
}
NOT_CHECKED: Final = Words(ja="調べられませんでした", en="could not be checked")
CHECKED_WHEN_UP: Final = Words(
    ja="停止中（`tsunagu up` の実行中に調べます）",
    en="not running (checked while `tsunagu up` runs)",
)
NOT_MADE_YET: Final = Words(ja="最初の起動時に作られます", en="made at the first start")
NOT_NEEDED: Final = Words(
    ja="使いません（エンジンはどちらも外部）", en="not used (both engines are external)"
)
FOLDER_SEEN: Final = Words(ja="{path}（権限 {mode}）", en="{path} (mode {mode})")
DISK_SEEN: Final = Words(ja="空き {free_mib} MiB", en="{free_mib} MiB free")
KEK_SEEN: Final = Words(ja="{where}（第 {epoch} 世代）", en="{where} (epoch {epoch})")
BINARY_SEEN: Final = Words(ja="{version}（{path}）", en="{version} ({path})")
EXTERNAL_SEEN: Final = Words(ja="外部（{url}）", en="external ({url})")
ADDRESSES_SEEN: Final = Words(
    ja="PostgreSQL は {postgres}、NATS は {nats}", en="PostgreSQL at {postgres}, NATS at {nats}"
)
DURABLE_SEEN: Final = Words(
    ja="確定した記録はディスクに書かれている",
    en="what is confirmed is on the disk",
)
DURABILITY_LACKING: Final = Words(
    ja="確定した記録が失われるおそれがある", en="what is confirmed may be lost"
)
CLOCK_SEEN: Final = Words(
    ja="{now}（時間帯 {zone}）、最後の記録 {last}", en="{now} (zone {zone}), last event {last}"
)
CLOCK_ALONE_SEEN: Final = Words(ja="{now}（時間帯 {zone}）", en="{now} (zone {zone})")
ALL_WELL: Final = Words(ja="問題はありません。", en="All is well.")
FINDINGS: Final = Words(ja="{count} 件の所見があります。", en="Findings: {count}.")
ACCEPTED: Final = Words(ja="TSUNAGU_ALLOW により受け入れ済み", en="accepted by TSUNAGU_ALLOW")

# --- version ---

VERSIONS: Final[dict[str, Words]] = {
    "tsunagu": Words(ja="つなぐ", en="Tsunagu"),
    "python": Words(ja="Python", en="Python"),
    "postgres": Words(ja="PostgreSQL", en="PostgreSQL"),
    "nats": Words(ja="NATS", en="NATS"),
}
MISSING: Final = Words(ja="見つかりません", en="not found")

# --- demo ---

DEMO_ROWS: Final[dict[str, Words]] = {
    "case": Words(ja="ケース", en="Her case"),
    "name": Words(ja="氏名", en="Name"),
    "contact": Words(ja="連絡先", en="Contact"),
    "problem": Words(ja="主訴", en="Problem"),
    "note": Words(ja="記録", en="Notes"),
    "main_responsible": Words(ja="主担当機関", en="Answers for her"),
    "referral": Words(ja="つなぎ", en="Referral"),
}
DEMO_LISTED: Final = Words(ja="一覧にある", en="in the list")
DEMO_REFERRAL: Final[dict[str, Words]] = {
    "DRAFT": Words(ja="下書き", en="drafted"),
    "SENT": Words(ja="送付済み", en="sent"),
    "RECEIVED": Words(ja="受領済み", en="received"),
    "ACCEPTED": Words(ja="受諾済み", en="accepted"),
    "COMPLETED": Words(ja="引き継ぎ済み", en="handed over"),
}
DEMO_CAST: Final = Words(
    ja="登場するのは三つの機関と、架空の相川みさきさんです。"
    "緑の文字は、その機関が公開の窓口に尋ねて受け取ったものです。",
    en="Three agencies, and Misaki Aikawa, who is made up. "
    "Green is what an agency gets when it asks at the public entrance.",
)
DEMO_FURTHER: Final = Words(
    ja="もっと見るには（{name}のトークン。8 時間有効）",
    en="To look further, with a token of the {name} that is good for 8 hours",
)
DEMO_HELP: Final = Words(
    ja="ほかにできること：{url}/ と {url}/openapi.json",
    en="What else there is: {url}/ and {url}/openapi.json",
)
