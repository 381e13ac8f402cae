"""Refusing: what she says last holds, whatever she had agreed to, or was asked under what name."""

from collections.abc import Collection
from datetime import date
from typing import Final

import msgspec
import pytest

from domain.categories import CategoryCode
from domain.consent_ledger import (
    ConsentNarrowed,
    ConsentRefused,
    ConsentWasRefused,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
    RecordRefusal,
)
from domain.model import AgencyId, Context, GrantId
from tests.consenting import (
    HER_SISTER,
    LEDGER,
    explained,
    grant,
    granted,
    ledger,
    withdrawn,
)
from tests.invariants import accepted
from tests.invariants import refused as refused_
from tests.peers import midorino
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, given, later, making

REFUSED: Final = GrantId(an_id(810))
SAYING_NO: Final = making(CITY, REFUSED)
to_both: Final = msgspec.structs.replace(
    granted, recipients=frozenset({CENTRE.agency, SHELTER.agency})
)


def refuses(*to: Context, categories: Collection[CategoryCode] = ()) -> RecordRefusal:
    return RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset(each.agency for each in to),
        categories=frozenset(categories),
        purpose="PROTECTION",
    )


def recorded(command: RecordRefusal, grant_id: GrantId = REFUSED) -> ConsentRefused:
    return ConsentRefused(
        grant_id=grant_id,
        kind=command.kind,
        recipients=command.recipients,
        categories=command.categories,
        purpose=command.purpose,
        at=NOW,
    )


def without(
    *, categories: Collection[CategoryCode] = (), recipients: Collection[AgencyId] = ()
) -> ConsentNarrowed:
    return ConsentNarrowed(
        grant_id=granted.grant_id,
        removed_categories=frozenset(categories),
        removed_recipients=frozenset(recipients) or None,
        at=NOW,
        via_agency=CITY.agency,
    )


# What she had agreed to


def test_what_she_refuses_is_taken_out_of_what_she_had_agreed_to() -> None:
    no = refuses(CENTRE, categories={"IDN", "HLT"})
    given(LEDGER, explained, granted).when(no, by=SAYING_NO).then(
        recorded(no), without(categories={"IDN"})
    )


def test_whoever_she_refuses_among_several_loses_all_of_it_and_the_others_nothing() -> None:
    no = refuses(SHELTER, POLICE, categories={"IDN"})
    given(LEDGER, explained, to_both).when(no, by=SAYING_NO).then(
        recorded(no), without(recipients={SHELTER.agency})
    )


@pytest.mark.parametrize("categories", [(), ("IDN", "CNT", "RSK", "LOC")])
def test_what_she_refuses_wholly_she_has_taken_back(categories: Collection[CategoryCode]) -> None:
    """Where no category is named, all of them were refused."""
    no = refuses(CENTRE, SHELTER, categories=categories)
    for before in (granted, to_both):
        given(LEDGER, explained, before).when(no, by=SAYING_NO).then(recorded(no), withdrawn)


def test_it_is_taken_back_without_a_word_when_none_can_be_kept() -> None:
    no = refuses(CENTRE)
    given(ledger(status="ERASED"), explained, granted).when(no, by=SAYING_NO).then(
        recorded(no),
        ConsentWithdrawnWordless(grant_id=granted.grant_id, at=NOW, via_agency=CITY.agency),
    )


def test_what_she_did_not_refuse_goes_on() -> None:
    for no in (
        refuses(SHELTER),
        refuses(CENTRE, categories={"HLT"}),
        msgspec.structs.replace(refuses(CENTRE), kind="LEDGER"),
    ):
        given(LEDGER, explained, granted).when(no, by=SAYING_NO).then(recorded(no))


def test_consent_of_another_kind_is_refused_in_the_same_way() -> None:
    before = msgspec.structs.replace(granted, kind="RELOCATION", categories=frozenset())
    no = msgspec.structs.replace(refuses(CENTRE), kind="RELOCATION")
    given(LEDGER, before).when(no, by=SAYING_NO).then(recorded(no), withdrawn)


def test_what_her_sister_agreed_to_for_herself_is_her_sisters() -> None:
    of_her_sister = msgspec.structs.replace(
        granted, grantor="ADULT_COMPANION", grantor_id=HER_SISTER
    )
    no = refuses(CENTRE)
    given(LEDGER, of_her_sister).when(no, by=SAYING_NO).then(recorded(no))


def test_what_is_over_is_not_taken_back_any_more() -> None:
    until_a_day = msgspec.structs.replace(granted, until_event=None, valid_until=date(2026, 5, 20))
    no = refuses(CENTRE)
    by = making(later(CITY, days=30), REFUSED)
    given(LEDGER, until_a_day).when(no, by=by).then(msgspec.structs.replace(recorded(no), at=by.at))


def test_a_no_said_again_is_heard_again() -> None:
    """She refused, agreed to it when asked anew, and says no once more."""
    no = refuses(CENTRE)
    again = msgspec.structs.replace(no, grant_id=REFUSED)
    given(LEDGER, recorded(no), explained, granted).when(again, by=CITY).then(withdrawn)


@accepted("INV-C7")
def test_after_her_no_nobody_sees_it_any_more() -> None:
    here = midorino()
    here.agrees(here.hospital, categories=["IDN"])
    here.accepts(here.hospital, here.sends(here.city, here.hospital))
    assert here.sees(here.hospital)
    no = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({here.hospital.agency}),
        categories=frozenset({"IDN"}),
        purpose="PROTECTION",
    )
    assert here.says(here.city, no).the(ConsentWithdrawn)
    assert not here.sees(here.hospital)


# What she was asked


@refused_("INV-C7", guard="domain.consent_ledger.asking:check_not_refused_since")
def test_what_was_explained_and_then_refused_under_another_name_is_refused() -> None:
    for no in (refuses(CENTRE), refuses(CENTRE, POLICE, categories={"IDN"})):
        given(LEDGER, explained, recorded(no)).when(grant, by=CITY).refused(ConsentWasRefused)


def test_what_she_did_not_refuse_of_it_she_may_agree_to() -> None:
    for no in (refuses(SHELTER), refuses(CENTRE, categories={"LOC", "HLT"})):
        given(LEDGER, explained, recorded(no)).when(grant, by=CITY).then(granted)


def test_what_is_explained_anew_after_her_no_she_may_agree_to() -> None:
    anew = msgspec.structs.replace(explained, asked_again_because="RISK_CHANGED")
    given(LEDGER, recorded(refuses(CENTRE)), anew).when(grant, by=CITY).then(granted)


def test_one_of_two_explanations_that_she_refuses_closes_the_other() -> None:
    other = msgspec.structs.replace(explained, grant_id=REFUSED)
    given(LEDGER, other, explained, recorded(refuses(CENTRE))).when(grant, by=CITY).refused(
        ConsentWasRefused
    )
