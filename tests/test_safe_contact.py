"""Whoever is to be in touch with her finds the ways that harm nobody, and no others (INV-K9)."""

from typing import Final

from msgspec.structs import replace

from contracts.work import SafeContact
from domain.case import ContactMethodSet
from domain.case.aftercare import AftercareRescheduled, AftercareStarted
from domain.codes import ContactMeans
from domain.model import CLOSED, ERASED
from domain.support_codes import AftercareMeans
from services.working import safe_of
from tests.invariants import accepted, refused
from tests.spec import CITY, NOW

on_her_telephone: Final = ContactMethodSet(
    means="PHONE",
    value="090-0000-0000",
    safe_times="昼休み",
    unsafe_means=frozenset[ContactMeans]({"LETTER"}),
)
aftercare: Final = AftercareStarted(
    lead_agency=CITY.agency,
    started_on=NOW.date(),
    means=frozenset[AftercareMeans]({"PHONE", "VISIT"}),
    cadence_days=14,
    subject_wish=None,
)


@accepted("INV-K9")
def test_she_is_reached_as_she_has_said_and_when() -> None:
    assert safe_of([aftercare, on_her_telephone]) == SafeContact(
        by=("PHONE",), means="PHONE", value="090-0000-0000", safe_times="昼休み"
    )


@refused("INV-K9", guard="services.working:harms", instead=False)
def test_no_unsafe_means_is_ever_listed() -> None:
    not_so = replace(on_her_telephone, unsafe_means=frozenset({"PHONE", "LETTER"}))
    assert safe_of([aftercare, not_so]) is None
    by_drop_in = AftercareRescheduled(
        lead_agency=CITY.agency,
        means=frozenset[AftercareMeans]({"PHONE", "DROP_IN"}),
        cadence_days=14,
        subject_wish=None,
        reason=None,
    )
    assert safe_of([aftercare, not_so, by_drop_in]) == SafeContact(by=("DROP_IN",))


def test_the_last_that_she_has_said_holds() -> None:
    since = replace(on_her_telephone, means="SNS", value="@misaki", safe_times=None)
    assert safe_of([on_her_telephone, since]) == SafeContact(means="SNS", value="@misaki")


def test_what_is_not_known_to_be_safe_is_not_listed() -> None:
    for withheld in (CLOSED, ERASED):
        unsaid = replace(on_her_telephone, unsafe_means=withheld)
        assert safe_of([aftercare, unsaid]) is None
        unknown = replace(on_her_telephone, means=withheld, value=withheld)
        assert safe_of([aftercare, unknown]) == SafeContact(by=("PHONE",))
    assert safe_of([aftercare]) is None
