"""Staying (一時保護・入所): she is taken in, with her children, and somebody stays in touch."""

from typing import Final

from domain.case import AssignRole
from domain.case.aftercare import AftercareTerms, EndAftercare, RescheduleAftercare
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    DeclineProtection,
    EndStay,
    ExtendStay,
    StartStay,
)
from domain.case.support import RecordSupportActivity
from domain.codes import ConsentKind
from domain.model import StayId
from domain.support_codes import CompanionPlace, ProtectionDeclineReason, StayKind
from services.seeding import made_up
from services.seeding.acting import Someone
from services.seeding.agreeing import asked
from services.seeding.her import Her, Story
from services.seeding.land import Agency
from services.seeding.supporting import age_band, assesses

WHY_NOT: Final[tuple[ProtectionDeclineReason, ...]] = (
    "KEEP_WORK_OR_SCHOOL",
    "NO_MOBILE_PHONE",
    "OTHER",
)


def protected(her: Her) -> Story:
    """By the Centre itself, or by whom it commissions."""
    if her.chance.likely(0.15):
        reason: ProtectionDeclineReason = her.chance.one(WHY_NOT)
        her.records(DeclineProtection(reasons=frozenset({reason})))
        return
    centre = her.region.centre
    if her.agency != centre:
        her.records(AssignRole(function="MAIN_SUPPORT", agency_id=centre.id))
    if not her.assessed:
        assesses(her)
    commissioned = her.chance.likely(0.3)
    taking = her.chance.one(her.prefecture.shelters) if commissioned else centre
    kind: StayKind = "COMMISSIONED_PROTECTION" if commissioned else "TEMPORARY_PROTECTION"
    consent: ConsentKind = "COMMISSIONED_PLACEMENT" if commissioned else "TEMPORARY_PROTECTION"
    yield from _kept(her, kind, consent, taking, 12.0)


def admitted(her: Her) -> Story:
    """To the facility, for some months."""
    centre = her.region.centre
    if her.agency != centre:
        her.records(AssignRole(function="MAIN_SUPPORT", agency_id=centre.id))
    if not her.assessed:
        assesses(her)
    facility = her.prefecture.facility
    yield from _kept(her, "WOMENS_SELF_RELIANCE_FACILITY", "FACILITY_ADMISSION", facility, 120.0)


def _kept(her: Her, kind: StayKind, consent: ConsentKind, taking: Agency, days: float) -> Story:
    decides, keeps = her.chance.one(her.region.centre.staff), her.chance.one(taking.staff)
    nothing = frozenset[Agency]()
    seen, her.worker = her.worker, decides
    for_all = frozenset({taking, her.region.centre}) | nothing
    agreed = asked(her, consent, "PROTECTION", for_all, frozenset({"SVC"}), until="STAY_END")
    her.worker = seen
    if agreed is None:
        return
    if taking != her.region.centre:
        her.records(AssignRole(function="SERVICE_PROVIDER", agency_id=taking.id))
    did = her.asks(
        decides,
        DecideStay(
            kind=kind,
            scope="IN_PREFECTURE",
            legal_ground=her.chance.weighed(
                {"SPOUSE_VIOLENCE": 7, "LIFE_BODY_SAFETY": 1, "NO_RESIDENCE_OR_HARMFUL_RETURN": 2}
            ),
            provider_agency_id=taking.id,
            planned_from=her.today,
        ),
    )
    if did is None or did.made is None:
        return
    stay = StayId(did.made)
    if her.chance.likely(0.06):
        her.asks(decides, CancelStay(stay_id=stay, reason="SHE_CHOSE_OTHERWISE"))
        return
    yield from _there(her, stay, decides, keeps, days)


def _there(her: Her, stay: StayId, decides: Someone, keeps: Someone, days: float) -> Story:
    elsewhere = tuple(her.adults)
    place: CompanionPlace = "RELATIVE"
    started = her.asks(
        keeps,
        StartStay(
            stay_id=stay,
            location=f"{her.chance.between(1, 4)}階 {her.chance.between(1, 9)}号室",
            companions=tuple(her.children),
            elsewhere=elsewhere,
            elsewhere_places=(place,) * len(elsewhere),
            age_band=age_band(her.woman.age),
            reason_code=her.chance.weighed({"DV": 7, "FAMILY_PROBLEM": 2, "NOWHERE_TO_RETURN": 2}),
            conditions=frozenset({"KEEPS_PHONE"} if her.chance.likely(0.5) else ()),
        ),
    )
    if started is None:
        her.asks(decides, CancelStay(stay_id=stay, reason="OTHER"))
        return
    left = her.chance.long_tailed(days, 0.5)
    while left > 0:
        step = min(left, 1 + her.chance.days(days / 4))
        yield step
        left -= step
        her.asks(
            keeps,
            RecordSupportActivity(
                kind=her.chance.weighed(
                    {"LIVING_SUPPORT": 4, "PSYCHOLOGICAL_CARE": 2, "MEDICAL_CARE": 1}
                ),
                stay_id=stay,
                place_kind="WHERE_SHE_STAYS",
                text=her.chance.one(made_up.DONE),
            ),
        )
    if her.chance.likely(0.25):
        her.asks(
            decides, ExtendStay(stay_id=stay, until=her.in_days(14), reason="住まいがまだない。")
        )
        yield 5 + her.chance.days(5)
    yield from _leaves(her, stay, decides)


def _leaves(her: Her, stay: StayId, decides: Someone) -> Story:
    terms = None
    if her.chance.likely(0.75):
        terms = AftercareTerms(
            lead_agency=her.chance.one((her.agency, her.region.centre)).id,
            means=frozenset({"PHONE"}),
            cadence_days=her.chance.one((14, 30)),
            subject_wish="ときどき電話がほしい。",
        )
    did = her.asks(
        decides,
        EndStay(
            stay_id=stay,
            destination_kind=her.chance.weighed(
                {"OWN_HOUSING": 5, "RELATIVE": 2, "HOME": 2, "FACILITY": 1}
            ),
            companions_outcome="子どもと一緒に退所" if her.children else None,
            aftercare=terms,
            without_aftercare=None if terms else "DECLINED",
        ),
    )
    if did is not None and terms is not None:
        yield from _afterwards(her, terms)


def _afterwards(her: Her, terms: AftercareTerms) -> Story:
    for _ in range(her.chance.between(1, 6)):
        yield terms.cadence_days + her.chance.days(4)
        her.records(
            RecordSupportActivity(
                kind="PHONE_FOLLOW_UP", place_kind="PHONE", text=her.chance.one(made_up.CALLS_AGAIN)
            )
        )
    if her.chance.likely(0.3):
        monthly = AftercareTerms(lead_agency=terms.lead_agency, means=terms.means, cadence_days=60)
        her.records(RescheduleAftercare(terms=monthly, reason="落ち着いてきた。"))
        yield 60 + her.chance.days(10)
    her.records(EndAftercare(subject_wish=her.chance.one(made_up.THANKS)))
