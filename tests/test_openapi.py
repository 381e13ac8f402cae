"""What the entrance says of itself is true, whole, and what is committed."""

import re
from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
from jsonschema import Draft202012Validator

from adapters.http.entrance import Behind, entrance
from adapters.http.openapi import WHERE, document, written
from adapters.registers import Registers
from contracts.problems import every, status_of
from domain.speech import Refused, code_of

DOCUMENT: Final = document()
OPERATIONS: Final = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_what_is_committed_is_what_the_contracts_say() -> None:
    assert WHERE.read_bytes() == written(), "run `make contracts`"


class Nothing:
    """What stands behind routes that nobody takes."""

    def __getattr__(self, name: str) -> None:
        return None


def test_it_names_every_route_and_none_besides() -> None:
    nothing = cast("Any", Nothing())
    registers = Registers(*(nothing for _ in Registers._fields))
    behind = Behind(*(nothing for _ in Behind._fields))._replace(checks={}, registers=registers)
    door = entrance(behind)
    routes = {
        (re.sub(r":\w+}", "}", route.path), method.lower())
        for route in door.inside.routes
        for method in getattr(route, "methods", ())
        if method not in {"HEAD", "OPTIONS"}
    }
    assert routes == {(path, method) for path, method, _ in OPERATIONS}


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        found: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        assert found


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_says_in_both_languages_what_it_does_and_what_it_refuses(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"].isascii()
    assert re.search(r"[\u3040-\u30ff]", operation["description"])
    assert {"200", "405", "500", "503"} <= operation["responses"].keys()
    assert ("401" in operation["responses"]) == path.startswith("/v1/")
    assert ("security" in operation) != path.startswith("/v1/")
    named = {each["name"] for each in operation["parameters"] if each.get("in") == "path"}
    assert named == set(re.findall(r"{(\w+)}", path))
    assert method in {"get", "post"}


def test_every_refusal_is_listed_with_its_status_and_both_its_sentences() -> None:
    listed = {
        each["const"]: each for each in DOCUMENT["components"]["schemas"]["ProblemCode"]["oneOf"]
    }
    for refused in every(Refused):
        if refused.__module__.partition(".")[0] in {"domain", "contracts", "services"}:
            said = listed[code_of(refused)]
            assert said["title"] == str(status_of(code_of(refused)))
            assert refused.ja in said["description"]
    assert all(
        str(each["title"]) in DOCUMENT["components"]["responses"] for each in listed.values()
    )


def references(part: object) -> Iterator[str]:
    match part:
        case dict():
            for name, value in cast("dict[str, object]", part).items():
                if name == "$ref":
                    yield cast("str", value)
                yield from references(value)
        case list():
            for value in cast("list[object]", part):
                yield from references(value)
        case _:
            pass
