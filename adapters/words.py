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
    "demo": Words(ja="架空の短い物語を再生して見せる", en="Watch a made-up story happen."),
    "seed": Words(
        ja="架空の相談と支援の経過を、まとめて作成する",
        en="Fill a demo with years of made-up cases.",
    ),
    "play": Words(
        ja="シナリオを実行し、各機関に見える範囲を表と照合する",
        en="Play a scenario, and compare what each agency sees.",
    ),
    "doctor": Words(ja="動作環境を点検し、対処を示す", en="Check what we stand on, and mend it."),
    "status": Words(ja="何がどこで動いているかを示す", en="Say what is running, and where."),
    "processes": Words(
        ja="自動処理の進み具合、期限待ち、受け付けられなかったものを示す",
        en="Say how far what follows by rule has come, and what waits.",
    ),
    "version": Words(ja="バージョンを示す", en="Say which versions these are."),
    "streams": Words(ja="EVENTS ストリームを保守する", en="Look after the EVENTS stream."),
    "streams rebuild": Words(
        ja="EVENTS ストリームを記録から作り直す", en="Make the EVENTS stream anew from the log."
    ),
    "streams check": Words(
        ja="EVENTS ストリームを記録と照合する", en="Compare the EVENTS stream with the log."
    ),
    "projections": Words(ja="一覧を保守する", en="Look after the lists."),
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
    "replay": Words(
        ja="ある時点で機関に見えたケースの経過と、その根拠を示す",
        en="Show a case as an agency could see it at some time, and why.",
    ),
    "explain": Words(
        ja="ケースの各項目が、ある機関に見える理由、見えない理由を示す",
        en="Say why an agency sees each field of a case, or does not.",
    ),
    "trail": Words(
        ja="本人に渡せる形で、情報の提供と、その後の消去の記録を示す",
        en="Print for her what was shared of her, with whom, when, why, and what became of it.",
    ),
    "list": Words(
        ja="一覧を示す：cases referrals lead-times disclosures meetings work ledger networks roster"
        " unnamed-members directory unnamed gaps grievances disaster",
        en="Show a list: cases, referrals, lead-times, disclosures, meetings, work, ledger,"
        " networks, roster, unnamed-members, directory, unnamed, gaps, grievances or disaster.",
    ),
    "ledger": Words(
        ja="ケース進行管理台帳（様式1）を印刷用に示す",
        en="Print a network's progress ledger, form 1.",
    ),
    "meeting": Words(
        ja="会議資料（pack）か議事録（minutes）を示す",
        en="Show what there is to know before a meeting, or its minutes.",
    ),
    "what-if": Words(
        ja="もし同意したら、取り消したらどうなるかを、記録せずに、本人に渡せる形で示す",
        en="Print for her what would follow if she agreed, or took it back; nothing is recorded.",
    ),
    "what-if grant": Words(
        ja="もし、情報提供に同意したら", en="If she agreed that something be shared."
    ),
    "what-if narrowing": Words(ja="もし、同意の範囲を狭めたら", en="If she narrowed a consent."),
    "what-if withdrawal": Words(ja="もし、同意を取り消したら", en="If she took a consent back."),
    "what-if exclusion": Words(ja="もし、ある機関を除いたら", en="If she shut an agency out."),
    "what-if invitee": Words(
        ja="もし、会議にある機関が加わったら", en="If one more agency were asked to a meeting."
    ),
    "token": Words(ja="職員のトークンを扱う", en="Let members of staff in, and out."),
    "token issue": Words(
        ja="トークンを一つ発行し、一度だけ表示する", en="Issue a token, and show it this once."
    ),
    "token list": Words(
        ja="発行したトークンを一覧する（トークン自体は表示しない）",
        en="List the tokens that were issued, without themselves.",
    ),
    "token nats": Words(
        ja="機関のシステムが NATS に接続するための鍵（シード）を表示する",
        en="Show the key with which an agency's system logs in to NATS.",
    ),
    "token revoke": Words(ja="トークンを失効させる", en="Take a token back before its time."),
}
OPTIONS: Final[dict[str, Words]] = {
    "data": Words(ja="データフォルダー", en="The data folder."),
    "lang": Words(ja="表示する言語", en="The language to speak."),
    "as_json": Words(ja="プログラム向けに JSON で答える", en="Answer in JSON, for programs."),
    "cases": Words(ja="作成するケースの数", en="How many cases."),
    "years": Words(ja="何年分を作成するか", en="Over how many years."),
    "seed": Words(
        ja="シード値（同じ値からは同じ内容ができる）", en="The seed: the same tells the same again."
    ),
    "once": Words(ja="物語が終わったら停止する", en="Stop when the story ends."),
    "file": Words(ja="シナリオのファイル", en="The file of the scenario."),
    "speed": Words(
        ja="reading は読む速さ、at-once は待たない",
        en="As fast as one reads, or at once.",
    ),
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
    "of": Words(ja="どの機関か", en="Of which agency."),
    "hours": Words(ja="有効な時間数", en="For how many hours it is good."),
    "demo_clock": Words(
        ja="デモ用の時計を、この日時か now から使う（最初の起動時のみ）",
        en="Record by a demo clock, from this day, time or `now`; at the first start alone.",
    ),
    "token": Words(
        ja="トークンの番号（トークン自体ではない）", en="The id of the token, not itself."
    ),
    "network": Words(ja="どのネットワークか", en="Of which network."),
    "prefecture": Words(ja="都道府県コード", en="Of which prefecture, by its code."),
    "fiscal_year": Words(ja="年度", en="Of which fiscal year."),
    "only_open": Words(ja="終わっていないものだけ", en="Only those that are still under way."),
    "most": Words(ja="一度に示す件数", en="How many at once."),
    "after": Words(ja="続きの位置", en="Go on from this place."),
    "network_id": Words(ja="どのネットワークの台帳か", en="Whose ledger."),
    "as_of": Words(ja="年齢の基準日（省くと今日）", en="Ages as of this day; today, if left out."),
    "form": Words(ja="様式の言語（省くと日本語）", en="The language of the form: ja, or en."),
    "meeting_id": Words(ja="会議の番号", en="The meeting."),
    "paper": Words(ja="会議資料か議事録か", en="The pack, or the minutes."),
    "case": Words(ja="所属機関でのケースの別名", en="The case, as your agency knows it."),
    "as_agency": Words(
        ja="どの機関の見え方か（省くと所属機関）",
        en="Whose view; unless said, that of your agency.",
    ),
    "at": Words(ja="いつの時点か（省くと現在）", en="As of when; unless said, now."),
    "diff": Words(ja="別の機関の見え方と並べる", en="Beside the view of another agency."),
    "diff_at": Words(ja="別の時点と並べる", en="Beside the same view at another time."),
    "grant": Words(ja="どの同意か", en="Which consent."),
    "to": Words(ja="伝える先の機関（繰り返し可）", en="With whom; may be repeated."),
    "without": Words(
        ja="除く提供先（繰り返し可）", en="Who is to know no longer; may be repeated."
    ),
    "which_categories": Words(
        ja="情報の区分（IDN など。繰り返し可）", en="Which categories, as IDN; may be repeated."
    ),
    "less_categories": Words(
        ja="取り除く区分（繰り返し可）", en="Which categories to take out; may be repeated."
    ),
    "less_fields": Words(
        ja="取り除く項目（case.subject_identified.v1/name など。繰り返し可）",
        en="Which fields to take out, as case.subject_identified.v1/name; may be repeated.",
    ),
    "purpose": Words(ja="利用目的（PROTECTION など）", en="What for, as PROTECTION."),
    "history": Words(ja="これまでの記録をどこまで含むか", en="How far back it reaches."),
    "until": Words(
        ja="いつまで（省くとケースの終結まで）",
        en="Until when; unless said, until the case closes.",
    ),
    "from_day": Words(ja="この日から（日本の日付）", en="From this day on, in Japan."),
    "to_day": Words(ja="この日まで（日本の日付）", en="Up to this day, in Japan."),
    "recipient": Words(ja="この機関に伝えたものだけ", en="Of what this agency was told alone."),
    "that_agency": Words(ja="どの機関か", en="Which agency."),
    "that_meeting": Words(ja="どの会議か", en="Which meeting."),
    "of_agency": Words(
        ja="どの機関についてか（省くと所属機関）",
        en="About whom; unless said, your agency.",
    ),
    "of_event": Words(ja="この出来事だけ", en="Of this event alone."),
    "of_field": Words(
        ja="この項目だけ（name、または case.subject_identified.v1/name）",
        en="Of this field alone: name, or case.subject_identified.v1/name.",
    ),
    "token_file": Words(
        ja="トークンを書いたファイル（省くと TSUNAGU_TOKEN）",
        en="A file with the token; unless said, TSUNAGU_TOKEN.",
    ),
    "name": Words(ja="一覧の名前", en="The name of the list."),
    "everything": Words(ja="すべて", en="All there are."),
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
NO_TIME: Final = Words(
    ja="日付（2024-04-01）、時刻（2024-04-01T09:00）、now のいずれかを指定してください。",
    en="Say a day (2024-04-01), a time (2024-04-01T09:00) or `now`.",
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
NOT_IN_EARNEST: Final = Words(
    ja="デモ用の時計で動いています。実際の業務には使わないでください。"
    "時刻は POST /v1/clock で進めます。",
    en="This installation records by a demo clock: it is not for work in earnest. "
    "Time passes with POST /v1/clock.",
)
NOT_RUNNING: Final = Words(
    ja="このデータフォルダーでは動いていません。", en="Nothing runs on this data folder."
)
CLOCK: Final = Words(ja="時計", en="Clock")
STATUS: Final[dict[str, Words]] = {
    "data": Words(ja="データフォルダー", en="Data folder"),
    "pid": Words(ja="プロセス", en="Process"),
    "since": Words(ja="開始", en="Since"),
    "postgres": Words(ja="PostgreSQL", en="PostgreSQL"),
    "nats": Words(ja="NATS", en="NATS"),
    "http": Words(ja="HTTP", en="HTTP"),
    "events": Words(ja="記録した出来事", en="Events in the log"),
    "clock": CLOCK,
    "demo_now": Words(ja="その時刻", en="It stands at"),
}

# --- streams ---

REBUILDING: Final = Words(ja="作り直しています", en="Making it anew")
REBUILT: Final = Words(
    ja="EVENTS ストリームを作り直しました（{count} 件）。",
    en="The EVENTS stream has been made anew. Events: {count}.",
)
SEEDING: Final = Words(ja="作成しています（日）", en="Living through the days")
SEEDED: Final = Words(
    ja="{cases} 件のケース（出来事 {events} 件）を作成しました。時計は {until} です。"
    "{seconds} 秒、毎秒 {per_s} 件。",
    en="Made up {cases} cases in {events} events, until {until}:"
    " {seconds} s, {per_s} events a second.",
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
PROCESS_HEADINGS: Final[dict[str, Words]] = {
    "name": Words(ja="自動処理", en="Process"),
    "position": Words(ja="位置", en="Position"),
    "behind": Words(ja="遅れ（件）", en="Events behind"),
}
PROCESSES: Final[dict[str, Words]] = {
    "consent": Words(ja="同意の終了への対応", en="When a consent ends"),
    "erasure": Words(ja="消去への対応", en="When a record is erased"),
    "meetings": Words(ja="会議で決めた役割", en="What meetings decide"),
    "withdrawals": Words(ja="撤回等の完了", en="When something was taken back"),
}
WAITING: Final = Words(
    ja="期限待ち：{count} 件。次の期限は {due} です。",
    en="{count} wait for their time. The next is due at {due}.",
)
NOTHING_WAITS: Final = Words(ja="期限を待つものはありません。", en="Nothing waits for its time.")
OVERDUE_TIMERS: Final = Words(
    ja="そのうち {count} 件は期限を過ぎています。間隔を空けて、もう一度試みます。",
    en="{count} of them are past their time. They are tried again from time to time.",
)
TIMERS_STAND_STILL: Final = Words(
    ja="期限の一覧の状態：{state}。期限が来ても、自動では何も行われません。",
    en="The list of what falls due: {state}. Nothing happens by itself when its time comes.",
)
PROCESS_REFUSED: Final = Words(
    ja="受け付けられなかった自動処理：{code}（{times} 回）",
    en="Refused when it was asked by rule: {code} ({times} times)",
)
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

# --- list ---

NOTHING_LISTED: Final = Words(ja="該当するものはありません。", en="There is nothing in this list.")
LISTED_ON: Final = Words(ja="続きがあります：--after {after}", en="There is more: --after {after}")

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
NATS_LOGIN_IS_FOR: Final = Words(
    ja="接続先は {url}、受信先は {inbox} の下です。この機関だけに渡してください。",
    en="Log in at {url}, with inboxes below {inbox}. Give it to nobody but that agency.",
)
TOKEN_REVOKED: Final = Words(ja="失効させました。", en="It has been revoked.")
NO_TOKENS: Final = Words(ja="トークンは発行されていません。", en="No token has been issued.")

# --- replay ---

ONE_COMPARISON: Final = Words(
    ja="--diff と --diff-at は、どちらか一方を指定してください。",
    en="Say --diff or --diff-at, and not both.",
)

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
    "clock": CLOCK,
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
DEMO_CLOCK_SEEN: Final = Words(
    ja="デモ用の時計は {demo}、実際は {now}（時間帯 {zone}）",
    en="demo clock at {demo}; on the wall {now} (zone {zone})",
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

DEMO_FURTHER: Final = Words(
    ja="もっと見るには（{name}のトークン。8 時間有効）",
    en="To look further, with a token of the {name} that is good for 8 hours",
)
DEMO_HELP: Final = Words(
    ja="ほかにできること：{url}/ と {url}/openapi.json",
    en="What else there is: {url}/ and {url}/openapi.json",
)
