# The portal’s texts in French. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } ko
megabytes = { $amount } Mo
gigabytes = { $amount } Go
date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
time = { $hour } h { $minute }
date-and-time = { $date } à { $time }

# The months as they stand in a date.
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
hours-and-minutes = { $hours } et { $minutes }

skip = Aller au contenu
languages = Langue de la page
banner-alt = WiFi4EU : Wi-Fi gratuit pour les Européens
crest-alt = Armoiries : { $comune }
footer-links = Informations
footer-free = Service gratuit, sans inscription et sans publicité.
eu-funding = Cofinancé par l’Union européenne
eu-disclaimer = Le contenu de ces pages relève de la seule responsabilité de la commune ; l’Union européenne n’est pas responsable de l’usage qui pourrait en être fait.
selftest = Autotest WiFi4EU en cours
link-terms = Conditions d’utilisation
link-privacy = Confidentialité
link-accessibility = Accessibilité
link-venue = Le lieu
link-news = Actualités
link-back = Retour à la page d’accès

login-title = Wi-Fi gratuit
login-lead = Naviguez gratuitement, sans inscription.
login-button = Se connecter à Internet
login-accept = En appuyant sur le bouton, vous acceptez les règles du service.
login-disclaimer-title = Réseau public et ouvert
login-disclaimer = Le trafic radio n’est pas chiffré. Utilisez des sites et applications sécurisés (https), tenez votre appareil à jour et ne partagez ni dossiers ni imprimantes.
login-expired = La page est restée ouverte trop longtemps. Veuillez appuyer de nouveau sur le bouton.

online-title = Vous êtes en ligne
online-lead = Vous pouvez naviguer dès maintenant et fermer cette page.
online-left = Temps restant
online-until = Jusqu’à
online-used = Données utilisées
online-plan = Débit de cet appareil
online-down = Réception
online-up = Envoi
online-day = Données du jour à plein débit
online-slow = Les données du jour à plein débit sont épuisées : jusqu’à minuit, cet appareil est plus lent.
online-exempt = Cet appareil a toujours accès : il n’y a rien à presser.
online-return = Pour revoir cette page ou vous déconnecter, ouvrez
online-disconnect = Se déconnecter
online-disconnect-hint = Votre appareil passe hors ligne ; vous pourrez vous reconnecter quand vous voudrez.

# While the municipality’s link to the Internet is interrupted.
down-title = Pas d’Internet ici pour le moment
down-lead = Le Wi-Fi fonctionne, mais la liaison avec Internet est interrompue. Elle revient en général rapidement : réessayez dans quelques minutes.
down-online = Votre appareil reste autorisé : dès le retour d’Internet, vous pourrez naviguer sans rien presser.
down-action = Réessayer

disconnected-title = Déconnecté
disconnected-lead = Votre appareil n’est plus connecté à Internet. Merci d’avoir utilisé le Wi-Fi de la commune.
disconnected-action = Se reconnecter

blocked-title = Accès non autorisé
blocked-lead = Cet appareil n’est pas autorisé sur ce réseau. Pour toute question, adressez-vous à la commune.

again-title = Réessayez dans un instant
again-lead = Le réseau ne parvient pas à établir votre connexion pour le moment. Quelques secondes suffisent en général.
again-action = Réessayer

stranger-title = Appareil non reconnu
stranger-lead = Le réseau ne reconnaît pas encore votre appareil. Désactivez puis réactivez le Wi-Fi et réessayez. Si vous utilisez un VPN, suspendez-le un instant.
stranger-action = Réessayer

slow-title = Trop de tentatives
slow-lead = Vous avez appuyé sur le bouton de nombreuses fois en peu de temps. Attendez une minute, puis réessayez.
slow-action = Réessayer

refused-title = Demande non acceptée
refused-lead = La demande ne venait pas de cette page. Revenez à la page d’accès et réessayez.
refused-action = Retour à la page d’accès

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Ce texte n’existe qu’en italien et en anglais.
full-text = Une fois connecté, vous pouvez lire le texte complet de la commune à cette adresse :

venue-title = Le lieu
venue-lead = Ce réseau Wi-Fi est offert par : { $comune }.
venue-place = Lieu
venue-comune = Administration
venue-portal = Page du réseau

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Avis urgents
notices-more = { $count ->
    [one] Un autre avis
   *[other] { $count } autres avis
}
notice-red = Danger
notice-orange = Alerte
notice-yellow = Attention
notice-green = Bonne nouvelle
notice-blue = Information
notice-purple = Important
notice-until = Jusqu’au : { $when }
notice-source = Source : { $source }
notice-link = En savoir plus

# News of the municipality.
news-title = Actualités
news-all = Toutes les actualités
news-none = Il n’y a pas d’actualités pour le moment.
news-pinned = À la une
news-more = Lire la suite sur le site
news-more-after = La suite se trouve sur le site, qui s’ouvre après la connexion :
news-more-offline = La suite se trouve sur le site, au retour d’Internet :

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Services numériques
service-now = Accessible tout de suite
service-after = Après la connexion
service-offline = Au retour d’Internet
service-call = Appeler le { $number }
service-io = Application IO
service-io-hint = Messages, rappels et paiements des organismes publics sur votre téléphone.
service-municipium = Application Municipium
service-municipium-hint = Actualités, signalements et collecte des déchets.
service-certificates = Certificats d’état civil
service-certificates-hint = Résidence, naissance, situation familiale : gratuits, avec SPID ou CIE.
service-fines = Amendes
service-fines-hint = Consulter et payer une amende.
service-payments = Paiements (pagoPA)
service-payments-hint = Taxes, cantine scolaire et autres paiements à la commune.
service-appointments = Prendre rendez-vous
service-appointments-hint = Choisissez le guichet, le jour et l’heure.
service-sue = Guichet urbanisme (SUE)
service-sue-hint = Démarches de construction et de paysage.
service-suap = Guichet entreprises (SUAP)
service-suap-hint = Ouvrir, modifier ou fermer une activité.
service-youtube = Chaîne YouTube
service-youtube-hint = Conseils municipaux et événements en vidéo.
service-help = Aide aux services numériques
service-help-hint = Des points d’aide : quelqu’un vous accompagne, sur place et gratuitement.
service-emergency = Urgences 112
service-emergency-hint = Un seul numéro : secours, pompiers, police. Gratuit, à toute heure.
service-website = Site de la commune
service-website-hint = Bureaux, horaires, affichage officiel et documents.
