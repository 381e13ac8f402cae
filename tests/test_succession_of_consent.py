"""An agency is succeeded: what she has said of the one holds for the other (INV-C12, INV-C13)."""

from datetime import timedelta
from typing import Final

from domain.agency import SucceedAgency
from domain.case import AssignRole
from domain.categories import CategoryCode
from domain.consent_ledger import (
    ConsentNarrowed,
    ConsentWithdrawn,
    NarrowConsent,
    RecordRefusal,
    StillInForce,
    WithdrawConsent,
)
from domain.emergency import (
    AuthoriseEmergency,
    NothingToOverride,
    OverridesNotNamed,
    RequestEmergency,
)
from domain.exclusions import ExclusionLifted, ExclusionNotFound, LiftExclusion, SetExclusion
from domain.items import NotAgreedTo
from domain.meeting.commands import AddInvitee, PlanMeeting
from domain.meeting.planning import NotInvolved
from domain.model import EmergencyId, GrantId, MeetingId
from domain.referral import SendReferral
from domain.trail.purges import AcknowledgePurge, PurgeId, PurgeOfWhatWasToldNotNamed, RequestPurge
from tests.invariants import accepted, refused
from tests.peers import HER_NAME, Midorino, midorino
from tests.test_meeting_together import WHEN, led_by_the_city
from tests.world import Someone

IDENTITY: Final = frozenset[CategoryCode]({"IDN"})


def succeeds(here: Midorino, old: Someone) -> Someone:
    """The clinic takes over from the hospital, say, and takes part in her case."""
    new = another(here)
    here.world.says(here.world.operator, SucceedAgency(agency_id=old.agency, successor=new.agency))
    return new


def another(here: Midorino) -> Someone:
    new = here.world.joins("MEDICAL_INSTITUTION", "CASEWORKER", name="青葉クリニック")
    here.accepts(new, here.sends(here.city, new))
    return new


# What she takes back


def test_who_is_taken_out_is_taken_out_with_whom_it_took_over_from() -> None:
    here = midorino()
    grant = here.agrees(here.hospital, here.police)
    new = succeeds(here, here.hospital)
    assert HER_NAME in here.sees(new)
    less = NarrowConsent(grant_id=grant, removed_recipients=frozenset({new.agency}))
    cut = here.says(here.city, less).the(ConsentNarrowed)
    assert cut.removed_recipients == frozenset({here.hospital.agency, new.agency})
    assert not here.sees(new)


def test_who_is_refused_is_refused_what_was_agreed_for_whom_it_took_over_from() -> None:
    here = midorino()
    here.agrees(here.hospital)
    new = succeeds(here, here.hospital)
    no = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({new.agency}),
        categories=frozenset(),
        purpose="PROTECTION",
    )
    assert here.says(here.city, no).the(ConsentWithdrawn)
    assert not here.sees(new)


def test_a_purge_is_asked_of_whoever_took_over_and_answered_by_it() -> None:
    here = midorino()
    grant = here.agrees(here.hospital)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    asked = PurgeId(here.says(here.city, to_purge(here.hospital, grant)).made)
    new = succeeds(here, here.hospital)
    other = another(here)
    assert here.refuses(here.city, to_purge(other, grant)) is PurgeOfWhatWasToldNotNamed
    too = PurgeId(here.says(here.city, to_purge(new, grant)).made)
    for purge in (asked, too):
        done = AcknowledgePurge(purge_id=purge)
        assert here.refuses(other, done) is not None
        here.says(new, done)
        assert here.refuses(new, done) is None


def test_a_purge_that_was_asked_of_the_old_one_is_told_to_whoever_took_over() -> None:
    here = midorino()
    grant = here.agrees(here.hospital)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    here.says(here.city, to_purge(here.hospital, grant))
    new = succeeds(here, here.hospital)
    assert "NOTICE" in here.bases(new).values()


def test_who_takes_over_may_be_asked_for_what_she_had_refused_it() -> None:
    for of in (frozenset[CategoryCode](), frozenset[CategoryCode]({"PRB"}), IDENTITY):
        here = midorino()
        grant = here.agrees(here.hospital)
        new = another(here)
        no = RecordRefusal(
            kind="INFORMATION",
            recipients=frozenset({new.agency}),
            categories=of,
            purpose="PROTECTION",
        )
        here.says(here.city, no)
        here.world.says(
            here.world.operator,
            SucceedAgency(agency_id=here.hospital.agency, successor=new.agency),
        )
        still = here.refuses(here.city, to_purge(new, grant)) is StillInForce
        assert still == ("PRB" in of)


def to_purge(of: Someone, grant: GrantId) -> RequestPurge:
    return RequestPurge(recipient=of.agency, covers=IDENTITY, cause="WITHDRAWN", grant_id=grant)


# Whom she does not want to know


@refused("INV-C13", guard="domain.visibility.facts:with_those_before", instead=frozenset())
def test_whom_she_shut_out_is_shut_out_under_its_new_name() -> None:
    here = midorino()
    new = another(here)
    here.agrees(new)
    assert HER_NAME in here.sees(new)
    here.says(here.city, SetExclusion(agency_id=here.hospital.agency))
    assert HER_NAME in here.sees(new)
    here.world.says(
        here.world.operator,
        SucceedAgency(agency_id=here.hospital.agency, successor=new.agency),
    )
    assert not here.sees(new)


def shut_out_before(here: Midorino) -> Someone:
    here.says(here.city, SetExclusion(agency_id=here.hospital.agency))
    new = here.world.joins("MEDICAL_INSTITUTION", "CASEWORKER", name="青葉クリニック")
    here.world.says(
        here.world.operator,
        SucceedAgency(agency_id=here.hospital.agency, successor=new.agency),
    )
    return new


def test_nothing_is_sent_to_it_though_she_had_agreed() -> None:
    here = midorino()
    new = shut_out_before(here)
    here.agrees(new)
    for items in ((), (here.name,)):
        referral = here.drafts(here.city, new, items=items)
        assert here.refuses(here.city, SendReferral(referral_id=referral)) is NotAgreedTo


def test_it_is_given_nothing_to_do() -> None:
    here = midorino()
    new = shut_out_before(here)
    role = AssignRole(function="SERVICE_PROVIDER", agency_id=new.agency)
    assert here.refuses(here.city, role) is not None


def test_it_is_not_invited_to_speak_of_her() -> None:
    here = led_by_the_city()
    plan = PlanMeeting(kind="INDIVIDUAL_CASE", network_id=here.network, on=WHEN)
    meeting = MeetingId(here.says(here.city, plan).made)
    new = shut_out_before(here)
    here.agrees(new)
    invite = AddInvitee(meeting_id=meeting, agency_id=new.agency)
    assert here.refuses(here.city, invite) is NotInvolved


def test_in_an_emergency_it_is_told_only_if_her_no_is_named_and_two_answer_for_it() -> None:
    here = midorino()
    new = shut_out_before(here)
    here.accepts(here.centre, here.sends(here.city, here.centre))
    unnamed = emergency(here, new)
    assert here.refuses(here.city, unnamed) is OverridesNotNamed
    assert here.refuses(here.city, emergency(here, new, new)) is not None
    named = emergency(here, new, here.hospital)
    asked = EmergencyId(here.says(here.city, named).made)
    head = here.world.enrols(here.city.agency, "REPRESENTATIVE")
    for who, sees in ((head, False), (here.centre, True)):
        here.says(
            who,
            AuthoriseEmergency(
                emergency_id=asked,
                danger=frozenset({"ASSAULT"}),
                danger_place="ELSEWHERE",
                impracticability="UNCONSCIOUS",
            ),
        )
        assert bool(here.sees(new)) == sees
    assert here.refuses(here.city, emergency(here, here.police, here.hospital)) is NothingToOverride


def emergency(here: Midorino, to: Someone, *over: Someone) -> RequestEmergency:
    return RequestEmergency(
        recipients=frozenset({to.agency}),
        categories=frozenset[CategoryCode]({"IDN"}),
        expires_at=here.world.at + timedelta(hours=5),
        danger=frozenset({"ASSAULT"}),
        danger_place="ELSEWHERE",
        impracticability="UNCONSCIOUS",
        overrides_exclusions=frozenset(each.agency for each in over),
    )


@refused("INV-C13", guard="domain.exclusions:check_only_she_lifts")
def test_it_lifts_nothing_itself() -> None:
    here = midorino()
    new = another(here)
    here.says(here.city, SetExclusion(agency_id=here.hospital.agency))
    here.world.says(
        here.world.operator,
        SucceedAgency(agency_id=here.hospital.agency, successor=new.agency),
    )
    lift = LiftExclusion(agency_id=here.hospital.agency, method="WRITTEN")
    assert here.refuses(new, lift) is ExclusionNotFound


@accepted("INV-C13")
def test_she_lifts_it_under_either_name() -> None:
    for under_its_new_name in (False, True):
        here = midorino()
        new = shut_out_before(here)
        here.agrees(new)
        named = new if under_its_new_name else here.hospital
        lift = LiftExclusion(agency_id=named.agency, method="WRITTEN")
        assert here.says(here.city, lift).the(ExclusionLifted).agency_id == here.hospital.agency
        here.accepts(new, here.sends(here.city, new, items=(here.name,)))
        assert HER_NAME in here.sees(new)
