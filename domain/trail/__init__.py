"""Trail (提供と通知の記録): what was done of her consent, and of what was told without it.

Reviews, notices to her, purges asked of recipients and their answers, her own access, her requests
for erasure. None of it is disclosed to anybody. It holds codes and ids alone, no words: it is still
written when the key is gone under which words of hers could be sealed.

Whoever takes part finds it. So does the prefecture (女性支援担当部局) in whose area somebody takes
part, for all but answers to purges; and for the answer to a purge, the agency that it was asked of
or whoever took over from it.
For all others there is no such case.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import ClassVar, Final, TypeAlias, assert_never
from uuid import UUID, uuid5

import msgspec

from domain import erasure
from domain.calendar import date_in_japan
from domain.case import CaseNotFound
from domain.categories import CategoryCode
from domain.concerned import Concerned, check_takes_part
from domain.consent_codes import NotifiedAbout, PurgeCause
from domain.consent_ledger import Ended, Grant, Granted, Ledger, StillInForce
from domain.erasure import (
    DECIDES,
    DecideErasure,
    ErasureCommand,
    ErasureDecided,
    ErasureEvent,
    ErasureRequested,
    RequestErasure,
    Requests,
)
from domain.model import AgencyId, Context, Decider, EmergencyId, EventId, GrantId
from domain.reviews import (
    AlreadyReviewed,
    CorrectiveDoesNotFit,
    EmergencyDisclosureReviewed,
    NothingToReview,
    ReviewCommand,
    ReviewedByInvolved,
    ReviewEmergency,
    ReviewEvent,
    ReviewStatutory,
    StatutoryDisclosureReviewed,
    StillUnderWay,
)
from domain.speech import Refused
from domain.statutory import StatutoryId
from domain.timers import purge_due
from domain.trail import purges
from domain.trail.blocked import GateEvent, SettleWithdrawal, WithdrawalSettled
from domain.trail.notices import (
    AboutId,
    AlreadyNotified,
    DeferNotification,
    DeferredIntoThePast,
    NothingProvided,
    NothingToNotify,
    NoticeCommand,
    NoticeEvent,
    NotificationDeferred,
    NotifySubject,
    ProvideAccess,
    SubjectAccessProvided,
    SubjectNotified,
)
from domain.trail.purges import (
    PURGE,
    AcknowledgePurge,
    DeclinePurge,
    Purge,
    PurgeAcknowledged,
    PurgeAlreadyAnswered,
    PurgeAnswer,
    PurgeDeclined,
    PurgeEvent,
    PurgeId,
    PurgeNotFound,
    PurgeOfItself,
    PurgeOfWhatWasToldNotNamed,
    PurgeRequested,
    RequestPurge,
)

TrailEvent: TypeAlias = ReviewEvent | NoticeEvent | PurgeEvent | ErasureEvent | GateEvent
TrailCommand: TypeAlias = (
    ReviewCommand | NoticeCommand | RequestPurge | PurgeAnswer | ErasureCommand | SettleWithdrawal
)


class SettledByRuleAlone(Refused):
    """That a withdrawal is settled follows by rule: nobody has to ask for it."""

    ja: ClassVar[str] = "撤回等の完了は規則により自動で記録されます。依頼する必要はありません。"


class Trail(msgspec.Struct, frozen=True):
    reviewed: frozenset[EmergencyId | StatutoryId] = frozenset()
    purges: Mapping[PurgeId, Purge] = {}
    notified: frozenset[AboutId] = frozenset()
    deferred: Mapping[AboutId, NotificationDeferred] = {}  # As it was put off last.
    requests: Requests = {}
    settled: frozenset[EventId] = frozenset()


def decide(
    concerned: Concerned | None, ledger: Ledger, trail: Trail, command: TrailCommand, by: Context
) -> tuple[TrailEvent, ...]:
    """All but what is decided over the case as well: see ``domain.erasure``."""
    case = found(concerned, trail, command, by)
    match command:
        case ReviewEmergency() | ReviewStatutory():
            return _reviewed(case, ledger, trail, command, by)
        case NotifySubject():
            check_there_is(case, ledger, trail, command)
            if command.about_id in trail.notified and command.about != "SUCCESSION":
                return ()  # But a consent may be passed on again, and she is told again.
            return (SubjectNotified(about=command.about, about_id=command.about_id, at=by.at),)
        case DeferNotification():
            return _deferred(case, ledger, trail, command, by)
        case ProvideAccess():
            if not command.what:
                raise NothingProvided
            return (SubjectAccessProvided(what=command.what, left_out=command.left_out, at=by.at),)
        case RequestPurge():
            return _purge(case, ledger, trail, command, by)
        case SettleWithdrawal():
            return _settled(case, ledger, trail, command, by)
        case AcknowledgePurge() | DeclinePurge():
            return _answered(case, trail.purges.get(command.purge_id), command, by)
        case RequestErasure() | DecideErasure():
            message = "it is decided over the case as well"
            raise AssertionError(message)
    assert_never(command)


def found(
    concerned: Concerned | None, trail: Trail, command: TrailCommand, by: Context
) -> Concerned:
    """The case, for whom it exists here; hidden is the same as not there."""
    if concerned is None:
        raise CaseNotFound
    if by.is_automatic:
        return concerned
    if isinstance(command, PurgeAnswer):
        asked = trail.purges.get(command.purge_id)
        if asked is not None and asked.recipient in concerned.with_those_before([by.agency]):
            return concerned
    elif is_its_prefecture(concerned, by.agency):
        return concerned
    return check_takes_part(concerned, by.agency)


def is_its_prefecture(concerned: Concerned, agency: AgencyId) -> bool:
    """The division that answers for the support of women where somebody takes part."""
    known = concerned.agencies.get(agency)
    if known is None or known.kind != DECIDES or known.prefecture is None:
        return False
    taking_part = (concerned.agencies.get(each) for each in concerned.participants)
    return any(each is not None and each.prefecture == known.prefecture for each in taking_part)


def _reviewed(
    concerned: Concerned, ledger: Ledger, trail: Trail, command: ReviewCommand, by: Context
) -> tuple[ReviewEvent | PurgeRequested, ...]:
    if isinstance(command, ReviewEmergency):
        told = _emergency(ledger, command, by)
        reviewed: ReviewEvent = EmergencyDisclosureReviewed(
            emergency_id=command.emergency_id,
            reviewer=by.agency,
            outcome=command.outcome,
            corrective=command.corrective,
        )
        key: EmergencyId | StatutoryId = command.emergency_id
    else:
        told = _statutory(ledger, command)
        reviewed = StatutoryDisclosureReviewed(
            statutory_id=command.statutory_id,
            reviewer=by.agency,
            outcome=command.outcome,
            corrective=command.corrective,
        )
        key = command.statutory_id
    check_not_involved(concerned, told, by)
    if key in trail.reviewed:
        raise AlreadyReviewed
    check_corrective(told, command)
    return (reviewed, *(_to_purge(each, command, by) for each in sorted(command.purge_from)))


class Without(msgspec.Struct, frozen=True):
    """What was told without her consent: who had to do with it, to whom it went, and what."""

    involved: frozenset[AgencyId]
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]


def _emergency(ledger: Ledger, command: ReviewEmergency, by: Context) -> Without:
    emergency = ledger.emergencies.get(command.emergency_id)
    if emergency is None or not emergency.opened_something:
        raise NothingToReview
    if not emergency.over(by.at):
        raise StillUnderWay
    involved = {
        emergency.requesting_agency,
        *emergency.asked_agencies,
        *emergency.authorised_by.values(),
    }
    return Without(frozenset(involved), emergency.recipients, emergency.categories)


def _statutory(ledger: Ledger, command: ReviewStatutory) -> Without:
    filed = ledger.statutory.get(command.statutory_id)
    if filed is None:
        raise NothingToReview
    recipients = frozenset({filed.recipient})
    return Without(frozenset({filed.filing_agency}), recipients, filed.categories)


def check_not_involved(concerned: Concerned, told: Without, by: Context) -> None:
    if by.agency in concerned.participants | told.involved | told.recipients:
        raise ReviewedByInvolved


def check_corrective(told: Without, command: ReviewCommand) -> None:
    justified, purge = command.outcome == "JUSTIFIED", command.corrective == "PURGE"
    fits = not (purge if justified else command.corrective == "NONE")
    of_whom_and_what = bool(command.purge_from), bool(command.purge_covers)
    said = of_whom_and_what == (purge, purge)
    told_so = command.purge_from <= told.recipients and command.purge_covers <= told.categories
    if not (fits and said and told_so):
        raise CorrectiveDoesNotFit


def _to_purge(recipient: AgencyId, command: ReviewCommand, by: Context) -> PurgeRequested:
    """``uuid5`` of a fresh id: one command asks several, and each answers for itself."""
    emergency = command.emergency_id if isinstance(command, ReviewEmergency) else None
    statutory = command.statutory_id if isinstance(command, ReviewStatutory) else None
    return PurgeRequested(
        purge_id=PurgeId(uuid5(by.new_id, str(recipient))),
        recipient=recipient,
        covers=command.purge_covers,
        cause="REVIEWED",
        emergency_id=emergency,
        statutory_id=statutory,
        due=_due(by),
    )


def _deferred(
    concerned: Concerned, ledger: Ledger, trail: Trail, command: DeferNotification, by: Context
) -> tuple[NotificationDeferred, ...]:
    check_there_is(concerned, ledger, trail, command)
    if command.about_id in trail.notified:
        raise AlreadyNotified
    if command.until <= date_in_japan(by.at):
        raise DeferredIntoThePast
    deferred = NotificationDeferred(
        about=command.about, about_id=command.about_id, until=command.until, reason=command.reason
    )
    return () if trail.deferred.get(command.about_id) == deferred else (deferred,)


def check_there_is(
    concerned: Concerned,
    ledger: Ledger,
    trail: Trail,
    command: NotifySubject | DeferNotification,
) -> None:
    """Something that was done, and that she is to be told."""
    told: dict[NotifiedAbout, Collection[UUID]] = {
        "EMERGENCY": [key for key, each in ledger.emergencies.items() if each.opened_something],
        "STATUTORY": ledger.statutory,
        "PURGE": trail.purges,
        "ERASURE": trail.requests,
        "SUCCESSION": [
            key for key, each in ledger.grants.items() if was_passed_on(concerned, each)
        ],
    }
    if command.about_id not in told[command.about]:
        raise NothingToNotify


def was_passed_on(concerned: Concerned, grant: Grant) -> bool:
    """INV-C12: whom she had named is no more, and another agency has taken its place."""
    named = (concerned.agencies.get(each) for each in recipients_of(grant))
    return any(each is not None and each.succeeded_by is not None for each in named)


def recipients_of(grant: Grant | None) -> frozenset[AgencyId]:
    return _given(grant).recipients


def _purge(
    concerned: Concerned, ledger: Ledger, trail: Trail, command: RequestPurge, by: Context
) -> tuple[PurgeRequested, ...]:
    basis = _basis(ledger, command)
    check_may_ask(concerned, basis, by)
    check_is_another(concerned, command, by)
    check_was_told(concerned, basis, command)
    if not is_erased(concerned, trail, command, by):
        check_by_rule(command, by)
        check_not_agreed_any_more(concerned, ledger, command, by)
    requested = PurgeRequested(
        purge_id=PurgeId(by.new_id),
        recipient=command.recipient,
        covers=command.covers,
        cause=command.cause,
        grant_id=command.grant_id,
        emergency_id=command.emergency_id,
        statutory_id=command.statutory_id,
        due=_due(by),
    )
    return () if is_asked_already(trail, requested) else (requested,)


class Provided(msgspec.Struct, frozen=True):
    """On what basis somebody could be told: who saw to it, and whom it let know."""

    by: frozenset[AgencyId] = frozenset()
    recipients: frozenset[AgencyId] = frozenset()


def _basis(ledger: Ledger, command: RequestPurge) -> Provided:
    match command:
        case RequestPurge(grant_id=UUID() as grant, emergency_id=None, statutory_id=None):
            return _given(ledger.grants.get(GrantId(grant)))
        case RequestPurge(grant_id=None, emergency_id=UUID() as emergency, statutory_id=None):
            if known := ledger.emergencies.get(EmergencyId(emergency)):
                return Provided(frozenset({known.requesting_agency}), known.recipients)
        case RequestPurge(grant_id=None, emergency_id=None, statutory_id=UUID() as statutory):
            if filed := ledger.statutory.get(StatutoryId(statutory)):
                return Provided(frozenset({filed.filing_agency}), frozenset({filed.recipient}))
        case _:
            pass
    return Provided()


def _given(grant: Grant | None) -> Provided:
    given = grant.was if isinstance(grant, Ended) else grant
    if not isinstance(given, Granted):
        return Provided()
    return Provided(frozenset({given.obtained_by}), given.given_to)


def check_may_ask(concerned: Concerned, basis: Provided, by: Context) -> None:
    """Who saw to it, who answers for her, her prefecture: all others would learn who was told."""
    if by.is_automatic:
        return
    seen_to_it = not basis.by.isdisjoint(concerned.with_those_before([by.agency]))
    answers = by.agency == concerned.answering
    if not (seen_to_it or answers or is_its_prefecture(concerned, by.agency)):
        raise PurgeOfWhatWasToldNotNamed


def check_is_another(concerned: Concerned, command: RequestPurge, by: Context) -> None:
    """Nobody finds by asking itself whether she still lets it know."""
    if command.recipient in concerned.with_those_before([by.agency]):
        raise PurgeOfItself


def check_was_told(concerned: Concerned, basis: Provided, command: RequestPurge) -> None:
    """It names the one basis on which this recipient could be told, or whom it took over from."""
    if basis.recipients.isdisjoint(concerned.with_those_before([command.recipient])):
        raise PurgeOfWhatWasToldNotNamed


def is_erased(concerned: Concerned, trail: Trail, command: RequestPurge, by: Context) -> bool:
    """What it is about is: all of her record, or by rule what there was of a child of hers."""
    erased = any(each.state == "ERASED" for each in trail.requests.values())
    return concerned.status == "ERASED" or (
        erased and by.is_automatic and command.cause == "ERASED"
    )


def check_by_rule(command: RequestPurge, by: Context) -> None:
    """What was told without her consent is for a review to judge, as long as there is a record."""
    if by.is_automatic and command.grant_id is None:
        raise PurgeOfWhatWasToldNotNamed


def check_not_agreed_any_more(
    concerned: Concerned, ledger: Ledger, command: RequestPurge, by: Context
) -> None:
    """Nobody is asked to destroy what she still lets them know, or would as far as who asks knows.

    Whom she has shut out stands with those alone to whom she has said so.
    """
    if still_in_force(concerned, ledger, command, by):
        raise StillInForce


def still_in_force(
    concerned: Concerned, ledger: Ledger, command: RequestPurge, by: Context
) -> bool:
    """By rule: for whoever has it now. Who asks for it themselves may not know who that is."""
    grant = ledger.grants.get(command.grant_id) if command.grant_id else None
    if not isinstance(grant, Granted) or not grant.in_force(by.at) or grant.fewer_fields:
        return False
    itself = concerned.with_those_before([by.agency])
    shut_out = {whom for whom, via in ledger.exclusions.said if by.is_automatic or via in itself}
    recipient = frozenset({command.recipient})
    having = (by.is_automatic and concerned.heirs_of(command.recipient)) or recipient
    names = (concerned.with_those_before([each]) for each in having)
    return any(_lets(grant, each, command.covers) and each.isdisjoint(shut_out) for each in names)


def _lets(grant: Granted, named: frozenset[AgencyId], covers: frozenset[CategoryCode]) -> bool:
    """Know something of it: whoever goes by any of these names."""
    return bool(covers & grant.left_to(named)) and not grant.recipients.isdisjoint(named)


def _settled(
    concerned: Concerned, ledger: Ledger, trail: Trail, command: SettleWithdrawal, by: Context
) -> tuple[WithdrawalSettled | PurgeRequested, ...]:
    """Once. What she has agreed to again by now is not to be destroyed."""
    if not by.is_automatic:
        raise SettledByRuleAlone
    if command.settles in trail.settled:
        return ()
    settled = WithdrawalSettled(
        settles=command.settles,
        cause=command.cause,
        grant_id=command.grant_id,
        recipients=command.recipients,
        at=by.at,
    )
    purges: list[PurgeRequested] = []
    for each in command.to_destroy:
        asked = RequestPurge(
            recipient=each.recipient,
            covers=each.covers,
            cause=command.cause,
            grant_id=each.grant_id,
        )
        if command.cause in HER_CONSENT and still_in_force(concerned, ledger, asked, by):
            continue
        requested = PurgeRequested(
            purge_id=PurgeId(uuid5(by.new_id, f"{each.recipient}:{each.grant_id}")),
            recipient=each.recipient,
            covers=each.covers,
            cause=command.cause,
            grant_id=each.grant_id,
            because=command.settles,
            due=_due(by),
        )
        if not is_asked_by_somebody(trail, requested):
            purges.append(requested)
    return (settled, *purges)


# Where she said so herself, or it ended: of all else her consent may be in force as before.
HER_CONSENT: Final[frozenset[PurgeCause]] = frozenset(
    {"WITHDRAWN", "NARROWED", "EXPIRED", "SUPERSEDED", "EXCLUDED"}
)


def is_asked_by_somebody(trail: Trail, requested: PurgeRequested) -> bool:
    """What was asked by rule before may have been for other fields: each cause asks for its own."""
    return any(
        each.answered is None and each.because is None and each.asks_for_all_of(requested)
        for each in trail.purges.values()
    )


def is_asked_already(trail: Trail, requested: PurgeRequested) -> bool:
    return any(
        each.answered is None and each.asks_for_all_of(requested) for each in trail.purges.values()
    )


def _answered(
    concerned: Concerned, purge: Purge | None, command: PurgeAnswer, by: Context
) -> tuple[PurgeAcknowledged | PurgeDeclined, ...]:
    if purge is None or purge.recipient not in concerned.with_those_before([by.agency]):
        raise PurgeNotFound
    done = isinstance(command, AcknowledgePurge)
    if purge.answered == ("ACKNOWLEDGED" if done else "DECLINED"):
        return ()
    if not PURGE.allows(purge.state(by.at), PurgeAcknowledged if done else PurgeDeclined):
        raise PurgeAlreadyAnswered
    match command:
        case AcknowledgePurge(purge_id=purge_id):
            return (PurgeAcknowledged(purge_id=purge_id, recipient=by.agency),)
        case DeclinePurge(purge_id=purge_id, ground=ground):
            return (PurgeDeclined(purge_id=purge_id, recipient=by.agency, ground=ground),)
    assert_never(command)


def evolve(trail: Trail, event: TrailEvent) -> Trail:
    change = msgspec.structs.replace
    match event:
        case EmergencyDisclosureReviewed(emergency_id=key):
            return change(trail, reviewed=trail.reviewed | {key})
        case StatutoryDisclosureReviewed(statutory_id=key):
            return change(trail, reviewed=trail.reviewed | {key})
        case SubjectNotified(about_id=about):
            return change(trail, notified=trail.notified | {about})
        case NotificationDeferred(about_id=about):
            return change(trail, deferred={**trail.deferred, about: event})
        case PurgeRequested() | PurgeAcknowledged() | PurgeDeclined():
            return change(trail, purges=purges.evolve(trail.purges, event))
        case ErasureRequested() | ErasureDecided():
            return change(trail, requests=erasure.evolve(trail.requests, event))
        case WithdrawalSettled(settles=settles) if settles:
            return change(trail, settled=trail.settled | {settles})
        case _:
            return trail


def trail_of(
    concerned: Concerned | None, ledger: Ledger
) -> Decider[Trail, TrailCommand, TrailEvent]:
    """The trail of a case, beside its ledger."""
    return Decider(Trail(), partial(decide, concerned, ledger), evolve)


def emergency_state(ledger: Ledger, trail: Trail, emergency_id: EmergencyId, at: datetime) -> str:
    """How an emergency stands: by the ledger, by the clock, and by its review in the trail."""
    emergency = ledger.emergencies[emergency_id]
    if emergency_id in trail.reviewed:
        return "REVIEWED"
    if emergency.over(at):
        return "EXPIRED" if emergency.opened_something else "LAPSED"
    return emergency.state


def _due(by: Context) -> date:
    return purge_due(by.timers, date_in_japan(by.at))
