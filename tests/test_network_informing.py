"""What a network says: a directory without shelters, postings, and notices in a disaster."""

from datetime import date
from typing import Final, TypeAlias, get_args

import pytest
from msgspec.structs import replace

from domain.agency import KnownAgency, Staff
from domain.agency_codes import PROTECTIVE, AgencyKind
from domain.fields import cut_of
from domain.model import AgencyId, Context, NetworkId, PostingId
from domain.network import (
    NETWORK,
    AdoptRules,
    AnnualPolicySet,
    AppointCoordinator,
    ConfirmPosting,
    ConsultationDirectoryPublished,
    CoordinatingAgencyDesignated,
    CoordinatorAppointed,
    DeclareDisaster,
    DesignateCoordinatingAgency,
    DirectoryNotFound,
    DirectoryReceived,
    DisasterDeclared,
    DisasterEnded,
    DisasterNotEnded,
    DisasterNoticeIssued,
    DissolveNetwork,
    EndDisaster,
    EstablishNetwork,
    InformationShared,
    IssueDisasterNotice,
    JoinNetwork,
    KnownNetwork,
    LeaveNetwork,
    MemberJoined,
    MemberLeft,
    NameNotForThePublic,
    NetworkCommand,
    NetworkDissolved,
    NetworkEstablished,
    NetworkEvent,
    NetworkIsDissolved,
    NoDisasterDeclared,
    NotInTheNetwork,
    NotTheImplementingBody,
    NotYourNetwork,
    PostingConfirmed,
    PostingNotFound,
    PostingRequested,
    PublishConsultationDirectory,
    ReceiveDirectory,
    RequestPosting,
    RulesAdopted,
    SetAnnualPolicy,
    ShareInformation,
    ShelterInDirectory,
    VersionAlreadyUsed,
    network_among,
)
from domain.speech import Refused
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import an_id, given, role_of, someone

OPERATOR: Final = someone(9, "REPRESENTATIVE")
HUB: Final = someone(2, "REPRESENTATIVE")  # It implements and coordinates.
TOWN: Final = someone(3, "PRACTITIONER")
SALON: Final = someone(4, "GATEKEEPER")
STRANGER: Final = someone(5, "REPRESENTATIVE")
SHELTER: Final = AgencyId(an_id(6))
AOBA: Final = NetworkId(an_id(70))
TODAY: Final = date(2026, 5, 13)


def agency(kind: AgencyKind, *staff: Context) -> KnownAgency:
    pledged = {each.staff: Staff(role_of(each), "2026-04") for each in staff}
    return KnownAgency(kind=kind, prefecture="06", staff=pledged)


AGENCIES: Final = {
    HUB.agency: agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION", HUB),
    TOWN.agency: agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION", TOWN),
    SALON.agency: agency("REGISTERED_ESTABLISHMENT", SALON),
    SHELTER: agency("PRIVATE_SHELTER"),
}
DECIDER: Final = network_among(OPERATOR.agency, AGENCIES)

established = NetworkEstablished(
    network_id=AOBA,
    name="青葉県支援調整会議",
    level="PREFECTURE",
    basis="ACT_ART_15",
    prefecture="06",
    area="青葉県",
    implementing_body=HUB.agency,
    on=TODAY,
)


def joins(who: Context) -> MemberJoined:
    return MemberJoined(
        agency_id=who.agency, membership="MEMBER", is_practice_agency=True, outside_city=False
    )


appointed = CoordinatorAppointed(
    agency_id=HUB.agency, staff_id=HUB.staff, qualification="PUBLIC_HEALTH_NURSE"
)
designated = CoordinatingAgencyDesignated(agency_id=HUB.agency, on=TODAY)
LED: Final[tuple[NetworkEvent, ...]] = (
    established,
    joins(HUB),
    joins(TOWN),
    joins(SALON),
    appointed,
    designated,
)

publish = PublishConsultationDirectory(
    network_id=AOBA,
    version="2026-1",
    windows=frozenset({HUB.agency, TOWN.agency}),
    recipients=frozenset({TOWN.agency}),
)
published = ConsultationDirectoryPublished(
    version="2026-1",
    windows=frozenset({HUB.agency, TOWN.agency}),
    recipients=frozenset({TOWN.agency}),
)
receive = ReceiveDirectory(network_id=AOBA, version="2026-1")
got = DirectoryReceived(version="2026-1", agency_id=TOWN.agency)
ask_to_post = RequestPosting(
    network_id=AOBA,
    agency_id=TOWN.agency,
    item="DIRECTORY",
    version="2026-1",
    place_kind="EVACUATION_SHELTER",
    place="緑野市立第一小学校体育館",
)
asked_to_post = PostingRequested(
    posting_id=PostingId(HUB.new_id),
    agency_id=TOWN.agency,
    item="DIRECTORY",
    version="2026-1",
    place_kind="EVACUATION_SHELTER",
    place="緑野市立第一小学校体育館",
)
confirm = ConfirmPosting(network_id=AOBA, posting_id=asked_to_post.posting_id)
posted = PostingConfirmed(posting_id=asked_to_post.posting_id, on=TODAY)
declare = DeclareDisaster(network_id=AOBA)
declared = DisasterDeclared(on=TODAY)
end = EndDisaster(network_id=AOBA)
over = DisasterEnded(on=TODAY)
warn = IssueDisasterNotice(
    network_id=AOBA,
    text=("避難所では、夜間の移動は二人以上でお願いします。",),
    areas=("緑野市全域",),
    via=frozenset({"POSTING", "LOUDSPEAKER"}),
)
warned = DisasterNoticeIssued(
    text=("避難所では、夜間の移動は二人以上でお願いします。",),
    areas=("緑野市全域",),
    via=frozenset({"POSTING", "LOUDSPEAKER"}),
)
share = ShareInformation(
    network_id=AOBA, title="講演会のお知らせ", text=("7月に講演会を開きます。",)
)
shared = InformationShared(title="講演会のお知らせ", text=("7月に講演会を開きます。",))
policy = SetAnnualPolicy(network_id=AOBA, fiscal_year=2026, text=("早期の発見に力を入れる。",))
policy_set = AnnualPolicySet(fiscal_year=2026, text=("早期の発見に力を入れる。",))
dissolve = DissolveNetwork(network_id=AOBA)
dissolved = NetworkDissolved(on=TODAY)


# The directory


@accepted("INV-D2")
def test_a_directory_lists_agencies_and_goes_to_those_who_post_it() -> None:
    given(DECIDER, *LED).when(publish, by=HUB).then(published)


@refused("INV-D2", guard="domain.network.informing:check_lists_no_shelter")
def test_no_shelter_is_in_a_directory() -> None:
    told = replace(publish, windows=frozenset({HUB.agency, SHELTER}))
    given(DECIDER, *LED).when(told, by=HUB).refused(ShelterInDirectory)


@pytest.mark.parametrize("kind", sorted(PROTECTIVE))
def test_no_place_of_protection_of_any_kind_is_in_a_directory(kind: AgencyKind) -> None:
    around = network_among(OPERATOR.agency, {**AGENCIES, SHELTER: agency(kind)})
    told = replace(publish, windows=frozenset({SHELTER}))
    given(around, *LED).when(told, by=HUB).refused(ShelterInDirectory)


@accepted("INV-A7")
def test_a_private_body_that_wants_to_be_named_is_in_the_directory() -> None:
    salon = replace(AGENCIES[SALON.agency], private=True, publishes_name=True)
    around = network_among(OPERATOR.agency, {**AGENCIES, SALON.agency: salon})
    told = replace(publish, windows=frozenset({HUB.agency, SALON.agency}))
    given(around, *LED).when(told, by=HUB).then(
        replace(published, windows=frozenset({HUB.agency, SALON.agency}))
    )


@refused("INV-A7", guard="domain.network.informing:check_lists_only_who_is_named")
def test_a_private_body_is_not_named_in_public_unless_it_wants_to_be() -> None:
    salon = replace(AGENCIES[SALON.agency], private=True)
    around = network_among(OPERATOR.agency, {**AGENCIES, SALON.agency: salon})
    told = replace(publish, windows=frozenset({HUB.agency, SALON.agency}))
    given(around, *LED).when(told, by=HUB).refused(NameNotForThePublic)


def test_a_directory_says_nothing_of_its_own() -> None:
    assert cut_of(ConsultationDirectoryPublished).sealed == ()


def test_a_shelter_may_be_sent_the_directory_that_does_not_name_it() -> None:
    to_all = replace(publish, recipients=frozenset({TOWN.agency, SHELTER}))
    given(DECIDER, *LED).when(to_all, by=HUB).then(
        replace(published, recipients=frozenset({TOWN.agency, SHELTER}))
    )


def test_no_two_directories_have_one_version() -> None:
    given(DECIDER, *LED, published).when(publish, by=HUB).refused(VersionAlreadyUsed)
    given(DECIDER, *LED, published).when(replace(publish, version="2026-2"), by=HUB).then(
        replace(published, version="2026-2")
    )


def test_whoever_was_sent_a_directory_says_once_that_it_came() -> None:
    given(DECIDER, *LED, published).when(receive, by=TOWN).then(got)
    given(DECIDER, *LED, published, got).when(receive, by=TOWN).then_nothing()


def test_nobody_receives_what_they_were_not_sent() -> None:
    given(DECIDER, *LED, published).when(receive, by=SALON).refused(DirectoryNotFound)
    given(DECIDER, *LED).when(receive, by=TOWN).refused(DirectoryNotFound)


# Postings


def test_a_directory_is_posted_where_people_have_fled_to() -> None:
    given(DECIDER, *LED, published).when(ask_to_post, by=HUB).then(asked_to_post)
    given(DECIDER, *LED, published, asked_to_post).when(confirm, by=TOWN).then(posted)
    history = (*LED, published, asked_to_post, posted)
    given(DECIDER, *history).when(confirm, by=TOWN).then_nothing()


def test_only_a_directory_that_was_published_is_posted() -> None:
    given(DECIDER, *LED).when(ask_to_post, by=HUB).refused(DirectoryNotFound)
    unnamed = replace(ask_to_post, version=None)
    given(DECIDER, *LED, published).when(unnamed, by=HUB).refused(DirectoryNotFound)


def test_a_poster_needs_no_directory_and_no_named_place() -> None:
    poster = RequestPosting(
        network_id=AOBA, agency_id=SALON.agency, item="POSTER", place_kind="SHOP"
    )
    given(DECIDER, *LED).when(poster, by=HUB).then(
        PostingRequested(
            posting_id=PostingId(HUB.new_id),
            agency_id=SALON.agency,
            item="POSTER",
            place_kind="SHOP",
            place=None,
        )
    )


def test_nobody_confirms_what_somebody_else_was_asked_to_post() -> None:
    history = (*LED, published, asked_to_post)
    given(DECIDER, *history).when(confirm, by=SALON).refused(PostingNotFound)
    given(DECIDER, *LED).when(confirm, by=TOWN).refused(PostingNotFound)


# A disaster


@accepted("INV-D1")
def test_in_a_disaster_everybody_is_warned() -> None:
    given(DECIDER, *LED, declared).when(warn, by=HUB).then(warned)


def test_a_disaster_is_declared_once_and_ended_once() -> None:
    given(DECIDER, *LED).when(declare, by=HUB).then(declared)
    given(DECIDER, *LED, declared).when(declare, by=HUB).then_nothing()
    given(DECIDER, *LED, declared).when(end, by=HUB).then(over)
    given(DECIDER, *LED).when(end, by=HUB).then_nothing()
    given(DECIDER, *LED, declared, over).when(declare, by=HUB).then(declared)


# Information about nobody


def test_each_year_the_network_says_what_it_will_do() -> None:
    set_for_the_year = AnnualPolicySet(fiscal_year=2026, text=("早期の発見に力を入れる。",))
    given(DECIDER, *LED).when(policy, by=HUB).then(set_for_the_year)
    # What is said anew is said again: nobody reads the words of the first.
    given(DECIDER, *LED, set_for_the_year).when(policy, by=HUB).then(set_for_the_year)


def test_any_member_tells_the_others_what_is_of_use() -> None:
    for somebody in (HUB, TOWN, SALON, OPERATOR):
        given(DECIDER, *LED).when(share, by=somebody).then(shared)
    given(DECIDER, *LED).when(share, by=STRANGER).refused(NotInTheNetwork)


@pytest.mark.parametrize(
    "command",
    [policy, publish, ask_to_post, declare, end, warn],
    ids=lambda command: type(command).__name__,
)
def test_what_a_network_says_as_one_is_said_by_whoever_leads(command: NetworkCommand) -> None:
    for somebody in (TOWN, SALON, STRANGER, replace(HUB, staff=TOWN.staff, role="CASEWORKER")):
        given(DECIDER, *LED, published).when(command, by=somebody).refused(NotYourNetwork)


def test_a_network_is_dissolved_by_whoever_founded_it() -> None:
    given(DECIDER, *LED).when(dissolve, by=HUB).then(dissolved)
    given(DECIDER, *LED).when(dissolve, by=OPERATOR).then(dissolved)
    given(DECIDER, *LED).when(dissolve, by=TOWN).refused(NotTheImplementingBody)


# Every command in every state

BEFORE: Final = (*LED, published, asked_to_post)
STATES: Final[dict[str, tuple[NetworkEvent, ...]]] = {
    "ESTABLISHED": BEFORE,
    "DISASTER_MODE": (*BEFORE, declared),
    "DISSOLVED": (*BEFORE, dissolved),
}
Outcome: TypeAlias = type[NetworkEvent] | type[Refused] | None


def while_it_lasts(event: type[NetworkEvent]) -> dict[str, Outcome]:
    return {"ESTABLISHED": event, "DISASTER_MODE": event, "DISSOLVED": NetworkIsDissolved}


also = AppointCoordinator(
    network_id=AOBA, agency_id=TOWN.agency, staff_id=TOWN.staff, qualification="APPROVED_BY_BODY"
)
BY: Final[dict[type[NetworkCommand], Context]] = {ReceiveDirectory: TOWN, ConfirmPosting: TOWN}
COMMANDS: Final[dict[NetworkCommand, dict[str, Outcome]]] = {
    AdoptRules(
        network_id=AOBA,
        version="2026-04",
        meeting_mode="PERIODIC",
        confidentiality_clause=("秘密を守る。",),
        purpose_of_sharing=("支援に必要な範囲に限る。",),
    ): while_it_lasts(RulesAdopted),
    JoinNetwork(network_id=AOBA, agency_id=STRANGER.agency, membership="MEMBER"): while_it_lasts(
        MemberJoined
    ),
    LeaveNetwork(network_id=AOBA, agency_id=TOWN.agency): while_it_lasts(MemberLeft),
    also: while_it_lasts(CoordinatorAppointed),
    DesignateCoordinatingAgency(network_id=AOBA, agency_id=TOWN.agency): while_it_lasts(
        CoordinatingAgencyDesignated
    ),
    policy: while_it_lasts(AnnualPolicySet),
    replace(publish, version="2026-2"): while_it_lasts(ConsultationDirectoryPublished),
    receive: while_it_lasts(DirectoryReceived),
    ask_to_post: while_it_lasts(PostingRequested),
    confirm: while_it_lasts(PostingConfirmed),
    share: while_it_lasts(InformationShared),
    declare: {
        "ESTABLISHED": DisasterDeclared,
        "DISASTER_MODE": None,
        "DISSOLVED": NetworkIsDissolved,
    },
    end: {"ESTABLISHED": None, "DISASTER_MODE": DisasterEnded, "DISSOLVED": None},
    warn: {
        "ESTABLISHED": NoDisasterDeclared,
        "DISASTER_MODE": DisasterNoticeIssued,
        "DISSOLVED": NetworkIsDissolved,
    },
    dissolve: {
        "ESTABLISHED": NetworkDissolved,
        "DISASTER_MODE": DisasterNotEnded,
        "DISSOLVED": None,
    },
}


course(
    "network",
    (
        (state, type(command).__name__, outcome)
        for command, outcomes in COMMANDS.items()
        for state, outcome in outcomes.items()
    ),
)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_every_command_does_in_every_state_what_the_table_says(
    command: NetworkCommand, state: str
) -> None:
    second = CoordinatorAppointed(
        agency_id=TOWN.agency, staff_id=TOWN.staff, qualification="APPROVED_BY_BODY"
    )
    history = STATES[state]
    if isinstance(command, DesignateCoordinatingAgency):
        history = (*BEFORE, second, *history[len(BEFORE) :])
    outcome: Outcome
    try:
        events = DECIDER.decide(DECIDER.replay(history), command, BY.get(type(command), HUB))
    except Refused as why:
        events, outcome = (), type(why)
    else:
        outcome = type(events[0]) if events else None
    assert outcome is COMMANDS[command][state]
    after = DECIDER.replay((*history, *events))
    assert isinstance(after, KnownNetwork)
    assert not events or after.status == NETWORK.after(state, type(events[0]))


def test_the_table_has_every_command() -> None:
    commands = {type(command) for command in COMMANDS} | {EstablishNetwork}
    assert commands == set(get_args(NetworkCommand))
