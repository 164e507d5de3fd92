# The portal’s texts in Czech. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day }. { $month } { $year }
time = { $hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = ledna
month-2 = února
month-3 = března
month-4 = dubna
month-5 = května
month-6 = června
month-7 = července
month-8 = srpna
month-9 = září
month-10 = října
month-11 = listopadu
month-12 = prosince

minutes = { $count ->
    [one] { $count } minuta
    [few] { $count } minuty
   *[other] { $count } minut
}
hours = { $count ->
    [one] { $count } hodina
    [few] { $count } hodiny
   *[other] { $count } hodin
}
hours-and-minutes = { $hours } a { $minutes }

skip = Přejít k obsahu
languages = Jazyk stránky
banner-alt = WiFi4EU: bezplatná Wi-Fi pro Evropany
crest-alt = Znak: { $comune }
footer-links = Informace
footer-free = Bezplatná služba bez registrace a bez reklam.
eu-funding = Spolufinancováno Evropskou unií
eu-disclaimer = Za obsah těchto stránek odpovídá výhradně obec; Evropská unie neodpovídá za to, jak bude využit.
selftest = Probíhá autotest WiFi4EU
link-terms = Podmínky použití
link-privacy = Ochrana soukromí
link-accessibility = Přístupnost
link-venue = Místo
link-news = Aktuality
link-back = Zpět na přihlašovací stránku

login-title = Bezplatná Wi-Fi
login-lead = Internet zdarma, bez registrace.
login-button = Připojit k internetu
login-accept = Stisknutím tlačítka přijímáte pravidla služby.
login-disclaimer-title = Veřejná, otevřená síť
login-disclaimer = Rádiový provoz není šifrován. Používejte zabezpečené stránky a aplikace (https), udržujte zařízení aktualizované a nesdílejte složky ani tiskárny.
login-expired = Stránka byla otevřena příliš dlouho. Stiskněte tlačítko znovu.

online-title = Jste online
online-lead = Nyní můžete používat internet a tuto stránku zavřít.
online-left = Zbývající čas
online-until = Do
online-used = Využitá data
online-plan = Rychlost tohoto zařízení
online-down = Stahování
online-up = Odesílání
online-day = Dnešní data plnou rychlostí
online-slow = Dnešní data plnou rychlostí jsou vyčerpána: do půlnoci je toto zařízení pomalejší.
online-exempt = Toto zařízení má přístup vždy: nemusíte nic mačkat.
online-return = Chcete-li tuto stránku znovu zobrazit nebo se odpojit, otevřete
online-disconnect = Odpojit
online-disconnect-hint = Zařízení bude odpojeno; kdykoli se můžete připojit znovu.

# While the municipality’s link to the Internet is interrupted.
down-title = Internet zde teď není dostupný
down-lead = Wi-Fi funguje, ale spojení s internetem je přerušeno. Obvykle se brzy obnoví: zkuste to znovu za několik minut.
down-online = Vaše zařízení má přístup i nadále: až se internet obnoví, můžete ho používat, aniž byste cokoli mačkali.
down-action = Zkusit znovu

disconnected-title = Odpojeno
disconnected-lead = Vaše zařízení již není připojeno k internetu. Děkujeme, že jste použili obecní Wi-Fi.
disconnected-action = Připojit znovu

blocked-title = Přístup není povolen
blocked-lead = Toto zařízení nemá do této sítě povolený přístup. Pro vysvětlení se obraťte na obec.

again-title = Zkuste to za okamžik znovu
again-lead = Síť teď nemůže navázat připojení. Obvykle stačí několik sekund.
again-action = Zkusit znovu

stranger-title = Zařízení nebylo rozpoznáno
stranger-lead = Síť vaše zařízení zatím nerozpoznala. Vypněte a zapněte Wi-Fi a zkuste to znovu. Pokud používáte VPN, na chvíli ji pozastavte.
stranger-action = Zkusit znovu

slow-title = Příliš mnoho pokusů
slow-lead = Tlačítko jste během krátké doby stiskli mnohokrát. Počkejte minutu a zkuste to znovu.
slow-action = Zkusit znovu

refused-title = Požadavek nebyl přijat
refused-lead = Požadavek nepřišel z této stránky. Vraťte se na přihlašovací stránku a zkuste to znovu.
refused-action = Zpět na přihlašovací stránku

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Tento text je k dispozici pouze italsky a anglicky.
full-text = Po připojení si můžete úplný text obce přečíst na této adrese:

venue-title = Místo
venue-lead = Tuto síť Wi-Fi nabízí: { $comune }.
venue-place = Místo
venue-comune = Správa
venue-portal = Stránka sítě

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Naléhavá oznámení
notices-more = { $count ->
    [one] Ještě jedno oznámení
    [few] Ještě { $count } oznámení
   *[other] Ještě { $count } oznámení
}
notice-red = Nebezpečí
notice-orange = Výstraha
notice-yellow = Pozor
notice-green = Dobrá zpráva
notice-blue = Informace
notice-purple = Důležité
notice-until = Do: { $when }
notice-source = Zdroj: { $source }
notice-link = Další informace

# News of the municipality.
news-title = Aktuality
news-all = Všechny aktuality
news-none = Zatím nejsou žádné aktuality.
news-pinned = Doporučujeme
news-more = Pokračovat ve čtení na webu
news-more-after = Zbytek najdete na webu, který se otevře po připojení:
news-more-offline = Zbytek najdete na webu, až se internet obnoví:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitální služby
service-now = Otevře se hned
service-after = Po připojení
service-offline = Až se internet obnoví
service-call = Zavolat { $number }
service-io = Aplikace IO
service-io-hint = Zprávy, upozornění a platby úřadů v telefonu.
service-municipium = Aplikace Municipium
service-municipium-hint = Zprávy, hlášení závad a svoz odpadu.
service-certificates = Výpisy z evidence obyvatel
service-certificates-hint = Bydliště, narození, rodina: zdarma, se SPID nebo CIE.
service-fines = Pokuty
service-fines-hint = Zobrazit a zaplatit pokutu.
service-payments = Platby (pagoPA)
service-payments-hint = Poplatky, školní stravování a další platby obci.
service-appointments = Objednat se
service-appointments-hint = Vyberte přepážku, den a hodinu.
service-sue = Stavební řízení (SUE)
service-sue-hint = Stavební a krajinné záležitosti.
service-suap = Podnikání (SUAP)
service-suap-hint = Zahájit, změnit nebo ukončit podnikání.
service-youtube = Kanál YouTube
service-youtube-hint = Zasedání zastupitelstva a akce na videu.
service-help = Pomoc s digitálními službami
service-help-hint = Místa pomoci: někdo vám poradí osobně a zdarma.
service-emergency = Tísňové volání 112
service-emergency-hint = Jedno číslo: záchranka, hasiči, policie. Zdarma a nonstop.
service-website = Web obce
service-website-hint = Úřady, úřední hodiny, úřední deska a dokumenty.
