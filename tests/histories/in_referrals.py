"""What is asked of referrals: from the draft to the handover, and two of them at one time."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, Final, get_args

from domain.case import participants
from domain.categories import CategoryCode
from domain.codes import ReferralKind
from domain.consent_ledger import in_force
from domain.items import Item
from domain.model import AgencyId, Command
from domain.referral import (
    TERMS,
    AcceptReferral,
    AnswerInquiry,
    AskToCancel,
    AskToTakeOver,
    ChangePackage,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
    ExpireReferral,
    KnownReferral,
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
from tests.histories.play import About, Ask, Here, Play

KINDS: Final[tuple[ReferralKind, ...]] = (
    *get_args(ReferralKind),
    "CASE_TRANSFER",
    "CASE_TRANSFER",
    "SERVICE_LINK",
    "TEMPORARY_PROTECTION_REQUEST",
)
NEXT: Final[Mapping[str, tuple[type[Command], ...]]] = {
    "DRAFT": (SendReferral, SendReferral, SendReferral, SendInquiry, ChangePackage),
    "INQUIRED": (AnswerInquiry, AnswerInquiry, AnswerInquiry, WithdrawReferral),
    "SENT": (ReceiveReferral, ReceiveReferral, AcceptReferral, DeclineReferral, ExpireReferral),
    "RECEIVED": (
        AcceptReferral,
        AcceptReferral,
        AcceptReferral,
        RequestInformation,
        RedirectReferral,
    ),
    "INFO_REQUESTED": (SupplyInformation, SupplyInformation, DeclineReferral, RedirectReferral),
    "ACCEPTED": (
        ConfirmHandover,
        ConfirmHandover,
        RecordAppointment,
        AskToCancel,
        WithdrawReferral,
    ),
    "COMPLETED": (ReportOutcome,),
}
BY_SENDER: Final = {SendReferral, SendInquiry, ChangePackage, SupplyInformation, WithdrawReferral}


def items(play: Play, here: Here, by: AgencyId, to: Collection[AgencyId]) -> tuple[Item, ...]:
    """What an agency has recorded itself, field by field; rather what may be known to others."""
    given = in_force(here.ledger, play.world.at).values()
    agreed = [
        grant.categories
        for grant in given
        if grant.kind == "INFORMATION" and grant.recipients.issuperset(to)
    ]
    covered = frozenset[CategoryCode]().union(*agreed)
    anything = play.likely(0.1)
    own = [
        Item(source=entry.told.id, field=line.field)
        for entry in play.world.of_case(here.id)[-80:]
        if entry.told.agency == by
        for line in entry.parts
        if anything or (line.category in covered and line.person == here.case.subject_id)
    ]
    return tuple(play.some(own, play.chance.randint(0, 3))) if own else ()


def _draft(play: Play, here: Here) -> Ask | None:
    kind = play.one(KINDS)
    terms = TERMS[kind]
    who = play.answering(here) if play.likely(0.6) else play.taking_part(here)
    if terms.senders:
        may = [a for a in participants(here.case) if play.kind(a) in terms.senders]
        who = play.by(play.maybe(sorted(may)))
    if who is None:
        return None
    to = [
        each
        for each in play.agencies
        if each != who.agency and (terms.receivers is None or play.kind(each) in terms.receivers)
    ]
    receiver = play.maybe(to)
    if receiver is None:
        return None
    contents = items(play, here, who.agency, [receiver]) if play.likely(0.7) else ()
    return Ask(
        who,
        play.asks(DraftReferral, kind=kind, to_agency=receiver, items=contents, based_on=None),
        here.id,
    )


def _take_over(play: Play, here: Here) -> Ask | None:
    who = play.taking_part(here)
    if who is None or who.agency == here.case.main_responsible:
        return None
    return Ask(who, play.asks(AskToTakeOver), here.id)


def goes_on(play: Play, here: Here) -> Ask | None:
    going = [
        (which, known)
        for which in play.referrals.get(here.id, [])
        if isinstance(known := play.referral(which), KnownReferral) and known.status in NEXT
    ]
    moving = [(which, known) for which, known in going if known.status != "COMPLETED"]
    found = play.maybe(moving if play.likely(0.9) else going)
    if found is None:
        return None
    which, known = found
    kind = play.one(NEXT[known.status])
    sends = kind in BY_SENDER or (kind is ExpireReferral and play.likely(0.5))
    if kind is ConfirmHandover and not known.hands_over:
        sends = play.likely(0.5)
    who = play.by(known.from_agency if sends else known.to_agency)
    if who is None:
        return None
    facts = _facts(play, here, kind, known)
    return Ask(who, play.asks(kind, referral_id=which, **facts), here.id)  # type: ignore[arg-type]


def _facts(play: Play, here: Here, kind: type[Command], known: KnownReferral) -> dict[str, Any]:
    made = FACTS.get(kind)
    return made(play, here, known) if made else {}


def _sending(play: Play, _: Here, __: KnownReferral) -> dict[str, Any]:
    due = play.world.at + timedelta(hours=play.chance.randint(1, 40))
    return {"respond_by": due, "hands_over": None}


def _packing(play: Play, here: Here, known: KnownReferral) -> dict[str, Any]:
    return {"items": items(play, here, known.from_agency, [known.to_agency])}


def _accepting(play: Play, _: Here, known: KnownReferral) -> dict[str, Any]:
    role = play.maybe(TERMS[known.kind].roles)
    return {"role_taken": role, "takes_over": play.likely(0.1)}


def _confirming(play: Play, _: Here, known: KnownReferral) -> dict[str, Any]:
    functions = play.some(TERMS[known.kind].roles, play.chance.randint(0, 2))
    nobody: frozenset[AgencyId] = frozenset()
    return {"functions": frozenset(functions), "accompanied_by": None, "relieved": nobody}


def _others(play: Play, known: KnownReferral) -> list[AgencyId]:
    return [a for a in play.agencies if a not in {known.from_agency, known.to_agency}]


def _declining(play: Play, _: Here, known: KnownReferral) -> dict[str, Any]:
    return {"alternative_agency": play.maybe(_others(play, known))}


def _redirecting(play: Play, _: Here, known: KnownReferral) -> dict[str, Any]:
    terms, others = TERMS[known.kind], _others(play, known)
    fitting = [a for a in others if not terms.receivers or play.kind(a) in terms.receivers]
    return {"new_to": play.one(fitting or others)}


def _answering(play: Play, _: Here, __: KnownReferral) -> dict[str, Any]:
    return {"feasible": play.likely(0.8)}


FACTS: Final[Mapping[type[Command], Callable[[Play, Here, KnownReferral], dict[str, Any]]]] = {
    SendReferral: _sending,
    ChangePackage: _packing,
    SupplyInformation: _packing,
    AcceptReferral: _accepting,
    ConfirmHandover: _confirming,
    DeclineReferral: _declining,
    RedirectReferral: _redirecting,
    AnswerInquiry: _answering,
}
ASKED: Final[tuple[tuple[int, About], ...]] = ((6, _draft), (1, _take_over), (18, goes_on))
