"""Asking her (説明・同意の取得): what is explained, and what she then agrees to or refuses."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import ClassVar, Final

from domain.calendar import date_in_japan, is_over
from domain.concerned import Concerned
from domain.consent_ledger.events import (
    ConsentExplained,
    ConsentGranted,
    ConsentRefused,
    ConsentSuperseded,
    ExplainConsent,
    GrantConsent,
    RecordRefusal,
)
from domain.consent_ledger.grants import (
    GRANT,
    Declined,
    Ended,
    Explained,
    Grant,
    Granted,
    Grants,
    state_of,
)
from domain.model import Context, GrantId, PersonId, StayId
from domain.policy import NEVER_BY_CONSENT
from domain.speech import Refused
from domain.timers import remind_of_consent_on


class NeverByConsent(Refused):
    """Consent does not open these categories: they follow rules of their own."""

    ja: ClassVar[str] = "この情報区分は、同意によって共有するものではありません。"


class NewCircumstancesNotNamed(Refused):
    """She has refused this: ask again only if something has changed, and name what."""

    ja: ClassVar[str] = (
        "本人はこれを拒否しています。"
        "改めてお願いできるのは事情が変わったときだけです。変わった事情を指定してください。"
    )


class NotExplained(Refused):
    """Explain to her what is asked before recording that she agrees."""

    ja: ClassVar[str] = "同意を記録する前に、内容を本人に説明し、その記録を残してください。"


class WiderThanExplained(Refused):
    """She can only agree to what was explained to her, or to less."""

    ja: ClassVar[str] = "説明した範囲を超える同意は記録できません。"


class ConsentAlreadyGranted(Refused):
    """She has already agreed to this: explain anew what is to change, or withdraw it."""

    ja: ClassVar[str] = (
        "この同意はすでに記録されています。変更する場合は改めて説明し、やめる場合は撤回してください。"
    )


class ConsentWasRefused(Refused):
    """She refused this: it can only be asked again as a new request."""

    ja: ClassVar[str] = (
        "本人はこれに同意していません。改めてお願いする場合は、新たに説明してください。"
    )


class ConsentWasWithdrawn(Refused):
    """She withdrew this: it can only be asked again as a new request."""

    ja: ClassVar[str] = (
        "本人はこの同意を撤回しています。改めてお願いする場合は、新たに説明してください。"
    )


class ConsentHasEnded(Refused):
    """This consent has ended: it can only be asked again as a new request."""

    ja: ClassVar[str] = (
        "この同意はすでに終了しています。改めてお願いする場合は、新たに説明してください。"
    )


class InformationNotNamed(Refused):
    """Consent to share information names what may be shared."""

    ja: ClassVar[str] = "情報提供への同意では、提供する情報の区分を指定してください。"


class LocationNotForMany(Refused):
    """Where she is can be shared only with an agency she names, not with a meeting or a ledger."""

    ja: ClassVar[str] = (
        "居所の情報は、本人が名指しした機関だけに共有できます。会議や台帳を通じた共有はできません。"
    )


class FieldNotKnown(Refused):
    """No record has a field of that name, so naming it would protect nothing."""

    ja: ClassVar[str] = "指定された項目は存在しないため、共有の範囲を限定できません。"


class GrantorNotNamed(Refused):
    """Name the companion or guardian who agrees; the woman herself needs no naming."""

    ja: ClassVar[str] = "本人以外が同意する場合は、同意した方を指定してください。"


class GrantorNotCompetent(Refused):
    """An adult companion agrees for that adult alone, and a guardian for a child with her."""

    ja: ClassVar[str] = (
        "同伴する成人は自分についてのみ、保護者は同伴する子どもについてのみ同意できます。"
    )


class ChildInConflict(Refused):
    """Nobody agrees for this child: there is a conflict. Only a legal duty lets others be told."""

    ja: ClassVar[str] = (
        "この子どもについては利益の対立があるため、代わりに同意できる人がいません。"
        "情報提供は法令に基づく場合に限られます。"
    )


class PeriodNotNamed(Refused):
    """Consent lasts until a date or until an event: name exactly one."""

    ja: ClassVar[str] = "同意の期間は、期日か終了の条件のどちらか一方だけを指定してください。"


class PeriodAlreadyOver(Refused):
    """The consent would have ended before it is recorded, or would wait for what is over."""

    ja: ClassVar[str] = "同意の期限がすでに過ぎているか、終了の条件となる出来事が残っていません。"


class StayNotNamed(Refused):
    """A stay is named by a consent that ends with it, and by no other."""

    ja: ClassVar[str] = (
        "入所・保護の指定は、その終了までの同意の場合に限ります。期間の指定を確認してください。"
    )


class MeetingNotNamed(Refused):
    """A consent that ends with a meeting is given through that meeting: name it."""

    ja: ClassVar[str] = "会議の終了までの同意では、どの会議かを指定してください。"


class GrantedInTheFuture(Refused):
    """Consent is recorded after she gives it, never before."""

    ja: ClassVar[str] = "同意の日時に未来の日時は指定できません。"


class GrantNotFound(Refused):
    """There is no such consent in this case."""

    ja: ClassVar[str] = "このケースに該当する同意はありません。"


class NotTheSameConsent(Refused):
    """A consent takes the place of one of its kind, given for the same person, that still runs."""

    ja: ClassVar[str] = "切り替えられるのは、同じ人の、同じ種類の、継続中の同意だけです。"


def explained(grants: Grants, command: ExplainConsent, by: Context) -> tuple[ConsentExplained, ...]:
    grant_id = GrantId(by.new_id)
    assert grant_id not in grants
    check_may_be_asked(command)
    check_not_asked_again(grants, command)
    return (
        ConsentExplained(
            grant_id=grant_id,
            kind=command.kind,
            purpose=command.purpose,
            recipients=command.recipients,
            categories=command.categories,
            explained_by=by.staff,
            language=command.language,
            interpreter=command.interpreter,
            material_version=command.material_version,
            asked_again_because=command.asked_again_because,
        ),
    )


def check_may_be_asked(command: ExplainConsent) -> None:
    if barred := command.categories & NEVER_BY_CONSENT:
        raise NeverByConsent(categories=sorted(barred))


def check_not_asked_again(grants: Grants, command: ExplainConsent) -> None:
    """Whoever said no is left in peace, until something has changed."""
    refused = any(
        isinstance(grant, Declined)
        and grant.is_about(command.kind, command.recipients, command.categories)
        for grant in grants.values()
    )
    if refused and command.asked_again_because is None:
        raise NewCircumstancesNotNamed


def granted(  # noqa: PLR0913, PLR0917 (what is known of the case and the ledger, and the ask)
    concerned: Concerned,
    grants: Grants,
    conflicts: frozenset[PersonId],
    known_fields: AbstractSet[str],
    command: GrantConsent,
    by: Context,
) -> tuple[ConsentGranted | ConsentSuperseded, ...]:
    check_explained(grants.get(command.grant_id), command)
    check_not_refused_since(grants.get(command.grant_id), command)
    check_information_named(command)
    check_location(command)
    check_fields(command, known_fields)
    check_period(concerned, grants, command, by)
    granted_at = command.granted_at or by.at
    check_has_been_given(granted_at, by)
    grantor_id = check_grantor(concerned, command)
    check_no_conflict(conflicts, command)
    given = ConsentGranted(
        grant_id=command.grant_id,
        kind=command.kind,
        grantor=command.grantor,
        grantor_id=grantor_id,
        recipients=command.recipients,
        via_meeting=command.via_meeting,
        categories=command.categories,
        only_fields=command.only_fields,
        excluded_fields=command.excluded_fields,
        purpose=command.purpose,
        granted_at=granted_at,
        valid_until=command.valid_until,
        until_event=command.until_event,
        until_stay=_stay(command, by),
        history=command.history,
        method=command.method,
        obtained_by=by.agency,
        evidence_hash=command.evidence_hash,
        late_entry=is_late(granted_at, by),
        remind_on=remind_of_consent_on(by.timers, command.valid_until, date_in_japan(by.at)),
        conditions=command.conditions,
        conditions_text=command.conditions_text,
    )
    if command.supersedes is None:
        return (given,)
    check_takes_the_place(grants.get(command.supersedes), given)
    return (given, ConsentSuperseded(grant_id=command.supersedes, by_grant=command.grant_id))


def check_explained(grant: Grant | None, command: GrantConsent) -> None:
    """What was not explained by name was not agreed to; no word stands for all categories."""
    match grant:
        case None:
            raise NotExplained
        case Granted():
            raise ConsentAlreadyGranted
        case Declined():
            raise ConsentWasRefused
        case Ended(how="WITHDRAWN"):
            raise ConsentWasWithdrawn
        case Ended():
            raise ConsentHasEnded
        case Explained(kind=kind, purpose=purpose, recipients=recipients, categories=categories):
            same = (kind, purpose) == (command.kind, command.purpose)
            if not (same and command.recipients <= recipients and command.categories <= categories):
                raise WiderThanExplained


def check_not_refused_since(grant: Grant | None, command: GrantConsent) -> None:
    """A no to what was explained is a no to it, under whatever name she has said it."""
    since = grant.refused_since if isinstance(grant, Explained) else ()
    if any(no.is_about(command.kind, command.recipients, command.categories) for no in since):
        raise ConsentWasRefused


def check_information_named(command: GrantConsent) -> None:
    if command.kind == "INFORMATION" and not command.categories:
        raise InformationNotNamed


def check_location(command: GrantConsent) -> None:
    for_many = command.via_meeting or "LEDGER" in {command.kind, command.purpose}
    if "LOC" in command.categories and for_many:
        raise LocationNotForMany


def check_fields(command: GrantConsent, known_fields: AbstractSet[str]) -> None:
    """An unknown name would leave out nothing, unseen."""
    named = (command.only_fields or frozenset()) | (command.excluded_fields or frozenset())
    if not named <= known_fields:
        raise FieldNotKnown(fields=sorted(named - known_fields))


def check_period(concerned: Concerned, grants: Grants, command: GrantConsent, by: Context) -> None:
    """It always has an end, and one that can still come."""
    if (command.valid_until is None) == (command.until_event is None):
        raise PeriodNotNamed
    if command.until_stay is not None and command.until_event != "STAY_END":
        raise StayNotNamed
    if command.until_event == "MEETING_CLOSE" and command.via_meeting is None:
        raise MeetingNotNamed
    over = command.valid_until is not None and is_over(command.valid_until, by.at)
    match command.until_event:
        case "CASE_CLOSE" | "CASE_TRANSFER":
            over = concerned.status not in RUNNING
        case "STAY_END":
            to_come = concerned.stays | planned(grants)
            named_and_gone = command.until_stay is not None and command.until_stay not in to_come
            over = concerned.status not in RUNNING or named_and_gone
        case "MEETING_CLOSE":
            over = command.via_meeting not in concerned.meetings
        case None:
            pass
    if over:
        raise PeriodAlreadyOver


def check_has_been_given(granted_at: datetime, by: Context) -> None:
    if granted_at > by.at:
        raise GrantedInTheFuture


def is_late(granted_at: datetime, by: Context) -> bool:
    """A form that was signed before it is entered says so: what counts is when it is recorded."""
    return granted_at < by.at


def check_grantor(concerned: Concerned, command: GrantConsent) -> PersonId:
    """Whom it is given for, by somebody who may."""
    herself = command.grantor_id is None or command.grantor_id == concerned.subject_id
    if (command.grantor == "SUBJECT") != herself:
        raise GrantorNotNamed
    person = command.grantor_id or concerned.subject_id
    check_competent(concerned, command, person)
    return person


def check_competent(concerned: Concerned, command: GrantConsent, person: PersonId) -> None:
    kind = concerned.companions.get(person)
    match command.grantor:
        case "SUBJECT":
            return
        case "ADULT_COMPANION" if kind == "ADULT":
            return
        case "GUARDIAN" if kind == "CHILD":
            return
        case _:
            raise GrantorNotCompetent


def check_no_conflict(conflicts: frozenset[PersonId], command: GrantConsent) -> None:
    if command.grantor == "GUARDIAN" and command.grantor_id in conflicts:
        raise ChildInConflict


def check_takes_the_place(before: Grant | None, given: ConsentGranted) -> None:
    if before is None:
        raise GrantNotFound
    if not isinstance(before, Granted) or (before.kind, before.grantor_id) != (
        given.kind,
        given.grantor_id,
    ):
        raise NotTheSameConsent


def refused(grants: Grants, command: RecordRefusal, by: Context) -> tuple[ConsentRefused, ...]:
    if command.grant_id and command.grant_id not in grants:
        raise GrantNotFound
    grant_id = command.grant_id or GrantId(by.new_id)
    grant = grants.get(grant_id)
    if isinstance(grant, Granted):
        raise ConsentAlreadyGranted
    if not GRANT.allows(state_of(grant), ConsentRefused):
        return ()
    return (
        ConsentRefused(
            grant_id=grant_id,
            kind=command.kind,
            recipients=command.recipients,
            categories=command.categories,
            purpose=command.purpose,
            at=by.at,
        ),
    )


def planned(grants: Grants) -> frozenset[StayId]:
    """Stays that a consent which still runs ends with, whether they are decided yet or not."""
    return frozenset(
        grant.until_stay
        for grant in grants.values()
        if isinstance(grant, Granted) and grant.until_stay is not None
    )


def _stay(command: GrantConsent, by: Context) -> StayId | None:
    if command.until_event != "STAY_END":
        return None
    return command.until_stay or StayId(by.new_id)


RUNNING: Final = frozenset({"CONTACT", "ACTIVE"})
