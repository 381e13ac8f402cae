"""Referring (つなぎ): she is sent on for something, and it is answered, or not."""

from datetime import timedelta
from typing import Final

from domain.codes import Level, ReferralKind, SupportFunction
from domain.items import Item
from domain.model import ReferralId
from domain.referral import (
    TERMS,
    AcceptReferral,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
    ReceiveReferral,
    RecordAppointment,
    ReportOutcome,
    RequestInformation,
    SendReferral,
    SupplyInformation,
    WithdrawReferral,
)
from domain.referral_codes import Outcome
from services.seeding.her import Her, Story
from services.seeding.land import Agency

ANSWERS: Final = {"YES": 66.0, "NO": 14.0, "ASKS": 8.0, "NOTHING": 9.0, "TAKEN_BACK": 3.0}


def referred(her: Her, kind: ReferralKind, to: Agency) -> Story:
    """Told in a few days, or in some weeks."""
    receiver, sender = to.staff[0], her.worker
    referral = _sent(her, kind, to)
    if referral is None:
        return
    answer = her.chance.weighed(ANSWERS)
    yield her.chance.days(1.2)
    if answer in {"YES", "NO", "ASKS"}:
        her.asks(receiver, ReceiveReferral(referral_id=referral))
    if answer == "ASKS":
        question = RequestInformation(referral_id=referral, questions=("連絡はいつがよいですか。",))
        her.asks(receiver, question)
        yield her.chance.days(2)
        her.asks(sender, SupplyInformation(referral_id=referral, items=_of_hers(her, kind)))
        yield her.chance.days(2)
    if answer in {"YES", "ASKS"}:
        yield from _taken_up(her, kind, to, referral)
    elif answer == "NO":
        decline = DeclineReferral(
            referral_id=referral,
            reason=her.chance.weighed(
                {"NO_CAPACITY": 5, "NOT_OUR_FUNCTION": 3, "SUBJECT_WISH": 2, "OUT_OF_AREA": 1}
            ),
        )
        her.asks(receiver, decline)
        her.referrals.discard(referral)
    elif answer == "NOTHING":
        yield from _never_answered(her, referral)
    else:
        withdrawn(her, referral)


def withdrawn(her: Her, referral: ReferralId) -> None:
    if her.records(WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH")):
        her.referrals.discard(referral)


def _sent(her: Her, kind: ReferralKind, to: Agency) -> ReferralId | None:
    urgency: Level = her.chance.weighed({"LOW": 4, "MEDIUM": 5, "HIGH": 3, "CRITICAL": 0.5})
    draft = DraftReferral(
        kind=kind, to_agency=to.id, purpose="SERVICE", urgency=urgency, items=_of_hers(her, kind)
    )
    did = her.records(draft)
    if did is None or did.made is None:
        return None
    referral = ReferralId(did.made)
    due = her.acting.at + timedelta(days=5) if her.chance.likely(0.3) else None
    send = SendReferral(
        referral_id=referral, respond_by=due, accompanied=her.chance.likely(0.2), hands_over=False
    )
    her.referrals.add(referral)
    if her.records(send) is None:  # What she has not agreed to does not go.
        withdrawn(her, referral)
        return None
    return referral


def _of_hers(her: Her, kind: ReferralKind) -> tuple[Item, ...]:
    if kind == "INTRODUCTION":
        return (her.items["CNT"],) if "CNT" in her.items else ()
    return tuple(her.items.values())


def _taken_up(her: Her, kind: ReferralKind, to: Agency, referral: ReferralId) -> Story:
    roles = TERMS[kind].roles
    role: SupportFunction | None = "SERVICE_PROVIDER" if "SERVICE_PROVIDER" in roles else None
    took = her.asks(to.staff[0], AcceptReferral(referral_id=referral, role_taken=role))
    if took is None:
        withdrawn(her, referral)
        return
    if kind in {"SERVICE_LINK", "INTRODUCTION"} and her.chance.likely(0.5):
        yield her.chance.days(2)
        on = her.in_days(her.chance.between(1, 14))
        appointment = RecordAppointment(referral_id=referral, appointment="SCHEDULED", on=on)
        her.asks(to.staff[0], appointment)
    yield her.chance.days(5)
    stays = her.chance.likely(0.9)
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=stays)
    if her.asks(to.staff[0], confirm) is None:
        withdrawn(her, referral)
        return
    her.referrals.discard(referral)
    if her.chance.likely(0.6):
        yield her.chance.days(25)
        result: Outcome = her.chance.weighed(
            {"SUPPORT_IN_PLACE": 7, "PARTLY_IN_PLACE": 2, "NOT_TAKEN_UP": 1, "SUBJECT_DECLINED": 1}
        )
        her.asks(to.staff[0], ReportOutcome(referral_id=referral, result=result))


def _never_answered(her: Her, referral: ReferralId) -> Story:
    """Some lapse, some are taken back, and some just stand there."""
    yield 6 + her.chance.days(20)
    if her.chance.likely(0.6):
        withdrawn(her, referral)


def handed_over(her: Her, to: Agency) -> Story:
    """All of it: whoever answers for her then is another agency."""
    draft = DraftReferral(
        kind="CASE_TRANSFER", to_agency=to.id, purpose="RELOCATION", urgency="MEDIUM"
    )
    did = her.records(draft)
    if did is None or did.made is None:
        return
    referral = ReferralId(did.made)
    her.referrals.add(referral)
    if her.records(SendReferral(referral_id=referral)) is None:
        withdrawn(her, referral)
        return
    takes = to.staff[0]
    yield her.chance.days(3)
    her.asks(takes, ReceiveReferral(referral_id=referral))
    yield her.chance.days(4)
    accept = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT")
    confirm = ConfirmHandover(
        referral_id=referral, referrer_remains=her.chance.likely(0.3), functions=frozenset()
    )
    if her.asks(takes, accept) is None:
        withdrawn(her, referral)
        return
    yield her.chance.days(6)
    if her.asks(takes, confirm) is None:
        withdrawn(her, referral)
        return
    her.referrals.discard(referral)
    her.is_seen_by(to)
