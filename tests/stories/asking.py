"""Asking her (同意の確認): what is explained to her, and her yes to it, in one breath."""

from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from domain.categories import CategoryCode
from domain.codes import ConsentKind, Purpose
from domain.consent_ledger import ExplainConsent, GrantConsent
from domain.model import AgencyId, CaseId, GrantId
from tests.stories.telling import Someone


async def asked(
    who: Someone,
    case: CaseId,
    kind: ConsentKind,
    purpose: Purpose,
    recipients: AbstractSet[AgencyId],
    *categories: CategoryCode,
) -> GrantConsent:
    """What was explained to her, and how she may say yes to all of it."""
    explained = ExplainConsent(
        kind=kind,
        purpose=purpose,
        recipients=frozenset(recipients),
        categories=frozenset(categories),
        language="ja",
        material_version="2026-04",
    )
    return GrantConsent(
        grant_id=GrantId(await who.makes(explained, case)),
        kind=kind,
        grantor="SUBJECT",
        recipients=explained.recipients,
        categories=explained.categories,
        purpose=purpose,
        until_event="CASE_CLOSE",
        history="FULL",
        method="WRITTEN",
    )


async def agreed(
    who: Someone,
    case: CaseId,
    kind: ConsentKind,
    purpose: Purpose,
    recipients: AbstractSet[AgencyId],
    *categories: CategoryCode,
    **otherwise: object,
) -> GrantId:
    grant = await asked(who, case, kind, purpose, recipients, *categories)
    await who.says(replace(grant, **otherwise), case)
    return grant.grant_id
