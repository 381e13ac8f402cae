"""Every machine is held to a table: every command, in every state."""

from typing import Final

import pytest

from tests.courses import COURSES, gather, table
from tests.spec.deviations import MACHINES_BESIDE
from tests.test_spec import MACHINES

gather()

# The machines of the code, and under which names they are counted.
HELD: Final[dict[str, tuple[str, ...]]] = {
    "STATUS": ("case (status)",),
    "STAGE": ("case (stage)",),
    "STAY": ("stay",),
    "PLAN": ("support plan",),
    "STEP": ("legal step",),
    "SERVICE": ("service",),
    "BUNDLE": ("procedure bundle",),
    "NEED": ("need",),
    "AFTERCARE": ("aftercare",),
    "REFERRAL": ("referral",),
    "MEETING": (
        "meeting (representatives)",
        "meeting (practitioners)",
        "meeting (individual_case)",
        "meeting (counsellor_liaison)",
        "meeting (liaison_council)",
        "meeting (interprefectural)",
    ),
    "FORUM": ("meeting (external_forum)",),
    "CONSULTATION": ("consultation",),
    "GRANT": ("consent",),
    "EMERGENCY": ("emergency",),
    "PURGE": ("purge",),
    "ERASURE": ("erasure",),
    "AGENCY": ("agency",),
    "NETWORK": ("network",),
    "GRIEVANCE": ("grievance",),
}


def test_every_machine_there_is_has_its_tables() -> None:
    print("", *table(), sep="\n")  # noqa: T201
    assert set(HELD) == {where.partition(":")[2] for where in MACHINES} | set(MACHINES_BESIDE)
    assert {name for names in HELD.values() for name in names} <= set(COURSES)


@pytest.mark.parametrize("name", COURSES)
def test_a_table_leaves_out_no_command_in_any_state(name: str) -> None:
    cells = COURSES[name]
    every = {(c.state, d.command) for c in cells for d in cells}
    assert {(cell.state, cell.command) for cell in cells} == every


@pytest.mark.parametrize("name", COURSES)
def test_in_every_table_something_happens(name: str) -> None:
    assert any(cell.comes == "goes on" for cell in COURSES[name])
