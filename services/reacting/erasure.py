"""Erasure (消去への対応): everyone who was ever told of her is asked to destroy it.

INV-E1: of whom something was asked when a consent ended, once more; of whom she still let know,
now; and of whom was told without her consent, too. Where a child of hers is erased and she is not,
they are asked for that of which something was recorded of the child.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, get_args

from domain.case import CaseErased
from domain.categories import CategoryCode
from domain.emergency import EmergencyDisclosureAuthorised
from domain.model import AgencyId, EmergencyId, GrantId, PersonId
from domain.sharing import replay
from domain.statutory import StatutoryDisclosureRecorded, StatutoryId
from domain.trail.purges import PurgeRequested, RequestPurge
from domain.visibility import fields_of
from services.deciding import Source
from services.reacting import Happened, Known, Process, Wanted
from services.reacting.reach import Reach


class Told(NamedTuple):
    """Who was told, and on what basis."""

    recipient: AgencyId
    grant: GrantId | None = None
    emergency: EmergencyId | None = None
    statutory: StatutoryId | None = None


def reacts(happened: Happened, known: Known) -> Iterator[Wanted]:
    event = happened.told.event
    assert isinstance(event, CaseErased)
    earlier = [each for each in known.record if each.told.position < happened.told.position]
    about = _about(event.scope, earlier)
    covers = defaultdict[Told, set[CategoryCode]](set)
    for told, some in (*_asked_of(earlier), *_still_known(earlier)):
        covers[told] |= some & about
    for told, categories in covers.items():
        if categories:
            purge = RequestPurge(
                recipient=told.recipient,
                covers=frozenset(categories),
                cause="ERASED",
                grant_id=told.grant,
                emergency_id=told.emergency,
                statutory_id=told.statutory,
            )
            yield Wanted(":".join(map(str, told)), purge, happened.case)


def _about(scope: frozenset[PersonId], record: Sequence[Source]) -> frozenset[CategoryCode]:
    """Of her, all there is; of whoever is with her, what was recorded of them."""
    subject = replay(source.told for source in record).subject
    if subject in scope:
        return ALL
    return frozenset(
        field.category
        for told, parts in record
        for field in fields_of(subject, told, parts)
        if field.person in scope
    )


def _asked_of(
    record: Iterable[Source],
) -> Iterator[tuple[Told, frozenset[CategoryCode]]]:
    for told, _ in record:
        match told.event:
            case PurgeRequested() as purge:
                basis = (purge.grant_id, purge.emergency_id, purge.statutory_id)
                yield Told(purge.recipient, *basis), purge.covers
            case EmergencyDisclosureAuthorised(in_force=True) as emergency:
                for each in sorted(emergency.recipients):
                    yield Told(each, emergency=emergency.emergency_id), emergency.categories
            case StatutoryDisclosureRecorded() as filed:
                yield Told(filed.recipient, statutory=filed.statutory_id), filed.categories
            case _:
                pass


def _still_known(record: Iterable[Source]) -> Iterator[tuple[Told, frozenset[CategoryCode]]]:
    """Under what she never took back, as far as they had a reason to look."""
    record = tuple(record)
    reach = Reach(record)
    for grant_id, grant in replay(source.told for source in record).grants.items():
        for each in sorted(grant.granted.recipients):
            if reach.ever(each, grant):
                yield Told(each, grant_id), grant.granted.categories


ALL: Final[frozenset[CategoryCode]] = frozenset(get_args(CategoryCode))
ERASURE: Final = Process("erasure", frozenset({CaseErased}), reacts)
