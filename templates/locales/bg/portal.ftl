# The portal’s texts in Bulgarian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year } г.
time = { $hour }:{ $minute } ч.
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = януари
month-2 = февруари
month-3 = март
month-4 = април
month-5 = май
month-6 = юни
month-7 = юли
month-8 = август
month-9 = септември
month-10 = октомври
month-11 = ноември
month-12 = декември

minutes = { $count ->
    [one] { $count } минута
   *[other] { $count } минути
}
hours = { $count ->
    [one] { $count } час
   *[other] { $count } часа
}
hours-and-minutes = { $hours } и { $minutes }

skip = Към съдържанието
languages = Език на страницата
banner-alt = WiFi4EU: безплатен Wi-Fi за европейците
crest-alt = Герб: { $comune }
footer-links = Информация
footer-free = Безплатна услуга без регистрация и без реклами.
eu-funding = Съфинансирано от Европейския съюз
eu-disclaimer = За съдържанието на тези страници отговаря единствено общината; Европейският съюз не носи отговорност за използването му.
selftest = Извършва се самопроверка на WiFi4EU
link-terms = Условия за ползване
link-privacy = Поверителност
link-accessibility = Достъпност
link-venue = Мястото
link-news = Новини
link-back = Обратно към страницата за достъп

login-title = Безплатен Wi-Fi
login-lead = Безплатен интернет, без регистрация.
login-button = Свързване с интернет
login-accept = С натискането на бутона приемате правилата на услугата.
login-disclaimer-title = Обществена, отворена мрежа
login-disclaimer = Радиотрафикът не е криптиран. Използвайте защитени сайтове и приложения (https), поддържайте устройството си актуализирано и не споделяйте папки или принтери.
login-expired = Страницата остана отворена твърде дълго. Моля, натиснете бутона отново.

online-title = Вие сте онлайн
online-lead = Вече можете да сърфирате и да затворите тази страница.
online-left = Оставащо време
online-until = До
online-used = Използвани данни
online-plan = Скорост за това устройство
online-down = Изтегляне
online-up = Качване
online-day = Данни за днес с пълна скорост
online-slow = Данните за днес с пълна скорост са изчерпани: до полунощ това устройство е по-бавно.
online-exempt = Това устройство винаги има достъп: не е нужно да натискате нищо.
online-return = За да видите отново тази страница или да прекъснете връзката, отворете
online-disconnect = Прекъсване на връзката
online-disconnect-hint = Устройството ви ще бъде изключено; можете да се свържете отново, когато пожелаете.

# While the municipality’s link to the Internet is interrupted.
down-title = В момента тук няма интернет
down-lead = Wi-Fi мрежата работи, но връзката с интернет е прекъсната. Обикновено се възстановява скоро: опитайте отново след няколко минути.
down-online = Устройството ви запазва достъпа си: когато интернет се върне, можете да сърфирате, без да натискате нищо.
down-action = Нов опит

disconnected-title = Връзката е прекъсната
disconnected-lead = Устройството ви вече не е свързано с интернет. Благодарим ви, че използвахте Wi-Fi мрежата на общината.
disconnected-action = Свързване отново

blocked-title = Достъпът не е разрешен
blocked-lead = На това устройство не е разрешен достъп до тази мрежа. За разяснения се обърнете към общината.

again-title = Опитайте отново след малко
again-lead = В момента мрежата не може да установи връзката. Обикновено са достатъчни няколко секунди.
again-action = Нов опит

stranger-title = Неразпознато устройство
stranger-lead = Мрежата все още не разпознава устройството ви. Изключете и включете Wi-Fi и опитайте отново. Ако използвате VPN, спрете го за момент.
stranger-action = Нов опит

slow-title = Твърде много опити
slow-lead = Натиснахте бутона много пъти за кратко време. Изчакайте една минута и опитайте отново.
slow-action = Нов опит

refused-title = Заявката не е приета
refused-lead = Заявката не дойде от тази страница. Върнете се към страницата за достъп и опитайте отново.
refused-action = Обратно към страницата за достъп

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Този текст съществува само на италиански и английски език.
full-text = След като се свържете, можете да прочетете пълния текст на общината на този адрес:

venue-title = Мястото
venue-lead = Тази Wi-Fi мрежа се предоставя от: { $comune }.
venue-place = Място
venue-comune = Администрация
venue-portal = Страница на мрежата

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Спешни съобщения
notices-more = { $count ->
    [one] Още едно съобщение
   *[other] Още { $count } съобщения
}
notice-red = Опасност
notice-orange = Предупреждение
notice-yellow = Внимание
notice-green = Добра новина
notice-blue = Информация
notice-purple = Важно
notice-until = До: { $when }
notice-source = Източник: { $source }
notice-link = Повече информация

# News of the municipality.
news-title = Новини
news-all = Всички новини
news-none = За момента няма новини.
news-pinned = На фокус
news-more = Прочетете още на сайта
news-more-after = Останалото е на сайта, който се отваря след свързване:
news-more-offline = Останалото е на сайта, когато интернет се върне:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Цифрови услуги
service-now = Отваря се веднага
service-after = След свързване
service-offline = Когато интернет се върне
service-call = Обадете се на { $number }
service-io = Приложение IO
service-io-hint = Съобщения, напомняния и плащания към институциите в телефона ви.
service-municipium = Приложение Municipium
service-municipium-hint = Новини, сигнали и сметосъбиране.
service-certificates = Удостоверения
service-certificates-hint = Местожителство, раждане, семейство: безплатно, със SPID или CIE.
service-fines = Глоби
service-fines-hint = Проверете и платете глоба.
service-payments = Плащания (pagoPA)
service-payments-hint = Данъци, училищно хранене и други плащания към общината.
service-appointments = Запазете час
service-appointments-hint = Изберете гише, ден и час.
service-sue = Строителство (SUE)
service-sue-hint = Процедури за строеж и ландшафт.
service-suap = Обслужване на бизнеса (SUAP)
service-suap-hint = Открийте, променете или закрийте дейност.
service-youtube = Канал в YouTube
service-youtube-hint = Заседания на съвета и събития на видео.
service-help = Помощ за цифровите услуги
service-help-hint = Пунктове за помощ: някой ви съдейства лично и безплатно.
service-emergency = Спешен телефон 112
service-emergency-hint = Един номер: бърза помощ, пожарна, полиция. Безплатно, по всяко време.
service-website = Сайт на общината
service-website-hint = Служби, работно време, обяви и документи.
