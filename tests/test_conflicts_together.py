"""A conflict of a child is settled by somebody, whatever has become of those who recorded it."""

from typing import Any, Final

import pytest

from domain.agency import DeactivateAgency, SucceedAgency, SuspendAgency
from domain.case import AssignRole, CaseNotFound, EndParticipation
from domain.case.companions import AddCompanion
from domain.consent_ledger import (
    ChildInConflict,
    ConflictNotFound,
    ConflictSettled,
    ExplainConsent,
    GrantConsent,
    RecordConflict,
    SettleConflict,
)
from domain.model import AgencyId, GrantId, PersonId
from tests.peers import Midorino, midorino
from tests.world import Someone

BY_HIS_MOTHER: Final[dict[str, Any]] = {
    "kind": "INFORMATION",
    "purpose": "PROTECTION",
    "categories": frozenset({"IDN"}),
}


@pytest.fixture
def here() -> Midorino:
    here = midorino()
    takes_part(here, here.ayumi)
    return here


def takes_part(here: Midorino, who: Someone) -> None:
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=who.agency))


def torn(here: Midorino, *by: Someone) -> PersonId:
    """Her son, as each of these has said."""
    add = AddCompanion(companion="CHILD", relation="CHILD", name="そら")
    son = PersonId(here.says(here.city, add).made)
    for each in by:
        here.says(each, RecordConflict(child_id=son))
    return son


def for_him(here: Midorino, son: PersonId) -> GrantConsent:
    to = frozenset({here.hospital.agency})
    asked = ExplainConsent(
        recipients=to, language="ja", material_version="2026-04", **BY_HIS_MOTHER
    )
    return GrantConsent(
        grant_id=GrantId(here.says(here.city, asked).made),
        grantor="GUARDIAN",
        grantor_id=son,
        recipients=to,
        until_event="CASE_CLOSE",
        history="FULL",
        method="WRITTEN",
        **BY_HIS_MOTHER,
    )


def settles(here: Midorino, who: Someone, son: PersonId) -> list[AgencyId]:
    """Whose conflict is settled by what it says."""
    said = here.says(who, SettleConflict(child_id=son)).events
    return [event.via_agency for event in said if isinstance(event, ConflictSettled)]


def test_what_an_agency_said_that_has_left_is_settled_by_whoever_answers_for_her(
    here: Midorino,
) -> None:
    takes_part(here, here.hospital)
    son = torn(here, here.ayumi)
    settle = SettleConflict(child_id=son)
    agree = for_him(here, son)
    for who in (here.city, here.hospital):  # It takes part, and says itself when it is over.
        assert here.refuses(who, settle) is ConflictNotFound
    here.says(here.city, EndParticipation(agency_id=here.ayumi.agency))
    assert here.refuses(here.ayumi, settle) is CaseNotFound
    assert here.refuses(here.hospital, settle) is ConflictNotFound
    assert here.refuses(here.city, agree) is ChildInConflict
    assert settles(here, here.city, son) == [here.ayumi.agency]
    assert here.refuses(here.city, agree) is None


def test_of_its_own_and_of_those_that_have_left_it_settles_each(here: Midorino) -> None:
    son = torn(here, here.city, here.ayumi)
    here.says(here.city, EndParticipation(agency_id=here.ayumi.agency))
    both = settles(here, here.city, son)
    assert sorted(both) == sorted([here.city.agency, here.ayumi.agency])


def test_what_is_torn_for_another_child_stays_so(here: Midorino) -> None:
    son, other = torn(here, here.ayumi), torn(here, here.ayumi)
    assert settles(here, here.ayumi, son) == [here.ayumi.agency]
    assert here.refuses(here.city, for_him(here, son)) is None
    assert here.refuses(here.city, for_him(here, other)) is ChildInConflict


def test_what_an_agency_said_is_settled_by_whoever_took_over_from_it(here: Midorino) -> None:
    son = torn(here, here.ayumi)
    takes_part(here, here.hospital)
    new = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE", name="新あゆみ")
    takes_part(here, new)
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=here.ayumi.agency, successor=new.agency)
    )
    settle = SettleConflict(child_id=son)
    for who in (here.city, here.hospital):
        assert here.refuses(who, settle) is ConflictNotFound
    assert settles(here, new, son) == [here.ayumi.agency]
    assert here.refuses(here.city, for_him(here, son)) is None


def test_where_whoever_took_over_takes_no_part_whoever_answers_for_her_settles_it(
    here: Midorino,
) -> None:
    son = torn(here, here.ayumi)
    new = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE", name="新あゆみ")
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=here.ayumi.agency, successor=new.agency)
    )
    assert here.refuses(new, SettleConflict(child_id=son)) is CaseNotFound
    assert settles(here, here.city, son) == [here.ayumi.agency]


def test_whoever_is_suspended_will_say_so_itself_and_whoever_is_no_more_will_not(
    here: Midorino,
) -> None:
    son = torn(here, here.ayumi)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    assert here.refuses(here.city, SettleConflict(child_id=son)) is ConflictNotFound
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.ayumi.agency))
    assert settles(here, here.city, son) == [here.ayumi.agency]
