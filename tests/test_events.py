"""Every event is declared so that nothing of hers can stand in the clear, or be printed."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from io import StringIO
from pkgutil import walk_packages
from typing import Annotated, Literal, cast, get_args
from uuid import UUID

import msgspec
import pytest
from rich.console import Console
from rich.pretty import pretty_repr

import domain
from domain.agency import (
    AgencyRegistered,
)
from domain.agency_codes import AgencyKind
from domain.case import CaseOpened, SubjectIdentified
from domain.catalogue import EVENTS, FIELD_PATHS, AnyCommand
from domain.categories import ENV, FAM, HLT, IDN, LOC, NAR, PLN, PRB, PUB, RSK, STF, SVC
from domain.codes import ProblemCode
from domain.consent_ledger import ConsentGranted
from domain.fields import BadDeclaration, Field, cut_of, largest_header, tag_of
from domain.header import HEADER_BYTES_MAX
from domain.items import FieldPath
from domain.model import AgencyId, Command, Count, Event, Instant, PersonId, Sealed, StaffId
from domain.text import Code, FreeText, Line

for module in walk_packages(domain.__path__, "domain."):
    import_module(module.name)


def declared_in_domain(parent: type[Event] | type[Command]) -> Iterator[type]:
    for child in parent.__subclasses__():
        if child.__module__.startswith("domain."):
            yield child
        yield from declared_in_domain(child)


DECLARED = cast("list[type[Event]]", list(declared_in_domain(Event)))
ASKED = cast("list[type[Command]]", list(declared_in_domain(Command)))

# A tag is forever: lines are added here and never taken away.
TAGS_EVER_USED = {
    "agency.commission_contract_ended.v1",
    "agency.commission_contract_started.v1",
    "agency.consultation_window_set.v1",
    "agency.deactivated.v1",
    "agency.feed_custodian_ended.v1",
    "agency.feed_custodian_named.v1",
    "agency.function_designated.v1",
    "agency.pledge_signed.v1",
    "agency.registered.v1",
    "agency.restored.v1",
    "agency.service_offered.v1",
    "agency.service_withdrawn.v1",
    "agency.staff_enrolled.v1",
    "agency.staff_left.v1",
    "agency.succeeded.v1",
    "agency.suspended.v1",
    "agency.took_over.v1",
    "agency.updated.v1",
    "case.accepted.v1",
    "case.address_recorded.v1",
    "case.aftercare_ended.v1",
    "case.aftercare_rescheduled.v1",
    "case.aftercare_started.v1",
    "case.assessment_recorded.v1",
    "case.attributes_recorded.v1",
    "case.carried_over.v1",
    "case.cases_linked.v1",
    "case.closed.v1",
    "case.companion_added.v1",
    "case.companion_came_of_age.v1",
    "case.companion_removed.v1",
    "case.consultation_recorded.v1",
    "case.contact_method_set.v1",
    "case.data_restricted.v1",
    "case.erased.v1",
    "case.legal_step_recorded.v1",
    "case.need_closed.v1",
    "case.need_identified.v1",
    "case.note_recorded.v1",
    "case.opened.v1",
    "case.participation_ended.v1",
    "case.procedure_bundle_completed.v1",
    "case.procedure_bundle_opened.v1",
    "case.protection_declined.v1",
    "case.record_corrected.v1",
    "case.reopened.v1",
    "case.responsibility_moved.v1",
    "case.restriction_lifted.v1",
    "case.role_assigned.v1",
    "case.role_ended.v1",
    "case.safety_instruction_issued.v1",
    "case.service_linked.v1",
    "case.service_status_changed.v1",
    "case.stay_cancelled.v1",
    "case.stay_decided.v1",
    "case.stay_ended.v1",
    "case.stay_extended.v1",
    "case.stay_started.v1",
    "case.subject_details_corrected.v1",
    "case.subject_identified.v1",
    "case.support_activity_recorded.v1",
    "case.support_plan_agreed.v1",
    "case.support_plan_closed.v1",
    "case.support_plan_drafted.v1",
    "case.support_plan_revised.v1",
    "case.support_policy_set.v1",
    "case.third_party_inquiry_refused.v1",
    "case.transferred.v1",
    "consent.conflict_recorded.v1",
    "consent.conflict_settled.v1",
    "consent.emergency_disclosure_authorised.v1",
    "consent.emergency_expired.v1",
    "consent.emergency_requested.v1",
    "consent.exclusion_lifted.v1",
    "consent.exclusion_set.v1",
    "consent.expired.v1",
    "consent.explained.v1",
    "consent.granted.v1",
    "consent.narrowed.v1",
    "consent.refused.v1",
    "consent.statutory_disclosure_recorded.v1",
    "consent.superseded.v1",
    "consent.withdrawn.v1",
    "consent.withdrawn.v2",
    "disclosure.disclosed.v1",
    "duties.ended.v1",
    "duties.left.v1",
    "duties.taken.v1",
    "grievance.acknowledged.v1",
    "grievance.closed.v1",
    "grievance.escalated.v1",
    "grievance.findings_recorded.v1",
    "grievance.handler_assigned.v1",
    "grievance.improvement_recorded.v1",
    "grievance.received.v1",
    "grievance.reopened.v1",
    "grievance.response_given.v1",
    "grievance.shared.v1",
    "installation.founded.v1",
    "meeting.activity_reported.v1",
    "meeting.agenda_set.v1",
    "meeting.cancelled.v1",
    "meeting.case_review_deferred.v1",
    "meeting.case_reviewed.v1",
    "meeting.case_tabled.v1",
    "meeting.closed.v1",
    "meeting.convened.v1",
    "meeting.decision_acknowledged.v1",
    "meeting.decision_progress_reported.v1",
    "meeting.decision_recorded.v1",
    "meeting.disagreement_recorded.v1",
    "meeting.held.v1",
    "meeting.information_provided.v1",
    "meeting.invitee_added.v1",
    "meeting.invitee_removed.v1",
    "meeting.issue_carried_forward.v1",
    "meeting.main_support_agency_designated.v1",
    "meeting.material_filed.v1",
    "meeting.minutes_confirmed.v1",
    "meeting.minutes_drafted.v1",
    "meeting.minutes_shared.v1",
    "meeting.next_meeting_set.v1",
    "meeting.planned.v1",
    "meeting.requested.v1",
    "meeting.role_allocated.v1",
    "network.annual_policy_set.v1",
    "network.consultation_directory_published.v1",
    "network.coordinating_agency_designated.v1",
    "network.coordinator_appointed.v1",
    "network.directory_received.v1",
    "network.disaster_declared.v1",
    "network.disaster_ended.v1",
    "network.disaster_notice_issued.v1",
    "network.dissolved.v1",
    "network.established.v1",
    "network.information_shared.v1",
    "network.member_joined.v1",
    "network.member_left.v1",
    "network.posting_confirmed.v1",
    "network.posting_requested.v1",
    "network.rules_adopted.v1",
    "numbers.case_number_taken.v1",
    "referral.accepted.v1",
    "referral.appointment_recorded.v1",
    "referral.cancellation_asked.v1",
    "referral.declined.v1",
    "referral.drafted.v1",
    "referral.expired.v1",
    "referral.handover_confirmed.v1",
    "referral.information_requested.v1",
    "referral.information_supplied.v1",
    "referral.inquiry_answered.v1",
    "referral.inquiry_sent.v1",
    "referral.outcome_reported.v1",
    "referral.package_changed.v1",
    "referral.received.v1",
    "referral.redirected.v1",
    "referral.sent.v1",
    "referral.withdrawn.v1",
    "trail.disclosure_blocked.v1",
    "trail.emergency_disclosure_reviewed.v1",
    "trail.erasure_decided.v1",
    "trail.erasure_requested.v1",
    "trail.notification_deferred.v1",
    "trail.purge_acknowledged.v1",
    "trail.purge_declined.v1",
    "trail.purge_requested.v1",
    "trail.statutory_disclosure_reviewed.v1",
    "trail.subject_access_provided.v1",
    "trail.subject_notified.v1",
    "trail.withdrawal_settled.v1",
}


def test_every_event_type_is_in_the_catalogue() -> None:
    assert set(EVENTS.types.values()) == set(DECLARED)


def test_every_command_may_be_asked() -> None:
    assert set(get_args(AnyCommand)) == set(ASKED)


def test_tags_are_unique_and_forever() -> None:
    assert sorted(tag_of(event) for event in DECLARED) == sorted(TAGS_EVER_USED)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+\.v[0-9]+", tag) for tag in TAGS_EVER_USED)


def test_the_tags_of_commands_are_unique() -> None:
    tags = [str(command.__struct_config__.tag) for command in ASKED]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", tag) for tag in tags)


@pytest.mark.parametrize("event", DECLARED, ids=tag_of)
def test_every_event_is_cut_into_header_and_parts(event: type[Event]) -> None:
    cut = cut_of(event)
    assert {field.name for field in (*cut.clear, *cut.sealed)} == set(event.__struct_fields__)
    assert largest_header(event, cut) <= HEADER_BYTES_MAX


def test_only_what_narrows_overtakes_what_others_decided() -> None:
    assert {event.__name__: event.stamps for event in DECLARED if event.stamps} == {
        "AftercareStarted": {"work"},
        "AgencyDeactivated": {"agency"},
        "AgencySucceeded": {"agency"},
        "AgencySuspended": {"agency"},
        "AgencyTookOver": {"agency"},
        "CaseAccepted": {"work"},
        "CaseClosed": {"work"},
        "CaseErased": {"case"},
        "CaseNumberTaken": {"ledger"},
        "CaseReopened": {"work"},
        "CaseReviewDeferred": {"work"},
        "CaseReviewed": {"work"},
        "CaseTransferred": {"case", "work"},
        "CommissionContractEnded": {"agency"},
        "CommissionContractStarted": {"agency"},
        "CompanionCameOfAge": {"case"},
        "ConflictRecorded": {"case"},
        "ConsentExpired": {"case"},
        "ConsentGranted": {"work"},
        "ConsentNarrowed": {"case"},
        "ConsentRefused": {"case"},
        "ConsentSuperseded": {"case"},
        "ConsentWithdrawn": {"case"},
        "ConsentWithdrawnWordless": {"case"},
        "CoordinatingAgencyDesignated": {"network"},
        "DataRestricted": {"case"},
        "DecisionRecorded": {"work"},
        "DisagreementRecorded": {"work"},
        "EmergencyExpired": {"case"},
        "ExclusionSet": {"case"},
        "FeedCustodianEnded": {"agency"},
        "GrievanceEscalated": {"case"},
        "HandlerAssigned": {"case"},
        "HandoverConfirmed": {"case"},
        "InviteeRemoved": {"case"},
        "MainSupportAgencyDesignated": {"work"},
        "MeetingCancelled": {"case", "work"},
        "MeetingClosed": {"case", "work"},
        "MemberLeft": {"network"},
        "NetworkDissolved": {"network"},
        "ParticipationEnded": {"case"},
        "ReferralAccepted": {"work"},
        "ReferralDeclined": {"case"},
        "ReferralDrafted": {"work"},
        "ReferralExpired": {"case"},
        "ReferralInquirySent": {"work"},
        "ReferralRedirected": {"case"},
        "ReferralSent": {"work"},
        "ReferralWithdrawn": {"case"},
        "ResponsibilityMoved": {"case"},
        "RoleEnded": {"case"},
        "ServiceStatusChanged": {"case"},
        "StaffLeft": {"agency"},
        "StayCancelled": {"work"},
        "StayDecided": {"work"},
        "StayEnded": {"work"},
    }


def test_every_event_tells_the_state_of_one_thing_which_the_clear_names() -> None:
    """Without a name the case has one such state, and the last event of the type is it."""
    named = {event.__name__: event.state_of for event in DECLARED if event.state_of}
    assert named == {
        "CasesLinked": ("other_case_id",),
        "CompanionAdded": ("person_id",),
        "CompanionCameOfAge": ("person_id",),
        "CompanionRemoved": ("person_id",),
        "DecisionAcknowledged": ("decision_id", "by_agency"),
        "DecisionProgressReported": ("decision_id",),
        "DecisionRecorded": ("decision_id",),
        "InviteeAdded": ("agency_id",),
        "InviteeRemoved": ("agency_id",),
        "LegalStepRecorded": ("step_id",),
        "MeetingPlanned": ("meeting_id",),
        "MeetingRequested": ("meeting_id",),
        "NeedClosed": ("need_id",),
        "NeedIdentified": ("need_id",),
        "ParticipationEnded": ("agency_id",),
        "ProcedureBundleCompleted": ("bundle_id",),
        "ProcedureBundleOpened": ("bundle_id",),
        "RecordCorrected": ("target_event_id", "field"),
        "ReferralDrafted": ("referral_id",),
        "RoleAllocated": ("function", "agency_id"),
        "RoleAssigned": ("function", "agency_id", "person_id"),
        "RoleEnded": ("function", "agency_id", "person_id"),
        "SafetyInstructionIssued": ("to_agency_id",),
        "ServiceLinked": ("service_id",),
        "ServiceStatusChanged": ("service_id",),
        "StayCancelled": ("stay_id",),
        "StayDecided": ("stay_id",),
        "StayEnded": ("stay_id",),
        "StayExtended": ("stay_id",),
        "StayStarted": ("stay_id",),
        "SupportPlanAgreed": ("plan_id",),
        "SupportPlanClosed": ("plan_id",),
        "SupportPlanDrafted": ("plan_id",),
        "SupportPlanRevised": ("plan_id",),
    }
    for event in DECLARED:
        assert {*event.state_of} <= {field.name for field in cut_of(event).clear}


def test_what_tells_of_telling_is_told_to_nobody() -> None:
    assert {event.__name__ for event in DECLARED if not event.disclosable} == {
        "Disclosed",
        "DisclosureBlocked",
        "DutiesEnded",
        "DutyLeft",
        "DutyTaken",
        "EmergencyDisclosureReviewed",
        "ErasureDecided",
        "ErasureRequested",
        "NotificationDeferred",
        "PurgeAcknowledged",
        "PurgeDeclined",
        "PurgeRequested",
        "StatutoryDisclosureReviewed",
        "SubjectAccessProvided",
        "SubjectNotified",
        "WithdrawalSettled",
    }


def test_what_an_event_makes_is_named_by_an_id_in_the_clear() -> None:
    made = {event: event.makes for event in DECLARED if event.makes}
    assert {type_.__name__ for type_ in made} == {
        "AgencyRegistered",
        "AssessmentRecorded",
        "CommissionContractStarted",
        "CompanionAdded",
        "ConsentExplained",
        "ConsentGranted",
        "ConsentRefused",
        "ConsultationRecorded",
        "DecisionRecorded",
        "EmergencyRequested",
        "ErasureRequested",
        "GrievanceReceived",
        "LegalStepRecorded",
        "MeetingPlanned",
        "MeetingRequested",
        "NeedIdentified",
        "NetworkEstablished",
        "NoteRecorded",
        "PostingRequested",
        "ProcedureBundleOpened",
        "PurgeRequested",
        "ReferralDrafted",
        "ServiceLinked",
        "StaffEnrolled",
        "StatutoryDisclosureRecorded",
        "StayDecided",
        "SupportActivityRecorded",
        "SupportPlanDrafted",
    }
    for event, name in made.items():
        assert name in {field.name for field in cut_of(event).clear}
        (field,) = (each for each in msgspec.structs.fields(event) if each.name == name)
        info = msgspec.inspect.type_info(field.type)
        kinds = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
        made_of = msgspec.inspect.UUIDType | msgspec.inspect.NoneType
        assert all(isinstance(kind, made_of) for kind in kinds)


@pytest.mark.parametrize("kind", get_args(AgencyKind))
def test_the_name_and_the_town_of_an_agency_are_sealed_and_secret_where_she_is_sheltered(
    kind: AgencyKind,
) -> None:
    registered = AgencyRegistered(
        agency_id=AgencyId(UUID(int=1)),
        kind=kind,
        name="つきのわ",
        prefecture="06",
        municipality="06201",
        sector="PRIVATE",
        publish_name=True,
    )
    named = cut_of(AgencyRegistered).sealed
    assert [field.name for field in named] == ["name", "municipality"]
    category = "LOC" if kind in SHELTERING else "PUB"
    assert [field.category.of(registered) for field in named] == [category, category]


SHELTERING = {
    "TEMPORARY_PROTECTION_FACILITY",
    "WOMENS_SELF_RELIANCE_FACILITY",
    "PRIVATE_SHELTER",
    "STEP_HOUSE",
    "MOTHER_CHILD_LIVING_SUPPORT_FACILITY",
}


def test_a_name_is_sealed_and_an_id_is_clear() -> None:
    cut = cut_of(SubjectIdentified)
    assert cut.clear == (Field("subject_id", ENV),)
    assert [field.name for field in cut.sealed] == [
        "name",
        "kana",
        "birth_date",
        "gender_identity_note",
    ]
    assert cut_of(CaseOpened).sealed == ()


def test_the_conditions_of_a_grant_are_the_words_of_whoever_granted_it() -> None:
    assert cut_of(ConsentGranted).sealed == (
        Field("conditions", PLN.about("grantor_id")),
        Field("conditions_text", NAR.about("grantor_id")),
    )


def test_a_grant_may_name_every_field_of_a_case_but_those_that_consent_never_opens() -> None:
    assert "case.subject_identified.v1/birth_date" in FIELD_PATHS
    assert "referral.drafted.v1/purpose" in FIELD_PATHS
    assert "case.opened.v1/subject_id" not in FIELD_PATHS
    paths = msgspec.json.encode(sorted(FIELD_PATHS))
    assert msgspec.json.decode(paths, type=set[FieldPath]) == FIELD_PATHS


# What may not be declared


class NoCategory(Event, frozen=True, kw_only=True, tag="test.no_category.v1"):
    name: Line


class TwoCategories(Event, frozen=True, kw_only=True, tag="test.two_categories.v1"):
    name: Annotated[Sealed[Line], IDN, RSK]


class BareTextInTheClear(Event, frozen=True, kw_only=True, tag="test.bare_text_clear.v1"):
    status: Annotated[str, SVC]


class BareTextSealed(Event, frozen=True, kw_only=True, tag="test.bare_text_sealed.v1"):
    name: Annotated[Sealed[str], IDN]


class FloatInTheClear(Event, frozen=True, kw_only=True, tag="test.float_clear.v1"):
    hours: Annotated[float, SVC]


class FloatSealed(Event, frozen=True, kw_only=True, tag="test.float_sealed.v1"):
    danger: Annotated[Sealed[float], RSK]


class PlanInFreeText(Event, frozen=True, kw_only=True, tag="test.plan_in_free_text.v1"):
    goals: Annotated[Sealed[FreeText], PLN]


class LineInTheClear(Event, frozen=True, kw_only=True, tag="test.line_clear.v1"):
    status: Annotated[Line, SVC]


class NotSealed(Event, frozen=True, kw_only=True, tag="test.not_sealed.v1"):
    problem: Annotated[ProblemCode, PRB]


class SealedInTheClear(Event, frozen=True, kw_only=True, tag="test.sealed_clear.v1"):
    status: Annotated[Sealed[Code], SVC]


class DefaultWhenSealed(Event, frozen=True, kw_only=True, tag="test.default_sealed.v1"):
    kana: Annotated[Sealed[Line | None], IDN] = None


class EndlessList(Event, frozen=True, kw_only=True, tag="test.endless_list.v1"):
    agencies: Annotated[tuple[AgencyId, ...], SVC]


class HugeList(Event, frozen=True, kw_only=True, tag="test.huge_list.v1"):
    agencies: Annotated[tuple[AgencyId, ...], msgspec.Meta(max_length=2000), SVC]


class AboutNobody(Event, frozen=True, kw_only=True, tag="test.about_nobody.v1"):
    name: Annotated[Sealed[Line], IDN.about("person_id")]


class AboutSomeoneSealed(Event, frozen=True, kw_only=True, tag="test.about_someone_sealed.v1"):
    person: Annotated[Sealed[Line], IDN]
    name: Annotated[Sealed[Line], IDN.about("person")]


class Struct(msgspec.Struct, frozen=True):
    name: Line


class StructInTheClear(Event, frozen=True, kw_only=True, tag="test.struct_clear.v1"):
    status: Annotated[Struct, SVC]


class StructSealed(Event, frozen=True, kw_only=True, tag="test.struct_sealed.v1"):
    names: Annotated[Sealed[Annotated[tuple[Struct, ...], msgspec.Meta(max_length=3)]], IDN]


class LabelNobodyKnows(Event, frozen=True, kw_only=True, tag="test.label.v1"):
    status: Annotated[str, msgspec.Meta(max_length=300, extra={"text": "note"}), SVC]


class CodeOfAnything(Event, frozen=True, kw_only=True, tag="test.code_of_anything.v1"):
    status: Annotated[str, msgspec.Meta(max_length=64, extra={"text": "code"}), SVC]


class CodeWithSpaces(Event, frozen=True, kw_only=True, tag="test.code_with_spaces.v1"):
    status: Annotated[
        str, msgspec.Meta(max_length=64, pattern=r"\A[a-z ]+\Z", extra={"text": "code"}), SVC
    ]


class EndlessCode(Event, frozen=True, kw_only=True, tag="test.endless_code.v1"):
    status: Annotated[str, msgspec.Meta(pattern=r"\A[a-z]+\Z", extra={"text": "code"}), SVC]


class LineCalledACode(Event, frozen=True, kw_only=True, tag="test.line_called_a_code.v1"):
    status: Annotated[Line, msgspec.Meta(extra={"text": "code"}), SVC]


class UnboundedNumber(Event, frozen=True, kw_only=True, tag="test.unbounded_number.v1"):
    days: Annotated[int, SVC]


class UnboundedBelow(Event, frozen=True, kw_only=True, tag="test.unbounded_below.v1"):
    days: Annotated[int, msgspec.Meta(lt=2**53), SVC]


class TooLargeANumber(Event, frozen=True, kw_only=True, tag="test.too_large_a_number.v1"):
    days: Annotated[int, msgspec.Meta(ge=0, lt=2**53 + 1), SVC]


class TimeWithoutOffset(Event, frozen=True, kw_only=True, tag="test.time_without_offset.v1"):
    at: Annotated[datetime, SVC]


class TimeWithoutOffsetSealed(Event, frozen=True, kw_only=True, tag="test.time_sealed.v1"):
    at: Annotated[Sealed[datetime], HLT]


class EndlessListSealed(Event, frozen=True, kw_only=True, tag="test.endless_list_sealed.v1"):
    names: Annotated[Sealed[tuple[Line, ...]], FAM]


class MappingInTheClear(Event, frozen=True, kw_only=True, tag="test.mapping_clear.v1"):
    counts: Annotated[dict[Code, Count], SVC]


class FollowsFromNothing(Event, frozen=True, kw_only=True, tag="test.follows_from_nothing.v1"):
    name: Annotated[Sealed[Line], PUB.by("kind", {"SHELTER": "LOC"})]


class FollowsFromAMisspeltCode(Event, frozen=True, kw_only=True, tag="test.misspelt_code.v1"):
    kind: Annotated[Literal["SHELTER", "SCHOOL"], PUB]
    name: Annotated[Sealed[Line], PUB.by("kind", {"SHETLER": "LOC"})]


class FollowsFromASecret(Event, frozen=True, kw_only=True, tag="test.follows_from_a_secret.v1"):
    kind: Annotated[Sealed[Literal["SHELTER", "SCHOOL"]], LOC]
    name: Annotated[Sealed[Line], PUB.by("kind", {"SHELTER": "LOC"})]


class SometimesFreeText(Event, frozen=True, kw_only=True, tag="test.sometimes_free_text.v1"):
    kind: Annotated[Literal["WORDS", "PLAN"], SVC]
    text: Annotated[Sealed[FreeText], NAR.by("kind", {"PLAN": "PLN"})]


class SometimesInTheClear(Event, frozen=True, kw_only=True, tag="test.sometimes_clear.v1"):
    kind: Annotated[Literal["SHELTER", "SCHOOL"], PUB]
    name: Annotated[Line, PUB.by("kind", {"SHELTER": "LOC"})]


class AboutACode(Event, frozen=True, kw_only=True, tag="test.about_a_code.v1"):
    who: Annotated[Literal["MOTHER"], SVC]
    name: Annotated[Sealed[Line], IDN.about("who")]


class AboutPerhapsNobody(Event, frozen=True, kw_only=True, tag="test.about_perhaps_nobody.v1"):
    who: Annotated[PersonId | None, ENV]
    name: Annotated[Sealed[Line], IDN.about("who")]


class AboutALaterNobody(Event, frozen=True, kw_only=True, tag="test.about_a_later_nobody.v1"):
    who: Annotated[PersonId, ENV] = PersonId(UUID(int=0))
    name: Annotated[Sealed[Line], IDN.about("who")]


class AboutAnAgency(Event, frozen=True, kw_only=True, tag="test.about_an_agency.v1"):
    who: Annotated[AgencyId, ENV]
    name: Annotated[Sealed[Line], IDN.about("who")]


class WithoutATag(Event, frozen=True, kw_only=True):
    at: Annotated[Instant, SVC]


class OddlyTagged(Event, frozen=True, kw_only=True, tag="test.oddly-tagged.v1"):
    at: Annotated[Instant, SVC]


class WithoutAVersion(Event, frozen=True, kw_only=True, tag="test.without_a_version"):
    at: Annotated[Instant, SVC]


class NumberForATag(Event, frozen=True, kw_only=True, tag=7):
    at: Annotated[Instant, SVC]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (NoCategory, "NoCategory.name declares 0 categories, not one"),
        (TwoCategories, "TwoCategories.name declares 2 categories, not one"),
        (BareTextInTheClear, "status (SVC) may hold a person's words, and stands in the clear"),
        (BareTextSealed, "name (IDN) is not bounded: use Line, FreeText or a code"),
        (FloatInTheClear, "hours (SVC) may hold a person's words, and stands in the clear"),
        (FloatSealed, "danger (RSK) is not bounded"),
        (PlanInFreeText, "goals (PLN) is free text, and so NAR, MTG or GRV"),
        (LineInTheClear, "status (SVC) may hold a person's words, and stands in the clear"),
        (NotSealed, "problem (PRB) can be withheld, and its type does not say so"),
        (SealedInTheClear, "status (SVC) may hold a person's words, and stands in the clear"),
        (DefaultWhenSealed, "kana (IDN) has a default: what is left out would show"),
        (EndlessList, "has no greatest length: give it one"),
        (HugeList, "HugeList may need a header of "),
        (AboutNobody, "name (IDN) is about person_id, which is no clear field"),
        (AboutSomeoneSealed, "name (IDN) is about person, which is no clear field"),
        (StructInTheClear, "status (SVC) may hold a person's words, and stands in the clear"),
        (StructSealed, "names (IDN) is not bounded"),
        (LabelNobodyKnows, "status (SVC) may hold a person's words, and stands in the clear"),
        (CodeOfAnything, "status (SVC) may hold a person's words, and stands in the clear"),
        (CodeWithSpaces, "status (SVC) may hold a person's words, and stands in the clear"),
        (EndlessCode, "status (SVC) may hold a person's words, and stands in the clear"),
        (LineCalledACode, "status (SVC) may hold a person's words, and stands in the clear"),
        (UnboundedNumber, "days (SVC) may hold a person's words, and stands in the clear"),
        (UnboundedBelow, "days (SVC) may hold a person's words, and stands in the clear"),
        (TooLargeANumber, "days (SVC) may hold a person's words, and stands in the clear"),
        (TimeWithoutOffset, "at (SVC) may hold a person's words, and stands in the clear"),
        (TimeWithoutOffsetSealed, "at (HLT) is not bounded"),
        (EndlessListSealed, "has no greatest length: give it one"),
        (MappingInTheClear, "counts (SVC) may hold a person's words, and stands in the clear"),
        (FollowsFromNothing, "name (PUB) follows from kind, which is no clear code"),
        (FollowsFromAMisspeltCode, "name (PUB) follows from kind, which is no clear code"),
        (FollowsFromASecret, "name (PUB) follows from kind, which is no clear code"),
        (SometimesFreeText, "text (NAR) is free text, and so NAR, MTG or GRV"),
        (SometimesInTheClear, "name (PUB) can be withheld, and its type does not say so"),
        (AboutACode, "is about who, which is no clear field that always names a person"),
        (AboutPerhapsNobody, "is about who, which is no clear field that always names a person"),
        (AboutALaterNobody, "is about who, which is no clear field that always names a person"),
        (AboutAnAgency, "is about who, which is no clear field that always names a person"),
        (WithoutATag, "WithoutATag needs a tag such as case.opened.v1, not WithoutATag"),
        (OddlyTagged, "OddlyTagged needs a tag such as case.opened.v1"),
        (WithoutAVersion, "WithoutAVersion needs a tag such as case.opened.v1"),
        (NumberForATag, "NumberForATag needs a tag such as case.opened.v1, not 7"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_bad_declaration_is_refused_and_says_why(event: type[Event], said: str) -> None:
    with pytest.raises(BadDeclaration, match=re.escape(said)):
        cut_of(event)


def test_a_good_declaration_passes() -> None:
    class SafetyAgreed(Event, frozen=True, kw_only=True, tag="test.safety_agreed.v1"):
        child_id: Annotated[PersonId, ENV]
        told: Annotated[StaffId | None, STF] = None
        mood: Annotated[Literal["CALM", "AFRAID"], SVC]
        notes: Annotated[Sealed[FreeText | None], NAR.about("child_id")]

    cut = cut_of(SafetyAgreed)
    assert [field.name for field in cut.clear] == ["child_id", "told", "mood"]
    assert cut.sealed == (Field("notes", NAR.about("child_id")),)


def test_a_header_is_counted_in_bytes() -> None:
    class Plain(Event, frozen=True, kw_only=True, tag="test.plain.v1"):
        mood: Annotated[Literal["AAAA"], SVC]

    class InKanji(Event, frozen=True, kw_only=True, tag="test.in_kanji.v1"):
        mood: Annotated[Literal["穏やか。"], SVC]

    sizes = [largest_header(event, cut_of(event)) for event in (Plain, InKanji)]
    assert sizes[1] - sizes[0] == len("穏やか。".encode()) - len(b"AAAA")


# What is never printed

PLANTED = "相川みさき"


@pytest.mark.parametrize("told", [*DECLARED, *ASKED], ids=lambda told: told.__name__)
def test_nothing_it_holds_is_ever_printed(told: type[Event] | type[Command]) -> None:
    planted = cast("Callable[..., object]", told)(**dict.fromkeys(told.__struct_fields__, PLANTED))
    on_screen = StringIO()
    Console(file=on_screen).print(planted, {"in a list": [planted]})
    printed = (
        repr(planted),
        str(planted),
        f"{(planted,)}",
        pretty_repr([planted]),
        on_screen.getvalue(),
    )
    assert not [text for text in printed if PLANTED in text]
    assert all(told.__name__ in text for text in printed)
