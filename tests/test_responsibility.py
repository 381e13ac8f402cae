"""Responsibility: nobody falls between, and who has no reason to take part does not.

Lives are told at random: whatever any agency may ask at a moment may be what happens next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, reduce
from typing import Final, NamedTuple, TypeAlias

from hypothesis import Phase, settings
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain import referral
from domain.case import (
    CASE,
    AcceptCase,
    AssignRole,
    Case,
    CaseAccepted,
    CaseCommand,
    CaseEvent,
    CaseNotFound,
    CaseOpened,
    EndRole,
    Facts,
    KnownCase,
    NoCase,
    RecordNote,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    case_among,
    participants,
)
from domain.codes import CONSENT_KINDS, SupportFunction
from domain.model import AgencyId, CaseId, Context, GrantId, NetworkId, PersonId, ReferralId
from domain.referral import (
    ENDED,
    AcceptReferral,
    Beside,
    ConfirmHandover,
    DraftReferral,
    HandoverConfirmed,
    KnownReferral,
    NoReferral,
    ReceiveReferral,
    Referral,
    ReferralAccepted,
    ReferralCommand,
    ReferralEvent,
    ReferralNotFound,
    ReferralReceived,
    SendReferral,
)
from domain.speech import Refused
from tests.referring import AGENCIES
from tests.spec import CENTRE, CITY, POLICE, SHELTER, an_id, making

HER_CASE: Final = CaseId(an_id(400))
MIDORINO: Final = NetworkId(an_id(500))
EVERYBODY: Final = (CITY, CENTRE, SHELTER, POLICE)
MEMBERS: Final = frozenset(each.agency for each in EVERYBODY)
HERS: Final = case_among(Facts(number="2026-0017", networks={MIDORINO: MEMBERS}))
NAMES: Final = {
    CITY.agency: "the city",
    CENTRE.agency: "the centre",
    SHELTER.agency: "the shelter",
    POLICE.agency: "the police",
}
SHE_AGREED: Final = GrantId(an_id(700))
FUNCTIONS: Final[tuple[SupportFunction, ...]] = ("MAIN_SUPPORT", "SERVICE_PROVIDER")
REFERRALS: Final = [ReferralId(an_id(900 + number)) for number in range(6)]

opened = CaseOpened(
    subject_id=PersonId(an_id(600)),
    anonymous=True,
    opened_by_agency=CITY.agency,
    channel="SNS",
    found_via="OUTREACH",
    frameworks=frozenset(),
    at_risk_only=True,
)


class Step(NamedTuple):
    """What one command brought about, in one append."""

    by: AgencyId
    of_the_case: tuple[CaseEvent, ...]
    of_a_referral: tuple[ReferralEvent, ...] = ()
    referral_id: ReferralId | None = None

    def __repr__(self) -> str:
        what = (type(event).__name__ for event in (*self.of_a_referral, *self.of_the_case))
        return f"{NAMES[self.by]}: {', '.join(what)}"


class Moment(NamedTuple):
    """Where she and her referrals stand."""

    case: Case
    referrals: Mapping[ReferralId, Referral] = {}
    roles: tuple[RoleAssigned, ...] = ()  # Each time anew, as long as none of them ended.


Life: TypeAlias = tuple[Step, ...]
Asked: TypeAlias = CaseCommand | ReferralCommand
BEGUN: Final = Step(CITY.agency, (opened,))


# Telling lives

# Making a life shorter takes minutes.
AS_TOLD: Final = settings(phases=[Phase.generate], max_examples=100)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    life: Life = (BEGUN,)
    now = after(Moment(CASE.initial), BEGUN)
    for _ in range(draw(st.integers(1, 50))):
        possible: dict[str, list[Step]] = {}
        for by, command in asks(now):
            if step := answered(now, command, by):
                possible.setdefault(kind_of(command), []).append(step)
        kind = draw(st.sampled_from(sorted(possible)))  # No kind crowds out another.
        step = draw(st.sampled_from(possible[kind]))
        life, now = (*life, step), after(now, step)
    return life


def kind_of(command: Asked) -> str:
    return "a role" if isinstance(command, AssignRole | EndRole) else type(command).__name__


def asks(now: Moment) -> Iterator[tuple[Context, Asked]]:
    """Everything that anybody might ask."""
    for by in EVERYBODY:
        yield from ((by, command) for command in OF_THE_CASE)
        yield from ((by, command) for known in now.referrals for command in steps_of(known))
        if len(now.referrals) < len(REFERRALS):
            for other in EVERYBODY:
                yield making(by, REFERRALS[len(now.referrals)]), draft_to(other)


OF_THE_CASE: Final[tuple[CaseCommand, ...]] = (
    AcceptCase(network_id=MIDORINO),
    *(
        change(function=function, agency_id=other.agency)
        for change in (AssignRole, EndRole)
        for function in FUNCTIONS
        for other in EVERYBODY
    ),
)


@cache
def steps_of(referral_id: ReferralId) -> tuple[ReferralCommand, ...]:
    return (
        SendReferral(referral_id=referral_id),
        ReceiveReferral(referral_id=referral_id),
        AcceptReferral(referral_id=referral_id, role_taken="MAIN_SUPPORT"),
        ConfirmHandover(referral_id=referral_id, referrer_remains=True),
        ConfirmHandover(referral_id=referral_id, referrer_remains=False),
    )


def draft_to(other: Context) -> DraftReferral:
    return DraftReferral(
        kind="CASE_TRANSFER", to_agency=other.agency, purpose="PROTECTION", urgency="MEDIUM"
    )


def moment(life: Life) -> Moment:
    return reduce(after, life, Moment(CASE.initial))


def after(now: Moment, step: Step) -> Moment:
    case = reduce(CASE.evolve, step.of_the_case, now.case)
    roles = reduce(with_roles, step.of_the_case, now.roles)
    if step.referral_id is None:
        return Moment(case, now.referrals, roles)
    known = now.referrals.get(step.referral_id, NoReferral())
    become = reduce(referral.evolve, step.of_a_referral, known)
    return Moment(case, {**now.referrals, step.referral_id: become}, roles)


def with_roles(roles: tuple[RoleAssigned, ...], event: CaseEvent) -> tuple[RoleAssigned, ...]:
    match event:
        case RoleAssigned():
            return (*roles, event)
        case RoleEnded(function=function, agency_id=agency):
            return tuple(r for r in roles if (r.function, r.agency_id) != (function, agency))
        case _:
            return roles


def answered(now: Moment, command: Asked, by: Context) -> Step | None:
    """What comes of it; ``None`` if it is refused, or nothing does."""
    try:
        step = decided(now, command, by)
    except Refused:
        return None
    return step if step.of_the_case or step.of_a_referral else None


def decided(now: Moment, command: Asked, by: Context) -> Step:
    match command:
        case AcceptCase() | AssignRole() | EndRole() | RecordNote():
            return Step(by.agency, HERS.decide(now.case, command, by))
        case DraftReferral():
            return of_a_referral(now, ReferralId(by.new_id), command, by)
        case SendReferral() | ReceiveReferral() | AcceptReferral() | ConfirmHandover():
            return of_a_referral(now, command.referral_id, command, by)
        case _:
            raise AssertionError(command)


def of_a_referral(
    now: Moment, referral_id: ReferralId, command: ReferralCommand, by: Context
) -> Step:
    known = now.referrals.get(referral_id, NoReferral())
    done = referral.decide(beside(now, by), known, command, by)
    return Step(by.agency, done.case, done.referral, referral_id)


def beside(now: Moment, by: Context) -> Beside:
    """She has agreed to whatever is asked, so that it is not she on whom anything hangs."""
    known = [each for each in now.referrals.values() if isinstance(each, KnownReferral)]
    over = {each.referral_id for each in known if each.status in ENDED}
    return Beside(
        case_id=HER_CASE,
        case=now.case,
        agencies=AGENCIES,
        agreed=dict.fromkeys(CONSENT_KINDS, SHE_AGREED),
        handovers=frozenset(each.referral_id for each in known if each.is_handing_over),
        brought_in_by=frozenset(
            each.referral_id for each in known if each.side_of(by.agency) == "RECEIVER"
        ),
        roles=tuple(role for role in now.roles if role.decided_by not in over),
    )


def positions(life: Life) -> Iterator[tuple[tuple[CaseEvent, ...], KnownCase]]:
    """The case after each of its events, also between two of one append."""
    history: tuple[CaseEvent, ...] = ()
    case = CASE.initial
    for event in (event for step in life for event in step.of_the_case):
        history, case = (*history, event), CASE.evolve(case, event)
        assert not isinstance(case, NoCase)
        yield history, case


def handovers(life: Life) -> int:
    return sum(isinstance(e, ResponsibilityMoved) for step in life for e in step.of_the_case)


@cache
def all_told() -> Sequence[Life]:
    """Once for all that holds in them: telling them takes far longer than looking at them."""
    all_lives: list[Life] = []

    @AS_TOLD
    @for_any(lives())
    def tell(life: Life) -> None:
        all_lives.append(life)

    tell()
    return all_lives


def in_every_life(law: Callable[[Life], None]) -> Callable[[], None]:
    def holds() -> None:
        for life in all_told():
            law(life)

    return holds


def test_in_some_of_these_lives_she_is_handed_on_and_on() -> None:
    assert len({str(life) for life in all_told()}) >= 90
    assert sum(handovers(life) > 1 for life in all_told()) >= 30


# What holds in all of them


@in_every_life
def test_from_acceptance_on_exactly_one_agency_answers_for_her_at_every_position(
    life: Life,
) -> None:
    answering: AgencyId | None = None
    for history, case in positions(life):
        match history[-1]:
            case CaseAccepted(main_responsible=agency):
                assert answering is None
                answering = agency
            case ResponsibilityMoved(from_agency=before, to_agency=agency):
                assert answering == before != agency
                answering = agency
            case _:
                pass
        main = [agency for agency, reason in case.reasons if reason == "MAIN_RESPONSIBLE"]
        assert main == ([answering] if answering else [])
        assert case.main_responsible == answering


@in_every_life
def test_she_is_handed_only_to_the_agency_that_accepted_and_by_the_one_that_sent(
    life: Life,
) -> None:
    accepted: dict[ReferralId, AgencyId] = {}
    for past, step in told(life):
        match step.of_the_case, step.of_a_referral:
            case (RoleAssigned(agency_id=agency),), (ReferralAccepted(),):
                assert step.referral_id
                assert step.by == agency
                accepted[step.referral_id] = agency
            case (ResponsibilityMoved() as moved,), (HandoverConfirmed() as confirmed,):
                assert moved.decided_by
                ours = past.referrals[moved.decided_by]
                assert isinstance(ours, KnownReferral)
                assert moved.decided_by == step.referral_id
                assert accepted[moved.decided_by] == step.by == ours.to_agency == moved.to_agency
                assert ours.from_agency == moved.from_agency
                assert moved.from_agency == confirmed.main_responsible_from
                assert moved.to_agency == confirmed.main_responsible_to
                assert moved.from_remains == confirmed.referrer_remains
            case (), (HandoverConfirmed() as confirmed,):  # Of help, and not of responsibility.
                assert step.referral_id
                ours = past.referrals[step.referral_id]
                assert isinstance(ours, KnownReferral)
                assert not ours.hands_over
                assert step.by in {ours.from_agency, ours.to_agency}
                assert confirmed.main_responsible_from is confirmed.main_responsible_to is None
            case of_the_case, of_a_referral:
                alone = (ReferralAccepted, HandoverConfirmed, ResponsibilityMoved)
                assert not [e for e in (*of_the_case, *of_a_referral) if isinstance(e, alone)]


@in_every_life
def test_only_who_takes_part_changes_anything_or_who_answers_a_referral(life: Life) -> None:
    for past, step in told(life):
        takes_part = step.by in participants(past.case)
        answering = {type(event) for event in step.of_a_referral} & {
            ReferralReceived,
            ReferralAccepted,
        }
        confirmed = any(isinstance(e, HandoverConfirmed) for e in step.of_a_referral)
        told_how_it_went = confirmed and not step.of_the_case
        assert takes_part or answering or told_how_it_went or step == BEGUN


def told(life: Life) -> Iterator[tuple[Moment, Step]]:
    """Each step, and where things stood before it."""
    now = Moment(CASE.initial)
    for step in life:
        yield now, step
        now = after(now, step)


@in_every_life
def test_an_agency_takes_part_exactly_as_long_as_it_has_a_reason(life: Life) -> None:
    for history, case in positions(life):
        having_a_reason = {by.agency for by in EVERYBODY if any(reasons(history, by.agency))}
        assert participants(case) == having_a_reason


def reasons(history: tuple[CaseEvent, ...], agency: AgencyId) -> Iterator[bool]:
    """Read off the log, and not folded: for each, the last word on it."""
    moves = [event for event in history if isinstance(event, ResponsibilityMoved)]
    handing_on = [event for event in moves if event.from_agency == agency]
    yield opened.opened_by_agency == agency and not handing_on
    yield bool(handing_on) and handing_on[-1].from_remains
    answering = [
        event.main_responsible if isinstance(event, CaseAccepted) else event.to_agency
        for event in history
        if isinstance(event, CaseAccepted | ResponsibilityMoved)
    ]
    yield answering[-1:] == [agency]
    for function in FUNCTIONS:
        said = [
            isinstance(event, RoleAssigned)
            for event in history
            if isinstance(event, RoleAssigned | RoleEnded)
            and (event.function, event.agency_id) == (function, agency)
        ]
        yield said[-1:] == [True]


@in_every_life
def test_a_referral_is_there_for_its_two_sides_and_for_the_receiver_once_it_is_sent(
    life: Life,
) -> None:
    now = moment(life)
    for referral_id, known in now.referrals.items():
        assert isinstance(known, KnownReferral)
        sides = {known.from_agency, *({known.to_agency} if known.status != "DRAFT" else ())}
        for by in EVERYBODY:
            for command in steps_of(referral_id):
                assert (why_not(now, command, by) is ReferralNotFound) == (by.agency not in sides)


@in_every_life
def test_a_case_is_there_for_who_takes_part_and_for_nobody_else(life: Life) -> None:
    now = moment(life)
    note = RecordNote(declared_category="PLN", text="来週、一緒に物件を見に行く。")
    for by in EVERYBODY:
        hidden = by.agency not in participants(now.case)
        for command in (note, draft_to(next(other for other in EVERYBODY if other != by))):
            asking = making(by, an_id(999))
            assert (why_not(now, command, asking) is CaseNotFound) == hidden


def why_not(now: Moment, command: Asked, by: Context) -> type[Refused] | None:
    try:
        decided(now, command, by)
    except Refused as refused:
        return type(refused)
    return None
