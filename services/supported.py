"""Supported (支援の提示): what is done for her, with each agency named as it may be.

A thing is of one class, however agencies are named in it: so it is said here, and not converted.
"""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeAlias, cast

from msgspec.structs import replace

from contracts.envelope import AgencyShown
from contracts.support import SafetyShown, SupportShown
from domain.case.seen import Aftercare, LegalStep, Plan, Service, Stay
from domain.model import AgencyId
from domain.support_codes import LegalStepStatus
from projections.case_support import Support

Naming: TypeAlias = Callable[[AgencyId | None], AgencyShown | None]


def supported(support: Support, named: Naming, today: date) -> SupportShown | None:
    """``None``, where nothing of it may be seen."""
    if support == Support():
        return None
    return SupportShown(
        companions=support.companions,
        assessed=support.assessed,
        stays={key: _stay(stay, named) for key, stay in support.stays.items()},
        policy=support.policy,
        plans={key: _plan(plan, named) for key, plan in support.plans.items()},
        services={key: _service(each, named) for key, each in support.services.items()},
        legal_steps={key: _step(step, today) for key, step in support.legal_steps.items()},
        aftercare=_aftercare(support.aftercare, named),
        safety=tuple(
            SafetyShown(agency=agency, said=said)
            for whom, said in support.safety.items()
            if (agency := named(whom))
        ),
    )


def _stay(stay: Stay[AgencyId], named: Naming) -> Stay[AgencyShown]:
    return cast("Stay[AgencyShown]", replace(stay, provider=named(stay.provider)))


def _plan(plan: Plan[AgencyId], named: Naming) -> Plan[AgencyShown]:
    return cast("Plan[AgencyShown]", replace(plan, author=named(plan.author)))


def _service(service: Service[AgencyId], named: Naming) -> Service[AgencyShown]:
    return cast("Service[AgencyShown]", replace(service, provider=named(service.provider)))


def _step(step: LegalStep, today: date) -> LegalStep:
    """It protects her until its last day, and not longer: whether anybody writes that down or not.

    Who may not see which day that is, is not told by this either.
    """
    until = step.expires_on
    is_over = isinstance(until, date) and until < today
    return replace(step, status="EXPIRED") if is_over and step.status in IN_FORCE else step


def _aftercare(care: Aftercare[AgencyId] | None, named: Naming) -> Aftercare[AgencyShown] | None:
    return cast("Aftercare[AgencyShown]", replace(care, lead=named(care.lead))) if care else None


IN_FORCE: Final[frozenset[LegalStepStatus]] = frozenset({"GRANTED", "RENEWED"})
