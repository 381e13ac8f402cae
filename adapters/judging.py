"""Judging (判定): whether what was found is accepted, or stops us."""

from collections.abc import Iterable

import structlog

from adapters.findings import EnginesRefused, Finding

log = structlog.get_logger()


def judge(findings: Iterable[Finding], allow: frozenset[str]) -> None:
    """What an operator has accepted is said aloud at every start; the rest stops it."""
    once = {finding.code: finding for finding in findings}
    for finding in once.values():
        if finding.code in allow:
            log.warning("finding_allowed", code=finding.code, **finding.facts)
    refused = tuple(finding for finding in once.values() if finding.code not in allow)
    if refused:
        raise EnginesRefused(refused)
