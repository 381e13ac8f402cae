"""Primero's scenarios (A1-A21), with our outcome: nobody knows of her without a reason."""

import hashlib
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from contracts.trail import TrailItem
from domain.agency import (
    AgencyNotKnown,
    NotTheCustodian,
    RegisterAgency,
    RestoreAgency,
    StaffNotEnrolled,
    SuspendAgency,
)
from domain.calendar import date_in_japan
from domain.case import (
    AddCompanion,
    AssignRole,
    CloseCase,
    EndParticipation,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    SetContactMethod,
)
from domain.case.aftercare import AftercareTerms, EndAftercare, HerViewIsMissing, StartAftercare
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.closing import AftercareNotEnded, CaseClosed, ReferralStillOpen
from domain.case.services import (
    ChangeServiceStatus,
    LinkService,
    ServiceLinked,
    ServiceStatusChanged,
)
from domain.codes import ConsentKind, Label, ReferralKind
from domain.duties import DutyLeft, DutyTaken
from domain.items import NotAgreedTo
from domain.model import AgencyId, ReferralId, stream_of
from domain.policy import POLICY_VERSION, SAID, Effect
from domain.referral import (
    AcceptReferral,
    AskToTakeOver,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
    ExpireReferral,
    HandoverAlreadyOpen,
    HandoverConfirmed,
    NotForYouToDo,
    OutcomeReported,
    ReceiveReferral,
    ReferralAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralExpired,
    ReferralNotFound,
    ReferralReceived,
    ReferralSent,
    ReferralStep,
    ReferralWithdrawn,
    ReportOutcome,
    SendReferral,
    WithdrawReferral,
    WrongKindOfAgency,
)
from services.looking import Reader
from services.trailing import Within
from tests.feeds import Feeds, keeps_feed
from tests.peers import HER_IDENTITY, HER_NAME, HER_TELEPHONE, Midorino, midorino
from tests.reading import reads
from tests.sealed import House
from tests.world import Someone

HER_SON: Final = "case.companion_added.v1/name"


def test_a1_nothing_is_sent_that_she_has_not_agreed_to() -> None:
    here = midorino()
    referral = here.drafts(here.city, here.ayumi, items=(here.name,))
    assert here.refuses(here.city, SendReferral(referral_id=referral)) is NotAgreedTo
    assert here.sees(here.ayumi) == set()
    assert here.trail(here.ayumi, referral) == []


@pytest.mark.parametrize(
    ("kind", "asks_for", "at_sending"),
    [
        ("OUT_OF_PREFECTURE", "RELOCATION", True),
        ("COMMISSION", "COMMISSIONED_PLACEMENT", False),
        ("FACILITY_ADMISSION", "FACILITY_ADMISSION", False),
    ],
)
def test_a2_each_step_has_its_own_consent(
    kind: ReferralKind,
    asks_for: ConsentKind,
    at_sending: bool,  # noqa: FBT001 (a row of the table)
) -> None:
    here = midorino()
    facility = here.world.joins("WOMENS_SELF_RELIANCE_FACILITY", "FACILITY_HEAD")
    to = {"OUT_OF_PREFECTURE": here.shirahama, "COMMISSION": here.shelter}.get(kind, facility)
    by = here.city if kind == "FACILITY_ADMISSION" else here.centre
    here.accepts(here.centre, here.sends(here.city, here.centre))
    here.agrees(to, here.centre)  # To share what is known of her is no consent to the step.
    if kind == "OUT_OF_PREFECTURE":
        here.takes_over(here.centre)
        referral = here.inquires(by, to)
    else:
        referral = here.drafts(by, to, kind)
    send = SendReferral(referral_id=referral)
    if at_sending:
        assert here.refuses(by, send) is ConsentOfThatKindMissing
        here.agrees(to, kind=asks_for, categories=())
        assert here.refuses(by, send) is None
    else:
        here.says(by, send)
        accept = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT")
        assert here.refuses(to, accept) is ConsentOfThatKindMissing
        here.agrees(to, kind=asks_for, categories=())
        assert here.refuses(to, accept) is not ConsentOfThatKindMissing


def test_a2_what_she_agrees_to_names_the_rules_under_which_it_was_decided() -> None:
    """The version is that of all the rules say: not one of them changes, and it stays."""

    def version(said: msgspec.Struct) -> str:
        return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()

    change = msgspec.structs.replace
    assert version(SAID) == POLICY_VERSION
    first, second, *others = SAID.rules
    other_words = change(first, says=Label(first.says.ja, "Somebody sees something."))
    opposite: Effect = "ALLOW" if first.effect == "DENY" else "DENY"
    changed = [
        change(SAID, rules=(second, first, *others)),
        change(SAID, rules=(first, *others)),
        change(SAID, rules=(other_words, second, *others)),
        change(SAID, rules=(change(first, effect=opposite), second, *others)),
        change(SAID, rules=(change(first, fields=frozenset({HER_NAME})), second, *others)),
        change(SAID, conditions=SAID.conditions[1:]),
        change(SAID, never_by_consent=SAID.never_by_consent - {"STF"}),
        change(SAID, explicit_only=SAID.explicit_only - {"LOC"}),
    ]
    assert len({POLICY_VERSION, *map(version, changed)}) == len(changed) + 1


def test_a3_before_it_accepts_the_receiver_has_what_was_sent_and_no_more() -> None:
    here = midorino()
    here.agrees(here.ayumi)
    referral = here.drafts(here.city, here.ayumi, items=(here.telephone,))
    assert here.sees(here.ayumi) == set()
    here.says(here.city, SendReferral(referral_id=referral))
    assert here.sees(here.ayumi) == {HER_TELEPHONE}
    assert not here.takes_part(here.ayumi)


def test_a4_nothing_goes_to_whoever_is_suspended_or_is_not_of_the_kind() -> None:
    here = midorino()
    draft = here.drafts(here.city, here.ayumi)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    assert here.refuses(here.city, SendReferral(referral_id=draft)) is AgencyNotKnown
    to_no_centre = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=here.hospital.agency,
        purpose="PROTECTION",
        urgency="HIGH",
    )
    assert here.refuses(here.city, to_no_centre) is WrongKindOfAgency


def test_a5_with_acceptance_it_takes_part_and_sees_what_she_agreed_to() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=["IDN"])
    referral = here.sends(here.city, here.ayumi)
    assert here.sees(here.ayumi) == set()
    assert [type(event) for event in here.accepts(here.ayumi, referral).events] == [
        ReferralAccepted,
        RoleAssigned,
    ]
    assert here.sees(here.ayumi) == HER_IDENTITY


def test_a6_whoever_declines_sees_no_more_and_the_sender_learns_who_and_why() -> None:
    here = midorino()
    here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    assert here.sees(here.ayumi) == {HER_NAME}
    declined = here.says(here.ayumi, DeclineReferral(referral_id=referral, reason="NO_CAPACITY"))
    assert here.sees(here.ayumi) == set()
    assert here.bases(here.city)["referral.declined.v1/reason"] == "PARTY"
    assert here.trail(here.city, referral)[-1] is ReferralDeclined
    assert [(e.told.agency, e.staff) for e in declined.entries] == [
        (here.ayumi.agency, here.ayumi.staff)
    ]


def test_a7_what_was_done_is_told_to_both_and_then_its_reason_is_gone() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=["IDN"])
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    here.accepts(here.ayumi, referral)
    linked = here.says(
        here.ayumi,
        LinkService(
            service_code="FREE_LEGAL_CONSULTATION",
            provider_agency=here.ayumi.agency,
            status="IN_USE",
        ),
    ).the(ServiceLinked)
    here.confirms(here.ayumi, referral)
    here.says(here.ayumi, ReportOutcome(referral_id=referral, result="SUPPORT_IN_PLACE"))
    assert here.trail(here.city, referral)[-1] is OutcomeReported
    here.says(here.ayumi, ChangeServiceStatus(service_id=linked.service_id, status="ENDED"))
    left = here.says(here.ayumi, EndParticipation(agency_id=here.ayumi.agency))
    # What had ended before stays as it ended.
    assert [type(event) for event in left.events] == [RoleEnded]
    assert here.sees(here.ayumi) == set()


def test_a7_what_still_goes_on_ends_with_whoever_provides_it() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    link = LinkService(
        service_code="FREE_LEGAL_CONSULTATION", provider_agency=here.ayumi.agency, status="IN_USE"
    )
    here.says(here.city, link)
    left = here.says(here.ayumi, EndParticipation(agency_id=here.ayumi.agency))
    assert [type(event) for event in left.events] == [RoleEnded, ServiceStatusChanged]
    assert left.the(ServiceStatusChanged).status == "ENDED"


@pytest.mark.parametrize("second", ["SENT", "ACCEPTED"])
def test_a8_two_referrals_are_two_reasons(second: str) -> None:
    here = midorino()
    here.agrees(here.ayumi)
    first = here.sends(here.city, here.ayumi, items=(here.name,))
    other = here.sends(here.city, here.ayumi, items=(here.telephone,))
    here.accepts(here.ayumi, first)
    if second == "ACCEPTED":
        here.accepts(here.ayumi, other)
    here.withdraws(here.city, first)
    assert here.takes_part(here.ayumi) is (second == "ACCEPTED")
    assert HER_TELEPHONE in here.sees(here.ayumi)
    assert (HER_NAME in here.sees(here.ayumi)) is (second == "ACCEPTED")
    here.withdraws(here.city, other)
    assert here.sees(here.ayumi) == set()


def test_a9_a_handover_is_a_reason_beside_a_referral() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=["IDN"])
    service = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, service)
    transfer = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    here.accepts(here.ayumi, transfer, "MAIN_SUPPORT")
    here.withdraws(here.city, service)
    assert here.sees(here.ayumi) == HER_IDENTITY
    here.withdraws(here.city, transfer)
    assert here.sees(here.ayumi) == set()


def test_a10_what_was_sent_is_withdrawn_though_the_receiver_is_suspended() -> None:
    here = midorino()
    here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    assert here.sees(here.ayumi) == set()
    assert [type(event) for event in here.withdraws(here.city, referral).events] == [
        ReferralWithdrawn
    ]
    here.world.says(here.world.operator, RestoreAgency(agency_id=here.ayumi.agency))
    assert here.sees(here.ayumi) == set()


def test_a11_of_what_is_others_there_is_nothing_to_be_done_with() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    before = len(here.world.log)
    none = ReferralId(here.world.operator.agency)
    for stranger in (here.centre, here.police, here.shelter):
        for which in (referral, none):
            steps: tuple[ReferralStep, ...] = (
                AcceptReferral(referral_id=which, role_taken="SERVICE_PROVIDER"),
                DeclineReferral(referral_id=which, reason="OTHER"),
                ConfirmHandover(referral_id=which, referrer_remains=True),
                WithdrawReferral(referral_id=which, reason="ERROR"),
            )
            assert {here.refuses(stranger, step) for step in steps} == {ReferralNotFound}
    assert len(here.world.log) == before


def test_a12_where_nobody_answers_it_runs_out_and_never_counts_as_accepted() -> None:
    here = midorino()
    outside = RegisterAgency(kind="LAWYER", name="みどり法律事務所", sector="PRIVATE")
    nobody = Someone(
        AgencyId(here.world.says(here.world.operator, outside).made), here.ayumi.staff, "CASEWORKER"
    )
    referral = here.drafts(here.city, nobody)
    due = here.world.at + timedelta(days=3)
    here.says(here.city, SendReferral(referral_id=referral, respond_by=due))
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    assert here.refuses(nobody, accept) is StaffNotEnrolled
    here.world.passes(days=4)
    here.says(here.city, ExpireReferral(referral_id=referral))
    assert here.trail(here.city, referral) == [ReferralDrafted, ReferralSent, ReferralExpired]


def test_a13_until_it_is_confirmed_nothing_moves_and_there_is_one_at_a_time() -> None:
    here = midorino()
    first = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    here.accepts(here.ayumi, first, "MAIN_SUPPORT")
    assert here.answers_for_her == here.city.agency
    confirm = ConfirmHandover(referral_id=first, referrer_remains=True)
    assert here.refuses(here.city, confirm) is NotForYouToDo
    draft = DraftReferral(
        kind="CASE_TRANSFER", to_agency=here.ayumi.agency, purpose="SERVICE", urgency="LOW"
    )
    assert here.refuses(here.city, draft) is HandoverAlreadyOpen


def test_a14_with_the_handover_all_moves_in_one_step_and_nothing_is_forgotten() -> None:
    """Who had her is kept, and who is with her comes along: three times over."""
    here = midorino()
    here.says(here.city, AddCompanion(companion="CHILD", relation="CHILD", name="相川はると"))
    with_her = here.known.companions
    assert len(with_her) == 1
    here.agrees(here.ayumi, here.centre, categories=["CHD", "FAM"])
    for giving, taking in (
        (here.city, here.ayumi),
        (here.ayumi, here.centre),
        (here.centre, here.city),
    ):
        referral = here.sends(giving, taking, "CASE_TRANSFER")
        here.accepts(taking, referral, "MAIN_SUPPORT")
        before = here.world.of_case(here.case)
        assert here.answers_for_her == giving.agency  # Up to the very step.
        said = here.confirms(taking, referral)
        assert here.world.of_case(here.case)[: len(before)] == before
        assert [type(event) for event in said.events] == [
            HandoverConfirmed,
            ResponsibilityMoved,
            DutyLeft,
            DutyTaken,
        ]
        assert here.answers_for_her == taking.agency
        assert here.takes_part(giving)
        assert here.known.companions == with_her
        assert taking is here.city or HER_SON in here.sees(taking)
    moves = [
        entry.said
        for entry in here.world.of_case(here.case)
        if isinstance(entry.said, ResponsibilityMoved)
    ]
    assert [(each.from_agency, each.to_agency) for each in moves] == [
        (here.city.agency, here.ayumi.agency),
        (here.ayumi.agency, here.centre.agency),
        (here.centre.agency, here.city.agency),
    ]


@pytest.mark.parametrize("accepted_first", [False, True])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_a15_a_handover_that_comes_to_nothing_leaves_all_as_it_was(
    withdrawn: bool,  # noqa: FBT001 (one of the two)
    accepted_first: bool,  # noqa: FBT001 (one of the two)
) -> None:
    here = midorino()
    here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, "CASE_TRANSFER", (here.name,))
    if accepted_first:
        here.accepts(here.ayumi, referral, "MAIN_SUPPORT")
    if withdrawn or accepted_first:
        here.withdraws(here.city, referral)
    else:
        here.says(here.ayumi, DeclineReferral(referral_id=referral, reason="OUT_OF_AREA"))
    assert here.answers_for_her == here.city.agency
    assert not here.takes_part(here.ayumi)
    assert here.sees(here.ayumi) == set()


def test_a16_who_asks_for_her_gets_her_only_if_she_is_sent() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    asked = here.says(here.ayumi, AskToTakeOver(purpose="SERVICE", urgency="LOW"))
    referral = ReferralId(asked.made)
    drafted = asked.the(ReferralDrafted)
    assert (drafted.from_agency, drafted.to_agency) == (here.city.agency, here.ayumi.agency)
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=True)
    assert here.refuses(here.ayumi, confirm) is ReferralNotFound
    here.says(here.city, SendReferral(referral_id=referral))
    here.accepts(here.ayumi, referral, "MAIN_SUPPORT")
    here.says(here.ayumi, confirm)
    assert here.answers_for_her == here.ayumi.agency


def test_a17_a_referral_is_there_for_its_two_sides_from_when_it_is_theirs() -> None:
    here = midorino()
    everybody = (here.city, here.centre, here.ayumi, here.shelter, here.hospital, here.police)
    drafted = here.drafts(here.city, here.centre)
    sent = here.sends(here.city, here.ayumi)
    declined = here.sends(here.city, here.hospital)
    here.says(here.hospital, DeclineReferral(referral_id=declined, reason="OTHER"))
    knows = {
        who.agency: {each for each in (drafted, sent, declined) if here.trail(who, each)}
        for who in everybody
    }
    assert knows == {
        here.city.agency: {drafted, sent, declined},
        here.centre.agency: set(),
        here.ayumi.agency: {sent},
        here.shelter.agency: set(),
        here.hospital.agency: {declined},
        here.police.agency: set(),
    }


def test_a18_each_step_is_one_event_that_says_who_took_it() -> None:
    here = midorino()
    referral = here.drafts(here.city, here.ayumi)
    steps: tuple[tuple[Someone, ReferralStep], ...] = (
        (here.city, SendReferral(referral_id=referral)),
        (here.ayumi, ReceiveReferral(referral_id=referral)),
        (here.ayumi, AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")),
        (here.ayumi, ConfirmHandover(referral_id=referral, referrer_remains=True)),
        (here.ayumi, ReportOutcome(referral_id=referral, result="SUPPORT_IN_PLACE")),
    )
    for who, step in steps:
        here.says(who, step)
    stream = stream_of("referral", referral)
    entries = [each for each in here.world.of_case(here.case) if each.told.stream == stream]
    assert [(type(each.said), each.staff) for each in entries] == [
        (ReferralDrafted, here.city.staff),
        (ReferralSent, here.city.staff),
        (ReferralReceived, here.ayumi.staff),
        (ReferralAccepted, here.ayumi.staff),
        (HandoverConfirmed, here.ayumi.staff),
        (OutcomeReported, here.ayumi.staff),
    ]
    told = [type(each.said) for each in entries]
    assert here.trail(here.city, referral) == here.trail(here.ayumi, referral) == told


def test_a19_what_was_disclosed_is_asked_for_by_day_and_by_reader() -> None:
    here = midorino()
    for who in (here.centre, here.ayumi):
        here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=who.agency))
        here.agrees(who)
        reads(here.world, who, here.case)
        here.world.passes(days=2)
    last = date_in_japan(here.world.at) - timedelta(days=2)
    to_centre, to_ayumi = trail(here)
    assert trail(here, until=last - timedelta(days=1)) == (to_centre,)
    assert trail(here, since=last) == (to_ayumi,)
    assert trail(here, to=here.ayumi.agency) == (to_ayumi,)
    assert trail(here, to=here.police.agency) == ()


def trail(here: Midorino, **within: Any) -> tuple[TrailItem, ...]:
    told = House(here.world).trail(here.city, here.case, within=Within(**within))
    assert told is not None
    return told.items


def test_a20_a_feed_goes_on_where_its_reader_was_and_tells_again_from_anywhere() -> None:
    here = midorino()
    centre = keeps_feed(here, here.centre)
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.centre.agency))
    here.agrees(here.centre, history="FULL")
    first, place = Feeds(here.world).at().read(centre)
    here.says(here.city, SetContactMethod(means="PHONE", value="090-0000-0001"))
    then = Feeds(here.world).at()
    (more,), end = then.read(centre, place)
    assert first
    assert more.type == "case.contact_method_set.v1"
    assert then.read(centre, place)[0] == [more]
    assert then.read(centre, end)[0] == []
    assert then.read(centre)[0] == [*first, more]


def test_a20_whose_feed_nobody_keeps_is_told_nothing() -> None:
    here = midorino()
    assert here.ayumi.role != "INSTALLATION"
    nobody = Reader(agency=here.ayumi.agency, staff=here.ayumi.staff, role=here.ayumi.role)
    with pytest.raises(NotTheCustodian):
        Feeds(here.world).at().read(nobody)


def test_a21_each_thing_that_keeps_a_case_open_goes_by_itself_and_it_says_who_closed_it() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    terms = AftercareTerms(
        lead_agency=here.city.agency, means=frozenset({"PHONE"}), cadence_days=30
    )
    here.says(here.city, StartAftercare(terms=terms))
    close = CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫です。")
    assert here.refuses(here.city, close) is ReferralStillOpen
    here.withdraws(here.city, referral)
    assert here.refuses(here.city, close) is AftercareNotEnded
    here.says(here.city, EndAftercare(subject_wish="もう大丈夫です。"))
    assert here.refuses(here.city, CloseCase(reason="GOALS_MET")) is HerViewIsMissing
    said = here.says(here.city, close)
    assert said.the(CaseClosed)
    assert said.entries[0].staff == here.city.staff
