"""The synthetic people of the demonstration: names in both scripts, numbers that nobody can have.

Names are put together from lists of common ones; whoever bears such a name is not meant.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from carecenter.core.civil_id import demo_civil_id
from carecenter.core.ids import new_id
from carecenter.core.terms import Language
from carecenter.operations.callers import RegisterCaller


class _Community(NamedTuple):
    """Given names and family names as ``Arabic|Latin`` pairs, separated by commas; ``share``: in a hundred."""

    share: int
    language: Language
    given: str
    family: str


_KUWAITI_MEN: Final = (
    "محمد|Mohammad, عبدالله|Abdullah, فهد|Fahad, سالم|Salem, خالد|Khaled, ناصر|Nasser, بدر|Bader, مشعل|Meshal,"
    "يوسف|Yousef, حمد|Hamad, جاسم|Jassem, سعود|Saud, عبدالعزيز|Abdulaziz, طلال|Talal, فيصل|Faisal, راشد|Rashed,"
    "عادل|Adel, وليد|Waleed, مبارك|Mubarak, علي|Ali, أحمد|Ahmad, عبدالرحمن|Abdulrahman, سلطان|Sultan, نواف|Nawaf"
)
_KUWAITI_WOMEN: Final = (
    "نورة|Noura, مريم|Mariam, فاطمة|Fatima, هيا|Haya, شيخة|Shaikha, منيرة|Munira, لطيفة|Latifa, دلال|Dalal,"
    "سارة|Sara, عائشة|Aisha, حصة|Hessa, بدرية|Badriya, أسماء|Asma, هند|Hind, غنيمة|Ghanima, أمل|Amal, ريم|Reem,"
    "موضي|Moudhi, العنود|Alanoud, وضحة|Wadha, نجلاء|Najla, خلود|Khulood"
)
_KUWAITI_FAMILIES: Final = (
    "العنزي|Al-Enezi, المطيري|Al-Mutairi, الرشيدي|Al-Rashidi, العجمي|Al-Ajmi, الشمري|Al-Shammari,"
    "الظفيري|Al-Dhafiri, العتيبي|Al-Otaibi, الهاجري|Al-Hajri, الدوسري|Al-Dosari, الكندري|Al-Kandari,"
    "بهبهاني|Behbehani, دشتي|Dashti, العوضي|Al-Awadhi, الفضلي|Al-Fadhli, الخالدي|Al-Khaldi,"
    "الحربي|Al-Harbi, القحطاني|Al-Qahtani, السبيعي|Al-Subaie, البلوشي|Al-Balushi, الصفار|Al-Saffar,"
    "القلاف|Al-Qallaf, الياقوت|Al-Yaqout, المسلم|Al-Musallam, الأنصاري|Al-Ansari,"
    "الفيلكاوي|Al-Failakawi, الصراف|Al-Sarraf, معرفي|Marafi, الحداد|Al-Haddad, العازمي|Al-Azmi,"
    "الصليلي|Al-Sulaili"
)

_COMMUNITIES: Final = (
    _Community(34, Language.ARABIC, _KUWAITI_MEN, _KUWAITI_FAMILIES),
    _Community(20, Language.ARABIC, _KUWAITI_WOMEN, _KUWAITI_FAMILIES),
    _Community(
        14,
        Language.ARABIC,
        "محمود|Mahmoud, مصطفى|Mostafa, أحمد|Ahmed, كريم|Karim, إبراهيم|Ibrahim, هبة|Heba, منى|Mona, ياسمين|Yasmin,"
        "حسن|Hassan, سامح|Sameh, رانيا|Rania, شيماء|Shaimaa, عمرو|Amr, طارق|Tarek, دينا|Dina, وائل|Wael",
        "عبدالفتاح|Abdelfattah, السيد|El-Sayed, حسنين|Hassanein, منصور|Mansour, الشربيني|El-Sherbini, عطية|Attia,"
        "الجندي|El-Gendy, شاهين|Shahin, رمضان|Ramadan, زكي|Zaki, البدوي|El-Badawy, سليمان|Soliman",
    ),
    _Community(
        6,
        Language.ARABIC,
        "باسل|Basel, ربيع|Rabih, لينا|Lina, رامي|Rami, عمر|Omar, هالة|Hala, زياد|Ziad, نادين|Nadine, أيمن|Ayman",
        "الحلبي|Al-Halabi, خوري|Khoury, الشامي|Al-Shami, قباني|Kabbani, حداد|Haddad, النابلسي|Nabulsi, عودة|Odeh",
    ),
    _Community(
        12,
        Language.ENGLISH,
        "راجيش|Rajesh, أنيل|Anil, بريا|Priya, سوريش|Suresh, ديباك|Deepak, لاكشمي|Lakshmi, فيجاي|Vijay, أنيتا|Anita,"
        "توماس|Thomas, جورج|George, سنيل|Sunil, كافيتا|Kavita, إمران|Imran, شاجي|Shaji, بيجو|Biju",
        "كومار|Kumar, ناير|Nair, فارغيز|Varghese, شارما|Sharma, بيلاي|Pillai, ماثيو|Mathew, ريدي|Reddy, خان|Khan,"
        "باتيل|Patel, مينون|Menon, جوزيف|Joseph, كوريان|Kurian",
    ),
    _Community(
        7,
        Language.ENGLISH,
        "ماريا|Maria, جوي|Joy, روزماري|Rosemarie, مارك|Mark, جون بول|John Paul, غريس|Grace, آنجيلا|Angela,"
        "رونالدو|Ronaldo, شيريل|Cheryl, جينيفر|Jennifer",
        "سانتوس|Santos, رييس|Reyes, كروز|Cruz, باوتيستا|Bautista, غارسيا|Garcia, راموس|Ramos, ميندوزا|Mendoza",
    ),
    _Community(
        5,
        Language.ENGLISH,
        "بلال|Bilal, عثمان|Usman, كاشف|Kashif, شبير|Shabbir, رحيم|Rahim, جهانغير|Jahangir, سلمى|Salma,"
        "نسرين|Nasreen",
        "تشودري|Chaudhry, بوت|Butt, حسين|Hussain, مياه|Miah, إسلام|Islam, أحمد|Ahmed, شيخ|Sheikh",
    ),
    _Community(
        2,
        Language.ENGLISH,
        "سارة|Sarah, ديفيد|David, جيمس|James, إيلينا|Elena, صوفي|Sophie, روبرت|Robert",
        "ميلر|Miller, طومسون|Thompson, روسي|Rossi, دوبوا|Dubois, كارتر|Carter, بيترز|Peters",
    ),
)

_FIRST_NUMBER: Final = 30_000_000
"""No Kuwaiti number begins with 3."""
_NUMBERS: Final = 10_000_000
_STEP: Final = 3_571_429
"""Coprime to the number of numbers: neighbours look unrelated and none comes twice."""


def invented_callers(count: int, rng: Random, first: int = 0) -> list[RegisterCaller]:
    """``count`` people, each with a number; four in five with a Civil ID. ``first``: how many there are already."""
    communities = rng.choices(_COMMUNITIES, [community.share for community in _COMMUNITIES], k=count)
    return [_person(number, community, rng) for number, community in enumerate(communities, first)]


def demo_number(n: int) -> str:
    """The nth number (E.164) that nobody can have."""
    return f"+965{_FIRST_NUMBER + n * _STEP % _NUMBERS}"


def _person(number: int, community: _Community, rng: Random) -> RegisterCaller:
    names = [rng.choice(_names(community.given)), rng.choice(_names(community.family))]
    if community.family is _KUWAITI_FAMILIES and rng.random() < 0.5:  # many give the father's name as well
        names.insert(1, rng.choice(_names(_KUWAITI_MEN)))
    return RegisterCaller(
        caller_id=new_id(),
        name_ar=" ".join(arabic for arabic, _ in names),
        name_en=" ".join(latin for _, latin in names),
        civil_id=demo_civil_id(number) if rng.random() < 0.8 else None,
        language=community.language,
        phone=(new_id(), demo_number(number)),
        demo=True,
    )


def _names(pairs: str) -> list[tuple[str, str]]:
    found = (pair.strip().partition("|") for pair in pairs.split(","))
    return [(arabic, latin) for arabic, _, latin in found]
