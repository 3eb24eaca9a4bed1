"""What the synthetic callers of the demonstration want: complaints, enquiries, reports, suggestions.

Each matter stands in Arabic and in English, as an agent would type it. Places and spans of time are filled in
for each ticket, so that two callers with the same trouble do not say the same sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from carecenter.core.terms import Language, TicketKind


@dataclass(frozen=True, slots=True)
class Matter:
    """A reason to call. ``queue_id`` is where its tickets go first; ``service_id`` an article, or nothing."""

    kind: TicketKind
    service_id: str | None
    queue_id: str
    arabic: str
    english: str

    @property
    def body_code(self) -> str | None:
        """The body that answers for the service; articles are named after theirs."""
        if self.service_id is None:
            return None
        prefix = self.service_id.partition("-")[0]
        return "CAIT" if prefix == "gov" else prefix.upper()

    def text(self, language: Language, rng: Random) -> str:
        """The words of one caller. Its numbers are those with which the Arabic nouns beside them agree."""
        words = self.arabic if language is Language.ARABIC else self.english
        area = rng.choice(_AREAS)
        return words.format(
            area=area[0 if language is Language.ARABIC else 1], days=rng.randint(12, 60), n=rng.randint(3, 9)
        )


_AREAS: Final = (
    ("السالمية", "Salmiya"),
    ("حولي", "Hawally"),
    ("الفروانية", "Farwaniya"),
    ("جليب الشيوخ", "Jleeb Al-Shuyoukh"),
    ("خيطان", "Khaitan"),
    ("المنقف", "Mangaf"),
    ("الفحيحيل", "Fahaheel"),
    ("الجهراء", "Jahra"),
    ("صباح السالم", "Sabah Al-Salem"),
    ("مبارك الكبير", "Mubarak Al-Kabeer"),
    ("بيان", "Bayan"),
    ("مشرف", "Mishref"),
    ("الرميثية", "Rumaithiya"),
    ("سلوى", "Salwa"),
    ("القرين", "Al-Qurain"),
    ("سعد العبدالله", "Saad Al-Abdullah"),
    ("المطلاع", "Al-Mutlaa"),
    ("جابر الأحمد", "Jaber Al-Ahmad"),
    ("العارضية", "Ardiya"),
    ("أبو حليفة", "Abu Halifa"),
)

_TEXTS: Final = """
complaint paci-civilid-renewal
دفع رسوم تجديد البطاقة المدنية قبل {days} يوماً، والجهاز في {area} يقول إن البطاقة غير جاهزة.
Paid for the civil ID renewal {days} days ago; the machine still says the card is not ready.

complaint paci-civilid-status
حالة البطاقة «جاهزة للاستلام» منذ {days} يوماً لكن الجهاز لا يخرجها بعد {n} محاولات.
The card shows as ready for collection, yet the machine has failed to hand it out {n} times.

complaint paci-address-resident
قدّم طلب تغيير العنوان إلى {area} وأُرفق عقد الإيجار، والطلب معلّق منذ {days} يوماً من غير سبب مكتوب.
Change of address to {area} submitted with the lease; pending for {days} days and no reason is given.

complaint paci-newborn-nonkw
تسجيل المولود متوقف لأن اسم الأم مكتوب خطأ في شهادة الميلاد، ولا أحد يقول أين يُصحَّح.
The newborn cannot be registered: the mother's name is misspelt and nobody says who corrects it.

complaint paci-fine
ظهرت غرامة على البطاقة المدنية مع أن التجديد تم قبل انتهائها، ويطلب إلغاء الغرامة.
A fine appears on the civil ID although it was renewed in time. Wants the fine cancelled.

complaint moi-residency-renewal
انتهى تأمين أحد أفراد الأسرة ودُفع من جديد، ونظام الإقامة لا يقبل التجديد ويذكر أن التأمين غير موجود.
A dependant's health insurance was paid again, but residency renewal still says there is no insurance.

complaint moi-residency-transfer
الكفيل السابق لا يوافق على التحويل في المنصة رغم انتهاء العقد منذ {days} يوماً.
The former sponsor will not approve the transfer although the contract ended {days} days ago.

complaint moi-epassport-renew
موعد تجديد الجواز تأجّل {n} مرات من غير إشعار، والسفر بعد أيام.
The passport appointment was postponed {n} times without notice, and travel is in a few days.

complaint moi-traffic-fines
مخالفة مرورية على سيارة بيعت قبل {days} يوماً ونُقلت ملكيتها، ويطلب شطبها.
A traffic fine on a car that was sold and transferred {days} days ago; asks for it to be struck off.

complaint moi-vehicle-renew
دفتر السيارة لا يتجدد لأن الفحص الفني غير ظاهر في النظام رغم اجتيازه في {area}.
The vehicle book cannot be renewed: the inspection passed in {area} does not appear in the system.

complaint moi-licence-exchange
رُفض استبدال رخصة القيادة ولم يُذكر السبب، وكل الأوراق مصدّقة من السفارة.
Exchange of the driving licence was refused without a reason; all papers are attested.

complaint moi-biometric-appointment
حضر في موعد البصمة في {area} وقيل له إن الجهاز معطل، والموعد التالي بعد {days} يوماً.
Came to the biometric appointment in {area}; the device was down and the next slot is {days} days away.

complaint moi-family-visit-visa
طلب زيارة الوالدة مرفوض {n} مرات، ويريد معرفة الشرط الناقص.
The mother's visit visa was refused {n} times; wants to know which condition is missing.

complaint mew-bill
فاتورة الكهرباء في {area} ثلاثة أضعاف المعتاد، ولم يحضر أحد لقراءة العداد منذ {n} أشهر.
The electricity bill in {area} is three times the usual; nobody has read the meter for {n} months.

complaint mew-meter-smart
بعد تركيب العداد الذكي ينقطع التيار كل يوم نحو ساعة، وقُدّمت {n} بلاغات.
Since the smart meter was fitted the power fails for an hour a day; {n} reports were made.

complaint mew-water-delivery
ضغط المياه ضعيف في {area} منذ {days} يوماً، وخزان البناية فارغ عند الظهر.
Water pressure has been weak in {area} for {days} days; the building's tank is empty by noon.

complaint mpw-road-150
حفرة كبيرة أمام المدرسة في {area} أضرّت بعدة سيارات، وأُبلغ عنها قبل {days} يوماً.
A large pothole in front of the school in {area} damages cars; reported {days} days ago.

complaint km-complaint-139
حاوية القمامة في {area} لم تُفرَّغ منذ {n} أيام والروائح لا تُحتمل.
The rubbish container in {area} has not been emptied for {n} days and the smell is unbearable.

complaint km-building-licence
رخصة البناء متوقفة عند مرحلة التدقيق منذ {days} يوماً ولا رد على البريد.
The building licence has been at the checking stage for {days} days; e-mails go unanswered.

complaint km-health-certificate
الشهادة الصحية للعامل تأخرت {days} يوماً بعد الفحص، والبلدية تنذر بإغلاق المطعم.
A worker's health certificate is {days} days late after the check; the restaurant is threatened with closure.

complaint pam-exit-permit-approve
صاحب العمل لا يعتمد إذن المغادرة، والرحلة بعد {n} أيام وقيمة التذكرة لا تُسترد.
The employer does not approve the exit permit; the flight leaves in {n} days and cannot be refunded.

complaint pam-exit-permit-worker
طلب إذن المغادرة ظل «قيد المراجعة» {n} أيام رغم موافقة الشركة.
The exit permit request stays under review for {n} days although the company approved it.

complaint pam-domestic-transfer
دُفعت رسوم تحويل العاملة المنزلية ولم ينتقل الملف، والإقامة تنتهي بعد {n} أيام.
The domestic worker's transfer is paid but not done, and her residency ends in {n} days.

complaint moh-sick-leave
الإجازة المرضية لا تظهر لجهة العمل، والخصم طُبّق على الراتب هذا الشهر.
The sick leave does not reach the employer, and this month's salary was cut.

complaint moh-salem
التطبيق يعرض موعد العيادة في {area} ثم يلغيه صباح اليوم نفسه، وتكرر ذلك {n} مرات.
The app shows the clinic appointment in {area}, then cancels it on the same morning; {n} times so far.

complaint moh-overseas-treatment
ملف العلاج في الخارج بلا قرار منذ {days} يوماً، وتقرير الاستشاري مرفق.
The overseas treatment file has had no decision for {days} days; the consultant's report is attached.

complaint pada-caregiver
شهادة المكلف برعاية معاق لم تُجدد منذ {days} يوماً فتوقف تخفيف ساعات العمل.
The caregiver certificate has not been renewed for {days} days, so the reduced hours have stopped.

complaint pada-mother-wife-allowance
المخصص الشهري للأم لم ينزل {n} أشهر ولم يصل إشعار بالإيقاف.
The mother's monthly allowance has not been paid for {n} months; no notice of a stop was received.

complaint mosa-public-aid
توقفت المساعدة العامة من غير إشعار، والباحث الاجتماعي لا يرد.
Public assistance stopped without notice and the social worker does not answer.

complaint pahw-rent-allowance
بدل الإيجار انقطع بعد تحديث البيانات قبل {days} يوماً.
The rent allowance stopped after the data were updated {days} days ago.

complaint moci-individual-licence
طلب الترخيص الفردي مرفوض بسبب العنوان، والعقد موثّق في {area}.
The individual licence was refused over the address, though the lease in {area} is authenticated.

complaint moj-judgment-text
نص الحكم غير متاح في الموقع بعد {days} يوماً من صدوره، ومدة الاستئناف تجري.
The judgment is not on the site {days} days after it was given, and the time for appeal is running.

complaint csc-end-of-service
مستحقات نهاية الخدمة لم تُصرف منذ {days} يوماً، والجهة تقول إن الملف عند الديوان.
The end-of-service settlement is {days} days late; the employer says the file lies with the Commission.

complaint moci-transfer-licence
سُددت رسوم تحويل الرخصة مرتين بسبب خطأ في صفحة الدفع، ويطلب استرداد إحداهما.
The fee for transferring the licence was charged twice by the payment page; asks for one of them back.

complaint - confidential
يذكر أن موظفاً في {area} طلب مبلغاً لتسريع المعاملة، ويطلب ألا يُعرف اسمه.
Says that an employee in {area} asked for money to speed a transaction up; must not be named.

complaint - confidential
معاملات أقارب مسؤول في الجهة تُنجز خارج الدور، ولديه أرقام {n} معاملات.
Transactions of an official's relatives are handled out of turn; has the numbers of {n} of them.

complaint - confidential
صاحب عمل يحتجز جوازات العمال في سكن في {area} وعددهم نحو {n}.
An employer keeps the passports of about {n} workers in a lodging in {area}.

complaint - confidential
عيادة في {area} تصدر تقارير طبية من غير فحص مقابل مبلغ.
A clinic in {area} issues medical reports without an examination, for money.

error_report gov-sahel technical
بعد التحديث الأخير يتوقف تطبيق سهل عند فتح الإشعارات ويعود إلى شاشة الدخول.
Since the last update the Sahel app closes when notices are opened and returns to the sign-in screen.

error_report gov-sahel technical
رمز التحقق لا يصل إلى الهاتف عند الدخول إلى سهل منذ {n} أيام.
The verification code for Sahel has not reached the phone for {n} days.

error_report gov-portal technical
نموذج الطلب في البوابة يرفض الاسم إذا احتوى على همزة.
The portal's form rejects a name that contains a hamza.

error_report gov-portal technical
البوابة بالإنجليزية تعرض أزرار الصفحة بالعربية ولا يمكن إرسال الطلب.
The English portal shows Arabic buttons and the request cannot be sent.

error_report mew-bill technical
صفحة الدفع تخصم المبلغ ثم تعرض «فشلت العملية» والفاتورة تبقى غير مدفوعة.
The payment page takes the money, then says it failed; the bill stays unpaid.

error_report paci-photo technical
الموقع يرفض الصورة الشخصية بحجة الخلفية مع أنها بيضاء، {n} محاولات.
The site refuses the photo because of its background although it is white; {n} attempts.

error_report moi-evisa technical
جواز المتقدم غير موجود في قائمة الدول في نموذج التأشيرة الإلكترونية.
The applicant's country is missing from the list in the e-visa form.

error_report moj-case-enquiry technical
الاستعلام عن القضايا يعرض قضية شخص آخر بالاسم نفسه.
The case enquiry shows the case of another person with the same name.

error_report paci-kuwait-finder technical
عنوان البناية في {area} يظهر في شارع آخر في كويت فايندر.
Kuwait Finder shows the building in {area} on another street.

error_report moh-salem technical
نتائج التحاليل لا تفتح في تطبيق سالم على هواتف أندرويد.
Laboratory results do not open in the Salem app on Android phones.

enquiry paci-civilid-renewal
يسأل عن الأوراق المطلوبة لتجديد بطاقة ابنه الذي أتم الخامسة، وهل يلزم حضوره.
Asks which papers are needed to renew the card of a five-year-old, and whether the child must come.

enquiry moi-residency-first
يسأل عن مدة أول إقامة بعد الدخول بتأشيرة عمل، ومتى تُعمل البصمة.
Asks how long the first residency takes after a work visa, and when fingerprints are taken.

enquiry pam-exit-permit-multiple
يسأل هل يكفي إذن مغادرة واحد لعدة رحلات خلال السنة.
Asks whether one exit permit covers several trips in a year.

enquiry moi-passport-replace
فقد جوازه في السفر ويسأل عن الإجراء بعد العودة إلى الكويت.
Lost the passport abroad and asks what to do after returning to Kuwait.

enquiry kcb-building-loan
يسأل عن دفعات القرض الإسكاني ومتى تُصرف الدفعة الثانية في {area}.
Asks about the instalments of the housing loan and when the second one is paid out in {area}.

enquiry kcb-marriage-loan
يسأل عن شروط قرض الزواج وهل يسقط بعد مدة من العقد.
Asks about the conditions of the marriage loan and whether the claim lapses.

enquiry mohe-equivalency
يسأل عن خطوات معادلة شهادة ماجستير من جامعة في الخارج والمدة المتوقعة.
Asks for the steps to have a foreign master's degree recognised and how long it takes.

enquiry csc-job-seeker
خريج منذ {n} أشهر يسأل عن دوره في التوظيف وكيف يحدّث مؤهله.
A graduate of {n} months ago asks for the place in the queue and how to update the degree.

enquiry moci-freelance
يسأل عن ترخيص العمل الحر من المنزل للتصميم، وهل يُسمح به للموظف.
Asks about a freelance licence for design work at home and whether an employee may hold one.

enquiry pifss-right-info
يسأل كيف يحصل على بيان مدة اشتراكه في التأمينات.
Asks how to get a statement of the insured years.

enquiry moh-health-insurance
يسأل عن تأمين الوالدين في الزيارة الطويلة وقيمته.
Asks about health insurance for parents on a long visit and what it costs.

enquiry pahw-open-file
يسأل متى يحق له فتح ملف إسكاني بعد الزواج.
Asks when a housing file may be opened after the marriage.

suggestion gov-sahel technical
يقترح أن يُظهر سهل المدة المتوقعة لكل معاملة ومكانها الآن.
Suggests that Sahel show how long each transaction should take and where it stands.

suggestion km-garden-clearance
يقترح مسارات مظللة للمشاة في {area} وأشجاراً بدل الأسوار.
Suggests shaded footpaths in {area}, and trees instead of fences.

suggestion paci-civilid-status
يقترح جهاز توزيع للبطاقات في {area} يعمل على مدار الساعة.
Suggests a card machine in {area} that works around the clock.

suggestion mpw-road-150
يقترح إشارة ضوئية عند مدخل المدرسة في {area}.
Suggests a traffic light at the entrance of the school in {area}.

suggestion moh-salem
يقترح أن يذكّر التطبيق كبار السن بالمواعيد باتصال لا برسالة.
Suggests that the app remind the elderly of appointments by a call instead of a message.

suggestion gov-tawasul
يقترح نشر تقرير شهري بعدد الشكاوى وما تم فيها.
Suggests a monthly public report on complaints and what became of them.

support_message -
يشكر موظفة مركز {area} التي أنهت معاملة والدته في دقائق.
Thanks an employee of the centre in {area} who finished an elderly mother's transaction within minutes.

support_message gov-sahel
يشيد بسرعة تجديد الرخصة من المنزل ويتمنى الاستمرار.
Praises how quickly a licence was renewed from home and hopes it goes on.

support_message moh-salem
يشكر طاقم المستوصف في {area} على حسن المعاملة.
Thanks the staff of the clinic in {area} for their kindness.
"""


@cache
def matters() -> tuple[Matter, ...]:
    """All matters, in the order of this file."""
    return tuple(_matter(*block.splitlines()) for block in _TEXTS.strip().split("\n\n"))


def _matter(head: str, arabic: str, english: str) -> Matter:
    kind, service, *queue = head.split()
    return Matter(
        kind=TicketKind(kind),
        service_id=None if service == "-" else service,
        queue_id=queue[0] if queue else "general",
        arabic=arabic,
        english=english,
    )
