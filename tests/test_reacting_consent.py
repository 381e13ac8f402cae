"""When a consent ends: what rested on it is taken back, and what it let be known is destroyed."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import pytest

from domain.agency import DeactivateAgency, RestoreAgency, SuspendAgency
from domain.agency.standing import SucceedAgency
from domain.case import EndParticipation, EndRole, SetContactMethod
from domain.case.companions import AddCompanion
from domain.categories import CategoryCode
from domain.consent_codes import PurgeCause
from domain.consent_ledger import (
    ConsentWithdrawn,
    NarrowConsent,
    RecordExpiry,
    RecordRefusal,
    WithdrawConsent,
)
from domain.emergency import EndEmergency
from domain.exclusions import LiftExclusion, SetExclusion
from domain.model import AgencyId, GrantId
from domain.referral import ReferralWithdrawn
from domain.trail.blocked import WithdrawalSettled
from domain.trail.purges import (
    AcknowledgePurge,
    PurgeOfWhatWasToldNotNamed,
    PurgeRequested,
    RequestPurge,
)
from tests.histories import history
from tests.invariants import accepted, refused
from tests.losing import in_an_emergency
from tests.peers import HER_NAME, Midorino, midorino
from tests.reading import reads, settles
from tests.settling import Settling, events, refusals
from tests.test_trailing import helping
from tests.world import NOBODY, Someone

SOME_SEEDS: Final = range(6)


class Here:
    """緑野市, and what follows there by rule."""

    def __init__(self) -> None:
        self.city_and_others: Final = midorino()
        self.settling: Final = Settling(self.city_and_others.world)

    def settles(self) -> list[object]:
        done = self.settling.settle()
        assert refusals(done) == []
        return [each for each in events(done) if not isinstance(each, WithdrawalSettled)]


NAME: Final[tuple[CategoryCode, ...]] = ("IDN",)
TELEPHONE: Final[tuple[CategoryCode, ...]] = ("CNT",)
WITH_WHERE: Final[tuple[CategoryCode, ...]] = ("CNT", "IDN", "LOC")


def asked_of(
    done: Sequence[object],
) -> set[tuple[AgencyId, PurgeCause, frozenset[str], GrantId | None]]:
    return {
        (each.recipient, each.cause, each.covers, each.grant_id)
        for each in done
        if isinstance(each, PurgeRequested)
    }


def helped_by(here: Midorino, who: Someone, *, name: bool = True) -> GrantId:
    """She agrees that they know who she is and how to reach her, and they help her."""
    grant = here.agrees(who)
    here.accepts(who, here.sends(here.city, who, items=(here.name,) if name else ()))
    return grant


@accepted("INV-C6")
def test_who_could_see_what_she_takes_back_is_asked_to_destroy_it_within_two_weeks() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    said = here.says(here.city, WithdrawConsent(grant_id=grant))
    (purge,) = there.settles()
    assert isinstance(purge, PurgeRequested)
    assert purge == PurgeRequested(
        purge_id=purge.purge_id,
        recipient=here.ayumi.agency,
        covers=frozenset({"CNT", "IDN"}),
        cause="WITHDRAWN",
        grant_id=grant,
        because=said.id_of(ConsentWithdrawn),
        due=date(2026, 5, 27),
    )


def test_who_never_had_a_reason_to_look_is_asked_for_nothing() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert there.settles() == []


def test_whose_part_ends_is_asked_then_and_not_again_when_she_takes_it_back() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi, name=False)
    here.says(here.city, EndParticipation(agency_id=here.ayumi.agency))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "PARTICIPATION_ENDED", frozenset({"CNT", "IDN"}), grant)
    }
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert there.settles() == []


def test_who_helped_her_only_before_she_agreed_is_asked_for_nothing() -> None:
    there = Here()
    here = there.city_and_others
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.says(here.city, EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    grant = here.agrees(here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert there.settles() == []


def test_what_was_put_before_whoever_has_not_answered_yet_is_destroyed_too() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    done = there.settles()
    assert ReferralWithdrawn(reason="CONSENT_WITHDRAWN") in done
    assert asked_of(done) == {(here.ayumi.agency, "WITHDRAWN", frozenset({"IDN"}), grant)}
    assert here.trail(here.ayumi, referral)[-1] is ReferralWithdrawn
    assert HER_NAME not in here.sees(here.ayumi)


def test_what_she_takes_out_is_destroyed_and_nothing_else() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    here.says(here.city, NarrowConsent(grant_id=grant, removed_categories=frozenset({"CNT"})))
    assert asked_of(there.settles()) == {(here.ayumi.agency, "NARROWED", frozenset({"CNT"}), grant)}
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"IDN"}), grant)
    }


def test_a_single_field_that_she_takes_out_is_destroyed() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    name = frozenset({"case.subject_identified.v1/name"})
    here.says(here.city, NarrowConsent(grant_id=grant, removed_fields=name))
    assert asked_of(there.settles()) == {(here.ayumi.agency, "NARROWED", frozenset({"IDN"}), grant)}


def test_what_stayed_of_a_category_is_asked_for_when_the_rest_ends_too() -> None:
    """What it could still see when the first field was asked for, it was not to destroy."""
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    name = frozenset({"case.subject_identified.v1/name"})
    here.says(here.city, NarrowConsent(grant_id=grant, removed_fields=name))
    (first,) = (each for each in there.settles() if isinstance(each, PurgeRequested))
    here.says(here.ayumi, AcknowledgePurge(purge_id=first.purge_id))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"CNT", "IDN"}), grant)
    }


def test_what_stayed_is_asked_for_though_the_rest_of_it_has_not_been_answered_yet() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi, categories=NAME)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    name = frozenset({"case.subject_identified.v1/name"})
    here.says(here.city, NarrowConsent(grant_id=grant, removed_fields=name))
    there.settles()
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"IDN"}), grant)
    }


def test_who_was_told_again_in_an_emergency_is_asked_for_what_it_had_by_her_consent() -> None:
    here = midorino()
    grant = here.agrees(here.police)
    helping(here, here.police)
    reads(here.world, here.police, here.case)
    emergency = in_an_emergency(here)
    reads(here.world, here.police, here.case)
    here.says(here.city, EndEmergency(emergency_id=emergency))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert asked_of(events(settles(here.world))) == {
        (here.police.agency, "WITHDRAWN", frozenset({"CNT", "IDN"}), grant)
    }


def test_whom_she_takes_out_is_asked_and_whoever_stays_in_is_not() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi, here.hospital)
    for each in (here.ayumi, here.hospital):
        here.accepts(each, here.sends(here.city, each))
    taken_out = frozenset({here.hospital.agency})
    here.says(here.city, NarrowConsent(grant_id=grant, removed_recipients=taken_out))
    assert asked_of(there.settles()) == {
        (here.hospital.agency, "NARROWED", frozenset({"CNT", "IDN"}), grant)
    }


def test_what_another_consent_still_lets_it_know_it_keeps() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    here.agrees(here.ayumi, categories=frozenset({"IDN"}))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"CNT"}), grant)
    }


def test_nobody_is_asked_to_destroy_its_own_record() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi, categories=TELEPHONE)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.says(here.ayumi, SetContactMethod(means="PHONE", value="090-1111-1111"))
    both = here.agrees(here.city, categories=TELEPHONE)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    here.says(here.city, WithdrawConsent(grant_id=both))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"CNT"}), grant),
        (here.city.agency, "WITHDRAWN", frozenset({"CNT"}), both),
    }


def test_what_ended_by_the_clock_is_destroyed_once_somebody_says_so() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi, valid_until=date(2026, 6, 30))
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.world.passes(days=60)
    assert there.settles() == []
    here.says(here.city, RecordExpiry(grant_id=grant))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "EXPIRED", frozenset({"CNT", "IDN"}), grant)
    }


def test_of_two_that_end_by_the_clock_at_one_time_what_both_let_know_is_destroyed() -> None:
    there = Here()
    here = there.city_and_others
    until = date(2026, 6, 30)
    first = here.agrees(here.ayumi, valid_until=until)
    second = here.agrees(here.ayumi, valid_until=until)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.world.passes(days=60)
    for each in (second, first):
        here.says(here.city, RecordExpiry(grant_id=each))
    covers = [each.covers for each in there.settles() if isinstance(each, PurgeRequested)]
    assert frozenset[str]().union(*covers) == {"CNT", "IDN"}


def test_whom_she_shuts_out_is_asked_to_destroy_what_it_knows() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "EXCLUDED", frozenset({"CNT", "IDN"}), grant)
    }


def test_that_it_was_taken_from_whom_she_lets_in_again_before_anybody_heard_is_settled() -> None:
    """And they keep it."""
    there = Here()
    here = there.city_and_others
    helped_by(here, here.ayumi)
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    here.says(here.city, LiftExclusion(agency_id=here.ayumi.agency, method="WRITTEN"))
    done = events(there.settling.settle())
    assert asked_of(done) == set()
    assert [each.recipients for each in done if isinstance(each, WithdrawalSettled)] == [
        frozenset({here.ayumi.agency})
    ]


def test_that_it_was_taken_from_whoever_was_suspended_for_a_moment_is_settled() -> None:
    there = Here()
    here = there.city_and_others
    helped_by(here, here.ayumi)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    here.world.says(here.world.operator, RestoreAgency(agency_id=here.ayumi.agency))
    done = events(there.settling.settle())
    assert asked_of(done) == set()
    assert [each.recipients for each in done if isinstance(each, WithdrawalSettled)] == [
        frozenset({here.ayumi.agency})
    ]


def test_what_is_asked_for_only_later_had_been_received_when_it_was_taken_away() -> None:
    """Though with what happened before that all of it is asked for."""
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi, categories=NAME)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    less = frozenset({"case.subject_identified.v1/name"})
    here.says(here.city, NarrowConsent(grant_id=grant, removed_fields=less))
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    done = events(there.settling.settle())
    assert [(e.cause, e.recipients) for e in done if isinstance(e, WithdrawalSettled)] == [
        ("NARROWED", frozenset({here.ayumi.agency})),
        ("EXCLUDED", frozenset({here.ayumi.agency})),
    ]
    assert len(asked_of(done)) == 1


def test_what_was_sent_to_whom_she_shuts_out_is_taken_back() -> None:
    there = Here()
    here = there.city_and_others
    here.agrees(here.ayumi)
    here.sends(here.city, here.ayumi, items=(here.name,))
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    assert ReferralWithdrawn(reason="CONSENT_WITHDRAWN") in there.settles()


def test_a_refusal_takes_from_them_what_she_had_agreed_to() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    refusal = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({here.ayumi.agency}),
        categories=frozenset({"CNT"}),
        purpose="PROTECTION",
    )
    here.says(here.city, refusal)
    assert asked_of(there.settles()) == {(here.ayumi.agency, "NARROWED", frozenset({"CNT"}), grant)}


def test_whoever_took_over_is_asked_for_what_it_could_see_by_the_consent_to_the_other() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi)
    hikari = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", name="ひかり")
    becomes = SucceedAgency(agency_id=here.ayumi.agency, successor=hikari.agency)
    here.world.says(here.world.operator, becomes)
    here.accepts(hikari, here.sends(here.city, hikari, items=(here.name,)))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert asked_of(there.settles()) == {
        (hikari.agency, "WITHDRAWN", frozenset({"CNT", "IDN"}), grant)
    }


def known_to_ayumi(here: Midorino) -> GrantId:
    """Who she is, how to reach her and where one of hers is."""
    her_son = AddCompanion(companion="CHILD", relation="CHILD", whereabouts="白浜県の祖母宅")
    here.says(here.city, her_son)
    grant = here.agrees(here.ayumi, categories=WITH_WHERE)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    return grant


def hikari_takes_over(here: Midorino, old: Someone, *, takes_part: bool = True) -> Someone:
    hikari = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", name="ひかり")
    if takes_part:
        here.accepts(hikari, here.sends(here.city, hikari))
    becomes(here, old, hikari)
    return hikari


def becomes(here: Midorino, old: Someone, new: Someone) -> None:
    succeed = SucceedAgency(agency_id=old.agency, successor=new.agency)
    here.world.says(here.world.operator, succeed)


@accepted("INV-C6")
def test_where_she_is_passes_to_nobody_and_whoever_takes_over_destroys_it_and_keeps_the_rest() -> (
    None
):
    there = Here()
    here = there.city_and_others
    grant = known_to_ayumi(here)
    hikari = hikari_takes_over(here, here.ayumi)
    assert HER_NAME in here.sees(hikari)
    done = events(there.settling.settle())
    assert asked_of(done) == {(here.ayumi.agency, "SUSPENDED", frozenset({"LOC"}), grant)}
    assert [each.recipients for each in done if isinstance(each, WithdrawalSettled)] == [
        frozenset({here.ayumi.agency})
    ]
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"CNT", "IDN"}), grant),
        (hikari.agency, "WITHDRAWN", frozenset({"CNT", "IDN"}), grant),
    }


def test_when_whoever_took_over_is_shut_out_what_those_before_were_told_is_asked_for_too() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    hikari = hikari_takes_over(here, here.ayumi)
    there.settles()
    here.says(here.city, SetExclusion(agency_id=hikari.agency))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "EXCLUDED", frozenset({"CNT", "IDN"}), grant),
        (hikari.agency, "EXCLUDED", frozenset({"CNT", "IDN"}), grant),
    }


def two_more(here: Midorino) -> Iterator[Someone]:
    for name in ("ひかり", "さくら"):
        yield here.world.joins("PRIVATE_SUPPORT_ORGANISATION", name=name)


def test_whoever_takes_over_from_whom_she_shut_out_is_asked_for_what_they_were_told() -> None:
    """It itself, and one before it; and once, however many were before."""
    there = Here()
    here = there.city_and_others
    hikari, sakura = two_more(here)
    for each in (sakura, hikari):
        helped_by(here, each)
    becomes(here, sakura, hikari)
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    assert asked_of(there.settles()) == set()
    becomes(here, here.ayumi, hikari)
    assert here.sees(hikari) == set()
    done = events(there.settling.settle())
    assert {each[:3] for each in asked_of(done)} == {
        (hikari.agency, "SUSPENDED", frozenset({"CNT", "IDN"})),
        (sakura.agency, "SUSPENDED", frozenset({"CNT", "IDN"})),
    }
    assert [each.recipients for each in done if isinstance(each, WithdrawalSettled)] == [
        frozenset({hikari.agency, sakura.agency})
    ]


def test_one_succession_after_another_is_settled_once() -> None:
    there = Here()
    here = there.city_and_others
    hikari, sakura = two_more(here)
    helped_by(here, hikari)
    becomes(here, here.ayumi, hikari)
    assert asked_of(there.settles()) == set()
    becomes(here, hikari, sakura)
    done = events(there.settling.settle())
    assert [(e.cause, e.recipients) for e in done if isinstance(e, WithdrawalSettled)] == [
        ("SUSPENDED", frozenset({hikari.agency}))
    ]


@pytest.mark.parametrize("only", ["where she is", "nothing"])
def test_where_she_has_agreed_that_whoever_takes_over_may_know_it_nothing_is_destroyed(
    only: str,
) -> None:
    there = Here()
    here = there.city_and_others
    if only == "nothing":
        helped_by(here, here.ayumi)
        hikari_takes_over(here, here.ayumi)
    else:
        known_to_ayumi(here)
        hikari = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", name="ひかり")
        here.agrees(hikari, categories=["LOC"])
        here.accepts(hikari, here.sends(here.city, hikari))
        becomes(here, here.ayumi, hikari)
    assert events(there.settling.settle()) == []


def test_whoever_takes_over_and_takes_no_part_destroys_what_the_other_knew() -> None:
    there = Here()
    here = there.city_and_others
    grant = known_to_ayumi(here)
    hikari_takes_over(here, here.ayumi, takes_part=False)
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "SUSPENDED", frozenset(WITH_WHERE), grant)
    }


def test_what_was_kept_by_whoever_took_over_is_destroyed_when_that_one_goes() -> None:
    there = Here()
    here = there.city_and_others
    grant = known_to_ayumi(here)
    hikari = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", name="ひかり")
    own = here.agrees(hikari, categories=["LOC"])
    here.accepts(hikari, here.sends(here.city, hikari))
    becomes(here, here.ayumi, hikari)
    assert events(there.settling.settle()) == []
    hikari_takes_over(here, hikari)
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "SUSPENDED", frozenset({"LOC"}), grant),
        (hikari.agency, "SUSPENDED", frozenset({"LOC"}), own),
    }


def test_whoever_is_no_more_and_nobody_takes_over_destroys_all_of_it_once() -> None:
    there = Here()
    here = there.city_and_others
    grant = known_to_ayumi(here)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    all_of_it = {(here.ayumi.agency, "SUSPENDED", frozenset(WITH_WHERE), grant)}
    assert asked_of(there.settles()) == all_of_it
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.ayumi.agency))
    assert there.settles() == []


@accepted("INV-C6")
def test_what_waits_for_an_answer_and_rested_on_it_is_taken_back_and_nothing_else() -> None:
    there = Here()
    here = there.city_and_others
    hers = here.agrees(here.ayumi)
    here.agrees(here.hospital)
    resting = here.sends(here.city, here.ayumi, items=(here.telephone,))
    others = here.sends(here.city, here.hospital, items=(here.telephone,))
    with_nothing = here.sends(here.city, here.ayumi, "INTRODUCTION")
    here.says(here.city, WithdrawConsent(grant_id=hers))
    there.settles()
    assert here.trail(here.city, resting)[-1] is ReferralWithdrawn
    assert here.trail(here.city, others)[-1] is not ReferralWithdrawn
    assert here.trail(here.city, with_nothing)[-1] is not ReferralWithdrawn


def test_what_was_accepted_is_for_people_to_undo() -> None:
    there = Here()
    here = there.city_and_others
    grant = here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    here.accepts(here.ayumi, referral)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    there.settles()
    assert here.trail(here.city, referral)[-1] is not ReferralWithdrawn


def test_a_purge_is_asked_once_however_often_the_process_begins_again() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    (purge,) = there.settles()
    assert isinstance(purge, PurgeRequested)
    there.settling.begin_again()
    assert there.settles() == []
    here.says(here.ayumi, AcknowledgePurge(purge_id=purge.purge_id))
    assert events(Settling(here.world).settle()) == []


def test_what_people_have_asked_for_meanwhile_is_not_asked_again() -> None:
    here = midorino()
    grant = helped_by(here, here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    asked = here.says(
        here.city,
        RequestPurge(
            recipient=here.ayumi.agency,
            covers=frozenset({"CNT", "IDN"}),
            cause="WITHDRAWN",
            grant_id=grant,
        ),
    ).the(PurgeRequested)
    here.says(here.ayumi, AcknowledgePurge(purge_id=asked.purge_id))
    assert not any(isinstance(e, PurgeRequested) for e in events(Settling(here.world).settle()))


@refused("INV-C6", guard="domain.trail:check_not_agreed_any_more")
def test_nobody_is_asked_by_rule_to_destroy_what_she_still_lets_them_know() -> None:
    here = midorino()
    grant = helped_by(here, here.ayumi)
    still = RequestPurge(
        recipient=here.ayumi.agency,
        covers=frozenset({"CNT"}),
        cause="WITHDRAWN",
        grant_id=grant,
    )
    assert here.refuses(NOBODY, still) is not None


@refused("INV-C6", guard="domain.trail:check_was_told")
def test_nobody_is_asked_by_rule_for_what_they_were_never_told() -> None:
    here = midorino()
    grant = helped_by(here, here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    never = RequestPurge(
        recipient=here.police.agency,
        covers=frozenset({"CNT"}),
        cause="WITHDRAWN",
        grant_id=grant,
    )
    assert here.refuses(NOBODY, never) is PurgeOfWhatWasToldNotNamed


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_whatever_was_asked_settling_twice_changes_nothing(seed: int) -> None:
    play = history(seed)
    first = Settling(play.world)
    first.settle()
    first.begin_again()
    assert events(first.settle()) == []
    assert events(Settling(play.world).settle()) == []


def test_the_process_asks_for_nothing_where_nothing_was_lost() -> None:
    """As a pure question: what would follow from the withdrawal of what opened nothing."""
    here = midorino()
    grant = here.agrees(here.ayumi, kind="FACILITY_ADMISSION", categories=())
    said = here.says(here.city, WithdrawConsent(grant_id=grant))
    (settled,) = events(Settling(here.world).settle())
    assert settled == WithdrawalSettled(
        settles=said.id_of(ConsentWithdrawn),
        cause="WITHDRAWN",
        grant_id=grant,
        recipients=frozenset(),
        at=here.world.at,
    )


def test_that_she_took_it_back_is_told_to_all_there_but_whom_she_does_not_want_to_know() -> None:
    """Also once nobody sees the record any more: a person she has shut out learns of nothing."""
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    kin = here.world.enrols(here.ayumi.agency, "CASEWORKER")
    here.says(here.city, SetExclusion(staff_id=kin.staff))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    (purge,) = there.settles()
    assert isinstance(purge, PurgeRequested)
    colleague = {type(entry.said) for entry, _ in here.world.shows(here.ayumi, here.case)}
    assert colleague >= {PurgeRequested, ConsentWithdrawn}
    assert here.world.shows(kin, here.case) == []
    destroyed = AcknowledgePurge(purge_id=purge.purge_id)
    assert here.refuses(kin, destroyed) is not None
    assert here.refuses(here.ayumi, destroyed) is None


def test_what_she_has_agreed_to_anew_before_anybody_heard_is_not_to_be_destroyed() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    here.world.passes(hours=1)
    anew = here.agrees(here.ayumi, categories=NAME, asked_again_because="HER_WISH")
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"CNT"}), grant)
    }
    assert HER_NAME in here.sees(here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=anew))
    assert asked_of(there.settles()) == {(here.ayumi.agency, "WITHDRAWN", frozenset({"IDN"}), anew)}


def test_what_she_took_back_again_before_anybody_heard_is_asked_for_under_both() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    here.world.passes(hours=1)
    anew = here.agrees(here.ayumi, categories=NAME, asked_again_because="HER_WISH")
    here.says(here.city, WithdrawConsent(grant_id=anew))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"CNT", "IDN"}), grant),
        (here.ayumi.agency, "WITHDRAWN", frozenset({"IDN"}), anew),
    }


def test_what_was_kept_by_what_she_agreed_to_anew_is_asked_for_when_that_ends() -> None:
    there = Here()
    here = there.city_and_others
    grant = helped_by(here, here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    here.world.passes(hours=1)
    anew = here.agrees(here.ayumi, asked_again_because="HER_WISH")
    assert there.settles() == []
    here.says(here.city, WithdrawConsent(grant_id=anew))
    assert asked_of(there.settles()) == {
        (here.ayumi.agency, "WITHDRAWN", frozenset({"CNT", "IDN"}), anew)
    }
