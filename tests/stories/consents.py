"""Consents (同意): she says yes, no, less, no longer, and whom she does not want to know."""

from msgspec.structs import replace

from domain.consent_ledger import (
    ExplainConsent,
    NarrowConsent,
    RecordConflict,
    RecordExpiry,
    RecordRefusal,
    SettleConflict,
    WithdrawConsent,
)
from domain.exclusions import LiftExclusion, SetExclusion
from domain.model import GrantId
from tests.stories.asking import agreed, asked
from tests.stories.cast import Cast
from tests.stories.record import Her


async def she_agrees(cast: Cast, her: Her) -> GrantId:
    """To the centre and the shelter, in words of her own; a little of it she takes out again."""
    grant = await asked(
        cast.city,
        her.case,
        "INFORMATION",
        "PROTECTION",
        {cast.centre.agency, cast.shelter.agency, cast.hospital.agency},
        "IDN", "CNT", "PRB", "SVC", "RSK", "PLN", "FAM", "LOC", "ACC", "HLT", "NAR",
    )  # fmt: skip
    await cast.city.says(
        replace(
            grant,
            excluded_fields=frozenset({"case.subject_identified.v1/birth_date"}),
            evidence_hash="0" * 64,
            conditions=frozenset({"KEEPS_PHONE"}),
            conditions_text="昼休みだけ電話に出られます。",
        ),
        her.case,
    )
    await cast.city.says(
        NarrowConsent(
            grant_id=grant.grant_id,
            removed_categories=frozenset({"PRB"}),
            removed_fields=frozenset({"case.attributes_recorded.v1/pregnancy"}),
        ),
        her.case,
    )
    return grant.grant_id


async def she_says_no(cast: Cast, her: Her) -> None:
    """Before she is asked, when she is asked, and after she had agreed."""
    city, npo = cast.city, {cast.npo.agency}
    await city.says(
        RecordRefusal(
            kind="INFORMATION",
            recipients=frozenset(npo),
            categories=frozenset({"ADR"}),
            purpose="PROTECTION",
        ),
        her.case,
    )
    explained = await asked(city, her.case, "LEDGER", "LEDGER", npo, "SVC")
    await city.says(
        RecordRefusal(
            grant_id=explained.grant_id,
            kind="LEDGER",
            recipients=frozenset(npo),
            categories=frozenset({"SVC"}),
            purpose="LEDGER",
        ),
        her.case,
    )
    grant = await agreed(city, her.case, "INFORMATION", "SERVICE", npo, "CNT", "IDN")
    await city.says(WithdrawConsent(grant_id=grant, reason="もう少し考えたい。"), her.case)
    again = ExplainConsent(
        kind="LEDGER",
        purpose="LEDGER",
        recipients=frozenset(npo),
        categories=frozenset({"SVC"}),
        language="vi",
        interpreter=cast.npo.staff,
        material_version="2026-04",
        asked_again_because="HER_WISH",
    )
    await city.says(again, her.case)


async def until_a_day(cast: Cast, her: Her) -> None:
    """One consent takes the place of another, and is over after a week."""
    city, npo = cast.city, {cast.npo.agency}
    before = await agreed(city, her.case, "INFORMATION", "SERVICE", npo, "CNT", "IDN")
    week = {"until_event": None, "valid_until": cast.clock.in_days(7)}
    short = await agreed(
        city, her.case, "INFORMATION", "SERVICE", npo, "CNT", supersedes=before, **week
    )
    cast.clock.passes(days=8)
    await city.says(RecordExpiry(grant_id=short), her.case)


async def for_her_son(cast: Cast, her: Her) -> None:
    """First there is a conflict, so that nobody agrees for him."""
    await cast.city.says(RecordConflict(child_id=her.son), her.case)
    await cast.city.says(SettleConflict(child_id=her.son), her.case)
    await agreed(
        cast.city,
        her.case,
        "INFORMATION",
        "CHILD",
        {cast.guidance.agency},
        "CHD",
        "FAM",
        grantor="GUARDIAN",
        grantor_id=her.son,
    )


async def by_her_sister(cast: Cast, her: Her) -> None:
    """For herself, on a form that she had signed the day before."""
    await agreed(
        cast.city,
        her.case,
        "INFORMATION",
        "PROTECTION",
        {cast.centre.agency},
        "FAM",
        grantor="ADULT_COMPANION",
        grantor_id=her.sister,
        granted_at=cast.clock.in_hours(-20),
        only_fields=frozenset({"case.companion_added.v1/name"}),
    )


async def whom_she_shuts_out(cast: Cast, her: Her) -> None:
    """Somebody at the hospital knows him; later she hears that it was somebody else."""
    await cast.city.says(SetExclusion(agency_id=cast.hospital.agency), her.case)
    await cast.city.says(
        LiftExclusion(agency_id=cast.hospital.agency, method="ORAL_WITNESSED"), her.case
    )
    await cast.city.says(SetExclusion(staff_id=cast.police.staff), her.case)
