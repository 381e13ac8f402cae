"""Primero's scenarios A22 and A23: what she takes back, and what goes over her head."""

from datetime import date, timedelta
from typing import get_args

import msgspec
import pytest

from domain.case import (
    CaseNotFound,
    CloseCase,
)
from domain.catalogue import AnyCommand
from domain.consent_ledger import ConsentWithdrawn, RecordRefusal, WithdrawConsent
from domain.emergency import (
    AuthorisedByAnother,
    AuthoriseEmergency,
    EmergencyTooLong,
    MayNotAuthorise,
    NoDangerNamed,
    OverridesNotNamed,
    RequestEmergency,
)
from domain.items import NotAgreedTo
from domain.model import EmergencyId
from domain.referral import (
    AcceptReferral,
    DraftReferral,
    WithdrawReferral,
)
from tests.peers import HER_IDENTITY, HER_NAME, midorino


@pytest.mark.parametrize("by", ["city", "ayumi"])
def test_a22_what_she_takes_back_is_closed_at_once_and_withdrawing_is_always_possible(
    by: str,
) -> None:
    here = midorino()
    grant = here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    here.accepts(here.ayumi, referral)
    assert here.sees(here.ayumi) > {HER_NAME}
    here.says(getattr(here, by), WithdrawConsent(grant_id=grant))
    assert here.sees(here.ayumi) == set()
    withdraw = WithdrawReferral(referral_id=referral, reason="CONSENT_WITHDRAWN")
    here.says(getattr(here, by), withdraw)
    assert not here.takes_part(here.ayumi)


def test_a22_what_she_takes_back_before_it_is_accepted_is_not_accepted_any_more() -> None:
    here = midorino()
    grant = here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert here.sees(here.ayumi) == set()
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    assert here.refuses(here.ayumi, accept) is NotAgreedTo
    for by in (here.city, here.ayumi):
        withdraw = WithdrawReferral(referral_id=referral, reason="CONSENT_WITHDRAWN")
        assert here.refuses(by, withdraw) is None


def test_a22_a_withdrawal_is_never_kept_from_her_by_how_the_case_stands() -> None:
    here = midorino()
    grant = here.agrees(here.centre, valid_until=date(2027, 3, 31))
    here.says(here.city, CloseCase(reason="GOALS_MET", subject_wish="はい。"))
    assert here.says(here.city, WithdrawConsent(grant_id=grant)).the(ConsentWithdrawn)


def test_a23_no_command_says_that_her_consent_is_not_needed() -> None:
    """Only an emergency names what it overrides: a refusal, or an exclusion of hers."""
    overriding = {
        (command, name)
        for command in get_args(AnyCommand)
        for name in command.__struct_fields__
        if "overrid" in name or "consent_given" in name or "without_consent" in name
    }
    assert overriding == {
        (RequestEmergency, "overrides_refusals"),
        (RequestEmergency, "overrides_exclusions"),
    }


def test_a23_an_emergency_takes_danger_two_people_authority_and_an_end() -> None:
    here = midorino()
    head = here.world.enrols(here.city.agency, "REPRESENTATIVE")
    refused = here.says(
        here.city,
        RecordRefusal(
            kind="INFORMATION",
            recipients=frozenset({here.police.agency}),
            categories=frozenset({"IDN"}),
            purpose="PROTECTION",
        ),
    ).made
    ask = RequestEmergency(
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN"}),
        expires_at=here.world.at + timedelta(hours=72),
        asked_agencies=frozenset({here.centre.agency}),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"ASSAULT"}),
        danger_place="NOT_KNOWN",
    )
    change = msgspec.structs.replace
    without_danger = change(ask, danger=frozenset[str]())
    assert here.refuses(here.city, without_danger) is NoDangerNamed
    longer = change(ask, expires_at=here.world.at + timedelta(hours=73))
    assert here.refuses(here.city, longer) is EmergencyTooLong
    assert here.refuses(here.city, ask) is OverridesNotNamed
    asked = here.says(here.city, change(ask, overrides_refusals=frozenset({refused})))
    answer = AuthoriseEmergency(
        emergency_id=EmergencyId(asked.made),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"ASSAULT"}),
        danger_place="NOT_KNOWN",
    )
    assert here.refuses(here.city, answer) is MayNotAuthorise
    here.says(head, answer)
    assert here.sees(here.police) == set()  # She has refused: it takes a second agency.
    here.says(here.centre, answer)
    assert here.sees(here.police) == HER_IDENTITY
    hand_on = DraftReferral(
        kind="SERVICE_LINK", to_agency=here.ayumi.agency, purpose="SERVICE", urgency="LOW"
    )
    assert here.refuses(here.police, hand_on) is CaseNotFound
    here.world.passes(hours=72)
    assert here.sees(here.police) == set()


def test_a23_whoever_asks_does_not_answer() -> None:
    here = midorino()
    head = here.world.enrols(here.city.agency, "REPRESENTATIVE")
    ask = RequestEmergency(
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN"}),
        expires_at=here.world.at + timedelta(hours=1),
        impracticability="NO_TIME",
        danger=frozenset({"ASSAULT"}),
        danger_place="NOT_KNOWN",
    )
    answer = AuthoriseEmergency(
        emergency_id=EmergencyId(here.says(head, ask).made),
        impracticability="NO_TIME",
        danger=frozenset({"ASSAULT"}),
        danger_place="NOT_KNOWN",
    )
    assert here.refuses(head, answer) is AuthorisedByAnother
