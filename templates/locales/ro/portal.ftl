# The portal’s texts in Romanian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, ora { $time }

# The months as they stand in a date.
month-1 = ianuarie
month-2 = februarie
month-3 = martie
month-4 = aprilie
month-5 = mai
month-6 = iunie
month-7 = iulie
month-8 = august
month-9 = septembrie
month-10 = octombrie
month-11 = noiembrie
month-12 = decembrie

minutes = { $count ->
    [one] { $count } minut
    [few] { $count } minute
   *[other] { $count } de minute
}
hours = { $count ->
    [one] { $count } oră
    [few] { $count } ore
   *[other] { $count } de ore
}
hours-and-minutes = { $hours } și { $minutes }

skip = Salt la conținut
languages = Limba paginii
banner-alt = WiFi4EU: Wi-Fi gratuit pentru europeni
crest-alt = Stemă: { $comune }
footer-links = Informații
footer-free = Serviciu gratuit, fără înregistrare și fără publicitate.
eu-funding = Cofinanțat de Uniunea Europeană
eu-disclaimer = Conținutul acestor pagini este responsabilitatea exclusivă a primăriei; Uniunea Europeană nu răspunde de modul în care este folosit.
selftest = Autotest WiFi4EU în curs
link-terms = Condiții de utilizare
link-privacy = Confidențialitate
link-accessibility = Accesibilitate
link-venue = Locul
link-news = Noutăți
link-back = Înapoi la pagina de acces

login-title = Wi-Fi gratuit
login-lead = Navigați gratuit, fără înregistrare.
login-button = Conectare la internet
login-accept = Apăsând butonul, acceptați regulile serviciului.
login-disclaimer-title = Rețea publică și deschisă
login-disclaimer = Traficul radio nu este criptat. Folosiți site-uri și aplicații securizate (https), țineți dispozitivul actualizat și nu partajați dosare sau imprimante.
login-expired = Pagina a rămas deschisă prea mult timp. Apăsați din nou butonul.

online-title = Sunteți online
online-lead = Acum puteți naviga și puteți închide această pagină.
online-left = Timp rămas
online-until = Până la ora
online-used = Date folosite
online-plan = Viteza acestui dispozitiv
online-down = Descărcare
online-up = Încărcare
online-day = Datele de azi la viteză maximă
online-slow = Datele de azi la viteză maximă s-au epuizat: până la miezul nopții acest dispozitiv este mai lent.
online-exempt = Acest dispozitiv are întotdeauna acces: nu trebuie să apăsați nimic.
online-return = Pentru a revedea această pagină sau a vă deconecta, deschideți
online-disconnect = Deconectare
online-disconnect-hint = Dispozitivul va fi deconectat; vă puteți reconecta oricând doriți.

# While the municipality’s link to the Internet is interrupted.
down-title = Aici nu există internet în acest moment
down-lead = Wi-Fi-ul funcționează, dar legătura cu internetul este întreruptă. De obicei revine repede: încercați din nou peste câteva minute.
down-online = Dispozitivul rămâne autorizat: când revine internetul, puteți naviga fără să apăsați nimic.
down-action = Încercați din nou

disconnected-title = Deconectat
disconnected-lead = Dispozitivul nu mai este conectat la internet. Vă mulțumim că ați folosit Wi-Fi-ul primăriei.
disconnected-action = Reconectare

blocked-title = Acces nepermis
blocked-lead = Acest dispozitiv nu are acces la această rețea. Pentru lămuriri, adresați-vă primăriei.

again-title = Încercați din nou peste o clipă
again-lead = În acest moment rețeaua nu poate stabili conexiunea. De obicei sunt suficiente câteva secunde.
again-action = Încercați din nou

stranger-title = Dispozitiv nerecunoscut
stranger-lead = Rețeaua nu recunoaște încă dispozitivul dumneavoastră. Opriți și reporniți Wi-Fi-ul, apoi încercați din nou. Dacă folosiți un VPN, suspendați-l pentru un moment.
stranger-action = Încercați din nou

slow-title = Prea multe încercări
slow-lead = Ați apăsat butonul de multe ori într-un timp scurt. Așteptați un minut și încercați din nou.
slow-action = Încercați din nou

refused-title = Cerere neacceptată
refused-lead = Cererea nu a venit de pe această pagină. Reveniți la pagina de acces și încercați din nou.
refused-action = Înapoi la pagina de acces

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Acest text există numai în italiană și engleză.
full-text = După conectare, textul complet al primăriei se poate citi la această adresă:

venue-title = Locul
venue-lead = Această rețea Wi-Fi este oferită de: { $comune }.
venue-place = Loc
venue-comune = Administrație
venue-portal = Pagina rețelei

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Anunțuri urgente
notices-more = { $count ->
    [one] Încă un anunț
    [few] Încă { $count } anunțuri
   *[other] Încă { $count } de anunțuri
}
notice-red = Pericol
notice-orange = Alertă
notice-yellow = Atenție
notice-green = Veste bună
notice-blue = Informație
notice-purple = Important
notice-until = Până la: { $when }
notice-source = Sursa: { $source }
notice-link = Mai multe informații

# News of the municipality.
news-title = Noutăți
news-all = Toate noutățile
news-none = Deocamdată nu sunt noutăți.
news-pinned = În prim-plan
news-more = Citiți mai departe pe site
news-more-after = Restul se citește pe site, care se deschide după conectare:
news-more-offline = Restul se citește pe site, când revine internetul:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Servicii digitale
service-now = Se deschide imediat
service-after = După conectare
service-offline = Când revine internetul
service-call = Sunați la { $number }
service-io = Aplicația IO
service-io-hint = Mesaje, notificări și plăți ale instituțiilor publice pe telefon.
service-municipium = Aplicația Municipium
service-municipium-hint = Știri, sesizări și colectarea deșeurilor.
service-certificates = Certificate de stare civilă
service-certificates-hint = Domiciliu, naștere, familie: gratuit, cu SPID sau CIE.
service-fines = Amenzi
service-fines-hint = Consultați și plătiți o amendă.
service-payments = Plăți (pagoPA)
service-payments-hint = Taxe, cantină școlară și alte plăți către primărie.
service-appointments = Programări
service-appointments-hint = Alegeți ghișeul, ziua și ora.
service-sue = Ghișeul de construcții (SUE)
service-sue-hint = Proceduri de construcții și peisaj.
service-suap = Ghișeul firmelor (SUAP)
service-suap-hint = Deschideți, modificați sau închideți o activitate.
service-youtube = Canal YouTube
service-youtube-hint = Ședințe ale consiliului și evenimente video.
service-help = Ajutor pentru servicii digitale
service-help-hint = Puncte de asistență: cineva vă ajută personal și gratuit.
service-emergency = Urgențe 112
service-emergency-hint = Un singur număr: ambulanță, pompieri, poliție. Gratuit, la orice oră.
service-website = Site-ul primăriei
service-website-hint = Birouri, program, avizier și documente.
