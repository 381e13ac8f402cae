"""What an emergency has to be, and who may ask for it and answer for it."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from domain.agency_codes import AgencyKind
from domain.categories import CategoryCode
from domain.concerned import Concerned
from domain.consent_codes import Danger, DangerPlace
from domain.emergency.states import Against, Emergency
from domain.model import (
    AgencyId,
    Context,
    StaffRole,
)
from domain.speech import Refused


class EmergencyNotFound(Refused):
    """There is no such emergency in this case."""

    ja: ClassVar[str] = "このケースに該当する緊急時の情報提供はありません。"


class NoDangerNamed(Refused):
    """Without her consent it needs danger to life or body: name what the danger is."""

    ja: ClassVar[str] = (
        "同意なしに提供できるのは、生命・身体に切迫した危険がある場合だけです。"
        "どのような危険かを指定してください。"
    )


class NotForEmergencies(Refused):
    """In an emergency only what saves life and body is told: leave these categories out."""

    ja: ClassVar[str] = (
        "緊急時に提供できるのは、生命・身体の安全に必要な情報だけです。"
        "この情報区分を外してください。"
    )


class InformationToTellNotNamed(Refused):
    """Name what is to be told: at least one category."""

    ja: ClassVar[str] = "提供する情報の区分を一つ以上指定してください。"


class RecipientKindNotAllowed(Refused):
    """It may not be told to agencies of this kind: name others."""

    ja: ClassVar[str] = "この種別の機関には提供できません。別の機関を指定してください。"


class DangerNotAtThatPlace(Refused):
    """Where she is may be told only if the danger is at that place."""

    ja: ClassVar[str] = "居所の情報を提供できるのは、危険がその場所にある場合だけです。"


class HealthOnlyToMedical(Refused):
    """Her health is told to medical institutions only: ask for the others apart."""

    ja: ClassVar[str] = (
        "健康・医療の情報は医療機関にだけ提供できます。他の機関への提供は別に依頼してください。"
    )


class EmergencyTooLong(Refused):
    """An emergency lasts 72 hours at most, and ends in the future."""

    ja: ClassVar[str] = "緊急時の情報提供の期限は、これから72時間以内で指定してください。"


class EmergencyToOneself(Refused):
    """Your agency cannot be a recipient of what it asks for or answers for itself."""

    ja: ClassVar[str] = "自分の機関への緊急時の情報提供を、自分で依頼・承認することはできません。"


class OverridesNotNamed(Refused):
    """She has refused this, or shut them out: name what is overridden, and two will decide."""

    ja: ClassVar[str] = (
        "本人が拒否または除外しています。"
        "本人の拒否や除外にかかわらず提供するものを明示してください。異なる機関の2名の承認が必要になります。"
    )


class NothingToOverride(Refused):
    """She has not said what is to be overridden, or it is not about this: leave it out."""

    ja: ClassVar[str] = "指定された拒否や除外はありません。指定を外してください。"


class MayNotAuthorise(Refused):
    """Only a representative, a centre's director or the head of a facility answers for this."""

    ja: ClassVar[str] = (
        "緊急時の情報提供を承認できるのは、代表者、女性相談支援センター所長、施設長だけです。"
    )


class AuthorisedByAnother(Refused):
    """Whoever asks for it, or has answered for it, cannot answer for it: another person does."""

    ja: ClassVar[str] = "依頼した人やすでに承認した人は承認できません。別の人が承認してください。"


class AuthorisedByAnotherAgency(Refused):
    """Two answer for it, of different agencies: the second is of another agency."""

    ja: ClassVar[str] = "2人目の承認は、別の機関の人が行ってください。"


class EmergencyAlreadyAuthorised(Refused):
    """This is already authorised."""

    ja: ClassVar[str] = "この緊急時の情報提供は、すでに承認されています。"


class EmergencyIsOver(Refused):
    """This emergency is over: ask anew if there is danger again."""

    ja: ClassVar[str] = (
        "この緊急時の情報提供は終了しています。再び危険がある場合は、新たに依頼してください。"
    )


LONGEST: Final = timedelta(hours=72)
AUTHORISERS: Final[frozenset[StaffRole]] = frozenset(
    {"REPRESENTATIVE", "CENTRE_DIRECTOR", "FACILITY_HEAD"}
)
TO_WHOM: Final[frozenset[AgencyKind]] = frozenset(
    {
        "POLICE",
        "MEDICAL_INSTITUTION",
        "CHILD_GUIDANCE_CENTRE",
        "WOMENS_SUPPORT_CENTRE",
        "TEMPORARY_PROTECTION_FACILITY",
    }
)
# What may save life and body: who she is, how and where to find her, who is with her, the danger.
WHAT: Final[frozenset[CategoryCode]] = frozenset(
    {"IDN", "CNT", "ADR", "LOC", "FAM", "CHD", "RSK", "HLT", "ACC"}
)


def check_danger(danger: frozenset[Danger]) -> None:
    if not danger:
        raise NoDangerNamed


def check_what(categories: frozenset[CategoryCode]) -> None:
    """Little: never what does not help to save her."""
    if not categories:
        raise InformationToTellNotNamed
    if barred := categories - WHAT:
        raise NotForEmergencies(categories=sorted(barred))


def check_to_whom(concerned: Concerned, recipients: frozenset[AgencyId]) -> None:
    """To few: never to whom cannot save her, and so to no meeting and into no ledger."""
    if not {concerned.agencies[each].kind for each in recipients} <= TO_WHOM:
        raise RecipientKindNotAllowed


def check_health(
    concerned: Concerned, recipients: frozenset[AgencyId], categories: frozenset[CategoryCode]
) -> None:
    kinds = {concerned.agencies[each].kind for each in recipients}
    if "HLT" in categories and kinds != {"MEDICAL_INSTITUTION"}:
        raise HealthOnlyToMedical


def check_place(categories: frozenset[CategoryCode], place: DangerPlace) -> None:
    if "LOC" in categories and place != "WHERE_SHE_IS":
        raise DangerNotAtThatPlace


def check_length(expires_at: datetime, by: Context) -> None:
    if not by.at < expires_at <= by.at + LONGEST:
        raise EmergencyTooLong


def check_not_oneself(recipients: frozenset[AgencyId], by: Context) -> None:
    """Who is shut out could else ask for itself, and read from the answer that it is."""
    if by.agency in recipients:
        raise EmergencyToOneself


def check_overrides_named(said: Against, named: Against) -> None:
    """It is not told here what she has said, nor against whom: who asks has to know it."""
    if (said.refusals - named.refusals) or (said.exclusions - named.exclusions):
        raise OverridesNotNamed
    if (named.refusals - said.refusals) or (named.exclusions - said.exclusions):
        raise NothingToOverride


def check_authority(by: Context) -> None:
    if by.role not in AUTHORISERS:
        raise MayNotAuthorise


def check_another_person(emergency: Emergency, by: Context) -> None:
    if by.staff in {emergency.requested_by, *emergency.authorised_by}:
        raise AuthorisedByAnother


def check_another_agency(emergency: Emergency, by: Context) -> None:
    if by.agency in emergency.authorised_by.values():
        raise AuthorisedByAnotherAgency
