"""Grants (同意): explained, given, narrowed, taken back, ended. Each keeps its whole scope."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import reduce
from typing import Final, Literal, TypeAlias, assert_never, get_args

import msgspec

from domain.calendar import is_over
from domain.categories import CategoryCode
from domain.codes import ConsentKind, Grantor, History, Label, Purpose, UntilEvent
from domain.consent_ledger.events import (
    ConsentExpired,
    ConsentExplained,
    ConsentGranted,
    ConsentNarrowed,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
    GrantEvent,
)
from domain.items import FieldPath
from domain.machine import NOT_YET, Edge, Machine, edges
from domain.model import AgencyId, GrantId, MeetingId, PersonId, StayId

IN_FORCE: Final = ("GRANTED", "NARROWED")
GRANT: Final = Machine(
    name=Label("同意", "Consent"),
    states={
        "EXPLAINED": Label("説明済み", "Explained"),
        "GRANTED": Label("同意", "Granted"),
        "NARROWED": Label("範囲を縮小して継続", "Narrowed"),
        "REFUSED": Label("拒否", "Refused"),
        "WITHDRAWN": Label("撤回", "Withdrawn"),
        "EXPIRED": Label("期間終了", "Expired"),
        "SUPERSEDED": Label("新しい同意に切り替え", "Superseded"),
    },
    edges=(
        Edge(NOT_YET, ConsentExplained, "EXPLAINED"),
        Edge(NOT_YET, ConsentRefused, "REFUSED"),  # She may refuse before she is asked,
        Edge("EXPLAINED", ConsentGranted, "GRANTED"),
        Edge("EXPLAINED", ConsentRefused, "REFUSED"),
        Edge("EXPLAINED", ConsentWithdrawn, "WITHDRAWN"),  # and change her mind before she agrees.
        Edge("EXPLAINED", ConsentWithdrawnWordless, "WITHDRAWN"),
        *edges(ConsentNarrowed, IN_FORCE, "NARROWED"),
        *edges(ConsentWithdrawn, IN_FORCE, "WITHDRAWN"),
        *edges(ConsentWithdrawnWordless, IN_FORCE, "WITHDRAWN"),
        *edges(ConsentExpired, IN_FORCE, "EXPIRED"),
        *edges(ConsentSuperseded, IN_FORCE, "SUPERSEDED"),
    ),
)


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """What she agreed to, without what she has taken out of it since."""

    grant_id: GrantId
    kind: ConsentKind
    grantor: Grantor
    grantor_id: PersonId
    recipients: frozenset[AgencyId]
    given_to: frozenset[AgencyId]  # Who was among them at first.
    via_meeting: MeetingId | None
    categories: frozenset[CategoryCode]
    only_fields: frozenset[FieldPath] | None
    excluded_fields: frozenset[FieldPath]
    purpose: Purpose
    granted_at: datetime
    valid_until: date | None
    until_event: UntilEvent | None
    until_stay: StayId | None
    history: History
    obtained_by: AgencyId
    late_entry: bool
    refused: Mapping[AgencyId, frozenset[CategoryCode]] = {}  # To whom she has since said no.
    narrowed: bool = False
    fewer_fields: bool = False  # She has taken some out since.

    def in_force(self, at: datetime) -> bool:
        """Not before she gave it; a date means the end of that day in Japan."""
        ended = self.valid_until is not None and is_over(self.valid_until, at)
        return self.granted_at <= at and not ended

    def left_to(self, agencies: Iterable[AgencyId]) -> frozenset[CategoryCode]:
        """What of it, where it goes to them at all, she has not since refused them by name."""
        return self.categories.difference(*(self.refused.get(each, NOTHING) for each in agencies))

    def is_refused_to(self, agencies: AbstractSet[AgencyId]) -> bool:
        """Whether she has since said no to them, by name: in it or not, nothing of it is theirs."""
        if self.kind == "INFORMATION":
            return not self.left_to(agencies)
        return not agencies.isdisjoint(self.refused)

    def names(self, path: FieldPath) -> bool:
        return path not in self.excluded_fields and (
            self.only_fields is None or path in self.only_fields
        )


class Declined(msgspec.Struct, frozen=True, kw_only=True):
    kind: ConsentKind
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]

    def is_about(
        self,
        kind: ConsentKind,
        recipients: frozenset[AgencyId],
        categories: frozenset[CategoryCode],
    ) -> bool:
        """Where no category is named, all of them were refused."""
        some = not self.categories or not categories or bool(self.categories & categories)
        return kind == self.kind and bool(recipients & self.recipients) and some


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """``was``: what it had opened to the last; nothing, where she had not agreed yet."""

    how: Literal["WITHDRAWN", "EXPIRED", "SUPERSEDED"]
    was: Granted | None


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """``refused_since``: what she has said no to under another name, since it was explained."""

    kind: ConsentKind
    purpose: Purpose
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]
    refused_since: tuple[Declined, ...] = ()


Grant: TypeAlias = Explained | Granted | Declined | Ended
Grants: TypeAlias = Mapping[GrantId, Grant]


def state_of(grant: Grant | None) -> str:
    match grant:
        case None:
            return NOT_YET
        case Explained():
            return "EXPLAINED"
        case Granted(narrowed=narrowed):
            return "NARROWED" if narrowed else "GRANTED"
        case Declined():
            return "REFUSED"
        case Ended(how=how):
            return how
    assert_never(grant)


def said_no(grant: Grant, kind: ConsentKind, agencies: frozenset[AgencyId]) -> bool:
    """Whether she has named one of them here as one she does not want, for this kind of step."""
    match grant:
        case Declined():
            return grant.is_about(kind, agencies, NOTHING)
        case (Granted() as said) | Ended(was=Granted() as said):
            return (said.kind, said.grantor) == (kind, "SUBJECT") and said.is_refused_to(agencies)
        case _:
            return False


def evolve(grants: Grants, event: GrantEvent) -> Grants:
    after = _become(grants.get(event.grant_id), event)
    if isinstance(after, Declined):
        grants = {key: _after(each, after) for key, each in grants.items()}
    return {**grants, event.grant_id: after}


def _after(grant: Grant, refusal: Declined) -> Grant:
    match grant:
        case Explained(refused_since=since):
            return msgspec.structs.replace(grant, refused_since=(*since, refusal))
        case Granted():
            return _without(grant, refusal)
        case _:
            return grant


def _without(grant: Granted, refusal: Declined) -> Granted:
    """What another adult has agreed to for herself is not the woman's to refuse."""
    if grant.kind != refusal.kind or grant.grantor == "ADULT_COMPANION":
        return grant
    return _refused(grant, refusal.recipients, refusal.categories)


def _refused(
    grant: Granted, agencies: Iterable[AgencyId], categories: frozenset[CategoryCode]
) -> Granted:
    """Where no category is named, all of them were refused."""
    of = categories or CODES
    more = {agency: grant.refused.get(agency, NOTHING) | of for agency in agencies}
    return msgspec.structs.replace(grant, refused={**grant.refused, **more})


def _become(before: Grant | None, event: GrantEvent) -> Grant:
    was = before if isinstance(before, Granted) else None
    match event:
        case ConsentExplained():
            return Explained(
                kind=event.kind,
                purpose=event.purpose,
                recipients=event.recipients,
                categories=event.categories,
            )
        case ConsentGranted():
            since = before.refused_since if isinstance(before, Explained) else ()
            return reduce(_without, since, granted(event))
        case ConsentRefused():
            return Declined(
                kind=event.kind, recipients=event.recipients, categories=event.categories
            )
        case ConsentNarrowed():
            assert was is not None, "only what was granted can be narrowed"
            return _narrowed(was, event)
        case ConsentWithdrawn() | ConsentWithdrawnWordless():
            return Ended(how="WITHDRAWN", was=was)
        case ConsentExpired():
            return Ended(how="EXPIRED", was=was)
        case ConsentSuperseded():
            return Ended(how="SUPERSEDED", was=was)
    assert_never(event)


def granted(event: ConsentGranted) -> Granted:
    return Granted(
        grant_id=event.grant_id,
        kind=event.kind,
        grantor=event.grantor,
        grantor_id=event.grantor_id,
        recipients=event.recipients,
        given_to=event.recipients,
        via_meeting=event.via_meeting,
        categories=event.categories,
        only_fields=event.only_fields,
        excluded_fields=event.excluded_fields or frozenset(),
        purpose=event.purpose,
        granted_at=event.granted_at,
        valid_until=event.valid_until,
        until_event=event.until_event,
        until_stay=event.until_stay,
        history=event.history,
        obtained_by=event.obtained_by,
        late_entry=event.late_entry,
    )


def _narrowed(grant: Granted, event: ConsentNarrowed) -> Granted:
    removed = event.removed_recipients or frozenset()
    return msgspec.structs.replace(
        _refused(grant, removed, CODES),
        recipients=grant.recipients - removed,
        categories=grant.categories - event.removed_categories,
        excluded_fields=grant.excluded_fields | (event.removed_fields or frozenset()),
        narrowed=True,
        fewer_fields=grant.fewer_fields or bool(event.removed_fields),
    )


CODES: Final[frozenset[CategoryCode]] = frozenset(get_args(CategoryCode))
NOTHING: Final[frozenset[CategoryCode]] = frozenset()
