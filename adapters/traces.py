"""Traces (トレース): where the time went, by ids alone, for a collector that an operator names."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Protocol

from adapters.settings import TracesUrl
from contracts.answers import Answer
from services.handling import Ask
from services.receiving import Handles


class Span(Protocol):
    def tell(self, **ids: object) -> None:
        """Ids, codes and numbers; never a person's words."""
        ...


class Traces(Protocol):
    def span(self, name: str) -> AbstractContextManager[Span]: ...


class NoTraces:
    def span(self, name: str) -> AbstractContextManager[Span]:  # noqa: ARG002 (nobody asks)
        return _UNTRACED


class _Untraced:
    def tell(self, **ids: object) -> None: ...


_UNTRACED: Final[AbstractContextManager[Span]] = nullcontext(_Untraced())


class TracedHandling:
    def __init__(self, handling: Handles, traces: Traces) -> None:
        self._handling: Final = handling
        self._traces: Final = traces

    async def handle(self, ask: Ask) -> Answer:
        with self._traces.span("handling") as span:
            span.tell(command=ask.id, agency=ask.agency, correlation=ask.correlation)
            return await self._handling.handle(ask)


@contextmanager
def tracing(url: TracesUrl | None) -> Generator[Traces]:
    """Without a collector, nothing that could trace is even loaded."""
    if url is None:
        yield NoTraces()
        return
    from adapters.opentelemetry import opened  # noqa: PLC0415

    with opened(url.reveal()) as traces:
        yield traces
