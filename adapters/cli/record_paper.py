"""Records on paper (記録の紙面): an event as it may be seen, field by field, in words for a person.

What a field holds is told by the event's own type: codes go by their labels, agencies by their
names, days as they are said in Japan. Ids of records are left out: nobody reads them.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Final, cast

import msgspec
from msgspec import inspect

from adapters.cli.columns import agency
from adapters.cli.headings import NO, WITHHELD, YES
from adapters.cli.naming import NOBODY, Names
from adapters.words import Language
from contracts.envelope import AgencyShown, Envelope
from contracts.event_labels import EVENT_LABELS
from contracts.field_labels import FIELD_LABELS, OF_THEIR_EVENTS
from domain.calendar import JAPAN, wareki
from domain.catalogue import EVENTS
from domain.code_lists import code_lists
from domain.codes import Label
from domain.model import Withheld

PATH: Final = re.compile(r"\A([a-z]+\.[a-z_]+\.v[0-9]+)/([a-z_]+)\Z")
# Of whom it is, where there are several; other ids say nothing to a person.
OF_WHOM: Final = frozenset({"person_id", "child_id"})
DIGESTS: Final = frozenset({"hash", "package_hash", "evidence_hash"})
SHORT: Final = 8
AN_AGENCY: Final = frozenset(AgencyShown.__struct_fields__)


class RecordPaper:
    def __init__(self, language: Language, names: Names = NOBODY) -> None:
        self._language: Final[Language] = language
        self._names: Final = names

    def lines(self, record: Envelope) -> Iterator[str]:
        named = self.event(record.type)
        yield f"- {self.moment(record.occurred_at)} {named} {self.who(record.agency)}"
        types = types_of(record.type)
        for name, raw in record.fields.items():
            if name in DIGESTS:
                continue
            said: object = msgspec.json.decode(raw)
            words = self._value(said, types.get(name), of_whom=name in OF_WHOM)
            if words:
                between = "：" if self._language == "ja" else ": "
                yield f"  - {self.field(record.type, name)}{between}{words}"

    def who(self, shown: AgencyShown) -> str:
        if shown.id is not None and shown.id in self._names:
            return self._names[shown.id]
        return agency(msgspec.to_builtins(shown, str_keys=True), self._language)

    def day(self, on: date) -> str:
        return wareki(on) if self._language == "ja" else on.isoformat()

    def moment(self, at: datetime) -> str:
        local = at.astimezone(JAPAN)
        return f"{self.day(local.date())} {local:%H:%M}"

    def _value(  # noqa: PLR0911 (one arm a shape)
        self, said: object, of: inspect.Type | None, *, of_whom: bool = False
    ) -> str:
        """Nothing, where there is nothing in it for a person."""
        match said:
            case None:
                return ""
            case bool():
                return (YES if said else NO).spoken(self._language)
            case str() if isinstance(of, inspect.UUIDType):
                return said[:SHORT] if of_whom else ""
            case str():
                return self._text(said, of)
            case list():
                several = cast("list[object]", said)
                within = plainly(of.item_type) if isinstance(of, inspect.CollectionType) else None
                each = [self._value(one, within, of_whom=of_whom) for one in several]
                return ("、" if self._language == "ja" else ", ").join(filter(None, each))
            case dict():
                return self._object(cast("dict[str, object]", said), of)
            case _:
                return str(said)

    def _text(self, said: str, of: inspect.Type | None) -> str:
        match of:
            case inspect.LiteralType():
                label = labels_of(frozenset(map(str, of.values))).get(said)
                return said if label is None else self._in_words(label)
            case inspect.DateType():
                return self.day(date.fromisoformat(said))
            case inspect.DateTimeType():
                return self.moment(datetime.fromisoformat(said))
            case _:
                pass
        path = PATH.match(said)
        return said if path is None else f"{self.event(path[1])} {self.field(*path.groups())}"

    def _object(self, said: Mapping[str, object], of: inspect.Type | None) -> str:
        """What nobody may see any more, an agency, or several things said together."""
        if (why := said.get("withheld")) is not None:
            return WITHHELD[str(why)].spoken(self._language)
        if said.keys() <= AN_AGENCY:
            return self.who(msgspec.convert(said, AgencyShown))
        fields = of.fields if isinstance(of, inspect.StructType) else ()
        types = {field.encode_name: plainly(field.type) for field in fields}
        each = (self._value(one, types.get(name)) for name, one in said.items())
        return " ".join(filter(None, each))

    def event(self, tag: str) -> str:
        label = EVENT_LABELS.get(tag)
        return tag if label is None else self._in_words(label)

    def field(self, tag: str, name: str) -> str:
        label = OF_THEIR_EVENTS.get(f"{tag}/{name}") or FIELD_LABELS.get(name)
        return name.replace("_", " ") if label is None else self._in_words(label)

    def _in_words(self, label: Label) -> str:
        return label.ja if self._language == "ja" else label.en


def plainly(of: inspect.Type | None) -> inspect.Type | None:
    """What it is when it is there, and can be read."""
    match of:
        case inspect.Metadata():
            return plainly(of.type)
        case inspect.UnionType():
            there = (each for each in of.types if not _is_nothing(each))
            return plainly(next(there, None))
        case _:
            return of


def _is_nothing(of: inspect.Type) -> bool:
    is_withheld = isinstance(of, inspect.StructType) and of.cls is Withheld
    return is_withheld or isinstance(of, inspect.NoneType)


@cache
def types_of(tag: str) -> Mapping[str, inspect.Type | None]:
    """Of an event that may not be told for what it was, by the names of its fields alone."""
    event = EVENTS.types.get(tag)
    return _by_name() if event is None else _fields(event)


@cache
def _by_name() -> Mapping[str, inspect.Type | None]:
    found: dict[str, inspect.Type | None] = {}
    for event in EVENTS.types.values():
        for name, of in _fields(event).items():
            found[name] = of if found.get(name, of) == of else None
    return found


def _fields(event: type) -> Mapping[str, inspect.Type | None]:
    info = inspect.type_info(event)
    assert isinstance(info, inspect.StructType)
    return {field.encode_name: plainly(field.type) for field in info.fields}


@cache
def labels_of(codes: frozenset[str]) -> Mapping[str, Label]:
    """Of the list of just these codes, or else of the shortest that has them all."""
    lists = [each.labels for each in code_lists().values()]
    wider = [labels for labels in lists if codes <= set(labels)]
    return min(wider, key=len) if wider else {}
