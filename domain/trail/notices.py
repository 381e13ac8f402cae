"""Notices (本人への通知・開示): she is told what was done without her, as soon as it is safe."""

from datetime import date
from typing import Annotated, ClassVar, NewType, TypeAlias
from uuid import UUID

from domain.categories import CNS, Category
from domain.consent_codes import AccessKind, AccessLimit, DeferralReason, NotifiedAbout
from domain.model import Command, Event, Instant
from domain.speech import Refused

# The emergency, the statutory disclosure, the purge or the request that she is told about.
AboutId = NewType("AboutId", UUID)


class SubjectNotified(Event, frozen=True, kw_only=True, tag="trail.subject_notified.v1"):
    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    about: Annotated[NotifiedAbout, CNS]
    about_id: Annotated[AboutId, CNS]
    at: Annotated[Instant, CNS]


class NotificationDeferred(Event, frozen=True, kw_only=True, tag="trail.notification_deferred.v1"):
    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    about: Annotated[NotifiedAbout, CNS]
    about_id: Annotated[AboutId, CNS]
    until: Annotated[date, CNS]
    reason: Annotated[DeferralReason, CNS]


class SubjectAccessProvided(
    Event, frozen=True, kw_only=True, tag="trail.subject_access_provided.v1"
):
    """``left_out``: why some of it was not shown to her; nothing was, where there is no reason."""

    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    what: Annotated[frozenset[AccessKind], CNS]
    left_out: Annotated[frozenset[AccessLimit], CNS]
    at: Annotated[Instant, CNS]


NoticeEvent: TypeAlias = SubjectNotified | NotificationDeferred | SubjectAccessProvided


class NotifySubject(Command, frozen=True, kw_only=True, tag="trail.notify_subject"):
    about: NotifiedAbout
    about_id: AboutId


class DeferNotification(Command, frozen=True, kw_only=True, tag="trail.defer_notification"):
    about: NotifiedAbout
    about_id: AboutId
    until: date
    reason: DeferralReason


class ProvideAccess(Command, frozen=True, kw_only=True, tag="trail.provide_access"):
    what: frozenset[AccessKind]
    left_out: frozenset[AccessLimit] = frozenset()


NoticeCommand: TypeAlias = NotifySubject | DeferNotification | ProvideAccess


class NothingToNotify(Refused):
    """There is nothing of that kind in this case that she could be told about."""

    ja: ClassVar[str] = "本人に通知すべき該当の出来事は、このケースにはありません。"


class AlreadyNotified(Refused):
    """She has been told about it already: there is nothing left to put off."""

    ja: ClassVar[str] = "本人にはすでに通知済みのため、延期はできません。"


class DeferredIntoThePast(Refused):
    """It is put off until a day that is still to come."""

    ja: ClassVar[str] = "延期の期日には、これから先の日付を指定してください。"


class NothingProvided(Refused):
    """Say what she was shown: at least one."""

    ja: ClassVar[str] = "本人に開示した対象を一つ以上指定してください。"
