"""What she told stands nowhere in the clear: not in the engines' files, not in their logs."""

from pathlib import Path
from uuid import uuid4

from adapters import kek
from adapters.app import running
from adapters.settings import Settings
from contracts.answers import Accepted
from domain.case import CorrectSubjectDetails, IdentifySubject, OpenCase, RecordConsultation
from domain.catalogue import AnyCommand
from domain.consent_ledger import ExplainConsent, WithdrawConsent
from domain.model import AgencyId, CaseId, CommandId, GrantId, StaffId
from services.handling import Ask
from tests.agencies import Registry

PLANTED = "PlantedInTheClear ヤマダ秘密花子"
HERS = (b"PlantedInTheClear", "ヤマダ秘密花子".encode(), b"SPOUSE_VIOLENCE")
AGENCY, STAFF = AgencyId(uuid4()), StaffId(uuid4())


async def test_no_word_of_hers_is_found_in_any_file(tmp_path: Path) -> None:
    key_file = tmp_path / "kek"
    kek.make(key_file)
    data = tmp_path / "data"
    async with running(Settings(data=data, kek_file=key_file)) as app:
        registry = Registry(app.log, app.keyring, app.sealing)
        await registry.enrolled(AGENCY, STAFF)

        async def say(command: AnyCommand, case: CaseId | None = None) -> Accepted:
            ask = Ask(
                id=CommandId(uuid4()),
                agency=AGENCY,
                staff=STAFF,
                role="COORDINATOR",
                command=command,
                case=case,
            )
            answer = await app.handling.handle(ask)
            assert isinstance(answer, Accepted)
            return answer

        opened = await say(
            OpenCase(
                anonymous=True,
                channel="PHONE",
                found_via="SELF",
                frameworks=frozenset(),
                at_risk_only=False,
            )
        )
        case = opened.case
        await say(
            RecordConsultation(
                channel="PHONE",
                caller_is_subject=True,
                main_problem="SPOUSE_VIOLENCE",
                age_band="30S",
                language="ja",
                sexual_harm_flag=True,
                summary=PLANTED,
            ),
            case,
        )
        await say(IdentifySubject(name=PLANTED, kana=PLANTED, gender_identity_note=PLANTED), case)
        await say(CorrectSubjectDetails(name=PLANTED * 2, correction_reason=PLANTED), case)
        explained = await say(
            ExplainConsent(
                kind="INFORMATION",
                purpose="PROTECTION",
                recipients=frozenset({AgencyId(uuid4())}),
                categories=frozenset({"IDN"}),
                language="ja",
                material_version="1",
            ),
            case,
        )
        assert explained.made
        await say(WithdrawConsent(grant_id=GrantId(explained.made), reason=PLANTED), case)
        assert _files_with(data, *HERS) == []
    assert _files_with(data, *HERS) == []
    assert _files_with(data, b"case.subject_identified.v1")  # What is in the clear is found.


def _files_with(data: Path, *sought: bytes) -> list[str]:
    return [
        file.name
        for file in data.rglob("*")
        if file.is_file() and any(word in file.read_bytes() for word in sought)
    ]
