"""Codes of meetings (会議): what kinds there are, why they are called, what comes of them."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from domain.codes import Label

# 会議の種類
MeetingKind: TypeAlias = Literal[
    "REPRESENTATIVES",
    "PRACTITIONERS",
    "INDIVIDUAL_CASE",
    "COUNSELLOR_LIAISON",
    "LIAISON_COUNCIL",
    "INTERPREFECTURAL",
    "EXTERNAL_FORUM",
]
MEETING_KINDS: Final[Mapping[MeetingKind, Label]] = {
    "REPRESENTATIVES": Label("代表者会議", "Representatives' meeting"),
    "PRACTITIONERS": Label("実務者会議", "Practitioners' meeting"),
    "INDIVIDUAL_CASE": Label("個別ケース検討会議", "Individual case conference"),
    "COUNSELLOR_LIAISON": Label("相談員の定例連携会議", "Regular meeting of counsellors"),
    "LIAISON_COUNCIL": Label("関係機関連絡協議会", "Liaison council"),
    "INTERPREFECTURAL": Label("都道府県間の情報交換会", "Exchange between prefectures"),
    "EXTERNAL_FORUM": Label("外部の会議（要対協等）", "Another body's meeting"),
}

# 開催の契機
ConferenceTrigger: TypeAlias = Literal[
    "PROTECTION_OR_ADMISSION_NEEDED",
    "COMBINED_SERVICES_NEEDED",
    "RISK_CHANGED",
    "REQUESTED_BY_MEMBER",
    "DEADLOCK_FOLLOW_UP",
]
CONFERENCE_TRIGGERS: Final[Mapping[ConferenceTrigger, Label]] = {
    "PROTECTION_OR_ADMISSION_NEEDED": Label(
        "一時保護・入所が必要", "Protection or admission is needed"
    ),
    "COMBINED_SERVICES_NEEDED": Label("複数の支援が必要", "Several services are needed together"),
    "RISK_CHANGED": Label("危険度の変化", "The risk has changed"),
    "REQUESTED_BY_MEMBER": Label("構成機関からの要請", "A member asked for it"),
    "DEADLOCK_FOLLOW_UP": Label("協議が調わないため", "An earlier consultation did not settle"),
}

# 議題の種類
AgendaType: TypeAlias = Literal[
    "OVERALL_MEASURES",
    "ACTIVITY_REPORT",
    "ANNUAL_POLICY",
    "INFORMATION_EXCHANGE",
    "OPEN_ISSUES",
    "PLAN_OPINIONS",
    "CASE_OVERVIEW",
    "CASE_FOLLOW_UP",
    "CASE_SITUATION",
    "CASE_RISK",
    "CASE_SUPPORT",
    "CASE_ROLES",
    "OTHER",
]
AGENDA_TYPES: Final[Mapping[AgendaType, Label]] = {
    "OVERALL_MEASURES": Label("支援方策全体の検討", "Measures as a whole"),
    "ACTIVITY_REPORT": Label("活動状況の報告と評価", "Report on activities, and their evaluation"),
    "ANNUAL_POLICY": Label("年間活動方針", "Policy of the year"),
    "INFORMATION_EXCHANGE": Label("情報交換", "Exchange of information"),
    "OPEN_ISSUES": Label("課題の検討", "Open issues"),
    "PLAN_OPINIONS": Label("計画への意見", "Opinions on the plan"),
    "CASE_OVERVIEW": Label("ケースの総合的な把握", "Overview of the cases"),
    "CASE_FOLLOW_UP": Label("ケースの状況のフォロー", "Follow-up of the cases"),
    "CASE_SITUATION": Label("本人の状況の把握", "Her situation"),
    "CASE_RISK": Label("危険度・緊急度の判断", "Judgement of the risk"),
    "CASE_SUPPORT": Label("支援方針・支援方法", "Policy and methods of support"),
    "CASE_ROLES": Label("役割分担", "Who does what"),
    "OTHER": Label("その他", "Other"),
}

# 会議での役割
MeetingRole: TypeAlias = Literal["CHAIR", "SECRETARIAT", "MEMBER", "ADVISER", "OBSERVER"]
MEETING_ROLES: Final[Mapping[MeetingRole, Label]] = {
    "CHAIR": Label("議長", "Chair"),
    "SECRETARIAT": Label("事務局", "Secretariat"),
    "MEMBER": Label("構成員", "Member"),
    "ADVISER": Label("助言者", "Adviser"),
    "OBSERVER": Label("オブザーバー", "Observer"),
}

# 決定事項の種類
DecisionKind: TypeAlias = Literal[
    "RISK_JUDGEMENT",
    "SITUATION",
    "SUPPORT_POLICY",
    "ROLE_ALLOCATION",
    "SUPPORT_METHOD",
    "SERVICE",
    "OTHER",
]
DECISION_KINDS: Final[Mapping[DecisionKind, Label]] = {
    "RISK_JUDGEMENT": Label("危険度・緊急度の判断", "Judgement of the risk"),
    "SITUATION": Label("状況と問題点の確認", "Situation and problems"),
    "SUPPORT_POLICY": Label("支援方針", "Policy of support"),
    "ROLE_ALLOCATION": Label("役割分担", "Who does what"),
    "SUPPORT_METHOD": Label("支援方法", "Method of support"),
    "SERVICE": Label("サービスの利用", "Use of a service"),
    "OTHER": Label("その他", "Other"),
}

# 決定事項の進捗
ProgressStatus: TypeAlias = Literal["STARTED", "GOING_ON", "DONE", "STOPPED"]
PROGRESS_STATUSES: Final[Mapping[ProgressStatus, Label]] = {
    "STARTED": Label("着手した", "Started"),
    "GOING_ON": Label("継続中", "Going on"),
    "DONE": Label("完了した", "Done"),
    "STOPPED": Label("中止した", "Stopped"),
}

# 会議で決める役割
AllocatedFunction: TypeAlias = Literal[
    "MAIN_RESPONSIBLE", "MAIN_SUPPORT", "CONVENOR", "SERVICE_PROVIDER", "AFTERCARE_LEAD"
]
ALLOCATED_FUNCTIONS: Final[Mapping[AllocatedFunction, Label]] = {
    "MAIN_RESPONSIBLE": Label("主担当機関", "Main responsible agency"),
    "MAIN_SUPPORT": Label("主たる支援機関", "Main support agency"),
    "CONVENOR": Label("取りまとめ機関", "Convenor"),
    "SERVICE_PROVIDER": Label("サービス提供機関", "Service provider"),
    "AFTERCARE_LEAD": Label("アフターケアの担当機関", "Aftercare lead"),
}

# 活動報告の項目
ActivityMeasure: TypeAlias = Literal[
    "PRACTITIONER_MEETINGS",
    "CASE_CONFERENCES",
    "ACTIVE_CASES",
    "CASES_REVIEWED",
    "CASES_DEFERRED",
    "AGENCIES_ATTENDING",
]
ACTIVITY_MEASURES: Final[Mapping[ActivityMeasure, Label]] = {
    "PRACTITIONER_MEETINGS": Label("実務者会議の開催回数", "Practitioners' meetings held"),
    "CASE_CONFERENCES": Label("個別ケース検討会議の開催回数", "Case conferences held"),
    "ACTIVE_CASES": Label("支援中のケース数", "Cases being supported"),
    "CASES_REVIEWED": Label("状況を確認したケース数", "Cases reviewed"),
    "CASES_DEFERRED": Label("確認を次回に延ばしたケース数", "Cases put off to the next round"),
    "AGENCIES_ATTENDING": Label("出席機関数", "Agencies attending"),
}

# 活動報告の公開範囲
ReportReach: TypeAlias = Literal["NETWORK", "PUBLIC"]
REPORT_REACHES: Final[Mapping[ReportReach, Label]] = {
    "NETWORK": Label("構成機関のみ", "Members of the network only"),
    "PUBLIC": Label("公表する", "For the public"),
}
