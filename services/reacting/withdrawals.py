"""Withdrawals (撤回等の完了): settled once nothing is on its way, and then destroyed elsewhere.

INV-C6: whoever had received what they may not see any more is asked to destroy it, whatever took it
away. What they had received, the log says: each disclosure stands in it, from before it went out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from domain.agency import (
    AgencyDeactivated,
    AgencySucceeded,
    AgencySuspended,
    KnownAgency,
    those_after,
)
from domain.case import (
    CaseTransferred,
    DataRestricted,
    ParticipationEnded,
    ResponsibilityMoved,
    RoleEnded,
)
from domain.case.companions import CompanionCameOfAge
from domain.case.services import ServiceStatusChanged
from domain.categories import CategoryCode
from domain.consent_codes import PurgeCause
from domain.consent_ledger import (
    ConflictRecorded,
    ConsentExpired,
    ConsentNarrowed,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
)
from domain.emergency import EmergencyExpired
from domain.exclusions import ExclusionSet
from domain.items import FieldPath
from domain.meeting.events import InviteeRemoved, MeetingCancelled, MeetingClosed
from domain.model import AgencyId, Event, EventId, GrantId, stream_of
from domain.policy import BESIDE
from domain.referral import (
    HandoverConfirmed,
    ReferralDeclined,
    ReferralExpired,
    ReferralRedirected,
    ReferralWithdrawn,
)
from domain.sharing import replay
from domain.trail.blocked import SettleWithdrawal, ToDestroy, WithdrawalSettled
from domain.trail.purges import PurgeRequested
from domain.visibility import Look, Recipient, decide, fields_of, looking
from services.deciding import Source
from services.disclosing import WINDOW_S
from services.reacting import Happened, Known, LetOut, Process, Wanted


class Received(NamedTuple):
    """By whom, and by which of her consents."""

    recipient: AgencyId
    grant: GrantId


class Requested(NamedTuple):
    """``left_it``: when it was asked by rule, which may have left some fields of it open."""

    position: int
    left_it: datetime | None


def reacts(happened: Happened, known: Known) -> Iterator[Wanted]:
    event = happened.told.event
    cause = CAUSES[type(event)]
    told = _by_consent(known.disclosed)
    lost = _Lost(happened, known)
    if isinstance(event, OF_AN_AGENCY):
        told = [each for each in told if lost.befell(each.recipient)]
    grant: GrantId | None = getattr(event, "grant_id", None)
    taken, to_destroy = lost.then(told), lost.for_good(told)
    if not taken and isinstance(event, ONLY_IF_LOST):
        return
    received = {each.recipient for each in taken}
    received |= {each.recipient for each in told if each.basis_id == grant}
    settled = SettleWithdrawal(
        settles=happened.told.id,
        cause=cause,
        grant_id=grant,
        recipients=frozenset(received),
        to_destroy=tuple(
            ToDestroy(recipient=each.recipient, grant_id=each.grant, covers=frozenset(covers))
            for each, covers in sorted(to_destroy.items())
        ),
    )
    yield Wanted(f"settled:{happened.case}", settled, happened.case)


def _by_consent(disclosed: Iterable[LetOut]) -> list[LetOut]:
    """What somebody was told again, on the consent on which it was told last.

    Told once more in an emergency or by law, it has been received by her consent all the same.
    """
    last = {
        (each.recipient, each.event, each.field): each
        for each in disclosed
        if each.basis == "CONSENT" and each.basis_id
    }
    return [*last.values()]


Lost: TypeAlias = Mapping[Received, AbstractSet[CategoryCode]]
Fields: TypeAlias = frozenset[FieldPath]
NOW: Final = float("inf")  # Beyond every position.


class _Lost:
    """What was received and may not be seen any more: as the event left it; and not now either.

    What she has agreed to anew meanwhile is not to be destroyed; that it was taken away is so, too.

    What has been asked for since it was received, and was not seen any more then, is not asked for
    again. Who took over from whom it was told has it now.
    """

    def __init__(self, happened: Happened, known: Known) -> None:
        self._happened: Final = happened
        self._known: Final = known
        self._sources: Final = {source.told.id: source for source in known.record}
        self._looks: Final[dict[AgencyId, tuple[Look, Look]]] = {}
        self._seen: Final[dict[tuple[AgencyId, EventId], tuple[Fields, Fields]]] = {}
        self._looked: Final[dict[tuple[AgencyId, int], Look]] = {}

    def then(self, told: Sequence[LetOut]) -> Lost:
        return self._of(told, 0, self._happened.told.position)

    def for_good(self, told: Sequence[LetOut]) -> Lost:
        return self._of(told, 1, NOW)

    def befell(self, recipient: AgencyId) -> bool:
        """It, or whoever has what it was told: also that they came after whom she shut out."""
        event, having = self._happened.told.event, self._has(recipient)
        streams = (stream_of("agency", each) for each in having)
        took_over = isinstance(event, AgencySucceeded) and event.new in having
        return took_over or self._happened.told.stream in streams

    def _of(self, told: Sequence[LetOut], which: int, until: float) -> Lost:
        """``until``: up to which position it counts that something was asked for already."""
        lost = defaultdict[Received, set[CategoryCode]](set)
        for each in told:
            source = self._sources.get(each.event)
            if source is None or each.category in BESIDE or each.basis_id is None:
                continue
            received = Received(each.recipient, GrantId(each.basis_id))
            if each.category in lost.get(received, ()):
                continue
            having = self._has(each.recipient)
            if any(each.field in self._sees(who, source)[which] for who in having):
                continue
            if not self._asked_since(each, received, source, until):
                lost[received].add(each.category)
        return lost

    def _has(self, recipient: AgencyId) -> list[AgencyId]:
        """Whoever it was told, and who took over from them."""
        return [recipient, *those_after(recipient, self._known.roster.agencies)]

    def _asked_since(self, each: LetOut, received: Received, source: Source, until: float) -> bool:
        """What could still be seen when that category was asked for was not meant by it."""
        asked = self._asked.get((received.recipient, received.grant, each.category), ())
        return any(
            each.position < position < until
            and not (left_it and self._was_seen(each, source, position, left_it))
            for position, left_it in asked
        )

    @cached_property
    def _asked(self) -> Mapping[tuple[AgencyId, GrantId, CategoryCode], list[Requested]]:
        """A suspended agency was left no part of it, whatever it may see again."""
        settled = {
            event.settles: event.at
            for told, _ in self._known.record
            if isinstance(event := told.event, WithdrawalSettled) and event.cause != "SUSPENDED"
        }
        found = defaultdict[tuple[AgencyId, GrantId, CategoryCode], list[Requested]](list)
        for told, _ in self._known.record:
            if isinstance(event := told.event, PurgeRequested) and event.grant_id:
                requested = Requested(told.position, settled.get(event.because))
                for category in event.covers:
                    found[event.recipient, event.grant_id, category].append(requested)
        return found

    def _was_seen(self, each: LetOut, source: Source, position: int, at: datetime) -> bool:
        told, parts = source
        return any(
            field.path == each.field and field.name in bases
            for agency in self._has(each.recipient)
            for bases in [decide(self._look_at(agency, position, at), told, parts).bases]
            for field in fields_of(None, told, parts)
        )

    def _look_at(self, agency: AgencyId, position: int, at: datetime) -> Look:
        if (agency, position) not in self._looked:
            record = (s.told for s in self._known.record if s.told.position <= position)
            who = _who(agency, gone=False)
            self._looked[agency, position] = looking(replay(record), who, self._known.roster, at)
        return self._looked[agency, position]

    def _sees(self, agency: AgencyId, source: Source) -> tuple[Fields, Fields]:
        """As the event left it; and then or now."""
        told, parts = source
        key = agency, told.id
        if key not in self._seen:
            fields = [*fields_of(None, told, parts)]
            then, now = (
                frozenset(field.path for field in fields if field.name in bases)
                for bases in (decide(look, told, parts).bases for look in self._looks_of(agency))
            )
            self._seen[key] = then, then | now
        return self._seen[key]

    def _looks_of(self, agency: AgencyId) -> tuple[Look, Look]:
        if agency not in self._looks:
            itself = self._known.roster.agencies.get(agency)
            gone = isinstance(itself, KnownAgency) and (itself.suspended or itself.is_gone)
            went = gone or self._went(agency)
            self._looks[agency] = self._then(_who(agency, went)), self._now(_who(agency, gone))
        return self._looks[agency]

    def _went(self, agency: AgencyId) -> bool:
        """By this very event, which whoever then took over is left by."""
        match self._happened.told.event:
            case AgencySucceeded(new=new):
                return agency != new
            case event:
                return isinstance(event, OF_AN_AGENCY)

    def _then(self, who: Recipient) -> Look:
        until = self._happened.told.position
        record = (source.told for source in self._known.record if source.told.position <= until)
        return looking(replay(record), who, self._known.roster, self._happened.at)

    def _now(self, who: Recipient) -> Look:
        at = max(self._happened.at, self._known.until)
        return looking(
            replay(source.told for source in self._known.record), who, self._known.roster, at
        )


def _who(agency: AgencyId, gone: bool) -> Recipient:  # noqa: FBT001 (It is named where it is asked.)
    return Recipient(agency=agency, staff=None, pledged=True, suspended=gone)


OF_AN_AGENCY: Final = (AgencySuspended, AgencySucceeded, AgencyDeactivated)
# They end somebody's part in the case, or only might.
ONLY_IF_LOST: Final = (
    CaseTransferred,
    CompanionCameOfAge,
    ConflictRecorded,
    HandoverConfirmed,
    InviteeRemoved,
    MeetingCancelled,
    MeetingClosed,
    ReferralDeclined,
    ReferralExpired,
    ReferralRedirected,
    ReferralWithdrawn,
    ResponsibilityMoved,
    RoleEnded,
    ServiceStatusChanged,
    *OF_AN_AGENCY,
)
CAUSES: Final[Mapping[type[Event], PurgeCause]] = {
    ConsentWithdrawn: "WITHDRAWN",
    ConsentWithdrawnWordless: "WITHDRAWN",
    ConsentNarrowed: "NARROWED",
    ConsentRefused: "NARROWED",
    ConflictRecorded: "NARROWED",
    CompanionCameOfAge: "NARROWED",
    ConsentExpired: "EXPIRED",
    EmergencyExpired: "EXPIRED",
    ConsentSuperseded: "SUPERSEDED",
    ExclusionSet: "EXCLUDED",
    CaseTransferred: "PARTICIPATION_ENDED",
    HandoverConfirmed: "PARTICIPATION_ENDED",
    InviteeRemoved: "PARTICIPATION_ENDED",
    MeetingCancelled: "PARTICIPATION_ENDED",
    MeetingClosed: "PARTICIPATION_ENDED",
    ParticipationEnded: "PARTICIPATION_ENDED",
    ReferralDeclined: "PARTICIPATION_ENDED",
    ReferralExpired: "PARTICIPATION_ENDED",
    ReferralRedirected: "PARTICIPATION_ENDED",
    ReferralWithdrawn: "PARTICIPATION_ENDED",
    ResponsibilityMoved: "PARTICIPATION_ENDED",
    RoleEnded: "PARTICIPATION_ENDED",
    ServiceStatusChanged: "PARTICIPATION_ENDED",
    AgencySuspended: "SUSPENDED",
    AgencySucceeded: "SUSPENDED",
    AgencyDeactivated: "SUSPENDED",
    DataRestricted: "RESTRICTED",
}
WITHDRAWALS: Final = Process(
    "withdrawals", frozenset(CAUSES), reacts, after_s=WINDOW_S, reads_disclosed=True
)
