"""Living (架空の経過): how it goes with her, from the first call to the end, or to where we stop.

Most call once or twice. Many are helped for some months, and a few for years.
"""

from collections.abc import Callable
from typing import Final

from domain.case import AcceptCase, CaseOpened, CloseCase, OpenCase, ReopenCase, TransferCase
from domain.case_codes import ClosureReason
from domain.codes import Framework, ReferralKind
from services.seeding import made_up
from services.seeding.agreeing import (
    changes_her_mind,
    lets_know,
    shuts_out,
    to_be_met_about,
)
from services.seeding.conferring import met_about
from services.seeding.her import Her, Story
from services.seeding.land import Agency
from services.seeding.referring import handed_over, referred, withdrawn
from services.seeding.staying import admitted, protected
from services.seeding.supporting import (
    WEEK_BY_WEEK,
    assesses,
    consults,
    goes_to_court,
    is_served,
    needs,
    plans,
    says_who_she_is,
)
from services.seeding.troubling import (
    asks_to_be_forgotten,
    complains,
    is_in_danger,
    the_law_asks,
)

BOTH_ACTS: Final = frozenset[Framework]({"WOMEN_SUPPORT_ACT", "DV_ACT"})


def life(her: Her) -> Story:
    if not _comes(her):
        return
    if her.chance.likely(0.42):
        yield from _calls(her)
    else:
        yield from _is_helped(her)
    yield from her.is_forgotten()


def _comes(her: Her) -> bool:
    centre, city = her.region.centre, her.city
    her.is_seen_by(her.chance.weighed({city.division: 74, centre: 16, city.npo: 10}))
    did = her.records(
        OpenCase(
            anonymous=her.chance.likely(0.4),
            channel=her.chance.weighed({"PHONE": 6, "INTERVIEW": 3, "EMAIL": 1, "SNS": 0.7}),
            found_via=her.chance.weighed(
                {"SELF": 60, "FAMILY": 8, "POLICE": 9, "MEDICAL": 6, "OTHER_AGENCY": 14}
            ),
            frameworks=BOTH_ACTS if her.chance.likely(0.5) else BOTH_ACTS - {"DV_ACT"},
            at_risk_only=False,
        )
    )
    if did is None:
        return False
    (opened,) = (event for _, event in did.events if isinstance(event, CaseOpened))
    her.case, her.subject = did.case, opened.subject_id
    return True


def _calls(her: Her) -> Story:
    """Nobody may ever know who she was."""
    consults(her, first=True)
    while her.chance.likely(0.35):
        yield her.chance.days(12)
        consults(her)
    if her.chance.likely(0.7):
        yield 10 + her.chance.days(40)
        reason: ClosureReason = her.chance.weighed(
            {"REFERRED_ELSEWHERE": 4, "SUBJECTS_WISH": 3, "GOALS_MET": 2}
        )
        her.records(CloseCase(reason=reason))


def _is_helped(her: Her) -> Story:
    consults(her, first=True)
    yield her.chance.days(4)
    says_who_she_is(her)
    if her.chance.likely(0.8):
        assesses(her)
    yield her.chance.days(4)
    if her.records(AcceptCase(network_id=her.city.network)) is None:
        return
    her.is_reviewed()
    to_be_met_about(her)
    if her.chance.likely(0.6):
        lets_know(her, frozenset(her.chance.some(_others(her), 1, 3)))
    yield her.chance.days(3)
    if her.chance.likely(0.16):
        yield from protected(her)
    yield from _week_by_week(her, her.chance.long_tailed(140, 1.0))
    yield from _comes_to_an_end(her)


def _others(her: Her) -> list[Agency]:
    city, prefecture = her.city, her.prefecture
    helps = (city.npo, city.hospital, city.police, city.housing, city.school, city.welfare)
    more = (her.region.centre, prefecture.guidance, prefecture.legal, city.division)
    return [each for each in (*helps, *more) if each != her.agency]


def _week_by_week(her: Her, days: float) -> Story:
    """The longer she is known, the less often there is something."""
    pace = her.chance.long_tailed(14, 0.5)
    while days > 0:
        step = min(days, 0.5 + her.chance.days(pace))
        yield step
        days -= step
        pace *= 1.02
        if her.chance.likely(0.72):
            her.chance.weighed(WEEK_BY_WEEK)(her)
        else:
            yield from her.chance.weighed(AT_TIMES)(her)


def _is_referred(her: Her) -> Story:
    city, prefecture = her.city, her.prefecture
    to = her.chance.one(_others(her))
    lets_know(her, frozenset({to}))
    if to == prefecture.guidance:
        yield from referred(her, "CHILD_GUIDANCE", to)
    elif to in {city.police, prefecture.legal}:
        yield from referred(her, "ADVICE_REQUEST", to)
    else:
        kind: ReferralKind = her.chance.weighed(
            {"SERVICE_LINK": 7, "INTRODUCTION": 2, "ADVICE_REQUEST": 1}
        )
        yield from referred(her, kind, to)


def _moves(her: Her) -> Story:
    """To the other city of the region, whose division answers for her from then on."""
    (other,) = (each for each in her.region.cities if each != her.city)
    if her.agency != her.city.division or her.referrals:
        return
    lets_know(her, frozenset({other.division}), "RELOCATION")
    yield from handed_over(her, other.division)
    if her.agency != other.division:
        return
    yield her.chance.days(4)
    if her.records(TransferCase(network_id=other.network)):
        her.is_reviewed_no_more()
        her.city = other
        her.is_reviewed()
        to_be_met_about(her)


def _tells_others(her: Her) -> Story:
    lets_know(her, frozenset(her.chance.some(_others(her), 1, 2)))
    yield from ()


AT_TIMES: Final[dict[Callable[[Her], Story], float]] = {
    _is_referred: 26, _tells_others: 10, changes_her_mind: 10, needs: 12,
    is_served: 14, plans: 10,
    goes_to_court: 8, met_about: 6, _moves: 1.6, shuts_out: 1.2, complains: 1.3, is_in_danger: 0.8,
    the_law_asks: 1.6, protected: 1.0, admitted: 0.8,
}  # fmt: skip


def _comes_to_an_end(her: Her) -> Story:
    for referral in sorted(her.referrals):
        withdrawn(her, referral)
    reason: ClosureReason = her.chance.weighed(
        {"GOALS_MET": 6, "SUBJECTS_WISH": 3, "MOVED_UNREACHABLE": 1}
    )
    thanks = her.chance.one(made_up.THANKS)
    close = CloseCase(
        reason=reason,
        outcome="暮らしが落ち着いた。" if reason == "GOALS_MET" else None,
        subject_wish=None if reason == "MOVED_UNREACHABLE" else thanks,
    )
    if her.records(close) is None:
        return
    her.is_reviewed_no_more()
    if her.chance.likely(0.07):
        yield 20 + her.chance.days(150)
        wish = "もう一度話したい。"
        if her.records(ReopenCase(reason="SUBJECTS_WISH", subject_wish=wish)) is None:
            return
        her.is_reviewed()
        to_be_met_about(her)
        yield from _week_by_week(her, her.chance.long_tailed(60, 0.8))
        yield from _comes_to_an_end(her)
    elif her.chance.likely(0.01):
        yield 30 + her.chance.days(60)
        yield from asks_to_be_forgotten(her)
