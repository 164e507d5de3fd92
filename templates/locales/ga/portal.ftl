# The portal’s texts in Irish. One sentence per key; key names say where it appears.

decimal-mark = .
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = Eanáir
month-2 = Feabhra
month-3 = Márta
month-4 = Aibreán
month-5 = Bealtaine
month-6 = Meitheamh
month-7 = Iúil
month-8 = Lúnasa
month-9 = Meán Fómhair
month-10 = Deireadh Fómhair
month-11 = Samhain
month-12 = Nollaig

minutes = { $count ->
    [one] { $count } nóiméad
    [two] { $count } nóiméad
    [few] { $count } nóiméad
    [many] { $count } nóiméad
   *[other] { $count } nóiméad
}
hours = { $count ->
    [one] { $count } uair an chloig
    [two] { $count } uair an chloig
    [few] { $count } huaire an chloig
    [many] { $count } n-uaire an chloig
   *[other] { $count } uair an chloig
}
hours-and-minutes = { $hours } agus { $minutes }

skip = Léim go dtí an t-ábhar
languages = Teanga an leathanaigh
banner-alt = WiFi4EU: Wi-Fi saor in aisce do mhuintir na hEorpa
crest-alt = Armas: { $comune }
footer-links = Eolas
footer-free = Seirbhís saor in aisce, gan chlárú agus gan fógraíocht.
eu-funding = Arna chomhchistiú ag an Aontas Eorpach
eu-disclaimer = Is ar an mbardas amháin atá an fhreagracht as ábhar na leathanach seo; níl an tAontas Eorpach freagrach as aon úsáid a bhaintear as.
selftest = Féintástáil WiFi4EU ar siúl
link-terms = Téarmaí úsáide
link-privacy = Príobháideachas
link-accessibility = Inrochtaineacht
link-venue = An áit
link-news = Nuacht
link-back = Ar ais go dtí an leathanach rochtana

login-title = Wi-Fi saor in aisce
login-lead = Idirlíon saor in aisce, gan chlárú.
login-button = Ceangail leis an Idirlíon
login-accept = Nuair a bhrúnn tú an cnaipe, glacann tú le rialacha na seirbhíse.
login-disclaimer-title = Líonra poiblí oscailte
login-disclaimer = Níl an trácht raidió criptithe. Úsáid suíomhanna agus aipeanna slána (https), coinnigh do ghléas cothrom le dáta agus ná roinn fillteáin ná printéirí.
login-expired = Bhí an leathanach ar oscailt rófhada. Brúigh an cnaipe arís, le do thoil.

online-title = Tá tú ar líne
online-lead = Is féidir leat brabhsáil anois agus an leathanach seo a dhúnadh.
online-left = Am fágtha
online-until = Go dtí
online-used = Sonraí úsáidte
online-plan = Luas an ghléis seo
online-down = Íoslódáil
online-up = Uaslódáil
online-day = Sonraí an lae inniu ar lánluas
online-slow = Tá sonraí an lae inniu ar lánluas ídithe: beidh an gléas seo níos moille go meán oíche.
online-exempt = Tá rochtain ag an ngléas seo i gcónaí: níl aon rud le brú.
online-return = Chun an leathanach seo a fheiceáil arís nó chun dínascadh, oscail
online-disconnect = Dínaisc
online-disconnect-hint = Beidh do ghléas as líne; is féidir leat ceangal arís aon uair is mian leat.

# While the municipality’s link to the Internet is interrupted.
down-title = Níl aon Idirlíon anseo faoi láthair
down-lead = Tá an Wi-Fi ag obair, ach tá an nasc leis an Idirlíon briste. Is gnách go bhfilleann sé go luath: bain triail eile as i gceann cúpla nóiméad.
down-online = Tá cead rochtana ag do ghléas i gcónaí: nuair a fhillfidh an tIdirlíon, beidh tú in ann brabhsáil gan aon rud a bhrú.
down-action = Bain triail eile as

disconnected-title = Dínasctha
disconnected-lead = Níl do ghléas ceangailte leis an Idirlíon a thuilleadh. Go raibh maith agat as Wi-Fi an bhardais a úsáid.
disconnected-action = Ceangail arís

blocked-title = Ní cheadaítear rochtain
blocked-lead = Níl cead ag an ngléas seo an líonra seo a úsáid. Má tá ceist agat, téigh i dteagmháil leis an mbardas.

again-title = Bain triail eile as i gceann nóiméid
again-lead = Ní féidir leis an líonra an nasc a bhunú faoi láthair. Is leor cúpla soicind de ghnáth.
again-action = Bain triail eile as

stranger-title = Níor aithníodh an gléas
stranger-lead = Ní aithníonn an líonra do ghléas fós. Múch an Wi-Fi, cuir ar siúl arís é, agus ansin bain triail eile as. Má tá VPN in úsáid agat, cuir ar sos é ar feadh nóiméid.
stranger-action = Bain triail eile as

slow-title = An iomarca iarrachtaí
slow-lead = Bhrúigh tú an cnaipe go minic i dtréimhse ghearr. Fan nóiméad agus bain triail eile as.
slow-action = Bain triail eile as

refused-title = Níor glacadh leis an iarratas
refused-lead = Ní ón leathanach seo a tháinig an t-iarratas. Fill ar an leathanach rochtana agus bain triail eile as.
refused-action = Ar ais go dtí an leathanach rochtana

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Níl an téacs seo ar fáil ach in Iodáilis agus i mBéarla.
full-text = Nuair a bheidh tú ceangailte, is féidir téacs iomlán an bhardais a léamh ag an seoladh seo:

venue-title = An áit
venue-lead = Is é seo a leanas a chuireann an líonra Wi-Fi seo ar fáil: { $comune }.
venue-place = Áit
venue-comune = Riarachán
venue-portal = Leathanach an líonra

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Fógraí práinneacha
notices-more = { $count ->
    [one] Fógra amháin eile
    [two] Dhá fhógra eile
    [few] { $count } fhógra eile
    [many] { $count } bhfógra eile
   *[other] { $count } fógra eile
}
notice-red = Contúirt
notice-orange = Foláireamh
notice-yellow = Aire
notice-green = Dea-scéal
notice-blue = Eolas
notice-purple = Tábhachtach
notice-until = Go dtí: { $when }
notice-source = Foinse: { $source }
notice-link = Tuilleadh eolais

# News of the municipality.
news-title = Nuacht
news-all = An nuacht go léir
news-none = Níl aon nuacht ann faoi láthair.
news-pinned = Roghnaithe
news-more = Lean ort ag léamh ar an suíomh
news-more-after = Tá an chuid eile ar an suíomh, a osclaíonn tar éis duit ceangal:
news-more-offline = Tá an chuid eile ar an suíomh, nuair a fhillfidh an tIdirlíon:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Seirbhísí digiteacha
service-now = Osclaíonn láithreach
service-after = Tar éis duit ceangal
service-offline = Nuair a fhillfidh an tIdirlíon
service-call = Glaoigh ar { $number }
service-io = Aip IO
service-io-hint = Teachtaireachtaí, meabhrúcháin agus íocaíochtaí na gcomhlachtaí poiblí ar d’fhón.
service-municipium = Aip Municipium
service-municipium-hint = Nuacht, tuairisciú fadhbanna agus bailiú bruscair.
service-certificates = Deimhnithe ón gclár sibhialta
service-certificates-hint = Cónaí, breith, stádas teaghlaigh: saor in aisce, le SPID nó CIE.
service-fines = Fíneálacha
service-fines-hint = Féach ar fhíneáil agus íoc í.
service-payments = Íocaíochtaí (pagoPA)
service-payments-hint = Cánacha, béilí scoile agus íocaíochtaí eile leis an mbardas.
service-appointments = Déan coinne
service-appointments-hint = Roghnaigh an oifig, an lá agus an t-am.
service-sue = Ceadanna tógála (SUE)
service-sue-hint = Nósanna imeachta tógála agus tírdhreacha.
service-suap = Deasc gnó (SUAP)
service-suap-hint = Tosaigh, athraigh nó dún gnó.
service-youtube = Cainéal YouTube
service-youtube-hint = Cruinnithe comhairle agus imeachtaí ar fhíseán.
service-help = Cabhair le seirbhísí digiteacha
service-help-hint = Ionaid chabhrach: cabhraíonn duine leat, go pearsanta agus saor in aisce.
service-emergency = Éigeandáil 112
service-emergency-hint = Uimhir amháin: otharcharr, briogáid dóiteáin, póilíní. Saor in aisce, am ar bith.
service-website = Suíomh gréasáin an bhardais
service-website-hint = Oifigí, uaireanta oscailte, fógraí poiblí agus doiciméid.
