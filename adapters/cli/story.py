"""A short story with made-up people (物語), told through the public entrance step by step."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from time import monotonic
from typing import Any, Final, NamedTuple
from uuid import UUID

from adapters.cli.caller import Caller, NotAnswered
from adapters.words import Words
from contracts.asked import CaseAlias
from domain.agency import EnrolStaff, RegisterAgency, SignPledge
from domain.agency_codes import AgencyKind
from domain.case import (
    AcceptCase,
    IdentifySubject,
    OpenCase,
    RecordConsultation,
    RecordNote,
    SetContactMethod,
)
from domain.categories import CategoryCode
from domain.consent_ledger import ExplainConsent, GrantConsent
from domain.model import AgencyId, GrantId, NetworkId, ReferralId, StaffId
from domain.network import EstablishNetwork, JoinNetwork
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    ReferralStatus,
    SendReferral,
)

OPERATOR: Final = Words(ja="運営担当", en="Operator")
CITY: Final = Words(ja="緑野市", en="Midorino City")
CENTRE: Final = Words(ja="女性相談支援センター", en="Women's Support Centre")
OFFICE: Final = Words(ja="若葉市福祉事務所", en="Wakaba Welfare Office")
WITH_THE_CITY: Final = frozenset({CITY})
WITH_BOTH: Final = frozenset({CITY, CENTRE})
SHARED: Final = frozenset[CategoryCode]({"SVC", "IDN", "CNT", "PRB"})
ASKED_ABOUT: Final = frozenset[CategoryCode]({*SHARED, "NAR"})
PLEDGE: Final = "2026-04"


class Agency(NamedTuple):
    """One of the cast: an agency, by the name it has in the story, and its way in."""

    name: Words
    id: AgencyId
    caller: Caller


class Cast(NamedTuple):
    city: Agency
    centre: Agency
    office: Agency  # Has nothing to do with her.


class Standing(NamedTuple):
    """Who then has her case in their list, and how her referral stands for its two sides."""

    listed: frozenset[Words]
    referral: ReferralStatus | None = None


class Step(NamedTuple):
    """Something that happened, and where it is worth a look, how things stand then."""

    who: Words
    what: Words
    then: Standing | None = None


class Enrolled(NamedTuple):
    """Who is to be given a token."""

    agency: AgencyId
    staff: StaffId


async def join(operator: Caller, kind: AgencyKind, name: Words) -> Enrolled:
    """The operator registers an agency, enrols somebody, and records that she signed the pledge."""
    agency = AgencyId(
        await operator.make(
            RegisterAgency(kind=kind, name=name.ja, prefecture="06", sector="PUBLIC")
        )
    )
    enrol = EnrolStaff(agency_id=agency, role="WOMENS_SUPPORT_COUNSELLOR")
    staff = StaffId(await operator.make(enrol))
    await operator.say(SignPledge(agency_id=agency, staff_id=staff, text_version=PLEDGE))
    return Enrolled(agency, staff)


async def tell(operator: Caller, cast: Cast) -> AsyncIterator[Step]:
    city, centre = cast.city.caller, cast.centre.caller
    network = await _works_together(operator, cast.city.id, cast.centre.id)
    yield Step(
        OPERATOR,
        Words(
            ja="市とセンターが構成機関となるネットワークを設置した",
            en="sets up a network of the City and the Centre",
        ),
    )
    opened = await city.say(
        OpenCase(
            anonymous=True,
            channel="PHONE",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
            at_risk_only=False,
        )
    )
    case = opened.case
    assert case is not None
    yield Step(CITY, Words(ja="匿名の電話相談を受け付けた", en="opens a case, without a name"))
    await _she_says(city, case)
    yield Step(
        CITY,
        Words(
            ja="本人が名前と安全な連絡方法を明かし、話したことを記録した",
            en="records who she is, how to reach her safely, and what she told",
        ),
    )
    await city.say(AcceptCase(network_id=network), case)
    yield Step(
        CITY,
        Words(
            ja="ネットワークのケースとして支援を開始し、主担当機関になった",
            en="accepts the case into the network, and answers for her",
        ),
        then=Standing(WITH_THE_CITY),
    )
    await _she_agrees(city, cast.centre.id, case)
    yield Step(
        CITY,
        Words(
            ja="センターへの情報提供に本人が同意した。記録は除いて",
            en="asks what the Centre may be told; she agrees, but for notes",
        ),
        then=Standing(WITH_THE_CITY),
    )
    referral = ReferralId(
        await city.make(
            DraftReferral(
                kind="TEMPORARY_PROTECTION_REQUEST",
                to_agency=cast.centre.id,
                purpose="PROTECTION",
                urgency="HIGH",
            ),
            case,
        )
    )
    await city.say(SendReferral(referral_id=referral), case)
    yield Step(
        CITY,
        Words(ja="センターにつないだ", en="refers her to the Centre"),
        then=Standing(WITH_THE_CITY, "SENT"),
    )
    hers = await _arrived(centre, referral)
    await centre.say(ReceiveReferral(referral_id=referral), hers)
    await centre.say(AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT"), hers)
    yield Step(
        CENTRE,
        Words(ja="受け取り、受け入れることにした", en="receives the referral, and takes her on"),
        then=Standing(WITH_BOTH, "ACCEPTED"),
    )
    await centre.say(ConfirmHandover(referral_id=referral, referrer_remains=True), hers)
    yield Step(
        CENTRE,
        Words(
            ja="引き継ぎを確認し、主担当機関になった",
            en="confirms that it answers for her now",
        ),
    )
    await centre.say(
        SetContactMethod(means="THROUGH_ANOTHER", value="センターの担当者を通じて"), hers
    )
    yield Step(
        CENTRE,
        Words(
            ja="新しい連絡方法を記録した。緑野市には見えない",
            en="records another way to reach her",
        ),
        then=Standing(WITH_BOTH, "COMPLETED"),
    )


async def _works_together(operator: Caller, city: AgencyId, centre: AgencyId) -> NetworkId:
    """To be a member opens no record; but only a member takes a case on."""
    establish = EstablishNetwork(
        name="緑野市女性支援ネットワーク",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area=CITY.ja,
        implementing_body=city,
    )
    network = NetworkId(await operator.make(establish))
    for member in (city, centre):
        await operator.say(JoinNetwork(network_id=network, agency_id=member, membership="MEMBER"))
    return network


async def _she_says(city: Caller, case: CaseAlias) -> None:
    await city.say(
        IdentifySubject(name="相川みさき", kana="アイカワ ミサキ", birth_date=BORN), case
    )
    await city.say(
        SetContactMethod(means="PHONE", value="090-0000-0000", safe_times="平日の昼休み"), case
    )
    await city.say(
        RecordConsultation(
            channel="PHONE",
            caller_is_subject=True,
            main_problem="SPOUSE_VIOLENCE",
            age_band="30S",
            language="ja",
            sexual_harm_flag=False,
        ),
        case,
    )
    note = RecordNote(declared_category="ECO", text="仕事を続けたい。")
    await city.say(note, case)


async def _she_agrees(city: Caller, centre: AgencyId, case: CaseAlias) -> None:
    explain = ExplainConsent(
        kind="INFORMATION",
        purpose="PROTECTION",
        recipients=frozenset({centre}),
        categories=ASKED_ABOUT,
        language="ja",
        material_version="2026-04",
    )
    await city.say(
        GrantConsent(
            grant_id=GrantId(await city.make(explain, case)),
            kind="INFORMATION",
            grantor="SUBJECT",
            recipients=frozenset({centre}),
            categories=SHARED,
            purpose="PROTECTION",
            until_event="CASE_CLOSE",
            history="FULL",
            method="WRITTEN",
        ),
        case,
    )


async def _arrived(centre: Caller, referral: ReferralId) -> CaseAlias:
    """The Centre finds it on its board, and there the case under a name of the Centre's own."""
    async for board in seen_again(centre, "/v1/referrals"):
        for line in board["items"]:
            if line["referral"] == str(referral):
                return CaseAlias(UUID(line["case"]))
    raise AssertionError


async def seen_again(caller: Caller, path: str) -> AsyncIterator[dict[str, Any]]:
    """Lists follow the log by a moment."""
    give_up_at = monotonic() + LISTED_WITHIN_S
    while monotonic() < give_up_at:
        yield await caller.see(path)
        await asyncio.sleep(LOOK_AGAIN_S)
    raise NotAnswered(path)


BORN: Final = date(1994, 2, 3)
LISTED_WITHIN_S: Final = 10.0
LOOK_AGAIN_S: Final = 0.05
