"""What agents of the demonstration write while they work on a ticket, by occasion, in the caller's language."""

from __future__ import annotations

from enum import Enum, auto
from random import Random
from typing import Final

from carecenter.core.terms import Language, Outcome


class Occasion(Enum):
    """When something is written on a timeline."""

    CHECKED = auto()
    CALLED_AGAIN = auto()
    REFERRED = auto()
    BODY_ANSWERED = auto()
    WAITING = auto()
    CAME_BACK = auto()
    ANSWERED = auto()
    TOLD = auto()
    ESCALATED = auto()
    REOPENED = auto()


_ARABIC: Final[dict[Occasion, tuple[str, ...]]] = {
    Occasion.CHECKED: (
        "تمت مراجعة البيانات مع مقدم الطلب وهي مطابقة.",
        "رقم المعاملة صحيح، والتاريخ المذكور مطابق لإيصال الدفع.",
        "لا توجد شكوى سابقة بالموضوع نفسه.",
        "قُرئت له بطاقة الخدمة، وتبيّن أن المستندات كاملة.",
        "أُضيفت صورة الإيصال التي أرسلها إلى بريد المركز.",
    ),
    Occasion.CALLED_AGAIN: (
        "اتصل يسأل عن المستجدات، وأُبلغ بأن الموضوع لدى الجهة.",
        "اتصل للمرة الثانية ويرجو الاستعجال بسبب قرب السفر.",
        "اتصل أحد أفراد الأسرة للمتابعة، ولم يُقرأ له شيء قبل التحقق.",
    ),
    Occasion.REFERRED: (
        "أُرسل الموضوع إلى ضابط الاتصال في الجهة مع ملخص الشكوى.",
        "أُحيل إلى الجهة المختصة، والمهلة خمسة أيام عمل.",
        "تواصلنا مع مكتب خدمة المواطن في الجهة وطلبوا رقم المعاملة.",
    ),
    Occasion.BODY_ANSWERED: (
        "ردت الجهة: أُنجزت المعاملة ويمكن الاستلام.",
        "ردت الجهة: ينقص مستند واحد، وأُرسلت رسالة إلى صاحب الطلب.",
        "ردت الجهة: الموضوع قيد المعالجة الفنية وسيُحل خلال يومين.",
        "أفادت الجهة بأن الإجراء صحيح وبيّنت سنده في اللائحة.",
    ),
    Occasion.WAITING: (
        "طُلب منه رقم المعاملة لأن الرقم المذكور ناقص خانة.",
        "بانتظار صورة عقد الإيجار.",
        "لم يرد على الهاتف، وسيعاد الاتصال غداً صباحاً.",
    ),
    Occasion.CAME_BACK: (
        "وصل المستند المطلوب.",
        "اتصل وأكمل رقم المعاملة.",
        "رد على الاتصال الثاني وأكد البيانات.",
    ),
    Occasion.ANSWERED: (
        "شُرح له الإجراء خطوة خطوة مع الرسوم والمكان.",
        "أُبلغ بأن المعاملة أُنجزت، وأكد أنها ظهرت لديه.",
        "أُعطي جواب الجهة مع موعد التنفيذ.",
    ),
    Occasion.TOLD: (
        "أُبلغ هاتفياً بالقرار وبحقه في التظلم.",
        "أُبلغ بالنتيجة وشكر المركز.",
        "أُبلغ بالنتيجة ولم يكن راضياً، وشُرحت له طرق الاعتراض.",
    ),
    Occasion.ESCALATED: (
        "تجاوزت المهلة ولم ترد الجهة، ويُتابع مع المسؤول.",
        "حالة إنسانية تستدعي الاستعجال.",
    ),
    Occasion.REOPENED: (
        "اتصل وذكر أن المشكلة عادت بعد يومين.",
        "تبيّن أن ما وعدت به الجهة لم يُنفذ.",
    ),
}

_ENGLISH: Final[dict[Occasion, tuple[str, ...]]] = {
    Occasion.CHECKED: (
        "Went through the details with the caller; they agree with the receipt.",
        "The transaction number is right and the date matches.",
        "No earlier complaint about the same matter.",
        "Read the service card out; the documents are complete.",
        "The receipt came by e-mail and was added.",
    ),
    Occasion.CALLED_AGAIN: (
        "Called to ask for news; told that the matter is with the body.",
        "Second call. Asks to hurry because of travel.",
        "A relative called for news; nothing was read out before checking who it was.",
    ),
    Occasion.REFERRED: (
        "Sent to the body's liaison officer with a summary.",
        "Referred to the competent body; it has five working days.",
        "Spoke to the body's citizen service office; they want the transaction number.",
    ),
    Occasion.BODY_ANSWERED: (
        "The body answered: done, ready for collection.",
        "The body answered: one document is missing; a message went to the applicant.",
        "The body answered: a technical fault, to be mended within two days.",
        "The body says the procedure was right and names the rule.",
    ),
    Occasion.WAITING: (
        "Asked for the transaction number again; a digit is missing.",
        "Waiting for a copy of the lease.",
        "No answer on the phone; will try again tomorrow morning.",
    ),
    Occasion.CAME_BACK: (
        "The document arrived.",
        "Called and completed the number.",
        "Answered the second call and confirmed the details.",
    ),
    Occasion.ANSWERED: (
        "Explained the procedure step by step, with fees and place.",
        "Told that it is done; the caller sees it too.",
        "Passed on the body's answer and the date it gave.",
    ),
    Occasion.TOLD: (
        "Told by phone of the decision and of the right to object.",
        "Told of the result; thanked the centre.",
        "Told of the result; not content, so the ways to object were explained.",
    ),
    Occasion.ESCALATED: (
        "Past its time and the body does not answer: taken up with the person in charge.",
        "A hardship case that cannot wait.",
    ),
    Occasion.REOPENED: (
        "Called: the trouble came back after two days.",
        "What the body promised was not done.",
    ),
}

_ENDINGS: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.RESOLVED: ("حُلّ الموضوع وأكد صاحبه ذلك.", "Solved; the caller confirmed it."),
    Outcome.EXPLAINED: ("شُرح الأمر واكتفى به السائل.", "Explained, and the caller was content with that."),
    Outcome.PASSED_ON: ("سُلّم إلى الجهة المختصة وأُعطي رقمها.", "Handed to the body; the caller has its number."),
    Outcome.NOT_JUSTIFIED: ("إجراء الجهة صحيح، وشُرح السبب.", "The body acted rightly; the reason was explained."),
    Outcome.DUPLICATE: ("مكرر لبلاغ سابق من الشخص نفسه.", "The same caller's earlier ticket covers it."),
    Outcome.WITHDRAWN: ("تنازل عن الشكوى بعد أن حُل الأمر.", "Withdrawn; it solved itself."),
}


def remark(occasion: Occasion, language: Language, rng: Random) -> str:
    """One of the sentences written on such an occasion."""
    return rng.choice((_ARABIC if language is Language.ARABIC else _ENGLISH)[occasion])


def ending(outcome: Outcome, language: Language) -> str:
    """The sentence a ticket is closed with."""
    return _ENDINGS[outcome][0 if language is Language.ARABIC else 1]
