"""The rules that always hold, where somebody looks: what is kept from whom, and by what."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import msgspec
import pytest

from domain.agency import KnownAgency
from domain.agency.state import Staff
from domain.case import RecordNote
from domain.case.services import LinkService, ServiceLinked
from domain.categories import CategoryCode
from domain.consent_ledger import RecordRefusal
from domain.emergency import AuthoriseEmergency, RequestEmergency
from domain.exclusions import ExclusionSet
from domain.meeting.commands import PlanMeeting
from domain.model import Context, EmergencyId
from domain.referral import DeclineReferral
from domain.sharing import Told, replay
from domain.visibility import Recipient, Roster, decide, facts, looking
from domain.visibility.opening import opening_of
from services.ports import EventLog
from tests.invariants import accepted, refused
from tests.peers import HER_NAME, Midorino, midorino
from tests.spec import CENTRE, CITY
from tests.told import (
    AGENCIES,
    GRANT,
    LATER,
    NETWORKS,
    by,
    drafted,
    granted,
    identified,
    joined,
    lines,
    opened,
    sees,
    sent,
    told,
    withdrawn,
)

# As she gave it; nobody says any more that it was taken back.
AGREED: Final = replay(told(by(CITY, opened, granted)))
HER_CONSENT: Final = (opening_of(AGREED, AGREED.grants[GRANT], "IDN"),)
shut_out: Final = ExclusionSet(agency_id=CENTRE.agency, via_agency=CITY.agency)


def others(history: list[Told], who: Context = CENTRE) -> set[str]:
    """What the centre sees of what others recorded of her name, and of a referral to it."""
    return {name for at, name in sees(history, who) if at > 1}


@accepted("INV-C2", "INV-C13", "INV-C5")
def test_what_she_agreed_to_is_seen_by_whoever_takes_part() -> None:
    assert "name" in others(told(by(CITY, opened, joined, granted, identified)))


@refused("INV-C2", guard="domain.visibility.facts:openings_of", instead=HER_CONSENT)
def test_without_her_consent_nobody_sees_a_word_of_hers_for_taking_part() -> None:
    assert "name" not in others(told(by(CITY, opened, joined, identified)))


@refused("INV-C5", guard="domain.visibility.facts:openings_of", instead=HER_CONSENT)
def test_what_she_took_back_is_seen_by_nobody_from_then_on() -> None:
    assert "name" not in others(told(by(CITY, opened, joined, granted, identified, withdrawn)))


@refused("INV-C13", guard="domain.visibility.facts:with_those_before", instead=frozenset())
def test_whom_she_shut_out_sees_nothing_whatever_she_agreed_to_and_whoever_sends_her() -> None:
    history = told(by(CITY, opened, joined, granted, identified, drafted, sent))
    assert {"name", "sent_at"} <= others(history)
    history = told(by(CITY, opened, joined, granted, identified, drafted, sent, shut_out))
    assert others(history) == set()


# Who has signed the pledge reads, and nobody else


def reads(member: Staff) -> set[str]:
    history = told(by(CITY, opened, joined, granted, identified), by(CENTRE, identified))
    centre = KnownAgency(
        kind="WOMENS_SUPPORT_CENTRE", prefecture="06", staff={CENTRE.staff: member}
    )
    who = facts.who_reads(CENTRE.agency, centre, CENTRE.staff, "CASEWORKER")
    its_look = looking(replay(history), who, Roster(AGENCIES, NETWORKS), LATER)
    return {name for each in history for name in decide(its_look, each, lines(each.event)).bases}


@accepted("INV-A1")
def test_whoever_has_signed_the_pledge_reads() -> None:
    assert "name" in reads(Staff(role="CASEWORKER", pledged_under="2026-04"))


@refused(
    "INV-A1",
    guard="domain.visibility.facts:who_reads",
    instead=Recipient(agency=CENTRE.agency, staff=CENTRE.staff, pledged=True),
)
def test_whoever_has_not_signed_the_pledge_reads_nothing_not_even_their_own_agencys() -> None:
    assert reads(Staff(role="CASEWORKER")) == set()
    left = Staff(role="CASEWORKER", pledged_under="2026-04", left=LATER.date())
    assert reads(left) == set()


# She need not share anything


def refusing(here: Midorino) -> None:
    no = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({here.ayumi.agency, here.centre.agency, here.hospital.agency}),
        categories=frozenset(),
        purpose="PROTECTION",
    )
    here.says(here.city, no)


@accepted("INV-C11")
def test_whatever_she_refuses_to_share_each_agency_goes_on_helping_her() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    refusing(here)
    note = RecordNote(declared_category="PLN", text="来週、一緒に物件を見に行く。")
    own = LinkService(
        service_code="FREE_LEGAL_CONSULTATION", provider_agency=here.ayumi.agency, status="IN_USE"
    )
    here.says(here.ayumi, note)
    assert here.says(here.ayumi, own).the(ServiceLinked)
    assert here.sees(here.ayumi) == set()


# An emergency


def in_an_emergency(here: Midorino, categories: Iterable[CategoryCode]) -> None:
    """As far as it gets."""
    ask = RequestEmergency(
        recipients=frozenset({here.police.agency}),
        categories=frozenset(categories),
        expires_at=here.world.at + timedelta(hours=24),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    if here.refuses(here.city, ask) is not None:
        return
    authorise = AuthoriseEmergency(
        emergency_id=EmergencyId(here.says(here.city, ask).made),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    head = here.world.enrols(here.city.agency, "REPRESENTATIVE")
    here.says(head, authorise)


def conferred(here: Midorino) -> set[str]:
    """What the police sees of a meeting, or of the ledger in which her case stands."""
    kinds = ("meeting.", "case.accepted.", "numbers.")
    return {path for path in here.sees(here.police) if path.startswith(kinds)}


@accepted("INV-X3")
def test_in_an_emergency_her_name_is_seen_and_nothing_of_a_meeting_nor_the_ledger() -> None:
    here = asked_together()
    in_an_emergency(here, ["IDN"])
    assert HER_NAME in here.sees(here.police)
    assert conferred(here) == set()


@refused("INV-X3", guard="domain.emergency:check_what")
def test_no_emergency_opens_a_meeting_or_the_ledger() -> None:
    here = asked_together()
    in_an_emergency(here, ["IDN", "MTG", "SVC"])
    assert conferred(here) == set()


def asked_together() -> Midorino:
    """A meeting about her is planned, and her case stands in the ledger."""
    here = midorino()
    plan = PlanMeeting(kind="EXTERNAL_FORUM", held_within="緑野市要対協", on=date(2026, 5, 20))
    here.says(here.city, plan)
    return here


# Reasons


@refused("INV-R3", guard="msgspec:convert", instead=None)
def test_what_is_declined_without_a_reason_is_not_even_a_request() -> None:
    here = midorino()
    said = {"type": "referral.decline", "referral_id": str(here.sends(here.city, here.ayumi))}
    for unsaid in (said, {**said, "reason": None}, {**said, "reason": ""}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(unsaid, DeclineReferral)


@accepted("INV-R3")
def test_what_is_declined_with_a_reason_is_a_request() -> None:
    here = midorino()
    said = {
        "type": "referral.decline",
        "referral_id": str(here.sends(here.city, here.ayumi)),
        "reason": "NO_CAPACITY",
    }
    decline = msgspec.convert(said, DeclineReferral)
    assert here.refuses(here.ayumi, decline) is None


# The log


@accepted("INV-E1")
def test_the_log_is_asked_to_add_and_to_read_and_nothing_else() -> None:
    """Nothing that was recorded can be changed or taken out: there is nobody to ask for it."""
    asked = {name for name in vars(EventLog) if not name.startswith("_")}
    assert asked == {
        "append",
        "read",
        "recall",
        "last",
        "of_cases",
        "disclosed",
        "cases_disclosed_to",
        "overtaken",
        "after",
        "head",
        "moved",
    }
