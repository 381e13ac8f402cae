"""Grievances (苦情): one about the city, from its receipt to its end, and once more."""

from domain.consent_ledger import WithdrawConsent
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    EscalateGrievance,
    GiveResponse,
    ReceiveGrievance,
    RecordFindings,
    RecordImprovement,
    ReopenGrievance,
    ShareGrievance,
)
from domain.model import GrantId, GrievanceId
from tests.stories.cast import Cast
from tests.stories.record import Her


async def about_nobodys_case(cast: Cast) -> None:
    """What was said stands under a key of whoever heard it."""
    complaint = ReceiveGrievance(complainant="ANONYMOUS", text="窓口の案内が見つけにくい。")
    grievance = GrievanceId(await cast.city.makes(complaint))
    await cast.city.says(AcknowledgeGrievance(grievance_id=grievance))


async def about_the_city(cast: Cast, her: Her, grant: GrantId) -> None:
    """It is taken to the prefecture, and she takes her consent back through it, too."""
    centre, case = cast.centre, her.case
    complaint = ReceiveGrievance(
        complainant="SUBJECT",
        about_agencies=frozenset({cast.city.agency}),
        text="窓口で何度も同じことを聞かれた。",
    )
    grievance = GrievanceId(await centre.makes(complaint, case))
    await centre.says(AcknowledgeGrievance(grievance_id=grievance), case)
    await centre.says(
        AssignHandler(grievance_id=grievance, handler=centre.agency, handler_staff=centre.staff),
        case,
    )
    await centre.says(
        ShareGrievance(
            grievance_id=grievance,
            shared_with=frozenset({cast.city.agency}),
            extent="SUMMARY",
            complainant_agrees=True,
            summary="聞き取りの重複について。",
        ),
        case,
    )
    await centre.says(
        RecordFindings(grievance_id=grievance, findings="引き継ぎの紙がなかった。"), case
    )
    await centre.says(
        RecordImprovement(grievance_id=grievance, improvement="一度で聞く様式にした。"), case
    )
    await centre.says(GiveResponse(grievance_id=grievance, response="改めました。"), case)
    await centre.says(CloseGrievance(grievance_id=grievance), case)
    await centre.says(ReopenGrievance(grievance_id=grievance), case)
    await centre.says(
        EscalateGrievance(
            grievance_id=grievance,
            to_agency=cast.prefecture.agency,
            reason="COMPLAINANT_ASKS",
        ),
        case,
    )
    prefecture = cast.prefecture
    await prefecture.says(AcknowledgeGrievance(grievance_id=grievance), case)
    await prefecture.says(AssignHandler(grievance_id=grievance, handler=prefecture.agency), case)
    await prefecture.says(WithdrawConsent(grant_id=grant, reason="任せたくない。"), case)
