"""What the installation does by itself: little, and in a name that nobody else can have."""

import random
from typing import get_args

import pytest

from domain.agency import RegisterAgency, StaffNotEnrolled
from domain.automatic import BY_ITSELF, NotByItself, check_is_automatic
from domain.catalogue import AnyCommand
from domain.model import AgencyId, Command, StaffRole
from tests.anything import asked
from tests.spec import NOW
from tests.world import NOBODY, Someone, World

WORLD = World()
REGISTER = RegisterAgency(kind="POLICE", name="青葉県警察本部", prefecture="06", sector="PUBLIC")


def test_nobody_is_enrolled_as_the_installation() -> None:
    assert "INSTALLATION" not in get_args(StaffRole)


@pytest.mark.parametrize(
    "other",
    [
        NOBODY._replace(agency=AgencyId(WORLD.fresh())),
        NOBODY._replace(staff=WORLD.operator.staff),
        NOBODY._replace(role="REPRESENTATIVE"),
        WORLD.operator._replace(role="INSTALLATION"),
    ],
)
def test_nobody_passes_for_the_installation_by_half_of_its_name(other: Someone) -> None:
    assert not WORLD.asking(other).is_automatic
    assert WORLD.refuses(other, REGISTER) is StaffNotEnrolled


def test_what_people_decide_the_installation_does_not() -> None:
    assert WORLD.asking(NOBODY).is_automatic
    assert WORLD.refuses(NOBODY, REGISTER) is NotByItself


@pytest.mark.parametrize("kind", get_args(AnyCommand), ids=lambda kind: kind.__name__)
def test_what_it_does_by_itself_is_named_and_all_else_it_is_refused(kind: type[Command]) -> None:
    command = asked(kind, random.Random(1), NOW)
    if kind in BY_ITSELF:
        check_is_automatic(command)
    else:
        with pytest.raises(NotByItself):
            check_is_automatic(command)
