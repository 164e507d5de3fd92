# The portal’s texts in Hungarian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $year }. { $month } { $day }.
time = { $hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = január
month-2 = február
month-3 = március
month-4 = április
month-5 = május
month-6 = június
month-7 = július
month-8 = augusztus
month-9 = szeptember
month-10 = október
month-11 = november
month-12 = december

minutes = { $count ->
    [one] { $count } perc
   *[other] { $count } perc
}
hours = { $count ->
    [one] { $count } óra
   *[other] { $count } óra
}
hours-and-minutes = { $hours } { $minutes }

skip = Ugrás a tartalomra
languages = Az oldal nyelve
banner-alt = WiFi4EU: ingyenes wifi az európaiaknak
crest-alt = Címer: { $comune }
footer-links = Információk
footer-free = Ingyenes szolgáltatás, regisztráció és reklám nélkül.
eu-funding = Az Európai Unió társfinanszírozásával
eu-disclaimer = Ezen oldalak tartalmáért kizárólag az önkormányzat felel; az Európai Unió nem felel azok felhasználásáért.
selftest = WiFi4EU-önteszt folyamatban
link-terms = Felhasználási feltételek
link-privacy = Adatvédelem
link-accessibility = Akadálymentesség
link-venue = A helyszín
link-news = Hírek
link-back = Vissza a belépési oldalra

login-title = Ingyenes wifi
login-lead = Internetezzen ingyen, regisztráció nélkül.
login-button = Csatlakozás az internethez
login-accept = A gomb megnyomásával elfogadja a szolgáltatás szabályait.
login-disclaimer-title = Nyilvános, nyílt hálózat
login-disclaimer = A rádiós forgalom nincs titkosítva. Használjon biztonságos oldalakat és alkalmazásokat (https), tartsa naprakészen készülékét, és ne osszon meg mappákat vagy nyomtatókat.
login-expired = Az oldal túl sokáig volt nyitva. Kérjük, nyomja meg újra a gombot.

online-title = Ön csatlakozott az internethez
online-lead = Most már internetezhet, és bezárhatja ezt az oldalt.
online-left = Hátralévő idő
online-until = Eddig
online-used = Felhasznált adat
online-plan = E készülék sebessége
online-down = Letöltés
online-up = Feltöltés
online-day = Mai adat teljes sebességgel
online-slow = A mai, teljes sebességű adat elfogyott: éjfélig ez az eszköz lassabb.
online-exempt = Ennek a készüléknek mindig van hozzáférése: semmit sem kell megnyomni.
online-return = Az oldal újbóli megtekintéséhez vagy a kapcsolat bontásához nyissa meg ezt:
online-disconnect = Kapcsolat bontása
online-disconnect-hint = A készülék lekapcsolódik; bármikor újra csatlakozhat.

# While the municipality’s link to the Internet is interrupted.
down-title = Itt most nincs internet
down-lead = A wifi működik, de az internetkapcsolat megszakadt. Általában hamar helyreáll: próbálja újra néhány perc múlva.
down-online = Készüléke továbbra is engedélyezett: ha visszatér az internet, gombnyomás nélkül internetezhet.
down-action = Újra

disconnected-title = Kapcsolat bontva
disconnected-lead = Készüléke már nem csatlakozik az internethez. Köszönjük, hogy az önkormányzat wifijét használta.
disconnected-action = Újracsatlakozás

blocked-title = A hozzáférés nem engedélyezett
blocked-lead = Ez a készülék nem használhatja ezt a hálózatot. Felvilágosításért forduljon az önkormányzathoz.

again-title = Próbálja újra kis idő múlva
again-lead = A hálózat most nem tudja létrehozni a kapcsolatot. Általában néhány másodperc elég.
again-action = Újra

stranger-title = Ismeretlen készülék
stranger-lead = A hálózat még nem ismeri fel készülékét. Kapcsolja ki, majd be a wifit, és próbálja újra. Ha VPN-t használ, egy pillanatra függessze fel.
stranger-action = Újra

slow-title = Túl sok próbálkozás
slow-lead = Rövid idő alatt sokszor nyomta meg a gombot. Várjon egy percet, és próbálja újra.
slow-action = Újra

refused-title = A kérés nem fogadható el
refused-lead = A kérés nem erről az oldalról érkezett. Térjen vissza a belépési oldalra, és próbálja újra.
refused-action = Vissza a belépési oldalra

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Ez a szöveg csak olaszul és angolul érhető el.
full-text = Csatlakozás után az önkormányzat teljes szövegét ezen a címen olvashatja:

venue-title = A helyszín
venue-lead = Ezt a wifihálózatot biztosítja: { $comune }.
venue-place = Helyszín
venue-comune = Közigazgatás
venue-portal = A hálózat oldala

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Sürgős közlemények
notices-more = { $count ->
    [one] Még egy közlemény
   *[other] Még { $count } közlemény
}
notice-red = Veszély
notice-orange = Riasztás
notice-yellow = Figyelem
notice-green = Jó hír
notice-blue = Tájékoztatás
notice-purple = Fontos
notice-until = Eddig: { $when }
notice-source = Forrás: { $source }
notice-link = További információ

# News of the municipality.
news-title = Hírek
news-all = Minden hír
news-none = Jelenleg nincsenek hírek.
news-pinned = Kiemelt
news-more = Olvassa tovább a honlapon
news-more-after = A folytatás a honlapon olvasható, amely csatlakozás után nyílik meg:
news-more-offline = A folytatás a honlapon olvasható, ha visszatér az internet:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitális szolgáltatások
service-now = Azonnal megnyílik
service-after = Csatlakozás után
service-offline = Ha visszatér az internet
service-call = Hívás: { $number }
service-io = IO alkalmazás
service-io-hint = A hatóságok üzenetei, emlékeztetői és fizetések a telefonján.
service-municipium = Municipium alkalmazás
service-municipium-hint = Hírek, hibabejelentés és hulladékszállítás.
service-certificates = Anyakönyvi igazolások
service-certificates-hint = Lakóhely, születés, család: ingyen, SPID-del vagy CIE-vel.
service-fines = Bírságok
service-fines-hint = Bírság megtekintése és befizetése.
service-payments = Fizetések (pagoPA)
service-payments-hint = Adók, iskolai étkezés és egyéb befizetések az önkormányzatnak.
service-appointments = Időpontfoglalás
service-appointments-hint = Válassza ki az ügyfélszolgálatot, a napot és az órát.
service-sue = Építésügy (SUE)
service-sue-hint = Építési és tájvédelmi eljárások.
service-suap = Vállalkozások (SUAP)
service-suap-hint = Vállalkozás indítása, módosítása vagy megszüntetése.
service-youtube = YouTube-csatorna
service-youtube-hint = Testületi ülések és rendezvények videón.
service-help = Segítség a digitális szolgáltatásokhoz
service-help-hint = Segítő pontok: valaki személyesen és ingyen segít Önnek.
service-emergency = Segélyhívó 112
service-emergency-hint = Egyetlen szám: mentők, tűzoltók, rendőrség. Ingyenes, bármikor.
service-website = Az önkormányzat honlapja
service-website-hint = Hivatalok, nyitvatartás, hirdetőtábla és dokumentumok.
