"""Work that waits (業務の一覧): what an agency has to do by when, soonest first."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.asked import CaseAlias
from contracts.trail import Answers
from domain.codes import ContactMeans
from domain.model import Guarded, Sealed
from domain.support_codes import AftercareMeans
from domain.text import Line
from domain.work_codes import WorkKind


class InBothLanguages(msgspec.Struct, frozen=True):
    ja: Line
    en: Line


class SafeContact(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """Ways to reach her that harm nobody; what is not known to be safe is none of them.

    ``ask``: none is known; whom to ask.
    """

    ask: InBothLanguages | None = None
    by: tuple[AftercareMeans, ...] = ()
    means: Sealed[ContactMeans] | None = None
    value: Sealed[Line] | None = None
    safe_times: Sealed[Line] | None = None


class WorkLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``about``: the id of the referral, the stay, the consent ... that it is about.

    ``answers``: of all who were asked to destroy the same for the same reason, who has answered.
    """

    kind: WorkKind
    to_do: InBothLanguages
    due: datetime
    overdue: bool
    case: CaseAlias | None = None
    about: UUID | None = None
    contact: SafeContact | None = None
    answers: Answers | None = None
