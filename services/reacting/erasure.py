"""Erasure (消去への対応): everyone who was ever told of her is asked to destroy it.

INV-E1: of whom something was asked when a consent ended, once more; of whom she still let know,
now; and of whom was told without her consent, too. Where a child of hers is erased and she is not,
they are asked for that of which something was recorded of the child.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, get_args
from uuid import UUID

from domain.case import CaseErased
from domain.categories import CategoryCode
from domain.emergency import EmergencyDisclosureAuthorised
from domain.model import AgencyId, EmergencyId, GrantId, PersonId
from domain.sharing import replay
from domain.statutory import StatutoryDisclosureRecorded, StatutoryId
from domain.trail.purges import PurgeRequested, RequestPurge
from domain.visibility import fields_of
from services.deciding import Source
from services.disclosing import WINDOW_S
from services.reacting import Happened, Known, LetOut, Process, Wanted


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
    for told, some in (*_asked_of(earlier), *_still_known(known.disclosed)):
        covers[told] |= some & about
    for told, since in _asked_of(known.record[len(earlier) :]):
        covers[told] -= since  # By people, or when what she took back before was settled.
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


def _still_known(
    disclosed: Iterable[LetOut],
) -> Iterator[tuple[Told, frozenset[CategoryCode]]]:
    """What was let out to them, also under what she never took back."""
    for each in disclosed:
        told = _on(each)
        if told is not None:
            yield told, frozenset({each.category})


def _on(each: LetOut) -> Told | None:
    """``None``: that they were told of it did not cross a boundary."""
    match each.basis, each.basis_id:
        case "CONSENT", UUID() as grant:
            return Told(each.recipient, grant=GrantId(grant))
        case "EMERGENCY", UUID() as emergency:
            return Told(each.recipient, emergency=EmergencyId(emergency))
        case "STATUTORY", UUID() as statutory:
            return Told(each.recipient, statutory=StatutoryId(statutory))
        case _:
            return None


ALL: Final[frozenset[CategoryCode]] = frozenset(get_args(CategoryCode))
ERASURE: Final = Process(
    "erasure", frozenset({CaseErased}), reacts, after_s=WINDOW_S, reads_disclosed=True
)
