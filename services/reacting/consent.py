"""Consent (同意終了への対応): what rested on it is taken back; what it let be known, destroyed.

INV-C6: pending referrals that depended on it are withdrawn, and a purge is asked of everyone who
could see what it covered. Who that was, the decision says itself, before the event and after it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from typing import Final, NamedTuple, TypeAlias

from domain.agency import KnownAgency, NoAgency, with_those_before
from domain.categories import CategoryCode
from domain.consent_codes import PurgeCause
from domain.consent_ledger import (
    ConsentExpired,
    ConsentNarrowed,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
)
from domain.exclusions import ExclusionSet
from domain.fields import cut_of
from domain.header import PartLine
from domain.model import AgencyId, Event, GrantId
from domain.referral import KnownReferral, WithdrawReferral
from domain.sharing import Grant, Sharing, evolve, replay
from domain.timers import end_of
from domain.trail.purges import PurgeRequested, RequestPurge
from domain.visibility import Basis, Recipient, Roster, fields_of, found, looking, permitting
from services.deciding import Source
from services.deciding.knowing import referrals_of
from services.reacting import Happened, Known, Process, Wanted
from services.reacting.reach import Reach


def reacts(happened: Happened, known: Known) -> Iterator[Wanted]:
    yield from _referrals(happened, known.record)
    yield from _purges(happened, known)


def _referrals(happened: Happened, record: Iterable[Source]) -> Iterator[Wanted]:
    """Each that waits for an answer. Whether it still rests on something, its decider says."""
    pending = [
        each.referral_id
        for each in referrals_of(record).values()
        if isinstance(each, KnownReferral) and each.is_pending
    ]
    for each in sorted(pending):
        taken_back = WithdrawReferral(referral_id=each, reason="CONSENT_WITHDRAWN")
        yield Wanted(f"referral:{each}", taken_back, happened.case)


def _purges(happened: Happened, known: Known) -> Iterator[Wanted]:
    told, at = happened.told, happened.at
    earlier = [source for source in known.record if source.told.position < told.position]
    later = [source for source in known.record if source.told.position > told.position]
    before = replay(source.told for source in earlier)
    after = evolve(before, told)
    now = Now(replay((source.told for source in later), after), known.until)
    lost = _Lost(before, after, now, earlier, known.roster, at)
    cause = CAUSES[type(told.event)]
    for grant in lost.grants(told.event):
        grant_id = grant.granted.grant_id
        for agency in lost.recipients(grant):
            since = _asked_since(later, agency, grant_id)
            if covers := lost.by(agency, grant) - since:
                purge = RequestPurge(
                    recipient=agency, covers=covers, cause=cause, grant_id=grant_id
                )
                yield Wanted(f"purge:{grant_id}:{agency}", purge, happened.case)


def _asked_since(
    later: Iterable[Source], agency: AgencyId, grant: GrantId
) -> frozenset[CategoryCode]:
    """By somebody else, or by us before we were stopped."""
    return frozenset(
        category
        for told, _ in later
        if isinstance(told.event, PurgeRequested)
        and (told.event.recipient, told.event.grant_id) == (agency, grant)
        for category in told.event.covers
    )


class Now(NamedTuple):
    """What she has said by now."""

    sharing: Sharing
    at: datetime


class _Lost:
    """What an event takes from everybody's view, compared as the decision leaves it.

    What she has agreed to anew by now is not to be destroyed: when that ends, it is asked for.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (all that is compared)
        self,
        before: Sharing,
        after: Sharing,
        now: Now,
        earlier: Sequence[Source],
        roster: Roster,
        at: datetime,
    ) -> None:
        self._before: Final = before
        self._after: Final = after
        self._now: Final = now
        self._earlier: Final = earlier
        self._roster: Final = roster
        self._at: Final = at

    def grants(self, event: Event) -> Iterator[Grant]:
        """Consent to be told, and to nothing else, opens what can be lost."""
        if isinstance(event, ConsentEnd):
            named = self._before.grants.get(event.grant_id)
            yield from () if named is None else (named,)
        elif not isinstance(event, ExclusionSet) or event.agency_id:  # And of no person at work.
            yield from self._before.grants.values()

    def recipients(self, grant: Grant) -> Sequence[AgencyId]:
        """Whom it names, and who took over from them."""
        named = grant.granted.recipients
        took_over = {
            agency
            for agency, known in self._roster.agencies.items()
            if isinstance(known, KnownAgency) and known.predecessors & named
        }
        return sorted(named | took_over)

    def by(self, agency: AgencyId, grant: Grant) -> frozenset[CategoryCode]:
        """Of what others recorded, each category of which it could see something by this alone."""
        if not self._reach.ever(agency, grant):
            return frozenset()
        left = set(grant.granted.categories)
        itself = with_those_before([agency], self._roster.agencies)
        who = Recipient(agency=agency, staff=None, pledged=True)
        look = cache(partial(looking, self._after, who, self._roster, self._at))
        state = self._roster.agencies.get(agency, NoAgency())
        then = _while_in_force(grant, self._at)
        permitted = permitting(self._before, agency, then, known=state)
        still = permitting(self._after, agency, self._at, known=state)
        anew = permitting(self._now.sharing, agency, self._now.at, known=state)
        by_this = grant.granted.grant_id
        for told, parts in self._earlier:
            if not left:
                break
            if told.agency in itself or not _may_be_of(left, told.event, parts):
                continue
            for field in fields_of(self._before.subject, told, parts):
                if (
                    field.category in left
                    and self._reach.has(agency, grant, told, field)
                    and permitted(told, field) == by_this
                    and not still(told, field)
                    and not anew(told, field)
                    and not isinstance(found(look(), told, field), Basis)
                ):
                    left.discard(field.category)
        return grant.granted.categories - left

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self._earlier)


def _may_be_of(
    categories: AbstractSet[CategoryCode], event: Event, parts: Sequence[PartLine]
) -> bool:
    """Whether any of its fields is: most events are passed by at this."""
    return any(line.category in categories for line in parts) or not in_the_clear(
        type(event)
    ).isdisjoint(categories)


@cache
def in_the_clear(event: type[Event]) -> frozenset[CategoryCode]:
    """Of what its clear fields may be."""
    return frozenset[CategoryCode]().union(*(field.category.codes for field in cut_of(event).clear))


def _while_in_force(grant: Grant, at: datetime) -> datetime:
    """A moment at which it still was: what ends by the clock has ended before it is said."""
    until = grant.granted.valid_until
    if until is None or grant.granted.in_force(at):
        return at
    return end_of(until) - timedelta(microseconds=1)


ConsentEnd: TypeAlias = (
    ConsentWithdrawn
    | ConsentWithdrawnWordless
    | ConsentNarrowed
    | ConsentExpired
    | ConsentSuperseded
)
CAUSES: Final[Mapping[type[Event], PurgeCause]] = {
    ConsentWithdrawn: "WITHDRAWN",
    ConsentWithdrawnWordless: "WITHDRAWN",
    ConsentNarrowed: "NARROWED",
    ConsentExpired: "EXPIRED",
    ConsentSuperseded: "SUPERSEDED",
    ConsentRefused: "NARROWED",
    ExclusionSet: "EXCLUDED",
}
CONSENT: Final = Process("consent", frozenset(CAUSES), reacts)
