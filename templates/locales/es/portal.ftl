# The portal’s texts in Spanish. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } de { $month } de { $year }
time = { $hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre

minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
hours-and-minutes = { $hours } y { $minutes }

skip = Ir al contenido
languages = Idioma de la página
banner-alt = WiFi4EU: wifi gratis para los europeos
crest-alt = Escudo: { $comune }
footer-links = Información
footer-free = Servicio gratuito, sin registro y sin publicidad.
eu-funding = Cofinanciado por la Unión Europea
eu-disclaimer = El contenido de estas páginas es responsabilidad exclusiva del municipio; la Unión Europea no responde del uso que pueda hacerse de él.
selftest = Autoprueba de WiFi4EU en curso
link-terms = Condiciones de uso
link-privacy = Privacidad
link-accessibility = Accesibilidad
link-venue = El lugar
link-news = Noticias
link-back = Volver a la página de acceso

login-title = Wifi gratis
login-lead = Navegue gratis, sin registrarse.
login-button = Conectarse a Internet
login-accept = Al pulsar el botón, acepta las normas del servicio.
login-disclaimer-title = Red pública y abierta
login-disclaimer = El tráfico de radio no está cifrado. Utilice sitios y aplicaciones seguros (https), mantenga actualizado su dispositivo y no comparta carpetas ni impresoras.
login-expired = La página ha estado abierta demasiado tiempo. Pulse de nuevo el botón.

online-title = Está conectado
online-lead = Ya puede navegar y cerrar esta página.
online-left = Tiempo restante
online-until = Hasta las
online-used = Datos utilizados
online-plan = Velocidad de este dispositivo
online-down = Descarga
online-up = Subida
online-day = Datos de hoy a plena velocidad
online-slow = Los datos de hoy a plena velocidad se han agotado: hasta medianoche este dispositivo irá más lento.
online-exempt = Este dispositivo siempre tiene acceso: no hace falta pulsar nada.
online-return = Para volver a ver esta página o desconectarse, abra
online-disconnect = Desconectarse
online-disconnect-hint = Su dispositivo quedará sin conexión; podrá volver a conectarse cuando quiera.

# While the municipality’s link to the Internet is interrupted.
down-title = Ahora no hay Internet aquí
down-lead = La wifi funciona, pero la conexión con Internet está interrumpida. Suele volver pronto: inténtelo de nuevo dentro de unos minutos.
down-online = Su dispositivo sigue habilitado: cuando vuelva Internet, podrá navegar sin pulsar nada.
down-action = Reintentar

disconnected-title = Desconectado
disconnected-lead = Su dispositivo ya no está conectado a Internet. Gracias por usar la wifi municipal.
disconnected-action = Conectarse de nuevo

blocked-title = Acceso no permitido
blocked-lead = Este dispositivo no puede usar esta red. Si tiene dudas, diríjase al municipio.

again-title = Inténtelo de nuevo en un momento
again-lead = En este momento la red no puede activar la conexión. Normalmente bastan unos segundos.
again-action = Reintentar

stranger-title = Dispositivo no reconocido
stranger-lead = La red aún no reconoce su dispositivo. Desactive y vuelva a activar la wifi e inténtelo de nuevo. Si usa una VPN, suspéndala un momento.
stranger-action = Reintentar

slow-title = Demasiados intentos
slow-lead = Ha pulsado el botón muchas veces en poco tiempo. Espere un minuto e inténtelo de nuevo.
slow-action = Reintentar

refused-title = Solicitud no aceptada
refused-lead = La solicitud no procedía de esta página. Vuelva a la página de acceso e inténtelo de nuevo.
refused-action = Volver a la página de acceso

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Este texto solo existe en italiano e inglés.
full-text = Una vez conectado, puede leer el texto completo del municipio en esta dirección:

venue-title = El lugar
venue-lead = Esta red wifi la ofrece: { $comune }.
venue-place = Lugar
venue-comune = Administración
venue-portal = Página de la red

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Avisos urgentes
notices-more = { $count ->
    [one] Otro aviso
   *[other] Otros { $count } avisos
}
notice-red = Peligro
notice-orange = Alerta
notice-yellow = Atención
notice-green = Buenas noticias
notice-blue = Información
notice-purple = Importante
notice-until = Hasta: { $when }
notice-source = Fuente: { $source }
notice-link = Más información

# News of the municipality.
news-title = Noticias
news-all = Todas las noticias
news-none = Por ahora no hay noticias.
news-pinned = Destacado
news-more = Seguir leyendo en el sitio web
news-more-after = El resto se lee en el sitio web, que se abre después de conectarse:
news-more-offline = El resto se lee en el sitio web, cuando vuelva Internet:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Servicios digitales
service-now = Se abre ahora mismo
service-after = Después de conectarse
service-offline = Cuando vuelva Internet
service-call = Llamar al { $number }
service-io = App IO
service-io-hint = Mensajes, avisos y pagos de los organismos públicos en el teléfono.
service-municipium = App Municipium
service-municipium-hint = Noticias, incidencias y recogida de residuos.
service-certificates = Certificados del registro
service-certificates-hint = Residencia, nacimiento, situación familiar: gratis, con SPID o CIE.
service-fines = Multas
service-fines-hint = Consultar y pagar una multa.
service-payments = Pagos (pagoPA)
service-payments-hint = Tributos, comedor escolar y otros pagos al municipio.
service-appointments = Pedir cita
service-appointments-hint = Elija la oficina, el día y la hora.
service-sue = Ventanilla de obras (SUE)
service-sue-hint = Trámites de edificación y paisaje.
service-suap = Ventanilla de empresas (SUAP)
service-suap-hint = Abrir, modificar o cerrar una actividad.
service-youtube = Canal de YouTube
service-youtube-hint = Plenos municipales y actos en vídeo.
service-help = Ayuda con los servicios digitales
service-help-hint = Puntos de ayuda: alguien le atiende, en persona y gratis.
service-emergency = Emergencias 112
service-emergency-hint = Un solo número: ambulancia, bomberos y policía. Gratis, a cualquier hora.
service-website = Sitio web municipal
service-website-hint = Oficinas, horarios, tablón de anuncios y documentos.
