"""How we show what endangers us, or stops us: code, sentence, facts, remedy (所見)."""

from collections.abc import Iterator

from rich.text import Text

from adapters.findings import EnginesRefused, Finding
from adapters.words import REMEDY, Language
from domain.speech import CannotRun, Spoken


def findings_of(spoken: Spoken) -> tuple[Finding, ...]:
    if isinstance(spoken, EnginesRefused):
        return spoken.findings
    facts = {name: str(value) for name, value in spoken.facts.items()}
    remedies = (spoken.remedy, spoken.remedy_ja) if isinstance(spoken, CannotRun) else ("", "")
    return (Finding(spoken.code, spoken.en, spoken.ja, *remedies, facts),)


def described(finding: Finding, language: Language) -> Iterator[Text]:
    ja = language == "ja"
    yield Text.assemble((finding.code, "bold red"), " ", finding.ja if ja else finding.en)
    for name, value in _facts(finding, language):
        yield Text(f"  {name}: {value}")
    if remedy := finding.remedy_ja if ja else finding.remedy_en:
        yield Text(f"  {REMEDY.spoken(language)}: {remedy}")


def _facts(finding: Finding, language: Language) -> Iterator[tuple[str, str | int]]:
    """A fact in words comes twice; ``expected_ja`` says in Japanese what ``expected`` says."""
    unwanted = {
        name if language == "en" else name.removesuffix("_ja")
        for name in finding.facts
        if name.endswith("_ja")
    }
    return ((name, value) for name, value in finding.facts.items() if name not in unwanted)
