"""Reviewing (ケースの定期的な確認): the practitioners go through every case, and pass none over."""

from typing import ClassVar, assert_never

from domain.calendar import date_in_japan
from domain.meeting.commands import DeferReview, ReportActivity, ReviewCase, ReviewingCommand
from domain.meeting.course import check_in_order
from domain.meeting.events import ActivityReported, CaseReviewDeferred, CaseReviewed, MeetingEvent
from domain.meeting.facts import About, Facts, Reviews
from domain.meeting.parties import as_convenor, in_case
from domain.meeting.state import KnownMeeting, OnlyTheConvenor
from domain.model import AgencyId, Context
from domain.speech import Refused
from domain.timers import review_case_by


class OnlyAmongPractitioners(Refused):
    """Cases are reviewed in a practitioners' meeting."""

    ja: ClassVar[str] = "ケースの定期的な確認は、実務者会議で行います。"


class OnlyToRepresentatives(Refused):
    """Activities are reported to a representatives' meeting."""

    ja: ClassVar[str] = "活動状況は、代表者会議に報告します。"


class ReviewedElsewhere(Refused):
    """This case stands in the ledger of another network: it is reviewed there."""

    ja: ClassVar[str] = "このケースは別のネットワークの台帳にあるため、そちらで確認します。"


class ResponsibleAgencyDiffers(Refused):
    """Another agency answers for her: confirm that one, or hand over responsibility first."""

    ja: ClassVar[str] = (
        "現在の主担当機関と異なります。現在の主担当機関を確認するか、先に引き継いでください。"
    )


class CaseAlreadyReviewed(Refused):
    """This case was already reviewed in this meeting."""

    ja: ClassVar[str] = "このケースは、この会議ですでに確認されています。"


class PutOffTwice(Refused):
    """This case was put off last time: it has to be reviewed now."""

    ja: ClassVar[str] = "このケースの確認は前回も延ばされています。今回は確認してください。"


def decide(
    meeting: KnownMeeting, command: ReviewingCommand, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    match command:
        case ReviewCase():
            return reviewed(meeting, command, facts, by)
        case DeferReview():
            return deferred(meeting, command, facts, by)
        case ReportActivity():
            return activity_reported(meeting, command, by)
    assert_never(command)


def reviewed(
    meeting: KnownMeeting, command: ReviewCase, facts: Facts, by: Context
) -> tuple[CaseReviewed, ...]:
    about = _under_review(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, CaseReviewed)
    if about.case_id in meeting.reviewed:
        raise CaseAlreadyReviewed
    check_responsible_confirmed(about, command.responsible_agency)
    today = date_in_japan(by.at)
    return (
        CaseReviewed(
            subject_id=about.case.subject_id,
            case_id=about.case_id,
            round_no=about.reviews.rounds + 1,
            reviewed_on=today,
            next_by=review_case_by(by.timers, today),
            responsible_agency=command.responsible_agency,
            situation=command.situation,
            policy_change=command.policy_change,
        ),
    )


def check_responsible_confirmed(about: About, agency: AgencyId) -> None:
    if agency != about.case.main_responsible:
        raise ResponsibleAgencyDiffers


def deferred(
    meeting: KnownMeeting, command: DeferReview, facts: Facts, by: Context
) -> tuple[CaseReviewDeferred, ...]:
    about = _under_review(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, CaseReviewDeferred)
    if about.case_id in meeting.reviewed:
        raise CaseAlreadyReviewed
    if about.case_id in meeting.deferred:
        return ()
    check_not_put_off_twice(about.reviews)
    return (
        CaseReviewDeferred(
            subject_id=about.case.subject_id, case_id=about.case_id, reason=command.reason
        ),
    )


def check_not_put_off_twice(reviews: Reviews) -> None:
    if reviews.put_off_last:
        raise PutOffTwice


def activity_reported(
    meeting: KnownMeeting, command: ReportActivity, by: Context
) -> tuple[ActivityReported, ...]:
    as_convenor(meeting, by.agency)
    if meeting.kind != "REPRESENTATIVES":
        raise OnlyToRepresentatives
    check_in_order(meeting.kind, meeting.status, ActivityReported)
    return (ActivityReported(reach=command.reach, figures=command.figures, text=command.text),)


def _under_review(meeting: KnownMeeting, facts: Facts, agency: AgencyId) -> About:
    """By the convenor, or by the agency that answers for her and tells how she is."""
    about = in_case(meeting, facts, agency)
    if meeting.kind != "PRACTITIONERS":
        raise OnlyAmongPractitioners
    if about.case.network != meeting.network_id:
        raise ReviewedElsewhere
    if agency not in {meeting.convenor, about.case.main_responsible}:
        raise OnlyTheConvenor
    return about
