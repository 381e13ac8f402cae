"""Without her consent (緊急時・法令): she was in danger, a law obliged, and what followed."""

from msgspec.structs import replace

from domain.consent_ledger import RecordRefusal
from domain.emergency import AuthoriseEmergency, EndEmergency, RequestEmergency
from domain.exclusions import SetExclusion
from domain.model import EmergencyId, GrantId
from domain.reviews import ReviewEmergency, ReviewStatutory
from domain.statutory import FileStatutory, StatutoryId
from domain.trail.notices import AboutId, DeferNotification, NotifySubject, ProvideAccess
from domain.trail.purges import AcknowledgePurge, DeclinePurge, PurgeId, RequestPurge
from tests.stories.cast import Cast
from tests.stories.record import Her


async def in_danger(cast: Cast, her: Her) -> None:
    """The police are told; afterwards the prefecture finds that it was a little too much."""
    request = RequestEmergency(
        recipients=frozenset({cast.police.agency}),
        categories=frozenset({"IDN", "LOC", "RSK"}),
        expires_at=cast.clock.in_hours(24),
        impracticability="CANNOT_BE_REACHED",
        impracticability_text="電話に出ない。",
        danger=frozenset({"ASSAILANT_NEARBY"}),
        danger_place="WHERE_SHE_IS",
        danger_text="夫が近くにいると言う。",
    )
    emergency = EmergencyId(await cast.city.makes(request, her.case))
    await cast.centre.says(
        AuthoriseEmergency(
            emergency_id=emergency,
            impracticability="CANNOT_BE_REACHED",
            danger=frozenset({"ASSAILANT_NEARBY"}),
            danger_place="WHERE_SHE_IS",
        ),
        her.case,
    )
    await cast.centre.says(EndEmergency(emergency_id=emergency), her.case)
    deferral = DeferNotification(
        about="EMERGENCY",
        about_id=AboutId(emergency),
        until=cast.clock.in_days(3),
        reason="NOT_SAFE_YET",
    )
    await cast.city.says(deferral, her.case)
    cast.clock.passes(days=3)
    await cast.city.says(NotifySubject(about="EMERGENCY", about_id=AboutId(emergency)), her.case)
    await cast.prefecture.says(
        ReviewEmergency(emergency_id=emergency, outcome="EXCESSIVE", corrective="TRAINING"),
        her.case,
    )


async def against_her_word(cast: Cast, her: Her) -> None:
    """She had said no to that agency: two answer for it, of different agencies; it was wrong."""
    refusal = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({cast.hospital.agency}),
        categories=frozenset({"HLT"}),
        purpose="PROTECTION",
    )
    refused = GrantId(await cast.city.makes(refusal, her.case))
    await cast.city.says(SetExclusion(agency_id=cast.hospital.agency), her.case)
    request = RequestEmergency(
        recipients=frozenset({cast.hospital.agency}),
        categories=frozenset({"HLT"}),
        only_fields=frozenset({"case.attributes_recorded.v1/medication"}),
        expires_at=cast.clock.in_hours(12),
        asked_agencies=frozenset({cast.facility.agency}),
        overrides_refusals=frozenset({refused}),
        overrides_exclusions=frozenset({cast.hospital.agency}),
        impracticability="UNCONSCIOUS",
        danger=frozenset({"MEDICAL_EMERGENCY"}),
        danger_place="ELSEWHERE",
    )
    emergency = EmergencyId(await cast.city.makes(request, her.case))
    await cast.centre.says(_answered_for(emergency), her.case)
    await cast.facility.says(_answered_for(emergency), her.case)
    cast.clock.passes(days=1)
    await cast.prefecture.says(
        ReviewEmergency(
            emergency_id=emergency,
            outcome="UNJUSTIFIED",
            corrective="PURGE",
            purge_from=frozenset({cast.hospital.agency}),
            purge_covers=frozenset({"HLT"}),
        ),
        her.case,
    )


def _answered_for(emergency: EmergencyId) -> AuthoriseEmergency:
    return AuthoriseEmergency(
        emergency_id=emergency,
        impracticability="UNCONSCIOUS",
        danger=frozenset({"MEDICAL_EMERGENCY"}),
        danger_place="ELSEWHERE",
    )


async def by_law(cast: Cast, her: Her) -> None:
    filed = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=cast.guidance.agency,
        categories=frozenset({"CHD", "RSK"}),
        text="息子の前で暴力があった。",
    )
    statutory = StatutoryId(await cast.city.makes(filed, her.case))
    await cast.city.says(NotifySubject(about="STATUTORY", about_id=AboutId(statutory)), her.case)
    await cast.prefecture.says(
        ReviewStatutory(statutory_id=statutory, outcome="JUSTIFIED", corrective="NONE"), her.case
    )


async def asked_to_destroy(cast: Cast, her: Her, grant: GrantId) -> None:
    """The shelter does; the hospital has to keep its medical record."""
    purge = RequestPurge(
        recipient=cast.shelter.agency,
        covers=frozenset({"PRB"}),
        cause="NARROWED",
        grant_id=grant,
    )
    asked = PurgeId(await cast.city.makes(purge, her.case))
    await cast.shelter.says(AcknowledgePurge(purge_id=asked), her.case)
    purge = replace(purge, recipient=cast.hospital.agency)
    asked = PurgeId(await cast.city.makes(purge, her.case))
    await cast.hospital.says(DeclinePurge(purge_id=asked, ground="MEDICAL_RECORDS"), her.case)


async def shown_to_her(cast: Cast, her: Her) -> None:
    await cast.city.says(
        ProvideAccess(
            what=frozenset({"CONSENT_TRAIL", "RECORD"}), left_out=frozenset({"NOT_HER_OWN"})
        ),
        her.case,
    )
