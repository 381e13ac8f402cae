"""What somebody reads is recorded as the gate records it, in a world without one."""

from collections.abc import Iterator

from domain.disclosed import Disclosed, DisclosureId
from domain.model import CaseId, PersonId, stream_of
from domain.policy import POLICY_VERSION
from domain.visibility import Visible, fields_of
from services.disclosing import NOT_RECORDED, Line, basis_id
from services.reacting import LetOut, let_out
from tests.settling import Done, Settling
from tests.world import Entry, Someone, World


def reads(world: World, who: Someone, case: CaseId) -> Disclosed | None:
    """All that they may see now of what others have recorded."""
    lines = [line for seen in world.shows(who, case) for line in _lines(who, *seen)]
    if not lines:
        return None
    disclosed = Disclosed(
        disclosure_id=DisclosureId(world.fresh()),
        case_id=case,
        recipient=who.agency,
        person=who.staff,
        channel="FEED",
        policy=POLICY_VERSION,
        events=tuple(line.event for line in lines),
        fields=tuple(line.path for line in lines),
        categories=tuple(line.category for line in lines),
        bases=tuple(line.basis.rule for line in lines),
        basis_ids=tuple(basis_id(line.basis) for line in lines),
    )
    stream = stream_of("disclosure", disclosed.disclosure_id)
    world.writes(who, stream, disclosed, None, PersonId(who.agency))
    return disclosed


def settles(world: World) -> list[Done]:
    """What follows by rule, from what was read."""
    return Settling(world, watching=LetOuts(world)).settle()


class LetOuts:
    """What was let out of a case, by the log."""

    def __init__(self, world: World) -> None:
        self._world = world

    def let_out(self, case: CaseId, until: int) -> list[LetOut]:
        return [
            line
            for entry in self._world.log[: until - 1]
            if isinstance(disclosed := entry.said, Disclosed) and disclosed.case_id == case
            for line in let_out(entry.told.position, disclosed)
        ]


def _lines(who: Someone, entry: Entry, visible: Visible) -> Iterator[Line]:
    if entry.told.agency == who.agency or not type(entry.said).disclosable:
        return
    for field in fields_of(None, entry.told, entry.parts):
        basis = visible.bases.get(field.name)
        if basis is not None and field.category not in NOT_RECORDED:
            yield Line(entry.told.id, field.path, field.category, basis)
