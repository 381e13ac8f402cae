"""Naming (名指し): whom an event names to an agency.

Where she is (LOC) is also told by who helps her. An agency that is a protective provider, or of
another prefecture than the reader's, is named only where LOC may be seen; so are the people and the
networks of an event with such an agency in it. A protective provider is also whoever is, or ever
was, commissioned to protect; and in what is said of a stay, or of a referral to one, whoever she
is with or is to go to. Of an agency not known the worst is assumed.
"""

from collections.abc import Container
from typing import Final

from domain.agency import Agency, KnownAgency, was_commissioned
from domain.case import ResponsibilityMoved, RoleAssigned, RoleEnded
from domain.case.stay_events import StayEvent
from domain.model import AgencyId, StreamId, stream_of
from domain.policy.naming import PROTECTIVE, SHOWN_AS_KEEPER
from domain.referral.events import ReferralDrafted
from domain.sharing import Sides, Told
from domain.visibility.asking import ACTING, Asked, Kind, each_agency
from domain.visibility.bases import Basis
from domain.visibility.look import Look
from domain.visibility.rules import first_to_decide

Names = frozenset[tuple[str, AgencyId]]  # In which field which agency.


def names_in(told: Told, kind: Kind) -> list[tuple[str, AgencyId]]:
    """Whom an event names: whose record it is, and each agency in each field."""
    names = [(ACTING, told.agency)]
    for slot in kind.naming:
        names += [(slot.name, agency) for agency in each_agency(told.event, slot.name)]
    return names


def to_itself(look: Look, told: Told, kind: Kind) -> Names:
    """Whom it names in its own record; whom the record filled in there, as if it were another's."""
    if not kind.naming:
        return whose_record(look, told)
    names = frozenset(names_in(told, kind))
    if not kind.filled_in:
        return names
    hidden = [
        (name, agency)
        for name, agency in names
        if name in kind.filled_in
        and _was_filled_in(told, kind.filled_in[name])
        and not _may_be_named(look, told, kind, name, agency)
    ]
    return names.difference(hidden) if hidden else names


def to_another(look: Look, told: Told, kind: Kind) -> tuple[Names, bool]:
    """Whom another's record names to it, and whether these are all."""
    if not (kind.naming or kind.tells_of_keeping) and is_near(look, told.agency):
        return whose_record(look, told), True
    names = names_in(told, kind)
    known = [each for each in names if _may_be_named(look, told, kind, *each)]
    return frozenset(known), len(known) == len(names)


def in_these(look: Look, told: Told, kind: Kind, fields: Container[str]) -> Names:
    """Whom it names in some of its fields, and nowhere else."""
    names = [each for each in names_in(told, kind) if each[0] in fields]
    return frozenset([each for each in names if _may_be_named(look, told, kind, *each)])


def whose_record(look: Look, told: Told) -> Names:
    itself = look.acting.get(told.agency.int)
    if itself is None:
        itself = look.acting[told.agency.int] = frozenset({(ACTING, told.agency)})
    return itself


def is_near(look: Look, agency: AgencyId) -> bool:
    """Whether to name it tells nothing of where she is."""
    near = look.near.get(agency.int)
    if near is None:
        agencies = look.facts.roster.agencies
        near = look.near[agency.int] = agency == look.agency or _hides_nobody(
            agencies.get(agency), agencies.get(look.agency)
        )
    return near


def _keeps(look: Look, told: Told, name: str, agency: AgencyId) -> bool:
    """Whether this event says that she stays there, or is to; to the two sides that is no news.

    That the Centre itself took her in says no more than that she is in its care.
    """
    if look.agency == agency:
        return False
    if isinstance(told.event, RoleEnded):
        return _was_to_keep_her(look, told, agency)
    sides = look.facts.sharing.parties.get(_brought_about_by(told))
    if not isinstance(sides, Sides):
        return isinstance(told.event, StayEvent) and _has_kept_her(look, told, agency)
    if not sides.to_stay or look.agency in sides:
        return False
    return agency == sides.receiver or name in OTHERS or _has_kept_her(look, told, agency)


def _was_to_keep_her(look: Look, told: Told, agency: AgencyId) -> bool:
    """What ends may have come of a referral to a stay, whichever it was."""
    return any(
        isinstance(sides, Sides)
        and sides.to_stay
        and sides.receiver == agency
        and sides.since < told.position
        and look.agency not in sides
        for sides in look.facts.sharing.parties.values()
    )


def _brought_about_by(told: Told) -> StreamId:
    """The referral by which it came to that; else, where it stands."""
    event = told.event
    if isinstance(event, RoleAssigned | ResponsibilityMoved) and event.decided_by:
        return stream_of("referral", event.decided_by)
    return told.stream


def _has_kept_her(look: Look, told: Told, agency: AgencyId) -> bool:
    known = look.facts.roster.agencies.get(agency)
    is_the_centre = isinstance(known, KnownAgency) and known.kind in SHOWN_AS_KEEPER
    since = look.facts.sharing.keepers.get(agency)
    return since is not None and told.position >= since and not is_the_centre


def was_passed_on(look: Look, told: Told) -> bool:
    """A draft of the sender's: whom she is sent to instead is not told who was asked before."""
    event = told.event
    return (
        isinstance(event, ReferralDrafted)
        and look.agency == event.to_agency
        and told.agency not in {event.from_agency, event.to_agency}
    )


def _was_filled_in(told: Told, by: str | None) -> bool:
    return by is None or getattr(told.event, by) is not None


def _may_be_named(look: Look, told: Told, kind: Kind, name: str, agency: AgencyId) -> bool:
    """Where it tells where she is, only if what the field says could be seen of it as LOC."""
    if is_near(look, agency) and not (kind.tells_of_keeping and _keeps(look, told, name, agency)):
        return True
    if not look.others["LOC"]:
        return False
    place = Asked(NAMELESS, f"{kind.tag}/{name}", "LOC", look.woman)
    return type(first_to_decide(look.others["LOC"], told, place)) is Basis


def _hides_nobody(named: Agency | None, reader: Agency | None) -> bool:
    if not (isinstance(named, KnownAgency) and isinstance(reader, KnownAgency)):
        return False
    near = named.prefecture is not None and named.prefecture == reader.prefecture
    return near and named.kind not in PROTECTIVE and not was_commissioned(named)


# In whose place another might take her in, or is to.
OTHERS: Final = frozenset({"alternative_agency", "new_to"})
NAMELESS: Final = ""  # That a field names the reader too tells it of no other in it.
