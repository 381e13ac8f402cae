"""Figures of the entrance (計測): by route and status; never by agency, staff or case."""

from typing import Final

from prometheus_client import Counter, Histogram

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST"})

_REQUESTS: Final = Counter(
    "tsunagu_http_requests", "Requests answered", ("method", "route", "status")
)
_SECONDS: Final = Histogram(
    "tsunagu_http_seconds",
    "From the first byte of a request to the last of its answer",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
)


def count(method: str, route: str, status: int | None, seconds: float) -> None:
    """A caller may invent methods, and thereby no new series."""
    _REQUESTS.labels(method if method in METHODS else "other", route, status or "gone").inc()
    _SECONDS.labels(route).observe(seconds)
