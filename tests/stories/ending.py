"""The end (終結): transferred, closed, opened again, closed for good, no longer used, erased."""

from domain.case import (
    CaseOpened,
    CloseCase,
    EndParticipation,
    RecordComingOfAge,
    ReopenCase,
    TransferCase,
)
from domain.case.carrying import CarryOver
from domain.consent_ledger import WithdrawConsent
from domain.erasure import DecideErasure, RequestErasure
from domain.model import ErasureRequestId, GrantId, NetworkId
from domain.trail.notices import AboutId, NotifySubject
from tests.stories.cast import Cast
from tests.stories.record import Her
from tests.stories.telling import by_itself


async def transferred(cast: Cast, her: Her, network: NetworkId) -> None:
    """And those who had handed her on have no part in it any more."""
    await cast.neighbour.says(TransferCase(network_id=network), her.case)
    await cast.city.says(EndParticipation(agency_id=cast.city.agency), her.case)


async def carried_over(cast: Cast, her: Her) -> None:
    """A year later she stands in another ledger, without anybody asking for it."""
    cast.stage.clock.passes(days=365)
    await by_itself(cast.stage).says(CarryOver(), her.case)


async def closed(cast: Cast, her: Her) -> None:
    """Years have passed: her son agrees for himself from now on."""
    await cast.neighbour.says(RecordComingOfAge(person_id=her.son), her.case)
    done = CloseCase(reason="GOALS_MET", outcome="暮らしが落ち着いた。", subject_wish="助かった。")
    await cast.neighbour.says(done, her.case)
    await cast.neighbour.says(
        ReopenCase(reason="SUBJECTS_WISH", subject_wish="もう一度話したい。"), her.case
    )
    await cast.neighbour.says(done, her.case)


async def erased(cast: Cast, her: Her) -> None:
    """First it is no longer used; that is lifted; and on another request it is erased."""
    first = await _requested(cast, her)
    await cast.prefecture.says(
        DecideErasure(request_id=first, decision="RESTRICT", grounds="RETENTION_RUNNING"), her.case
    )
    await cast.prefecture.says(
        DecideErasure(request_id=first, decision="REFUSE", grounds="LEGAL_HOLD"), her.case
    )
    second = await _requested(cast, her)
    await cast.prefecture.says(
        DecideErasure(request_id=second, decision="ERASE", grounds="ERASURE_DUTY"), her.case
    )
    await cast.neighbour.says(NotifySubject(about="ERASURE", about_id=AboutId(second)), her.case)


async def what_she_may_still_say(cast: Cast, her: Her, grant: GrantId) -> None:
    """No word of hers can be kept any more, and what she takes back is taken back all the same."""
    await cast.neighbour.says(WithdrawConsent(grant_id=grant), her.case)


async def _requested(cast: Cast, her: Her) -> ErasureRequestId:
    _, opened = await cast.stage.book.last(her.case, CaseOpened)
    request = RequestErasure(
        scope=frozenset({opened.subject_id}), requester="SUBJECT", identity_check="ID_DOCUMENT"
    )
    return ErasureRequestId(await cast.neighbour.makes(request, her.case))
