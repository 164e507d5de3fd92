# The portal’s texts in Arabic. One sentence per key; key names say where it appears.

decimal-mark = .
kilobytes = { $amount } كيلوبايت
megabytes = { $amount } ميغابايت
gigabytes = { $amount } غيغابايت
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }، { $time }

# The months as they stand in a date.
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر

minutes = { $count ->
    [zero] { $count } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
}
hours = { $count ->
    [zero] { $count } ساعة
    [one] ساعة واحدة
    [two] ساعتان
    [few] { $count } ساعات
    [many] { $count } ساعة
   *[other] { $count } ساعة
}
hours-and-minutes = { $hours } و{ $minutes }

skip = انتقل إلى المحتوى
languages = لغة الصفحة
banner-alt = WiFi4EU: واي فاي مجاني للأوروبيين
crest-alt = شعار البلدية: { $comune }
footer-links = معلومات
footer-free = خدمة مجانية بلا تسجيل وبلا إعلانات.
eu-funding = بتمويل مشترك من الاتحاد الأوروبي
eu-disclaimer = البلدية وحدها مسؤولة عن محتوى هذه الصفحات؛ ولا يتحمل الاتحاد الأوروبي مسؤولية أي استخدام له.
selftest = الاختبار الذاتي WiFi4EU جارٍ
link-terms = شروط الاستخدام
link-privacy = الخصوصية
link-accessibility = إمكانية الوصول
link-venue = المكان
link-news = الأخبار
link-back = العودة إلى صفحة الدخول

login-title = واي فاي مجاني
login-lead = تصفّح مجانًا، بلا تسجيل.
login-button = اتصل بالإنترنت
login-accept = بالضغط على الزر تقبل قواعد الخدمة.
login-disclaimer-title = شبكة عامة ومفتوحة
login-disclaimer = الاتصال اللاسلكي غير مشفّر. استخدم المواقع والتطبيقات الآمنة (https)، وحدّث جهازك باستمرار، ولا تشارك المجلدات أو الطابعات.
login-expired = بقيت الصفحة مفتوحة وقتًا طويلًا. يُرجى الضغط على الزر مرة أخرى.

online-title = أنت متصل بالإنترنت
online-lead = يمكنك الآن التصفح وإغلاق هذه الصفحة.
online-left = الوقت المتبقي
online-until = حتى الساعة
online-used = البيانات المستخدمة
online-plan = سرعة هذا الجهاز
online-down = التنزيل
online-up = الرفع
online-day = بيانات اليوم بالسرعة الكاملة
online-slow = استُهلكت بيانات اليوم بالسرعة الكاملة: يبقى هذا الجهاز أبطأ حتى منتصف الليل.
online-exempt = لهذا الجهاز وصول دائم: لا حاجة إلى الضغط على أي شيء.
online-return = لرؤية هذه الصفحة مرة أخرى أو لقطع الاتصال، افتح
online-disconnect = قطع الاتصال
online-disconnect-hint = سيُقطع اتصال جهازك؛ ويمكنك الاتصال مجددًا متى شئت.

# While the municipality’s link to the Internet is interrupted.
down-title = لا يوجد إنترنت هنا الآن
down-lead = الواي فاي يعمل، لكن الاتصال بالإنترنت منقطع. يعود عادةً بعد وقت قصير: حاول مرة أخرى بعد بضع دقائق.
down-online = يظل جهازك مسموحًا له: عندما يعود الإنترنت يمكنك التصفح دون الضغط على أي شيء.
down-action = حاول مرة أخرى

disconnected-title = انقطع الاتصال
disconnected-lead = لم يعد جهازك متصلًا بالإنترنت. شكرًا لاستخدامك واي فاي البلدية.
disconnected-action = اتصل مرة أخرى

blocked-title = الدخول غير مسموح
blocked-lead = لا يُسمح لهذا الجهاز باستخدام هذه الشبكة. للاستفسار يُرجى التواصل مع البلدية.

again-title = حاول مرة أخرى بعد لحظات
again-lead = لا تستطيع الشبكة تفعيل الاتصال الآن. تكفي عادةً بضع ثوانٍ.
again-action = حاول مرة أخرى

stranger-title = لم يُتعرَّف على الجهاز
stranger-lead = لم تتعرّف الشبكة على جهازك بعد. أوقف الواي فاي ثم شغّله وحاول مرة أخرى. إذا كنت تستخدم VPN فأوقفه لحظة.
stranger-action = حاول مرة أخرى

slow-title = محاولات كثيرة
slow-lead = ضغطت على الزر مرات كثيرة في وقت قصير. انتظر دقيقة ثم حاول مرة أخرى.
slow-action = حاول مرة أخرى

refused-title = لم يُقبل الطلب
refused-lead = لم يأتِ الطلب من هذه الصفحة. عُد إلى صفحة الدخول وحاول مرة أخرى.
refused-action = العودة إلى صفحة الدخول

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = هذا النص متوفر بالإيطالية والإنجليزية فقط.
full-text = بعد الاتصال يمكنك قراءة النص الكامل للبلدية على هذا العنوان:

venue-title = المكان
venue-lead = تقدّم شبكة الواي فاي هذه: { $comune }.
venue-place = المكان
venue-comune = الإدارة
venue-portal = صفحة الشبكة

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = تنبيهات عاجلة
notices-more = { $count ->
    [zero] لا تنبيهات أخرى
    [one] تنبيه آخر
    [two] تنبيهان آخران
    [few] { $count } تنبيهات أخرى
    [many] { $count } تنبيهًا آخر
   *[other] { $count } تنبيه آخر
}
notice-red = خطر
notice-orange = تحذير
notice-yellow = انتباه
notice-green = أخبار سارّة
notice-blue = معلومة
notice-purple = مهم
notice-until = حتى: { $when }
notice-source = المصدر: { $source }
notice-link = مزيد من المعلومات

# News of the municipality.
news-title = الأخبار
news-all = جميع الأخبار
news-none = لا توجد أخبار حاليًا.
news-pinned = مختارات
news-more = تابع القراءة على الموقع
news-more-after = البقية على الموقع الذي يُفتح بعد الاتصال:
news-more-offline = البقية على الموقع عندما يعود الإنترنت:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = الخدمات الرقمية
service-now = يُفتح فورًا
service-after = بعد الاتصال
service-offline = عندما يعود الإنترنت
service-call = اتصل بالرقم { $number }
service-io = تطبيق IO
service-io-hint = رسائل الجهات العامة وتذكيراتها ومدفوعاتها على هاتفك.
service-municipium = تطبيق Municipium
service-municipium-hint = أخبار وبلاغات وجمع النفايات.
service-certificates = شهادات السجل المدني
service-certificates-hint = الإقامة والميلاد والحالة العائلية: مجانًا عبر SPID أو CIE.
service-fines = المخالفات
service-fines-hint = الاطلاع على مخالفة ودفعها.
service-payments = المدفوعات (pagoPA)
service-payments-hint = الرسوم والوجبات المدرسية وسائر المدفوعات للبلدية.
service-appointments = احجز موعدًا
service-appointments-hint = اختر المكتب واليوم والساعة.
service-sue = رخص البناء (SUE)
service-sue-hint = إجراءات البناء والمشهد الطبيعي.
service-suap = مكتب الأعمال (SUAP)
service-suap-hint = بدء نشاط تجاري أو تغييره أو إغلاقه.
service-youtube = قناة YouTube
service-youtube-hint = جلسات المجلس البلدي والفعاليات بالفيديو.
service-help = مساعدة في الخدمات الرقمية
service-help-hint = نقاط مساعدة: يساعدك شخص مباشرةً ومجانًا.
service-emergency = الطوارئ 112
service-emergency-hint = رقم واحد للإسعاف والإطفاء والشرطة. مجاني في كل وقت.
service-website = موقع البلدية
service-website-hint = المكاتب والمواعيد ولوحة الإعلانات والوثائق.
