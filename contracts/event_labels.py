"""What an event is called (出来事の名称), for whoever reads a timeline, in both languages."""

from collections.abc import Mapping
from typing import Final

from contracts.envelope import DETAILS
from domain.codes import Label

_CASE: Final = {
    "case.opened.v1": Label("ケースの受付", "Case opened"),
    "case.consultation_recorded.v1": Label("相談", "Consultation"),
    "case.subject_identified.v1": Label("本人の氏名等", "Her name"),
    "case.subject_details_corrected.v1": Label("本人の氏名等の訂正", "Her name corrected"),
    "case.attributes_recorded.v1": Label("本人の属性", "Her circumstances"),
    "case.contact_method_set.v1": Label("連絡方法", "How to reach her"),
    "case.address_recorded.v1": Label("住所", "Address"),
    "case.note_recorded.v1": Label("記録", "Note"),
    "case.record_corrected.v1": Label("記録の訂正", "Record corrected"),
    "case.companion_added.v1": Label("同伴する家族", "Companion"),
    "case.companion_came_of_age.v1": Label("同伴児童の成人", "Child came of age"),
    "case.companion_removed.v1": Label("同伴する家族の離脱", "Companion no longer with her"),
    "case.cases_linked.v1": Label("ケースの関連付け", "Cases linked"),
    "case.accepted.v1": Label("受理・支援の開始", "Case accepted"),
    "case.transferred.v1": Label("移管", "Case transferred"),
    "case.carried_over.v1": Label("次年度の台帳への引き継ぎ", "Carried into the new year"),
    "case.closed.v1": Label("終結", "Case closed"),
    "case.reopened.v1": Label("再開", "Case reopened"),
    "case.data_restricted.v1": Label("利用停止", "Use of the data stopped"),
    "case.restriction_lifted.v1": Label("利用停止の解除", "Use of the data allowed again"),
    "case.erased.v1": Label("消去", "Erased"),
    "case.role_assigned.v1": Label("役割の割り当て", "Role given"),
    "case.role_ended.v1": Label("役割の終了", "Role ended"),
    "case.participation_ended.v1": Label("関わりの終了", "Agency left"),
    "case.responsibility_moved.v1": Label("主担当機関の変更", "Responsibility moved"),
    "case.assessment_recorded.v1": Label("アセスメント", "Assessment"),
    "case.need_identified.v1": Label("支援の必要", "Need identified"),
    "case.need_closed.v1": Label("支援の必要の解消", "Need closed"),
    "case.support_activity_recorded.v1": Label("支援の実施", "Support given"),
    "case.support_policy_set.v1": Label("支援方針", "Support policy"),
    "case.support_plan_drafted.v1": Label("支援計画の作成", "Support plan drafted"),
    "case.support_plan_agreed.v1": Label("支援計画への同意", "Support plan agreed"),
    "case.support_plan_revised.v1": Label("支援計画の見直し", "Support plan revised"),
    "case.support_plan_closed.v1": Label("支援計画の終了", "Support plan closed"),
    "case.service_linked.v1": Label("サービスの利用", "Service linked"),
    "case.service_status_changed.v1": Label("サービスの状況の変更", "Service status changed"),
    "case.procedure_bundle_opened.v1": Label("手続きの一括依頼", "Procedures asked for together"),
    "case.procedure_bundle_completed.v1": Label("手続きの一括完了", "Procedures completed"),
    "case.legal_step_recorded.v1": Label("法的手続き", "Legal step"),
    "case.safety_instruction_issued.v1": Label("安全に関する指示", "Safety instruction"),
    "case.third_party_inquiry_refused.v1": Label(
        "第三者からの照会の拒否", "Inquiry about her refused"
    ),
    "case.protection_declined.v1": Label("保護を希望しない意思", "Protection declined"),
    "case.stay_decided.v1": Label("保護・入所の決定", "Stay decided"),
    "case.stay_started.v1": Label("保護・入所の開始", "Stay begun"),
    "case.stay_extended.v1": Label("保護・入所の延長", "Stay extended"),
    "case.stay_ended.v1": Label("保護・入所の終了", "Stay ended"),
    "case.stay_cancelled.v1": Label("保護・入所の取消し", "Stay cancelled"),
    "case.aftercare_started.v1": Label("アフターケアの開始", "Aftercare begun"),
    "case.aftercare_rescheduled.v1": Label("アフターケアの変更", "Aftercare changed"),
    "case.aftercare_ended.v1": Label("アフターケアの終了", "Aftercare ended"),
}
_CONSENT: Final = {
    "consent.explained.v1": Label("同意についての説明", "Consent explained"),
    "consent.granted.v1": Label("同意", "Consent granted"),
    "consent.refused.v1": Label("不同意", "Consent refused"),
    "consent.narrowed.v1": Label("同意の縮小", "Consent narrowed"),
    "consent.withdrawn.v1": Label("同意の撤回", "Consent withdrawn"),
    "consent.withdrawn.v2": Label(
        "同意の撤回（理由の記録なし）", "Consent withdrawn, without words"
    ),
    "consent.expired.v1": Label("同意の期限切れ", "Consent expired"),
    "consent.superseded.v1": Label("同意の更新", "Consent superseded"),
    "consent.conflict_recorded.v1": Label("利益相反の記録", "Conflict recorded"),
    "consent.conflict_settled.v1": Label("利益相反の解消", "Conflict settled"),
    "consent.exclusion_set.v1": Label("提供先の除外", "Excluded by her"),
    "consent.exclusion_lifted.v1": Label("提供先の除外の解除", "No longer excluded"),
    "consent.emergency_requested.v1": Label(
        "緊急時の情報提供の求め", "Emergency disclosure asked for"
    ),
    "consent.emergency_disclosure_authorised.v1": Label(
        "緊急時の情報提供の承認", "Emergency disclosure authorised"
    ),
    "consent.emergency_expired.v1": Label("緊急時の情報提供の終了", "Emergency over"),
    "consent.statutory_disclosure_recorded.v1": Label(
        "法令による情報提供", "Disclosure by law recorded"
    ),
}
_REFERRAL: Final = {
    "referral.drafted.v1": Label("つなぎの準備", "Referral drafted"),
    "referral.package_changed.v1": Label("提供内容の変更", "Package changed"),
    "referral.inquiry_sent.v1": Label("匿名での照会", "Inquiry without identity"),
    "referral.inquiry_answered.v1": Label("照会への回答", "Inquiry answered"),
    "referral.sent.v1": Label("つなぎの送付", "Referral sent"),
    "referral.received.v1": Label("つなぎの受領", "Referral received"),
    "referral.information_requested.v1": Label("情報の追加の依頼", "More information asked for"),
    "referral.information_supplied.v1": Label("情報の追加", "More information supplied"),
    "referral.accepted.v1": Label("受け入れ", "Referral accepted"),
    "referral.declined.v1": Label("受け入れ不可", "Referral declined"),
    "referral.redirected.v1": Label("別の機関の案内", "Referral redirected"),
    "referral.appointment_recorded.v1": Label("面談等の予約", "Appointment"),
    "referral.cancellation_asked.v1": Label("受け入れの取りやめの申し出", "Asked to be let go"),
    "referral.handover_confirmed.v1": Label("引き継ぎの確認", "Handover confirmed"),
    "referral.outcome_reported.v1": Label("つなぎの結果", "Outcome reported"),
    "referral.withdrawn.v1": Label("つなぎの取り下げ", "Referral withdrawn"),
    "referral.expired.v1": Label("つなぎの回答期限切れ", "Referral expired"),
}
_MEETING: Final = {
    "meeting.requested.v1": Label("会議の求め", "Meeting asked for"),
    "meeting.planned.v1": Label("会議の計画", "Meeting planned"),
    "meeting.invitee_added.v1": Label("招集先の追加", "Invited to the meeting"),
    "meeting.invitee_removed.v1": Label("招集先の取消し", "No longer invited"),
    "meeting.agenda_set.v1": Label("議題", "Agenda"),
    "meeting.material_filed.v1": Label("会議資料", "Material filed"),
    "meeting.case_tabled.v1": Label("ケースの付議", "Case tabled"),
    "meeting.information_provided.v1": Label(
        "会議での情報提供", "Information put before the meeting"
    ),
    "meeting.convened.v1": Label("会議の招集", "Meeting convened"),
    "meeting.held.v1": Label("会議の開催", "Meeting held"),
    "meeting.decision_recorded.v1": Label("会議での決定", "Decision"),
    "meeting.decision_acknowledged.v1": Label("決定の確認", "Decision acknowledged"),
    "meeting.decision_progress_reported.v1": Label("決定の進み具合", "Progress on a decision"),
    "meeting.disagreement_recorded.v1": Label("合意に至らない事項", "Disagreement"),
    "meeting.role_allocated.v1": Label("会議での役割分担", "Role allocated"),
    "meeting.main_support_agency_designated.v1": Label(
        "主たる支援機関の指定", "Main support agency designated"
    ),
    "meeting.case_reviewed.v1": Label("ケースの進行管理", "Case reviewed"),
    "meeting.case_review_deferred.v1": Label("ケースの進行管理の延期", "Review put off"),
    "meeting.activity_reported.v1": Label("活動の報告", "Activity reported"),
    "meeting.issue_carried_forward.v1": Label("課題の引き継ぎ", "Issue carried forward"),
    "meeting.next_meeting_set.v1": Label("次回の会議", "Next meeting"),
    "meeting.minutes_drafted.v1": Label("議事録の作成", "Minutes drafted"),
    "meeting.minutes_confirmed.v1": Label("議事録の確定", "Minutes confirmed"),
    "meeting.minutes_shared.v1": Label("議事録の共有", "Minutes shared"),
    "meeting.closed.v1": Label("会議の終了", "Meeting closed"),
    "meeting.cancelled.v1": Label("会議の中止", "Meeting cancelled"),
}
_GRIEVANCE: Final = {
    "grievance.received.v1": Label("苦情の受付", "Grievance received"),
    "grievance.acknowledged.v1": Label("苦情の受付の通知", "Grievance acknowledged"),
    "grievance.handler_assigned.v1": Label("苦情の担当の決定", "Handler assigned"),
    "grievance.shared.v1": Label("苦情の共有", "Grievance shared"),
    "grievance.findings_recorded.v1": Label("苦情の調査結果", "Findings"),
    "grievance.response_given.v1": Label("苦情への回答", "Response given"),
    "grievance.improvement_recorded.v1": Label("苦情による改善", "Improvement"),
    "grievance.escalated.v1": Label("苦情の上申", "Grievance taken further"),
    "grievance.closed.v1": Label("苦情の終了", "Grievance closed"),
    "grievance.reopened.v1": Label("苦情の再開", "Grievance reopened"),
}
_TRAIL: Final = {
    "disclosure.disclosed.v1": Label("情報提供", "Disclosed"),
    "trail.disclosure_blocked.v1": Label("情報提供の差し止め", "Disclosure blocked"),
    "trail.withdrawal_settled.v1": Label("撤回の反映の完了", "Withdrawal settled"),
    "trail.emergency_disclosure_reviewed.v1": Label(
        "緊急時の情報提供の検証", "Emergency disclosure reviewed"
    ),
    "trail.statutory_disclosure_reviewed.v1": Label(
        "法令による情報提供の検証", "Disclosure by law reviewed"
    ),
    "trail.subject_notified.v1": Label("本人への通知", "She was told"),
    "trail.notification_deferred.v1": Label("本人への通知の延期", "Telling her put off"),
    "trail.purge_requested.v1": Label("提供先への消去の求め", "Purge asked for"),
    "trail.purge_acknowledged.v1": Label("提供先での消去の完了", "Purge acknowledged"),
    "trail.purge_declined.v1": Label("提供先での消去の拒否", "Purge declined"),
    "trail.subject_access_provided.v1": Label("本人への開示", "Shown to her"),
    "trail.erasure_requested.v1": Label("消去の請求", "Erasure asked for"),
    "trail.erasure_decided.v1": Label("消去の請求への決定", "Erasure decided"),
}
EVENT_LABELS: Final[Mapping[str, Label]] = {
    **_CASE,
    **_CONSENT,
    **_REFERRAL,
    **_MEETING,
    **_GRIEVANCE,
    **_TRAIL,
    DETAILS: Label("出来事の一部", "Details of what happened"),
}
