"""What can be asked for here (操作一覧), each in a line in both languages."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from adapters.http.explain import ExplainQuery
from adapters.http.following import FollowQuery
from adapters.http.ledger import LedgerQuery
from adapters.http.replay import ReplayQuery
from adapters.http.roster import DirectoryQuery, GapsQuery, PrefectureQuery
from adapters.http.signs import Live, Ready
from adapters.http.trail import TrailQuery
from adapters.http.views import NoQuery, PageQuery, ReferralQuery, TimelineQuery
from adapters.http.work import WorkQuery
from contracts.answered import Answered, Done
from contracts.asked import Asked
from contracts.clock import ClockAsked, ClockShown
from contracts.disaster import DisasterLine
from contracts.disclosures import DisclosureLine
from contracts.envelope import Envelope
from contracts.explain import Explanation
from contracts.feed import FeedPage, FeedQuery
from contracts.grievances import GrievanceLine
from contracts.ledger import Ledger
from contracts.meetings import MeetingLine, MeetingMinutes, MeetingPack
from contracts.pages import CaseChange, CaseLine, CaseShown, Page, ReferralLine
from contracts.referrals import LeadTimeSummary
from contracts.replay import Replay
from contracts.roster import DirectoryEntry, MemberLine, NetworkLine, Unnamed, WindowGaps
from contracts.trail import Trail
from contracts.what_if import Supposed, WhatIf
from contracts.work import WorkLine


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    method: Literal["get", "post"] = "get"
    path: str
    name: str
    en: str
    ja: str
    query: type[msgspec.Struct] = NoQuery
    path_parameters: Mapping[str, str] = {}
    answer: object  # Its type; where it is no JSON, its media type.
    media_type: str = "application/json"
    also: str | None = None  # The same, in another way, to whoever accepts that.
    problems: tuple[int, ...] = ()
    is_open: bool = False
    body: type[msgspec.Struct] | None = None


ALIAS: Final = {"alias": "The case, as your agency knows it. / 所属機関でのケースの別名。"}
MEETING: Final = {"meeting": "The meeting. / 会議。"}
NETWORK: Final = {"network": "The network. / ネットワーク。"}
OPERATIONS: Final = (
    Operation(
        method="post",
        path="/v1/commands",
        name="sendCommand",
        en="Ask for something. Sent again with the same id, it is answered as it was first.",
        ja="コマンドを送る。同じ番号でもう一度送っても、最初と同じ答えが返る。",
        answer=Done,
        problems=(408, 409, 413, 415, 422),
        body=Asked,
    ),
    Operation(
        path="/v1/commands/{command}",
        name="readAnswer",
        en="What became of a command that your agency has sent.",
        ja="所属機関が送ったコマンドがどうなったか。",
        path_parameters={"command": "The id it was sent with. / 送ったときの番号。"},
        answer=Answered,
    ),
    Operation(
        path="/v1/cases",
        name="listCases",
        en="The cases that your agency takes part in.",
        ja="所属機関が関わるケースの一覧。",
        query=PageQuery,
        answer=Page[CaseLine],
    ),
    Operation(
        path="/v1/cases/{alias}",
        name="readCase",
        en="A case, as much of it as your agency may see now.",
        ja="ケースの現在。所属機関に見える範囲。",
        path_parameters=ALIAS,
        answer=CaseShown,
    ),
    Operation(
        path="/v1/cases/{alias}/timeline",
        name="readTimeline",
        en="What happened in a case, in order; with `as_of`, what could be seen of it then.",
        ja="ケースの経過。`as_of` を付けると、その時点で見えた範囲。",
        query=TimelineQuery,
        path_parameters=ALIAS,
        answer=Page[Envelope],
    ),
    Operation(
        path="/v1/cases/{alias}/replay",
        name="replayCase",
        en="A case as an agency could see it at a time: who, what, when, which fields, and on what"
        " that rests. Your own agency's view; that of one which was given a consent that your"
        " agency obtained, as far as that goes; and to auditors of the operator every view, without"
        " what stands in it. With `diff` or `diff_at`, beside a second one.",
        ja="ある時点で機関に見えたケースの再現。誰が、何を、いつ、どの項目を、何を根拠に。"
        "所属機関の見え方のほか、所属機関が得た同意の提供先の見え方をその同意の範囲で、"
        "運営担当の監査者はすべての機関の見え方を内容を除いて読める。"
        "`diff`（別の機関）か `diff_at`（別の時点）を付けると、二つを並べて示す。",
        query=ReplayQuery,
        path_parameters=ALIAS,
        answer=Replay,
    ),
    Operation(
        path="/v1/cases/{alias}/explain",
        name="explainCase",
        en="Why an agency may see each field of a case, or may not: on what it rests and when that"
        " was recorded, or which rule or which condition of consent leaves it closed, without any"
        " value. About your own agency; about one that was given a consent that your agency"
        " obtained, how far that carries what you may see yourself; and to auditors of the operator"
        " about every agency. With `event` or `field` (a name, or `type/name`), of that alone.",
        ja="ケースの各項目を、機関が見られる理由、見られない理由。根拠とその記録日時、または閉じている"
        "規則か、同意に欠ける条件を示し、内容は示さない。所属機関についてのほか、所属機関が得た同意の"
        "提供先について、所属機関に見える範囲でその同意がどこまで及ぶかを、運営担当の監査者は"
        "すべての機関について読める。`event`（出来事）か `field`（項目名、または `type/項目名`）を"
        "付けると、その分だけを示す。",
        query=ExplainQuery,
        path_parameters=ALIAS,
        answer=Explanation,
    ),
    Operation(
        path="/v1/cases/{alias}/trail",
        name="readTrail",
        en="Her trail, to be asked for on her behalf: what was shared of her, with whom, when, why,"
        " and what became of each request to destroy it; fields by name, without what stands in"
        " them. For whoever obtained her consents, or told something without one: what rests on"
        " that, of what they may see; for auditors of the operator, all of it.",
        ja="本人のための提供の記録。何を、どこに、いつ、なぜ伝えたか、消去の求めがどうなったか。"
        "項目名だけを示し、内容は示さない。同意を得た機関と、同意によらず伝えた機関には、それに"
        "基づくもののうち自らに見える範囲を、運営担当の監査者にはすべてを示す。",
        query=TrailQuery,
        path_parameters=ALIAS,
        answer=Trail,
    ),
    Operation(
        method="post",
        path="/v1/cases/{alias}/what-if",
        name="askWhatIf",
        en="What would follow if she agreed to something, narrowed it, took it back, shut an agency"
        " out, or one more were asked to a meeting: who would gain or lose what, who would be asked"
        " to destroy what, which referrals and meetings it touches. Of what rests on the consents"
        " that your agency obtained, and of what it may see. Nothing of it is recorded.",
        ja="もし同意したら、範囲を狭めたら、撤回したら、機関を除いたら、会議の参加機関を加えたら、"
        "どうなるか。どこに何が見えるようになり、見えなくなり、どこに何の消去を求め、どのつなぎと"
        "会議に関わるか。所属機関が得た同意に基づくもののうち、所属機関に見える範囲。"
        "仮定したことは記録しない。",
        path_parameters=ALIAS,
        answer=WhatIf,
        problems=(408, 409, 413, 415, 422),
        body=Supposed,
    ),
    Operation(
        path="/v1/referrals",
        name="listReferrals",
        en="Referrals that your agency has sent or received; with `open`, those still under way.",
        ja="所属機関が送った、または受けたつなぎの一覧。`open` を付けると、終わっていないもの。",
        query=ReferralQuery,
        answer=Page[ReferralLine],
    ),
    Operation(
        path="/v1/referrals/lead-times",
        name="sumUpLeadTimes",
        en="How long the next `most` of these referrals took; sums of several can be put together.",
        ja="つなぎに要した時間の集計（一覧の続きの `most` 件分）。集計どうしは足し合わせられる。",
        query=PageQuery,
        answer=LeadTimeSummary,
    ),
    Operation(
        path="/v1/work",
        name="listWork",
        en="What your agency has to do by when, soonest first; with `until`, what is due by then.",
        ja="所属機関がいつまでに何をするか。期限の早い順。`until` を付けると、その時点までの分。",
        query=WorkQuery,
        answer=Page[WorkLine],
    ),
    Operation(
        path="/v1/disclosures",
        name="listDisclosures",
        en="Cases of which your agency was told in an emergency or by a legal duty.",
        ja="緊急時に、または法令に基づいて、所属機関が情報提供を受けたケースの一覧。",
        query=PageQuery,
        answer=Page[DisclosureLine],
    ),
    Operation(
        path="/v1/meetings",
        name="listMeetings",
        en="Meetings that your agency convenes, or was asked to.",
        ja="所属機関が招集する、または招集された会議の一覧。",
        query=PageQuery,
        answer=Page[MeetingLine],
    ),
    Operation(
        path="/v1/meetings/{meeting}/pack",
        name="readMeetingPack",
        en="What there is to know before a meeting, with what was put before your agency of each"
        " case, a page of cases at a time.",
        ja="会議資料。議題と、ケースごとに所属機関に提供された情報（ケースは一覧と同じくページごと）。",
        query=PageQuery,
        path_parameters=MEETING,
        answer=MeetingPack,
    ),
    Operation(
        path="/v1/meetings/{meeting}/minutes",
        name="readMinutes",
        en="The minutes of a meeting: for whoever keeps them, and for those they were shared with.",
        ja="議事録。案は作成する機関に、共有後は共有された機関に。",
        query=PageQuery,
        path_parameters=MEETING,
        answer=MeetingMinutes,
    ),
    Operation(
        path="/v1/grievances",
        name="listGrievances",
        en="Grievances that your agency has a part in.",
        ja="所属機関が関わる苦情の一覧。",
        query=PageQuery,
        answer=Page[GrievanceLine],
    ),
    Operation(
        path="/v1/directory",
        name="readDirectory",
        en="Agencies, what they offer, and when they can be reached.",
        ja="社会資源の一覧。機関、支援メニュー、相談窓口。",
        query=DirectoryQuery,
        answer=Page[DirectoryEntry],
    ),
    Operation(
        path="/v1/directory/unnamed",
        name="countUnnamed",
        en="How many agencies there are beside these that are not named, by kind.",
        ja="名称を公表していない機関の数（種別ごと）。",
        query=PrefectureQuery,
        answer=Unnamed,
    ),
    Operation(
        path="/v1/directory/gaps",
        name="listGaps",
        en="Municipalities of a prefecture in which nobody keeps a consultation window.",
        ja="相談窓口のない市町村。",
        query=GapsQuery,
        answer=WindowGaps,
    ),
    Operation(
        path="/v1/networks",
        name="listNetworks",
        en="Networks, and what your agency is in each.",
        ja="ネットワークの一覧と、所属機関の参加の形。",
        query=PageQuery,
        answer=Page[NetworkLine],
    ),
    Operation(
        path="/v1/networks/{network}",
        name="readNetwork",
        en="A network.",
        ja="ネットワーク。",
        path_parameters=NETWORK,
        answer=NetworkLine,
    ),
    Operation(
        path="/v1/networks/{network}/members",
        name="listMembers",
        en="Who is in a network; for its members with their coordinators.",
        ja="ネットワークの構成機関。構成機関には調整担当者も。",
        query=PageQuery,
        path_parameters=NETWORK,
        answer=Page[MemberLine],
    ),
    Operation(
        path="/v1/networks/{network}/unnamed",
        name="countUnnamedMembers",
        en="How many are in a network beside these, by kind.",
        ja="名称を示さない構成機関の数（種別ごと）。",
        path_parameters=NETWORK,
        answer=Unnamed,
    ),
    Operation(
        path="/v1/networks/{network}/disaster",
        name="listDistribution",
        en="What a network has sent round, asked to be posted, and heard back: for its members.",
        ja="相談窓口一覧の配布先、掲示・配架の依頼と確認、注意喚起。構成機関のみ。",
        query=PageQuery,
        path_parameters=NETWORK,
        answer=Page[DisasterLine],
    ),
    Operation(
        path="/v1/networks/{network}/ledger",
        name="readLedger",
        en="The progress ledger (form 1) of a fiscal year: for the coordinating agency every case,"
        " masked where she has not agreed; for each other member what it may see, and no more.",
        ja="年度ごとのケース進行管理台帳（様式1）。調整機関には全ケースを示し、本人の同意がない行は"
        "伏せる。そのほかの構成機関には、見えるケースだけを示す。",
        query=LedgerQuery,
        path_parameters=NETWORK,
        answer=Ledger,
    ),
    Operation(
        path="/v1/cases/stream",
        name="followCases",
        en="How the list of cases changes, as Server-Sent Events: each `data` is a CaseChange."
        " Go on from the last `id` with Last-Event-ID. What ends by a date shows with the next"
        " change of the case; reading the case or the list shows it at once.",
        ja="ケース一覧の変化を Server-Sent Events で受け取る。各 `data` は CaseChange。"
        "続きは最後の `id` を Last-Event-ID に付けて受け取る。期日に終わる同意の変化は、"
        "そのケースの次の変化とともに届く。ケースや一覧を読めば、すぐに反映されている。",
        query=FollowQuery,
        answer=CaseChange,
        media_type="text/event-stream",
    ),
    Operation(
        path="/v1/feed",
        name="readFeed",
        en="What your agency's system is told of its cases, as CloudEvents, for a custodian of its"
        " feed. Go on with `next`; without `after` it begins from the first. Where there is"
        " nothing, it is waited for, `wait_ms` long. An empty page may be followed by another that"
        " is not, and says nothing of why. Hand nothing on after `release_by`: ask again. Accepting"
        " `text/event-stream`, you are told page after page as Server-Sent Events, each `data` a"
        " FeedPage: go on from the last `id` with Last-Event-ID.",
        ja="所属機関のシステムへの配信（CloudEvents）。配信の管理者が読む。続きは `next` で読み、"
        "`after` を付けなければ最初から読み直す。何もなければ `wait_ms` まで待つ。空のページの後に"
        "続きがあることもあり、その理由は示されない。`release_by` を過ぎたものは使わず、読み直す。"
        "`Accept: text/event-stream` を付けると、Server-Sent Events でページごとに続けて届く"
        "（各 `data` は FeedPage。続きは最後の `id` を Last-Event-ID に付けて受け取る）。",
        query=FeedQuery,
        answer=FeedPage,
        also="text/event-stream",
    ),
    Operation(
        path="/v1/clock",
        name="readClock",
        en="By which clock this installation records, and what time it is by it.",
        ja="この導入環境が記録に使う時計と、その時刻。",
        answer=ClockShown,
    ),
    Operation(
        method="post",
        path="/v1/clock",
        name="moveClock",
        en="Move the demo clock forwards, by the operator: what falls due on the way happens first."
        " Cut off, it has come as far as it says; asked again, it goes on.",
        ja="デモ用の時計を進める（運営担当者のみ）。途中で期限が来るものを順に済ませてから答える。"
        "途切れたときは、そこまで進んでいる。もう一度送れば続きから進む。",
        answer=ClockShown,
        problems=(408, 409, 413, 415, 422),
        body=ClockAsked,
    ),
    Operation(
        path="/health/live",
        name="isLive",
        en="Whether this process answers at all.",
        ja="このプロセスが応答するか。",
        answer=Live,
        is_open=True,
    ),
    Operation(
        path="/health/ready",
        name="isReady",
        en="Whether everything runs that this server stands on.",
        ja="必要なものがすべて動いているか。",
        answer=Ready,
        is_open=True,
    ),
    Operation(
        path="/metrics",
        name="readMetrics",
        en="Figures for Prometheus, for this machine alone.",
        ja="Prometheus 形式の計測値。この機械からのみ読める。",
        answer=str,
        media_type="text/plain",
        is_open=True,
    ),
    Operation(
        path="/openapi.json",
        name="readDescription",
        en="This description.",
        ja="この説明。",
        answer=dict[str, Any],
        is_open=True,
    ),
    Operation(
        path="/",
        name="readPage",
        en="What this is, for whoever comes here with a browser.",
        ja="ブラウザで訪れた人への説明。",
        answer=str,
        media_type="text/html",
        is_open=True,
    ),
)
