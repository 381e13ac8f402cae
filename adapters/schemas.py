"""Schemas (型の記述): the contracts as OpenAPI and AsyncAPI write them down."""

from collections.abc import Mapping
from importlib import import_module
from inspect import cleandoc
from pkgutil import walk_packages
from typing import Any, Final, TypeAlias, cast

import contracts
import domain
import services
from contracts.event_labels import EVENT_LABELS
from contracts.problems import english, every, status_of
from domain.speech import CannotRun, Spoken, code_of

Json: TypeAlias = dict[str, Any]

REF: Final = "#/components/schemas/{name}"


def codes() -> list[Json]:
    return [
        {
            "const": code,
            "title": str(status_of(code)),
            "description": f"{english(spoken)} / {spoken.ja}",
        }
        for code, spoken in sorted(said().items())
    ]


def event_types() -> list[Json]:
    return [
        {"const": tag, "title": label.en, "description": label.ja}
        for tag, label in sorted(EVENT_LABELS.items())
    ]


def said() -> Mapping[str, type[Spoken]]:
    """What may be said to a caller, wherever it is declared."""
    for package in (domain, contracts, services):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    ours = {package.__name__ for package in (domain, contracts, services)}
    return {
        code_of(spoken): spoken
        for spoken in every(Spoken)
        if spoken.__module__.partition(".")[0] in ours and not issubclass(spoken, CannotRun)
    }


def portable(schema: object) -> object:
    """Patterns as ECMAScript writes them, which knows nothing of Python's `\\A` and `\\Z`."""
    match schema:
        case dict():
            return {name: _said(name, value) for name, value in cast("Json", schema).items()}
        case list():
            return [portable(value) for value in cast("list[object]", schema)]
        case _:
            return schema


def _said(name: str, value: object) -> object:
    match name, value:
        case "pattern", str():
            return value.replace(r"\A", "^").replace(r"\Z", "$")
        case "description", str():
            return cleandoc(value)  # A docstring stands where its code does.
        case _:
            return portable(value)
