"""Hearing (既知): whether an agency knows already that another has to do with her."""

from collections.abc import Iterable, Sequence

from domain.case import CaseEvent, NoCase
from domain.consent_ledger.events import ConsentGranted
from domain.header import PartLine
from domain.model import AgencyId
from domain.sharing import Told
from domain.visibility import decide
from domain.visibility.agreeing import covering
from domain.visibility.look import Look
from domain.visibility.names import is_near


def may_name(
    look: Look, record: Iterable[tuple[Told, Sequence[PartLine]]], agency: AgencyId
) -> bool:
    """Whether to be told that this agency has to do with her tells nothing of where she is.

    Nor does it, where she stays there by its own decision, where she said to it that this agency
    may know, and where it may see of her case that another has named this one.
    """
    return (
        is_near(look, agency)
        or _placed_her(look, agency)
        or any(_heard(look, told, lines, agency) for told, lines in record)
    )


def _placed_her(look: Look, provider: AgencyId) -> bool:
    case = look.facts.sharing.case
    if isinstance(case, NoCase):
        return False
    known = case.stays
    going_on = (known.stays[stay] for stay in (known.active, known.decided) if stay)
    return any((each.decided_by, each.provider) == (look.agency, provider) for each in going_on)


def _heard(look: Look, told: Told, lines: Sequence[PartLine], agency: AgencyId) -> bool:
    event, facts = told.event, look.facts
    if told.agency == look.agency:
        return isinstance(event, ConsentGranted) and any(
            event.grant_id in covering(facts.sharing, agency, category, facts.at)
            for category in event.categories
        )
    if not isinstance(event, CaseEvent):
        return False
    return any(named == agency for _, named in decide(look, told, lines).who)
