"""Drawing (図示): lines and lanes of a replay, from what is told of each event."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from contracts.envelope import AgencyShown
from contracts.replay import BasisShown, Gone, LaneShown, ReplayLine, SeenIn, event_says
from domain.agency import KnownAgency
from domain.calendar import date_in_japan, wareki
from domain.grievance import GrievanceReceived
from domain.meeting.events import MeetingPlanned, MeetingRequested
from domain.model import ITSELF, AgencyId, StreamId
from domain.policy import AllowId
from domain.referral import ReferralDrafted
from domain.visibility import ACTING, Agencies, Basis
from projections import swimlane
from projections.swimlane import Lanes, Whom
from services.replaying.lenses import Told
from services.showing import Showing
from services.sights import Record, Seen

Bases = Mapping[str, BasisShown]


class Drawing:
    """Lanes are numbered as they come: from the first line on, wherever a page begins."""

    def __init__(self, showing: Showing, record: Record, agencies: Agencies, own: AgencyId) -> None:
        self._showing: Final = showing
        self._agencies: Final = agencies
        self._own: Final = own
        self._parties: Final = parties_of(record)
        self._places: Final[dict[LaneShown, int]] = {}
        self._swim = Lanes()
        self.lanes: Final[list[LaneShown]] = []
        self.rules: Final[set[AllowId]] = set()

    def passes(self, told: Told) -> None:
        """It comes before the page, and is not shown; what it does in the lanes lasts."""
        self._stands(told)

    def line(
        self,
        told: Told,
        first: Told | None,
        second: Told | None,
        seen_in: SeenIn | None,
        gone: Mapping[str, Gone],
    ) -> ReplayLine:
        lane, of, to, holder = self._stands(told)
        shown = self._showing.envelope(told.seen, told.now)
        return ReplayLine(
            id=shown.id,
            type=shown.type,
            says=event_says(shown.type),
            occurred_at=shown.occurred_at,
            recorded_at=shown.recorded_at,
            on=wareki(date_in_japan(shown.occurred_at)),
            agency=shown.agency,
            staff=shown.staff,
            fields=shown.fields,
            bases=self._bases(first),
            others=self._bases(second),
            seen_in=seen_in,
            gone=gone,
            lane=lane,
            mark=self._swim.step.mark,
            of=of,
            to=to,
            holder=holder,
        )

    def _stands(self, told: Told) -> tuple[int, int | None, int | None, int | None]:
        """In which lanes: who recorded it, whose it is, to whom it goes; who answers for her."""
        lane = self._author(told)
        self._swims(told)
        step, holder = self._swim.step, self._swim.holder
        return lane, self._whom(step.of), self._whom(step.to), self._whom(holder)

    def _swims(self, told: Told) -> None:
        """Of what it was, and of what is opened of it, as much as the lanes are made of."""
        seen = told.seen
        if not seen.visible.what:
            self._swim = replace(self._swim, step=swimlane.Step())
            return
        (event,) = self._showing.events([_read(seen, told)])
        self._swim = swimlane.evolve(self._swim, seen.entry.told.stream, event)

    def _bases(self, told: Told | None) -> Bases:
        if told is None:
            return {}
        stream, bases = told.seen.entry.told.stream, told.seen.visible.bases
        self.rules.update(basis.rule for basis in bases.values())
        return {name: basis_shown(basis, stream, self._parties) for name, basis in bases.items()}

    def _author(self, told: Told) -> int:
        seen, agency = told.seen, told.seen.header.agency
        if seen.visible.alone:
            return self._lane(AgencyShown())
        if agency == ITSELF:
            return self._lane(AgencyShown(), by_itself=True)
        if (ACTING, agency) in seen.visible.who & told.now.who:
            return self._lane(AgencyShown(id=agency))
        known = self._agencies.get(agency)
        return self._lane(AgencyShown(kind=known.kind if isinstance(known, KnownAgency) else None))

    def _whom(self, whom: Whom | None) -> int | None:
        if whom is None:
            return None
        shown = None if whom == "UNSEEN" else self._showing.agency(whom)
        return self._lane(shown or AgencyShown())

    def _lane(self, shown: AgencyShown, *, by_itself: bool = False) -> int:
        """Of whom no more is told than of what kind they are, all of a kind are in one lane."""
        lane = self._shown(shown, by_itself=by_itself)
        if lane not in self._places:
            self._places[lane] = len(self.lanes)
            self.lanes.append(lane)
        return self._places[lane]

    def _shown(self, shown: AgencyShown, *, by_itself: bool) -> LaneShown:
        if shown.id is None:
            return LaneShown(agency=shown, by_itself=by_itself)
        known = self._agencies.get(shown.id)
        kind = known.kind if isinstance(known, KnownAgency) else None
        return LaneShown(agency=AgencyShown(id=shown.id, kind=kind), own=shown.id == self._own)


def _read(seen: Seen, told: Told) -> Seen:
    visible, now = seen.visible, told.now
    reads = swimlane.READS.get(type(seen.entry.told.event), frozenset())
    bases = {n: b for n, b in visible.bases.items() if n in reads and n in now.bases}
    return seen._replace(visible=replace(visible, bases=bases, who=visible.who & now.who))


def basis_shown(
    basis: Basis, stream: StreamId, parties: Mapping[StreamId, BasisShown]
) -> BasisShown:
    if basis.rule == "PARTY":
        return parties.get(stream, BY_PARTY)
    return BasisShown(
        rule=basis.rule,
        grant=basis.grant,
        emergency=basis.emergency,
        statutory=basis.statutory,
    )


def parties_of(record: Record) -> dict[StreamId, BasisShown]:
    """What an agency is a side of, by the stream it stands in."""
    found: dict[StreamId, BasisShown] = {}
    for entry in record.entries:
        match entry.told.event:
            case ReferralDrafted(referral_id=referral):
                found[entry.told.stream] = BasisShown(rule="PARTY", referral=referral)
            case MeetingRequested(meeting_id=meeting) | MeetingPlanned(meeting_id=meeting):
                found[entry.told.stream] = BasisShown(rule="PARTY", meeting=meeting)
            case GrievanceReceived(grievance_id=grievance):
                found[entry.told.stream] = BasisShown(rule="PARTY", grievance=grievance)
            case _:
                pass
    return found


BY_PARTY: Final = BasisShown(rule="PARTY")
