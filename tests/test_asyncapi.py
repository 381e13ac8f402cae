"""What the desk says of itself is true, whole, and what is committed."""
# pyright: reportUnknownMemberType=false

import re
from collections.abc import Iterator
from typing import Any, Final, cast
from uuid import uuid4

import msgspec
import pytest
from jsonschema import Draft7Validator

from adapters.engines.endpoints import fetch_of, wake_of
from adapters.engines.nats_server import agency
from adapters.engines.nkey import new_seed
from adapters.nats.asyncapi import WHERE, document, written
from adapters.nats.desk import ASK
from adapters.nats.intake import COMMANDS
from contracts.answered import Done
from contracts.asked import Asked
from contracts.feed import FeedPage, FeedQuery
from contracts.problems import problem
from domain.case import IdentifySubject
from domain.model import CommandId
from tests.integration.desks import CITY, OPEN
from tests.spec import NOW

DOCUMENT: Final = document()
SCHEMAS: Final = DOCUMENT["components"]["schemas"]


def test_what_is_committed_is_what_the_contracts_say() -> None:
    assert WHERE.read_bytes() == written(), "run `make contracts`"


def test_it_names_the_subjects_that_the_desk_serves() -> None:
    """As agencies say them: the server gives them the names that we hear."""
    said = {each["address"] for each in DOCUMENT["channels"].values()} - {None}
    assert {address: as_heard(address) for address in said} == {
        "ask.command": ASK,
        "publish.command": COMMANDS,
        "feed.fetch": fetch_of(CITY),
        "feed.wake": wake_of(CITY),
    }


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        assert resolved(reference)


def test_every_operation_uses_messages_of_its_channels_and_says_so_in_both_languages() -> None:
    for operation in DOCUMENT["operations"].values():
        is_asked = operation["action"] == "receive"
        for end in (operation, *([operation["reply"]] if is_asked else ())):
            of_channel = f"{end['channel']['$ref']}/messages/"
            assert all(each["$ref"].startswith(of_channel) for each in end["messages"])
        assert re.search(r"[\u3040-\u30ff]", operation["description"])
        assert operation["summary"].isascii()


@pytest.mark.parametrize(
    ("message", "content"),
    [
        ("asked", Asked(id=CommandId(uuid4()), command=OPEN)),
        ("asked", Asked(id=CommandId(uuid4()), command=IdentifySubject(name="相川"))),
        ("done", Done(command=CommandId(uuid4()), token="7f")),
        ("query", FeedQuery(after="7f", most=2, wait_ms=25_000)),
        ("page", FeedPage(items=(), next="7f", release_by=NOW)),
        ("problem", problem("CASE_NOT_FOUND", "ja", uuid4())),
    ],
)
def test_what_is_really_said_is_as_described(message: str, content: msgspec.Struct) -> None:
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    described = Draft7Validator({**payload, "components": {"schemas": SCHEMAS}})
    assert described.is_valid(msgspec.json.decode(msgspec.json.encode(content)))
    assert not described.is_valid({"made": "up"})


def as_heard(address: str) -> str:
    named = agency(new_seed(), CITY)
    kind, _, rest = address.partition(".")
    every = named.asks.get(f"{kind}.>")
    return every.removesuffix(">") + rest if every else {**named.asks, **named.hears}[address]


def resolved(reference: str) -> object:
    found: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


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
