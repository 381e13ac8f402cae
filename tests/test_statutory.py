"""Statutory disclosures: a named duty, to whom it reaches, and with what; and never blocked."""

from collections.abc import Collection
from datetime import date
from typing import Final, get_args

import msgspec

from domain.agency import AgencyNotKnown, KnownAgency
from domain.agency_codes import AgencyKind
from domain.case import CaseNotFound
from domain.categories import CategoryCode
from domain.consent_codes import PROVISIONS, Provision
from domain.consent_ledger import ConsentRefused
from domain.exclusions import ExclusionSet
from domain.model import AgencyId
from domain.statutory import (
    FileStatutory,
    MoreThanTheProvision,
    NotUnderThisProvision,
    StatutoryDisclosureRecorded,
    StatutoryId,
    StatutoryToOneself,
)
from tests.consenting import LEDGER, explained, ledger
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, NOW, POLICE, an_id, given, making

CHILD_GUIDANCE: Final = AgencyId(an_id(20))
file = FileStatutory(
    provision="CHILD_ABUSE_PREVENTION_6",
    recipient=CHILD_GUIDANCE,
    categories=frozenset({"CHD", "FAM", "RSK"}),
    only_fields=frozenset({"case.companion_added.v1/name"}),
    text="夫の暴力が子どもの前で続いている。",
)
filed = StatutoryDisclosureRecorded(
    statutory_id=StatutoryId(CITY.new_id),
    provision="CHILD_ABUSE_PREVENTION_6",
    recipient=CHILD_GUIDANCE,
    categories=frozenset[CategoryCode]({"CHD", "FAM", "RSK"}),
    only_fields=frozenset({"case.companion_added.v1/name"}),
    filing_agency=CITY.agency,
    review_by=date(2026, 5, 20),
    text="夫の暴力が子どもの前で続いている。",
)


def to_a(kind: AgencyKind) -> dict[AgencyId, KnownAgency]:
    return {CHILD_GUIDANCE: KnownAgency(kind=kind, prefecture="06")}


WITH_CHILD_GUIDANCE: Final = ledger(agencies=to_a("CHILD_GUIDANCE_CENTRE"))


@accepted("INV-X1", "INV-X6")
def test_one_person_files_what_a_law_obliges_to_tell() -> None:
    given(WITH_CHILD_GUIDANCE).when(file, by=CITY).then(filed)


@accepted("INV-X6")
def test_it_is_blocked_by_nothing_she_has_said_nor_by_what_became_of_the_case() -> None:
    no = ConsentRefused(
        grant_id=explained.grant_id,
        kind="INFORMATION",
        recipients=frozenset({CHILD_GUIDANCE}),
        categories=frozenset(),
        purpose="CHILD",
        at=NOW,
    )
    shut_out = ExclusionSet(agency_id=CHILD_GUIDANCE, via_agency=CITY.agency)
    given(WITH_CHILD_GUIDANCE, no, shut_out).when(file, by=CITY).then(filed)
    for status in ("CONTACT", "CLOSED", "TRANSFERRED", "RESTRICTED"):
        anyhow = ledger(agencies=to_a("CHILD_GUIDANCE_CENTRE"), status=status)
        given(anyhow, no, shut_out).when(file, by=CITY).then(filed)


@refused("INV-X6", guard="domain.statutory:check_recipient")
@refused("INV-X1", guard="domain.statutory:check_recipient")
def test_it_reaches_only_agencies_of_the_kinds_that_the_provision_names() -> None:
    for provision in get_args(Provision):
        least: Collection[CategoryCode] = sorted(PROVISIONS[provision].categories)[:1]
        under_it = msgspec.structs.replace(
            file, provision=provision, categories=frozenset(least), only_fields=None
        )
        for kind in get_args(AgencyKind):
            known = ledger(agencies=to_a(kind))
            asked = given(known).when(under_it, by=CITY)
            if kind in PROVISIONS[provision].recipients:
                asked.then(
                    msgspec.structs.replace(
                        filed,
                        provision=provision,
                        categories=frozenset(least),
                        only_fields=None,
                    )
                )
            else:
                asked.refused(NotUnderThisProvision)


@refused("INV-X1", guard="domain.statutory:check_not_oneself")
def test_nobody_files_it_to_itself() -> None:
    """Above all not whom she shut out: it would open to itself what is shut."""
    itself = making(CITY, an_id(77))
    known = ledger(
        agencies={itself.agency: KnownAgency(kind="CHILD_GUIDANCE_CENTRE", prefecture="06")}
    )
    shut_out = ExclusionSet(agency_id=itself.agency, via_agency=CENTRE.agency)
    to_itself = msgspec.structs.replace(file, recipient=itself.agency)
    for said in ((), (shut_out,)):
        given(known, *said).when(to_itself, by=itself).refused(StatutoryToOneself)


@refused("INV-X6", guard="domain.statutory:check_categories")
def test_it_tells_no_more_than_the_provision_obliges_to() -> None:
    for more in ("HLT", "SXH", "NAR", "MTG", "ECO"):
        too_much = msgspec.structs.replace(file, categories=frozenset({"CHD", more}))
        given(WITH_CHILD_GUIDANCE).when(too_much, by=CITY).refused(MoreThanTheProvision)
    nothing = msgspec.structs.replace(file, categories=frozenset())
    given(WITH_CHILD_GUIDANCE).when(nothing, by=CITY).refused(MoreThanTheProvision)


def test_the_recipient_is_an_agency_that_there_is() -> None:
    given(LEDGER).when(file, by=CITY).refused(AgencyNotKnown)


def test_it_is_filed_by_whoever_takes_part() -> None:
    given(WITH_CHILD_GUIDANCE).when(file, by=CENTRE).then(
        msgspec.structs.replace(
            filed, statutory_id=StatutoryId(CENTRE.new_id), filing_agency=CENTRE.agency
        )
    )
    given(WITH_CHILD_GUIDANCE).when(file, by=POLICE).refused(CaseNotFound)


def test_what_was_filed_stays_in_the_ledger() -> None:
    kept = LEDGER.replay((filed,)).statutory[filed.statutory_id]
    assert (kept.recipient, kept.categories) == (filed.recipient, filed.categories)
    assert (kept.provision, kept.only_fields) == (filed.provision, filed.only_fields)


def test_every_provision_names_somebody_and_something() -> None:
    assert set(PROVISIONS) == set(get_args(Provision))
    assert all(duty.recipients and duty.categories for duty in PROVISIONS.values())
