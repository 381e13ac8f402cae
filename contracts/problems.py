"""Problems (RFC 9457): what a caller is told when something cannot be done.

Codes are for programs and stay as they are; sentences are for people, in both languages.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from domain.speech import CannotRun, Refused, Spoken, code_of

Language: TypeAlias = Literal["ja", "en"]

MEDIA_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:tsunagu:problem:"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: str
    title: str
    status: int
    code: str
    detail: str  # In the language that was asked for.
    detail_ja: str
    detail_en: str
    correlation: UUID  # Say it when you ask what went wrong: our log knows it.
    at: str | None = None  # Where in what was sent the value stands that cannot be; never which.
    lacking: tuple[str, ...] = ()  # Of what this server stands on, what does not run.


class NotHere(Refused):
    """There is nothing at this address."""

    ja: ClassVar[str] = "この宛先には何もありません。"


class MethodNotAllowed(Refused):
    """This address is not used in this way: see the methods that `Allow` names."""

    ja: ClassVar[str] = "この宛先はこの方法では使えません。`Allow` が示す方法を使ってください。"


class NotJson(Refused):
    """What is sent here is JSON, and says so: `Content-Type: application/json`."""

    ja: ClassVar[str] = (
        "ここには JSON を、`Content-Type: application/json` を付けて送ってください。"
    )


class QueryNotUnderstood(Refused):
    """A part of the query is not known, is given twice, or has another form than expected."""

    ja: ClassVar[str] = "検索条件に、未知のもの、重複したもの、または形の異なるものがあります。"


class RequestNotUnderstood(Refused):
    """This is not a request as HTTP/1.1 writes it, or its headers are too large."""

    ja: ClassVar[str] = "HTTP/1.1 の要求として読み取れないか、ヘッダーが大きすぎます。"


class SentTooSlowly(Refused):
    """What was being sent did not arrive in time. Nothing was done."""

    ja: ClassVar[str] = "送信が時間内に終わらなかったため、何も行っていません。"


class CommandNotFound(Refused):
    """Your agency has no command of this id."""

    ja: ClassVar[str] = "所属機関には、この番号のコマンドはありません。"


class Overloaded(Spoken):
    """Too much is being asked for at once. Nothing was done: ask again soon."""

    ja: ClassVar[str] = (
        "要求が集中しているため、何も行っていません。少し待ってもう一度送ってください。"
    )


class Stopping(Spoken):
    """This server is being stopped. Ask again with the same command id: nothing is done twice."""

    ja: ClassVar[str] = (
        "サーバーを停止しています。同じコマンド番号でもう一度送ってください。"
        "二重に記録されることはありません。"
    )


class NotAnsweredInTime(Spoken):
    """This took too long. Ask again with the same command id: nothing is done twice."""

    ja: ClassVar[str] = (
        "時間内に処理が終わりませんでした。同じコマンド番号でもう一度送ってください。"
        "二重に記録されることはありません。"
    )


class AnswerTooLarge(Refused):
    """What there is next does not fit into a message of NATS: fetch it over HTTP."""

    ja: ClassVar[str] = "次の内容は NATS のメッセージに収まりません。HTTP で読み込んでください。"


class NotReady(Spoken):
    """Something that this server stands on does not run."""

    ja: ClassVar[str] = "このサーバーに必要なものの一部が動いていません。"


class Unexpected(Spoken):
    """Something unexpected happened here. Tell the operator the correlation id."""

    ja: ClassVar[str] = (
        "予期しない誤りが起きました。相関番号（correlation）を運営担当者に伝えてください。"
    )


# A rule says no to this as things stand (409), unless it is listed here. What went wrong with us
# and not with what was asked is 500, unless it is listed here.
STATUS: Final[Mapping[str, int]] = {
    "REQUEST_NOT_UNDERSTOOD": 400,
    "QUERY_NOT_UNDERSTOOD": 400,
    "CURSOR_NOT_VALID": 400,
    "NOT_UNDERSTOOD": 400,
    # Nobody asks who has not said who they are,
    "TOKEN_MISSING": 401,
    "TOKEN_NOT_VALID": 401,
    "TOKEN_EXPIRED": 401,
    "TOKEN_REVOKED": 401,
    # or may not act here.
    "AGENCY_IS_SUSPENDED": 403,
    "STAFF_NOT_ENROLLED": 403,
    "PLEDGE_NOT_SIGNED": 403,
    "NOT_YOUR_AGENCY": 403,
    "NOT_YOUR_NETWORK": 403,
    "NOT_THE_OPERATOR": 403,
    "NOT_THE_IMPLEMENTING_BODY": 403,
    "NOT_THE_CENTRE": 403,
    "NOT_THE_CUSTODIAN": 403,
    "NOT_THE_DECIDER": 403,
    "MAY_NOT_AUTHORISE": 403,
    # What one may not see is not there.
    "NOT_HERE": 404,
    "BUNDLE_NOT_FOUND": 404,
    "CASE_NOT_FOUND": 404,
    "COMMAND_NOT_FOUND": 404,
    "COMPANION_NOT_FOUND": 404,
    "CONFLICT_NOT_FOUND": 404,
    "CONTRACT_NOT_FOUND": 404,
    "DECISION_NOT_FOUND": 404,
    "DIRECTORY_NOT_FOUND": 404,
    "EMERGENCY_NOT_FOUND": 404,
    "ERASURE_REQUEST_NOT_FOUND": 404,
    "EXCLUSION_NOT_FOUND": 404,
    "GRANT_NOT_FOUND": 404,
    "GRIEVANCE_NOT_FOUND": 404,
    "LEGAL_STEP_NOT_FOUND": 404,
    "MEETING_NOT_FOUND": 404,
    "MINUTES_NOT_FOUND": 404,
    "NEED_NOT_FOUND": 404,
    "NETWORK_NOT_FOUND": 404,
    "PLAN_NOT_FOUND": 404,
    "POSTING_NOT_FOUND": 404,
    "PURGE_NOT_FOUND": 404,
    "RECORD_NOT_FOUND": 404,
    "REFERRAL_NOT_FOUND": 404,
    "SERVICE_NOT_FOUND": 404,
    "STAY_NOT_FOUND": 404,
    "TOKEN_NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "SENT_TOO_SLOWLY": 408,
    "TOO_LARGE": 413,
    "NOT_JSON": 415,
    # What could never be recorded as it was sent, whatever has happened.
    "BOTH_FOR_AND_AGAINST": 422,
    "CASE_NOT_NAMED": 422,
    "CASE_NOT_NEEDED": 422,
    "CATEGORY_NOT_FOR_NOTES": 422,
    "COMMAND_ID_REUSED": 422,
    "CORRECTIVE_DOES_NOT_FIT": 422,
    "DANGER_NOT_AT_THAT_PLACE": 422,
    "DAY_NOT_ACCEPTED": 422,
    "DAY_STILL_TO_COME": 422,
    "EMERGENCY_TO_ONESELF": 422,
    "EXCLUDE_ONE": 422,
    "FIELD_NOT_KNOWN": 422,
    "GRANTED_IN_THE_FUTURE": 422,
    "GRANTOR_NOT_NAMED": 422,
    "GROUNDS_DO_NOT_FIT": 422,
    "INFORMATION_NOT_NAMED": 422,
    "INFORMATION_TO_TELL_NOT_NAMED": 422,
    "LEGAL_GROUND_IS_MISSING": 422,
    "LINKED_TO_ITSELF": 422,
    "LOCATION_NOT_FOR_MANY": 422,
    "MEETING_NOT_NAMED": 422,
    "MORE_THAN_THE_PROVISION": 422,
    "NETWORK_NOT_NAMED": 422,
    "NEVER_BY_CONSENT": 422,
    "NEXT_OR_NONE": 422,
    "NOTHING_PROVIDED": 422,
    "NOTHING_TO_CORRECT": 422,
    "NOTHING_TO_SEE": 422,
    "NOT_FOR_EMERGENCIES": 422,
    "NOT_FOR_MEETINGS": 422,
    "NOT_YET_HAPPENED": 422,
    "NO_DANGER_NAMED": 422,
    "PERIOD_ALREADY_OVER": 422,
    "PERIOD_NOT_ACCEPTED": 422,
    "PERIOD_NOT_NAMED": 422,
    "RANGE_NOT_ACCEPTED": 422,
    "REFERRAL_TO_ONESELF": 422,
    "STAY_NOT_NAMED": 422,
    "SUCCESSOR_NOT_ANOTHER": 422,
    "TEXT_NOT_ACCEPTED": 422,
    "TIME_NOT_ACCEPTED": 422,
    "VALUE_OUT_OF_BOUNDS": 422,
    # Ask again.
    "LOG_REFUSES_WRITES": 503,
    "LOG_UNAVAILABLE": 503,
    "NOT_ANSWERED_IN_TIME": 503,
    "NOT_READY": 503,
    "NOT_RELEASED": 503,
    "NOT_TAKEN_BACK": 503,
    "OVERLOADED": 503,
    "STOPPING": 503,
    "STREAM_UNAVAILABLE": 503,
    "TOO_MANY_AT_ONCE": 503,
}

# Somebody has to act on it at once, also where the caller is told.
LOUD: Final = frozenset({"NOT_TAKEN_BACK"})


def problem(code: str, language: Language, correlation: UUID, *, at: str | None = None) -> Problem:
    """Of a refusal that is said now, or was stored long ago."""
    said = spoken(code)
    if issubclass(said, CannotRun):  # A matter for the operator, who finds it in our log.
        code, said = code_of(Unexpected), Unexpected
    return Problem(
        type=TYPE + code,
        title=code.replace("_", " ").capitalize(),
        status=status_of(code),
        code=code,
        detail=said.ja if language == "ja" else english(said),
        detail_ja=said.ja,
        detail_en=english(said),
        correlation=correlation,
        at=at,
    )


def status_of(code: str) -> int:
    return STATUS.get(code) or (409 if issubclass(spoken(code), Refused) else 500)


def spoken(code: str) -> type[Spoken]:
    """A newer version may have stored a refusal that this one has no sentence for."""
    if code not in _SPOKEN:
        _SPOKEN.update({code_of(each): each for each in every(Spoken)})
    return _SPOKEN.get(code, Refused)


def every(spoken: type[Spoken]) -> Iterator[type[Spoken]]:
    for each in spoken.__subclasses__():
        yield each
        yield from every(each)


def english(spoken: type[Spoken]) -> str:
    return (spoken.__doc__ or "").strip()


_SPOKEN: Final[dict[str, type[Spoken]]] = {}
