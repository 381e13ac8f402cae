"""Working (業務の一覧): what an agency has to do by when, soonest first, as far as it may see why.

A row is shown to whom the event is that it comes from; who reviews what was told without her
consent sees nothing else of the case, and learns from it no more than that there is something.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from msgspec.structs import replace

from contracts.pages import Page
from contracts.work import InBothLanguages, SafeContact, WorkLine
from domain.agency import KnownAgency, with_those_before
from domain.calendar import date_in_japan, fiscal_year, in_utc
from domain.case import ContactMethodSet, RecordCorrected
from domain.case.aftercare import AftercareRescheduled, AftercareStarted
from domain.codes import ContactMeans
from domain.emergency import (
    EmergencyDisclosureAuthorised,
    EmergencyRequested,
)
from domain.exclusions import following
from domain.model import AgencyId, CaseId, Event, EventId
from domain.sharing import replay
from domain.statutory import StatutoryDisclosureRecorded
from domain.support_codes import AftercareMeans
from domain.timers import end_of
from domain.trail.purges import PurgeId
from domain.visibility.holding import FOR_GOOD
from domain.work_codes import WORK_KINDS, WorkKind
from projections.work_row import moment, seconds
from services.listing import Listing, RowPlace, bounded
from services.looking import Looked, Reader, Row
from services.purged import Purged, answers_of
from services.showing import CORRECTION, Showing, reading
from services.sights import Record, Seen, Sight


class WorkCandidate(NamedTuple):
    """``case_id``: the case it is about or, of what is about none, the stream it stands in.

    ``agency``: whose work it is; where that is another, it falls to who asks only while that one
    cannot do it. ``bare``: to be shown without what it comes from, as which case and what to do.
    """

    due: int
    work_id: UUID
    kind: WorkKind
    case_id: CaseId
    in_a_case: bool
    names: UUID | None
    source: int
    agency: AgencyId | None = None
    bare: bool = False

    @property
    def place(self) -> RowPlace:
        return self.due, self.work_id


class WorkAsked(NamedTuple):
    """``itself``: the agency, and all whom it took over from. ``until``: what is due by then."""

    agency: AgencyId
    itself: frozenset[AgencyId]
    kind: WorkKind | None
    until: int | None
    today: datetime


class WorkCandidates(Protocol):
    async def work_of(
        self, asked: WorkAsked, after: RowPlace | None, most: int
    ) -> Sequence[WorkCandidate]:
        """In the order of ``(due, work_id)``, those after this place."""
        ...


class Working:
    def __init__(self, listing: Listing, candidates: WorkCandidates) -> None:
        """``listing``: over cases, and over what stands alone."""
        self._listing: Final = listing
        self._candidates: Final = candidates

    async def work(
        self,
        reader: Reader,
        *,
        until: datetime | None = None,
        kind: WorkKind | None = None,
        after: str | None = None,
        most: int,
    ) -> Page[WorkLine]:
        now = self._listing.looking.clock.now()
        until_s = None if until is None else seconds(in_utc(until))
        itself = await self._listing.looking.itself(reader)
        asked = WorkAsked(reader.agency, itself, kind, until_s, now)

        async def fetch(_: AgencyId, place: RowPlace | None, most: int) -> Sequence[WorkCandidate]:
            return await self._candidates.work_of(asked, place, most)

        page = await self._listing.page(
            reader,
            f"work {kind} {until_s}",
            after=after,
            most=bounded(most),
            fetch=fetch,
            decided=_row,
            rows_of="work",
        )
        # What is overdue is so by the clock, and not since the row was decided.
        items = tuple(replace(line, overdue=line.due <= now) for line in page.items)
        return Page(items, page.next)


def _row(  # noqa: PLR0911 (one for each reason)
    looked: Looked, candidate: WorkCandidate
) -> Row[WorkLine] | None:
    if candidate.kind == "REPRESENTATIVES":
        return Row((), partial(_line, candidate, ()))
    if candidate.kind in REVIEWED_BY_OTHERS:
        found = _may_review(looked, candidate)
        return Row((), partial(_line, candidate, ())) if found else None
    if not _falls_to(looked, candidate):
        return None
    sight, record = looked.now[candidate.case_id], looked.records[candidate.case_id]
    source = next((e for e in record.entries if e.told.position == candidate.source), None)
    if source is None:
        return None
    if not (visible := sight.visible(source)) or not visible.what:
        if candidate.bare:
            return Row((), partial(_line, candidate._replace(names=None), ()))
        # What those left to do whom it took over from is to be done; what they said stays theirs.
        waits = source.told.agency in sight.does_work_of and candidate.kind not in OF_GRIEVANCES
        return Row((), partial(_line, candidate, ())) if waits else None
    if candidate.kind == "PURGE_WAITING":
        return _with_answers(looked, candidate)
    if candidate.kind != "AFTERCARE_CONTACT":
        return Row((), partial(_line, candidate, ()))
    if _may_be_unsafe(sight, record):
        return Row((), partial(_line, candidate, ()))
    seen = [*sight.seen(of=CONTACT), *reading(sight, CORRECTION)]
    return Row(seen, partial(_line, candidate, seen))


def _with_answers(looked: Looked, candidate: WorkCandidate) -> Row[WorkLine]:
    """INV-C6: k of m. Each of them waits, or waited, with whoever this one waits with."""
    purged = Purged(looked.records[candidate.case_id])
    asked = purged.asked_with(PurgeId(candidate.names)) if candidate.names else []
    answers = answers_of(asked, looked.at)
    due = (end_of(e.purge.due) for e in asked if e.purge.state(looked.at) == "REQUESTED")

    def show(showing: Showing) -> WorkLine:
        return replace(_line(candidate, (), showing), answers=answers)

    return Row((), show, min(due, default=FOR_GOOD))


def _falls_to(looked: Looked, candidate: WorkCandidate) -> bool:
    """Nothing to whom she has shut out; and of another's work, what that one cannot do."""
    if candidate.agency is None and not candidate.bare:
        return True
    who, whose, agencies = looked.recipient, candidate.agency, looked.roster.agencies
    if whose is not None and whose in with_those_before([who.agency], agencies):
        return True
    sharing = replay(entry.told for entry in looked.records[candidate.case_id].entries)
    shut_out = following(sharing.excluded, agencies)
    if who.agency in shut_out or who.staff in sharing.excluded_staff:
        return False
    known = agencies.get(whose) if whose is not None else None
    if not isinstance(known, KnownAgency) or candidate.kind == "RESPONSIBILITY":
        return True
    return known.suspended or whose in shut_out or whose not in sharing.participants


def _line(candidate: WorkCandidate, seen: Sequence[Seen], showing: Showing) -> WorkLine:
    label = WORK_KINDS[candidate.kind]
    to_call = candidate.kind == "AFTERCARE_CONTACT"
    return WorkLine(
        kind=candidate.kind,
        to_do=InBothLanguages(ja=label.ja, en=label.en),
        due=moment(candidate.due),
        overdue=False,
        case=showing.alias if candidate.in_a_case else None,
        about=candidate.names,
        contact=(safe_contact(showing, seen) or ASK) if to_call else None,
    )


def _may_be_unsafe(sight: Sight, record: Record) -> bool:
    """INV-K9: whether anything was said later of how to reach her that may not be seen here."""
    last: EventId | None = None
    unseen = False
    for entry in record.entries:
        match entry.told.event:
            case ContactMethodSet():
                last = entry.told.id
                unseen = not SAFETY.issubset(sight.visible(entry).bases)
            case RecordCorrected(target_event_id=target) if target == last:
                unseen = unseen or "new_value" not in sight.visible(entry).bases
            case _:
                pass
    return unseen


def safe_contact(showing: Showing, seen: Sequence[Seen]) -> SafeContact | None:
    return safe_of(showing.events(seen))


def safe_of(events: Iterable[Event]) -> SafeContact | None:
    """INV-K9: where what is unsafe may not be seen, nothing is known to be safe."""
    contact: ContactMethodSet | None = None
    means: frozenset[AftercareMeans] = frozenset()
    for event in events:
        match event:
            case ContactMethodSet():
                contact = event
            case AftercareStarted(means=frozenset() as said):
                means = said
            case AftercareRescheduled(means=frozenset() as said):
                means = said
            case _:
                pass
    if contact is None or not isinstance(contact.unsafe_means, frozenset):
        return None
    unsafe = contact.unsafe_means
    by: tuple[AftercareMeans, ...] = tuple(
        each for each, through in BY.items() if each in means and not harms(unsafe, through)
    )
    if not isinstance(contact.means, str) or harms(unsafe, {contact.means}):
        return SafeContact(by=by) if by else None
    return SafeContact(
        by=by, means=contact.means, value=contact.value, safe_times=contact.safe_times
    )


def harms(unsafe: AbstractSet[ContactMeans], through: AbstractSet[ContactMeans]) -> bool:
    return not unsafe.isdisjoint(through)


def _may_review(looked: Looked, candidate: WorkCandidate) -> bool:
    """INV-X5: whom she has shut out learns nothing, and who is involved does not review.

    Nor does whoever took over from them.
    """
    who, record = looked.recipient, looked.records[candidate.case_id]
    sharing = replay(entry.told for entry in record.entries)
    shut_out = following(sharing.excluded, looked.roster.agencies)
    if who.agency in shut_out or who.staff in sharing.excluded_staff:
        return False
    if candidate.kind in {"ERASURE_REQUEST", "ERASURE_DUE"}:
        return True
    involved = set(sharing.participants)
    for entry in record.entries:
        match entry.told.event:
            case EmergencyRequested() as asked if asked.emergency_id == candidate.names:
                involved |= {asked.requesting_agency, *asked.asked_agencies, *asked.recipients}
            case EmergencyDisclosureAuthorised() as given if given.emergency_id == candidate.names:
                involved.add(given.authorising_agency)
            case StatutoryDisclosureRecorded() as filed if filed.statutory_id == candidate.names:
                involved |= {filed.filing_agency, filed.recipient}
            case _:
                pass
    return involved.isdisjoint(with_those_before([who.agency], looked.roster.agencies))


def year_of(today: datetime) -> int:
    return fiscal_year(date_in_japan(today))


REVIEWED_BY_OTHERS: Final[frozenset[WorkKind]] = frozenset(
    {"EMERGENCY_REVIEW", "STATUTORY_REVIEW", "ERASURE_REQUEST", "ERASURE_DUE"}
)
# These are for their sides alone: whoever took over may be whom it is about.
OF_GRIEVANCES: Final[frozenset[WorkKind]] = frozenset(
    {"GRIEVANCE_ACKNOWLEDGEMENT", "GRIEVANCE_ANSWER"}
)
# What has to be seen of how to reach her before anything of it is safe.
SAFETY: Final = frozenset({"means", "unsafe_means"})
ASK: Final = SafeContact(
    ask=InBothLanguages(
        ja="安全な連絡方法が確認できません。主担当機関に確認してください。",
        en="No safe way to reach her is known here: ask whoever answers for her.",
    )
)
CONTACT: Final = (ContactMethodSet, AftercareStarted, AftercareRescheduled)
# A call is one to the telephone; where no letter is to come, nobody is to come to the door.
BY: Final[Mapping[AftercareMeans, frozenset[ContactMeans]]] = {
    "PHONE": frozenset({"PHONE"}),
    "VISIT": frozenset({"LETTER"}),
    "DROP_IN": frozenset(),
}
