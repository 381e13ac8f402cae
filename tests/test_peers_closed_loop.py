"""Closed-loop scenarios (E1-E11): what was asked of another agency comes back to whoever asked."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Final, get_args

import msgspec
import pytest

from domain.agency import EndFeedCustodian, NotTheCustodian, StartCommissionContract
from domain.case import (
    AcceptCase,
    AssignRole,
    CaseAlreadyAccepted,
    CloseCase,
    OpenCase,
    RecordNote,
)
from domain.case.closing import CaseClosed, ReferralStillOpen
from domain.case.stay_events import CancelStay, DeclineProtection
from domain.case.support import CloseNeed, IdentifyNeed, NeedClosed, NeedIdentified
from domain.meeting.commands import CancelMeeting, DeferReview
from domain.model import Command, Event, ReferralId
from domain.network import JoinNetwork
from domain.referral import (
    LEADS_TO,
    REFERRAL,
    SIDES,
    AcceptReferral,
    AnswerInquiry,
    AppointmentRecorded,
    AskToCancel,
    CancellationAsked,
    ChangePackage,
    ConfirmHandover,
    DeclineReferral,
    ExpireReferral,
    HandoverAlreadyConfirmed,
    HandoverAlreadyOpen,
    HandoverConfirmed,
    InformationRequested,
    InformationSupplied,
    InquireFirst,
    NotForYouToDo,
    OutcomeReported,
    ReceiveReferral,
    RecordAppointment,
    RedirectReferral,
    ReferralAccepted,
    ReferralDrafted,
    ReferralHasEnded,
    ReferralNotFound,
    ReferralReceived,
    ReferralSent,
    ReferralStep,
    ReferralWithdrawn,
    ReportOutcome,
    RequestInformation,
    SendInquiry,
    SendReferral,
    SupplyInformation,
    WithdrawReferral,
)
from domain.speech import Refused
from domain.trail.notices import DeferNotification
from domain.trail.purges import DeclinePurge
from services.looking import Reader
from tests.anything import asked
from tests.feeds import Feeds, keeps_feed
from tests.peers import Midorino, midorino
from tests.spec import NOW
from tests.test_agency_together import CHECKED
from tests.world import Someone


def test_e1_what_was_asked_comes_back_and_whoever_asked_closes_the_need() -> None:
    here = midorino()
    need = here.says(here.city, IdentifyNeed(field="HOUSING")).the(NeedIdentified).need_id
    here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    asked = RequestInformation(referral_id=referral, questions=("連絡先を教えてください。",))
    steps: tuple[tuple[Someone, ReferralStep], ...] = (
        (here.ayumi, ReceiveReferral(referral_id=referral)),
        (here.ayumi, asked),
        (here.city, SupplyInformation(referral_id=referral, items=(here.telephone,))),
        (here.ayumi, AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")),
        (here.ayumi, ConfirmHandover(referral_id=referral, referrer_remains=True)),
        (here.ayumi, ReportOutcome(referral_id=referral, result="SUPPORT_IN_PLACE")),
    )
    for who, step in steps:
        here.says(who, step)
    assert here.trail(here.city, referral) == [
        ReferralDrafted,
        ReferralSent,
        ReferralReceived,
        InformationRequested,
        InformationSupplied,
        ReferralAccepted,
        HandoverConfirmed,
        OutcomeReported,
    ]
    assert here.trail(here.ayumi, referral) == here.trail(here.city, referral)
    assert here.bases(here.city)["referral.outcome_reported.v1/result"] == "PARTY"
    close = CloseNeed(need_id=need, field="HOUSING", outcome="MET")
    assert here.says(here.city, close).the(NeedClosed)


def test_e2_from_city_to_centre_to_shelter_it_is_one_case_and_each_knows_its_own_part() -> None:
    here = midorino()
    contract = StartCommissionContract(
        agency_id=here.shelter.agency,
        valid_from=date(2026, 4, 1),
        valid_until=date(2027, 3, 31),
        criteria_check=CHECKED,
    )
    here.world.says(here.centre, contract)
    first = here.sends(here.city, here.centre, "TEMPORARY_PROTECTION_REQUEST")
    here.accepts(here.centre, first, "MAIN_SUPPORT")
    here.agrees(here.shelter, kind="COMMISSIONED_PLACEMENT", categories=(), via=here.centre)
    second = here.sends(here.centre, here.shelter, "COMMISSION", based_on=first)
    here.accepts(here.shelter, second, "MAIN_SUPPORT")
    for who, referral in ((here.shelter, second), (here.centre, first)):
        here.confirms(who, referral)
        here.says(who, ReportOutcome(referral_id=referral, result="SUPPORT_IN_PLACE"))
    drafts = {
        entry.said.referral_id: entry.said.based_on
        for entry in here.world.of_case(here.case)
        if isinstance(entry.said, ReferralDrafted)
    }
    assert drafts == {first: None, second: first}
    assert here.trail(here.city, first)[-1] is OutcomeReported
    assert here.trail(here.city, second) == here.trail(here.shelter, first) == []
    assert here.shelter.agency not in whom_it_names(here, here.city)


def test_e2_nobody_builds_on_a_referral_that_is_not_theirs() -> None:
    here = midorino()
    first = here.sends(here.city, here.centre)
    here.accepts(here.centre, first)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    with pytest.raises(ReferralNotFound):
        here.drafts(here.ayumi, here.police, based_on=first)


def test_e3_what_was_declined_is_asked_of_another_and_of_several_none_is_forgotten() -> None:
    here = midorino()
    declined = here.sends(here.city, here.centre)
    here.says(here.centre, DeclineReferral(referral_id=declined, reason="NO_CAPACITY"))
    several = [here.sends(here.city, each) for each in (here.ayumi, here.hospital)]
    close = CloseCase(reason="GOALS_MET", subject_wish="はい。")
    for who, referral in zip((here.ayumi, here.hospital), several, strict=True):
        assert here.refuses(here.city, close) is ReferralStillOpen
        here.accepts(who, referral)
        here.confirms(who, referral)
    assert here.says(here.city, close).the(CaseClosed)


def test_e4_a_step_leads_where_the_machine_has_it_or_is_refused_and_never_does_nothing() -> None:
    """By the sender, the receiver and anybody else, over the whole case as it was read."""
    assert {*COMES_TO} == {*REFERRAL.states}
    for status, comes_to in COMES_TO.items():
        here = midorino()
        for step in steps_of(here, comes_to(here)):
            event = LEADS_TO[type(step)]
            assert taken(here, here.police, step) is ReferralNotFound
            for side, who in (("SENDER", here.city), ("RECEIVER", here.ayumi)):
                said = taken(here, who, step)
                if (side, status) == ("RECEIVER", "DRAFT"):
                    assert said is ReferralNotFound
                elif side not in SIDES[type(step)]:
                    assert said is NotForYouToDo
                elif REFERRAL.allows(status, event):
                    assert said is event
                    same = midorino()  # Made up of the same ids, so that it can be taken here.
                    comes_to(same)
                    assert same.says(who, step).the(event)
                else:
                    assert issubclass(said, Refused)


@pytest.mark.parametrize(
    "command",
    [
        DeclineReferral,
        WithdrawReferral,
        AskToCancel,
        CancelMeeting,
        DeferReview,
        CancelStay,
        DeclineProtection,
        DeferNotification,
        DeclinePurge,
    ],
)
def test_e5_whoever_says_no_says_why(command: type[Command]) -> None:
    """Without it, or with nothing for it, nothing of the kind can even be asked."""
    (why,) = {"reason", "reasons", "ground"} & {*command.__struct_fields__}
    whole = asked(command, random.Random(5), NOW)
    said = msgspec.json.decode(msgspec.json.encode(whole))
    assert msgspec.convert(said, command) == whole
    unsaid = [{name: value for name, value in said.items() if name != why}]
    nothing: tuple[object, ...] = (None, "", [])
    unsaid += [{**said, why: each} for each in nothing]
    for each in unsaid:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(each, command)


def test_e6_that_there_is_something_is_said_without_saying_what_and_fetched_by_who_may() -> None:
    here = midorino()
    centre = keeps_feed(here, here.centre)
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.centre.agency))
    _, place = Feeds(here.world).at().read(centre)
    here.says(here.city, RecordNote(declared_category="RSK", text="見えないこと。"))
    assert not is_woken(here, centre, place)
    here.agrees(here.centre)
    assert is_woken(here, centre, place)
    here.world.says(
        here.world.operator, EndFeedCustodian(agency_id=centre.agency, staff_id=centre.staff)
    )
    with pytest.raises(NotTheCustodian):
        is_woken(here, centre, place)


def is_woken(here: Midorino, who: Reader, after: str) -> bool:
    """Nothing else can be learnt by it."""

    async def still() -> None: ...

    async def waits() -> bool:
        feeding = Feeds(here.world).at().feeding
        with suppress(TimeoutError):
            await asyncio.wait_for(feeding.coming(who, after=after, still=still), 0.2)
            return True
        return False

    return asyncio.run(waits())


def test_e7_of_several_who_could_take_her_one_does() -> None:
    here = midorino()
    network = JoinNetwork(network_id=here.network, agency_id=here.ayumi.agency, membership="MEMBER")
    here.world.says(here.world.operator, network)
    opening = OpenCase(
        anonymous=True,
        channel="PHONE",
        found_via="SELF",
        frameworks=frozenset(),
        at_risk_only=False,
    )
    unowned = here.world.says(here.city, opening).case
    role = AssignRole(function="MAIN_SUPPORT", agency_id=here.ayumi.agency)
    here.world.says(here.city, role, unowned)
    claim = AcceptCase(network_id=here.network)
    here.world.says(here.ayumi, claim, unowned)
    assert here.world.refuses(here.city, claim, unowned) is CaseAlreadyAccepted


def test_e7_of_several_who_were_asked_one_takes_her_over() -> None:
    here = midorino()
    other = here.world.joins("WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR")
    asked: dict[Someone, ReferralId] = {}
    for each in (here.centre, other):
        asked[each] = here.drafts(here.city, each, "TEMPORARY_PROTECTION_REQUEST")
        here.says(here.city, SendReferral(referral_id=asked[each], hands_over=False))
    claims = {
        who: AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT", takes_over=True)
        for who, referral in asked.items()
    }
    here.says(other, claims[other])
    assert here.refuses(here.centre, claims[here.centre]) is HandoverAlreadyOpen


def test_e8_what_flows_back_is_what_she_agreed_to_for_whoever_asked() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, referral)
    here.confirms(here.ayumi, referral)
    here.says(here.ayumi, RecordNote(declared_category="PLN", text="毎週通えている。"))
    report = ReportOutcome(referral_id=referral, result="SUPPORT_IN_PLACE", text="毎週通えている。")
    here.says(here.ayumi, report)
    assert here.sees(here.city) == set()
    outcome = {path for path in here.bases(here.city) if "outcome" in path}
    assert outcome == {"referral.outcome_reported.v1/result"}
    here.agrees(here.city, categories=["NAR"], via=here.ayumi)
    assert here.sees(here.city) == {
        "case.note_recorded.v1/declared_category",
        "case.note_recorded.v1/text",
        "consent.granted.v1/conditions_text",
        "referral.outcome_reported.v1/text",
    }


def test_e9_not_to_come_is_told_and_to_ask_for_an_end_is_not_the_end() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, referral)
    on = date(2026, 5, 14)
    for appointment in ("SCHEDULED", "NO_SHOW", "RESCHEDULED"):
        step = RecordAppointment(referral_id=referral, appointment=appointment, on=on)
        said = here.says(here.ayumi, step).the(AppointmentRecorded)
        assert said == AppointmentRecorded(appointment=appointment, on=on)
    here.says(here.ayumi, AskToCancel(referral_id=referral, reason="NO_CONTACT"))
    assert here.takes_part(here.ayumi)
    assert here.trail(here.city, referral)[-1] is CancellationAsked
    here.withdraws(here.city, referral)
    assert here.trail(here.ayumi, referral)[-1] is ReferralWithdrawn
    assert not here.takes_part(here.ayumi)


def test_e10_the_case_opens_with_acceptance_and_not_with_the_request() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=["CNT"])
    referral = here.sends(here.city, here.ayumi)
    here.says(here.ayumi, ReceiveReferral(referral_id=referral))
    assert here.sees(here.ayumi) == set()
    here.accepts(here.ayumi, referral)
    assert here.sees(here.ayumi) == {
        f"case.contact_method_set.v1/{name}"
        for name in ("means", "value", "safe_times", "unsafe_means")
    }


def test_e10_into_another_prefecture_nothing_goes_before_they_could_take_her() -> None:
    here = midorino()
    here.takes_over(here.centre)
    here.agrees(here.centre, here.shirahama)
    here.agrees(here.shirahama, kind="RELOCATION", categories=())
    referral = here.drafts(here.centre, here.shirahama, "OUT_OF_PREFECTURE", (here.name,))
    assert here.refuses(here.centre, SendReferral(referral_id=referral)) is InquireFirst
    here.says(here.centre, SendInquiry(referral_id=referral, age_band="20S", family_size=1))
    here.says(here.shirahama, AnswerInquiry(referral_id=referral, feasible=False))
    assert here.refuses(here.centre, SendReferral(referral_id=referral)) is InquireFirst
    assert here.sees(here.shirahama) == set()


@pytest.mark.parametrize(
    ("status", "sender", "receiver", "for_her"),
    [
        ("DRAFT", ReferralWithdrawn, ReferralNotFound, ReferralNotFound),
        ("INQUIRED", ReferralWithdrawn, NotForYouToDo, ReferralWithdrawn),
        ("SENT", ReferralWithdrawn, NotForYouToDo, ReferralWithdrawn),
        ("RECEIVED", ReferralWithdrawn, NotForYouToDo, ReferralWithdrawn),
        ("INFO_REQUESTED", ReferralWithdrawn, NotForYouToDo, ReferralWithdrawn),
        ("ACCEPTED", ReferralWithdrawn, NotForYouToDo, ReferralWithdrawn),
        ("COMPLETED", HandoverAlreadyConfirmed, NotForYouToDo, HandoverAlreadyConfirmed),
        ("DECLINED", ReferralHasEnded, NotForYouToDo, ReferralHasEnded),
        ("REDIRECTED", ReferralHasEnded, NotForYouToDo, ReferralHasEnded),
        ("EXPIRED", ReferralHasEnded, NotForYouToDo, ReferralHasEnded),
        ("WITHDRAWN", ReferralHasEnded, NotForYouToDo, ReferralHasEnded),
    ],
)
def test_e11_who_may_withdraw_it_and_when(
    status: str,
    sender: type[Event | Refused],
    receiver: type[Event | Refused],
    for_her: type[Event | Refused],
) -> None:
    here = midorino()
    referral = COMES_TO[status](here)
    own = WithdrawReferral(referral_id=referral, reason="ERROR")
    hers = WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH")
    assert taken(here, here.city, own) is sender
    assert taken(here, here.ayumi, own) is receiver
    assert taken(here, here.ayumi, hers) is for_her


def test_e11_who_says_no_is_known_by_name_and_says_why() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    decline = DeclineReferral(referral_id=referral, reason="NOT_SAFE_HERE")
    (entry,) = here.says(here.ayumi, decline).entries
    assert (entry.told.agency, entry.staff) == (here.ayumi.agency, here.ayumi.staff)
    assert here.bases(here.city)["referral.declined.v1/reason"] == "PARTY"


def _to(*steps: Callable[[Midorino, ReferralId], object]) -> Callable[[Midorino], ReferralId]:
    def comes_to(here: Midorino) -> ReferralId:
        referral = here.drafts(here.city, here.ayumi)
        for step in steps:
            step(here, referral)
        return referral

    return comes_to


def _inquired(here: Midorino, referral: ReferralId) -> None:
    here.says(here.city, SendInquiry(referral_id=referral, age_band="20S", family_size=1))


def _sent(here: Midorino, referral: ReferralId) -> None:
    due = here.world.at + timedelta(hours=2)
    here.says(here.city, SendReferral(referral_id=referral, respond_by=due))
    here.world.passes(hours=3)


def _received(here: Midorino, referral: ReferralId) -> None:
    here.says(here.ayumi, ReceiveReferral(referral_id=referral))


def _asked_more(here: Midorino, referral: ReferralId) -> None:
    ask = RequestInformation(referral_id=referral, questions=("連絡先を教えてください。",))
    here.says(here.ayumi, ask)


def _accepted(here: Midorino, referral: ReferralId) -> None:
    here.accepts(here.ayumi, referral)


def _redirected(here: Midorino, referral: ReferralId) -> None:
    here.says(here.ayumi, redirect(here, referral))


def redirect(here: Midorino, referral: ReferralId) -> RedirectReferral:
    return RedirectReferral(
        referral_id=referral, new_to=here.centre.agency, purpose="SERVICE", urgency="LOW"
    )


COMES_TO: Final[Mapping[str, Callable[[Midorino], ReferralId]]] = {
    "DRAFT": _to(),
    "INQUIRED": _to(_inquired),
    "SENT": _to(_sent),
    "RECEIVED": _to(_sent, _received),
    "INFO_REQUESTED": _to(_sent, _received, _asked_more),
    "ACCEPTED": _to(_sent, _accepted),
    "COMPLETED": _to(_sent, _accepted, lambda here, referral: here.confirms(here.ayumi, referral)),
    "DECLINED": _to(
        _sent,
        lambda here, referral: here.says(
            here.ayumi, DeclineReferral(referral_id=referral, reason="OTHER")
        ),
    ),
    "REDIRECTED": _to(_sent, _redirected),
    "EXPIRED": _to(
        _sent, lambda here, referral: here.says(here.city, ExpireReferral(referral_id=referral))
    ),
    "WITHDRAWN": _to(_sent, lambda here, referral: here.withdraws(here.city, referral)),
}


def steps_of(here: Midorino, referral: ReferralId) -> list[ReferralStep]:
    steps: list[ReferralStep] = [
        ChangePackage(referral_id=referral, items=(here.telephone,)),
        SendInquiry(referral_id=referral, age_band="20S", family_size=1),
        AnswerInquiry(referral_id=referral, feasible=True),
        SendReferral(referral_id=referral),
        ReceiveReferral(referral_id=referral),
        RequestInformation(referral_id=referral, questions=("連絡先を教えてください。",)),
        SupplyInformation(referral_id=referral),
        AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER"),
        DeclineReferral(referral_id=referral, reason="OTHER"),
        redirect(here, referral),
        RecordAppointment(referral_id=referral, appointment="ATTENDED", on=date(2026, 5, 13)),
        AskToCancel(referral_id=referral, reason="OTHER"),
        ConfirmHandover(referral_id=referral, referrer_remains=True),
        ReportOutcome(referral_id=referral, result="OTHER"),
        WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH"),
        ExpireReferral(referral_id=referral),
    ]
    assert {type(step) for step in steps} == {*get_args(ReferralStep)}
    return steps


def taken(here: Midorino, who: Someone, step: ReferralStep) -> type[Event | Refused]:
    """What would come of a step now; nothing is kept."""
    refused = here.refuses(who, step)
    return LEADS_TO[type(step)] if refused is None else refused


def whom_it_names(here: Midorino, who: Someone) -> set[object]:
    return {agency for _, visible in here.world.shows(who, here.case) for _, agency in visible.who}
