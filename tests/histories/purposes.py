"""What a history is after: she is taken in, handed over, met about, or told of in an emergency.

Chance alone seldom goes the whole way, so whoever is after something asks for the next step to it.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from domain.case import AssignRole, participants
from domain.case.support import RecordAssessment
from domain.categories import CategoryCode
from domain.codes import ConsentKind
from domain.consent_ledger import (
    Declined,
    ExplainConsent,
    Explained,
    GrantConsent,
    RecordRefusal,
    agreed,
    in_force,
)
from domain.exclusions import SetExclusion
from domain.meeting import KnownMeeting
from domain.meeting.commands import (
    AddInvitee,
    ConveneMeeting,
    DeferReview,
    DesignateMainSupport,
    HoldMeeting,
    PlanMeeting,
    ProvideInformation,
    RecordDisagreement,
    ReviewCase,
    TableCase,
)
from domain.model import AgencyId, Command, MeetingId
from domain.network import KnownNetwork
from domain.referral import DraftReferral
from tests.histories import in_a_case, in_meetings, in_referrals, in_the_ledger
from tests.histories.play import About, Ask, Here, Play
from tests.world import Someone

TOLD_THERE: Final = frozenset[CategoryCode]({"MTG", "SVC", "IDN", "CNT", "FAM", "PLN", "RSK"})
MANY: Final = 4
OPEN: Final = {"CONTACT", "ACTIVE"}
IN_REVIEW: Final[tuple[type[Command], ...]] = (ReviewCase, ReviewCase, DeferReview)
IN_CONFERENCE: Final[tuple[type[Command], ...]] = (
    ProvideInformation, RecordDisagreement, RecordDisagreement, DesignateMainSupport,
)  # fmt: skip


def _said(
    here: Here, play: Play, who: Someone | None, kind: type[Command], /, **facts: Any
) -> Ask | None:
    return Ask(who, play.asks(kind, **facts), here.id) if who else None  # type: ignore[arg-type]


def _she_agrees(
    play: Play,
    here: Here,
    kind: ConsentKind,
    recipients: frozenset[AgencyId],
    categories: frozenset[CategoryCode],
) -> Ask | None:
    """It is explained to her, and then she says yes, for some months."""
    who, same = play.taking_part(here), {"kind": kind, "purpose": "PROTECTION"}
    for key, asked in here.ledger.grants.items():
        if isinstance(asked, Explained) and asked.kind == kind and asked.recipients >= recipients:
            return _said(
                here,
                play,
                who,
                GrantConsent,
                **same,
                grant_id=key,
                grantor="SUBJECT",
                grantor_id=None,
                recipients=asked.recipients,
                categories=asked.categories,
                only_fields=None,
                excluded_fields=None,
                granted_at=None,
                until_event=None,
                valid_until=play.days(60, 300),
            )
    return _said(
        here,
        play,
        who,
        ExplainConsent,
        **same,
        recipients=recipients,
        categories=categories,
        asked_again_because="HER_WISH",
    )


def _comes_in(play: Play, here: Here, agency: AgencyId) -> Ask | None:
    """Once somebody answers for her."""
    if here.case.main_responsible is None:
        return in_a_case.accept(play, here)
    return _said(here, play, play.answering(here), AssignRole, agency_id=agency, person_id=None)


def stay(play: Play, here: Here) -> Ask | None:
    """Decided, begun and ended; and now and then another one, while she is in the first."""
    centre, stays = play.agencies[1], here.case.stays
    if here.case.main_responsible is None or centre not in participants(here.case):
        return _comes_in(play, here, centre)
    if stays.decided and play.likely(0.5):
        return in_a_case.start_stay(play, here)
    if agreed(here.ledger, "TEMPORARY_PROTECTION", play.world.at) is None:
        takes_in = frozenset({play.agencies[0], centre, play.agencies[3]})
        return _she_agrees(play, here, "TEMPORARY_PROTECTION", takes_in, frozenset({"SVC"}))
    if not here.case.support.assessed:
        return _said(here, play, play.taking_part(here), RecordAssessment, with_subject=True)
    goes_on = stays.active and play.likely(0.7)
    return (in_a_case.stay_goes_on if goes_on else in_a_case.decide_stay)(play, here)


def handover(play: Play, here: Here) -> Ask | None:
    """To somebody else, rather of another network, and then the case goes there too."""
    case = here.case
    if case.main_responsible is None:
        return in_a_case.accept(play, here)
    if case.handed_over_by is not None and play.likely(0.6):
        return in_a_case.transfer(play, here)
    going = [each for each in play.referrals.get(here.id, []) if _is_open(play, each)]
    if going:
        return in_referrals.goes_on(play, here)
    elsewhere = [
        each
        for network in play.networks
        if network != case.network and isinstance(known := play.network(network), KnownNetwork)
        for each in known.members
    ]
    receiver = play.maybe([each for each in elsewhere or play.agencies if each != _who(here)])
    if receiver is None:
        return None
    return _said(
        here,
        play,
        play.answering(here),
        DraftReferral,
        kind="CASE_TRANSFER",
        to_agency=receiver,
        items=(),
        based_on=None,
    )


def _who(here: Here) -> AgencyId | None:
    return here.case.main_responsible


def _is_open(play: Play, which: Any) -> bool:
    return getattr(play.referral(which), "status", "") in {*in_referrals.NEXT} - {"COMPLETED"}


def conference(play: Play, here: Here) -> Ask | None:
    """About her, with whom she has agreed to; there something is told of her."""
    found = _going(play, lambda known: known.case_id == here.id)
    if found is not None:
        return _in_conference(play, here, *found)
    network = _network_of(play, here)
    if network is None or not (may := participants(here.case) & {*network.members}):
        return in_a_case.accept(play, here)
    if network.rules is None:
        return in_meetings.goes_on(play)
    leads = network.coordinating if play.likely(0.6) else None
    who = play.by(leads or play.maybe(may))
    facts: dict[str, Any] = {"network_id": here.case.network, "meeting_id": None}
    return _said(here, play, who, PlanMeeting, kind="INDIVIDUAL_CASE", **facts)


def _in_conference(play: Play, here: Here, which: MeetingId, known: KnownMeeting) -> Ask | None:
    given = in_force(here.ledger, play.world.at).values()
    covered = [g for g in given if g.kind == "INFORMATION" and g.grantor == "SUBJECT"]
    fitting = [g for g in covered if known.there <= g.recipients and g.categories >= TOLD_THERE]
    if known.status in {"PLANNED", "CONVENED"} and not fitting:
        network = play.network(known.network_id) if known.network_id else None
        members = network.members if isinstance(network, KnownNetwork) else ()
        whom = known.there | frozenset(play.some({*members, *known.there}, 4))
        return _she_agrees(play, here, "INFORMATION", whom, TOLD_THERE)
    kinds: list[type[Command]] = [*in_meetings.NEXT[known.status], *IN_CONFERENCE]
    if known.status == "PLANNED":
        invites, tables = len(known.invitees) < play.one((1, 2)), here.id not in known.tabled
        kinds = [AddInvitee] if invites else [ConveneMeeting]
        kinds += [TableCase] if tables or not known.invitees else []
    elif known.status == "CONVENED":
        kinds = [ProvideInformation, HoldMeeting]
    elif known.disagreed and not known.designated and play.likely(0.3):
        kinds = [DesignateMainSupport]
    return in_meetings.next_in(play, which, known, play.one(kinds))


def review(play: Play, here: Here) -> Ask | None:
    """All cases of a network, one after another, or put off to the next time."""
    network = _network_of(play, here)
    if network is None or network.rules is None:
        return in_a_case.accept(play, here)
    found = _going(play, lambda m: m.kind == "PRACTITIONERS" and m.network_id == here.case.network)
    if found is None:
        who = play.by(network.coordinating)
        plan = play.asks(
            PlanMeeting, kind="PRACTITIONERS", network_id=here.case.network, meeting_id=None
        )
        return Ask(who, plan) if who else None
    which, known = found
    kind: type[Command] = play.one(in_meetings.NEXT[known.status])
    if known.status == "PLANNED":
        kind = ConveneMeeting if known.invitees else AddInvitee
    elif known.status == "CONVENED":
        kind = HoldMeeting if known.tabled or play.likely(0.3) else TableCase
    elif known.status in {"HELD", "MINUTED"} and play.likely(0.7):
        kind = TableCase if len(known.tabled) < 1 else play.one(IN_REVIEW)
    return in_meetings.next_in(play, which, known, kind)


def _network_of(play: Play, here: Here) -> KnownNetwork | None:
    known = play.network(here.case.network) if here.case.network else None
    return known if isinstance(known, KnownNetwork) and not known.dissolved else None


def _going(
    play: Play, is_it: Callable[[KnownMeeting], bool]
) -> tuple[MeetingId, KnownMeeting] | None:
    over = {"CLOSED", "CANCELLED"}
    going = [
        (which, known)
        for which in play.meetings
        if isinstance(known := play.meeting(which), KnownMeeting) and known.status not in over
    ]
    return play.maybe([each for each in going if is_it(each[1])])


def emergency(play: Play, here: Here) -> Ask | None:
    """Somebody is told in an emergency; and then she says no to all of it, or shuts them out."""
    waiting = [
        each
        for each in here.ledger.emergencies.values()
        if not each.over(play.world.at) and each.needed > len(each.authorised_by)
    ]
    opened = [
        each
        for each in here.ledger.emergencies.values()
        if not each.over(play.world.at) and each.opened_something
    ]
    if waiting and play.likely(0.8):
        return in_the_ledger.authorise(play, here)
    if not opened and len(here.ledger.emergencies) < MANY:
        return in_the_ledger.tell_in_emergency(play, here)
    if not opened:
        return in_the_ledger.end_emergency(play, here)
    if play.likely(0.1):
        whom = play.one(play.one(opened).recipients)
        return _said(
            here, play, play.taking_part(here), SetExclusion, agency_id=whom, staff_id=None
        )
    if any(not grant.categories for grant in _declined(here)):
        return in_the_ledger.lift(play, here)
    return _said(
        here,
        play,
        play.taking_part(here),
        RecordRefusal,
        grant_id=None,
        kind="INFORMATION",
        recipients=play.one(opened).recipients,
        categories=frozenset[CategoryCode](),
        purpose="PROTECTION",
    )


def _declined(here: Here) -> list[Declined]:
    return [each for each in here.ledger.grants.values() if isinstance(each, Declined)]


def end(play: Play, here: Here) -> Ask | None:
    """Her case is closed, and then she asks that her data be erased; she takes back the rest."""
    if here.case.status == "ERASED":
        return in_the_ledger.withdraw(play, here) if play.likely(0.3) else None
    if here.case.status == "RESTRICTED":
        return None
    if here.case.status not in OPEN:
        asked = any(each.state == "REQUESTED" for each in play.trail(here.id).requests.values())
        step = in_the_ledger.decide_erasure if asked else in_the_ledger.ask_erasure
        return step(play, here)
    return _close(play, here)


def _close(play: Play, here: Here) -> Ask | None:
    """Not before all has come to its end that goes on."""
    if here.case.stays.active or here.case.stays.decided:
        return in_a_case.stay_goes_on(play, here)
    if here.case.aftercare.runs:
        return in_a_case.aftercare(play, here)
    if any(_is_open(play, each) for each in play.referrals.get(here.id, [])):
        return in_referrals.goes_on(play, here)
    return in_a_case.close(play, here)


PURPOSES: Final[Sequence[About]] = (
    *[stay] * 3, *[handover] * 2, *[conference] * 3, review, emergency, *[end] * 2,
)  # fmt: skip


def pursued(play: Play, purpose: About) -> Ask | None:
    """In one of the first cases; but for its end, in one that goes on."""
    found = [each for case in play.cases[:2] if (each := play.at(case))]
    going = [each for each in found if purpose is end or each.case.status in OPEN]
    if going:
        return purpose(play, going[0])
    closed = [each for each in found if each.case.status == "CLOSED"]
    return in_a_case.reopen(play, closed[0]) if closed and play.likely(0.3) else None
