"""The code says what the tables of the specification say, and where it does not, says why."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import walk_packages
from typing import Final, get_args

import pytest
from msgspec import inspect

import domain
from domain.catalogue import EVENTS, AnyCommand
from domain.categories import Category
from domain.fields import cut_of
from domain.machine import NOT_YET, Machine
from domain.model import Command, Event
from tests.spec import agency, case, consent, grievance, meeting, network, referral
from tests.spec.deviations import (
    ARROWS,
    BESIDE,
    EVENTS_BESIDE,
    MACHINES_BESIDE,
    MORE_CODES,
    PRIMARY,
    STANDS_AS,
    STAYS,
    Arrows,
)
from tests.spec.proving import PROVED
from tests.spec.tables import Row, Told

SPECS: Final = (case, referral, meeting, consent, agency, network, grievance)
TOLD: Final[Mapping[str, Told]] = {
    name: told for spec in SPECS for name, told in spec.EVENTS.items()
}
CODES: Final = {said: codes for spec in SPECS for said, codes in spec.CODES.items()}
ASKED: Final = {
    name: asked
    for spec in (case, referral, meeting, consent, grievance)
    for name, asked in spec.COMMANDS.items()
}
# Each machine of the specification, and where the code has it.
MACHINES: Final[Mapping[str, tuple[Row, ...] | frozenset[tuple[str, str]]]] = {
    "domain.case.course:STATUS": case.STATUS,
    "domain.case.course:STAGE": case.STAGE,
    "domain.case.stays:STAY": case.STAY,
    "domain.case.plans:PLAN": case.PLAN,
    "domain.case.legal:STEP": case.LEGAL_STEP,
    "domain.referral.states:REFERRAL": referral.REFERRAL,
    "domain.meeting.course:MEETING": meeting.MEETING,
    "domain.meeting.course:CONSULTATION": meeting.CONSULTATION,
    "domain.consent_ledger.grants:GRANT": consent.GRANT,
    "domain.emergency:EMERGENCY": consent.EMERGENCY,
    "domain.trail.purges:PURGE": consent.PURGE,
    "domain.erasure:ERASURE": consent.ERASURE,
    "domain.agency:AGENCY": agency.AGENCY,
    "domain.network:NETWORK": network.NETWORK,
    "domain.grievance:GRIEVANCE": grievance.GRIEVANCE,
}

NONE_LISTED: Final[Mapping[str, str]] = {}


def event_of(name: str) -> type[Event]:
    return EVENTS.types[TOLD[name].tag]


def listed(name: str) -> Mapping[str, str]:
    return TOLD[name].fields or NONE_LISTED


def fields_of(event: type[Event]) -> dict[str, str]:
    cut = cut_of(event)
    return {field.name: said(field.category) for field in (*cut.clear, *cut.sealed)}


def said(category: Category) -> str:
    return "|".join(sorted(category.codes))


def expected(name: str) -> dict[str, str]:
    """The fields of the table, each as the code has it or as it is said to stand instead."""
    fields: dict[str, str] = {}
    for field, category in listed(name).items():
        instead = STANDS_AS.get((name, field))
        fields |= {field: category} if instead is None else instead.fields
    fields |= {field: more.category for field, more in BESIDE.get(name, {}).items()}
    return {field: "|".join(sorted(category.split("|"))) for field, category in fields.items()}


@pytest.mark.parametrize("name", TOLD)
def test_an_event_of_the_specification_is_there_under_its_tag(name: str) -> None:
    assert TOLD[name].tag in EVENTS.types


@pytest.mark.parametrize("name", TOLD)
def test_an_event_has_the_fields_and_categories_of_its_table(name: str) -> None:
    fields = fields_of(event_of(name))
    if TOLD[name].fields is None:
        assert fields.items() >= expected(name).items()
    else:
        assert fields == expected(name)


@pytest.mark.parametrize("name", TOLD)
def test_an_event_is_mainly_about_what_its_table_says(name: str) -> None:
    primary = PRIMARY[name].category if name in PRIMARY else TOLD[name].primary
    assert said(event_of(name).primary) == "|".join(sorted(primary.split("|")))


def test_every_other_event_says_why_it_is_there() -> None:
    assert set(EVENTS.types) - {told.tag for told in TOLD.values()} == set(EVENTS_BESIDE)


@pytest.mark.parametrize(("name", "field"), STANDS_AS)
def test_a_field_that_stands_as_the_table_says_is_no_deviation(name: str, field: str) -> None:
    fields = TOLD[name].fields
    assert fields is not None
    assert STANDS_AS[name, field].fields != {field: fields[field]}


def test_a_primary_category_as_the_table_says_is_no_deviation() -> None:
    assert [name for name in PRIMARY if PRIMARY[name].category == TOLD[name].primary] == []


def test_a_field_that_the_table_has_is_not_beside_it() -> None:
    assert {
        (name, field)
        for name, more in BESIDE.items()
        for field in more
        if (name, field) not in STANDS_AS and field in listed(name)
    } == set()


def literals(info: inspect.Type) -> set[object]:
    match info:
        case inspect.LiteralType(values=values):
            return set(values)
        case inspect.UnionType(types=types):
            return set[object]().union(*map(literals, types))
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return literals(item)
        case inspect.Metadata(type=inner):
            return literals(inner)
        case _:
            return set()


def codes_said(name: str, field: str) -> set[object]:
    """Without what stands for a value that is withheld."""
    instead = STANDS_AS.get((name, field))
    fields = {field} if instead is None else set(instead.fields)
    info = inspect.type_info(event_of(name))
    assert isinstance(info, inspect.StructType)
    return set[object]().union(
        *(literals(each.type) for each in info.fields if each.name in fields)
    )


@pytest.mark.parametrize(("name", "field"), CODES, ids=str)
def test_a_code_says_what_its_table_lets_it_say(name: str, field: str) -> None:
    more = MORE_CODES.get((name, field))
    codes = codes_said(name, field)
    assert codes == {*CODES[name, field].split(), *(more.codes.split() if more else ())}
    assert not more or not set(more.codes.split()) & set(CODES[name, field].split())


@pytest.mark.parametrize(("name", "field"), case.HOW_MANY, ids=str)
def test_a_list_that_is_named_has_as_many_codes_as_it_should(name: str, field: str) -> None:
    assert len(codes_said(name, field)) == case.HOW_MANY[name, field]


def machine_at(where: str) -> Machine:
    module, _, name = where.partition(":")
    found = getattr(import_module(module), name)
    assert isinstance(found, Machine)
    return found


@pytest.mark.parametrize("where", MACHINES)
def test_a_machine_goes_as_its_table_does_and_in_no_other_way(where: str) -> None:
    machine = machine_at(where)
    table = MACHINES[where]
    more, less = ARROWS.get(where, Arrows())
    if isinstance(table, frozenset):
        goes = {f"{e.before} {e.after}" for e in machine.edges if e.before != e.after}
        wanted = {f"{before} {after}" for before, after in table if before != after}
    else:
        goes = {f"{e.before} {e.event.__name__} {e.after}" for e in machine.edges}
        goes -= {f"{at} {event} {at}" for event, ats in staying(where) for at in ats}
        wanted = {f"{row.before} {row.events} {row.after}" for row in table}
    assert less.keys() <= wanted
    assert not more.keys() & wanted
    assert goes == (wanted | more.keys()) - less.keys()


def staying(where: str) -> list[tuple[str, list[str]]]:
    return [(event, ats.split()) for event, ats in STAYS.get(where, {}).items()]


@pytest.mark.parametrize("where", STAYS)
def test_what_leaves_a_state_as_it_is_may_happen_in_it(where: str) -> None:
    stays = {(e.before, e.event.__name__) for e in machine_at(where).edges if e.before == e.after}
    assert {(at, event) for event, ats in staying(where) for at in ats} <= stays


@pytest.mark.parametrize("where", MACHINES)
def test_every_state_of_a_machine_has_its_names_and_its_way(where: str) -> None:
    machine = machine_at(where)
    reached = {edge.after for edge in machine.edges} | {edge.before for edge in machine.edges}
    assert reached - {NOT_YET} == set(machine.states) - {NOT_YET}
    assert all(label.ja and label.en for label in machine.states.values())


def test_every_other_machine_says_why_it_is_there() -> None:
    found: dict[int, str] = {}
    for module in walk_packages(domain.__path__, "domain."):
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, Machine):
                found.setdefault(id(value), name)
    ours = {id(machine_at(where)) for where in MACHINES}
    assert {name for at, name in found.items() if at not in ours} == set(MACHINES_BESIDE)


@pytest.mark.parametrize("name", ASKED)
def test_a_command_of_the_specification_may_be_asked(name: str) -> None:
    commands: tuple[type[Command], ...] = get_args(AnyCommand)
    assert ASKED[name].tag in {command.__struct_config__.tag for command in commands}


def test_each_row_of_what_may_be_asked_names_what_proves_it() -> None:
    assert PROVED.keys() == ASKED.keys()


@pytest.mark.parametrize(
    ("name", "proof"), [(name, one) for name in PROVED for one in PROVED[name]]
)
def test_what_proves_what_the_specification_says_of_a_command_is_there(
    name: str, proof: str
) -> None:
    """A test of its own module, that one can read beside the row of the table."""
    assert ASKED[name].precondition
    module, _, test = proof.partition(":")
    assert test.startswith("test_")
    assert callable(vars(import_module(f"tests.{module}")).get(test)), proof
