"""Supposing (もし): what would follow if she agreed to something, or took it back.

It is done, in a log that is laid over the log and thrown away: the command takes the way every
command takes, and what follows by rule follows. Then it is compared what could be seen before and
after. So there are no second rules, and nothing is recorded.

Told is what rests on the consents that whoever asks has obtained, of what they may see themselves.
What somebody would lose is decided over all there is: she is told what would happen. What somebody
would gain is decided over what whoever asks may know, as if there were nothing else: it says of
nobody whether they have a part in her case.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple, cast
from uuid import UUID, uuid4

from contracts.answers import Accepted, Answer, Refusal
from contracts.envelope import AgencyShown
from contracts.problems import spoken
from contracts.replay import event_says
from contracts.trail import PurgeAsked, ToldOf
from contracts.what_if import (
    AskedBack,
    Change,
    If,
    IfExcluded,
    IfGranted,
    IfInvited,
    IfNarrowed,
    IfWithdrawn,
    Touched,
    WhatIf,
)
from domain.agency import KnownAgency
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.consent_ledger import (
    ExplainConsent,
    GrantConsent,
    GrantNotFound,
    NarrowConsent,
    WithdrawConsent,
)
from domain.consent_ledger.grants import Granted
from domain.exclusions import SetExclusion
from domain.meeting.commands import AddInvitee
from domain.meeting.events import MeetingCancelled, MeetingClosed
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    GrantId,
    MeetingId,
    PersonId,
    StreamId,
)
from domain.policy import BESIDE
from domain.referral import KnownReferral, ReferralWithdrawn
from domain.sharing import Gathering, Sharing, replay
from domain.visibility import (
    Basis,
    Recipient,
    Roster,
    Visible,
    angle,
    decide,
    fields_of,
    looking,
)
from services.aliases import Aliases
from services.deciding import Source
from services.deciding.knowing import referrals_of
from services.handling import Ask, Handling
from services.looking import Looked, Looking, Reader, Row, said
from services.ports import (
    EPOCH,
    Append,
    Cases,
    Clock,
    EventLog,
    Fact,
    Keys,
    LaneName,
    Outcome,
    Read,
    Reading,
    StoredEvent,
)
from services.reacting.doing import Doing
from services.reacting.knowing import Knowing
from services.reacting.processes import PROCESSES
from services.replaying.lenses import known_to_take_part
from services.sealing import Sealing, header_of
from services.sights import Entry, Record
from services.trailing import Kept, Telling, kept_by, lettings

STEPS_MAX: Final = 200
# Of an agency, each field of each event that it sees, and on which basis.
Sees = Mapping[tuple[int, str], Basis]


class Supposing:
    def __init__(self, looking: Looking, sealing: Sealing, clock: Clock, aliases: Aliases) -> None:
        self._looking: Final = looking
        self._sealing: Final = sealing
        self._clock: Final = clock
        self._aliases: Final = aliases

    async def suppose(self, reader: Reader, case: CaseId, what: If) -> WhatIf | None:
        """``None``: for whoever asks there is no such case."""

        async def decided(looked: Looked) -> Row[WhatIf] | None:
            now = looked.now[case]
            kept = kept_by(reader, looked, case, operator=None)
            if not now.takes_part or next(now.seen(), None) is None or kept is None:
                return None
            # Whoever is refused has asked, too.
            await self._looking.gate.note(reader, "ANOTHERS_VIEW", [case])
            _check_obtained(what, kept)
            overlay = Overlay(self._looking.log, looked.head, self._clock.now())
            await self._happens(overlay, reader, case, what)
            supposed = Looking(
                cast("EventLog", overlay),
                self._looking.gate,
                self._sealing,
                self._clock,
                self._aliases,
            )
            then = await supposed.look(reader, case)
            disclosed = await lettings(self._looking, case, looked.head)
            kept_then = kept_by(reader, then, case, operator=None) or kept
            telling = Telling(kept_then, then, case, disclosed)
            comparing = Comparing(reader, looked, then, case, kept_then, telling.received_by)
            asked_back = (each for _, each in islice(telling.items(looked.head), STEPS_MAX))
            return said(comparing.told(what, self._aliases, [*asked_back]))

        return await self._looking.fetch(reader, "REPORT", case, decided)

    async def _happens(self, overlay: "Overlay", reader: Reader, case: CaseId, what: If) -> None:
        """What is supposed, and all that follows from it by rule."""
        log = cast("EventLog", overlay)
        handling = Handling(log, NoKeyring(), self._sealing, self._clock)
        if isinstance(what, IfGranted):
            explained = await _done(handling, reader, case, _explained(what))
            assert explained.made is not None
            await _done(handling, reader, case, _granted(what, GrantId(explained.made)))
        else:
            await _done(handling, reader, case, _command(what))
        knowing, doing = Knowing(log, self._sealing), Doing(handling, _unheard)
        for nth in range(STEPS_MAX):
            if nth >= len(overlay.added):
                return
            stored = overlay.added[nth]
            for process in PROCESSES:
                if stored.type not in process.tags or header_of(stored).case != case:
                    continue
                happened, known = await knowing.of(stored, case, disclosed=process.reads_disclosed)
                for wanted in process.reacts(happened, known):
                    await doing.do(process.name, happened.told.id, wanted)


class Overlay:
    """As much of ``services.ports.EventLog`` as deciding takes; what is appended stays here."""

    def __init__(self, log: EventLog, head: int, now: datetime) -> None:
        self._log: Final = log
        self._head: Final = head
        self._at: Final = ((now - EPOCH) // timedelta(microseconds=1)).to_bytes(
            8, "big", signed=True
        )
        self.added: Final[list[StoredEvent]] = []

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        del lane
        for new in append.events:
            self.added.append(
                StoredEvent(
                    self._head + len(self.added) + 1,
                    new.stream,
                    new.version,
                    new.type,
                    self._at + new.header,
                    new.parts,
                    new.facts,
                )
            )
        return Outcome("appended")

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        reading = await self._log.recall(*streams)
        added = {
            stream: [
                *(fact for fact in facts if fact.position <= self._head),
                *(Fact(e.position, e.type, e.facts_said or b"") for e in self._of(stream)),
            ]
            for stream, facts in reading.streams.items()
        }
        return Reading(reading.head, added)

    async def last(self, *streams: StreamId) -> Mapping[StreamId, StoredEvent | None]:
        last = await self._log.last(*streams)
        return {each: next(reversed([*self._of(each)]), last[each]) for each in streams}

    async def of_cases(self, *cases: CaseId) -> Cases:
        found = await self._log.of_cases(*cases)
        events = {
            case: [
                *(e for e in stored if e.position <= self._head),
                *(e for e in self.added if header_of(e).case == case),
            ]
            for case, stored in found.events.items()
        }
        return Cases(found.head, events)

    async def disclosed(self, case: CaseId) -> Sequence[StoredEvent]:
        return [e for e in await self._log.disclosed(case) if e.position <= self._head]

    async def overtaken(self, reads: Sequence[Read]) -> AbstractSet[int]:
        return await self._log.overtaken(reads)

    def _of(self, stream: StreamId) -> Iterator[StoredEvent]:
        return (each for each in self.added if each.stream == stream)


class NoKeyring:
    """What is only supposed is sealed so that nobody ever opens it, and no key is made for it."""

    async def keys(self, persons: frozenset[PersonId]) -> Keys:
        return dict.fromkeys(persons, UNKNOWN)

    async def make(self, person: PersonId) -> None: ...


class Seeing(NamedTuple):
    """Records as they stand at one time, and who is named in them."""

    record: Sequence[Source]
    sharing: Sharing
    roster: Roster
    at: datetime

    def by(self, agency: AgencyId) -> Sees:
        known = self.roster.agencies.get(agency)
        gone = isinstance(known, KnownAgency) and (known.suspended or known.is_gone)
        who = Recipient(agency=agency, staff=None, pledged=True, suspended=gone)
        look = looking(self.sharing, who, self.roster, self.at)
        # Decided once for all events that are seen from one angle.
        decided: dict[Hashable, Visible] = {}
        sees: dict[tuple[int, str], Basis] = {}
        for told, parts in self.record:
            if told.agency == agency:
                continue
            seen_from = angle(look, told)
            if seen_from not in decided:
                decided[seen_from] = decide(look, told, parts)
            for name, basis in decided[seen_from].bases.items():
                sees[told.position, name] = basis
        return sees


class Comparing:
    """Before and after, as far as it is told to whoever asks."""

    def __init__(  # noqa: PLR0913, PLR0917 (what is compared, and how much of it is told)
        self,
        reader: Reader,
        before: Looked,
        after: Looked,
        case: CaseId,
        kept: Kept,
        received_by: AbstractSet[AgencyId],
    ) -> None:
        self._reader: Final = reader
        self._case: Final = case
        self._kept: Final = kept
        self._before: Final = before
        self._after: Final = after
        now, head = before.now[case], before.head
        self._known: Final = known_to_take_part(now, head) | received_by
        self._mine: Final = {
            entry.told.position: entry
            for entry in after.records[case].entries
            # What it would open to whoever asks is not known to them by asking.
            if (now if entry.told.position <= head else after.now[case]).visible(entry).what
        }

    def told(self, what: If, aliases: Aliases, followed: Sequence[object]) -> WhatIf:
        agencies = sorted(self._whom(what))
        return WhatIf(
            case=aliases.alias(self._reader.agency, self._case),
            suppose=what,
            changes=tuple(self._change(agency) for agency in agencies),
            asked_back=tuple(
                AskedBack(
                    agency=each.of, categories=each.categories, due=each.due, due_on=each.due_on
                )
                for each in followed
                if isinstance(each, PurgeAsked) and each.categories
            ),
            referrals=self._referrals(agencies),
            meetings=self._meetings(agencies),
        )

    def _whom(self, what: If) -> frozenset[AgencyId]:
        match what:
            case IfGranted(recipients=recipients):
                return recipients
            case IfExcluded(agency=agency) | IfInvited(agency=agency):
                return frozenset({agency})
            case IfNarrowed(grant=grant) | IfWithdrawn(grant=grant):
                sharing = replay(e.told for e in self._before.records[self._case].entries)
                given = sharing.ledger.get(grant)
                return given.recipients if isinstance(given, Granted) else frozenset()

    def _change(self, agency: AgencyId) -> Change:
        known = self._after.roster.agencies.get(agency)
        kind = known.kind if isinstance(known, KnownAgency) else None
        gains, gained = self._said(self._gained(agency))
        loses, lost = self._said(self._lost(agency))
        shown = AgencyShown(id=agency, kind=kind)
        return Change(agency=shown, gains=gains, gained=gained, loses=loses, lost=lost)

    def _lost(self, agency: AgencyId) -> set[tuple[int, str]]:
        """By all there is; of whom they know, and of what rests on what they have obtained."""
        if agency not in self._known:
            return set()
        was, now = (seeing.by(agency) for seeing in self._all)
        return {key for key, basis in was.items() if self._rests(basis) and key not in now}

    def _gained(self, agency: AgencyId) -> set[tuple[int, str]]:
        """As if there were nothing but what they may know."""
        before, after = (seeing.by(agency) for seeing in self._may_know)
        return {key for key in after if key not in before and key[0] <= self._before.head}

    @cached_property
    def _all(self) -> tuple[Seeing, Seeing]:
        """Before and after."""
        case = self._case
        was, now = self._before.records[case], self._after.records[case]
        return _seeing(self._before, was), _seeing(self._after, now)

    @cached_property
    def _may_know(self) -> tuple[Seeing, Seeing]:
        then = self._after.records[self._case]
        may_know = [e for e in then.entries if e.told.position in self._mine]
        was = [entry for entry in may_know if entry.told.position <= self._before.head]
        before = _seeing(self._before, Record(then.case, was))
        return before, _seeing(self._after, Record(then.case, may_know))

    def _rests(self, basis: Basis) -> bool:
        of: UUID | None = basis.grant or basis.emergency or basis.statutory
        return of in self._kept.gives

    def _said(
        self, fields: AbstractSet[tuple[int, str]]
    ) -> tuple[tuple[CategoryCode, ...], tuple[ToldOf, ...]]:
        """By type, of what they may know what it is."""
        categories: set[CategoryCode] = set()
        of = defaultdict[str, dict[str, None]](dict)
        for position in sorted({at for at, _ in fields} & self._mine.keys()):
            entry = self._mine[position]
            for field in fields_of(None, entry.told, header_of(entry.stored).parts):
                if (position, field.name) in fields and field.category not in BESIDE:
                    categories.add(field.category)
                    of[entry.stored.type][field.name] = None
        told = (
            ToldOf(type=type_, says=event_says(type_), fields=tuple(names))
            for type_, names in of.items()
        )
        return tuple(sorted(categories)), tuple(told)

    def _referrals(self, agencies: Sequence[AgencyId]) -> tuple[Touched, ...]:
        """Those that wait for an answer, with one of these on the other side."""
        withdrawn = {
            entry.told.stream
            for entry in self._after.records[self._case].entries
            if entry.told.position > self._before.head
            and isinstance(entry.told.event, ReferralWithdrawn)
        }
        found = (
            Touched(referral=each.referral_id, withdrawn=stream in withdrawn)
            for stream, each in referrals_of(self._sources()).items()
            if isinstance(each, KnownReferral)
            and each.is_pending
            and any(map(each.side_of, agencies))
        )
        return tuple(sorted(found, key=lambda each: each.referral))

    def _meetings(self, agencies: Sequence[AgencyId]) -> tuple[MeetingId, ...]:
        """Those that are still to close, with one of these among them."""
        told = [entry.told for _, entry in sorted(self._mine.items())]
        closed = {t.stream for t in told if isinstance(t.event, MeetingClosed | MeetingCancelled)}
        streams = {
            stream
            for stream, party in replay(told).parties.items()
            if isinstance(party, Gathering)
            and stream not in closed
            and not party.invited.isdisjoint(agencies)
        }
        ids = {
            meeting
            for each in told
            if each.stream in streams and (meeting := getattr(each.event, "meeting_id", None))
        }
        return tuple(sorted(ids))

    def _sources(self) -> list[Source]:
        """What they may know, as it stands now."""
        until = self._before.head
        return [
            Source(entry.told, header_of(entry.stored).parts)
            for position, entry in sorted(self._mine.items())
            if position <= until
        ]


def _seeing(looked: Looked, record: Record) -> Seeing:
    told = [entry.told for entry in record.entries]
    sources = [_source(entry) for entry in record.entries]
    return Seeing(sources, replay(told), looked.roster, looked.at)


def _source(entry: Entry) -> Source:
    return Source(entry.told, header_of(entry.stored).parts)


def _check_obtained(what: If, kept: Kept) -> None:
    """A consent that another has obtained is, for whoever asks, none."""
    if isinstance(what, IfNarrowed | IfWithdrawn) and what.grant not in kept.gives:
        raise GrantNotFound


def _command(what: IfNarrowed | IfWithdrawn | IfExcluded | IfInvited) -> AnyCommand:
    match what:
        case IfNarrowed():
            return NarrowConsent(
                grant_id=what.grant,
                removed_categories=what.categories,
                removed_recipients=what.recipients,
                removed_fields=what.fields,
            )
        case IfWithdrawn():
            return WithdrawConsent(grant_id=what.grant)
        case IfExcluded():
            return SetExclusion(agency_id=what.agency)
        case IfInvited():
            return AddInvitee(meeting_id=what.meeting, agency_id=what.agency)


def _explained(what: IfGranted) -> ExplainConsent:
    return ExplainConsent(
        kind="INFORMATION",
        purpose=what.purpose,
        recipients=what.recipients,
        categories=what.categories,
        language="ja",
        material_version="-",
        # She wishes it: so what she has refused elsewhere is not found out by asking.
        asked_again_because="HER_WISH",
    )


def _granted(what: IfGranted, grant: GrantId) -> GrantConsent:
    by_default = what.valid_until is None and what.until_event is None
    return GrantConsent(
        grant_id=grant,
        kind="INFORMATION",
        grantor="SUBJECT",
        recipients=what.recipients,
        categories=what.categories,
        purpose=what.purpose,
        valid_until=what.valid_until,
        until_event="CASE_CLOSE" if by_default else what.until_event,
        history=what.history,
        method="WRITTEN",
    )


async def _done(handling: Handling, reader: Reader, case: CaseId, command: AnyCommand) -> Accepted:
    """Refused as it would be if it were earnest."""
    ask = Ask(
        id=CommandId(uuid4()),
        agency=reader.agency,
        staff=reader.staff,
        role=reader.role,
        command=command,
        case=case,
    )
    answer = await handling.suppose(ask)
    if isinstance(answer, Refusal):
        raise spoken(answer.code)(**answer.facts)
    return answer


def _unheard(process: str, answer: Answer) -> None:
    """It was not earnest."""


UNKNOWN: Final = bytes(32)
