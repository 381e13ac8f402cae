"""Meetings (会議): about her, of the practitioners, of representatives, and of others."""

from domain.case import SubjectIdentified
from domain.meeting.commands import (
    AcknowledgeDecision,
    AddInvitee,
    AllocateRole,
    Attendee,
    CancelMeeting,
    CarryIssueForward,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DeferReview,
    DesignateMainSupport,
    DraftMinutes,
    FileMaterial,
    HoldMeeting,
    PlanMeeting,
    Position,
    ProvideInformation,
    RecordDecision,
    RecordDisagreement,
    RemoveInvitee,
    ReportActivity,
    ReportProgress,
    RequestMeeting,
    ReviewCase,
    SetAgenda,
    SetNextMeeting,
    ShareMinutes,
    TableCase,
)
from domain.meeting.events import AgendaItem, DecisionId, Figure
from domain.meeting_codes import MeetingKind, ReportReach
from domain.model import CaseId, MeetingId, NetworkId
from tests.stories.asking import agreed
from tests.stories.cast import Cast
from tests.stories.record import Her
from tests.stories.telling import Someone


async def about_her(cast: Cast, her: Her, network: NetworkId) -> None:
    """The centre asks for it, and the city calls it. They do not agree, and one is designated."""
    city, case = cast.city, her.case
    meeting = await _called(cast, her, network)
    await _told_and_held(cast, her, meeting)
    await _settled(cast, her, meeting)
    decision = RecordDecision(
        meeting_id=meeting,
        kind="SUPPORT_POLICY",
        text="住まいが決まるまで週一回連絡する。",
        agreed=frozenset({city.agency, cast.centre.agency}),
        due=cast.clock.in_days(30),
    )
    decided = DecisionId(await city.makes(decision, case))
    await cast.centre.says(AcknowledgeDecision(meeting_id=meeting, decision_id=decided), case)
    await cast.centre.says(
        ReportProgress(meeting_id=meeting, decision_id=decided, status="STARTED", text="初回済"),
        case,
    )
    await city.says(
        CarryIssueForward(
            meeting_id=meeting, to_kind="REPRESENTATIVES", text="夜間の移動手段が足りない。"
        ),
        case,
    )
    await city.says(SetNextMeeting(meeting_id=meeting, on=cast.clock.in_days(30)), case)
    await _minuted(city, meeting, cast.centre, case)
    await city.says(CloseMeeting(meeting_id=meeting), case)


async def _called(cast: Cast, her: Her, network: NetworkId) -> MeetingId:
    city, centre, case = cast.city, cast.centre, her.case
    meeting = MeetingId(
        await centre.makes(
            RequestMeeting(network_id=network, reason="住まいをどうするか決めたい。"), case
        )
    )
    await city.says(
        PlanMeeting(
            meeting_id=meeting,
            kind="INDIVIDUAL_CASE",
            network_id=network,
            on=cast.clock.in_days(7),
            place="市役所 3階",
            trigger="COMBINED_SERVICES_NEEDED",
        ),
        case,
    )
    agenda = (AgendaItem(type="CASE_SITUATION", text="状況の確認"),)
    await city.says(SetAgenda(meeting_id=meeting, items=agenda), case)
    await agreed(
        city,
        case,
        "INFORMATION",
        "CONFERENCE",
        {city.agency, centre.agency, cast.npo.agency},
        "MTG", "PLN", "IDN",
        via_meeting=meeting,
        until_event="MEETING_CLOSE",
    )  # fmt: skip
    await city.says(AddInvitee(meeting_id=meeting, agency_id=centre.agency), case)
    await city.says(AddInvitee(meeting_id=meeting, agency_id=cast.npo.agency), case)
    await city.says(
        RemoveInvitee(meeting_id=meeting, agency_id=cast.npo.agency, reason="本人の希望"), case
    )
    table = TableCase(meeting_id=meeting, categories=frozenset({"PLN", "IDN"}))
    await city.says(table, case)
    await city.says(ConveneMeeting(meeting_id=meeting), case)
    return meeting


async def _told_and_held(cast: Cast, her: Her, meeting: MeetingId) -> None:
    name = await cast.item(her.case, SubjectIdentified, "name")
    await cast.city.says(
        ProvideInformation(
            meeting_id=meeting, items=(name,), recipients=frozenset({cast.centre.agency})
        ),
        her.case,
    )
    await cast.city.says(
        FileMaterial(meeting_id=meeting, name="住まいの一覧", hash="1" * 64), her.case
    )
    await _held(cast, meeting, cast.city, cast.centre, case=her.case)


async def _settled(cast: Cast, her: Her, meeting: MeetingId) -> None:
    city, centre, case = cast.city, cast.centre, her.case
    await city.says(
        RecordDisagreement(
            meeting_id=meeting,
            topic="主たる支援機関",
            positions=(
                Position(agency_id=city.agency, text="センターが続けるのがよい。"),
                Position(agency_id=centre.agency, text="市が近くてよい。"),
            ),
            since=cast.clock.in_days(-1),
        ),
        case,
    )
    await city.says(
        DesignateMainSupport(
            meeting_id=meeting,
            agency_id=centre.agency,
            reason="本人との関係が続いている。",
            dissenting=frozenset({centre.agency}),
            dissent="遠いのが心配だ。",
            subject_wish="センターの人がいい。",
        ),
        case,
    )
    await city.says(
        AllocateRole(meeting_id=meeting, function="MAIN_SUPPORT", agency_id=centre.agency), case
    )


async def of_the_practitioners(cast: Cast, her: Her, network: NetworkId) -> None:
    """Her case is put off once, and reviewed the next time."""
    for chapter in (_put_off, _reviewed):
        meeting = await _planned(cast, "PRACTITIONERS", network)
        await agreed(
            cast.city,
            her.case,
            "INFORMATION",
            "CONFERENCE",
            {cast.city.agency, cast.centre.agency},
            "MTG",
            "SVC",
        )
        table = TableCase(meeting_id=meeting, categories=frozenset({"SVC"}))
        await cast.centre.says(table, her.case)
        await _held(cast, meeting, cast.city, cast.centre)
        await chapter(cast, her, meeting)
        await _minuted(cast.city, meeting, cast.centre)
        await cast.city.says(CloseMeeting(meeting_id=meeting))


async def _put_off(cast: Cast, her: Her, meeting: MeetingId) -> None:
    await cast.city.says(DeferReview(meeting_id=meeting, reason="担当者が欠席のため。"), her.case)


async def _reviewed(cast: Cast, her: Her, meeting: MeetingId) -> None:
    await cast.centre.says(
        ReviewCase(
            meeting_id=meeting,
            responsible_agency=cast.centre.agency,
            situation="住まいが決まった。",
            policy_change="就労の継続へ",
        ),
        her.case,
    )


async def of_representatives(cast: Cast, network: NetworkId) -> None:
    meeting = await _planned(cast, "REPRESENTATIVES", network)
    await _held(cast, meeting, cast.city, cast.centre)
    figures = (Figure(measure="PRACTITIONER_MEETINGS", count=4),)
    reaches: tuple[ReportReach, ...] = ("NETWORK", "PUBLIC")
    for reach in reaches:
        await cast.city.says(
            ReportActivity(
                meeting_id=meeting, reach=reach, figures=figures, text=("相談が増えている。",)
            )
        )
    await cast.city.says(
        RecordDecision(meeting_id=meeting, kind="OTHER", text="夜間の当番を置く。")
    )
    await _minuted(cast.city, meeting, cast.centre)


async def of_other_kinds(cast: Cast, network: NetworkId) -> None:
    """Two that were called off, and one that was only asked for."""
    kinds: tuple[MeetingKind, ...] = ("COUNSELLOR_LIAISON", "LIAISON_COUNCIL")
    for kind in kinds:
        meeting = await _planned(cast, kind, network)
        await cast.city.says(CancelMeeting(meeting_id=meeting, reason="大雪のため"))
    request = RequestMeeting(network_id=network, reason="夜間の移動手段について話したい。")
    asked = MeetingId(await cast.npo.makes(request))
    await cast.npo.says(CancelMeeting(meeting_id=asked, reason="別の場で話せた。"))


async def of_others(cast: Cast) -> None:
    forum = PlanMeeting(
        kind="EXTERNAL_FORUM", on=cast.clock.in_days(14), held_within="要保護児童対策地域協議会"
    )
    meeting = MeetingId(await cast.city.makes(forum))
    await cast.city.says(AddInvitee(meeting_id=meeting, agency_id=cast.guidance.agency))
    await cast.city.says(ConveneMeeting(meeting_id=meeting))
    await _held(cast, meeting, cast.city, cast.guidance)
    await cast.city.says(SetNextMeeting(meeting_id=meeting, not_needed=True))
    await cast.city.says(CloseMeeting(meeting_id=meeting))


async def _planned(cast: Cast, kind: MeetingKind, network: NetworkId) -> MeetingId:
    """By the city, with the centre."""
    plan = PlanMeeting(kind=kind, network_id=network, on=cast.clock.in_days(7))
    meeting = MeetingId(await cast.city.makes(plan))
    await cast.city.says(AddInvitee(meeting_id=meeting, agency_id=cast.centre.agency))
    await cast.city.says(ConveneMeeting(meeting_id=meeting))
    return meeting


async def _held(cast: Cast, meeting: MeetingId, *who: Someone, case: CaseId | None = None) -> None:
    cast.clock.passes(days=7)
    await cast.city.says(
        HoldMeeting(
            meeting_id=meeting,
            attendees=tuple(Attendee(agency_id=w.agency, staff_id=w.staff) for w in who),
            started_at=cast.clock.in_hours(-2),
            ended_at=cast.clock.in_hours(-1),
        ),
        case,
    )


async def _minuted(
    keeper: Someone, meeting: MeetingId, other: Someone, case: CaseId | None = None
) -> None:
    minutes = DraftMinutes(meeting_id=meeting, text="協議の記録", hash="2" * 64)
    await keeper.says(minutes, case)
    await keeper.says(ConfirmMinutes(meeting_id=meeting), case)
    recipients = frozenset({other.agency})
    await keeper.says(ShareMinutes(meeting_id=meeting, recipients=recipients), case)
