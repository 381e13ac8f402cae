"""What can be asked for here (操作一覧), each in a line in both languages."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from adapters.http.following import FollowQuery
from adapters.http.signs import Live, Ready
from adapters.http.views import NoQuery, PageQuery, TimelineQuery
from contracts.answered import Answered, Done
from contracts.asked import Asked
from contracts.envelope import Envelope
from contracts.pages import CaseChange, CaseLine, CaseShown, Page, ReferralLine


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
    problems: tuple[int, ...] = ()
    is_open: bool = False
    body: type[msgspec.Struct] | None = None


ALIAS: Final = {"alias": "The case, as your agency knows it. / 所属機関でのケースの別名。"}
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
        path="/v1/referrals",
        name="listReferrals",
        en="Referrals that your agency has sent or received.",
        ja="所属機関が送った、または受けたつなぎの一覧。",
        query=PageQuery,
        answer=Page[ReferralLine],
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
