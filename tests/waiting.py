"""Work that waits, as it is folded from a few events told here."""

from datetime import date, timedelta
from typing import Final

import msgspec

from domain.case import CaseAccepted, CaseClosed, CaseReopened
from domain.case.roles import ResponsibilityMoved
from domain.consent_ledger.events import ConsentGranted
from domain.fields import tag_of
from domain.header import SCHEMA, Header
from domain.meeting.events import (
    CaseReviewed,
)
from domain.model import (
    CLOSED,
    AgencyId,
    CaseId,
    CommandId,
    Event,
    GrantId,
    NetworkId,
    PersonId,
    StayId,
    StreamId,
)
from domain.work_codes import WorkKind
from projections.tables import Seen, fold, touched
from projections.work_queue import WORK_QUEUE
from projections.work_row import WorkRow, moment
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id, without_words

CASE: Final = CaseId(an_id(600))
HER: Final = PersonId(an_id(601))
SON: Final = PersonId(an_id(602))
HUSBAND: Final = PersonId(an_id(603))
STAY: Final = StayId(an_id(604))
GRANT: Final = GrantId(an_id(605))
MIDORINO: Final = NetworkId(an_id(606))
STREAM: Final = StreamId(an_id(607))
TODAY: Final = date(2026, 5, 13)
NOTHING_TOUCHED: Final = "projections.work_queue:_keys"


def seen(*told: Event | tuple[Event, AgencyId]) -> list[Seen]:
    """One after the other, by the city where nobody else is named; closed, as a list has them."""
    found: list[Seen] = []
    for position, each in enumerate(told, start=1):
        event, agency = each if isinstance(each, tuple) else (each, CITY.agency)
        closed = without_words(event, CLOSED)
        found.append(Seen(position, NOW, header(closed, agency), closed))
    return found


def header(event: Event, agency: AgencyId) -> Header:
    command = CommandId(an_id(90))
    return Header(
        schema=SCHEMA,
        id=an_id(91),
        type=tag_of(type(event)),
        stream=STREAM,
        version=1,
        occurred_at=NOW,
        agency=agency,
        staff=CITY.staff,
        role=CITY.role,
        correlation=command,
        command=command,
        case=CASE,
        facts=msgspec.Raw(b"{}"),
    )


def rows(*told: Event | tuple[Event, AgencyId]) -> list[WorkRow]:
    changes = fold(WORK_QUEUE, {}, touched(WORK_QUEUE, seen(*told)))
    return [row for row in changes.values() if row is not None]


def waits(*told: Event | tuple[Event, AgencyId]) -> dict[WorkKind, tuple[AgencyId | None, date]]:
    """Whose work it is, and the last day for it."""
    return {
        row.kind: (row.agency, (moment(row.due) + timedelta(hours=9) - timedelta(days=1)).date())
        for row in rows(*told)
        if row.due is not None
    }


accepted = CaseAccepted(
    accepted_on=TODAY,
    ledger_network_id=MIDORINO,
    case_number="2026-0017",
    main_responsible=CITY.agency,
    review_by=date(2026, 7, 13),
)
moved = ResponsibilityMoved(from_agency=CITY.agency, to_agency=CENTRE.agency, from_remains=True)
reviewed = CaseReviewed(
    subject_id=HER,
    case_id=CASE,
    round_no=1,
    reviewed_on=date(2026, 7, 1),
    next_by=date(2026, 9, 1),
    responsible_agency=CITY.agency,
    situation="落ち着いて過ごしている。",
    policy_change=None,
)
closed = CaseClosed(on=TODAY, reason="GOALS_MET", outcome=None, subject_wish="もう大丈夫。")
reopened = CaseReopened(
    on=TODAY,
    reason="NEW_DIFFICULTIES",
    review_by=date(2026, 8, 13),
    subject_wish="また相談したい。",
)
given_ = ConsentGranted(
    grant_id=GRANT,
    kind="INFORMATION",
    grantor="SUBJECT",
    grantor_id=HER,
    recipients=frozenset({CENTRE.agency, SHELTER.agency}),
    categories=frozenset({"IDN", "LOC"}),
    purpose="PROTECTION",
    granted_at=NOW,
    valid_until=date(2026, 9, 30),
    remind_on=date(2026, 8, 31),
    history="SNAPSHOT",
    method="WRITTEN",
    obtained_by=CITY.agency,
    late_entry=False,
    conditions=frozenset(),
    conditions_text=None,
)
