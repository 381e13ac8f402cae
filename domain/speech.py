"""What we say when something cannot be: a stable code, and one sentence in each language."""

import re
from typing import ClassVar


class Spoken(Exception):
    """Something could not be done."""

    ja: ClassVar[str] = "実行できませんでした。"

    def __init__(self, **facts: object) -> None:
        """``facts`` are ids, codes and numbers, never a person's words."""
        super().__init__(self.en)
        self.facts = facts

    @property
    def code(self) -> str:
        return code_of(type(self))

    @property
    def en(self) -> str:
        return (type(self).__doc__ or "").strip()


def code_of(spoken: type[Spoken]) -> str:
    """The class name is the code: ``CaseNotFound`` is ``CASE_NOT_FOUND``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", spoken.__name__).upper()


class Refused(Spoken):
    """The request breaks a rule."""

    ja: ClassVar[str] = "規則により受け付けられません。"


class CannotRun(Spoken):
    """Tsunagu cannot run here as it is set up."""

    ja: ClassVar[str] = "この設定では Tsunagu を実行できません。"
    remedy: ClassVar[str] = "Run `tsunagu doctor`."
    remedy_ja: ClassVar[str] = "`tsunagu doctor` を実行してください。"
