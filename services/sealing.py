"""Sealing (封緘): an event becomes a clear header and sealed parts, and an event again.

A sealed value is the JSON of its field. So opening is putting each opened value back among the
facts of the header; what stays closed, or can never be opened again, is put back as such.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from domain.fields import Catalogue, Cut, cut_of, tag_of
from domain.header import SCHEMA, Header, Heading, PartLine
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    Context,
    Event,
    EventId,
    PersonId,
    Stamp,
    StreamId,
    fence_key,
)
from domain.speech import CannotRun, Refused
from services.ports import Cipher, Fact, Keys, NewEvent, PartDamaged, SealedValue, Span, StoredEvent

E = TypeVar("E", bound=Event)
AnyHeader = TypeVar("AnyHeader", Header, Heading)


class UnknownEventType(CannotRun):
    """The log holds an event type that this version does not know. It does not read on."""

    ja: ClassVar[str] = "記録に、この版の知らない種類の出来事があります。読み飛ばさずに停止します。"
    remedy: ClassVar[str] = "Run the version of Tsunagu that wrote it, or a newer one."
    remedy_ja: ClassVar[str] = "その出来事を記録した版か、それより新しい Tsunagu を使ってください。"


class ValueOutOfBounds(Refused):
    """A value is longer, larger or other than its field can hold."""

    ja: ClassVar[str] = "項目に入りきらない値、または項目に合わない値があります。"


class EventDamaged(CannotRun):
    """An event in the log is not what was written."""

    ja: ClassVar[str] = "記録された出来事が、書き込まれたときの内容と一致しません。"
    remedy: ClassVar[str] = "Restore the database from a backup, and keep this one for inquiry."
    remedy_ja: ClassVar[str] = (
        "バックアップからデータベースを復元し、現在のものは調査のため保存してください。"
    )


class PersonErased(Refused):
    """Nothing more can be recorded about this person: her record was erased."""

    ja: ClassVar[str] = "この方の記録は消去されているため、これ以上記録できません。"


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked for it, when it happened, and which command brought it."""

    by: Context
    occurred_at: datetime
    correlation: UUID
    command: CommandId


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the log an event goes, and whose its words are unless it says otherwise."""

    stream: StreamId
    key: UUID
    version: int
    woman: PersonId
    case: CaseId | None = None


class Recorded(msgspec.Struct, Generic[E], frozen=True, kw_only=True):
    """An event in its place in the log, with who caused it and when."""

    stored: StoredEvent
    header: Header
    event: E

    @property
    def position(self) -> int:
        return self.stored.position

    @property
    def recorded_at(self) -> datetime:
        return self.stored.recorded_at


class Sealed(NamedTuple):
    """An event on its way into the log, and its header as it stands in it."""

    new: NewEvent
    header: Header


class Sealing:
    def __init__(self, catalogue: Catalogue, cipher: Cipher) -> None:
        self._forms: Final = {tag: _form(event) for tag, event in catalogue.types.items()}
        self._cipher: Final = cipher

    def seal(
        self, event: Event, event_id: UUID, place: Place, origin: Origin, keys: Keys
    ) -> NewEvent:
        return self.sealed(event, event_id, place, origin, keys).new

    def sealed(
        self, event: Event, event_id: UUID, place: Place, origin: Origin, keys: Keys
    ) -> "Sealed":
        """With its header, for whoever goes on with it at once."""
        form = _form(type(event))
        members = form.members(event)
        lines: list[PartLine] = []
        parts: dict[str, bytes] = {}
        sealers = {
            named: self._sealer(event_id, person_of(event, named, place.woman), keys)
            for named in form.persons
        }
        for field in form.cut.sealed:
            person, seal = sealers[field.category.person_field]
            value = seal(field.name, bytes(members[field.name]))
            parts[field.name] = value.ciphertext
            lines.append(
                PartLine(
                    field=field.name,
                    category=field.category.of(event),
                    person=person,
                    sha256=value.sha256,
                    commitment=value.commitment,
                )
            )
        facts = form.facts(members)
        header = Header(
            agency=origin.by.agency,
            case=place.case,
            command=origin.command,
            correlation=origin.correlation,
            facts=facts,
            id=event_id,
            occurred_at=origin.occurred_at,
            parts=tuple(lines),
            role=origin.by.role,
            schema=SCHEMA,
            staff=origin.by.staff,
            stream=place.stream,
            type=form.tag,
            version=place.version,
        )
        encoded = _ENCODER.encode(header)
        new = NewEvent(
            stream=place.stream,
            version=place.version,
            type=form.tag,
            header=encoded,
            facts=Span(encoded.index(_BEFORE_FACTS) + len(_BEFORE_FACTS), len(bytes(facts))),
            parts=parts,
            stamps=tuple(fence_key(kind, place.key) for kind in form.stamps),
        )
        return Sealed(new, header)

    def facts(self, history: Iterable[Fact]) -> Iterator[Event]:
        """The events alone, every part closed: what deciding folds."""
        forms = self._forms
        for fact in history:
            form = forms.get(fact.type)
            if form is None:
                raise UnknownEventType(type=fact.type, position=fact.position)
            if not fact.facts.endswith(b"}"):
                raise EventDamaged(position=fact.position, type=fact.type) from None
            try:
                event: Event = form.decode(
                    fact.facts[:-1] + form.ending if fact.facts != b"{}" else form.alone
                )
            except msgspec.DecodeError:  # Its words may be a person's: they go no further.
                raise EventDamaged(position=fact.position, type=fact.type) from None
            yield event

    def expect(self, stored: StoredEvent) -> None:
        """What is not known here is never passed over, not even by those who would not open it."""
        if stored.type not in self._forms:
            raise UnknownEventType(type=stored.type, position=stored.position)

    def open(
        self, stored: StoredEvent, keys: Keys | None = None, only: Container[str] | None = None
    ) -> Recorded[Event]:
        """With ``keys``, what they open is opened, of ``only`` these fields if they are named.

        Without, every part stays closed.
        """
        form = self._forms.get(stored.type)
        if form is None:
            raise UnknownEventType(type=stored.type, position=stored.position)
        try:
            header = header_of(stored)
            sealed = form.closed if keys is None else self._opened(stored, header, keys, only)
            event = form.decode(_joined(bytes(header.facts), sealed))
        except msgspec.DecodeError:
            raise EventDamaged(position=stored.position, type=stored.type) from None
        return Recorded(stored=stored, header=header, event=event)

    def values(
        self, stored: StoredEvent, header: Header, keys: Keys, only: Container[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Of these fields, those that are sealed, each as JSON."""
        person, value = None, STAYS_CLOSED
        for line in header.parts:
            if line.field in only:
                if person is None or person.int != line.person.int:
                    person = line.person
                    value = self._opener(header.id, person, keys)
                yield line.field, value(line, stored.parts.get(line.field))

    def _opened(
        self, stored: StoredEvent, header: Header, keys: Keys, only: Container[str] | None
    ) -> bytes:
        named = {line.field for line in header.parts} if only is None else only
        opened = dict(self.values(stored, header, keys, named))
        return b",".join(
            _member(line.field, opened.get(line.field, _CLOSED)) for line in header.parts
        )

    def _sealer(self, event: UUID, person: PersonId, keys: Keys) -> "tuple[PersonId, Sealer]":
        key = keys[person]
        if key is None:
            raise PersonErased(person=person)
        return person, self._cipher.sealer(key, event, person)

    def _opener(self, event: UUID, person: PersonId, keys: Keys) -> "Opener":
        key = keys.get(person, NO_KEY)
        if key == NO_KEY:
            return STAYS_CLOSED
        if key is None:
            return WAS_ERASED
        opened = self._cipher.opener(key, event, person)

        def value(line: PartLine, ciphertext: bytes | None) -> bytes:
            if ciphertext is None or hashlib.sha256(ciphertext).hexdigest() != line.sha256:
                raise PartDamaged(event=event, field=line.field)
            return opened(line.field, ciphertext)

        return value


NO_KEY: Final = b""
Opener: TypeAlias = Callable[[PartLine, bytes | None], bytes]
Sealer: TypeAlias = Callable[[str, bytes], SealedValue]


def _always(value: bytes) -> Opener:
    return lambda _line, _ciphertext: value


def persons_of(event: Event, woman: PersonId) -> frozenset[PersonId]:
    """Whose keys it takes to seal this."""
    return frozenset(person_of(event, named, woman) for named in _form(type(event)).persons)


def person_of(event: Event, person_field: str | None, woman: PersonId) -> PersonId:
    return woman if person_field is None else PersonId(getattr(event, person_field))


def persons_in(stored: Iterable[StoredEvent]) -> frozenset[PersonId]:
    """Whose keys it takes to open these."""
    return frozenset(line.person for event in stored for line in header_of(event).parts)


def header_of(stored: StoredEvent) -> Header:
    return _decoded(_HEADER, stored)


def heading_of(stored: StoredEvent) -> Heading:
    return _decoded(_HEADING, stored)


def _decoded(decoder: msgspec.json.Decoder[AnyHeader], stored: StoredEvent) -> AnyHeader:
    """The row says again what the header says; only the header can be proved."""
    try:
        header = decoder.decode(stored.header)
    except msgspec.DecodeError:
        raise EventDamaged(position=stored.position, type=stored.type) from None
    said = stored.facts_said
    if (
        header.stream.int != stored.stream.int  # Comparing ids as such takes far longer.
        or header.type != stored.type
        or header.version != stored.version
        or (said is not None and said != bytes(header.facts))
    ):
        raise EventDamaged(position=stored.position, type=stored.type)
    return header


def authors_of(stored: Iterable[StoredEvent]) -> Iterator[AgencyId]:
    """Whose records they are; of the rest of the headers, nothing is looked at."""
    known: dict[bytes, AgencyId] = {}
    for event in stored:
        # A header's names are sorted, so that this is where it says so.
        said = event.entry[8 : 8 + len(_AGENCY_FIRST) + 36]
        agency = known.get(said)
        if agency is None:
            try:
                agency = _AUTHOR.decode(event.header).agency
            except msgspec.DecodeError:
                raise EventDamaged(position=event.position, type=event.type) from None
            if said.startswith(_AGENCY_FIRST):
                known[said] = agency
        yield agency


def id_of(stored: StoredEvent) -> EventId:
    """Its own id; of the rest of the header, nothing is looked at where its facts are known."""
    if stored.facts is None:
        return EventId(header_of(stored).id)
    # A header's names are sorted, so that this follows its facts.
    begin = 8 + stored.facts.at + stored.facts.size
    said = stored.entry[begin : begin + len(_THEN_ID) + 38]
    try:
        return EventId(_ID.decode(said.removeprefix(_THEN_ID)))
    except msgspec.DecodeError:
        raise EventDamaged(position=stored.position, type=stored.type) from None


def facts_in(header: Header) -> dict[str, msgspec.Raw]:
    """Each clear field as JSON. What is not there is as the field's default says."""
    return _MEMBERS.decode(header.facts)


class _Author(msgspec.Struct, frozen=True):
    agency: AgencyId


class _Form(msgspec.Struct, frozen=True):
    """An event type's two faces: its JSON whole, and its JSON cut into members."""

    tag: str
    cut: Cut
    clear: tuple[str, ...]  # The names of its clear fields, in order.
    persons: tuple[str | None, ...]  # Which fields name whose its sealed fields are.
    stamps: tuple[Stamp, ...]  # In order.
    decode: Callable[[bytes], Any]
    closed: bytes  # What stands for the parts where none is opened:
    ending: bytes  # the same, after facts that lack only their last brace;
    alone: bytes  # and where there are no facts.

    def members(self, event: Event) -> dict[str, msgspec.Raw]:
        whole = _SORTING.encode(event)
        try:
            self.decode(whole)  # What could not be read again is never written.
        except msgspec.ValidationError as error:
            raise ValueOutOfBounds(type=self.tag, at=_path(error)) from None
        return _MEMBERS.decode(whole)

    def facts(self, members: dict[str, msgspec.Raw]) -> msgspec.Raw:
        return msgspec.Raw(
            _ENCODER.encode({name: members[name] for name in self.clear if name in members})
        )


@cache
def _form(event: type[Event]) -> _Form:
    cut = cut_of(event)
    closed = b",".join(_member(field.name, _CLOSED) for field in cut.sealed)
    return _Form(
        tag=tag_of(event),
        cut=cut,
        clear=tuple(sorted(field.name for field in cut.clear)),
        persons=tuple(dict.fromkeys(field.category.person_field for field in cut.sealed)),
        stamps=tuple(sorted(event.stamps)),
        decode=msgspec.json.Decoder(event).decode,
        closed=closed,
        ending=b"," + closed + b"}" if closed else b"}",
        alone=_joined(b"{}", closed),
    )


_ENCODER: Final = msgspec.json.Encoder()  # Of what has its names in order as it is: a header.
_SORTING: Final = msgspec.json.Encoder(order="sorted")
_HEADER: Final = msgspec.json.Decoder(Header)
_HEADING: Final = msgspec.json.Decoder(Heading)
_AGENCY_FIRST: Final = b'{"agency":"'
_AUTHOR: Final = msgspec.json.Decoder(_Author)
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
# Of the members before it none holds free words: where this stands first, the facts begin.
_BEFORE_FACTS: Final = b'"facts":'
_THEN_ID: Final = b',"id":'
_ID: Final = msgspec.json.Decoder(UUID)
_CLOSED: Final = b'{"withheld":"closed"}'
_ERASED: Final = b'{"withheld":"erased"}'
STAYS_CLOSED: Final = _always(_CLOSED)
WAS_ERASED: Final = _always(_ERASED)


def _member(name: str, value: bytes) -> bytes:
    return b'"%s":%s' % (name.encode(), value)


def _joined(facts: bytes, sealed: bytes) -> bytes:
    if not sealed:
        return facts
    return facts[:-1] + (b"," if facts != b"{}" else b"") + sealed + b"}"


def _path(error: msgspec.ValidationError) -> str:
    """Where the value stands; never the value."""
    return str(error).rpartition(" - at ")[2].strip("`") or "$"
