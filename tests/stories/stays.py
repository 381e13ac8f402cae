"""Stays (一時保護・入所): one that is cancelled, one at a shelter, and how she is after it."""

from typing import Final

from msgspec.structs import replace

from domain.case.aftercare import AftercareTerms, EndAftercare, RescheduleAftercare, StartAftercare
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    DeclineProtection,
    EndStay,
    ExtendStay,
    StartStay,
)
from domain.codes import ConsentKind
from domain.model import StayId
from tests.stories.asking import agreed
from tests.stories.cast import Cast
from tests.stories.record import Her


async def not_now(cast: Cast, her: Her) -> None:
    await cast.city.says(
        DeclineProtection(reasons=frozenset({"NO_MOBILE_PHONE"}), text="電話を手放せない。"),
        her.case,
    )


async def she_agrees_to_the_shelter(cast: Cast, her: Her) -> None:
    await agreed(
        cast.centre,
        her.case,
        "COMMISSIONED_PLACEMENT",
        "PROTECTION",
        {cast.shelter.agency},
        until_event="STAY_END",
    )


async def at_the_shelter(cast: Cast, her: Her) -> None:
    """She goes there with her son, and stays longer than was thought."""
    centre, shelter, case = cast.centre, cast.shelter, her.case
    decide = DecideStay(
        kind="COMMISSIONED_PROTECTION",
        scope="IN_PREFECTURE",
        legal_ground="SPOUSE_VIOLENCE",
        provider_agency_id=shelter.agency,
        planned_from=cast.clock.in_days(0),
    )
    stay = StayId(await centre.makes(decide, case))
    await shelter.says(
        StartStay(
            stay_id=stay,
            location="やまぶき 2階",
            companions=(her.son,),
            elsewhere=(her.sister,),
            elsewhere_places=("RELATIVE",),
            age_band="30S",
            reason_code="DV",
            conditions=frozenset({"KEEPS_PHONE"}),
        ),
        case,
    )
    cast.clock.passes(days=10)
    await centre.says(
        ExtendStay(stay_id=stay, until=cast.clock.in_days(14), reason="住まいがまだない。"), case
    )
    cast.clock.passes(days=10)
    await centre.says(
        EndStay(
            stay_id=stay,
            destination_kind="OWN_HOUSING",
            destination_address="青葉県緑野市ひかり町4-5",
            companions_outcome="息子と一緒に退所",
            aftercare=by(cast),
        ),
        case,
    )


async def another_is_cancelled(cast: Cast, her: Her) -> None:
    await agreed(
        cast.centre,
        her.case,
        "TEMPORARY_PROTECTION",
        "PROTECTION",
        {cast.centre.agency},
        until_event="STAY_END",
    )
    decide = DecideStay(
        kind="TEMPORARY_PROTECTION",
        scope="IN_PREFECTURE",
        legal_ground="LIFE_BODY_SAFETY",
        provider_agency_id=cast.centre.agency,
        planned_from=cast.clock.in_days(1),
    )
    stay = StayId(await cast.centre.makes(decide, her.case))
    await cast.centre.says(
        CancelStay(stay_id=stay, reason="SHE_CHOSE_OTHERWISE", text="実家に行くことにした。"),
        her.case,
    )


async def far_away(cast: Cast, her: Her) -> None:
    """A place in another prefecture, to which she would have to move, is found to be taken."""
    for kind in KINDS_TO_MOVE:
        await agreed(
            cast.centre,
            her.case,
            kind,
            "RELOCATION",
            {cast.far_away.agency},
            until_event="STAY_END",
        )
    decide = DecideStay(
        kind="STEP_HOUSE",
        scope="OUT_OF_PREFECTURE",
        provider_agency_id=cast.far_away.agency,
        planned_from=cast.clock.in_days(7),
    )
    stay = StayId(await cast.centre.makes(decide, her.case))
    await cast.centre.says(CancelStay(stay_id=stay, reason="NO_PLACE"), her.case)


async def afterwards(cast: Cast, her: Her) -> None:
    """Every two weeks, then every month, then no longer; and once more, for a while."""
    centre, terms = cast.centre, by(cast)
    monthly = replace(terms, cadence_days=30, means=frozenset({"PHONE"}))
    await centre.says(RescheduleAftercare(terms=monthly, reason="落ち着いてきた。"), her.case)
    await centre.says(EndAftercare(subject_wish="もう大丈夫。", reason="本人の希望"), her.case)
    await centre.says(StartAftercare(terms=monthly), her.case)
    await centre.says(EndAftercare(subject_wish="ありがとう。"), her.case)


KINDS_TO_MOVE: Final[tuple[ConsentKind, ...]] = ("FACILITY_ADMISSION", "RELOCATION")


def by(cast: Cast) -> AftercareTerms:
    return AftercareTerms(
        lead_agency=cast.centre.agency,
        means=frozenset({"PHONE", "DROP_IN"}),
        cadence_days=14,
        subject_wish="ときどき電話がほしい。",
    )
