"""Code lists of grievances (苦情)."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from domain.codes import Label

# 申出人
Complainant: TypeAlias = Literal["SUBJECT", "FAMILY", "AGENCY", "ANONYMOUS"]
COMPLAINANTS: Final[Mapping[Complainant, Label]] = {
    "SUBJECT": Label("本人", "The woman herself"),
    "FAMILY": Label("家族", "Her family"),
    "AGENCY": Label("機関", "An agency"),
    "ANONYMOUS": Label("匿名", "Anonymous"),
}

# 共有の範囲
SharedExtent: TypeAlias = Literal["SUMMARY", "FULL"]
SHARED_EXTENTS: Final[Mapping[SharedExtent, Label]] = {
    "SUMMARY": Label("要旨のみ", "A summary only"),
    "FULL": Label("申出の内容を含む", "What was said as well"),
}

# 上位の機関に移す理由
EscalationReason: TypeAlias = Literal[
    "OVERDUE", "HANDLER_CONCERNED", "COMPLAINANT_ASKS", "BEYOND_AUTHORITY"
]
ESCALATION_REASONS: Final[Mapping[EscalationReason, Label]] = {
    "OVERDUE": Label("期限の超過", "It is overdue"),
    "HANDLER_CONCERNED": Label("対応機関が関係している", "Whoever handles it is concerned"),
    "COMPLAINANT_ASKS": Label("申出人の希望", "The complainant asks for it"),
    "BEYOND_AUTHORITY": Label("権限の範囲外", "It is beyond the handler's authority"),
}
