"""Codes of support (支援のコード): where she stays, what is done for her and planned with her."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from domain.categories import CategoryCode
from domain.codes import CATEGORIES, Label

# 入所・保護の種類: the first four protect her, the others give her a place to live.
StayKind: TypeAlias = Literal[
    "TEMPORARY_PROTECTION",
    "EMERGENCY_TEMPORARY_PROTECTION",
    "COMMISSIONED_PROTECTION",
    "MOTHER_CHILD_EMERGENCY",
    "WOMENS_SELF_RELIANCE_FACILITY",
    "MOTHER_CHILD_LIVING_SUPPORT",
    "STEP_HOUSE",
    "SHARE_HOUSE",
    "PUBLIC_HOUSING_TEMPORARY",
    "DISABILITY_FACILITY",
    "ELDERLY_FACILITY",
    "OTHER",
]
STAY_KINDS: Final[Mapping[StayKind, Label]] = {
    "TEMPORARY_PROTECTION": Label("一時保護", "Temporary protection"),
    "EMERGENCY_TEMPORARY_PROTECTION": Label("緊急一時保護", "Emergency temporary protection"),
    "COMMISSIONED_PROTECTION": Label("一時保護委託", "Commissioned protection"),
    "MOTHER_CHILD_EMERGENCY": Label(
        "母子緊急一時保護", "Emergency protection of a mother and her children"
    ),
    "WOMENS_SELF_RELIANCE_FACILITY": Label(
        "女性自立支援施設", "Women's self-reliance support facility"
    ),
    "MOTHER_CHILD_LIVING_SUPPORT": Label(
        "母子生活支援施設", "Living support facility for mothers and children"
    ),
    "STEP_HOUSE": Label("民間ステップハウス", "Private step house"),
    "SHARE_HOUSE": Label("シェアハウス", "Share house"),
    "PUBLIC_HOUSING_TEMPORARY": Label("公営住宅の一時利用", "Temporary use of public housing"),
    "DISABILITY_FACILITY": Label("障害者支援施設", "Support facility for people with disabilities"),
    "ELDERLY_FACILITY": Label("高齢者施設", "Facility for the elderly"),
    "OTHER": Label("その他", "Other"),
}
PROTECTIVE_STAYS: Final[frozenset[StayKind]] = frozenset(
    {
        "TEMPORARY_PROTECTION",
        "EMERGENCY_TEMPORARY_PROTECTION",
        "COMMISSIONED_PROTECTION",
        "MOTHER_CHILD_EMERGENCY",
    }
)
RESIDENTIAL_STAYS: Final[frozenset[StayKind]] = frozenset(STAY_KINDS) - PROTECTIVE_STAYS
EMERGENCY_STAYS: Final[frozenset[StayKind]] = frozenset(
    {"EMERGENCY_TEMPORARY_PROTECTION", "MOTHER_CHILD_EMERGENCY"}
)

# 県内・県外
StayScope: TypeAlias = Literal["IN_PREFECTURE", "OUT_OF_PREFECTURE"]
STAY_SCOPES: Final[Mapping[StayScope, Label]] = {
    "IN_PREFECTURE": Label("県内", "Within the prefecture"),
    "OUT_OF_PREFECTURE": Label("県外", "In another prefecture"),
}

# 主訴別一時保護の区分: chosen at admission, and no projection of the problem she came with.
ProtectionReasonCode: TypeAlias = Literal[
    "DV",
    "DATING_DV",
    "FAMILY_PROBLEM",
    "OTHER_VIOLENCE",
    "STALKING",
    "NOWHERE_TO_RETURN",
    "OTHER",
    "TRAFFICKING",
]
PROTECTION_REASONS: Final[Mapping[ProtectionReasonCode, Label]] = {
    "DV": Label("夫等の暴力", "Violence by a husband or partner"),
    "DATING_DV": Label("デートDV", "Dating violence"),
    "FAMILY_PROBLEM": Label("家族間の問題", "Problems within the family"),
    "OTHER_VIOLENCE": Label("その他の暴力", "Other violence"),
    "STALKING": Label("ストーカー被害", "Stalking"),
    "NOWHERE_TO_RETURN": Label("帰住先なし", "Nowhere to return to"),
    "OTHER": Label("その他", "Other"),
    "TRAFFICKING": Label("人身取引被害", "Trafficking"),
}

# 一時保護の事由: the seven that 施行規則第1条 names.
ProtectionLegalGround: TypeAlias = Literal[
    "SPOUSE_VIOLENCE",
    "COHABITANT_VIOLENCE",
    "STALKING",
    "TRAFFICKING",
    "NO_RESIDENCE_OR_HARMFUL_RETURN",
    "RECOVERY_CONNECTION",
    "LIFE_BODY_SAFETY",
]
PROTECTION_GROUNDS: Final[Mapping[ProtectionLegalGround, Label]] = {
    "SPOUSE_VIOLENCE": Label("配偶者からの暴力", "Violence by a spouse"),
    "COHABITANT_VIOLENCE": Label("同居する者等からの暴力", "Violence by somebody she lives with"),
    "STALKING": Label("ストーカー行為", "Stalking"),
    "TRAFFICKING": Label("人身取引", "Trafficking"),
    "NO_RESIDENCE_OR_HARMFUL_RETURN": Label(
        "住居がない、または帰ると有害な影響がある",
        "No residence, or one that it would harm her to return to",
    ),
    "RECOVERY_CONNECTION": Label(
        "心身の健康の確保と、関係機関による回復への支援",
        "Health of mind and body, and help to recover by other agencies",
    ),
    "LIFE_BODY_SAFETY": Label("生命・身体の安全", "Safety of life and body"),
}

# 一時保護を希望しない理由
ProtectionDeclineReason: TypeAlias = Literal[
    "KEEP_WORK_OR_SCHOOL", "NO_FREE_OUTINGS", "NO_MOBILE_PHONE", "OTHER", "NOT_STATED"
]
PROTECTION_DECLINE_REASONS: Final[Mapping[ProtectionDeclineReason, Label]] = {
    "KEEP_WORK_OR_SCHOOL": Label(
        "仕事や学校を休みたくない", "She does not want to miss work or school"
    ),
    "NO_FREE_OUTINGS": Label("外出が自由にできない", "She could not go out freely"),
    "NO_MOBILE_PHONE": Label("携帯電話が使えない", "She could not use her telephone"),
    "OTHER": Label("その他", "Other"),
    "NOT_STATED": Label("理由は述べられていない", "She gave no reason"),
}

# 取りやめの理由: why a stay that was decided does not begin.
StayCancelReason: TypeAlias = Literal[
    "SHE_CHOSE_OTHERWISE", "CONSENT_WITHDRAWN", "NO_PLACE", "ANOTHER_STAY", "OTHER"
]
STAY_CANCEL_REASONS: Final[Mapping[StayCancelReason, Label]] = {
    "SHE_CHOSE_OTHERWISE": Label("本人が別の道を選んだ", "She chose otherwise"),
    "CONSENT_WITHDRAWN": Label("同意が撤回された", "She withdrew her consent"),
    "NO_PLACE": Label("受け入れる場所がなくなった", "There was no place any more"),
    "ANOTHER_STAY": Label("別の入所・保護に変わった", "Another stay took its place"),
    "OTHER": Label("その他", "Other"),
}

# 退所先
DestinationKind: TypeAlias = Literal[
    "HOME",
    "OWN_HOUSING",
    "RELATIVE",
    "FACILITY",
    "OTHER_PREFECTURE",
    "HOSPITAL",
    "UNKNOWN",
    "OTHER",
]
DESTINATION_KINDS: Final[Mapping[DestinationKind, Label]] = {
    "HOME": Label("元の住まい", "The home she came from"),
    "OWN_HOUSING": Label("自分の新しい住まい", "Housing of her own"),
    "RELATIVE": Label("親族・知人宅", "With relatives or friends"),
    "FACILITY": Label("施設", "A facility"),
    "OTHER_PREFECTURE": Label("県外", "Another prefecture"),
    "HOSPITAL": Label("病院", "A hospital"),
    "UNKNOWN": Label("不明", "Not known"),
    "OTHER": Label("その他", "Other"),
}

# 同伴者の居場所: where a companion is who does not come along into the stay.
CompanionPlace: TypeAlias = Literal[
    "CHILD_GUIDANCE_CENTRE", "CHILD_WELFARE_FACILITY", "FORMER_HOME", "RELATIVE", "HOSPITAL",
    "OTHER_STAY", "OTHER",
]  # fmt: skip
COMPANION_PLACES: Final[Mapping[CompanionPlace, Label]] = {
    "CHILD_GUIDANCE_CENTRE": Label("児童相談所の一時保護", "In the care of child guidance"),
    "CHILD_WELFARE_FACILITY": Label("児童福祉施設", "In a child welfare facility"),
    "FORMER_HOME": Label("元の住まい", "In the home they came from"),
    "RELATIVE": Label("親族・知人宅", "With relatives or friends"),
    "HOSPITAL": Label("病院", "In a hospital"),
    "OTHER_STAY": Label("別の場所での保護・入所", "In protection or a residence elsewhere"),
    "OTHER": Label("その他", "Elsewhere"),
}

# 支援の分野
ServiceField: TypeAlias = Literal[
    "WELFARE",
    "HEALTH_MEDICAL",
    "CHILD_REARING",
    "HOUSING",
    "EDUCATION",
    "OTHER",
    "EMPLOYMENT",
    "ECONOMIC",
    "LEGAL",
    "PSYCHOLOGICAL",
]
SERVICE_FIELDS: Final[Mapping[ServiceField, Label]] = {
    "WELFARE": Label("福祉", "Welfare"),
    "HEALTH_MEDICAL": Label("保健医療", "Health and medicine"),
    "CHILD_REARING": Label("子育て", "Raising children"),
    "HOUSING": Label("住まい", "Housing"),
    "EDUCATION": Label("教育", "Education"),
    "OTHER": Label("その他", "Other"),
    "EMPLOYMENT": Label("就業", "Work"),
    "ECONOMIC": Label("経済", "Money"),
    "LEGAL": Label("司法", "Law"),
    "PSYCHOLOGICAL": Label("心理", "Psychology"),
}

# 利用する制度・サービス
ServiceCode: TypeAlias = Literal[
    "PUBLIC_HOUSING_PRIORITY_DRAW",
    "PUBLIC_HOUSING_TEMPORARY",
    "HOUSING_SECURITY_BENEFIT",
    "MOTHER_CHILD_LIVING_SUPPORT",
    "STEP_HOUSE",
    "HOUSING_SUPPORT",
    "EMPLOYMENT_OR_TRAINING",
    "SINGLE_PARENT_EMPLOYMENT",
    "PUBLIC_ASSISTANCE",
    "CHILD_REARING_ALLOWANCE",
    "WELFARE_LOAN",
    "NURSERY_PRIORITY_ADMISSION",
    "SCHOOL_ENROLMENT",
    "DISABILITY_WELFARE",
    "ELDERLY_CARE",
    "FREE_LEGAL_CONSULTATION",
    "PROTECTION_ORDER_PROCEDURE",
    "MEDICAL_TREATMENT",
    "PSYCHOLOGICAL_CARE",
    "INTERPRETING",
    "NEEDY_PERSONS_CONSULTATION",
    "CRIME_VICTIM_SUPPORT",
]
SERVICES: Final[Mapping[ServiceCode, Label]] = {
    "PUBLIC_HOUSING_PRIORITY_DRAW": Label(
        "県営住宅の優遇抽選", "Preference in the draw for public housing"
    ),
    "PUBLIC_HOUSING_TEMPORARY": Label("県営住宅の一時利用", "Temporary use of public housing"),
    "HOUSING_SECURITY_BENEFIT": Label("住居確保給付金", "Housing security benefit"),
    "MOTHER_CHILD_LIVING_SUPPORT": Label(
        "母子生活支援施設", "Living support facility for mothers and children"
    ),
    "STEP_HOUSE": Label("民間ステップハウス", "Private step house"),
    "HOUSING_SUPPORT": Label("居住支援", "Help to find and keep housing"),
    "EMPLOYMENT_OR_TRAINING": Label("就業支援・職業訓練", "Help to find work, or training"),
    "SINGLE_PARENT_EMPLOYMENT": Label(
        "母子・父子福祉センターの就業支援", "Help to find work at a single-parent centre"
    ),
    "PUBLIC_ASSISTANCE": Label("生活保護", "Public assistance"),
    "CHILD_REARING_ALLOWANCE": Label("児童扶養手当等", "Child-rearing allowance and the like"),
    "WELFARE_LOAN": Label("福祉資金の貸付", "Welfare loan"),
    "NURSERY_PRIORITY_ADMISSION": Label(
        "保育所への優先・随時の入所", "Priority admission to a nursery"
    ),
    "SCHOOL_ENROLMENT": Label("就学", "Enrolment in school"),
    "DISABILITY_WELFARE": Label("障害福祉サービス", "Services for people with disabilities"),
    "ELDERLY_CARE": Label("介護・高齢者施設", "Care and facilities for the elderly"),
    "FREE_LEGAL_CONSULTATION": Label("無料の法律相談", "Free legal consultation"),
    "PROTECTION_ORDER_PROCEDURE": Label("保護命令の手続", "Procedure for a protection order"),
    "MEDICAL_TREATMENT": Label("医療機関の受診", "Medical treatment"),
    "PSYCHOLOGICAL_CARE": Label("心理ケア", "Psychological care"),
    "INTERPRETING": Label("通訳", "Interpreting"),
    "NEEDY_PERSONS_CONSULTATION": Label(
        "生活困窮者自立相談支援", "Consultation for people in need"
    ),
    "CRIME_VICTIM_SUPPORT": Label("犯罪被害者支援", "Support for victims of crime"),
}

# サービスの情報区分: what it tells of her that she uses such a service.
ServiceCategory: TypeAlias = Literal["ECO", "HOU", "SCH", "HLT", "ACC", "LEG"]
SERVICE_CATEGORIES: Final[Mapping[ServiceCategory, Label]] = {
    "ECO": CATEGORIES["ECO"],
    "HOU": CATEGORIES["HOU"],
    "SCH": CATEGORIES["SCH"],
    "HLT": CATEGORIES["HLT"],
    "ACC": CATEGORIES["ACC"],
    "LEG": CATEGORIES["LEG"],
}
CATEGORY_OF_SERVICE: Final[Mapping[ServiceCode, ServiceCategory]] = {
    "PUBLIC_HOUSING_PRIORITY_DRAW": "HOU",
    "PUBLIC_HOUSING_TEMPORARY": "HOU",
    "HOUSING_SECURITY_BENEFIT": "ECO",
    "MOTHER_CHILD_LIVING_SUPPORT": "HOU",
    "STEP_HOUSE": "HOU",
    "HOUSING_SUPPORT": "HOU",
    "EMPLOYMENT_OR_TRAINING": "ECO",
    "SINGLE_PARENT_EMPLOYMENT": "ECO",
    "PUBLIC_ASSISTANCE": "ECO",
    "CHILD_REARING_ALLOWANCE": "ECO",
    "WELFARE_LOAN": "ECO",
    "NURSERY_PRIORITY_ADMISSION": "SCH",
    "SCHOOL_ENROLMENT": "SCH",
    "DISABILITY_WELFARE": "ACC",
    "ELDERLY_CARE": "ACC",
    "FREE_LEGAL_CONSULTATION": "LEG",
    "PROTECTION_ORDER_PROCEDURE": "LEG",
    "MEDICAL_TREATMENT": "HLT",
    "PSYCHOLOGICAL_CARE": "HLT",
    "INTERPRETING": "ACC",
    "NEEDY_PERSONS_CONSULTATION": "ECO",
    "CRIME_VICTIM_SUPPORT": "LEG",
}

# サービスの利用状況
ServiceStatus: TypeAlias = Literal[
    "REQUESTED", "APPROVED", "IN_USE", "ENDED", "REFUSED", "UNAVAILABLE"
]
SERVICE_STATUSES: Final[Mapping[ServiceStatus, Label]] = {
    "REQUESTED": Label("申請中", "Asked for"),
    "APPROVED": Label("決定済", "Approved"),
    "IN_USE": Label("利用中", "In use"),
    "ENDED": Label("利用終了", "Ended"),
    "REFUSED": Label("却下・不承認", "Refused"),
    "UNAVAILABLE": Label("利用できる資源なし", "Not available"),
}

# 支援の種類
ActivityKind: TypeAlias = Literal[
    "CONSULTATION",
    "INFORMATION",
    "LIAISON",
    "ACCOMPANIMENT",
    "VISIT",
    "PATROL",
    "OUTREACH",
    "SNS_CONSULTATION",
    "DROP_IN_PLACE",
    "PEER_SUPPORT",
    "GROUP_SESSION",
    "PROCEDURE_SUPPORT",
    "SELF_RELIANCE_SUPPORT",
    "SELF_RELIANCE_COURSE",
    "LIVING_SUPPORT",
    "REBUILDING_LIFE",
    "CONTINUED_SELF_RELIANCE",
    "EMPLOYMENT_SUPPORT",
    "HOUSING_SUPPORT",
    "LEGAL_CONSULTATION",
    "INTERPRETING",
    "MEDICAL_CARE",
    "PSYCHOLOGICAL_ASSESSMENT",
    "PSYCHOLOGICAL_CARE",
    "CHILDCARE",
    "STUDY_SUPPORT",
    "CHILD_LIVING_SUPPORT",
    "CHILD_PSYCHOLOGICAL_CARE",
    "WATCHING_OVER",
    "PHONE_FOLLOW_UP",
    "VISIT_FOLLOW_UP",
]
ACTIVITY_KINDS: Final[Mapping[ActivityKind, Label]] = {
    "CONSULTATION": Label("相談", "Consultation"),
    "INFORMATION": Label("情報提供", "Information"),
    "LIAISON": Label("関係機関との連絡調整", "Liaison with other agencies"),
    "ACCOMPANIMENT": Label("同行支援", "Going with her"),
    "VISIT": Label("訪問", "Visit"),
    "PATROL": Label("巡回・見回り", "Patrol"),
    "OUTREACH": Label("アウトリーチ", "Outreach"),
    "SNS_CONSULTATION": Label("SNS相談", "Consultation by social media"),
    "DROP_IN_PLACE": Label("居場所の提供", "A place to drop by"),
    "PEER_SUPPORT": Label("ピアサポート", "Peer support"),
    "GROUP_SESSION": Label("グループ相談会", "Group session"),
    "PROCEDURE_SUPPORT": Label("手続の支援", "Help with procedures"),
    "SELF_RELIANCE_SUPPORT": Label("自立支援", "Support towards self-reliance"),
    "SELF_RELIANCE_COURSE": Label("自立支援講座", "Course for self-reliance"),
    "LIVING_SUPPORT": Label("生活支援", "Support in daily living"),
    "REBUILDING_LIFE": Label("生活再建の支援", "Rebuilding her life"),
    "CONTINUED_SELF_RELIANCE": Label("継続的自立支援", "Continued support of self-reliance"),
    "EMPLOYMENT_SUPPORT": Label("就業支援", "Help to find work"),
    "HOUSING_SUPPORT": Label("住まいの支援", "Help with housing"),
    "LEGAL_CONSULTATION": Label("法律相談", "Legal consultation"),
    "INTERPRETING": Label("通訳", "Interpreting"),
    "MEDICAL_CARE": Label("医療的ケア", "Medical care"),
    "PSYCHOLOGICAL_ASSESSMENT": Label("心理アセスメント", "Psychological assessment"),
    "PSYCHOLOGICAL_CARE": Label("心のケア", "Psychological care"),
    "CHILDCARE": Label("保育", "Childcare"),
    "STUDY_SUPPORT": Label("学習支援", "Help with schoolwork"),
    "CHILD_LIVING_SUPPORT": Label("子どもの生活支援", "Support in a child's daily living"),
    "CHILD_PSYCHOLOGICAL_CARE": Label("子どもの心のケア", "Psychological care of a child"),
    "WATCHING_OVER": Label("見守り", "Watching over her"),
    "PHONE_FOLLOW_UP": Label("電話によるフォロー", "Follow-up by telephone"),
    "VISIT_FOLLOW_UP": Label("訪問によるフォロー", "Follow-up by visits"),
}
HEALTH_ACTIVITIES: Final[frozenset[ActivityKind]] = frozenset(
    {"MEDICAL_CARE", "PSYCHOLOGICAL_ASSESSMENT", "PSYCHOLOGICAL_CARE"}
)
CHILD_ACTIVITIES: Final[frozenset[ActivityKind]] = frozenset(
    {"CHILDCARE", "STUDY_SUPPORT", "CHILD_LIVING_SUPPORT", "CHILD_PSYCHOLOGICAL_CARE"}
)
CATEGORY_OF_ACTIVITY: Final[Mapping[ActivityKind, CategoryCode]] = {
    **dict.fromkeys(HEALTH_ACTIVITIES, "HLT"),
    **dict.fromkeys(CHILD_ACTIVITIES, "CHD"),
}

# 支援の場
PlaceKind: TypeAlias = Literal[
    "OFFICE", "WHERE_SHE_STAYS", "ANOTHER_AGENCY", "OUTSIDE", "PHONE", "ONLINE", "OTHER"
]
PLACE_KINDS: Final[Mapping[PlaceKind, Label]] = {
    "OFFICE": Label("支援機関の窓口・事務所", "At the agency's office"),
    "WHERE_SHE_STAYS": Label("本人のいる場所", "Where she stays"),
    "ANOTHER_AGENCY": Label("他の機関", "At another agency"),
    "OUTSIDE": Label("屋外・街頭", "Outside"),
    "PHONE": Label("電話", "By telephone"),
    "ONLINE": Label("オンライン", "Online"),
    "OTHER": Label("その他", "Elsewhere"),
}

# 支援計画の種類
PlanKind: TypeAlias = Literal[
    "SELF_RELIANCE_POLICY", "SELF_RELIANCE_PLAN", "INDIVIDUAL_SUPPORT_PLAN", "AFTERCARE_PLAN"
]
PLAN_KINDS: Final[Mapping[PlanKind, Label]] = {
    "SELF_RELIANCE_POLICY": Label("自立支援方針", "Policy for self-reliance"),
    "SELF_RELIANCE_PLAN": Label("自立支援計画", "Plan for self-reliance"),
    "INDIVIDUAL_SUPPORT_PLAN": Label("個別支援計画", "Individual support plan"),
    "AFTERCARE_PLAN": Label("アフターケア計画", "Aftercare plan"),
}

# 計画の結果
PlanOutcome: TypeAlias = Literal["REACHED", "PARTLY_REACHED", "REPLACED", "HER_WISH", "OTHER"]
PLAN_OUTCOMES: Final[Mapping[PlanOutcome, Label]] = {
    "REACHED": Label("目標を達成した", "Its goals were reached"),
    "PARTLY_REACHED": Label("目標の一部を達成した", "Some of its goals were reached"),
    "REPLACED": Label("別の計画に引き継いだ", "Another plan took its place"),
    "HER_WISH": Label("本人の希望", "She wished it"),
    "OTHER": Label("その他", "Other"),
}

# 課題への対応の結果
NeedOutcome: TypeAlias = Literal["MET", "PARTLY_MET", "NO_RESOURCE", "HER_WISH", "OTHER"]
NEED_OUTCOMES: Final[Mapping[NeedOutcome, Label]] = {
    "MET": Label("解決した", "It was met"),
    "PARTLY_MET": Label("一部解決した", "It was met in part"),
    "NO_RESOURCE": Label("利用できる資源がなかった", "There was nothing to meet it with"),
    "HER_WISH": Label("本人の希望", "She wished it"),
    "OTHER": Label("その他", "Other"),
}

# 法的手続の種類
LegalStepKind: TypeAlias = Literal[
    "PROTECTION_ORDER",
    "DIVORCE",
    "CUSTODY",
    "RESIDENT_REGISTRY_PROTECTION",
    "RESIDENCE_STATUS",
    "POLICE_REPORT",
    "DAMAGES",
    "OTHER",
]
LEGAL_STEP_KINDS: Final[Mapping[LegalStepKind, Label]] = {
    "PROTECTION_ORDER": Label("保護命令", "Protection order"),
    "DIVORCE": Label("離婚", "Divorce"),
    "CUSTODY": Label("親権・監護", "Custody"),
    "RESIDENT_REGISTRY_PROTECTION": Label(
        "住民基本台帳事務における支援措置", "Protection in the resident registry"
    ),
    "RESIDENCE_STATUS": Label("在留資格", "Residence status"),
    "POLICE_REPORT": Label("被害届・告訴", "Report to the police"),
    "DAMAGES": Label("損害賠償", "Damages"),
    "OTHER": Label("その他", "Other"),
}

# 法的手続の状況
LegalStepStatus: TypeAlias = Literal[
    "FILED", "GRANTED", "RENEWED", "EXPIRED", "REFUSED", "WITHDRAWN"
]
LEGAL_STEP_STATUSES: Final[Mapping[LegalStepStatus, Label]] = {
    "FILED": Label("申立て・申請中", "Filed"),
    "GRANTED": Label("認められた", "Granted"),
    "RENEWED": Label("更新・延長", "Renewed"),
    "EXPIRED": Label("期間満了", "Expired"),
    "REFUSED": Label("認められなかった", "Refused"),
    "WITHDRAWN": Label("取下げ", "Withdrawn"),
}

# アフターケアの方法
AftercareMeans: TypeAlias = Literal["PHONE", "VISIT", "DROP_IN"]
AFTERCARE_MEANS: Final[Mapping[AftercareMeans, Label]] = {
    "PHONE": Label("電話", "By telephone"),
    "VISIT": Label("訪問", "By visits"),
    "DROP_IN": Label("来所・居場所", "She drops in"),
}

# アフターケアを行わない理由: she declines it, or it would come too late.
WithoutAftercare: TypeAlias = Literal["DECLINED", "DECEASED"]
WITHOUT_AFTERCARE: Final[Mapping[WithoutAftercare, Label]] = {
    "DECLINED": Label("本人が希望しない", "She declines it"),
    "DECEASED": Label("死亡", "She has died"),
}

# 本人の意向を確認できない理由: that she does not answer for a while is none.
CannotBeAsked: TypeAlias = Literal["DECEASED", "MOVED_UNREACHABLE"]
CANNOT_BE_ASKED: Final[Mapping[CannotBeAsked, Label]] = {
    "DECEASED": Label("死亡", "She has died"),
    "MOVED_UNREACHABLE": Label("転居し、連絡先が不明", "She moved, and nobody knows where"),
}

# 問い合わせてきた者
AskedBy: TypeAlias = Literal[
    "PERPETRATOR",
    "PERPETRATORS_SIDE",
    "HER_FAMILY",
    "WORKPLACE_OR_SCHOOL",
    "ANOTHER_AGENCY",
    "PRESS",
    "UNKNOWN",
    "OTHER",
]
ASKED_BY: Final[Mapping[AskedBy, Label]] = {
    "PERPETRATOR": Label("加害者", "The perpetrator"),
    "PERPETRATORS_SIDE": Label("加害者の関係者", "Somebody on the perpetrator's side"),
    "HER_FAMILY": Label("本人の家族・親族", "Her family"),
    "WORKPLACE_OR_SCHOOL": Label("職場・学校", "A workplace or school"),
    "ANOTHER_AGENCY": Label("他の機関", "Another agency"),
    "PRESS": Label("報道機関", "The press"),
    "UNKNOWN": Label("不明", "Not known"),
    "OTHER": Label("その他", "Somebody else"),
}

# 問い合わせへの応答
InquiryResponse: TypeAlias = Literal["NEITHER_YES_NOR_NO", "NOT_ANSWERED", "CONFIRMED", "DENIED"]
INQUIRY_RESPONSES: Final[Mapping[InquiryResponse, Label]] = {
    "NEITHER_YES_NOR_NO": Label(
        "いるともいないとも答えていない", "It was answered neither yes nor no"
    ),
    "NOT_ANSWERED": Label("応答していない", "It was not answered"),
    "CONFIRMED": Label("支援していると答えた", "It was confirmed"),
    "DENIED": Label("支援していないと答えた", "It was denied"),
}
