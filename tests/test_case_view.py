"""A view folds whatever subset of the events may be seen."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import given, strategies
from msgspec.json import encode
from msgspec.structs import replace

from domain.case import (
    AddressRecorded,
    CaseAccepted,
    CaseOpened,
    ConsultationId,
    ConsultationRecorded,
    ContactMethodSet,
    NoteId,
    NoteRecorded,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.codes import ContactMeans
from domain.consent_ledger import (
    ConsentExpired,
    ConsentExplained,
    ConsentGranted,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
)
from domain.model import (
    CLOSED,
    ERASED,
    AgencyId,
    Event,
    GrantId,
    NetworkId,
    PersonId,
    ReferralId,
    StaffId,
)
from domain.referral import HandoverConfirmed
from projections import case_support
from projections.case_course import Course
from projections.case_support import Support
from projections.case_view import READS, Address, CaseView, Contact, Role, consents_on, project
from tests import told
from tests.supported import STAY, SUPPORTED

CITY = AgencyId(UUID(int=1))
CENTRE = AgencyId(UUID(int=9))
WOMAN = PersonId(UUID(int=2))
GRANT = GrantId(UUID(int=3))
NO_MAIL: frozenset[ContactMeans] = frozenset({"EMAIL"})
NOON = datetime(2026, 5, 13, 3, tzinfo=UTC)

opened = CaseOpened(
    subject_id=WOMAN,
    anonymous=True,
    opened_by_agency=CITY,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset(),
    at_risk_only=False,
)
consulted = ConsultationRecorded(
    consultation_id=ConsultationId(UUID(int=4)),
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    secondary_problems=frozenset(),
    topic=None,
    age_band="30S",
    language="ja",
    sexual_harm_flag=False,
    summary=None,
)
identified = SubjectIdentified(
    subject_id=WOMAN, name="相川", kana="アイカワ", birth_date=None, gender_identity_note=None
)
corrected = SubjectDetailsCorrected(
    subject_id=WOMAN,
    name=None,
    kana="アイカワ ミサキ",
    birth_date=date(1994, 2, 3),
    gender_identity_note=None,
    correction_reason="聞き違い",
)
accepted = CaseAccepted(
    accepted_on=date(2026, 5, 13),
    ledger_network_id=NetworkId(UUID(int=5)),
    case_number="2026-0001",
    main_responsible=CITY,
)
refused = ConsentRefused(
    grant_id=GRANT,
    kind="INFORMATION",
    recipients=frozenset({CITY}),
    categories=frozenset({"IDN"}),
    purpose="PROTECTION",
    at=NOON,
)
withdrawn = ConsentWithdrawn(grant_id=GRANT, at=NOON, via_agency=CITY, reason=None)
contact = ContactMethodSet(
    means="PHONE",
    value="090-0000-0000",
    safe_times="昼休み",
    unsafe_means=NO_MAIL,
)
address = AddressRecorded(
    kind="REGISTERED", address="青葉県緑野市若葉町1-2-3", municipality_code="062014"
)
note = NoteRecorded(note_id=NoteId(UUID(int=6)), declared_category="ECO", text="振込先を変えたい。")
role = RoleAssigned(function="MAIN_SUPPORT", agency_id=CENTRE)
ended = RoleEnded(function="MAIN_SUPPORT", agency_id=CENTRE)
moved = ResponsibilityMoved(
    from_agency=CITY,
    to_agency=CENTRE,
    from_remains=True,
    decided_by=ReferralId(UUID(int=7)),
)
confirmed = HandoverConfirmed(
    on=date(2026, 5, 14),
    main_responsible_from=CITY,
    main_responsible_to=CENTRE,
    referrer_remains=True,
)
explained = ConsentExplained(
    grant_id=GRANT,
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({CENTRE}),
    categories=frozenset({"IDN"}),
    explained_by=StaffId(UUID(int=8)),
    language="ja",
    material_version="2026-04",
)
granted = ConsentGranted(
    grant_id=GRANT,
    kind="INFORMATION",
    grantor="SUBJECT",
    grantor_id=WOMAN,
    recipients=frozenset({CENTRE}),
    categories=frozenset({"IDN"}),
    purpose="PROTECTION",
    granted_at=NOON,
    until_event="CASE_CLOSE",
    history="NONE",
    method="WRITTEN",
    obtained_by=CITY,
    late_entry=False,
    conditions=frozenset(),
    conditions_text=None,
)
wordless = ConsentWithdrawnWordless(grant_id=GRANT, at=NOON, via_agency=CITY)
superseded = ConsentSuperseded(grant_id=GRANT, by_grant=GrantId(UUID(int=10)))
expired = ConsentExpired(grant_id=GRANT)
STORY: tuple[Event, ...] = (
    opened,
    consulted,
    identified,
    corrected,
    contact,
    address,
    note,
    accepted,
    explained,
    granted,
    refused,
    role,
    moved,
    confirmed,
    ended,
    withdrawn,
    wordless,
    superseded,
    expired,
    *SUPPORTED,
    told.assessed,
    told.policy,
    told.linked,
    told.protects,
    told.protected,
    told.let_go,
    told.in_touch,
    told.no_longer,
    told.to_another_network,
    told.carried_over,
    told.ended,
    told.again,
)


def test_the_whole_story_folds_to_where_it_ended() -> None:
    assert project(STORY) == CaseView(
        course=Course(
            status="ACTIVE",
            stage="COMMUNITY_SUPPORT",
            while_open="ACTIVE",
            stays={STAY: "COMMISSIONED_PROTECTION", told.PROTECTION: "TEMPORARY_PROTECTION"},
        ),
        opened_by=CITY,
        main_responsible=CENTRE,
        number="2027-0001",
        accepted_on=date(2026, 5, 13),
        name="相川",
        kana="アイカワ ミサキ",
        birth_date=date(1994, 2, 3),
        contact=Contact(
            means="PHONE",
            value="090-0000-0000",
            safe_times="昼休み",
            unsafe_means=NO_MAIL,
        ),
        addresses=(Address(kind="REGISTERED", address="青葉県緑野市若葉町1-2-3"),),
        problems=("SPOUSE_VIOLENCE",),
        notes=("振込先を変えたい。",),
        consents={GRANT: "EXPIRED"},
        support=reduce(case_support.evolve, STORY, Support()),
    )


def test_a_correction_leaves_what_it_does_not_name() -> None:
    assert project((identified, replace(corrected, kana=None))).kana == "アイカワ"


def test_what_is_erased_is_shown_as_such_and_what_is_closed_was_not_seen() -> None:
    seen = project((identified, replace(corrected, kana=CLOSED, birth_date=ERASED)))
    assert (seen.kana, seen.birth_date) == ("アイカワ", ERASED)


def test_a_new_contact_method_takes_the_place_of_the_last_and_an_address_stands_beside_it() -> None:
    view = project((contact, address, replace(contact, value="090-0000-9999"), address))
    assert view.contact == Contact(
        means="PHONE", value="090-0000-9999", safe_times="昼休み", unsafe_means=NO_MAIL
    )
    assert view.addresses == (Address(kind="REGISTERED", address="青葉県緑野市若葉町1-2-3"),) * 2


def test_responsibility_moves_and_roles_come_and_go() -> None:
    view = project((accepted, role, replace(role, agency_id=CITY), ended, moved))
    assert view.main_responsible == CENTRE
    assert view.roles == (Role("MAIN_SUPPORT", CITY),)


def test_a_role_for_a_child_is_one_beside_the_role_for_the_woman() -> None:
    child = PersonId(UUID(int=11))
    for_the_child = replace(role, person_id=child)
    both = (Role("MAIN_SUPPORT", CENTRE), Role("MAIN_SUPPORT", CENTRE, child))
    assert project((role, for_the_child)).roles == both
    assert project((role, for_the_child, ended)).roles == both[1:]
    assert project((role, for_the_child, replace(ended, person_id=child))).roles == both[:1]


@pytest.mark.parametrize(
    ("event", "consent"),
    [
        (withdrawn, "WITHDRAWN"),
        (wordless, "WITHDRAWN"),
        (superseded, "SUPERSEDED"),
        (expired, "EXPIRED"),
    ],
    ids=lambda said: said if isinstance(said, str) else type(said).__name__,
)
def test_a_consent_ends_in_one_way_or_another(event: Event, consent: str) -> None:
    assert project((explained, granted, event)).consents == {GRANT: consent}
    assert project((explained, granted, replace(event, grant_id=CLOSED))).consents == {
        GRANT: "GRANTED"
    }


def test_a_consent_ends_with_its_last_day_though_nobody_has_recorded_it() -> None:
    day = date(2026, 5, 31)
    view = project((replace(granted, valid_until=day),))
    assert consents_on(view, day) == {GRANT: "GRANTED"}
    assert consents_on(view, day + timedelta(1)) == {GRANT: "EXPIRED"}
    taken_back = project((replace(granted, valid_until=day), withdrawn))
    assert consents_on(taken_back, day + timedelta(1)) == {GRANT: "WITHDRAWN"}


@given(strategies.sets(strategies.sampled_from(range(len(STORY)))))
def test_any_part_of_the_story_can_be_folded(seen: set[int]) -> None:
    view = project(STORY[n] for n in sorted(seen))
    assert (view.opened_by is not None) == (0 in seen)


@given(strategies.data())
def test_any_fields_of_any_events_can_be_folded(data: strategies.DataObject) -> None:
    closed: list[Event] = []
    for event in data.draw(strategies.lists(strategies.sampled_from(STORY))):
        hidden = data.draw(strategies.sets(strategies.sampled_from(event.__struct_fields__)))
        closed.append(replace(event, **dict.fromkeys(hidden, CLOSED)))
    assert b"withheld" not in encode(project(closed))


def test_nothing_seen_is_an_empty_view() -> None:
    nothing = (replace(e, **dict.fromkeys(e.__struct_fields__, CLOSED)) for e in STORY)
    assert project(nothing) == CaseView()


@pytest.mark.parametrize("event", STORY, ids=lambda event: type(event).__name__)
def test_the_view_makes_something_of_the_fields_that_it_says_it_reads_and_of_no_others(
    event: Event,
) -> None:
    read = READS.get(type(event), frozenset())
    others = {name: CLOSED for name in event.__struct_fields__ if name not in read}
    before = (accepted, role)
    assert project((*before, replace(event, **others))) == project((*before, event))


def test_every_event_the_view_reads_is_in_the_story() -> None:
    assert set(READS) <= {type(event) for event in STORY}


def test_whoever_handed_her_on_sees_by_the_referral_alone_who_answers_for_her_now() -> None:
    assert project((accepted, confirmed)).main_responsible == CENTRE
