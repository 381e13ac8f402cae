"""An event becomes a clear, canonical header and sealed parts, and the same event again."""

import hashlib
import hmac
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from msgspec import inspect
from msgspec.structs import replace

from adapters.crypto import ChaChaCipher, commitment
from domain.catalogue import EVENTS
from domain.categories import CNS, NAR
from domain.fields import Catalogue, cut_of, tag_of
from domain.header import HEADER_BYTES_MAX, SCHEMA, Header, is_canonical
from domain.model import (
    CLOSED,
    ERASED,
    CaseId,
    CommandId,
    Event,
    Guarded,
    PersonId,
    Sealed,
    StreamId,
    Withheld,
)
from domain.text import FreeText
from services.ports import (
    EPOCH,
    Fact,
    Keys,
    NewEvent,
    PartDamaged,
    Parts,
    SealedValue,
    Span,
    StoredEvent,
)
from services.sealing import (
    EventDamaged,
    Origin,
    PersonErased,
    Place,
    Sealing,
    UnknownEventType,
    ValueOutOfBounds,
    header_of,
    heading_of,
    persons_in,
    persons_of,
)
from tests.spec import CITY, NOW, an_id, without_words

WOMAN: Final = PersonId(an_id(70))
EVENT_ID: Final = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
PLACE: Final = Place(stream=StreamId(an_id(71)), key=an_id(72), version=3, woman=WOMAN)
ORIGIN: Final = Origin(
    by=CITY, occurred_at=NOW, correlation=an_id(73), command=CommandId(an_id(74))
)
SEALING: Final = Sealing(EVENTS, ChaChaCipher())
TYPES: Final = sorted(EVENTS.types.values(), key=tag_of)
every_type = pytest.mark.parametrize("type_", TYPES, ids=tag_of)


# One of each, made from its declaration


def smallest(type_: type[Event]) -> Event:
    return built(type_, largest=False)


def largest(type_: type[Event]) -> Event:
    return built(type_, largest=True)


def built(type_: type[Event], *, largest: bool) -> Event:
    info = inspect.type_info(type_)
    assert isinstance(info, inspect.StructType)
    return msgspec.convert(inside(info, 0, largest=largest), type_)


def inside(info: inspect.StructType, first: int, *, largest: bool) -> dict[str, Any]:
    return {
        field.encode_name: made(field.type, n, largest=largest)
        for n, field in enumerate(info.fields, start=first)
        if largest or field.required
    }


def made(info: inspect.Type, n: int, *, largest: bool) -> Any:  # noqa: PLR0911 (one a kind)
    """The ``n``-th value of its kind, as JSON would hold it."""
    match info:
        case inspect.Metadata(type=inner):
            return made(inner, n, largest=largest)
        case inspect.UnionType(types=types):
            told = [t for t in types if getattr(t, "cls", None) is not Withheld]
            none = [t for t in told if isinstance(t, inspect.NoneType)]
            some = [t for t in told if not isinstance(t, inspect.NoneType)]
            return made((some if largest else none or some)[0], n, largest=largest)
        case inspect.FrozenSetType(item_type=item) | inspect.VarTupleType(item_type=item):
            values = item.values if isinstance(item, inspect.LiteralType) else None
            if values is not None:
                return list(values[: info.max_length if largest else 1])
            most = info.max_length if largest else info.min_length or 1
            assert most
            return [made(item, 100 * n + i, largest=largest) for i in range(most)]
        case inspect.LiteralType(values=values):
            return max(values, key=lambda value: len(str(value))) if largest else values[0]
        case inspect.StrType():
            return text(info, n, largest=largest)
        case inspect.UUIDType():
            return str(an_id(1000 + n))
        case inspect.IntType(ge=least, lt=beyond):
            return (beyond or 2**53) - 1 if largest else least or 0
        case inspect.StructType(cls=cls) if issubclass(cls, Guarded):
            return inside(info, n, largest=largest)
        case _:
            return (LARGE if largest else SMALL)[type(info)]


AT: Final = datetime(2026, 5, 13, 4, 20, 0, 123456, tzinfo=UTC)
SMALL: Final[dict[type, Any]] = {
    inspect.NoneType: None,
    inspect.DateTimeType: AT,
    inspect.DateType: date(1990, 12, 31),
    inspect.BoolType: False,
}
LARGE: Final[dict[type, Any]] = {**SMALL, inspect.BoolType: True}


def text(info: inspect.StrType, n: int, *, largest: bool) -> str:
    """The first of these spellings that its field accepts."""
    most = info.max_length
    assert most
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{n:04}")
    long = (
        f"{n:064x}",
        f"2026-{n:09}",
        f"{'case.' + letters * 20:.52}.v1/{letters}".ljust(64, "x"),
        f"{n:0{most}}" if most <= 64 else "𠮷" * (most - 5) + f"{n:05}",
    )
    short = (f"{n:064x}", f"2026-{n:04}", f"case.{letters}.v1/{letters}", "髙橋", "ja")
    for spelt in long if largest else short:
        if len(spelt) <= most and re.search(info.pattern or "", spelt):
            return spelt
    raise AssertionError(info)


def seal(event: Event, keys: Keys | None = None, sealing: Sealing = SEALING) -> NewEvent:
    return sealing.seal(event, EVENT_ID, PLACE, ORIGIN, keys or keys_for(event))


def keys_for(*events: Event) -> Keys:
    persons = {person for event in events for person in persons_of(event, WOMAN)}
    return {person: hashlib.sha256(person.bytes).digest() for person in persons}


def stored(sealed: NewEvent) -> StoredEvent:
    leaf = (1_778_646_000_000_001).to_bytes(8, "big") + sealed.header
    return StoredEvent(
        9, sealed.stream, sealed.version, sealed.type, leaf, sealed.parts, sealed.facts
    )


def fact(sealed: NewEvent) -> Fact:
    """As the log gives it back to whoever decides."""
    at, size = sealed.facts
    return Fact(9, sealed.type, sealed.header[at : at + size])


# There and back


@every_type
@pytest.mark.parametrize("make", [smallest, largest])
def test_an_event_comes_back_as_it_was(type_: type[Event], make: Any) -> None:
    event = make(type_)
    record = SEALING.open(stored(seal(event)), keys_for(event))
    assert record.event == event
    assert record.position == 9
    assert record.recorded_at == EPOCH + (datetime.fromtimestamp(1_778_646_000, UTC) - EPOCH) + (
        datetime.resolution
    )
    assert record.header == Header(
        schema=SCHEMA,
        id=EVENT_ID,
        type=tag_of(type_),
        stream=PLACE.stream,
        version=3,
        occurred_at=NOW,
        agency=CITY.agency,
        staff=CITY.staff,
        role=CITY.role,
        correlation=ORIGIN.correlation,
        command=ORIGIN.command,
        facts=record.header.facts,
        parts=record.header.parts,
    )


@every_type
def test_without_keys_every_part_is_closed(type_: type[Event]) -> None:
    event = largest(type_)
    sealed = seal(event)
    closed = without_words(event, CLOSED)
    assert SEALING.open(stored(sealed)).event == closed
    assert SEALING.open(stored(sealed), {}).event == closed
    assert list(SEALING.facts([fact(sealed)])) == [closed]


@every_type
def test_with_a_destroyed_key_every_part_is_erased(type_: type[Event]) -> None:
    event = largest(type_)
    destroyed = dict.fromkeys(keys_for(event))
    assert SEALING.open(stored(seal(event)), destroyed).event == without_words(event, ERASED)


@every_type
def test_what_it_takes_to_open_is_what_it_took_to_seal(type_: type[Event]) -> None:
    event = largest(type_)
    assert persons_in([stored(seal(event))]) == persons_of(event, WOMAN)


def test_a_person_whose_key_is_destroyed_is_not_written_about() -> None:
    event = smallest(EVENTS.types["case.consultation_recorded.v1"])
    with pytest.raises(PersonErased) as erased:
        seal(event, {WOMAN: None})
    assert erased.value.facts == {"person": WOMAN}


# The header


@pytest.mark.parametrize(("kind", "category"), [("PRIVATE_SHELTER", "LOC"), ("SCHOOL", "PUB")])
def test_a_part_is_named_by_what_it_is_in_this_event(kind: str, category: str) -> None:
    agency = replace(largest(EVENTS.types["agency.registered.v1"]), kind=kind)
    header = msgspec.json.decode(seal(agency).header, type=Header)
    assert [(line.field, line.category) for line in header.parts] == [
        ("name", category),
        ("municipality", category),
    ]


def test_a_header_names_the_case_it_belongs_to_and_no_case_where_there_is_none() -> None:
    event = smallest(EVENTS.types["referral.drafted.v1"])
    of_hers = replace(PLACE, case=CaseId(an_id(76)))
    for place, case in ((of_hers, of_hers.case), (PLACE, None)):
        sealed = SEALING.seal(event, EVENT_ID, place, ORIGIN, keys_for(event))
        assert SEALING.open(stored(sealed)).header.case == case
        assert is_canonical(sealed.header)
    assert b'"case"' not in seal(smallest(EVENTS.types["agency.suspended.v1"])).header


@every_type
@pytest.mark.parametrize("make", [smallest, largest])
def test_a_header_has_one_spelling(type_: type[Event], make: Any) -> None:
    header = seal(make(type_)).header
    assert is_canonical(header)
    assert len(header) <= HEADER_BYTES_MAX


@every_type
def test_a_header_names_each_part_and_says_no_word_of_it(type_: type[Event]) -> None:
    event = largest(type_)
    sealed = seal(event)
    header = msgspec.json.decode(sealed.header, type=Header)
    fields = [field.name for field in cut_of(type_).sealed]
    assert [line.field for line in header.parts] == list(sealed.parts) == fields
    for line in header.parts:
        assert line.sha256 == hashlib.sha256(sealed.parts[line.field]).hexdigest()
    clear = {field.name for field in cut_of(type_).clear}
    assert set(msgspec.json.decode(header.facts)) <= clear
    assert "𠮷" not in sealed.header.decode()


@every_type
def test_whether_anything_was_said_does_not_show(type_: type[Event]) -> None:
    little, much = (msgspec.json.decode(seal(make(type_)).header) for make in (smallest, largest))
    names = [[line["field"] for line in header.get("parts", [])] for header in (little, much)]
    assert names[0] == names[1]


def test_a_commitment_opens_one_value_to_a_court_without_a_key() -> None:
    event = largest(EVENTS.types["case.subject_identified.v1"])
    salts: list[bytes] = []

    class Telling(ChaChaCipher):
        def sealer(
            self, key: bytes, event: UUID, person: PersonId
        ) -> Callable[[str, bytes], SealedValue]:
            seal = super().sealer(key, event, person)

            def sealed(field: str, value: bytes) -> SealedValue:
                sealed = seal(field, value)
                salts.append(salt_of(key, event, field, person, sealed.ciphertext))
                return sealed

            return sealed

    sealed = seal(event, sealing=Sealing(EVENTS, Telling()))
    header = msgspec.json.decode(sealed.header, type=Header)
    for salt, line in zip(salts, header.parts, strict=True):
        value = msgspec.json.encode(getattr(event, line.field), order="sorted")
        assert line.commitment == commitment(salt, value)
        assert line.commitment != commitment(salt, value + b" ")


def salt_of(key: bytes, event: UUID, field: str, person: PersonId, ciphertext: bytes) -> bytes:
    """As a court's expert would find it, from the description alone."""

    def prefixed(*names: bytes) -> bytes:
        return b"".join(len(name).to_bytes(4, "big") + name for name in names)

    bound = prefixed(event.bytes, field.encode(), person.bytes)
    part_key = hmac.digest(key, prefixed(b"part1") + bound, "sha256")
    return ChaCha20Poly1305(part_key).decrypt(ciphertext[1:13], ciphertext[13:], bound)[:32]


class StillCipher:
    """Seals every value to itself, so that what remains can be compared."""

    def sealer(
        self, key: bytes, event: UUID, person: PersonId
    ) -> Callable[[str, bytes], SealedValue]:
        del key, event, person
        return lambda _, value: SealedValue(
            value, hashlib.sha256(value).hexdigest(), commitment(b"", value)
        )

    def opener(self, key: bytes, event: UUID, person: PersonId) -> Callable[[str, bytes], bytes]:
        del key, event, person
        return lambda _, ciphertext: ciphertext


def every_digest() -> Iterator[str]:
    still = Sealing(EVENTS, StillCipher())
    for type_ in TYPES:
        for event in (smallest(type_), largest(type_)):
            sealed = seal(event, sealing=still)
            whole = sealed.header + b"".join(sealed.parts.values())
            yield f"{tag_of(type_)} {hashlib.sha256(whole).hexdigest()}"


def test_a_header_is_the_same_whatever_order_a_set_is_in() -> None:
    said = {
        subprocess.run(
            (sys.executable, "-c", "from tests.test_sealing import *; print(*every_digest())"),
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "012"
    }
    assert said == {" ".join(every_digest()) + "\n"}


@every_type
def test_what_lists_ask_of_a_header_is_what_it_says(type_: type[Event]) -> None:
    for event in (smallest(type_), largest(type_)):
        row = stored(seal(event))
        header, heading = header_of(row), heading_of(row)
        for name in heading.__struct_fields__:
            assert getattr(heading, name) == getattr(header, name)


# What is not as it should be


@pytest.mark.parametrize("read", [header_of, heading_of])
@pytest.mark.parametrize(
    "other",
    [
        {"stream": StreamId(UUID(int=5))},
        {"version": 99},
        {"type": "case.closed.v1"},
        {"facts": Span(0, 2)},
        {"entry": bytes(8) + b"{}"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_row_that_says_otherwise_than_its_header_is_damaged(
    read: Callable[[StoredEvent], object], other: dict[str, Any]
) -> None:
    row = stored(seal(smallest(WITH_PARTS)))
    read(row)
    with pytest.raises(EventDamaged):
        read(row._replace(**other))


def test_an_unknown_event_type_stops_the_reading_at_its_position() -> None:
    event = smallest(TYPES[0])
    sealed = replace(seal(event), type="case.from_the_future.v1")
    for read in (lambda: SEALING.open(stored(sealed)), lambda: [*SEALING.facts([fact(sealed)])]):
        with pytest.raises(UnknownEventType) as stopped:
            read()
        assert stopped.value.facts == {"type": "case.from_the_future.v1", "position": 9}


@every_type
def test_a_damaged_header_stops_the_reading_and_is_not_quoted(type_: type[Event]) -> None:
    sealed = seal(largest(type_))
    planted = b'{"planted":1,'
    at, size = sealed.facts
    damaged = replace(
        sealed,
        header=sealed.header[:at] + planted + sealed.header[at + 1 :],
        facts=Span(at, size + len(planted) - 1),
    )
    for read in (lambda: SEALING.open(stored(damaged)), lambda: [*SEALING.facts([fact(damaged)])]):
        with pytest.raises(EventDamaged) as stopped:
            read()
        assert stopped.value.facts == {"position": 9, "type": tag_of(type_)}
        assert stopped.value.__suppress_context__


@every_type
def test_facts_found_in_the_wrong_place_stop_the_reading(type_: type[Event]) -> None:
    sealed = seal(largest(type_))
    at, size = sealed.facts
    for wrong in (Span(0, 0), Span(at, size - 1), Span(at + 1, size), Span(at, size + 1)):
        moved = replace(sealed, facts=wrong)
        for read in (lambda: SEALING.open(stored(moved)), lambda: [*SEALING.facts([fact(moved)])]):  # noqa: B023 (called at once)
            with pytest.raises(EventDamaged):
                read()


def test_facts_cut_short_at_a_comma_are_not_taken_for_whole() -> None:
    event = largest(EVENTS.types["consent.granted.v1"])
    sealed = seal(event)
    at, _ = sealed.facts
    whole = fact(sealed).facts
    for cut in (n + 1 for n, byte in enumerate(whole) if byte == ord(",")):
        with pytest.raises(EventDamaged):
            list(SEALING.facts([fact(replace(sealed, facts=Span(at, cut)))]))


WITH_PARTS: Final = EVENTS.types["case.subject_identified.v1"]


def exchanged(parts: Parts) -> Parts:
    (one, first), (other, second), *_ = parts.items()
    return {**parts, one: second, other: first}


def test_a_part_that_is_missing_or_exchanged_is_damaged_only_for_who_opens_it() -> None:
    event = largest(WITH_PARTS)
    sealed = stored(seal(event))
    _, *others = sealed.parts
    for parts in ({}, {o: sealed.parts[o] for o in others}, exchanged(sealed.parts)):
        broken = sealed._replace(parts=parts)
        with pytest.raises(PartDamaged):
            SEALING.open(broken, keys_for(event))
        assert SEALING.open(broken).event == without_words(event, CLOSED)
        assert SEALING.open(broken, dict.fromkeys(keys_for(event))).event == without_words(
            event, ERASED
        )


def test_a_value_too_long_is_refused_by_its_place() -> None:
    event = smallest(WITH_PARTS)
    planted = "相川みさき" * 100
    with pytest.raises(ValueOutOfBounds) as refused:
        seal(msgspec.structs.replace(event, name=planted))
    assert refused.value.facts == {"type": tag_of(WITH_PARTS), "at": "$.name"}
    assert refused.value.__suppress_context__


# Two versions of one event


class VisitNoted(Event, frozen=True, kw_only=True, tag="test.visit_noted.v1"):
    words: Annotated[Sealed[FreeText], NAR]


class VisitNotedWithCompany(Event, frozen=True, kw_only=True, tag="test.visit_noted.v2"):
    stamps: ClassVar[frozenset[Literal["case", "agency"]]] = frozenset({"agency", "case"})

    companion: Annotated[PersonId, CNS]
    words: Annotated[Sealed[FreeText], NAR]
    their_words: Annotated[Sealed[FreeText | None], NAR.about("companion")]


VISITS: Final = Sealing(Catalogue((VisitNoted, VisitNotedWithCompany)), ChaChaCipher())
COMPANION: Final = PersonId(an_id(75))
alone = VisitNoted(words="雨の中を来所")
together = VisitNotedWithCompany(companion=COMPANION, words="妹と来所", their_words="姉を頼みます")


def test_the_first_version_is_read_beside_the_second() -> None:
    keys = keys_for(alone, together)
    sealed = [stored(seal(event, keys, VISITS)) for event in (alone, together)]
    assert [VISITS.open(event, keys).event for event in sealed] == [alone, together]


def test_each_persons_words_are_sealed_with_their_own_key() -> None:
    keys = keys_for(together)
    assert keys.keys() == {WOMAN, COMPANION}
    sealed = stored(seal(together, keys, VISITS))
    assert VISITS.open(sealed, {WOMAN: keys[WOMAN], COMPANION: None}).event == (
        msgspec.structs.replace(together, their_words=ERASED)
    )
    assert VISITS.open(sealed, {COMPANION: keys[COMPANION]}).event == (
        msgspec.structs.replace(together, words=CLOSED)
    )


def test_an_event_that_narrows_stamps_the_keys_of_its_place() -> None:
    assert seal(together, sealing=VISITS).stamps == (f"agency:{PLACE.key}", f"case:{PLACE.key}")
    assert seal(alone, sealing=VISITS).stamps == ()
