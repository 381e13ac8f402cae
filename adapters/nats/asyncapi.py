"""What the desk says of itself (窓口の説明): `contracts/asyncapi.json`, from the contracts.

`make contracts` writes it anew; a test compares it with what is committed.
"""

from pathlib import Path
from typing import Final, cast

import msgspec

import contracts
from adapters.engines.endpoints import FETCH, WAKE
from adapters.schemas import REF, Json, portable
from contracts.answered import Done
from contracts.asked import Asked
from contracts.feed import FeedPage, FeedQuery
from contracts.problems import MEDIA_TYPE, Problem

WHERE: Final = Path(contracts.__path__[0]) / "asyncapi.json"
JSON: Final = "application/json"
UUID: Final = {"type": "string", "format": "uuid"}


class StoreError(msgspec.Struct, frozen=True, kw_only=True):
    code: int
    err_code: int
    description: str


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """NATS has it on its disk; or, with an `error`, has not."""

    stream: str
    seq: int
    error: StoreError | None = None


def written() -> bytes:
    return msgspec.json.format(msgspec.json.encode(document(), order="deterministic")) + b"\n"


def document() -> Json:
    _, components = msgspec.json.schema_components(
        [Asked, Done, FeedQuery, FeedPage, Problem, Stored], schema_hook=_any, ref_template=REF
    )
    for schema in components.values():
        _drop_discriminators(schema)
    components["Problem"]["properties"]["code"] = CODE
    whole: Json = {
        "asyncapi": "3.0.0",
        "info": INFO,
        "defaultContentType": JSON,
        "servers": {"desk": SERVER, "agency": OF_AGENCY},
        "channels": CHANNELS,
        "operations": OPERATIONS,
        "components": {
            "securitySchemes": {"nkey": NKEY},
            "messages": MESSAGES,
            "schemas": components,
        },
    }
    return cast("Json", portable(whole))


def _any(kind: type) -> Json:
    """What a message of the feed holds is told by its type."""
    assert kind is msgspec.Raw
    return {}


def _drop_discriminators(schema: object) -> None:
    """AsyncAPI has no mapping there; and each command's `type` is a constant anyway."""
    match schema:
        case dict():
            cast("Json", schema).pop("discriminator", None)
            for value in cast("Json", schema).values():
                _drop_discriminators(value)
        case list():
            for value in cast("list[object]", schema):
                _drop_discriminators(value)
        case _:
            pass


def _message(schema: type, content_type: str, en: str, ja: str, *headers: str) -> Json:
    return {
        "name": schema.__name__,
        "contentType": content_type,
        "summary": en,
        "description": ja,
        "headers": {
            "type": "object",
            "properties": {name: HEADERS[name] for name in headers},
            "required": [name for name in headers if name == "Authorization"],
        },
        "correlationId": {"location": "$message.header#/Correlation-Id"},
        "payload": {"$ref": REF.format(name=schema.__name__)},
    }


def _channel(address: str | None, en: str, ja: str, *messages: str, server: str = "desk") -> Json:
    return {
        "address": address,
        "summary": en,
        "description": ja,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "servers": [{"$ref": f"#/servers/{server}"}],
    }


def _operation(channel: str, answers: str, en: str, ja: str) -> Json:
    return {
        "action": "receive",
        "summary": en,
        "description": ja,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": _all_of(channel),
        "reply": {"channel": {"$ref": f"#/channels/{answers}"}, "messages": _all_of(answers)},
    }


def _all_of(channel: str) -> list[Json]:
    names: Json = CHANNELS[channel]["messages"]
    return [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names]


INFO: Final[Json] = {
    "title": "つなぐ Tsunagu",
    "version": "1",
    "description": (
        "The same commands as over HTTP and the same feed, with the same answers and the same"
        " codes. Whoever sends one is known by the token beside it, and by nothing they write.\n\n"
        "HTTP と同じコマンドと配信を NATS で扱うための説明です。応答もコードも同じです。"
        "送り手は、添えられたトークンだけで確かめます。"
    ),
    "license": {"name": "Apache-2.0"},
}
CODE: Final[Json] = {
    "type": "string",
    "description": (
        "One of `ProblemCode` in openapi.json, which has the sentences in both languages. /"
        " openapi.json の `ProblemCode` のいずれか。文は日英ともそちらにあります。"
    ),
}
SERVER: Final[Json] = {
    "host": "127.0.0.1:{port}",
    "protocol": "nats",
    "description": (
        "Log in with the nkey that the operator gives out; subscribe below `_INBOX_DESK` only. /"
        " 運営担当者から受け取る nkey で接続し、受信は `_INBOX_DESK` の下だけで行います。"
    ),
    "variables": {"port": {"default": "4222"}},
    "security": [{"$ref": "#/components/securitySchemes/nkey"}],
}
OF_AGENCY: Final[Json] = {
    **SERVER,
    "description": (
        "Log in with the nkey of your agency (`tsunagu token nats`), which is no other's; subscribe"
        " below its inbox, and to `feed.wake`. What is asked at the desk may be asked here, too. /"
        " 機関ごとの nkey（`tsunagu token nats` で表示）で接続し、受信は機関の受信先の下と"
        " `feed.wake` だけで行います。窓口への依頼もここから送れます。"
    ),
}
NKEY: Final[Json] = {
    "type": "asymmetricEncryption",
    "description": "An nkey's seed (Ed25519). / nkey のシード（Ed25519）。",
}
HEADERS: Final[dict[str, Json]] = {
    "Authorization": {
        "type": "string",
        "pattern": "^Bearer [!-~]+$",
        "description": (
            "`Bearer` and the token of a member of staff (`tsunagu token issue`). /"
            " `Bearer` に続けて職員のトークン。"
        ),
    },
    "Correlation-Id": {
        **UUID,
        "description": (
            "Comes back in the answer, and stands in our log and in the events. /"
            " 応答、ログ、記録に残る相関番号。"
        ),
    },
    "Accept-Language": {
        "type": "string",
        "description": "`ja` or `en`, for the `detail` of a problem. / 断りの文の言語。",
    },
}
MESSAGES: Final[dict[str, Json]] = {
    "asked": _message(
        Asked,
        JSON,
        "A command. Sent again with the same id, it gets its first answer.",
        "コマンド。同じ番号で再送すると、最初の応答が返ります。",
        *HEADERS,
    ),
    "done": _message(
        Done, JSON, "It is done, and recorded.", "実行され、記録されました。", "Correlation-Id"
    ),
    "problem": _message(
        Problem,
        MEDIA_TYPE,
        "It was not done, by a rule or for want of something.",
        "規則により、または何かが足りないため、行われませんでした。",
        "Correlation-Id",
    ),
    "query": _message(
        FeedQuery,
        JSON,
        "How far the feed was read, how much of it at once, and how long to wait for more."
        " An empty message asks from the first.",
        "どこまで読んだか、一度に何件か、どれだけ待つか。空のメッセージは最初から読みます。",
        *HEADERS,
    ),
    "page": _message(
        FeedPage,
        JSON,
        "The same page that `GET /v1/feed` answers. Hand nothing on after `release_by`: ask again.",
        "`GET /v1/feed` と同じページ。`release_by` を過ぎたものは使わず、読み直してください。",
        "Correlation-Id",
    ),
    "wake": {
        "name": "Wake",
        "summary": "Empty: it says nothing but to fetch.",
        "description": "空です。読みに来るようにという以外、何も伝えません。",
        "payload": {"type": "null"},
    },
    "stored": _message(
        Stored,
        JSON,
        "NATS keeps it until it is handled, for a day at most.",
        "NATS が、処理されるまで（長くて一日）預かります。",
    ),
}
CHANNELS: Final[dict[str, Json]] = {
    "ask": _channel(
        "ask.command", "Ask, and wait for the answer.", "依頼し、応答を待ちます。", "asked"
    ),
    "answers": _channel(
        None,
        "The inbox of whoever asks. Systems share it as yet: check that `command` is your own.",
        "依頼した側の受信先です。当面は共用のため、`command` が自分の番号か確かめてください。",
        "done",
        "problem",
    ),
    "publish": _channel(
        "publish.command",
        "Leave a command, also while nobody can handle it.",
        "処理できる者がいない間も、コマンドを預けておけます。",
        "asked",
    ),
    "receipts": _channel(
        None, "The inbox of whoever leaves it.", "預けた側の受信先です。", "stored"
    ),
    "fetch": _channel(
        FETCH,
        "Fetch what your agency's system is told of its cases, for a custodian of its feed.",
        "所属機関のシステムへの配信を、配信の管理者として読みます。",
        "query",
        server="agency",
    ),
    "pages": _channel(
        None,
        "The inbox of your agency, and of no other.",
        "機関ごとの受信先です。ほかの機関からは見えません。",
        "page",
        "problem",
        server="agency",
    ),
    "wakes": _channel(
        WAKE,
        "Once after a fetch, when there is something that had not come by then. It may get lost, as"
        " when we are started anew: fetch from time to time all the same.",
        "読み取りの後に新しいものが届いたとき、一度だけ知らせます。再起動などで失われることも"
        "あるため、知らせがなくても、ときどき読みに来てください。",
        "wake",
        server="agency",
    ),
}
OPERATIONS: Final[dict[str, Json]] = {
    "ask": _operation(
        "ask",
        "answers",
        "Handled at once. Without an answer, send it again with the same id.",
        "すぐに処理します。応答がなければ、同じ番号で再送してください。",
    ),
    "publish": _operation(
        "publish",
        "receipts",
        "Handled once, and then overwritten where it lay. Its answer: `GET /v1/commands/{id}`.",
        "一度だけ処理し、その後は上書きして消します。応答は `GET /v1/commands/{id}` で読めます。",
    ),
    "fetch": _operation(
        "fetch",
        "pages",
        "Decided at that moment, and recorded. Where there is nothing, it is waited for, `wait_ms`"
        " long. An empty page may be followed by another that is not, and says nothing of why.",
        "その時点で判断し、記録してから渡します。何もなければ `wait_ms` まで待ちます。空のページの"
        "後に続きがあることもあり、その理由は示されません。",
    ),
    "wake": {
        "action": "send",
        "summary": "Of what your agency may see, and of nothing else.",
        "description": "所属機関に見えるものについてだけ知らせます。",
        "channel": {"$ref": "#/channels/wakes"},
        "messages": _all_of("wakes"),
    },
}


if __name__ == "__main__":
    WHERE.write_bytes(written())
