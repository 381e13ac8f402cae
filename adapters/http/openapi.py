"""What the entrance says of itself (API の説明): `contracts/openapi.json`, from the contracts.

`make contracts` writes it anew; a test compares it with what is committed.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final, cast

import msgspec

import contracts
from adapters.http.operations import OPERATIONS, Operation
from adapters.schemas import REF, Json, codes, event_types, portable, said
from contracts.feed import PACKAGE, Package
from contracts.problems import MEDIA_TYPE, Problem, status_of

WHERE: Final = Path(contracts.__path__[0]) / "openapi.json"
UUID: Final = {"type": "string", "format": "uuid"}
ALWAYS: Final = (405, 500, 503)
BEHIND_THE_DOOR: Final = (400, 401, 403, 404)


def written() -> bytes:
    return msgspec.json.format(msgspec.json.encode(document(), order="deterministic")) + b"\n"


def document() -> Json:
    sent = [each.body for each in OPERATIONS if each.body is not None]
    schemas, components = msgspec.json.schema_components(
        [*(each.answer for each in OPERATIONS), *sent, Problem, Package],
        schema_hook=_any,
        ref_template=REF,
    )
    components["Problem"]["properties"]["code"] = _ref("ProblemCode")
    components["Envelope"]["properties"]["type"] = _ref("EventType")
    message = components["FeedMessage"]["properties"]
    message["data"] = {"anyOf": [_ref("Envelope"), _ref("Package")]}
    message["type"] = {"anyOf": [_ref("EventType"), {"const": PACKAGE}]}
    paths: dict[str, Json] = {}
    for operation, schema in zip(OPERATIONS, schemas, strict=False):
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, schema)
    whole: Json = {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": TOKEN},
            "parameters": PARAMETERS,
            "responses": {str(status): _response(status) for status in _statuses()},
            "schemas": {
                **components,
                "ProblemCode": {"oneOf": codes()},
                "EventType": {"oneOf": event_types()},
            },
        },
    }
    return cast("Json", portable(whole))


def _operation(operation: Operation, schema: Json) -> Json:
    problems = {*operation.problems, *ALWAYS, *(() if operation.is_open else BEHIND_THE_DOOR)}
    written: Json = {
        "operationId": operation.name,
        "summary": operation.en,
        "description": operation.ja,
        "parameters": [
            *({"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS),
            *_path_parameters(operation.path_parameters),
            *_query_parameters(operation.query),
        ],
        "responses": {
            "200": {
                "description": "As asked. / 要求どおり。",
                "headers": {"Correlation-Id": {"schema": UUID}},
                "content": {each: {"schema": schema} for each in _media_types(operation)},
            },
            **{str(each): {"$ref": f"#/components/responses/{each}"} for each in sorted(problems)},
        },
    }
    if operation.body is not None:
        content = {"application/json": {"schema": _ref(operation.body.__name__)}}
        written["requestBody"] = {"required": True, "content": content}
    if operation.is_open:
        written["security"] = []
    return written


def _media_types(operation: Operation) -> Iterator[str]:
    yield operation.media_type
    if operation.also is not None:
        yield operation.also


def _path_parameters(described: Mapping[str, str]) -> Iterator[Json]:
    for name, description in described.items():
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": description,
            "schema": UUID,
        }


def _query_parameters(query: type[msgspec.Struct]) -> Iterator[Json]:
    (_,), components = msgspec.json.schema_components([query])
    for name, schema in components[query.__name__]["properties"].items():
        yield {"name": name, "in": "query", "schema": schema}


def _response(status: int) -> Json:
    told = ", ".join(f"`{code}`" for code in sorted(said()) if status_of(code) == status)
    return {
        "description": f"{HTTPStatus(status).phrase}: {told}",
        "headers": {"Correlation-Id": {"schema": UUID}},
        "content": {MEDIA_TYPE: {"schema": _ref("Problem")}},
    }


def _statuses() -> list[int]:
    return sorted({status_of(code) for code in said()})


def _any(kind: type) -> Json:
    """A field of an envelope is whatever its event says it is."""
    assert kind is msgspec.Raw
    return {}


def _ref(name: str) -> Json:
    return {"$ref": REF.format(name=name)}


INFO: Final[Json] = {
    "title": "つなぐ Tsunagu",
    "version": "1",
    "summary": "Carries a woman's case from one agency to the next.",
    "description": (
        "An agency's own system sends commands, and reads what its agency may see. A case has"
        " another name for each agency, its alias. Every refusal is a problem (RFC 9457) with a"
        " code that stays as it is; new codes may be added.\n\n"
        "各機関のシステムがコマンドを送り、その機関に見える範囲を読むための API です。"
        "ケースの番号は機関ごとに異なります（別名）。断るときの応答はすべて RFC 9457 の形で、"
        "コードは変わりません。新しいコードが加わることはあります。"
    ),
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
TOKEN: Final[Json] = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "`tsunagu token issue` makes one, for one member of staff and for eight hours at most. /"
        " `tsunagu token issue` で発行します。職員一人につき、最長8時間有効です。"
    ),
}
PARAMETERS: Final[dict[str, Json]] = {
    "CorrelationId": {
        "name": "Correlation-Id",
        "in": "header",
        "description": (
            "Comes back in the answer, and stands in our log and in the events. /"
            " 応答、ログ、記録に残る相関番号。"
        ),
        "schema": UUID,
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "`ja` or `en`, for the `detail` of a problem. / 断りの文の言語。",
        "schema": {"type": "string"},
    },
}


if __name__ == "__main__":
    WHERE.write_bytes(written())
