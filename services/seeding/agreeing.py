"""Agreeing (同意): she is asked, and says yes, no, less, or no longer."""

from typing import Final

from domain.categories import CategoryCode
from domain.codes import ConsentKind, Purpose, UntilEvent
from domain.consent_ledger import (
    ExplainConsent,
    GrantConsent,
    NarrowConsent,
    RecordRefusal,
    WithdrawConsent,
)
from domain.exclusions import LiftExclusion, SetExclusion
from domain.model import GrantId
from services.seeding.her import Her, Story
from services.seeding.land import Agency

USUAL: Final[tuple[CategoryCode, ...]] = ("IDN", "CNT", "SVC", "PRB", "FAM", "PLN", "RSK")
SOME: Final[tuple[CategoryCode, ...]] = ("IDN", "CNT", "SVC", "ECO", "HOU", "CHD", "RSK", "ACC")
AT_A_TABLE: Final[frozenset[CategoryCode]] = frozenset({"MTG", "SVC", "IDN", "PLN", "RSK"})


def asked(  # noqa: PLR0913 (all that she is asked)
    her: Her,
    kind: ConsentKind,
    purpose: Purpose,
    recipients: frozenset[Agency],
    categories: frozenset[CategoryCode],
    *,
    until: UntilEvent | None = "CASE_CLOSE",
    days: int = 0,
    yes: float = 0.85,
) -> GrantId | None:
    """What she agreed to, if she did; some say no, and some do not say."""
    named = frozenset(each.id for each in recipients)
    did = her.records(
        ExplainConsent(
            kind=kind,
            purpose=purpose,
            recipients=named,
            categories=categories,
            language="ja",
            material_version="2026-04",
            asked_again_because="NEED_CHANGED",
        )
    )
    if did is None or did.made is None:
        return None
    grant = GrantId(did.made)
    if not her.chance.likely(yes):
        if her.chance.likely(0.7):
            her.records(
                RecordRefusal(
                    grant_id=grant,
                    kind=kind,
                    recipients=named,
                    categories=categories,
                    purpose=purpose,
                )
            )
        return None
    did = her.records(
        GrantConsent(
            grant_id=grant,
            kind=kind,
            grantor="SUBJECT",
            recipients=named,
            categories=categories,
            purpose=purpose,
            valid_until=None if until else her.in_days(days),
            until_event=until,
            history=her.chance.weighed({"FULL": 8, "SNAPSHOT": 2, "NONE": 0.5}),
            method=her.chance.weighed({"WRITTEN": 6, "ORAL_WITNESSED": 3, "ELECTRONIC": 1}),
        )
    )
    if did is None:
        return None
    if until is None:
        her.agreed_until = max(her.agreed_until, her.in_days(days))
    if kind == "INFORMATION":
        her.grants[grant] = recipients
    return grant


def lets_know(her: Her, others: frozenset[Agency], purpose: Purpose = "SERVICE") -> GrantId | None:
    """For some months, or until her case is closed."""
    categories = frozenset[CategoryCode]({"IDN", "CNT", *her.chance.some(SOME, 1, 5)})
    months = None if her.chance.likely(0.65) else 30 * her.chance.between(1, 9)
    return asked(
        her,
        "INFORMATION",
        purpose,
        others,
        categories,
        until=None if months else "CASE_CLOSE",
        days=months or 0,
    )


def to_be_met_about(her: Her) -> None:
    """With whom the practitioners go through all cases."""
    table = frozenset({her.city.division, her.region.centre, her.city.npo, her.city.welfare})
    more = frozenset(her.chance.some(USUAL, 0, 4))
    her.conference = asked(
        her, "INFORMATION", "CONFERENCE", table, AT_A_TABLE | more, until="CASE_CLOSE", yes=0.93
    )


def changes_her_mind(her: Her) -> Story:
    """Less, or no longer. Nobody has read what is made up: so there is nothing to destroy."""
    if not her.grants:
        return
    grant = her.chance.one(list(her.grants))
    recipients = her.grants[grant]
    what = her.chance.weighed({"LESS": 4, "FEWER": 2, "NO_LONGER": 4})
    if what == "LESS":
        less = frozenset(her.chance.some(USUAL, 1, 2))
        her.records(NarrowConsent(grant_id=grant, removed_categories=less))
    elif what == "FEWER" and len(recipients) > 1 and grant != her.conference:
        fewer = frozenset({her.chance.one(sorted(recipients))})
        named = frozenset(each.id for each in fewer)
        if her.records(NarrowConsent(grant_id=grant, removed_recipients=named)):
            her.grants[grant] = recipients - fewer
    elif what == "NO_LONGER":
        _takes_back(her, grant)
    yield from ()


def _takes_back(her: Her, grant: GrantId) -> None:
    reason = her.chance.one((None, "もう少し考えたい。", "知らせたくなくなった。"))
    if her.records(WithdrawConsent(grant_id=grant, reason=reason)) is None:
        return
    del her.grants[grant]
    if grant == her.conference:
        her.conference = None


def shuts_out(her: Her) -> Story:
    """Somebody there knows him; now and then she hears that it was somebody else."""
    whom = her.chance.one((her.city.hospital, her.city.police, her.city.school, her.city.housing))
    if her.chance.likely(0.4):
        her.records(SetExclusion(staff_id=whom.staff[0].staff))
        return
    if her.records(SetExclusion(agency_id=whom.id)) and her.chance.likely(0.3):
        yield her.chance.days(60)
        her.records(LiftExclusion(agency_id=whom.id, method="ORAL_WITNESSED"))
