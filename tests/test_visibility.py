"""Who may see what. A mistake here can cost a life: each sentence is tried the other way too."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, TypeAlias, get_args

import pytest
from hypothesis import given, settings, strategies
from hypothesis.strategies import DataObject, DrawFn, SearchStrategy, composite
from msgspec.structs import replace

from domain.agency import Agency, KnownAgency
from domain.case import ResponsibilityMoved, RoleAssigned, RoleEnded
from domain.catalogue import EVENTS
from domain.categories import CategoryCode
from domain.consent_ledger import ConsentGranted, ConsentWithdrawn
from domain.fields import cut_of
from domain.model import (
    CLOSED,
    AgencyId,
    CaseId,
    Context,
    Event,
    EventId,
    GrantId,
    NetworkId,
    PersonId,
    StaffId,
)
from domain.sharing import Told
from domain.visibility import (
    ACTING,
    NOTHING,
    OWN,
    PARTY,
    Basis,
    Visible,
    angle,
    fields_of,
    naming,
)
from projections.case_view import CaseView, project
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, later, someone
from tests.told import (
    GRANT,
    SISTER,
    WOMAN,
    accepted,
    address,
    by,
    consulted,
    contact,
    corrected,
    drafted,
    explained,
    granted,
    handed_over,
    identified,
    joined,
    left,
    lines,
    look,
    moved,
    note,
    opened,
    received,
    sees,
    sent,
    taken,
    told,
    visible,
    withdrawn,
)

BY_CONSENT: Final = Basis("CONSENT", GRANT)


def to_centre(*categories: CategoryCode, **more: object) -> ConsentGranted:
    return replace(granted, categories=frozenset(categories), **more)


def centre_takes_part(*events: Event) -> list[Told]:
    """The centre has a role, and then this is recorded by the city."""
    return told(by(CITY, opened, joined, *events))


def of_the_last(history: list[Told], who: Context) -> set[str]:
    return {*visible(history, who, len(history)).bases}


# Own records


def test_an_agency_sees_all_of_what_it_recorded_itself() -> None:
    for event in (opened, consulted, identified, note, explained, granted, drafted):
        assert of_the_last(told(by(CITY, opened, event)), CITY) == {*event.__struct_fields__}
        assert {*visible(told(by(CITY, opened, event)), CITY, 2).bases.values()} == {OWN}


def test_and_goes_on_seeing_it_when_it_no_longer_takes_part() -> None:
    history = told(by(CITY, opened, joined), by(CENTRE, consulted, left))
    assert visible(history, CENTRE, 3).bases.keys() == {*consulted.__struct_fields__}


def test_an_agency_that_has_nothing_to_do_with_her_sees_nothing() -> None:
    everything = told(
        by(CITY, opened, consulted, identified, accepted, granted, drafted, sent, note),
        by(CENTRE, received, taken, joined, handed_over, moved),
    )
    assert not sees(everything, POLICE)


# Consent permits, participation lets see


def test_consent_and_participation_together_let_see() -> None:
    history = centre_takes_part(to_centre("PRB"), consulted)
    assert visible(history, CENTRE, 4).bases["main_problem"] == BY_CONSENT


def test_consent_alone_opens_nothing() -> None:
    assert not sees(told(by(CITY, opened, granted, identified, consulted)), CENTRE)


def test_participation_alone_opens_nothing() -> None:
    assert not sees(centre_takes_part(identified, consulted, note), CENTRE)


def test_whoever_no_longer_takes_part_sees_nothing_by_consent() -> None:
    assert not sees(centre_takes_part(granted, identified, left), CENTRE)


def test_consent_for_one_agency_opens_nothing_to_another() -> None:
    police = replace(joined, agency_id=POLICE.agency)
    assert not sees(centre_takes_part(police, granted, identified), POLICE)


def test_a_withdrawn_consent_opens_nothing() -> None:
    assert not sees(centre_takes_part(granted, identified, withdrawn), CENTRE)


def test_of_two_consents_the_one_that_was_not_withdrawn_goes_on() -> None:
    other = replace(granted, grant_id=GrantId(an_id(48)), categories=frozenset({"IDN"}))
    history = centre_takes_part(granted, other, identified, withdrawn)
    assert visible(history, CENTRE, 5).bases["name"] == Basis("CONSENT", other.grant_id)


@pytest.mark.parametrize(
    ("category", "event", "fields"),
    [
        ("IDN", identified, {"name", "kana", "birth_date", "gender_identity_note", "subject_id"}),
        ("CNT", contact, {"means", "value", "safe_times", "unsafe_means"}),
        ("ADR", address, {"kind", "address", "municipality_code"}),
        ("NAR", note, {"declared_category", "text", "note_id"}),
        (
            "PRB",
            consulted,
            {"main_problem", "secondary_problems", "topic", "age_band", "consultation_id"},
        ),
        ("SXH", consulted, {"sexual_harm_flag"}),
        ("ACC", consulted, {"language"}),
        ("SVC", consulted, {"channel", "caller_is_subject"}),
        ("NAR", consulted, {"summary"}),
        ("NAR", corrected, {"correction_reason"}),
        ("LOC", consulted, set[str]()),
        ("PLN", granted, {"conditions"}),
        ("RSK", drafted, {"urgency"}),
        ("PLN", drafted, {"purpose"}),
    ],
)
def test_a_category_opens_its_own_fields_and_no_others(
    category: CategoryCode, event: Event, fields: set[str]
) -> None:
    other = replace(event, grant_id=GrantId(an_id(49))) if event is granted else event
    history = told(by(CITY, opened, joined, to_centre(category), other))
    assert of_the_last(history, CENTRE) == fields


@pytest.mark.parametrize("category", ["ENV", "STF", "CNS", "GRV", "AGG", "PUB"])
def test_what_no_consent_opens_is_opened_by_none_even_if_it_were_granted(
    category: CategoryCode,
) -> None:
    history = centre_takes_part(to_centre(category), explained, consulted, accepted, identified)
    assert not sees(history, CENTRE)


def test_a_consent_that_names_fields_opens_only_these() -> None:
    only = frozenset({"case.subject_identified.v1/name"})
    history = centre_takes_part(to_centre("IDN", only_fields=only), identified)
    assert of_the_last(history, CENTRE) == {"name", "subject_id"}


def test_a_consent_that_leaves_out_fields_never_opens_these() -> None:
    left_out = frozenset({"case.subject_identified.v1/birth_date"})
    history = centre_takes_part(to_centre("IDN", excluded_fields=left_out), identified)
    assert "birth_date" not in of_the_last(history, CENTRE)
    assert "name" in of_the_last(history, CENTRE)


def test_what_is_both_named_and_left_out_is_left_out() -> None:
    name = frozenset({"case.subject_identified.v1/name"})
    only = to_centre("IDN", only_fields=name, excluded_fields=name)
    assert not sees(centre_takes_part(only, identified), CENTRE)


def test_consent_opens_nothing_before_it_was_given_and_nothing_after_its_last_day() -> None:
    until = to_centre("IDN", valid_until=date(2026, 5, 31), until_event=None)
    history = centre_takes_part(until, identified)
    last_moment = later(CITY, days=18).at.replace(hour=14, minute=59)
    assert sees(history, CENTRE, NOW)
    assert sees(history, CENTRE, last_moment)
    assert not sees(history, CENTRE, NOW - timedelta(seconds=1))
    assert not sees(history, CENTRE, last_moment + timedelta(minutes=1))


def test_consent_opens_only_what_is_about_the_person_who_gave_it() -> None:
    sisters = to_centre("IDN", "PRB", "SVC", grantor="ADULT_COMPANION", grantor_id=SISTER)
    assert not sees(centre_takes_part(sisters, identified, consulted), CENTRE)


def test_and_her_own_consent_opens_nothing_of_anybody_elses() -> None:
    hers = to_centre("PLN", "NAR")
    sisters = replace(
        granted, grant_id=GrantId(an_id(49)), grantor="ADULT_COMPANION", grantor_id=SISTER
    )
    assert "conditions" not in of_the_last(centre_takes_part(hers, sisters), CENTRE)


def test_without_history_nothing_recorded_before_the_consent_is_seen() -> None:
    history = centre_takes_part(identified, to_centre("IDN", history="NONE"))
    assert not sees(history, CENTRE)


def test_what_is_recorded_late_is_judged_by_its_record_and_not_by_its_own_time() -> None:
    late = to_centre("IDN", history="NONE", late_entry=True, granted_at=NOW - timedelta(days=30))
    assert not sees(centre_takes_part(identified, late), CENTRE)


def test_a_snapshot_shows_what_stood_then_and_whatever_comes_after() -> None:
    history = centre_takes_part(
        consulted, consulted, to_centre("PRB", history="SNAPSHOT"), consulted
    )
    assert {position for position, _ in sees(history, CENTRE)} == {4, 6}


def test_an_agency_sees_what_happened_between_the_consent_and_its_taking_part() -> None:
    history = told(by(CITY, opened, to_centre("IDN", history="NONE"), identified, joined))
    assert "name" in visible(history, CENTRE, 3).bases


# The two sides of a referral


def test_the_sender_and_from_the_sending_on_the_receiver_see_a_referral() -> None:
    history = told(by(CITY, opened, drafted, sent))
    assert not sees(history[:2], CENTRE)
    assert of_the_last(history, CENTRE) == {
        "sent_at",
        "respond_by",
        "accompanied",
        "hands_over",
    }
    assert visible(history, CENTRE, 2).bases == dict.fromkeys(
        (
            "kind",
            "from_agency",
            "to_agency",
            "requested_service",
            "referral_id",
            "case_id",
            "based_on",
        ),
        PARTY,
    )


def test_what_is_sealed_in_a_referral_needs_consent_as_everywhere() -> None:
    history = told(by(CITY, opened, to_centre("RSK"), drafted, sent))
    assert "urgency" not in visible(history, CENTRE, 3).bases
    taken_part = [*history, *told(by(CENTRE, opened, opened, opened, opened, joined))[4:]]
    assert visible(taken_part, CENTRE, 3).bases["urgency"] == BY_CONSENT


def test_the_receiver_sees_nothing_else_of_the_case() -> None:
    history = told(by(CITY, opened, identified, consulted, accepted, note, drafted, sent))
    assert {position for position, _ in sees(history, CENTRE)} == {6, 7}


def test_the_sender_sees_how_it_is_answered() -> None:
    history = told(by(CITY, opened, accepted, drafted, sent), by(CENTRE, received, taken))
    assert visible(history, CITY, 5).bases.keys() == {"at", "receiving_staff"}
    assert visible(history, CITY, 6).bases.keys() == {
        "on",
        "role_taken",
        "remaining_referrer_role",
        "takes_over",
    }


def test_nobody_else_sees_a_referral() -> None:
    history = told(by(CITY, opened, drafted, sent), by(CENTRE, received, taken, handed_over))
    assert not sees(history, POLICE)
    assert not sees(history, SHELTER)


# What tells nothing by itself


def test_the_envelope_is_seen_only_beside_something_else() -> None:
    assert not sees(centre_takes_part(to_centre("CNT"), identified), CENTRE)


def test_where_it_may_not_be_seen_what_happened_its_ids_are_not_seen_either() -> None:
    history = centre_takes_part(to_centre("ACC"), consulted)
    shown = visible(history, CENTRE, 4)
    assert shown.bases.keys() == {"language"}
    assert not shown.what


def test_consents_stay_with_whoever_wrote_them_down() -> None:
    history = centre_takes_part(to_centre(*get_args(CategoryCode)), explained, withdrawn)
    assert visible(history[:4], CENTRE, 4) == NOTHING
    assert not sees(history, CENTRE)


def test_the_case_number_is_for_the_agency_that_answers_for_her() -> None:
    history = told(by(CITY, opened, joined, to_centre("SVC"), accepted))
    assert "case_number" in of_the_last(history, CITY)
    assert of_the_last(history, CENTRE) >= {"accepted_on", "main_responsible"}
    assert "case_number" not in of_the_last(history, CENTRE)
    handed = [*history, Told(5, history[0].stream, CENTRE.agency, moved, EventId(an_id(5)))]
    assert visible(handed, CENTRE, 4).bases["case_number"] == BY_CONSENT


# Where she is, told by who helps her


def acting_is_named(visible: Visible, agency: AgencyId) -> bool:
    return (ACTING, agency) in visible.who


ROLE_OF_THE_SHELTER: Final = replace(joined, agency_id=SHELTER.agency)


def test_a_protective_provider_is_named_to_nobody_else() -> None:
    history = told(by(CITY, opened, joined, to_centre("SVC"), ROLE_OF_THE_SHELTER))
    shown = visible(history, CENTRE, 4)
    assert "agency_id" in shown.bases
    assert shown.who == {(ACTING, CITY.agency)}


def test_nor_as_the_one_who_recorded_something() -> None:
    history = told(by(CITY, opened, joined, to_centre("SVC", "PRB")), by(SHELTER, consulted))
    assert not acting_is_named(visible(history, CENTRE, 4), SHELTER.agency)
    assert not visible(history, CENTRE, 4).staff


def test_but_where_she_agreed_that_this_agency_may_know_where_she_is() -> None:
    history = told(
        by(CITY, opened, joined, to_centre("SVC", "PRB", "LOC")),
        by(SHELTER, consulted),
        by(CITY, ROLE_OF_THE_SHELTER),
    )
    assert acting_is_named(visible(history, CENTRE, 4), SHELTER.agency)
    assert ("agency_id", SHELTER.agency) in visible(history, CENTRE, 5).who


def test_that_she_agreed_that_another_agency_may_know_helps_nobody() -> None:
    others = replace(
        to_centre("LOC"), grant_id=GrantId(an_id(49)), recipients=frozenset({POLICE.agency})
    )
    history = told(by(CITY, opened, joined, to_centre("SVC"), others, ROLE_OF_THE_SHELTER))
    assert ("agency_id", SHELTER.agency) not in visible(history, CENTRE, 5).who


def test_the_two_sides_of_a_referral_do_not_learn_it_either() -> None:
    from_shelter = replace(drafted, from_agency=SHELTER.agency)
    history = told(by(SHELTER, opened, from_shelter, sent))
    assert visible(history, CENTRE, 2).who == {("to_agency", CENTRE.agency)}


@pytest.mark.parametrize(
    ("centre", "city", "is_named"),
    [
        ("06", "06", True),
        ("06", "13", False),
        ("06", None, False),
        (None, "06", False),
        (None, None, False),
    ],
)
def test_an_agency_of_another_prefecture_is_not_named(
    centre: str | None, city: str | None, *, is_named: bool
) -> None:
    agencies: dict[AgencyId, Agency] = {
        CENTRE.agency: KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture=centre),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        CITY.agency: KnownAgency(kind="WELFARE_OFFICE", prefecture=city),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    }
    history = told(by(CITY, opened, accepted, joined, to_centre("PRB"), consulted))
    shown = visible(history, CENTRE, 5, agencies=agencies)
    assert acting_is_named(shown, CITY.agency) is is_named
    assert shown.staff is is_named


def test_an_agency_that_is_not_known_is_not_named() -> None:
    history = centre_takes_part(to_centre("PRB"), consulted)
    assert not acting_is_named(visible(history, CENTRE, 4, agencies={}), CITY.agency)


def test_neither_staff_nor_networks_are_told_where_an_agency_is_not_named() -> None:
    of_the_shelter = replace(handed_over, main_responsible_from=SHELTER.agency)
    history = told(by(CITY, opened, drafted, sent), by(CENTRE, of_the_shelter))
    assert "accompanied_by" not in visible(history, CITY, 4).bases
    history = told(by(CITY, opened, joined, to_centre("SVC")), by(SHELTER, accepted))
    assert "accepted_on" in visible(history, CENTRE, 4).bases
    assert "ledger_network_id" not in visible(history, CENTRE, 4).bases


def test_staff_are_named_beside_what_they_did() -> None:
    history = told(by(CITY, opened, accepted, drafted, sent), by(CENTRE, received, handed_over))
    assert visible(history, CITY, 5).bases["receiving_staff"] == PARTY
    assert visible(history, CITY, 6).bases["accompanied_by"] == PARTY


# What kind of event it was


# Of what they are about, none of their fields says anything: that they happened is told to nobody
# but who recorded them. A type may leave this list; one that joins it should say something.
SILENT: Final = {
    "agency.commission_contract_ended.v1",
    "case.companion_removed.v1",
    "meeting.case_review_deferred.v1",
    "meeting.case_tabled.v1",
    "meeting.closed.v1",
    "meeting.convened.v1",
    "meeting.minutes_confirmed.v1",
    "meeting.minutes_shared.v1",
}


def test_every_event_is_about_something_that_one_of_its_fields_says() -> None:
    silent: set[str] = set()
    for tag, kind in EVENTS.types.items():
        cut = cut_of(kind)
        said = {code for field in (*cut.clear, *cut.sealed) for code in field.category.codes}
        if not kind.primary.codes <= said:
            silent.add(tag)
    assert silent <= SILENT


def test_no_field_has_the_name_by_which_we_speak_of_whoever_recorded_it() -> None:
    assert not any(ACTING in kind.__struct_fields__ for kind in EVENTS.types.values())


def test_fields_that_name_agencies_or_networks_are_found_by_their_type() -> None:
    assert naming(type(handed_over), AgencyId) == {"main_responsible_from", "main_responsible_to"}
    assert naming(ConsentGranted, AgencyId) == {"recipients", "obtained_by"}
    assert naming(type(accepted), NetworkId) == {"ledger_network_id"}
    assert naming(type(drafted), CaseId) == {"case_id"}
    assert not naming(type(handed_over), StaffId) - {"accompanied_by"}


# Laws

ANYBODY: Final = (CITY, CENTRE, SHELTER, POLICE)
STRANGER: Final = someone(9, "CASEWORKER")
CODES: Final = tuple(get_args(CategoryCode))
PATHS: Final = ("case.subject_identified.v1/name", "case.consultation_recorded.v1/main_problem")

AGENCY_IDS: Final = strategies.sampled_from([who.agency for who in ANYBODY])
SOME_PATHS: Final = strategies.frozensets(strategies.sampled_from(PATHS), min_size=1)
Happened: TypeAlias = list[tuple[Context, Event]]
BEGUN: Final[Happened] = by(CITY, opened, identified, accepted, drafted)


@composite
def grants(draw: DrawFn) -> ConsentGranted:
    days = draw(strategies.none() | strategies.integers(0, 3))
    hers = draw(strategies.integers(0, 2))
    return replace(
        granted,
        grantor="SUBJECT" if hers else "ADULT_COMPANION",
        grant_id=GrantId(an_id(draw(strategies.integers(60, 64)))),
        kind=draw(strategies.sampled_from(["INFORMATION", "INFORMATION", "RELOCATION"])),
        grantor_id=WOMAN if hers else SISTER,
        recipients=draw(strategies.frozensets(AGENCY_IDS, min_size=1)),
        categories=draw(strategies.frozensets(strategies.sampled_from(CODES), min_size=1)),
        only_fields=draw(strategies.none() | SOME_PATHS),
        excluded_fields=draw(strategies.none() | SOME_PATHS),
        history=draw(strategies.sampled_from(["NONE", "SNAPSHOT", "FULL"])),
        valid_until=None if days is None else (NOW + timedelta(days=days)).date(),
    )


@composite
def withdrawals(draw: DrawFn) -> ConsentWithdrawn:
    return replace(withdrawn, grant_id=GrantId(an_id(draw(strategies.integers(60, 64)))))


@composite
def roles(draw: DrawFn) -> RoleAssigned | RoleEnded:
    agency = draw(AGENCY_IDS)
    if draw(strategies.integers(0, 2)):
        return replace(joined, agency_id=agency)
    return replace(left, agency_id=agency)


@composite
def stories(draw: DrawFn) -> Happened:
    records: list[Event] = [consulted, corrected, contact, address, note, explained, moved]
    records += [sent, received, taken, handed_over]
    happening = grants() | withdrawals() | roles() | strategies.sampled_from(records)
    more = strategies.lists(strategies.tuples(readers, happening), max_size=14)
    return [*BEGUN, *draw(more)]


readers: SearchStrategy[Context] = strategies.sampled_from(ANYBODY)


@settings(max_examples=400)
@given(stories(), readers)
def test_what_is_seen_is_what_the_rules_say_when_they_are_written_down_apart(
    story: Happened, who: Context
) -> None:
    history = told(story)
    expected = {
        (it.position, field.name)
        for it in history
        for field in fields_of(WOMAN, it, lines(it.event))
        if field.category not in {"ENV", "STF"}
        and allowed(history, who.agency, it, field.path, field.category, field.person)
    }
    telling = {
        (position, name)
        for position, name in sees(history, who)
        if category(history[position - 1].event, name) not in {"ENV", "STF"}
    }
    assert telling == expected


def category(event: Event, name: str) -> CategoryCode:
    cut = cut_of(type(event))
    return next(f.category.of(event) for f in (*cut.clear, *cut.sealed) if f.name == name)


def allowed(  # noqa: PLR0913, PLR0917 (all that the rules look at)
    history: Sequence[Told],
    agency: AgencyId,
    it: Told,
    path: str,
    code: CategoryCode,
    person: PersonId | None,
) -> bool:
    if it.agency == agency:
        return True
    if path == "case.accepted.v1/case_number" and answers_for_her(history) != agency:
        return False
    if path.startswith("consent.") and agency not in getattr(it.event, "recipients", ()):
        return False
    in_referral = path.startswith("referral.") and (
        agency == CITY.agency or (agency == CENTRE.agency and any(t.event is sent for t in history))
    )
    if in_referral and code == "SVC":
        return True
    return takes_part(history, agency) and any(
        opens(history, grant, agency, it, path, code, person)
        for grant in history
        if isinstance(grant.event, ConsentGranted)
    )


def opens(  # noqa: PLR0913, PLR0917 (the same)
    history: Sequence[Told],
    grant: Told,
    agency: AgencyId,
    it: Told,
    path: str,
    code: CategoryCode,
    person: PersonId | None,
) -> bool:
    given = grant.event
    assert isinstance(given, ConsentGranted)
    # The last word on a grant counts: given anew under its name, or taken back.
    overtaken = any(
        later.position > grant.position
        and getattr(later.event, "grant_id", None) == given.grant_id
        and (type(later.event) is type(withdrawn) or is_sharing(later.event))
        for later in history
    )
    return (
        is_sharing(given)
        and not overtaken
        and agency in given.recipients
        and code in given.categories - {"ENV", "STF", "CNS", "GRV", "AGG", "PUB"}
        and person == given.grantor_id
        and (given.only_fields is None or path in given.only_fields)
        and not (given.excluded_fields and path in given.excluded_fields)
        and (given.valid_until is None or given.valid_until >= date(2026, 5, 14))
        and (
            it.position > grant.position
            or given.history == "FULL"
            or (given.history == "SNAPSHOT" and stood(history, grant, it))
        )
    )


def is_sharing(event: Event) -> bool:
    return isinstance(event, ConsentGranted) and event.kind == "INFORMATION"


def stood(history: Sequence[Told], grant: Told, it: Told) -> bool:
    """With everything closed: the last of its type, her details being one type."""
    details = {type(identified), type(corrected)}
    of_its_type = details if type(it.event) in details else {type(it.event)}
    before = [t for t in history if t.position < grant.position and type(t.event) in of_its_type]
    return bool(before) and before[-1] is it


def answers_for_her(history: Sequence[Told]) -> AgencyId:
    return moved.to_agency if any(t.event is moved for t in history) else CITY.agency


def takes_part(history: Sequence[Told], agency: AgencyId) -> bool:
    reasons = {(CITY.agency, "opened"), (CITY.agency, "answers")}
    for it in history:
        match it.event:
            case RoleAssigned(agency_id=whose, function=role):
                reasons.add((whose, role))
            case RoleEnded(agency_id=whose, function=role):
                reasons.discard((whose, role))
            case ResponsibilityMoved():
                reasons -= {(CITY.agency, "opened"), (CITY.agency, "answers")}
                reasons |= {(CENTRE.agency, "answers"), (CITY.agency, "referrer")}
            case _:
                pass
    return agency in {whose for whose, _ in reasons}


@given(stories())
def test_a_stranger_never_sees_anything(story: Happened) -> None:
    assert not sees(told(story), STRANGER)


@given(stories(), readers, strategies.data())
def test_a_withdrawal_more_never_allows_anything(
    story: Happened, who: Context, data: DataObject
) -> None:
    history = told(story)
    more = told([*story, (SHELTER, data.draw(withdrawals()))])
    assert {seen for seen in sees(more, who) if seen[0] <= len(history)} <= sees(history, who)


@given(stories(), readers, strategies.data())
def test_a_consent_less_never_allows_anything(
    story: Happened, who: Context, data: DataObject
) -> None:
    history = told(story)
    at = data.draw(strategies.sampled_from(range(len(story))))
    if isinstance(story[at][1], ConsentGranted):
        refused = replace(story[at][1], kind="LEDGER")
        assert sees(told([*story[:at], (story[at][0], refused), *story[at + 1 :]]), who) <= sees(
            history, who
        )


@given(grants(), readers, strategies.data())
def test_a_consent_to_less_never_allows_more(
    grant: ConsentGranted, who: Context, data: DataObject
) -> None:
    narrower = replace(
        grant,
        recipients=data.draw(strategies.frozensets(strategies.sampled_from([*grant.recipients]))),
        categories=data.draw(strategies.frozensets(strategies.sampled_from([*grant.categories]))),
        excluded_fields=frozenset(PATHS),
        history={"NONE": "NONE", "SNAPSHOT": "NONE", "FULL": "SNAPSHOT"}[grant.history],
    )
    roles = [replace(joined, agency_id=each.agency) for each in ANYBODY]
    before = by(CITY, *(replace(role, function="CONVENOR") for role in roles), consulted, note)

    def then(given: ConsentGranted) -> frozenset[tuple[int, str]]:
        return sees(told(BEGUN, before, by(CITY, given, consulted, note, address)), who)

    assert then(narrower) <= then(grant)


@given(stories(), readers, strategies.integers(0, 5), strategies.integers(0, 5))
def test_time_alone_never_allows_anything_once_consent_is_given(
    story: Happened, who: Context, days: int, more: int
) -> None:
    history, at = told(story), NOW + timedelta(days=days)
    assert sees(history, who, at + timedelta(days=more)) <= sees(history, who, at)


@given(stories(), readers)
def test_events_seen_from_one_angle_show_the_same(story: Happened, who: Context) -> None:
    history = told(story)
    its_look = look(history, who)
    shown: dict[object, Visible] = {}
    for it in history:
        now = visible(history, who, it.position)
        assert shown.setdefault(angle(its_look, it), now) == now


@given(stories(), readers)
def test_nothing_is_seen_of_an_event_of_which_nothing_would_be_told(
    story: Happened, who: Context
) -> None:
    history = told(story)
    for it in history:
        shown = visible(history, who, it.position)
        told_of_it = {category(it.event, name) for name in shown.bases}
        assert not told_of_it or told_of_it - {"ENV", "STF"}


@given(stories(), readers)
def test_a_case_can_be_folded_from_whatever_may_be_seen(story: Happened, who: Context) -> None:
    history = told(story)
    may = [(it.event, visible(history, who, it.position).bases) for it in history]
    view = project(
        replace(event, **{n: CLOSED for n in event.__struct_fields__ if n not in bases})
        for event, bases in may
        if bases
    )
    assert any(bases for _, bases in may) or view == CaseView()
