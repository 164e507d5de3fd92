# The portal's texts. One sentence per key; key names say where it appears.

decimal-mark = .
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }

# The months as they stand in a date.
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
hours-and-minutes = { $hours } and { $minutes }

skip = Skip to content
languages = Page language
banner-alt = WiFi4EU: free Wi-Fi for Europeans
footer-links = Information
footer-free = A free service, without registration and without advertising.
link-terms = Terms of use
link-privacy = Privacy
link-venue = The place
link-back = Back to the sign-in page

login-title = Free Wi-Fi
login-lead = Free Internet, no registration.
login-button = Connect to the Internet
login-accept = By pressing the button you accept the rules of the service.
login-disclaimer-title = Public, open network
login-disclaimer = Radio traffic is not encrypted. Use secure sites and apps (https), keep your device up to date and do not share folders or printers.
login-expired = The page was left open for too long. Please press the button again.

online-title = You are online
online-lead = You can browse now, and close this page.
online-left = Time left
online-until = Until
online-used = Data used
online-exempt = This device always has access: there is nothing to press.
online-return = To see this page again or to disconnect, open
online-disconnect = Disconnect
online-disconnect-hint = Your device goes offline; you can connect again whenever you like.

disconnected-title = Disconnected
disconnected-lead = Your device is no longer connected to the Internet. Thank you for using the municipal Wi-Fi.
disconnected-action = Connect again

blocked-title = Access not allowed
blocked-lead = This device is not allowed on this network. Please ask the municipality for an explanation.

again-title = Try again in a moment
again-lead = The network cannot set up your connection right now. It usually takes only a few seconds.
again-action = Try again

stranger-title = Device not recognised
stranger-lead = The network does not recognise your device yet. Turn Wi-Fi off and on, then try again. If you use a VPN, pause it for a moment.
stranger-action = Try again

slow-title = Too many attempts
slow-lead = You have pressed the button many times in a short while. Please wait a minute and try again.
slow-action = Try again

refused-title = Request not accepted
refused-lead = The request did not come from this page. Go back to the sign-in page and try again.
refused-action = Back to the sign-in page

full-text = Once connected, you can read the municipality’s full text at this address:

terms-title = Terms of use
terms-lead = A few rules that keep the network useful to everyone.
terms-service-title = The service
terms-service = The municipality offers Internet access free of charge, without registration and without commercial advertising. The speed of each device is limited; continuity and speed are not guaranteed.
terms-duration-title = How long it lasts
terms-duration = After you press the button, your device stays recognised until midnight or for 12 hours at most, depending on the network; then you simply press again.
terms-conduct-title = Fair use
terms-conduct = Do not use the network for unlawful activity, to disturb other users or services, to send unwanted messages or to infringe copyright. Everyone answers for what they do online.
terms-security-title = Security
terms-security = The network is public and open: people nearby can intercept traffic that is not encrypted. Use secure connections (https) or a VPN and do not share folders or printers.
terms-limits-title = Liability
terms-limits = The municipality may limit or suspend the access of a device that disturbs the service and, within the law, is not liable for damage caused by the use or interruption of the network. Minors use the network under the responsibility of the adults with them.

privacy-title = Privacy
privacy-lead = Notice under Article 13 of Regulation (EU) 2016/679 (GDPR).
privacy-controller-title = Controller
privacy-controller = { $comune }. The data protection officer can be reached through the contacts published on the institutional website.
privacy-data-title = Which data
privacy-data = The technical (MAC) address and the IP address given to your device, when the connection began and ended, and the amount of data exchanged. No name, e-mail, phone number or document: Italian law does not require users of public Wi-Fi to be identified (Article 10 of Decree-Law 69/2013). We do not record the sites you visit, DNS requests or destinations, and we use no cookies.
privacy-purpose-title = Why
privacy-purpose = To give access to the network, limit the speed of each device and protect the service, in the performance of a task carried out in the public interest (Article 6(1)(e)).
privacy-period-title = For how long
privacy-period = Until the recognition period ends, at most midnight or 12 hours depending on the network; then the data of your device are erased. Only anonymous statistics remain. If the municipality keeps an access register for security purposes, its own notice says so and states how long it is kept.
privacy-recipients-title = To whom
privacy-recipients = To nobody, unless a judicial authority asks. The sign-in page may load the WiFi4EU banner from servers of the European Commission, which count visits without collecting personal data; as with any web page, those servers see the network’s public IP address.
privacy-rights-title = Your rights
privacy-rights = You may ask the municipality for access, rectification, erasure, restriction or objection (Articles 15 to 21) and lodge a complaint with the Italian data protection authority (Garante). As we do not know who uses a device, its MAC address may be needed to answer.

venue-title = The place
venue-lead = This Wi-Fi network is offered by { $comune }.
venue-place = Place
venue-comune = Administration
venue-portal = Page of the network
