"""A referral: drafted and sent by one agency, taken up by another, hidden from all the rest."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias, get_args

import msgspec
import pytest
from msgspec.structs import replace

from domain import referral
from domain.case import (
    ActiveCase,
    Case,
    CaseNotFound,
    ContactCase,
    NoCase,
    ResponsibilityMoved,
    RoleAssigned,
)
from domain.codes import Condition
from domain.model import (
    CLOSED,
    ERASED,
    CaseId,
    Context,
    Decider,
    Event,
    PersonId,
    ReferralId,
    Withheld,
)
from domain.referral import (
    BECOMES,
    AcceptReferral,
    AnswerAlreadyDue,
    CaseNotAccepted,
    ConfirmHandover,
    DraftReferral,
    HandoverAlreadyConfirmed,
    HandoverConfirmed,
    NoReferral,
    NotForYouToDo,
    NotItsToHandOver,
    OpenReferral,
    ReceiveReferral,
    Referral,
    ReferralAccepted,
    ReferralAlreadyAccepted,
    ReferralAlreadyReceived,
    ReferralAlreadySent,
    ReferralCommand,
    ReferralDrafted,
    ReferralEvent,
    ReferralNotAccepted,
    ReferralNotFound,
    ReferralReceived,
    ReferralSent,
    ReferralStatus,
    ReferralToOneself,
    SenderNoLongerTakesPart,
    SendReferral,
    replay,
)
from domain.speech import Refused
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, given, later, without_words

HER_CASE: Final = CaseId(an_id(400))
REFERRAL: Final = ReferralId(CITY.new_id)

contact = ContactCase(
    subject_id=PersonId(an_id(600)),
    reasons=frozenset({(CITY.agency, "OPENED"), (CENTRE.agency, "MAIN_SUPPORT")}),
)
active = ActiveCase(
    subject_id=PersonId(an_id(600)),
    reasons=frozenset(
        {
            (CITY.agency, "OPENED"),
            (CITY.agency, "MAIN_RESPONSIBLE"),
            (CENTRE.agency, "MAIN_SUPPORT"),
        }
    ),
    identified=True,
    main_responsible=CITY.agency,
)


def referral_in(
    case: Case, case_id: CaseId = HER_CASE
) -> Decider[Referral, ReferralCommand, Event]:
    """What a command does to a referral, and after that to its case."""

    def decide(state: Referral, command: ReferralCommand, by: Context) -> tuple[Event, ...]:
        decided = referral.decide(case_id, case, state, command, by)
        return (*decided.referral, *decided.case)

    def evolve(state: Referral, event: Event) -> Referral:
        assert isinstance(event, ReferralEvent)
        return referral.evolve(state, event)

    return Decider(NoReferral(), decide, evolve)


IN_HER_CASE: Final = referral_in(active)

draft = DraftReferral(
    kind="TEMPORARY_PROTECTION_REQUEST",
    to_agency=CENTRE.agency,
    purpose="PROTECTION",
    urgency="HIGH",
)
send = SendReferral(referral_id=REFERRAL, respond_by=NOW + timedelta(hours=2), accompanied=True)
receive = ReceiveReferral(referral_id=REFERRAL)
accept = AcceptReferral(
    referral_id=REFERRAL, role_taken="MAIN_SUPPORT", conditions=frozenset({"KEEPS_PHONE"})
)
confirm = ConfirmHandover(referral_id=REFERRAL, referrer_remains=True, accompanied_by=CITY.staff)

drafted = ReferralDrafted(
    referral_id=REFERRAL,
    case_id=HER_CASE,
    kind="TEMPORARY_PROTECTION_REQUEST",
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
    purpose="PROTECTION",
    urgency="HIGH",
)
sent = ReferralSent(sent_at=NOW, respond_by=NOW + timedelta(hours=2), accompanied=True)
received = ReferralReceived(at=NOW, receiving_staff=CENTRE.staff)
accepted = ReferralAccepted(
    on=date(2026, 5, 13),
    conditions=frozenset[Condition]({"KEEPS_PHONE"}),
    role_taken="MAIN_SUPPORT",
)
supporting = RoleAssigned(function="MAIN_SUPPORT", agency_id=CENTRE.agency, decided_by=REFERRAL)
confirmed = HandoverConfirmed(
    on=date(2026, 5, 13),
    main_responsible_from=CITY.agency,
    main_responsible_to=CENTRE.agency,
    referrer_remains=True,
    accompanied_by=CITY.staff,
)
moved = ResponsibilityMoved(
    from_agency=CITY.agency, to_agency=CENTRE.agency, from_remains=True, decided_by=REFERRAL
)


# Drafting


def test_whoever_takes_part_drafts_a_referral_to_another_agency() -> None:
    given(IN_HER_CASE).when(draft, by=CITY).then(drafted)
    given(IN_HER_CASE).when(replace(draft, to_agency=SHELTER.agency), by=CENTRE).then(
        replace(
            drafted,
            referral_id=ReferralId(CENTRE.new_id),
            from_agency=CENTRE.agency,
            to_agency=SHELTER.agency,
        )
    )


def test_a_referral_does_not_wait_for_the_case_to_be_accepted() -> None:
    given(referral_in(contact)).when(draft, by=CITY).then(drafted)


def test_nobody_refers_her_to_themselves() -> None:
    to_itself = replace(draft, to_agency=CITY.agency)
    given(IN_HER_CASE).when(to_itself, by=CITY).refused(ReferralToOneself)


def test_who_takes_no_part_refers_nobody() -> None:
    for case in (NoCase(), contact, active):
        given(referral_in(case)).when(draft, by=POLICE).refused(CaseNotFound)


# Sending


def test_it_is_sent_with_the_time_by_which_an_answer_is_asked_for() -> None:
    given(IN_HER_CASE, drafted).when(send, by=CITY).then(sent)


def test_there_may_be_no_hurry() -> None:
    whenever = SendReferral(referral_id=REFERRAL)
    given(IN_HER_CASE, drafted).when(whenever, by=CITY).then(
        ReferralSent(sent_at=NOW, respond_by=None, accompanied=False)
    )


def test_no_answer_is_asked_for_in_the_past() -> None:
    for too_soon in (NOW, NOW - timedelta(minutes=1)):
        in_vain = replace(send, respond_by=too_soon)
        given(IN_HER_CASE, drafted).when(in_vain, by=CITY).refused(AnswerAlreadyDue)


def test_what_an_agency_drafted_it_does_not_send_when_it_no_longer_takes_part() -> None:
    without_the_city = replace(
        active,
        reasons=frozenset({(SHELTER.agency, "MAIN_RESPONSIBLE")}),
        main_responsible=SHELTER.agency,
    )
    given(referral_in(without_the_city), drafted).when(send, by=CITY).refused(CaseNotFound)


# Receiving and accepting


def test_the_agency_it_was_sent_to_says_who_received_it() -> None:
    given(IN_HER_CASE, drafted, sent).when(receive, by=CENTRE).then(received)


def test_with_acceptance_comes_a_role_in_the_case() -> None:
    given(IN_HER_CASE, drafted, sent, received).when(accept, by=CENTRE).then(accepted, supporting)


def test_it_may_be_accepted_before_anybody_noted_its_arrival() -> None:
    given(IN_HER_CASE, drafted, sent).when(accept, by=CENTRE).then(accepted, supporting)


def test_it_is_accepted_although_no_agency_answers_for_her_yet() -> None:
    given(referral_in(contact), drafted, sent).when(accept, by=CENTRE).then(accepted, supporting)


def test_a_late_answer_is_an_answer() -> None:
    next_week = later(CENTRE, days=7)
    given(IN_HER_CASE, drafted, sent).when(accept, by=next_week).then(
        replace(accepted, on=date(2026, 5, 20)), supporting
    )


# Handing over


def test_with_the_handover_responsibility_moves_in_the_same_append() -> None:
    given(IN_HER_CASE, drafted, sent, accepted).when(confirm, by=CENTRE).then(confirmed, moved)


def test_the_referrer_remains_only_if_she_agrees() -> None:
    alone = ConfirmHandover(referral_id=REFERRAL, referrer_remains=False)
    given(IN_HER_CASE, drafted, sent, received, accepted).when(alone, by=CENTRE).then(
        replace(confirmed, referrer_remains=False, accompanied_by=None),
        replace(moved, from_remains=False),
    )


def test_there_is_nothing_to_hand_over_until_an_agency_answers_for_her() -> None:
    history = (drafted, sent, accepted)
    given(referral_in(contact), *history).when(confirm, by=CENTRE).refused(CaseNotAccepted)


def test_only_who_answers_for_her_can_hand_her_over() -> None:
    answered_for_by_the_shelter = replace(active, main_responsible=SHELTER.agency)
    answered_for_by_the_centre = replace(active, main_responsible=CENTRE.agency)
    for case in (answered_for_by_the_shelter, answered_for_by_the_centre):
        deciding = given(referral_in(case), drafted, sent, accepted)
        deciding.when(confirm, by=CENTRE).refused(NotItsToHandOver)


def test_who_no_longer_takes_part_is_handed_nobody() -> None:
    role_ended = replace(active, reasons=active.reasons - {(CENTRE.agency, "MAIN_SUPPORT")})
    history = (drafted, sent, accepted)
    given(referral_in(role_ended), *history).when(confirm, by=CENTRE).refused(CaseNotFound)


def test_what_is_agreed_is_agreed_on_a_date_in_japan() -> None:
    at_midnight = replace(CENTRE, at=datetime(2026, 5, 13, 15, 0, tzinfo=UTC))
    tomorrow = date(2026, 5, 14)
    given(IN_HER_CASE, drafted, sent).when(accept, by=at_midnight).then(
        replace(accepted, on=tomorrow), supporting
    )
    given(IN_HER_CASE, drafted, sent, accepted).when(confirm, by=at_midnight).then(
        replace(confirmed, on=tomorrow), moved
    )


# Every state, every command, every side

Outcome: TypeAlias = ReferralStatus | type[Refused]
HISTORIES: Final[Mapping[str, tuple[ReferralEvent, ...]]] = {
    "NONE": (),
    "DRAFT": (drafted,),
    "SENT": (drafted, sent),
    "RECEIVED": (drafted, sent, received),
    "ACCEPTED": (drafted, sent, received, accepted),
    "COMPLETED": (drafted, sent, received, accepted, confirmed),
}
SIDES: Final = {"sender": CITY, "receiver": CENTRE, "nobody": POLICE}
STEPS: Final[Mapping[str, ReferralCommand]] = {
    "send": send,
    "receive": receive,
    "accept": accept,
    "confirm": confirm,
}
ALREADY: Final[Mapping[str, type[Refused]]] = {
    "send": ReferralAlreadySent,
    "receive": ReferralAlreadyReceived,
    "accept": ReferralAlreadyAccepted,
    "confirm": HandoverAlreadyConfirmed,
}
REFUSED: Final[Mapping[str, type[Refused]]] = {
    "hidden": ReferralNotFound,
    "theirs": NotForYouToDo,
    "early": ReferralNotAccepted,
}
TABLE: Final = """
                   NONE    DRAFT   SENT      RECEIVED  ACCEPTED   COMPLETED
sender    send     hidden  SENT    already   already   already    already
sender    receive  hidden  theirs  theirs    theirs    theirs     theirs
sender    accept   hidden  theirs  theirs    theirs    theirs     theirs
sender    confirm  hidden  theirs  theirs    theirs    theirs     theirs
receiver  send     hidden  hidden  theirs    theirs    theirs     theirs
receiver  receive  hidden  hidden  RECEIVED  already   already    already
receiver  accept   hidden  hidden  ACCEPTED  ACCEPTED  already    already
receiver  confirm  hidden  hidden  early     early     COMPLETED  already
nobody    send     hidden  hidden  hidden    hidden    hidden     hidden
nobody    receive  hidden  hidden  hidden    hidden    hidden     hidden
nobody    accept   hidden  hidden  hidden    hidden    hidden     hidden
nobody    confirm  hidden  hidden  hidden    hidden    hidden     hidden
"""
TRIPLES: Final = [
    (side, step, state, said)
    for side, step, *row in map(str.split, TABLE.splitlines()[2:])
    for state, said in zip(HISTORIES, row, strict=True)
]


@pytest.mark.parametrize(("side", "step", "state", "said"), TRIPLES)
def test_it_goes_on_as_the_table_says_and_in_no_other_way(
    side: str, step: str, state: str, said: str
) -> None:
    expected = ALREADY[step] if said == "already" else REFUSED.get(said, said)
    assert outcome(HISTORIES[state], STEPS[step], SIDES[side]) == expected


def outcome(history: tuple[ReferralEvent, ...], command: ReferralCommand, by: Context) -> Outcome:
    try:
        decided = referral.decide(HER_CASE, active, replay(history), command, by)
    except Refused as refused:
        return type(refused)
    state = replay((*history, *decided.referral))
    assert isinstance(state, OpenReferral)
    return state.status


def test_the_table_leaves_nothing_out() -> None:
    every = [(side, step, state) for side in SIDES for step in STEPS for state in HISTORIES]
    assert [triple[:3] for triple in TRIPLES] == every
    assert TABLE.split()[: len(HISTORIES)] == list(HISTORIES)
    assert set(HISTORIES) == {"NONE", *get_args(ReferralStatus)}
    assert {DraftReferral, *map(type, STEPS.values())} == set(get_args(ReferralCommand))
    assert set(BECOMES) == set(get_args(ReferralEvent))


@pytest.mark.parametrize("command", STEPS.values(), ids=STEPS)
def test_a_referral_is_found_in_its_own_case_alone(command: ReferralCommand) -> None:
    elsewhere = referral_in(active, CaseId(an_id(401)))
    for history in HISTORIES.values():
        for by in SIDES.values():
            given(elsewhere, *history).when(command, by=by).refused(ReferralNotFound)


# What a referral holds


def test_its_two_sides_and_where_it_stands_are_all_that_is_decided_on() -> None:
    assert replay(HISTORIES["SENT"]) == OpenReferral(
        referral_id=REFERRAL,
        case_id=HER_CASE,
        from_agency=CITY.agency,
        to_agency=CENTRE.agency,
        status="SENT",
    )


@pytest.mark.parametrize("withheld", [CLOSED, ERASED], ids=lambda withheld: withheld.withheld)
def test_what_was_erased_or_stays_closed_stops_no_fold(withheld: Withheld) -> None:
    history = HISTORIES["COMPLETED"]
    assert replay(without_words(event, withheld) for event in history) == replay(history)


def test_whoever_no_longer_takes_part_brings_nobody_in() -> None:
    elsewhere = msgspec.structs.replace(
        active,
        reasons=frozenset({(SHELTER.agency, "MAIN_RESPONSIBLE")}),
        main_responsible=SHELTER.agency,
    )
    given(referral_in(elsewhere), drafted, sent).when(accept, by=CENTRE).refused(
        SenderNoLongerTakesPart
    )
