# The portal’s texts in Maltese. One sentence per key; key names say where it appears.

decimal-mark = .
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } ta’ { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = Jannar
month-2 = Frar
month-3 = Marzu
month-4 = April
month-5 = Mejju
month-6 = Ġunju
month-7 = Lulju
month-8 = Awwissu
month-9 = Settembru
month-10 = Ottubru
month-11 = Novembru
month-12 = Diċembru

minutes = { $count ->
    [one] minuta waħda
    [few] { $count } minuti
    [many] { $count }-il minuta
   *[other] { $count } minuta
}
hours = { $count ->
    [one] siegħa waħda
    [few] { $count } sigħat
    [many] { $count }-il siegħa
   *[other] { $count } siegħa
}
hours-and-minutes = { $hours } u { $minutes }

skip = Aqbeż għall-kontenut
languages = Lingwa tal-paġna
banner-alt = WiFi4EU: Wi-Fi b’xejn għall-Ewropej
crest-alt = Arma: { $comune }
footer-links = Informazzjoni
footer-free = Servizz b’xejn, mingħajr reġistrazzjoni u mingħajr reklami.
eu-funding = Kofinanzjat mill-Unjoni Ewropea
eu-disclaimer = Il-kontenut ta’ dawn il-paġni huwa r-responsabbiltà tal-Kunsill Lokali biss; l-Unjoni Ewropea mhijiex responsabbli għall-użu tiegħu.
selftest = L-awtotest ta’ WiFi4EU għaddej
link-terms = Kundizzjonijiet tal-użu
link-privacy = Privatezza
link-accessibility = Aċċessibbiltà
link-venue = Il-post
link-news = Aħbarijiet
link-back = Lura għall-paġna tal-aċċess

login-title = Wi-Fi b’xejn
login-lead = Internet b’xejn, mingħajr reġistrazzjoni.
login-button = Ikkonnettja mal-Internet
login-accept = Meta tagħfas il-buttuna, taċċetta r-regoli tas-servizz.
login-disclaimer-title = Netwerk pubbliku u miftuħ
login-disclaimer = It-traffiku bir-radju mhuwiex kriptat. Uża siti u applikazzjonijiet siguri (https), żomm it-tagħmir aġġornat u taqsamx folders jew printers.
login-expired = Il-paġna damet wisq miftuħa. Jekk jogħġbok erġa’ agħfas il-buttuna.

online-title = Int online
online-lead = Issa tista’ tuża l-Internet u tagħlaq din il-paġna.
online-left = Ħin li fadal
online-until = Sa
online-used = Data użata
online-plan = Veloċità ta’ dan it-tagħmir
online-down = Tniżżil
online-up = Tlugħ
online-day = Id-data tal-lum b’veloċità sħiħa
online-slow = Id-data tal-lum b’veloċità sħiħa spiċċat: sa nofsillejl dan it-tagħmir ikun aktar bil-mod.
online-exempt = Dan it-tagħmir dejjem għandu aċċess: m’hemm xejn x’tagħfas.
online-return = Biex terġa’ tara din il-paġna jew taqta’ l-konnessjoni, iftaħ
online-disconnect = Aqta’ l-konnessjoni
online-disconnect-hint = It-tagħmir tiegħek joħroġ offline; tista’ terġa’ tikkonnettja meta trid.

# While the municipality’s link to the Internet is interrupted.
down-title = Bħalissa m’hemmx Internet hawnhekk
down-lead = Il-Wi-Fi qed jaħdem, iżda l-konnessjoni mal-Internet maqtugħa. Normalment terġa’ lura malajr: erġa’ pprova fi ftit minuti.
down-online = It-tagħmir tiegħek jibqa’ awtorizzat: meta jerġa’ jiġi l-Internet, tkun tista’ tużah mingħajr ma tagħfas xejn.
down-action = Erġa’ pprova

disconnected-title = Maqtugħ
disconnected-lead = It-tagħmir tiegħek m’għadux konness mal-Internet. Grazzi talli użajt il-Wi-Fi tal-Kunsill Lokali.
disconnected-action = Erġa’ kkonnettja

blocked-title = Aċċess mhux permess
blocked-lead = Dan it-tagħmir m’għandux permess juża dan in-netwerk. Għal kjarifika, ikkuntattja lill-Kunsill Lokali.

again-title = Erġa’ pprova ftit ieħor
again-lead = Bħalissa n-netwerk ma jistax jagħmel il-konnessjoni. Normalment ftit sekondi jkunu biżżejjed.
again-action = Erġa’ pprova

stranger-title = Tagħmir mhux magħruf
stranger-lead = In-netwerk għadu ma jagħrafx it-tagħmir tiegħek. Itfi l-Wi-Fi u erġa’ ixgħelu, imbagħad erġa’ pprova. Jekk tuża VPN, waqqafha għal ftit.
stranger-action = Erġa’ pprova

slow-title = Wisq tentattivi
slow-lead = Għafast il-buttuna ħafna drabi fi ftit ħin. Stenna minuta u erġa’ pprova.
slow-action = Erġa’ pprova

refused-title = Talba mhux aċċettata
refused-lead = It-talba ma ġietx minn din il-paġna. Erġa’ lura għall-paġna tal-aċċess u erġa’ pprova.
refused-action = Lura għall-paġna tal-aċċess

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Dan it-test jeżisti biss bit-Taljan u bl-Ingliż.
full-text = Meta tkun konness, tista’ taqra t-test sħiħ tal-Kunsill Lokali f’dan l-indirizz:

venue-title = Il-post
venue-lead = Dan in-netwerk tal-Wi-Fi huwa offrut minn: { $comune }.
venue-place = Post
venue-comune = Amministrazzjoni
venue-portal = Paġna tan-netwerk

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Avviżi urġenti
notices-more = { $count ->
    [one] Avviż ieħor
    [few] { $count } avviżi oħra
    [many] { $count }-il avviż ieħor
   *[other] { $count } avviż ieħor
}
notice-red = Periklu
notice-orange = Twissija
notice-yellow = Attenzjoni
notice-green = Aħbar tajba
notice-blue = Informazzjoni
notice-purple = Importanti
notice-until = Sa: { $when }
notice-source = Sors: { $source }
notice-link = Aktar informazzjoni

# News of the municipality.
news-title = Aħbarijiet
news-all = L-aħbarijiet kollha
news-none = Bħalissa m’hemmx aħbarijiet.
news-pinned = Aħbar ewlenija
news-more = Kompli aqra fuq is-sit
news-more-after = Il-bqija jinsab fuq is-sit, li jinfetaħ wara li tikkonnettja:
news-more-offline = Il-bqija jinsab fuq is-sit, meta jerġa’ jiġi l-Internet:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Servizzi diġitali
service-now = Jinfetaħ minnufih
service-after = Wara li tikkonnettja
service-offline = Meta jerġa’ jiġi l-Internet
service-call = Ċempel { $number }
service-io = App IO
service-io-hint = Messaġġi, tfakkiriet u ħlasijiet tal-korpi pubbliċi fuq il-mowbajl.
service-municipium = App Municipium
service-municipium-hint = Aħbarijiet, rapporti ta’ problemi u ġbir tal-iskart.
service-certificates = Ċertifikati tar-reġistru
service-certificates-hint = Residenza, twelid, stat tal-familja: b’xejn, b’SPID jew CIE.
service-fines = Multi
service-fines-hint = Ara u ħallas multa.
service-payments = Ħlasijiet (pagoPA)
service-payments-hint = Taxxi, ikel tal-iskola u ħlasijiet oħra lill-Kunsill Lokali.
service-appointments = Ibbukkja appuntament
service-appointments-hint = Agħżel l-uffiċċju, il-jum u l-ħin.
service-sue = Permessi tal-bini (SUE)
service-sue-hint = Proċeduri tal-bini u tal-pajsaġġ.
service-suap = Uffiċċju tan-negozju (SUAP)
service-suap-hint = Iftaħ, ibdel jew agħlaq negozju.
service-youtube = Kanal YouTube
service-youtube-hint = Laqgħat tal-kunsill u avvenimenti bil-vidjo.
service-help = Għajnuna bis-servizzi diġitali
service-help-hint = Postijiet ta’ għajnuna: xi ħadd jgħinek, wiċċ imb’wiċċ u b’xejn.
service-emergency = Emerġenza 112
service-emergency-hint = Numru wieħed: ambulanza, tifi tan-nar u pulizija. B’xejn, f’kull ħin.
service-website = Sit tal-Kunsill Lokali
service-website-hint = Uffiċċji, ħinijiet, avviżi pubbliċi u dokumenti.
