"""The format of a scenario (シナリオの書式): what may stand in the file, and nothing else.

Times are told as in Japan, without an offset. A value that begins with ``@`` names something: an
agency (``@M1``), a member of its staff (``@M1.staff``), a detail of one of the people
(``@her.name``), what an earlier step keeps (``@R-A1``), a set of fields (``@all but her
medication``), or what whoever acts sees in the timeline: ``@seen case.accepted.v1`` is the last
record of this type, and ``@seen consent.granted.v1/until_stay`` what it says there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from domain.agency_codes import AgencyKind, Prefecture
from domain.categories import CategoryCode
from domain.codes import Sector
from domain.model import StaffRole
from domain.network_codes import NetworkBasis, NetworkLevel

Name: TypeAlias = Annotated[str, Meta(pattern=r"^[^@./][^@/]{0,63}$", description="A name.")]
Sentence: TypeAlias = Annotated[str, Meta(min_length=1, max_length=400)]
Moment: TypeAlias = Annotated[datetime, Meta(tz=False, description="As told in Japan.")]
Cell: TypeAlias = Literal["o", "●", "◐", "E", "S", "–"]
# Held to what the command says.
Value: TypeAlias = Annotated[object, Meta(extra_json_schema={"description": "As it says there."})]
OPERATOR: Final = "operator"


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Staff(Table, frozen=True, kw_only=True):
    name: Name = "staff"
    role: StaffRole = "CASEWORKER"


class Agency(Table, frozen=True, kw_only=True):
    """Who it is is told in both languages; it is registered as ``ja`` says."""

    name: Name
    ja: Sentence
    en: Sentence
    kind: AgencyKind
    prefecture: Prefecture
    sector: Sector = "PUBLIC"
    staff: Annotated[tuple[Staff, ...], Meta(min_length=1)] = (Staff(),)


class Network(Table, frozen=True, kw_only=True):
    """Led by its coordinating agency; ``rules`` are those that it adopts."""

    name: Name
    ja: Sentence
    en: Sentence
    level: NetworkLevel
    basis: NetworkBasis = "ACT_ART_15"
    led_by: Name
    members: tuple[Name, ...]
    rules: Mapping[str, Value] = {}


class FieldSet(Table, frozen=True, kw_only=True):
    """All fields that may hold something of these categories; and some more, and without some."""

    of: tuple[CategoryCode, ...] = ()
    also: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


class Place(Table, frozen=True, kw_only=True):
    """Where a stay is; where she went after a stay; where her case went."""

    ja: Sentence | None = None
    en: Sentence | None = None
    stay: Name | None = None
    after: Name | None = None
    transfer: bool = False


class Step(Table, frozen=True, kw_only=True):
    """Somebody sends a command, or is to see something that happened by itself.

    A step with sentences begins a scene. ``at``: later than the step before, or as that. Kept is
    what the command made; or of what is seen what it made, unless a field is named.
    """

    no: Annotated[str, Meta(max_length=16)] | None = None
    ja: Sentence | None = None
    en: Sentence | None = None
    at: Moment | None = None
    who: Annotated[str, Meta(description="M1, M1.staff, or operator.")]
    does: Annotated[str, Meta(description="A command, as case.open.")] | None = None
    sees: Annotated[str, Meta(description="A type of event, as case.opened.v1.")] | None = None
    with_: Mapping[str, Value] = msgspec.field(default={}, name="with")
    of_no_case: bool = False
    refused: Annotated[str, Meta(description="A code, as NOT_AGREED_TO.")] | None = None
    keeps: Name | None = None
    field: Annotated[str, Meta(description="Of what is seen, the field that is kept.")] | None = (
        None
    )
    owed: Sentence | None = None


class Matrix(Table, frozen=True, kw_only=True):
    """Who sees what then. Whoever is not named here sees nothing."""

    at: Moment
    ja: Sentence
    en: Sentence
    rows: Mapping[str, Annotated[str, Meta(description="A cell for each column.")]]


class Secret(Table, frozen=True, kw_only=True):
    """What must stand in no answer to these agencies, by no letter of it."""

    kept_from: tuple[Name, ...]
    words: tuple[Annotated[str, Meta(min_length=2)], ...]


class Scenario(Table, frozen=True, kw_only=True):
    ja: Sentence
    en: Sentence
    starts: Moment
    columns: tuple[str, ...] = ()
    people: Mapping[Name, Mapping[str, Value]] = {}
    fields: Mapping[Name, FieldSet] = {}
    places: Mapping[Name, Place] = {}
    agency: tuple[Agency, ...]
    network: tuple[Network, ...] = ()
    step: tuple[Step, ...]
    matrix: tuple[Matrix, ...] = ()
    secret: tuple[Secret, ...] = ()
