"""Showing (提示): from what may be seen of a case to what is handed out, with its parts opened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import asdict

from contracts.asked import CaseAlias
from contracts.envelope import DETAILS, AgencyShown, Envelope
from contracts.pages import (
    AddressShown,
    CaseLine,
    CaseShown,
    ContactShown,
    Day,
    LeadTimes,
    ReferralLine,
    RoleShown,
    Side,
)
from domain.agency import KnownAgency
from domain.calendar import date_in_japan, wareki
from domain.case import (
    CaseAccepted,
    CaseCarriedOver,
    CaseTransferred,
    RecordCorrected,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.case.correcting import corrected_value
from domain.codes import SupportFunction
from domain.model import CLOSED, AgencyId, CaseId, Event, PersonId, ReferralId, Sealed
from domain.referral import HandoverConfirmed
from domain.visibility import ACTING, Agencies, Visible, naming
from projections import case_course, case_view, referral_view
from projections.case_course import Course
from projections.case_view import CaseView
from projections.referral_view import Moments
from services.ports import Keys
from services.sealing import Sealing, facts_in
from services.sights import Seen, Sight
from services.supported import supported

Named: TypeAlias = AgencyId | frozenset[AgencyId] | tuple[AgencyId, ...] | None
Who: TypeAlias = frozenset[tuple[str, AgencyId]]
RoleKey: TypeAlias = tuple[SupportFunction, AgencyId, PersonId | None]
Reads: TypeAlias = Mapping[type[Event], frozenset[str]]

# What is read of a correction, whatever it corrects.
CORRECTION: Final[Reads] = {RecordCorrected: frozenset({"target_event_id", "field", "new_value"})}
# What a line of the case list is made of, and a case.
LINE: Final[Reads] = {
    **CORRECTION,
    **case_course.READS,
    SubjectIdentified: frozenset({"name", "kana"}),
    SubjectDetailsCorrected: frozenset({"name", "kana"}),
    CaseAccepted: frozenset({"main_responsible", "case_number", "accepted_on"}),
    CaseCarriedOver: frozenset({"case_number"}),
    CaseTransferred: frozenset({"on", "to_network", "case_number"}),
    ResponsibilityMoved: frozenset({"to_agency"}),
    HandoverConfirmed: frozenset({"main_responsible_to"}),
}
WHOLE: Final[Reads] = {**CORRECTION, **case_view.READS}


def reading(sight: Sight, reads: Reads) -> list[Seen]:
    """Of what may be seen, that much which is read."""
    found = (_reading(seen, reads) for seen in sight.seen(of=reads))
    return [each for each in found if each.visible]


def limited(seen: Seen, visible: Visible) -> Seen:
    """As much of it as may be seen in this way too."""
    bases = {n: basis for n, basis in seen.visible.bases.items() if n in visible.bases}
    return seen._replace(visible=msgspec.structs.replace(seen.visible, bases=bases))


class Showing:
    """For one agency, of one case. ``keys`` are asked to open only what may be seen."""

    def __init__(
        self,
        sealing: Sealing,
        keys: Keys,
        agencies: Agencies,
        case: CaseId,
        alias_of: Callable[[CaseId], CaseAlias],
    ) -> None:
        self._sealing: Final = sealing
        self._keys: Final = keys
        self._agencies: Final = agencies
        self._alias_of: Final = alias_of
        self._case: Final = case
        self.alias: Final = alias_of(case)
        # Whoever may not be named goes by an id made up for the while, also among ourselves.
        self._stands_for: Final[dict[AgencyId, AgencyId]] = {}
        self._stand_ins: Final[dict[AgencyId, AgencyId]] = {}
        self._in_role: Final[dict[RoleKey, AgencyId]] = {}

    def among(self, agencies: Agencies) -> "Showing":
        """The same, where these are the agencies that there are."""
        return Showing(self._sealing, self._keys, agencies, self._case, self._alias_of)

    def envelope(self, seen: Seen, now: Visible) -> Envelope:
        """``now``: what may be seen at this time; more is told to have been seen, and not shown."""
        entry, header, then = seen
        who = then.who if then is now else then.who & now.who
        return Envelope(
            id=header.id,
            type=entry.stored.type if then.what else DETAILS,
            occurred_at=header.occurred_at,
            recorded_at=entry.stored.recorded_at.replace(microsecond=0),
            case=self.alias,
            agency=self._author(header.agency, then, who),
            staff=header.staff if then.staff and now.staff else None,
            fields=self._fields(seen, now, who),
            bases=then.bases,
        )

    def events(self, found: Sequence[Seen]) -> Iterator[Event]:
        """As the agency may see them: all else is closed, and who may not be named stands in."""
        corrected = self._corrected(found)
        for seen in found:
            bases = seen.visible.bases
            event = self._sealing.open(seen.entry.stored, self._keys, bases).event
            changed: dict[str, Any] = {
                name: CLOSED for name in event.__struct_fields__ if name not in bases
            }
            for name, said in corrected.get(seen.header.id, {}).items():
                if name in bases:
                    changed[name] = corrected_value(type(event), name, said)
            for name in naming(type(event), AgencyId) & bases.keys():
                changed[name] = self._as_named(name, getattr(event, name), seen.visible)
            self._same_role(event, changed)
            yield msgspec.structs.replace(event, **changed)

    def _corrected(self, found: Sequence[Seen]) -> dict[UUID, dict[str, Sealed[str]]]:
        """Of which events which fields were put right, as far as that may be seen."""
        corrected: dict[UUID, dict[str, Sealed[str]]] = {}
        for seen in found:
            kind, bases = type(seen.entry.told.event), seen.visible.bases
            if kind is not RecordCorrected or not CORRECTION[kind] <= bases.keys():
                continue
            event = self._sealing.open(seen.entry.stored, self._keys, bases).event
            assert isinstance(event, RecordCorrected)
            name = event.field.rpartition("/")[2]
            corrected.setdefault(event.target_event_id, {})[name] = event.new_value
        return corrected

    def _same_role(self, event: Event, changed: dict[str, Any]) -> None:
        """A role ends as whoever it was given to, however that agency is told of by then."""
        match event:
            case RoleAssigned() if "agency_id" in changed:
                given = event.function, event.agency_id, event.person_id
                self._in_role[given] = changed["agency_id"]
            case RoleEnded() if changed.get("agency_id", CLOSED) != CLOSED:
                given = event.function, event.agency_id, event.person_id
                changed["agency_id"] = self._in_role.get(given, changed["agency_id"])
            case _:
                pass

    def view(self, found: Sequence[Seen]) -> CaseView:
        return case_view.project(self.events(found))

    def case(self, view: CaseView, at: datetime) -> CaseShown:
        return CaseShown(
            case=self.alias,
            status=view.course.status,
            stage=view.course.stage,
            closed_on=view.course.closed_on,
            opened_by=self.agency(view.opened_by),
            main_responsible=self.agency(view.main_responsible),
            number=view.number,
            accepted_on=view.accepted_on,
            name=view.name,
            kana=view.kana,
            birth_date=view.birth_date,
            contact=ContactShown(**asdict(view.contact)) if view.contact else None,
            addresses=tuple(AddressShown(**asdict(a)) for a in view.addresses),
            problems=view.problems,
            notes=view.notes,
            roles=tuple(
                RoleShown(r.function, self.agency_shown(r.agency), r.child) for r in view.roles
            ),
            support=supported(view.support, self.agency, date_in_japan(at)),
            consents=case_view.consents_on(view, date_in_japan(at)),
            wareki=in_wareki(view, "accepted_on", "birth_date")
            | in_wareki(view.course, "closed_on"),
        )

    def line(self, view: CaseView) -> CaseLine:
        return CaseLine(
            case=self.alias,
            status=view.course.status,
            stage=view.course.stage,
            name=view.name,
            kana=view.kana,
            number=view.number,
            accepted_on=view.accepted_on,
            main_responsible=self.agency(view.main_responsible),
            wareki=in_wareki(view, "accepted_on"),
        )

    def referral(self, found: Sequence[Seen], referral: ReferralId, side: Side) -> ReferralLine:
        events = [*self.events(found)]
        view = referral_view.project(events)
        assert view.status is not None, "something of it may be seen"
        happened = (seen.header.occurred_at for seen in found)
        at = referral_view.moments(zip(events, happened, strict=True))
        return ReferralLine(
            referral=referral,
            case=self.alias,
            side=side,
            kind=view.kind,
            status=view.status,
            sender=self.agency(view.sender),
            receiver=self.agency(view.receiver),
            purpose=view.purpose,
            urgency=view.urgency,
            sent_at=view.sent_at,
            respond_by=view.respond_by,
            answer_due=view.answer_due,
            accompanied=view.accompanied,
            received_at=at.received_at,
            answered_at=at.answered_at,
            handed_over_at=at.handed_over_at,
            ended_at=at.ended_at,
            unanswered_since=referral_view.unanswered_since(view.status, at),
            lead_times=lead_times(at),
        )

    def agency(self, named: AgencyId | None) -> AgencyShown | None:
        return None if named is None else self.agency_shown(named)

    def agency_shown(self, named: AgencyId) -> AgencyShown:
        """As it came out of a view: by its id, or by the one that stands in for it."""
        if (hidden := self._stands_for.get(named)) is not None:
            return self._agency(hidden, named=False)
        return AgencyShown(id=named)

    def _fields(self, seen: Seen, now: Visible, who: Who) -> dict[str, msgspec.Raw]:
        """All that was seen then; opened is what may be seen now."""
        (stored, told), header, then = seen
        shown = then.bases.keys() if then is now else then.bases.keys() & now.bases.keys()
        fields = {name: NOT_NOW for name in then.bases if name not in shown}
        for name, value in self._sealing.values(stored, header, self._keys, shown):
            fields[name] = msgspec.Raw(value)
        facts = facts_in(header)
        for name in then.bases:
            if name not in fields:
                fields[name] = self._told(told.event, name, who) or facts.get(name, NULL)
        return fields

    def _told(self, event: Event, name: str, who: Who) -> msgspec.Raw | None:
        """A field that is not given out as it stands in the log; ``None``, where it is."""
        if name in naming(type(event), CaseId):
            case: CaseId | None = getattr(event, name)
            return None if case is None else _raw(self._alias_of(case))
        if name not in naming(type(event), AgencyId):
            return None
        named: Named = getattr(event, name)
        if named is None:
            return None
        if isinstance(named, frozenset | tuple):
            # What stands in places beside others keeps its place.
            each_of = named if isinstance(named, tuple) else sorted(named)
            return _raw([self._agency(each, named=(name, each) in who) for each in each_of])
        return _raw(self._agency(named, named=(name, named) in who))

    def _author(self, agency: AgencyId, then: Visible, who: Who) -> AgencyShown:
        if then.alone:
            return AgencyShown()
        return self._agency(agency, named=(ACTING, agency) in who)

    def _agency(self, agency: AgencyId, *, named: bool) -> AgencyShown:
        if named:
            return AgencyShown(id=agency)
        known = self._agencies.get(agency)
        return AgencyShown(kind=known.kind if isinstance(known, KnownAgency) else None)

    def _as_named(self, name: str, named: Named, visible: Visible) -> Named:
        if named is None:
            return None
        if isinstance(named, frozenset):
            return frozenset(self._stand_in(name, each, visible) for each in named)
        if isinstance(named, tuple):
            return tuple(self._stand_in(name, each, visible) for each in named)
        return self._stand_in(name, named, visible)

    def _stand_in(self, name: str, agency: AgencyId, visible: Visible) -> AgencyId:
        if (name, agency) in visible.who:
            return agency
        stand_in = self._stand_ins.setdefault(agency, AgencyId(uuid4()))
        self._stands_for[stand_in] = agency
        return stand_in


def lead_times(at: Moments) -> LeadTimes:
    def until(then: datetime | None) -> timedelta | None:
        return then - at.sent_at if then and at.sent_at else None

    return LeadTimes(
        to_receipt=until(at.received_at),
        to_answer=until(at.answered_at),
        to_handover=until(at.handed_over_at),
    )


def by_name(agency: AgencyShown) -> tuple[str, str]:
    """An order that tells nothing of whoever is not named."""
    return str(agency.id or ""), agency.kind or ""


def _reading(seen: Seen, reads: Reads) -> Seen:
    read = reads.get(type(seen.entry.told.event), frozenset())
    bases = {name: basis for name, basis in seen.visible.bases.items() if name in read}
    return seen._replace(visible=msgspec.structs.replace(seen.visible, bases=bases))


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


NOT_NOW: Final = _raw(CLOSED)
NULL: Final = _raw(None)


def in_wareki(view: CaseView | Course, *days: Day) -> dict[Day, str]:
    """Those that are known, and may be seen."""
    known: dict[Day, object] = {name: getattr(view, name) for name in days}
    return {name: wareki(day) for name, day in known.items() if isinstance(day, date)}
