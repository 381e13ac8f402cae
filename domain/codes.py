"""Code lists (コード表): what may be chosen, and how each choice reads in Japanese and English.

Codes are forever, like the tags of events; labels are ours to improve.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.categories import CategoryCode
from domain.model import Automatic, StaffRole


class Label(NamedTuple):
    ja: str
    en: str


# 主訴: why she came. The label of one of the 21 printed columns is lost and must not be invented.
ProblemCode: TypeAlias = Literal[
    "SPOUSE_VIOLENCE",
    "SPOUSE_SUBSTANCE_ABUSE",
    "SPOUSE_DIVORCE",
    "SPOUSE_OTHER",
    "CHILD_VIOLENCE",
    "CHILD_REARING_DIFFICULTY",
    "CHILD_OTHER",
    "PARENT_VIOLENCE",
    "RELATIVE_VIOLENCE",
    "RELATIVE_OTHER",
    "OTHER_PERSON_VIOLENCE",
    "INTIMATE_RELATIONSHIP",
    "HUMAN_RELATIONS_OTHER",
    "HR_14_UNLABELLED",
    "HOUSING_PROBLEM",
    "NOWHERE_TO_RETURN",
    "ECONOMIC_PROBLEM",
    "MENTAL_PROBLEM",
    "ILLNESS_PREGNANCY",
    "ANTI_PROSTITUTION_ART5",
    "TRAFFICKING_VICTIM",
]
PROBLEMS: Final[Mapping[ProblemCode, Label]] = {
    "SPOUSE_VIOLENCE": Label("夫等の暴力", "Violence by a husband or partner"),
    "SPOUSE_SUBSTANCE_ABUSE": Label(
        "夫等の薬物中毒・酒乱", "Drug or alcohol abuse by a husband or partner"
    ),
    "SPOUSE_DIVORCE": Label("離婚問題", "Divorce"),
    "SPOUSE_OTHER": Label("夫等：その他", "Husband or partner: other"),
    "CHILD_VIOLENCE": Label("子どもの暴力", "Violence by a child"),
    "CHILD_REARING_DIFFICULTY": Label("養育困難", "Difficulty in raising a child"),
    "CHILD_OTHER": Label("子ども：その他", "Children: other"),
    "PARENT_VIOLENCE": Label("親の暴力", "Violence by a parent"),
    "RELATIVE_VIOLENCE": Label("その他の親族の暴力", "Violence by another relative"),
    "RELATIVE_OTHER": Label("親族：その他", "Relatives: other"),
    "OTHER_PERSON_VIOLENCE": Label("その他の者の暴力", "Violence by someone else"),
    "INTIMATE_RELATIONSHIP": Label("男女関係", "Intimate relationship"),
    "HUMAN_RELATIONS_OTHER": Label("人間関係：その他", "Human relations: other"),
    "HR_14_UNLABELLED": Label(
        "人間関係：第14区分（名称不明）", "Human relations: column 14 (name lost)"
    ),
    "HOUSING_PROBLEM": Label("住居問題", "Housing"),
    "NOWHERE_TO_RETURN": Label("帰住先なし", "Nowhere to return to"),
    "ECONOMIC_PROBLEM": Label("経済的問題", "Money"),
    "MENTAL_PROBLEM": Label("精神的問題", "Mental health"),
    "ILLNESS_PREGNANCY": Label("病気・妊娠など", "Illness, pregnancy and the like"),
    "ANTI_PROSTITUTION_ART5": Label("売春防止法5条違反", "Article 5 of the Anti-Prostitution Act"),
    "TRAFFICKING_VICTIM": Label("人身取引被害", "Victim of trafficking"),
}

# 相談内容: the topic a gender-equality centre records.
TopicCode: TypeAlias = Literal[
    "WAY_OF_LIFE",
    "MIND",
    "BODY_SEXUALITY",
    "MARRIAGE",
    "FAMILY_RELATIVES",
    "RELATIONSHIPS",
    "DV",
    "WORK",
    "LIVING",
    "OTHER",
]
TOPICS: Final[Mapping[TopicCode, Label]] = {
    "WAY_OF_LIFE": Label("生き方", "Way of life"),
    "MIND": Label("こころ", "Mind"),
    "BODY_SEXUALITY": Label("からだ・性", "Body and sexuality"),
    "MARRIAGE": Label("夫婦", "Marriage"),
    "FAMILY_RELATIVES": Label("家族・親族", "Family and relatives"),
    "RELATIONSHIPS": Label("人間関係", "Relationships"),
    "DV": Label("DV", "Domestic violence"),
    "WORK": Label("仕事", "Work"),
    "LIVING": Label("暮らし", "Daily living"),
    "OTHER": Label("その他", "Other"),
}

# 相談経路: every channel but telephone and interview is reported as その他.
Channel: TypeAlias = Literal[
    "PHONE",
    "INTERVIEW",
    "OTHER",
    "EMAIL",
    "WEB_CHAT",
    "SNS",
    "INTERNET_FORM",
    "OUTREACH_VISIT",
    "STREET_OUTREACH",
    "NET_PATROL",
    "AGENCY_REQUEST",
    "GROUP_SESSION",
]
CHANNELS: Final[Mapping[Channel, Label]] = {
    "PHONE": Label("電話相談", "Telephone"),
    "INTERVIEW": Label("面接相談", "Interview"),
    "OTHER": Label("その他", "Other"),
    "EMAIL": Label("メール相談", "Email"),
    "WEB_CHAT": Label("チャット相談", "Web chat"),
    "SNS": Label("SNS相談", "Social media"),
    "INTERNET_FORM": Label("インターネットの相談フォーム", "Internet form"),
    "OUTREACH_VISIT": Label("出張相談", "Outreach visit"),
    "STREET_OUTREACH": Label("声掛け・夜間見回り", "Street outreach"),
    "NET_PATROL": Label("ネットパトロール", "Internet patrol"),
    "AGENCY_REQUEST": Label("公的機関からの支援要請", "Request by a public agency"),
    "GROUP_SESSION": Label("グループ相談会", "Group session"),
}

# 年代
AgeBand: TypeAlias = Literal["UNDER_18", "18_19", "20S", "30S", "40S", "50S", "60_PLUS", "UNKNOWN"]
AGE_BANDS: Final[Mapping[AgeBand, Label]] = {
    "UNDER_18": Label("18歳未満", "Under 18"),
    "18_19": Label("18歳～19歳", "18 or 19"),
    "20S": Label("20代", "In her twenties"),
    "30S": Label("30代", "In her thirties"),
    "40S": Label("40代", "In her forties"),
    "50S": Label("50代", "In her fifties"),
    "60_PLUS": Label("60代以上", "Sixty or older"),
    "UNKNOWN": Label("不明", "Unknown"),
}

# 把握の経緯: how she and the first agency found each other.
FoundVia: TypeAlias = Literal[
    "SELF",
    "FAMILY",
    "GATEKEEPER",
    "OUTREACH",
    "DROP_IN",
    "POLICE",
    "MEDICAL",
    "SCHOOL",
    "NOTIFICATION",
    "OTHER_AGENCY",
    "OTHER_PREFECTURE",
]
FOUND_VIA: Final[Mapping[FoundVia, Label]] = {
    "SELF": Label("本人から", "She came herself"),
    "FAMILY": Label("家族から", "Through her family"),
    "GATEKEEPER": Label("ゲートキーパーから", "Through a gatekeeper"),
    "OUTREACH": Label("アウトリーチで", "Through outreach"),
    "DROP_IN": Label("居場所で", "At a drop-in place"),
    "POLICE": Label("警察から", "Through the police"),
    "MEDICAL": Label("医療機関から", "Through a medical institution"),
    "SCHOOL": Label("学校から", "Through a school"),
    "NOTIFICATION": Label("通報から", "Through a notification"),
    "OTHER_AGENCY": Label("他の機関から", "Through another agency"),
    "OTHER_PREFECTURE": Label("他の都道府県から", "Through another prefecture"),
}

# 根拠法
Framework: TypeAlias = Literal["WOMEN_SUPPORT_ACT", "DV_ACT"]
FRAMEWORKS: Final[Mapping[Framework, Label]] = {
    "WOMEN_SUPPORT_ACT": Label(
        "困難女性支援法", "Act on Support for Women Facing Difficult Problems"
    ),
    "DV_ACT": Label("DV防止法", "Act on the Prevention of Spousal Violence"),
}

# 使用言語: BCP 47, with Japanese Sign Language among them.
Language: TypeAlias = Literal[
    "ja", "jsl", "en", "zh-Hans", "zh-Hant", "ko", "vi", "fil", "pt", "es", "ne", "id", "th",
    "my", "km", "mn", "si", "hi", "ur", "bn", "fa", "ar", "fr", "ru", "uk", "mul", "und",
]  # fmt: skip
LANGUAGES: Final[Mapping[Language, Label]] = {
    "ja": Label("日本語", "Japanese"),
    "jsl": Label("日本手話", "Japanese Sign Language"),
    "en": Label("英語", "English"),
    "zh-Hans": Label("中国語（簡体字）", "Chinese (simplified)"),
    "zh-Hant": Label("中国語（繁体字）", "Chinese (traditional)"),
    "ko": Label("韓国・朝鮮語", "Korean"),
    "vi": Label("ベトナム語", "Vietnamese"),
    "fil": Label("フィリピノ語", "Filipino"),
    "pt": Label("ポルトガル語", "Portuguese"),
    "es": Label("スペイン語", "Spanish"),
    "ne": Label("ネパール語", "Nepali"),
    "id": Label("インドネシア語", "Indonesian"),
    "th": Label("タイ語", "Thai"),
    "my": Label("ミャンマー語", "Burmese"),
    "km": Label("クメール語", "Khmer"),
    "mn": Label("モンゴル語", "Mongolian"),
    "si": Label("シンハラ語", "Sinhala"),
    "hi": Label("ヒンディー語", "Hindi"),
    "ur": Label("ウルドゥー語", "Urdu"),
    "bn": Label("ベンガル語", "Bengali"),
    "fa": Label("ペルシア語", "Persian"),
    "ar": Label("アラビア語", "Arabic"),
    "fr": Label("フランス語", "French"),
    "ru": Label("ロシア語", "Russian"),
    "uk": Label("ウクライナ語", "Ukrainian"),
    "mul": Label("複数の言語", "Several languages"),
    "und": Label("その他・不明", "Another language, or unknown"),
}

# 同意の種類: none implies another.
ConsentKind: TypeAlias = Literal[
    "INFORMATION",
    "TEMPORARY_PROTECTION",
    "COMMISSIONED_PLACEMENT",
    "FACILITY_ADMISSION",
    "RELOCATION",
    "SUPPORT_PLAN",
    "LEDGER",
    "CASE_LINK",
]
CONSENT_KINDS: Final[Mapping[ConsentKind, Label]] = {
    "INFORMATION": Label("情報提供", "Sharing information"),
    "TEMPORARY_PROTECTION": Label("一時保護", "Temporary protection"),
    "COMMISSIONED_PLACEMENT": Label("一時保護委託", "Commissioned protection"),
    "FACILITY_ADMISSION": Label("施設入所", "Admission to a facility"),
    "RELOCATION": Label("転居", "Relocation"),
    "SUPPORT_PLAN": Label("支援計画", "Support plan"),
    "LEDGER": Label("ケース進行管理台帳への記載", "Entry in the progress ledger"),
    "CASE_LINK": Label("ケースの関連付け", "Linking two case files"),
}

# 同意者
Grantor: TypeAlias = Literal["SUBJECT", "ADULT_COMPANION", "GUARDIAN"]
GRANTORS: Final[Mapping[Grantor, Label]] = {
    "SUBJECT": Label("本人", "The woman herself"),
    "ADULT_COMPANION": Label("同伴する成人の家族", "An adult companion"),
    "GUARDIAN": Label("保護者", "A child's guardian"),
}

# 利用目的
Purpose: TypeAlias = Literal[
    "CONSULTATION",
    "PROTECTION",
    "CONFERENCE",
    "SERVICE",
    "AFTERCARE",
    "RELOCATION",
    "LEDGER",
    "CHILD",
]
PURPOSES: Final[Mapping[Purpose, Label]] = {
    "CONSULTATION": Label("相談", "Consultation"),
    "PROTECTION": Label("保護", "Protection"),
    "CONFERENCE": Label("個別ケース検討会議", "Case conference"),
    "SERVICE": Label("サービスの利用", "Use of a service"),
    "AFTERCARE": Label("アフターケア", "Aftercare"),
    "RELOCATION": Label("転居", "Relocation"),
    "LEDGER": Label("ケース進行管理台帳", "Progress ledger"),
    "CHILD": Label("子どもの支援", "Support of a child"),
}

# 同意が終わる出来事
UntilEvent: TypeAlias = Literal["STAY_END", "CASE_TRANSFER", "CASE_CLOSE", "MEETING_CLOSE"]
UNTIL_EVENTS: Final[Mapping[UntilEvent, Label]] = {
    "STAY_END": Label("入所・保護が終わるまで", "Until the stay ends"),
    "CASE_TRANSFER": Label("ケースが移管されるまで", "Until the case is transferred"),
    "CASE_CLOSE": Label("支援が終結するまで", "Until the case is closed"),
    "MEETING_CLOSE": Label("会議が終了するまで", "Until the meeting is closed"),
}

# 同意前の記録の扱い
History: TypeAlias = Literal["NONE", "SNAPSHOT", "FULL"]
HISTORIES: Final[Mapping[History, Label]] = {
    "NONE": Label("同意後の記録のみ", "Only what is recorded from now on"),
    "SNAPSHOT": Label("同意時点の状況を含む", "Also how things stand at the time of consent"),
    "FULL": Label("これまでの記録をすべて含む", "Also everything recorded before"),
}

# 同意の方法
Method: TypeAlias = Literal["WRITTEN", "ORAL_WITNESSED", "ELECTRONIC"]
METHODS: Final[Mapping[Method, Label]] = {
    "WRITTEN": Label("書面", "In writing"),
    "ORAL_WITNESSED": Label("口頭（立会人あり）", "Orally, before a witness"),
    "ELECTRONIC": Label("電子的方法", "Electronically"),
}

# 同意の条件: what she keeps while she is protected.
Condition: TypeAlias = Literal[
    "KEEPS_PHONE", "KEEPS_WORK", "KEEPS_SCHOOL", "GOES_OUT_FREELY", "STAYS_WITH_CHILDREN", "OTHER"
]
CONDITIONS: Final[Mapping[Condition, Label]] = {
    "KEEPS_PHONE": Label("携帯電話を使い続ける", "She keeps her telephone"),
    "KEEPS_WORK": Label("仕事を続ける", "She goes on working"),
    "KEEPS_SCHOOL": Label("通学を続ける", "She goes on going to school"),
    "GOES_OUT_FREELY": Label("自由に外出する", "She goes out freely"),
    "STAYS_WITH_CHILDREN": Label("子どもと一緒に過ごす", "She stays with her children"),
    "OTHER": Label("その他", "Other"),
}

# 連絡手段
ContactMeans: TypeAlias = Literal["PHONE", "EMAIL", "SNS", "LETTER", "THROUGH_ANOTHER", "OTHER"]
CONTACT_MEANS: Final[Mapping[ContactMeans, Label]] = {
    "PHONE": Label("電話", "Telephone"),
    "EMAIL": Label("メール", "Email"),
    "SNS": Label("SNS", "Social media"),
    "LETTER": Label("郵便", "Letter"),
    "THROUGH_ANOTHER": Label("信頼できる人を通じて", "Through somebody she trusts"),
    "OTHER": Label("その他", "Other"),
}

# 住所の種別
AddressKind: TypeAlias = Literal["REGISTERED", "FORMER"]
ADDRESS_KINDS: Final[Mapping[AddressKind, Label]] = {
    "REGISTERED": Label("住民票の住所", "Registered address"),
    "FORMER": Label("以前の住所", "Former address"),
}

# ケースでの役割: all but the main responsible agency, which moves in one step of its own.
SupportFunction: TypeAlias = Literal[
    "MAIN_SUPPORT", "CONVENOR", "SERVICE_PROVIDER", "AFTERCARE_LEAD"
]
SUPPORT_FUNCTIONS: Final[Mapping[SupportFunction, Label]] = {
    "MAIN_SUPPORT": Label("主たる支援機関", "Main support agency"),
    "CONVENOR": Label("取りまとめ機関", "Convenor"),
    "SERVICE_PROVIDER": Label("サービス提供機関", "Service provider"),
    "AFTERCARE_LEAD": Label("アフターケアの担当機関", "Aftercare lead"),
}

# つなぎの種類
ReferralKind: TypeAlias = Literal[
    "INTRODUCTION",
    "SERVICE_LINK",
    "TEMPORARY_PROTECTION_REQUEST",
    "COMMISSION",
    "FACILITY_ADMISSION",
    "MOTHER_CHILD_FACILITY",
    "OUT_OF_PREFECTURE",
    "CHILD_GUIDANCE",
    "AFTERCARE_HANDOVER",
    "CASE_TRANSFER",
    "ADVICE_REQUEST",
]
REFERRAL_KINDS: Final[Mapping[ReferralKind, Label]] = {
    "INTRODUCTION": Label("紹介", "Introduction"),
    "SERVICE_LINK": Label("サービスへのつなぎ", "Link to a service"),
    "TEMPORARY_PROTECTION_REQUEST": Label("一時保護の依頼", "Request for temporary protection"),
    "COMMISSION": Label("一時保護委託", "Commission of temporary protection"),
    "FACILITY_ADMISSION": Label("施設入所の依頼", "Admission to a facility"),
    "MOTHER_CHILD_FACILITY": Label(
        "母子生活支援施設の利用", "Living support facility for mothers and children"
    ),
    "OUT_OF_PREFECTURE": Label("県外へのつなぎ", "To another prefecture"),
    "CHILD_GUIDANCE": Label("児童相談所へのつなぎ", "To child guidance"),
    "AFTERCARE_HANDOVER": Label("アフターケアの引き継ぎ", "Handover for aftercare"),
    "CASE_TRANSFER": Label("ケースの移管", "Transfer of the case"),
    "ADVICE_REQUEST": Label("助言の依頼", "Request for advice"),
}

# 危険度・緊急度
Level: TypeAlias = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
LEVELS: Final[Mapping[Level, Label]] = {
    "LOW": Label("低い", "Low"),
    "MEDIUM": Label("中程度", "Medium"),
    "HIGH": Label("高い", "High"),
    "CRITICAL": Label("切迫している", "Critical"),
}

# 設置主体
Sector: TypeAlias = Literal["PUBLIC", "PRIVATE"]
SECTORS: Final[Mapping[Sector, Label]] = {
    "PUBLIC": Label("公的機関", "Public"),
    "PRIVATE": Label("民間", "Private"),
}

# 調整担当者に望まれる資格
Qualification: TypeAlias = Literal[
    "SOCIAL_WORKER", "PSYCHIATRIC_SOCIAL_WORKER", "PUBLIC_HEALTH_NURSE", "OTHER"
]
QUALIFICATIONS: Final[Mapping[Qualification, Label]] = {
    "SOCIAL_WORKER": Label("社会福祉士", "Certified social worker"),
    "PSYCHIATRIC_SOCIAL_WORKER": Label("精神保健福祉士", "Psychiatric social worker"),
    "PUBLIC_HEALTH_NURSE": Label("保健師", "Public health nurse"),
    "OTHER": Label("その他", "Other"),
}

# 情報区分
CATEGORIES: Final[Mapping[CategoryCode, Label]] = {
    "ENV": Label("記録の管理情報", "Envelope"),
    "SVC": Label("支援の状況", "Service status"),
    "IDN": Label("氏名・生年月日など", "Identity"),
    "CNT": Label("連絡先・連絡方法", "Contact"),
    "ADR": Label("住民票の住所・旧住所", "Registered and former address"),
    "LOC": Label("現在の居所（秘匿）", "Where she is (secret)"),
    "FAM": Label("家族・同伴者", "Family and companions"),
    "CHD": Label("子どもの情報", "Children"),
    "SCH": Label("保育・就学", "Nursery and school"),
    "PRB": Label("主訴・相談内容", "Presenting problem"),
    "RSK": Label("危険度・加害者の情報", "Risk"),
    "HLT": Label("健康・医療", "Health"),
    "SXH": Label("性的被害", "Sexual harm"),
    "LEG": Label("法的手続", "Legal matters"),
    "ECO": Label("収入・債務・就労", "Economic situation"),
    "HOU": Label("住まいの希望・申請", "Housing needs"),
    "ACC": Label("言語・障害・宗教などの配慮", "Language, disability, faith"),
    "PLN": Label("支援方針・支援計画", "Plan"),
    "NAR": Label("自由記述の記録", "Free-text notes"),
    "MTG": Label("会議の記録", "Meeting record"),
    "CNS": Label("同意の記録", "Consent record"),
    "GRV": Label("苦情", "Grievance"),
    "STF": Label("担当職員", "Staff"),
    "AGG": Label("集計値", "Aggregate figures"),
    "PUB": Label("公開情報", "Public information"),
}

# 職務
STAFF_ROLES: Final[Mapping[StaffRole, Label]] = {
    "WOMENS_SUPPORT_COUNSELLOR": Label("女性相談支援員", "Women's support counsellor"),
    "COORDINATOR": Label("調整担当者", "Coordinator"),
    "CASEWORKER": Label("担当者", "Caseworker"),
    "PRACTITIONER": Label("実務担当者", "Practitioner"),
    "REPRESENTATIVE": Label("代表者", "Representative"),
    "CENTRE_DIRECTOR": Label("女性相談支援センター所長", "Centre director"),
    "FACILITY_HEAD": Label("施設長", "Head of a facility"),
    "SINGLE_PARENT_COUNSELLOR": Label("母子・父子自立支援員", "Single-parent counsellor"),
    "PRIVATE_ORG_SPECIALIST": Label("民間団体支援専門員", "Private-organisation specialist"),
    "GATEKEEPER": Label("ゲートキーパー", "Gatekeeper"),
    "PSYCHOLOGIST": Label("心理担当職員", "Psychologist"),
    "CHILD_SUPPORT_WORKER": Label("保育・学習支援担当者", "Child support worker"),
    "INTERPRETER": Label("通訳者", "Interpreter"),
    "AUDITOR": Label("監査担当者", "Auditor"),
}
# 自動処理
AUTOMATIC: Final[Mapping[Automatic, Label]] = {
    "INSTALLATION": Label("システムによる自動処理", "The installation itself"),
}
