"""Consents as she gives most of them: to be protected, in writing, and until her case is closed."""

from typing import Any

from domain.categories import CategoryCode
from domain.consent_ledger import ExplainConsent, GrantConsent
from domain.model import AgencyId, GrantId


def explained(to: frozenset[AgencyId], categories: frozenset[CategoryCode]) -> ExplainConsent:
    return ExplainConsent(
        kind="INFORMATION",
        purpose="PROTECTION",
        recipients=to,
        categories=categories,
        language="ja",
        material_version="2026-04",
    )


def granted(grant: GrantId, as_explained: ExplainConsent, **otherwise: Any) -> GrantConsent:
    """To all that was explained, from the beginning."""
    given: dict[str, Any] = {"history": "FULL", "until_event": "CASE_CLOSE", **otherwise}
    return GrantConsent(
        grant_id=grant,
        kind=as_explained.kind,
        grantor="SUBJECT",
        recipients=as_explained.recipients,
        categories=as_explained.categories,
        purpose=as_explained.purpose,
        method="WRITTEN",
        **given,
    )
