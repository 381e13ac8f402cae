"""A view folds whatever subset of the events may be seen."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given, strategies
from msgspec.structs import replace

from domain.case import (
    CaseAccepted,
    CaseOpened,
    ConsultationId,
    ConsultationRecorded,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.consent_ledger import ConsentRefused, ConsentWithdrawn, GrantId
from domain.model import CLOSED, ERASED, AgencyId, Event, NetworkId, PersonId
from projections.case_view import CaseView, project

CITY = AgencyId(UUID(int=1))
WOMAN = PersonId(UUID(int=2))
GRANT = GrantId(UUID(int=3))
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
STORY: tuple[Event, ...] = (
    opened,
    consulted,
    identified,
    corrected,
    accepted,
    refused,
    withdrawn,
)


def test_the_whole_story_folds_to_where_it_ended() -> None:
    assert project(STORY) == CaseView(
        opened_by=CITY,
        main_responsible=CITY,
        number="2026-0001",
        accepted_on=date(2026, 5, 13),
        name="相川",
        kana="アイカワ ミサキ",
        birth_date=date(1994, 2, 3),
        problems=("SPOUSE_VIOLENCE",),
        consents={GRANT: "WITHDRAWN"},
    )


def test_a_correction_leaves_what_it_does_not_name() -> None:
    assert project((identified, replace(corrected, kana=None))).kana == "アイカワ"


def test_what_is_closed_or_erased_is_shown_as_such() -> None:
    seen = project((replace(identified, name=ERASED, kana=CLOSED),))
    assert (seen.name, seen.kana) == (ERASED, CLOSED)


@given(strategies.sets(strategies.sampled_from(range(len(STORY)))))
def test_any_part_of_the_story_can_be_folded(seen: set[int]) -> None:
    view = project(STORY[n] for n in sorted(seen))
    assert (view.opened_by is not None) == (0 in seen)
