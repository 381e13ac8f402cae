"""Referrals (つなぎ): handed on, sent for a service, declined, redirected, withdrawn, forgotten."""

from datetime import datetime

from domain.case import ContactMethodSet, SubjectIdentified
from domain.codes import ReferralKind
from domain.model import ReferralId
from domain.referral import (
    AcceptReferral,
    AnswerInquiry,
    AskToCancel,
    AskToTakeOver,
    ChangePackage,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
    ExpireReferral,
    ReceiveReferral,
    RecordAppointment,
    RedirectReferral,
    ReportOutcome,
    RequestInformation,
    SendInquiry,
    SendReferral,
    SupplyInformation,
    WithdrawReferral,
)
from tests.stories.cast import Cast
from tests.stories.record import Her
from tests.stories.telling import Someone


async def she_is_handed_on(cast: Cast, her: Her) -> None:
    """To the centre, which is asked first whether it could take her, and answers for her then."""
    city, centre, case = cast.city, cast.centre, her.case
    name = await cast.item(case, SubjectIdentified, "name")
    telephone = await cast.item(case, ContactMethodSet, "value")
    draft = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=centre.agency,
        purpose="PROTECTION",
        urgency="HIGH",
        items=(name, telephone),
    )
    referral = ReferralId(await city.makes(draft, case))
    await city.says(ChangePackage(referral_id=referral, items=(name,)), case)
    await city.says(
        SendInquiry(
            referral_id=referral,
            age_band="30S",
            family_size=2,
            children=("6_11",),
            needs=frozenset({"HOUSING"}),
        ),
        case,
    )
    await centre.says(
        AnswerInquiry(referral_id=referral, feasible=True, conditions=frozenset({"KEEPS_PHONE"})),
        case,
    )
    await city.says(SendReferral(referral_id=referral, accompanied=True), case)
    await centre.says(ReceiveReferral(referral_id=referral), case)
    await centre.says(
        RequestInformation(referral_id=referral, questions=("連絡はどうすればよいですか。",)), case
    )
    await city.says(SupplyInformation(referral_id=referral, items=(telephone,)), case)
    await centre.says(
        AcceptReferral(
            referral_id=referral,
            role_taken="MAIN_SUPPORT",
            conditions=frozenset({"KEEPS_PHONE"}),
            remaining_referrer_role="SERVICE_PROVIDER",
        ),
        case,
    )
    await centre.says(
        ConfirmHandover(
            referral_id=referral,
            referrer_remains=True,
            accompanied_by=city.staff,
            functions=frozenset({"CONVENOR"}),
        ),
        case,
    )
    await centre.says(
        ReportOutcome(referral_id=referral, result="SUPPORT_IN_PLACE", text="落ち着いて過ごす。"),
        case,
    )


async def she_is_commissioned(cast: Cast, her: Her) -> None:
    """To the shelter, with a first appointment."""
    centre, shelter = cast.centre, cast.shelter
    referral = await _sent(centre, her, shelter, "COMMISSION")
    await shelter.says(
        AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER"), her.case
    )
    await shelter.says(
        RecordAppointment(referral_id=referral, appointment="SCHEDULED", on=cast.clock.in_days(1)),
        her.case,
    )
    await centre.says(ConfirmHandover(referral_id=referral, referrer_remains=True), her.case)


async def what_came_to_nothing(cast: Cast, her: Her) -> None:
    """One is declined, one goes elsewhere, one is asked off, and one is never answered."""
    centre, npo, hospital = cast.centre, cast.npo, cast.hospital
    declined = await _sent(centre, her, npo, "INTRODUCTION")
    await npo.says(
        DeclineReferral(
            referral_id=declined, reason="NO_CAPACITY", alternative_agency=hospital.agency
        ),
        her.case,
    )
    elsewhere = await _sent(centre, her, npo, "SERVICE_LINK")
    new = RedirectReferral(
        referral_id=elsewhere, new_to=hospital.agency, purpose="SERVICE", urgency="LOW"
    )
    await npo.says(new, her.case)
    called_off = await _sent(centre, her, hospital, "SERVICE_LINK")
    await hospital.says(
        AcceptReferral(referral_id=called_off, role_taken="SERVICE_PROVIDER"), her.case
    )
    await hospital.says(AskToCancel(referral_id=called_off, reason="NO_CONTACT"), her.case)
    await centre.says(WithdrawReferral(referral_id=called_off, reason="SUBJECT_WISH"), her.case)
    forgotten = await _sent(centre, her, hospital, "ADVICE_REQUEST", cast.clock.in_hours(48))
    cast.clock.passes(days=3)
    await centre.says(ExpireReferral(referral_id=forgotten), her.case)


async def what_else_was_asked(cast: Cast, her: Her) -> None:
    """For her son, for another place, for afterwards; and far away, where there is no room."""
    guidance, centre = cast.guidance, cast.centre
    for_him = await _sent(centre, her, guidance, "CHILD_GUIDANCE")
    await guidance.says(AcceptReferral(referral_id=for_him), her.case)
    await centre.says(ConfirmHandover(referral_id=for_him, referrer_remains=True), her.case)
    asked: tuple[tuple[ReferralKind, Someone], ...] = (
        ("FACILITY_ADMISSION", cast.facility),
        ("AFTERCARE_HANDOVER", cast.npo),
    )
    for kind, to in asked:
        referral = await _sent(centre, her, to, kind)
        await to.says(DeclineReferral(referral_id=referral, reason="NOT_SAFE_HERE"), her.case)
    far = DraftReferral(
        kind="OUT_OF_PREFECTURE",
        to_agency=cast.far_away.agency,
        purpose="RELOCATION",
        urgency="MEDIUM",
    )
    referral = ReferralId(await centre.makes(far, her.case))
    await centre.says(SendInquiry(referral_id=referral, age_band="30S", family_size=2), her.case)
    await cast.far_away.says(AnswerInquiry(referral_id=referral, feasible=False), her.case)
    await centre.says(WithdrawReferral(referral_id=referral, reason="SUPERSEDED"), her.case)


async def she_moves_away(cast: Cast, her: Her) -> None:
    """The neighbouring city would answer for her, and does."""
    neighbour, centre = cast.neighbour, cast.centre
    first = await _sent(centre, her, neighbour, "SERVICE_LINK")
    await neighbour.says(AcceptReferral(referral_id=first, role_taken="MAIN_SUPPORT"), her.case)
    await centre.says(ConfirmHandover(referral_id=first, referrer_remains=True), her.case)
    taking = AskToTakeOver(purpose="SERVICE", urgency="LOW")
    transfer = ReferralId(await neighbour.makes(taking, her.case))
    await centre.says(SendReferral(referral_id=transfer), her.case)
    await neighbour.says(AcceptReferral(referral_id=transfer, role_taken="MAIN_SUPPORT"), her.case)
    await neighbour.says(ConfirmHandover(referral_id=transfer, referrer_remains=False), her.case)


async def _sent(
    who: Someone, her: Her, to: Someone, kind: ReferralKind, respond_by: datetime | None = None
) -> ReferralId:
    draft = DraftReferral(kind=kind, to_agency=to.agency, purpose="SERVICE", urgency="MEDIUM")
    referral = ReferralId(await who.makes(draft, her.case))
    await who.says(SendReferral(referral_id=referral, respond_by=respond_by), her.case)
    return referral
