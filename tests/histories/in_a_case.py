"""What is asked in a case: her record, companions, roles, support, plans, stays, and her course."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from domain.case import (
    AcceptCase,
    AddCompanion,
    AssignRole,
    CloseCase,
    CorrectRecord,
    CorrectSubjectDetails,
    EndParticipation,
    EndRole,
    IdentifySubject,
    LinkCases,
    RecordAddress,
    RecordAttributes,
    RecordConsultation,
    RecordNote,
    RemoveCompanion,
    ReopenCase,
    SetContactMethod,
    TransferCase,
    participants,
)
from domain.case.aftercare import (
    AftercareTerms,
    EndAftercare,
    RescheduleAftercare,
    StartAftercare,
)
from domain.case.legal import RecordLegalStep
from domain.case.plans import (
    AgreeSupportPlan,
    CloseSupportPlan,
    DraftSupportPlan,
    ReviseSupportPlan,
    SetSupportPolicy,
    TaskGiven,
)
from domain.case.safety import IssueSafetyInstruction, RefuseThirdPartyInquiry
from domain.case.services import (
    SERVICE,
    ChangeServiceStatus,
    CompleteProcedureBundle,
    LinkService,
    OpenProcedureBundle,
    Procedure,
    ServiceStatusChanged,
)
from domain.case.state import answering
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    DeclineProtection,
    EndStay,
    ExtendStay,
    StartStay,
)
from domain.case.support import (
    CloseNeed,
    IdentifyNeed,
    RecordAssessment,
    RecordSupportActivity,
)
from domain.codes import SUPPORT_FUNCTIONS
from domain.consent_ledger import agreed, in_force
from domain.model import Command, PersonId
from domain.network import KnownNetwork
from tests.histories.play import About, Ask, Here, Play
from tests.world import Someone

PLAN_GOES_ON: Final[tuple[type[Command], ...]] = (ReviseSupportPlan, CloseSupportPlan)


def _said(
    play: Play, here: Here, who: Someone | None, kind: type[Command], /, **facts: Any
) -> Ask | None:
    if who is None:
        return None
    return Ask(who, play.asks(kind, **facts), here.id)  # type: ignore[arg-type]


def _by_any(kind: type[Command], /, **facts: Any) -> About:
    """Whoever takes part may ask this."""
    return lambda play, here: _said(play, here, play.taking_part(here), kind, **facts)


def _identify(play: Play, here: Here) -> Ask | None:
    kind: type[Command] = CorrectSubjectDetails if here.case.identified else IdentifySubject
    return _said(play, here, play.taking_part(here), kind)


def _companion(play: Play, here: Here) -> Ask | None:
    if len(here.case.companions) > 2:
        return None
    return _said(play, here, play.taking_part(here), AddCompanion, birth_date=None)


def _companion_leaves(play: Play, here: Here) -> Ask | None:
    person = play.maybe(here.case.companions)
    return (
        _said(play, here, play.taking_part(here), RemoveCompanion, person_id=person)
        if person
        else None
    )


def _correct(play: Play, here: Here) -> Ask | None:
    own = [
        (entry, line.field)
        for entry in play.world.of_case(here.id)[-40:]
        if entry.told.agency in play.people
        for line in entry.parts
        if line.category not in {"NAR", "MTG", "GRV"}
    ]
    if not own:
        return None
    entry, field = play.one(own)
    who = play.by(entry.told.agency)
    return _said(
        play, here, who, CorrectRecord, target_event_id=entry.told.id, field=field, new_value="B-2"
    )


def _link(play: Play, here: Here) -> Ask | None:
    other = play.maybe([case for case in play.cases if case != here.id])
    if other is None or agreed(here.ledger, "CASE_LINK", play.world.at) is None:
        return None
    return _said(play, here, play.taking_part(here), LinkCases, other_case_id=other)


def _assign(play: Play, here: Here) -> Ask | None:
    child = play.maybe(here.case.companions) if play.likely(0.2) else None
    centre = play.agencies[1]
    agency = centre if play.likely(0.3) else play.one(play.agencies)
    return _said(
        play,
        here,
        play.answering(here),
        AssignRole,
        agency_id=agency,
        person_id=child,
    )


def _end_role(play: Play, here: Here) -> Ask | None:
    given = [(a, f, None) for a, f in here.case.reasons if f in SUPPORT_FUNCTIONS]
    found = play.maybe(sorted([*given, *here.case.for_children], key=str))
    if found is None:
        return None
    agency, function, person = found
    who = play.by(play.one([agency, answering(here.case)]))
    return _said(play, here, who, EndRole, agency_id=agency, function=function, person_id=person)


def _leave(play: Play, here: Here) -> Ask | None:
    leaving = play.maybe(participants(here.case) - {answering(here.case)})
    return (
        _said(play, here, play.by(leaving), EndParticipation, agency_id=leaving)
        if leaving
        else None
    )


def _close_need(play: Play, here: Here) -> Ask | None:
    need = play.maybe([key for key, state in here.case.support.needs.items() if state == "OPEN"])
    return _said(play, here, play.taking_part(here), CloseNeed, need_id=need) if need else None


def _activity(play: Play, here: Here) -> Ask | None:
    children = [p for p, kind in here.case.companions.items() if kind == "CHILD"]
    person = play.maybe(children) if play.likely(0.6) else None
    stay = play.maybe(here.case.stays.stays) if play.likely(0.3) else None
    return _said(
        play,
        here,
        play.taking_part(here),
        RecordSupportActivity,
        at=None,
        person_id=person,
        stay_id=stay,
    )


def _tasks(play: Play, here: Here) -> tuple[TaskGiven, ...]:
    found = play.some(participants(here.case))
    return tuple(TaskGiven(agency=each, task="連絡する") for each in found)


def _plan(play: Play, here: Here) -> Ask | None:
    tasks = _tasks(play, here)
    later = play.days(5, 90)
    return _said(play, here, play.taking_part(here), DraftSupportPlan, tasks=tasks, review_on=later)


def _plan_goes_on(play: Play, here: Here) -> Ask | None:
    found = play.maybe([k for k, plan in here.case.plans.plans.items() if plan.status != "CLOSED"])
    if found is None:
        return None
    status = here.case.plans.plans[found].status
    kind: type[Command] = AgreeSupportPlan
    facts: dict[str, Any] = {}
    if status != "DRAFT" and play.likely(0.7):
        kind = play.one(PLAN_GOES_ON)
    if kind is ReviseSupportPlan:
        facts = {"tasks": _tasks(play, here), "review_on": play.days(5, 90)}
    return _said(play, here, play.taking_part(here), kind, plan_id=found, **facts)


def _policy(play: Play, here: Here) -> Ask | None:
    return _said(play, here, play.taking_part(here), SetSupportPolicy, review_on=play.days(5, 90))


def _service(play: Play, here: Here) -> Ask | None:
    provider = play.one(play.agencies)
    status = play.one(("REQUESTED", "APPROVED", "IN_USE"))
    return _said(
        play,
        here,
        play.taking_part(here),
        LinkService,
        provider_agency=provider,
        status=status,
        on=None,
    )


def _service_goes_on(play: Play, here: Here) -> Ask | None:
    found = play.maybe(here.case.services.links)
    if found is None:
        return None
    now = here.case.services.links[found].status
    afters = [
        edge.after
        for edge in SERVICE.edges
        if (edge.before, edge.event) == (now, ServiceStatusChanged)
    ]
    after = play.maybe(afters)
    return (
        _said(
            play,
            here,
            play.taking_part(here),
            ChangeServiceStatus,
            service_id=found,
            status=after,
            on=None,
        )
        if after
        else None
    )


def _bundle(play: Play, here: Here) -> Ask | None:
    open_ones = [key for key, state in here.case.services.bundles.items() if state == "OPEN"]
    if open_ones and play.likely(0.5):
        return _said(
            play,
            here,
            play.taking_part(here),
            CompleteProcedureBundle,
            bundle_id=play.one(open_ones),
        )
    given = in_force(here.ledger, play.world.at).items()
    found = play.maybe([(key, g) for key, g in given if g.kind == "INFORMATION"])
    if found is None:
        return None
    consent, grant = found
    divisions = play.some(grant.recipients)
    procedures = tuple(play.asks_part(Procedure, division=each) for each in divisions)
    return _said(
        play,
        here,
        play.taking_part(here),
        OpenProcedureBundle,
        procedures=procedures,
        consent_id=consent,
    )


def _legal(play: Play, here: Here) -> Ask | None:
    step = play.maybe(here.case.legal.steps) if play.likely(0.5) else None
    before = here.case.legal.steps[step] if step else None
    status = {"FILED": ("GRANTED", "REFUSED", "WITHDRAWN"), "GRANTED": ("RENEWED", "EXPIRED")}
    return _said(
        play,
        here,
        play.taking_part(here),
        RecordLegalStep,
        step_id=step,
        status=play.one(status.get(str(before), ("FILED",))),
        on=None,
        expires_on=play.days(10, 100),
    )


def _instruct(play: Play, here: Here) -> Ask | None:
    to = play.one(participants(here.case))
    who = play.taking_part(here)
    until = play.days(5, 30)
    return _said(play, here, who, IssueSafetyInstruction, to_agency_id=to, valid_until=until)


# Stays

CONSENTED: Final[Mapping[str, tuple[str, ...]]] = {
    "TEMPORARY_PROTECTION": (
        "TEMPORARY_PROTECTION",
        "EMERGENCY_TEMPORARY_PROTECTION",
        "MOTHER_CHILD_EMERGENCY",
    ),
    "COMMISSIONED_PLACEMENT": ("COMMISSIONED_PROTECTION",),
    "FACILITY_ADMISSION": ("WOMENS_SELF_RELIANCE_FACILITY", "STEP_HOUSE"),
}


def decide_stay(play: Play, here: Here) -> Ask | None:
    anyhow = play.likely(0.1)
    kinds = [
        kind
        for consent, several in CONSENTED.items()
        if anyhow or agreed(here.ledger, consent, play.world.at)  # type: ignore[arg-type]
        for kind in several
    ]
    if not kinds or here.case.main_responsible is None:
        return None
    kind = play.one(kinds)
    city, centre, shelter = play.agencies[0], play.agencies[1], play.agencies[3]
    decides = city if kind == "MOTHER_CHILD_EMERGENCY" else centre
    if decides not in participants(here.case):
        return None
    return _said(
        play,
        here,
        play.by(decides),
        DecideStay,
        kind=kind,
        scope="IN_PREFECTURE",
        legal_ground="SPOUSE_VIOLENCE",
        provider_agency_id=shelter if "COMMISSION" in kind else decides,
        direct_admission=False,
        planned_from=play.days(0, 2),
    )


def start_stay(play: Play, here: Here) -> Ask | None:
    stays = here.case.stays.stays
    found = play.maybe([key for key, stay in stays.items() if stay.status == "DECIDED"])
    if found is None:
        return None
    along: list[PersonId] = []
    elsewhere: list[PersonId] = []
    for person in here.case.companions:
        (along if play.likely(0.6) else elsewhere).append(person)
    return _said(
        play,
        here,
        play.by(play.one([stays[found].provider, stays[found].decided_by])),
        StartStay,
        stay_id=found,
        started_on=None,
        companions=tuple(along),
        elsewhere=tuple(elsewhere),
        elsewhere_places=("RELATIVE",) * len(elsewhere),
        reason_code="DV",
    )


def stay_goes_on(play: Play, here: Here) -> Ask | None:
    found = play.maybe(
        [key for key, s in here.case.stays.stays.items() if s.status in {"DECIDED", "ACTIVE"}]
    )
    if found is None:
        return None
    stay = here.case.stays.stays[found]
    who = play.by(play.one([stay.provider, stay.decided_by]))
    if stay.status == "DECIDED":
        return _said(play, here, who, CancelStay, stay_id=found)
    if play.likely(0.3):
        until = max(stay.until or play.today, play.today) + timedelta(days=7)
        return _said(play, here, play.by(stay.decided_by), ExtendStay, stay_id=found, until=until)
    terms = None if here.case.aftercare.runs or play.likely(0.3) else _terms(play, here)
    without = None if terms or here.case.aftercare.runs else "DECLINED"
    return _said(
        play,
        here,
        who,
        EndStay,
        stay_id=found,
        ended_on=None,
        aftercare=terms,
        without_aftercare=without,
    )


def _terms(play: Play, here: Here) -> AftercareTerms:
    means = frozenset({"PHONE"}) if play.likely(0.7) else frozenset({"PHONE", "VISIT"})
    return play.asks_part(
        AftercareTerms, lead_agency=play.one(participants(here.case)), means=means
    )


def aftercare(play: Play, here: Here) -> Ask | None:
    if not here.case.aftercare.runs:
        if here.case.main_responsible is None:
            return None
        return _said(play, here, play.taking_part(here), StartAftercare, terms=_terms(play, here))
    who = play.by(
        play.maybe([a for a in (here.case.aftercare.lead, here.case.main_responsible) if a])
    )
    if play.likely(0.5):
        return _said(play, here, who, RescheduleAftercare, terms=_terms(play, here))
    return _said(play, here, who, EndAftercare, subject_wish="もう大丈夫です。")


# Her course


def accept(play: Play, here: Here) -> Ask | None:
    if here.case.main_responsible is not None and play.likely(0.9):
        return None
    return _into_a_network(play, here, AcceptCase, play.networks)


def transfer(play: Play, here: Here) -> Ask | None:
    if here.case.handed_over_by is None:
        return None
    if play.likely(0.15):
        return _said(play, here, play.answering(here), TransferCase, network_id=None)
    others = [each for each in play.networks if each != here.case.network]
    return _into_a_network(play, here, TransferCase, others)


def _into_a_network(
    play: Play, here: Here, kind: type[Command], networks: Iterable[Any]
) -> Ask | None:
    who = play.answering(here)
    mine = [
        each
        for each in networks
        if who
        and isinstance(known := play.network(each), KnownNetwork)
        and who.agency in known.members
    ]
    network = play.maybe(mine)
    return _said(play, here, who, kind, network_id=network) if network else None


def close(play: Play, here: Here) -> Ask | None:
    case = here.case
    if case.stays.active or case.stays.decided or case.aftercare.runs:
        return None
    who = play.answering(here) if play.likely(0.8) else play.taking_part(here)
    return _said(play, here, who, CloseCase, subject_wish="終わりにします。")


def reopen(play: Play, here: Here) -> Ask | None:
    if here.case.status != "CLOSED":
        return None
    return _said(play, here, play.answering(here), ReopenCase)


ASKED: Final[tuple[tuple[int, About], ...]] = (
    (8, _by_any(RecordConsultation)),
    (6, _identify),
    (5, _by_any(SetContactMethod)),
    (4, _by_any(RecordAddress)),
    (4, _by_any(RecordAttributes)),
    (5, _by_any(RecordNote, declared_category="NAR")),
    (4, _companion),
    (1, _companion_leaves),
    (3, _correct),
    (2, _link),
    (8, _assign),
    (2, _end_role),
    (2, _leave),
    (5, _by_any(RecordAssessment, with_subject=True)),
    (3, _by_any(IdentifyNeed)),
    (2, _close_need),
    (6, _activity),
    (3, _plan),
    (4, _plan_goes_on),
    (2, _policy),
    (3, _service),
    (4, _service_goes_on),
    (2, _bundle),
    (3, _legal),
    (2, _instruct),
    (2, _by_any(RefuseThirdPartyInquiry, response="NEITHER_YES_NOR_NO")),
    (1, _by_any(DeclineProtection)),
    (10, decide_stay),
    (8, start_stay),
    (6, stay_goes_on),
    (3, aftercare),
    (12, accept),
    (4, transfer),
    (3, close),
    (2, reopen),
)
