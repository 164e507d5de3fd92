# The portal’s texts in Polish. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, godz. { $time }

# The months as they stand in a date.
month-1 = stycznia
month-2 = lutego
month-3 = marca
month-4 = kwietnia
month-5 = maja
month-6 = czerwca
month-7 = lipca
month-8 = sierpnia
month-9 = września
month-10 = października
month-11 = listopada
month-12 = grudnia

minutes = { $count ->
    [one] { $count } minuta
    [few] { $count } minuty
    [many] { $count } minut
   *[other] { $count } minuty
}
hours = { $count ->
    [one] { $count } godzina
    [few] { $count } godziny
    [many] { $count } godzin
   *[other] { $count } godziny
}
hours-and-minutes = { $hours } i { $minutes }

skip = Przejdź do treści
languages = Język strony
banner-alt = WiFi4EU: bezpłatne Wi-Fi dla Europejczyków
crest-alt = Herb: { $comune }
footer-links = Informacje
footer-free = Usługa bezpłatna, bez rejestracji i bez reklam.
eu-funding = Współfinansowane przez Unię Europejską
eu-disclaimer = Za treść tych stron odpowiada wyłącznie gmina; Unia Europejska nie odpowiada za sposób ich wykorzystania.
selftest = Trwa autotest WiFi4EU
link-terms = Warunki korzystania
link-privacy = Prywatność
link-accessibility = Dostępność
link-venue = Miejsce
link-news = Aktualności
link-back = Powrót do strony dostępu

login-title = Bezpłatne Wi-Fi
login-lead = Internet za darmo, bez rejestracji.
login-button = Połącz z Internetem
login-accept = Naciskając przycisk, akceptujesz zasady usługi.
login-disclaimer-title = Sieć publiczna i otwarta
login-disclaimer = Ruch radiowy nie jest szyfrowany. Korzystaj z bezpiecznych stron i aplikacji (https), aktualizuj urządzenie i nie udostępniaj folderów ani drukarek.
login-expired = Strona była otwarta zbyt długo. Naciśnij przycisk ponownie.

online-title = Masz połączenie z Internetem
online-lead = Możesz już przeglądać Internet i zamknąć tę stronę.
online-left = Pozostały czas
online-until = Do godziny
online-used = Wykorzystane dane
online-plan = Prędkość tego urządzenia
online-down = Pobieranie
online-up = Wysyłanie
online-day = Dzisiejsze dane z pełną prędkością
online-slow = Dzisiejsze dane z pełną prędkością się wyczerpały: do północy to urządzenie działa wolniej.
online-exempt = To urządzenie ma zawsze dostęp: nie trzeba niczego naciskać.
online-return = Aby wrócić do tej strony lub się rozłączyć, otwórz
online-disconnect = Rozłącz
online-disconnect-hint = Urządzenie przejdzie w tryb offline; możesz połączyć się ponownie w każdej chwili.

# While the municipality’s link to the Internet is interrupted.
down-title = Chwilowo nie ma tu Internetu
down-lead = Wi-Fi działa, ale łącze z Internetem jest przerwane. Zwykle szybko wraca: spróbuj ponownie za kilka minut.
down-online = Urządzenie zachowuje dostęp: gdy Internet wróci, możesz z niego korzystać bez naciskania czegokolwiek.
down-action = Spróbuj ponownie

disconnected-title = Rozłączono
disconnected-lead = Urządzenie nie jest już połączone z Internetem. Dziękujemy za skorzystanie z gminnego Wi-Fi.
disconnected-action = Połącz ponownie

blocked-title = Brak dostępu
blocked-lead = To urządzenie nie może korzystać z tej sieci. W celu wyjaśnienia prosimy o kontakt z gminą.

again-title = Spróbuj ponownie za chwilę
again-lead = Sieć nie może teraz ustanowić połączenia. Zwykle wystarcza kilka sekund.
again-action = Spróbuj ponownie

stranger-title = Nierozpoznane urządzenie
stranger-lead = Sieć jeszcze nie rozpoznaje Twojego urządzenia. Wyłącz i włącz Wi-Fi, a następnie spróbuj ponownie. Jeśli używasz VPN, wstrzymaj go na chwilę.
stranger-action = Spróbuj ponownie

slow-title = Zbyt wiele prób
slow-lead = Przycisk został naciśnięty wiele razy w krótkim czasie. Odczekaj minutę i spróbuj ponownie.
slow-action = Spróbuj ponownie

refused-title = Żądanie odrzucone
refused-lead = Żądanie nie pochodziło z tej strony. Wróć do strony dostępu i spróbuj ponownie.
refused-action = Powrót do strony dostępu

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Ten tekst jest dostępny tylko po włosku i po angielsku.
full-text = Po połączeniu pełny tekst gminy można przeczytać pod tym adresem:

venue-title = Miejsce
venue-lead = Tę sieć Wi-Fi udostępnia: { $comune }.
venue-place = Miejsce
venue-comune = Administracja
venue-portal = Strona sieci

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Pilne komunikaty
notices-more = { $count ->
    [one] Jeszcze jeden komunikat
    [few] Jeszcze { $count } komunikaty
    [many] Jeszcze { $count } komunikatów
   *[other] Jeszcze { $count } komunikatu
}
notice-red = Niebezpieczeństwo
notice-orange = Alert
notice-yellow = Uwaga
notice-green = Dobra wiadomość
notice-blue = Informacja
notice-purple = Ważne
notice-until = Do: { $when }
notice-source = Źródło: { $source }
notice-link = Więcej informacji

# News of the municipality.
news-title = Aktualności
news-all = Wszystkie aktualności
news-none = Na razie brak aktualności.
news-pinned = Wyróżnione
news-more = Czytaj dalej w serwisie
news-more-after = Dalszy ciąg w serwisie, który otworzy się po połączeniu:
news-more-offline = Dalszy ciąg w serwisie, gdy wróci Internet:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Usługi cyfrowe
service-now = Otwiera się od razu
service-after = Po połączeniu
service-offline = Gdy wróci Internet
service-call = Zadzwoń: { $number }
service-io = Aplikacja IO
service-io-hint = Wiadomości, przypomnienia i płatności urzędowe w telefonie.
service-municipium = Aplikacja Municipium
service-municipium-hint = Aktualności, zgłoszenia i odbiór odpadów.
service-certificates = Zaświadczenia z ewidencji
service-certificates-hint = Zamieszkanie, urodzenie, stan rodziny: bezpłatnie, przez SPID lub CIE.
service-fines = Mandaty
service-fines-hint = Sprawdź i opłać mandat.
service-payments = Płatności (pagoPA)
service-payments-hint = Podatki, obiady szkolne i inne opłaty na rzecz gminy.
service-appointments = Umów wizytę
service-appointments-hint = Wybierz okienko, dzień i godzinę.
service-sue = Sprawy budowlane (SUE)
service-sue-hint = Procedury budowlane i krajobrazowe.
service-suap = Sprawy firm (SUAP)
service-suap-hint = Otwórz, zmień lub zamknij działalność.
service-youtube = Kanał YouTube
service-youtube-hint = Sesje rady gminy i wydarzenia na wideo.
service-help = Pomoc w usługach cyfrowych
service-help-hint = Punkty pomocy: ktoś pomoże Ci osobiście i bezpłatnie.
service-emergency = Numer alarmowy 112
service-emergency-hint = Jeden numer: pogotowie, straż pożarna, policja. Bezpłatny, całą dobę.
service-website = Strona gminy
service-website-hint = Urzędy, godziny otwarcia, tablica ogłoszeń i dokumenty.
