"""What is asked of her consent, and of what is told without it: the ledger and the trail."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, get_args

from domain.case import participants
from domain.catalogue import FIELD_PATHS
from domain.categories import CategoryCode
from domain.codes import ConsentKind
from domain.consent_codes import PROVISIONS, Provision
from domain.consent_ledger import (
    Declined,
    ExplainConsent,
    Explained,
    GrantConsent,
    Granted,
    NarrowConsent,
    RecordConflict,
    RecordExpiry,
    RecordRefusal,
    SettleConflict,
    WithdrawConsent,
)
from domain.disclosed import BasisId, Disclosed, DisclosureId
from domain.emergency import AuthoriseEmergency, EndEmergency, RequestEmergency
from domain.emergency.rules import TO_WHOM, WHAT
from domain.erasure import DecideErasure, RequestErasure
from domain.exclusions import LiftExclusion, SetExclusion
from domain.model import AgencyId, Command, GrantId, stream_of
from domain.policy import NEVER_BY_CONSENT
from domain.reviews import ReviewEmergency, ReviewStatutory
from domain.statutory import FileStatutory
from domain.trail.notices import DeferNotification, NotifySubject, ProvideAccess
from domain.trail.purges import AcknowledgePurge, DeclinePurge, RequestPurge
from tests.histories.play import About, Ask, Here, Play
from tests.world import Someone

TOLD: Final[tuple[CategoryCode, ...]] = tuple(
    each for each in get_args(CategoryCode) if each not in NEVER_BY_CONSENT
)
PATHS: Final = tuple(sorted(FIELD_PATHS))
ANSWERS: Final[tuple[type[Command], ...]] = (AcknowledgePurge, DeclinePurge)
PLACING: Final = ("TEMPORARY_PROTECTION", "COMMISSIONED_PLACEMENT", "FACILITY_ADMISSION")
PERIODS: Final = ("STAY_END", "CASE_TRANSFER", "CASE_CLOSE", None, None, None)


def _said(
    play: Play, here: Here, who: Someone | None, kind: type[Command], /, **facts: Any
) -> Ask | None:
    if who is None:
        return None
    return Ask(who, play.asks(kind, **facts), here.id)  # type: ignore[arg-type]


def _explain(play: Play, here: Here) -> Ask | None:
    kinds: tuple[ConsentKind, ...] = get_args(ConsentKind)
    kind = "INFORMATION" if play.likely(0.55) else play.one(kinds)
    many = kind == "LEDGER" or play.likely(0.2)
    told = [each for each in TOLD if not (many and each == "LOC")]
    categories = frozenset(play.some(told, play.chance.randint(2, 14)))
    if play.likely(0.6):  # So that they can meet about her.
        categories |= {"MTG", "SVC"}
    return _said(
        play,
        here,
        play.taking_part(here),
        ExplainConsent,
        kind=kind,
        purpose="LEDGER" if kind == "LEDGER" else "PROTECTION",
        recipients=_whom(play, kind),
        categories=categories,
        asked_again_because="HER_WISH",
    )


def _whom(play: Play, kind: ConsentKind) -> frozenset[AgencyId]:
    """Mostly who might take her in, where that is what she is asked."""
    recipients = frozenset(play.some(play.agencies, play.chance.randint(1, 5)))
    if kind in PLACING and play.likely(0.8):
        return recipients | {play.agencies[0], play.agencies[1], play.agencies[3]}
    return recipients


def _agree(play: Play, here: Here) -> Ask | None:
    waiting = [(k, g) for k, g in here.ledger.grants.items() if isinstance(g, Explained)]
    if not waiting:
        return None
    grant_id, asked = play.one(waiting)
    grantor, person = _grantor(play, here)
    facts: dict[str, Any] = {
        "grant_id": grant_id,
        "kind": asked.kind,
        "purpose": asked.purpose,
        "grantor": grantor,
        "grantor_id": person,
        "recipients": _most(play, asked.recipients),
        "categories": _most(play, asked.categories),
        "only_fields": frozenset(play.some(PATHS, 50)) if play.likely(0.15) else None,
        "excluded_fields": frozenset(play.some(PATHS, 20)) if play.likely(0.25) else None,
        "granted_at": None,
    }
    if play.likely(0.1):
        facts["granted_at"] = play.world.at - timedelta(days=play.chance.randint(0, 5))
    if play.likely(0.15):
        facts["supersedes"] = play.maybe(
            [
                k
                for k, g in here.ledger.grants.items()
                if isinstance(g, Granted) and g.kind == asked.kind and g.grantor == grantor
            ]
        )
    facts |= _period(play, here, frozenset(facts["categories"]))
    return _said(play, here, play.taking_part(here), GrantConsent, **facts)


def _grantor(play: Play, here: Here) -> tuple[str, object]:
    person = play.maybe(here.case.companions) if play.likely(0.2) else None
    if person is None:
        return "SUBJECT", None
    return "GUARDIAN" if here.case.companions[person] == "CHILD" else "ADULT_COMPANION", person


def _period(play: Play, here: Here, categories: frozenset[CategoryCode]) -> dict[str, Any]:
    until = play.one(PERIODS)
    meeting = play.maybe([m for m, case in play.meetings.items() if case == here.id])
    if meeting and "LOC" not in categories and play.likely(0.2):
        until = "MEETING_CLOSE"
    facts: dict[str, Any] = {"until_event": until, "valid_until": None}
    if until is None:
        facts["valid_until"] = play.days(0, play.one((5, 40, 400)))
    if until == "MEETING_CLOSE":
        facts["via_meeting"] = meeting
    if until == "STAY_END" and play.likely(0.5):
        stays = here.case.stays.stays.items()
        facts["until_stay"] = play.maybe([k for k, s in stays if s.status in {"DECIDED", "ACTIVE"}])
    return facts


def _most(play: Play, of: frozenset[Any]) -> frozenset[Any]:
    if not of or play.likely(0.7):
        return of
    return frozenset(play.some(of, len(of) - 1)) or of


def _refuse(play: Play, here: Here) -> Ask | None:
    waiting = [k for k, g in here.ledger.grants.items() if isinstance(g, Explained)]
    return _said(
        play,
        here,
        play.taking_part(here),
        RecordRefusal,
        grant_id=play.maybe(waiting) if play.likely(0.5) else None,
        kind="INFORMATION",
        recipients=frozenset(play.some(play.agencies, 2)),
        categories=frozenset(play.some(TOLD, play.chance.randint(0, 3))),
    )


def _given(here: Here) -> list[tuple[GrantId, Granted]]:
    return [(k, g) for k, g in here.ledger.grants.items() if isinstance(g, Granted)]


def _narrow(play: Play, here: Here) -> Ask | None:
    found = play.maybe(_given(here))
    if found is None:
        return None
    grant_id, grant = found
    what = play.chance.randint(0, 2)
    return _said(
        play,
        here,
        play.taking_part(here),
        NarrowConsent,
        grant_id=grant_id,
        removed_categories=frozenset(play.some(grant.categories, 2))
        if what == 0 and grant.categories
        else frozenset(),
        removed_recipients=frozenset(play.some(grant.recipients, 1))
        if what == 1 and grant.recipients
        else None,
        removed_fields=frozenset(play.some(PATHS, 10)) if what == 2 else None,
    )


def withdraw(play: Play, here: Here) -> Ask | None:
    found = play.maybe(_given(here))
    return (
        _said(play, here, play.taking_part(here), WithdrawConsent, grant_id=found[0])
        if found
        else None
    )


def _expire(play: Play, here: Here) -> Ask | None:
    over = [key for key, grant in _given(here) if not grant.in_force(play.world.at)]
    found = play.maybe(over)
    return (
        _said(play, here, play.taking_part(here), RecordExpiry, grant_id=found) if found else None
    )


def _conflict(play: Play, here: Here) -> Ask | None:
    if here.ledger.conflicts and play.likely(0.6):
        child, agency = play.one(sorted(here.ledger.conflicts))
        return _said(play, here, play.by(agency), SettleConflict, child_id=child)
    child_now = play.maybe([p for p, kind in here.case.companions.items() if kind == "CHILD"])
    return (
        _said(play, here, play.taking_part(here), RecordConflict, child_id=child_now)
        if child_now
        else None
    )


def _exclude(play: Play, here: Here) -> Ask | None:
    if play.likely(0.5):
        staff = play.anybody().staff
        return _said(
            play, here, play.taking_part(here), SetExclusion, agency_id=None, staff_id=staff
        )
    agency = play.one(play.agencies)
    return _said(play, here, play.taking_part(here), SetExclusion, agency_id=agency, staff_id=None)


def lift(play: Play, here: Here) -> Ask | None:
    out = here.ledger.exclusions
    agency, staff = play.maybe(out.agencies), play.maybe(out.staff)
    if agency is None and staff is None:
        return None
    staff = None if agency else staff
    return _said(
        play, here, play.taking_part(here), LiftExclusion, agency_id=agency, staff_id=staff
    )


def tell_in_emergency(play: Play, here: Here) -> Ask | None:
    who = play.taking_part(here)
    kinds = {each: play.kind(each) for each in play.agencies if who and each != who.agency}
    recipients = frozenset(play.some([a for a, kind in kinds.items() if kind in TO_WHOM], 2))
    if not recipients:
        return None
    categories = set(play.some(WHAT, play.chance.randint(1, 6)))
    if {kinds[each] for each in recipients} != {"MEDICAL_INSTITUTION"}:
        categories -= {"HLT"}
    declined = {
        key
        for key, grant in here.ledger.grants.items()
        if isinstance(grant, Declined)
        and grant.is_about("INFORMATION", recipients, frozenset(categories))
    }
    others = [each for each in play.agencies if each not in recipients]
    return _said(
        play,
        here,
        who,
        RequestEmergency,
        recipients=recipients,
        categories=frozenset(categories or {"IDN"}),
        only_fields=frozenset(play.some(PATHS, 50)) if play.likely(0.2) else None,
        expires_at=play.world.at + timedelta(hours=play.chance.randint(1, 72)),
        asked_agencies=frozenset(play.some(others, 2)) if others else frozenset(),
        overrides_refusals=frozenset(declined),
        overrides_exclusions=here.ledger.exclusions.agencies & recipients,
        danger_place="WHERE_SHE_IS",
    )


def authorise(play: Play, here: Here) -> Ask | None:
    waiting = [
        (key, each)
        for key, each in here.ledger.emergencies.items()
        if not each.over(play.world.at) and each.needed > len(each.authorised_by)
    ]
    if not waiting:
        return None
    key, emergency = play.one(waiting)
    may = (emergency.asked_agencies | participants(here.case)) - emergency.recipients
    may -= {*emergency.authorised_by.values()}
    heads = [play.head(each) for each in may if each in play.people]
    who = play.maybe([each for each in heads if each.staff != emergency.requested_by])
    return _said(play, here, who, AuthoriseEmergency, emergency_id=key, danger_place="WHERE_SHE_IS")


def end_emergency(play: Play, here: Here) -> Ask | None:
    found = play.maybe(here.ledger.emergencies)
    return (
        _said(play, here, play.taking_part(here), EndEmergency, emergency_id=found)
        if found
        else None
    )


def _by_law(play: Play, here: Here) -> Ask | None:
    fitting: list[tuple[AgencyId, Provision]] = [
        (each, provision)
        for each in play.agencies
        for provision, duty in PROVISIONS.items()
        if play.kind(each) in duty.recipients
    ]
    if not fitting:
        return None
    recipient, provision = play.one(fitting)
    return _said(
        play,
        here,
        play.taking_part(here),
        FileStatutory,
        recipient=recipient,
        provision=provision,
        categories=frozenset(play.some(PROVISIONS[provision].categories, 4)),
        only_fields=frozenset(play.some(PATHS, 50)) if play.likely(0.2) else None,
    )


# The trail


def lets_out(play: Play) -> None:
    """Somebody has fetched something under a consent of hers."""
    here = play.here()
    found = play.maybe(_given(here)) if here else None
    if here is None or found is None:
        return
    grant_id, grant = found
    told = play.one(
        [e for e in play.world.of_case(here.id) if e.told.event.primary.codes & {"SVC"}]
    )
    who = play.by(play.one(grant.recipients))
    if who is None:
        return
    key = DisclosureId(play.world.fresh())
    disclosed = Disclosed(
        disclosure_id=key,
        case_id=here.id,
        recipient=who.agency,
        person=who.staff,
        channel="FEED",
        policy="0" * 64,
        events=(told.told.id,),
        fields=("case.opened.v1/channel",),
        categories=("SVC",),
        bases=("CONSENT",),
        basis_ids=(BasisId(grant_id),),
    )
    stream = stream_of("disclosure", key)
    play.world.writes(who, stream, disclosed, here.id, here.case.subject_id)


def _prefecture(play: Play, here: Here) -> Someone | None:
    """Which reviews, where it has no part in the case itself, and decides about erasure."""
    del here
    return play.by(play.agencies[2])


def _review(play: Play, here: Here) -> Ask | None:
    who = _prefecture(play, here)
    over = [k for k, each in here.ledger.emergencies.items() if each.over(play.world.at)]
    done = play.trail(here.id).reviewed
    filed = [key for key in here.ledger.statutory if key not in done]
    over = [key for key in over if key not in done]
    facts: dict[str, Any] = {"outcome": "JUSTIFIED", "corrective": "NONE"}
    if over and (not filed or play.likely(0.5)):
        key = play.one(over)
        told, categories = (
            here.ledger.emergencies[key].recipients,
            here.ledger.emergencies[key].categories,
        )
        facts |= _corrective(play, told, categories)
        return _said(play, here, who, ReviewEmergency, emergency_id=key, **facts)
    if not filed:
        return None
    law = play.one(filed)
    told = frozenset({here.ledger.statutory[law].recipient})
    facts |= _corrective(play, told, here.ledger.statutory[law].categories)
    return _said(play, here, who, ReviewStatutory, statutory_id=law, **facts)


def _corrective(
    play: Play, told: frozenset[AgencyId], categories: frozenset[CategoryCode]
) -> Mapping[str, Any]:
    if play.likely(0.5):
        return {"purge_from": frozenset(), "purge_covers": frozenset()}
    return {
        "outcome": "EXCESSIVE",
        "corrective": "PURGE",
        "purge_from": frozenset(play.some(told, 1)),
        "purge_covers": frozenset(play.some(categories, 2)),
    }


def _notify(play: Play, here: Here) -> Ask | None:
    trail = play.trail(here.id)
    told: list[tuple[str, object]] = [
        *(("EMERGENCY", k) for k, e in here.ledger.emergencies.items() if e.opened_something),
        *(("STATUTORY", key) for key in here.ledger.statutory),
        *(("PURGE", key) for key in trail.purges),
        *(("ERASURE", key) for key in trail.requests),
    ]
    found = play.maybe([(about, key) for about, key in told if key not in trail.notified])
    if found is None:
        return None
    facts: dict[str, Any] = {"about": found[0], "about_id": found[1]}
    if play.likely(0.5):
        return _said(play, here, play.taking_part(here), NotifySubject, **facts)
    later = play.days(1, 20)
    return _said(play, here, play.taking_part(here), DeferNotification, until=later, **facts)


def _access(play: Play, here: Here) -> Ask | None:
    what = frozenset({"CONSENT_TRAIL"})
    return _said(play, here, play.taking_part(here), ProvideAccess, what=what)


def _purge(play: Play, here: Here) -> Ask | None:
    facts: dict[str, Any] = dict.fromkeys(("grant_id", "emergency_id", "statutory_id"))
    given, ledger = _given(here), here.ledger
    if given and play.likely(0.7):
        facts["grant_id"], grant = play.one(given)
        recipients = grant.given_to
    elif ledger.emergencies:
        facts["emergency_id"] = key = play.one(ledger.emergencies)
        recipients = ledger.emergencies[key].recipients
    elif ledger.statutory:
        facts["statutory_id"] = law = play.one(ledger.statutory)
        recipients = frozenset({ledger.statutory[law].recipient})
    else:
        return None
    facts["recipient"] = play.one(recipients)
    facts["covers"] = frozenset(play.some(TOLD, 3))
    return _said(play, here, play.taking_part(here), RequestPurge, **facts)


def _answer(play: Play, here: Here) -> Ask | None:
    purges = play.trail(here.id).purges
    found = play.maybe([key for key, purge in purges.items() if purge.answered is None])
    if found is None:
        return None
    kind = play.one(ANSWERS)
    return _said(play, here, play.by(purges[found].recipient), kind, purge_id=found)


def ask_erasure(play: Play, here: Here) -> Ask | None:
    if here.case.status in {"CONTACT", "ACTIVE"} and play.likely(0.8):
        return None
    persons = {here.case.subject_id, *here.case.persons}
    scope = persons if play.likely(0.5) else {here.case.subject_id}
    if play.likely(0.3):
        scope = {*play.some(persons, 1)}
    return _said(play, here, play.taking_part(here), RequestErasure, scope=frozenset(scope))


def decide_erasure(play: Play, here: Here) -> Ask | None:
    if here.case.status in {"CONTACT", "ACTIVE"} and play.likely(0.7):
        return None
    requests = play.trail(here.id).requests
    states = {"REQUESTED", "RESTRICTED"} if play.likely(0.25) else {"REQUESTED"}
    found = play.maybe([k for k, r in requests.items() if r.state in states])
    if found is None:
        return None
    decision, grounds = play.one(
        (
            ("ERASE", "ERASURE_DUTY"),
            ("ERASE", "RETENTION_OVER"),
            ("RESTRICT", "RETENTION_RUNNING"),
            ("REFUSE", "LEGAL_HOLD"),
        )
    )
    return _said(
        play,
        here,
        _prefecture(play, here),
        DecideErasure,
        request_id=found,
        decision=decision,
        grounds=grounds,
    )


ASKED: Final[tuple[tuple[int, About], ...]] = (
    (14, _explain),
    (24, _agree),
    (2, _refuse),
    (3, _narrow),
    (2, withdraw),
    (3, _expire),
    (2, _conflict),
    (2, _exclude),
    (3, lift),
    (4, tell_in_emergency),
    (6, authorise),
    (1, end_emergency),
    (3, _by_law),
    (4, _review),
    (2, _notify),
    (1, _access),
    (3, _purge),
    (3, _answer),
    (4, ask_erasure),
    (8, decide_erasure),
)
