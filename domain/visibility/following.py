"""Following (承継した機関): that there is a case which an agency may go on with in another's place.

Nothing that is said in it is opened by that: what she agreed to share with the one before passes on
as consent does, and what that one recorded is for itself alone.
"""

from domain.case import KnownCase, answering
from domain.case.closing import FOLLOWED
from domain.model import AgencyId
from domain.visibility.facts import Facts


def whom_it_follows(facts: Facts) -> AgencyId | None:
    """Whose case nobody has in hand since it took over from that one; none, where it is hidden."""
    case = facts.sharing.case
    if not isinstance(case, KnownCase) or case.status not in FOLLOWED or _is_hidden(facts):
        return None
    before = answering(case)
    return before if before in those_before(facts) else None


def whose_work_it_does(facts: Facts) -> frozenset[AgencyId]:
    """Of whom it took over from: what they left to do, where it answers for her, or is to."""
    case = facts.sharing.case
    if not isinstance(case, KnownCase) or _is_hidden(facts):
        return frozenset()
    answers = answering(case) == facts.agency or whom_it_follows(facts) is not None
    return those_before(facts) if answers else frozenset()


def those_before(facts: Facts) -> frozenset[AgencyId]:
    return facts.itself - {facts.agency}


def _is_hidden(facts: Facts) -> bool:
    """From this reader, or from this agency, or from everybody."""
    who, sharing = facts.recipient, facts.sharing
    return (
        not who.pledged
        or who.suspended
        or bool(facts.shut_out)
        or who.staff in sharing.excluded_staff
        or sharing.subject in sharing.erased | sharing.restricted
    )
