"""Codes of a case (ケースのコード表): where it stands, why it ends, and who is with her."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from domain.codes import Label

# ケースの状態
Status: TypeAlias = Literal["CONTACT", "ACTIVE", "TRANSFERRED", "CLOSED", "RESTRICTED", "ERASED"]
STATUSES: Final[Mapping[Status, Label]] = {
    "CONTACT": Label("相談のみ", "In contact"),
    "ACTIVE": Label("支援中", "Active"),
    "TRANSFERRED": Label("移管済み", "Transferred"),
    "CLOSED": Label("終結", "Closed"),
    "RESTRICTED": Label("利用停止中", "Restricted"),
    "ERASED": Label("消去済み", "Erased"),
}

# 支援の段階: where support happens. Stages may be skipped and repeated.
Stage: TypeAlias = Literal[
    "CONSULTATION",
    "ASSESSMENT",
    "TEMPORARY_PROTECTION",
    "RESIDENTIAL_SUPPORT",
    "AFTERCARE",
    "COMMUNITY_SUPPORT",
]
STAGES: Final[Mapping[Stage, Label]] = {
    "CONSULTATION": Label("相談", "Consultation"),
    "ASSESSMENT": Label("アセスメント", "Assessment"),
    "TEMPORARY_PROTECTION": Label("一時保護", "Temporary protection"),
    "RESIDENTIAL_SUPPORT": Label("施設等での支援", "Residential support"),
    "AFTERCARE": Label("アフターケア", "Aftercare"),
    "COMMUNITY_SUPPORT": Label("地域での自立支援", "Support in the community"),
}

# 終結の理由
ClosureReason: TypeAlias = Literal[
    "GOALS_MET",
    "SUBJECTS_WISH",
    "TRANSFERRED",
    "MOVED_UNREACHABLE",
    "DECEASED",
    "REFERRED_ELSEWHERE",
]
CLOSURE_REASONS: Final[Mapping[ClosureReason, Label]] = {
    "GOALS_MET": Label("目標の達成", "Goals met"),
    "SUBJECTS_WISH": Label("本人の希望", "Her wish"),
    "TRANSFERRED": Label("移管", "Transferred"),
    "MOVED_UNREACHABLE": Label("転居・連絡不能", "Moved, or out of reach"),
    "DECEASED": Label("死亡", "Deceased"),
    "REFERRED_ELSEWHERE": Label("他機関の紹介のみ", "Only referred elsewhere"),
}

# 再開の理由
ReopeningReason: TypeAlias = Literal[
    "SUBJECTS_WISH", "NEW_DIFFICULTIES", "CLOSED_IN_ERROR", "OTHER"
]
REOPENING_REASONS: Final[Mapping[ReopeningReason, Label]] = {
    "SUBJECTS_WISH": Label("本人の希望", "Her wish"),
    "NEW_DIFFICULTIES": Label("新たな困難", "New difficulties"),
    "CLOSED_IN_ERROR": Label("誤って終結したため", "Closed in error"),
    "OTHER": Label("その他", "Other"),
}

# 同伴者の区分: a child is under 18 (満18歳に満たない者).
CompanionKind: TypeAlias = Literal["ADULT", "CHILD"]
COMPANION_KINDS: Final[Mapping[CompanionKind, Label]] = {
    "ADULT": Label("同伴する成人の家族", "Adult companion"),
    "CHILD": Label("同伴児童", "Accompanying child"),
}

# 続柄
Relation: TypeAlias = Literal[
    "CHILD", "PARENT", "SIBLING", "GRANDPARENT", "GRANDCHILD", "OTHER_RELATIVE", "OTHER"
]
RELATIONS: Final[Mapping[Relation, Label]] = {
    "CHILD": Label("子", "Child"),
    "PARENT": Label("親", "Parent"),
    "SIBLING": Label("きょうだい", "Sibling"),
    "GRANDPARENT": Label("祖父母", "Grandparent"),
    "GRANDCHILD": Label("孫", "Grandchild"),
    "OTHER_RELATIVE": Label("その他の親族", "Another relative"),
    "OTHER": Label("その他", "Somebody else"),
}

# 親権
Custody: TypeAlias = Literal[
    "SUBJECT", "OTHER_PARENT", "JOINT", "IN_DISPUTE", "ANOTHER_PERSON", "UNKNOWN"
]
CUSTODIES: Final[Mapping[Custody, Label]] = {
    "SUBJECT": Label("本人の単独親権", "The woman alone"),
    "OTHER_PARENT": Label("他方の親の単独親権", "The other parent alone"),
    "JOINT": Label("共同親権", "Both parents"),
    "IN_DISPUTE": Label("協議中・係争中", "In dispute"),
    "ANOTHER_PERSON": Label("父母以外", "Neither parent"),
    "UNKNOWN": Label("不明", "Unknown"),
}

# 利用停止・消去の根拠
ErasureBasis: TypeAlias = Literal["REQUEST", "RETENTION_OVER", "LEGAL_DUTY"]
ERASURE_BASES: Final[Mapping[ErasureBasis, Label]] = {
    "REQUEST": Label("本人からの請求", "At her request"),
    "RETENTION_OVER": Label("保存期間の満了", "The retention period is over"),
    "LEGAL_DUTY": Label("法令上の義務", "A legal duty"),
}
