# The portal’s texts in Ukrainian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } кБ
megabytes = { $amount } МБ
gigabytes = { $amount } ГБ
date = { $day } { $month } { $year } р.
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = січня
month-2 = лютого
month-3 = березня
month-4 = квітня
month-5 = травня
month-6 = червня
month-7 = липня
month-8 = серпня
month-9 = вересня
month-10 = жовтня
month-11 = листопада
month-12 = грудня

minutes = { $count ->
    [one] { $count } хвилина
    [few] { $count } хвилини
    [many] { $count } хвилин
   *[other] { $count } хвилини
}
hours = { $count ->
    [one] { $count } година
    [few] { $count } години
    [many] { $count } годин
   *[other] { $count } години
}
hours-and-minutes = { $hours } і { $minutes }

skip = Перейти до вмісту
languages = Мова сторінки
banner-alt = WiFi4EU: безкоштовний Wi-Fi для європейців
crest-alt = Герб: { $comune }
footer-links = Інформація
footer-free = Безкоштовна послуга без реєстрації та без реклами.
eu-funding = Співфінансується Європейським Союзом
eu-disclaimer = За вміст цих сторінок відповідає лише муніципалітет; Європейський Союз не несе відповідальності за його використання.
selftest = Триває самоперевірка WiFi4EU
link-terms = Умови користування
link-privacy = Конфіденційність
link-accessibility = Доступність
link-venue = Місце
link-news = Новини
link-back = Назад до сторінки доступу

login-title = Безкоштовний Wi-Fi
login-lead = Безкоштовний інтернет без реєстрації.
login-button = Підключитися до інтернету
login-accept = Натискаючи кнопку, ви приймаєте правила послуги.
login-disclaimer-title = Публічна відкрита мережа
login-disclaimer = Радіотрафік не шифрується. Користуйтеся захищеними сайтами та застосунками (https), оновлюйте пристрій і не відкривайте спільного доступу до папок чи принтерів.
login-expired = Сторінка була відкрита надто довго. Натисніть кнопку ще раз.

online-title = Ви онлайн
online-lead = Тепер можна користуватися інтернетом і закрити цю сторінку.
online-left = Залишилося часу
online-until = До
online-used = Використано даних
online-plan = Швидкість для цього пристрою
online-down = Завантаження
online-up = Вивантаження
online-day = Дані за сьогодні на повній швидкості
online-slow = Дані за сьогодні на повній швидкості вичерпано: до півночі цей пристрій працює повільніше.
online-exempt = Цей пристрій завжди має доступ: нічого натискати не потрібно.
online-return = Щоб знову побачити цю сторінку або відключитися, відкрийте
online-disconnect = Відключитися
online-disconnect-hint = Пристрій буде відключено; ви зможете підключитися знову будь-коли.

# While the municipality’s link to the Internet is interrupted.
down-title = Зараз тут немає інтернету
down-lead = Wi-Fi працює, але зв’язок з інтернетом перервано. Зазвичай він швидко відновлюється: спробуйте ще раз за кілька хвилин.
down-online = Ваш пристрій зберігає доступ: коли інтернет відновиться, ви зможете користуватися ним, нічого не натискаючи.
down-action = Спробувати ще раз

disconnected-title = Відключено
disconnected-lead = Ваш пристрій більше не підключено до інтернету. Дякуємо, що скористалися муніципальним Wi-Fi.
disconnected-action = Підключитися знову

blocked-title = Доступ не дозволено
blocked-lead = Цьому пристрою доступ до мережі не дозволено. За роз’ясненнями зверніться до муніципалітету.

again-title = Спробуйте ще раз за мить
again-lead = Зараз мережа не може встановити з’єднання. Зазвичай вистачає кількох секунд.
again-action = Спробувати ще раз

stranger-title = Пристрій не розпізнано
stranger-lead = Мережа ще не розпізнає ваш пристрій. Вимкніть і ввімкніть Wi-Fi, а потім спробуйте ще раз. Якщо ви користуєтеся VPN, призупиніть його на мить.
stranger-action = Спробувати ще раз

slow-title = Забагато спроб
slow-lead = Ви багато разів натиснули кнопку за короткий час. Зачекайте хвилину і спробуйте ще раз.
slow-action = Спробувати ще раз

refused-title = Запит не прийнято
refused-lead = Запит надійшов не з цієї сторінки. Поверніться до сторінки доступу і спробуйте ще раз.
refused-action = Назад до сторінки доступу

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Цей текст існує лише італійською та англійською мовами.
full-text = Після підключення повний текст муніципалітету можна прочитати за цією адресою:

venue-title = Місце
venue-lead = Цю мережу Wi-Fi надає: { $comune }.
venue-place = Місце
venue-comune = Адміністрація
venue-portal = Сторінка мережі

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Термінові повідомлення
notices-more = { $count ->
    [one] Ще { $count } повідомлення
    [few] Ще { $count } повідомлення
    [many] Ще { $count } повідомлень
   *[other] Ще { $count } повідомлення
}
notice-red = Небезпека
notice-orange = Попередження
notice-yellow = Увага
notice-green = Добра новина
notice-blue = Інформація
notice-purple = Важливо
notice-until = До: { $when }
notice-source = Джерело: { $source }
notice-link = Докладніше

# News of the municipality.
news-title = Новини
news-all = Усі новини
news-none = Наразі новин немає.
news-pinned = Головне
news-more = Читати далі на сайті
news-more-after = Решта — на сайті, який відкриється після підключення:
news-more-offline = Решта — на сайті, коли інтернет відновиться:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Цифрові послуги
service-now = Відкривається одразу
service-after = Після підключення
service-offline = Коли інтернет відновиться
service-call = Зателефонувати: { $number }
service-io = Застосунок IO
service-io-hint = Повідомлення, нагадування та платежі державних органів у телефоні.
service-municipium = Застосунок Municipium
service-municipium-hint = Новини, звернення та вивезення сміття.
service-certificates = Довідки з реєстру
service-certificates-hint = Місце проживання, народження, склад сім’ї: безкоштовно, зі SPID або CIE.
service-fines = Штрафи
service-fines-hint = Переглянути та сплатити штраф.
service-payments = Платежі (pagoPA)
service-payments-hint = Податки, шкільне харчування та інші платежі муніципалітету.
service-appointments = Записатися на прийом
service-appointments-hint = Оберіть відділ, день і годину.
service-sue = Будівельні справи (SUE)
service-sue-hint = Процедури щодо будівництва та ландшафту.
service-suap = Справи бізнесу (SUAP)
service-suap-hint = Відкрити, змінити або закрити діяльність.
service-youtube = Канал YouTube
service-youtube-hint = Засідання ради та події на відео.
service-help = Допомога з цифровими послугами
service-help-hint = Пункти допомоги: вам допоможуть особисто й безкоштовно.
service-emergency = Екстрена допомога 112
service-emergency-hint = Єдиний номер: швидка, пожежники, поліція. Безкоштовно і цілодобово.
service-website = Сайт муніципалітету
service-website-hint = Служби, години роботи, оголошення та документи.
