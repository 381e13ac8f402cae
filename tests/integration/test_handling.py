"""Commands from the first word to the log and back, on the real engine."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from msgspec.structs import replace

from adapters.clock import WallClock
from adapters.crypto import ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from contracts.answers import Accepted, Answer, Refusal
from domain.agency import (
    EnrolStaff,
    RegisterAgency,
    RestoreAgency,
    SignPledge,
    SucceedAgency,
    SuspendAgency,
)
from domain.calendar import date_in_japan
from domain.case import (
    AcceptCase,
    AssignRole,
    CorrectSubjectDetails,
    EndRole,
    IdentifySubject,
    OpenCase,
)
from domain.case_numbers import CaseNumberTaken, numbers_key
from domain.catalogue import EVENTS, AnyCommand
from domain.consent_ledger import ExplainConsent, WithdrawConsent
from domain.installation import InstallationFounded
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    Event,
    GrantId,
    NetworkId,
    ReferralId,
    StaffId,
    fence_key,
    stream_of,
)
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from domain.speech import Spoken
from services.founding import Founding
from services.handling import Ask, Handling, NotTakenBack
from services.ports import Append, LaneName, LogRefusesWrites, LogUnavailable, Outcome
from services.sealing import Sealing, persons_in
from tests.agencies import Registry

CITY, SHELTER = AgencyId(uuid4()), AgencyId(uuid4())
MIDORINO = NetworkId(uuid4())
SATO = StaffId(uuid4())
OPEN = OpenCase(
    anonymous=True, channel="PHONE", found_via="SELF", frameworks=frozenset(), at_risk_only=False
)
REGISTER = RegisterAgency(kind="PRIVATE_SHELTER", name="あおばの家", sector="PRIVATE")
EXPLAIN = ExplainConsent(
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({SHELTER}),
    categories=frozenset({"IDN"}),
    language="ja",
    material_version="2026-04",
)


class Desk(NamedTuple):
    handling: Handling
    log: PostgresEventLog
    keyring: PostgresKeyring
    sealing: Sealing
    operator: InstallationFounded

    async def told(self, case: CaseId) -> list[Event]:
        stream = stream_of("case", case)
        stored = (await self.log.read(stream)).streams[stream]
        keys = await self.keyring.keys(persons_in(stored))
        return [self.sealing.open(event, keys).event for event in stored]


@pytest_asyncio.fixture
async def desk(database: PostgresAccess) -> AsyncIterator[Desk]:
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
    ):
        sealing = Sealing(EVENTS, ChaChaCipher())
        registry = Registry(log, keyring, sealing)
        for agency in (CITY, SHELTER):
            await registry.enrolled(agency, SATO)
        await registry.established(MIDORINO, CITY)
        clock = WallClock()
        operator = await Founding(log, keyring, sealing, clock).once()
        yield Desk(Handling(log, keyring, sealing, clock), log, keyring, sealing, operator)


def ask(command: AnyCommand, case: CaseId | None = None, **more: object) -> Ask:
    values: dict[str, object] = {
        "id": CommandId(uuid4()),
        "agency": CITY,
        "staff": SATO,
        "role": "COORDINATOR",
        **more,
    }
    return Ask(command=command, case=case, **values)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def accepted(answer: Answer) -> Accepted:
    assert isinstance(answer, Accepted), answer
    return answer


def refused(answer: Answer) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


async def opened(desk: Desk) -> CaseId:
    return opened_by(await desk.handling.handle(ask(OPEN)))


def opened_by(answer: Answer) -> CaseId:
    case = accepted(answer).case
    assert case is not None
    return case


async def test_what_was_said_comes_back_as_it_was_said(desk: Desk) -> None:
    case = await opened(desk)
    await desk.handling.handle(ask(IdentifySubject(name="\ufa19谷 あかり"), case))
    _, identified = await desk.told(case)
    assert getattr(identified, "name", None) == "\u795e\ufe00谷 あかり"


async def test_a_command_sent_again_gets_its_first_answer(desk: Desk) -> None:
    once = ask(OPEN)
    first = await desk.handling.handle(once)
    assert await desk.handling.handle(once) == first
    assert len(await desk.told(opened_by(first))) == 1


async def test_a_refused_command_sent_again_stays_refused(desk: Desk) -> None:
    case = await opened(desk)
    correct = ask(CorrectSubjectDetails(name="相川", correction_reason="聞き違い"), case)
    assert refused(await desk.handling.handle(correct)) == "SUBJECT_NOT_IDENTIFIED"
    accepted(await desk.handling.handle(ask(IdentifySubject(name="相沢"), case)))
    assert refused(await desk.handling.handle(correct)) == "SUBJECT_NOT_IDENTIFIED"


async def test_another_command_under_a_used_id_is_refused(desk: Desk) -> None:
    once = ask(OPEN)
    case = opened_by(await desk.handling.handle(once))
    other = ask(IdentifySubject(name="相川"), case, id=once.id)
    assert refused(await desk.handling.handle(other)) == "COMMAND_ID_REUSED"


async def test_command_ids_are_each_agencys_own(desk: Desk) -> None:
    once = ask(OPEN)
    first = accepted(await desk.handling.handle(once))
    second = accepted(await desk.handling.handle(ask(OPEN, id=once.id, agency=SHELTER)))
    assert first.case != second.case


async def test_the_same_command_sent_by_many_at_once_is_done_once(desk: Desk) -> None:
    case = await opened(desk)
    identify = ask(IdentifySubject(name="相川"), case)
    answers = await asyncio.gather(*(desk.handling.handle(identify) for _ in range(20)))
    assert len(set(map(repr, answers))) == 1
    assert len(await desk.told(case)) == 2


async def test_all_of_many_different_commands_on_one_case_are_done(desk: Desk) -> None:
    case = await opened(desk)
    accepted(await desk.handling.handle(ask(IdentifySubject(name="相川"), case)))
    corrections = [
        ask(CorrectSubjectDetails(kana=f"アイカワ{n}", correction_reason="聞き違い"), case)
        for n in range(20)
    ]
    for answer in await asyncio.gather(*map(desk.handling.handle, corrections)):
        accepted(answer)
    assert len(await desk.told(case)) == 22


async def test_a_token_says_only_if_nothing_has_changed_since(desk: Desk) -> None:
    first = accepted(await desk.handling.handle(ask(OPEN)))
    second = accepted(
        await desk.handling.handle(ask(IdentifySubject(name="相川"), first.case, token=first.token))
    )
    correct = CorrectSubjectDetails(name="相沢", correction_reason="聞き違い")
    stale = ask(correct, first.case, token=first.token)
    assert refused(await desk.handling.handle(stale)) == "CHANGED_SINCE"
    accepted(await desk.handling.handle(ask(correct, first.case, token=second.token)))


async def test_what_is_asked_too_late_is_not_done(desk: Desk) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert refused(await desk.handling.handle(ask(OPEN, not_after=past))) == "TOO_LATE"


async def test_what_has_not_happened_cannot_be_recorded(desk: Desk) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    answer = await desk.handling.handle(ask(OPEN, occurred_at=tomorrow))
    assert refused(answer) == "NOT_YET_HAPPENED"


async def test_another_agencys_case_does_not_exist(desk: Desk) -> None:
    case = await opened(desk)
    for command in (
        OPEN,
        IdentifySubject(name="相川"),
        EXPLAIN,
        WithdrawConsent(grant_id=GrantId(uuid4())),
    ):
        hidden = await desk.handling.handle(ask(command, case, agency=SHELTER))
        missing = await desk.handling.handle(ask(command, CaseId(uuid4()), agency=SHELTER))
        assert refused(hidden) == refused(missing)


async def test_acceptance_takes_the_next_number_of_its_network_at_once(desk: Desk) -> None:
    cases = [await opened(desk) for _ in range(5)]
    accept = AcceptCase(network_id=MIDORINO)
    for answer in await asyncio.gather(*(desk.handling.handle(ask(accept, c)) for c in cases)):
        accepted(answer)
    numbers = stream_of("numbers", numbers_key(MIDORINO, date_in_japan(datetime.now(UTC))))
    taken = (await desk.log.read(numbers)).streams[numbers]
    given = [desk.sealing.open(each).event for each in taken]
    assert [each.number[5:] for each in given if isinstance(each, CaseNumberTaken)] == [
        "0001", "0002", "0003", "0004", "0005",
    ]  # fmt: skip


async def test_nobody_accepts_a_case_into_a_network_that_is_not_there_or_not_theirs(
    desk: Desk,
) -> None:
    case, theirs = await opened(desk), NetworkId(uuid4())
    await Registry(desk.log, desk.keyring, desk.sealing).established(theirs, SHELTER)
    for network, code in (
        (NetworkId(uuid4()), "NETWORK_NOT_FOUND"),
        (theirs, "NOT_IN_THE_NETWORK"),
    ):
        answer = await desk.handling.handle(ask(AcceptCase(network_id=network), case))
        assert refused(answer) == code


async def test_a_value_too_long_is_refused_by_its_place_and_not_its_words(desk: Desk) -> None:
    case = await opened(desk)
    answer = await desk.handling.handle(ask(IdentifySubject(name="あ" * 301), case))
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.facts["at"]) == ("VALUE_OUT_OF_BOUNDS", "$.name")
    assert "あ" not in str(answer)


async def test_nothing_is_recorded_about_a_person_whose_key_is_destroyed(desk: Desk) -> None:
    case = await opened(desk)
    accepted(await desk.handling.handle(ask(IdentifySubject(name="相川"), case)))
    stored = (await desk.log.read(stream_of("case", case))).streams[stream_of("case", case)]
    (woman,) = persons_in(stored)
    await desk.keyring.destroy(woman, "by her wish")
    correct = CorrectSubjectDetails(name="相沢", correction_reason="聞き違い")
    assert refused(await desk.handling.handle(ask(correct, case))) == "PERSON_ERASED"


async def test_a_withdrawal_stamps_the_case_and_is_stopped_by_no_stamp(desk: Desk) -> None:
    case = await opened(desk)
    before = (await desk.log.read(stream_of("case", case))).head
    grants = [accepted(await desk.handling.handle(ask(EXPLAIN, case))).made for _ in range(8)]
    withdrawals = [ask(WithdrawConsent(grant_id=GrantId(made)), case) for made in grants if made]
    for answer in await asyncio.gather(*map(desk.handling.handle, withdrawals)):
        accepted(answer)
    decided_before = Append(
        agency=CITY,
        command=CommandId(uuid4()),
        body=b"",
        answer=b"",
        reads=(fence_key("case", case),),
        read_to=before,
    )
    assert (await desk.log.append(decided_before)).verdict == "fenced"


async def test_a_withdrawal_is_tried_until_it_stands_and_stands_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawal = await to_withdraw(desk)
    append, lost = desk.log.append, [True, True, False, False]

    async def answered_badly(asked: Append, lane: LaneName) -> Outcome:
        outcome = await append(asked, lane) if len(lost) < 4 else None
        if lost and lost.pop():
            raise LogUnavailable
        return outcome or await append(asked, lane)

    monkeypatch.setattr(desk.log, "append", answered_badly)
    before = await desk.log.head()
    accepted(await desk.handling.handle(withdrawal))
    assert await desk.log.head() == before + 1


@pytest.mark.parametrize("how", [LogUnavailable, LogRefusesWrites, None])
async def test_what_cannot_be_taken_back_in_time_is_said_to_be_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, how: type[Spoken] | None
) -> None:
    async def away(*_: object) -> None:
        if how is None:  # Nothing is ever answered.
            await asyncio.Event().wait()
        else:
            raise how

    withdrawal = await to_withdraw(desk)
    with monkeypatch.context() as without:
        without.setattr("services.handling.RETRY_WITHIN_S", 0.2)
        without.setattr(desk.log, "append", away)
        with pytest.raises(NotTakenBack):
            await desk.handling.handle(withdrawal)
    accepted(await desk.handling.handle(withdrawal))


async def to_withdraw(desk: Desk) -> Ask:
    case = await opened(desk)
    made = accepted(await desk.handling.handle(ask(EXPLAIN, case))).made
    assert made is not None
    return ask(WithdrawConsent(grant_id=GrantId(made)), case)


# Who may act


async def test_nobody_acts_whose_name_is_not_in_the_agencys_roster(desk: Desk) -> None:
    stranger = StaffId(uuid4())
    assert refused(await desk.handling.handle(ask(OPEN, staff=stranger))) == "STAFF_NOT_ENROLLED"
    nowhere = AgencyId(uuid4())
    assert refused(await desk.handling.handle(ask(OPEN, agency=nowhere))) == "STAFF_NOT_ENROLLED"
    posing = await desk.handling.handle(ask(OPEN, role="REPRESENTATIVE"))
    assert refused(posing) == "STAFF_NOT_ENROLLED"


async def test_a_new_agency_acts_once_its_first_member_has_signed_the_pledge(desk: Desk) -> None:
    agency = AgencyId(made(await operator_asks(desk, REGISTER)))
    enrol = EnrolStaff(agency_id=agency, role="CASEWORKER")
    staff = StaffId(made(await operator_asks(desk, enrol)))
    first = ask(OPEN, agency=agency, staff=staff, role="CASEWORKER")
    assert refused(await desk.handling.handle(first)) == "PLEDGE_NOT_SIGNED"
    pledge = SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04")
    accepted(await operator_asks(desk, pledge))
    accepted(await desk.handling.handle(replace(first, id=CommandId(uuid4()))))


async def test_a_suspended_agency_does_nothing_until_it_is_restored(desk: Desk) -> None:
    case = await opened(desk)
    accepted(await operator_asks(desk, SuspendAgency(agency_id=CITY)))
    note = IdentifySubject(name="相川")
    assert refused(await desk.handling.handle(ask(note, case))) == "AGENCY_IS_SUSPENDED"
    accepted(await operator_asks(desk, RestoreAgency(agency_id=CITY)))
    accepted(await desk.handling.handle(ask(note, case)))


async def test_what_was_decided_before_an_agency_was_suspended_is_decided_again(
    desk: Desk,
) -> None:
    before = (await desk.log.read(stream_of("agency", CITY))).head
    accepted(await operator_asks(desk, SuspendAgency(agency_id=CITY)))
    decided_before = Append(
        agency=CITY,
        command=CommandId(uuid4()),
        body=b"",
        answer=b"",
        reads=(fence_key("agency", CITY),),
        read_to=before,
    )
    assert (await desk.log.append(decided_before)).verdict == "fenced"


async def test_what_was_decided_before_an_agency_took_over_from_another_is_decided_again(
    desk: Desk,
) -> None:
    """Of each of the two under its own key: what she said of the old one holds for the new one."""
    old, new = [AgencyId(made(await operator_asks(desk, REGISTER))) for _ in range(2)]
    before = (await desk.log.read(stream_of("agency", new))).head
    accepted(await operator_asks(desk, SucceedAgency(agency_id=old, successor=new)))
    for agency in (old, new):
        decided_before = Append(
            agency=CITY,
            command=CommandId(uuid4()),
            body=b"",
            answer=b"",
            reads=(fence_key("agency", agency),),
            read_to=before,
        )
        assert (await desk.log.append(decided_before)).verdict == "fenced"


@pytest.mark.parametrize(
    "command",
    [
        AssignRole(function="MAIN_SUPPORT", agency_id=AgencyId(uuid4())),
        DraftReferral(
            kind="INTRODUCTION", to_agency=AgencyId(uuid4()), purpose="SERVICE", urgency="LOW"
        ),
    ],
    ids=lambda command: type(command).__name__,
)
async def test_nothing_is_given_to_an_agency_that_is_not_there(
    desk: Desk, command: AnyCommand
) -> None:
    case = await opened(desk)
    assert refused(await desk.handling.handle(ask(command, case))) == "AGENCY_NOT_KNOWN"


async def test_what_concerns_no_case_names_none(desk: Desk) -> None:
    case = await opened(desk)
    answer = await desk.handling.handle(ask(REGISTER, case))
    assert refused(answer) == "CASE_NOT_NEEDED"


# How she is handed on


async def test_a_handover_moves_the_responsibility_in_one_append(desk: Desk) -> None:
    case = await opened(desk)
    accepted(await desk.handling.handle(ask(AcceptCase(network_id=MIDORINO), case)))
    referral = await taken_on(desk, case)
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=False)
    assert accepted(await desk.handling.handle(ask(confirm, case, agency=SHELTER)))
    case_stream, referral_stream = stream_of("case", case), stream_of("referral", referral)
    reading = await desk.log.read(case_stream, referral_stream)
    confirmed, moved = (reading.streams[each][-1] for each in (referral_stream, case_stream))
    assert (confirmed.type, moved.type) == (
        "referral.handover_confirmed.v1",
        "case.responsibility_moved.v1",
    )
    assert (confirmed.position + 1, confirmed.recorded_at) == (moved.position, moved.recorded_at)
    note = IdentifySubject(name="相川")
    assert refused(await desk.handling.handle(ask(note, case))) == "CASE_NOT_FOUND"
    accepted(await desk.handling.handle(ask(note, case, agency=SHELTER)))


async def test_of_two_handovers_at_once_one_is_begun(desk: Desk) -> None:
    case = await opened(desk)
    accepted(await desk.handling.handle(ask(AcceptCase(network_id=MIDORINO), case)))
    referrals = [await drafted(desk, case), await drafted(desk, case)]
    sends = [ask(SendReferral(referral_id=each), case) for each in referrals]
    answers = await asyncio.gather(*map(desk.handling.handle, sends))
    assert codes(answers) == ["HANDOVER_ALREADY_OPEN", "done"]


async def test_a_handover_that_is_confirmed_twice_at_once_is_confirmed_once(desk: Desk) -> None:
    case = await opened(desk)
    accepted(await desk.handling.handle(ask(AcceptCase(network_id=MIDORINO), case)))
    confirm = ConfirmHandover(referral_id=await taken_on(desk, case), referrer_remains=True)
    confirms = [ask(confirm, case, agency=SHELTER) for _ in range(2)]
    answers = await asyncio.gather(*map(desk.handling.handle, confirms))
    assert codes(answers) == ["HANDOVER_ALREADY_CONFIRMED", "done"]


def codes(answers: Iterable[Answer]) -> list[str]:
    return sorted(each.code if isinstance(each, Refusal) else "done" for each in answers)


async def test_a_referral_of_another_case_does_not_exist(desk: Desk) -> None:
    case, other = await opened(desk), await opened(desk)
    referral = await taken_on(desk, case)
    receive = ReceiveReferral(referral_id=referral)
    hidden = await desk.handling.handle(ask(receive, other, agency=SHELTER))
    assert refused(hidden) == "REFERRAL_NOT_FOUND"


async def drafted(desk: Desk, case: CaseId) -> ReferralId:
    draft = DraftReferral(
        kind="CASE_TRANSFER", to_agency=SHELTER, purpose="PROTECTION", urgency="HIGH"
    )
    return ReferralId(made(await desk.handling.handle(ask(draft, case))))


async def taken_on(desk: Desk, case: CaseId) -> ReferralId:
    """The city refers her, and the shelter takes her on."""
    referral = await drafted(desk, case)
    accepted(await desk.handling.handle(ask(SendReferral(referral_id=referral), case)))
    accept = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT")
    accepted(await desk.handling.handle(ask(accept, case, agency=SHELTER)))
    return referral


async def operator_asks(desk: Desk, command: AnyCommand) -> Answer:
    operator, staff = desk.operator.operator, desk.operator.first_staff
    return await desk.handling.handle(
        ask(command, agency=operator, staff=staff, role="REPRESENTATIVE")
    )


def made(answer: Answer) -> UUID:
    it = accepted(answer).made
    assert it is not None
    return it


async def test_whoever_may_not_act_now_is_not_told_what_came_of_it_when_they_might(
    desk: Desk,
) -> None:
    once = ask(OPEN)
    accepted(await desk.handling.handle(once))
    accepted(await operator_asks(desk, SuspendAgency(agency_id=CITY)))
    assert refused(await desk.handling.handle(once)) == "AGENCY_IS_SUSPENDED"
    accepted(await operator_asks(desk, RestoreAgency(agency_id=CITY)))
    accepted(await desk.handling.handle(once))


async def test_what_changes_nothing_gets_no_token_to_watch_others_by(desk: Desk) -> None:
    case = await opened(desk)
    nothing = EndRole(function="CONVENOR", agency_id=CITY)
    assert accepted(await desk.handling.handle(ask(nothing, case))).token is None
