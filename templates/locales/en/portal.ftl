# The portal's texts. One sentence per key; key names say where it appears.

decimal-mark = .
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time }

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
crest-alt = Coat of arms: { $comune }
footer-links = Information
footer-free = A free service, without registration and without advertising.
eu-funding = Co-funded by the European Union
eu-disclaimer = The contents of these pages are the municipality’s alone; the European Union is not responsible for any use made of them.
selftest = WiFi4EU self-test in progress
link-terms = Terms of use
link-privacy = Privacy
link-accessibility = Accessibility
link-venue = The place
link-news = News
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
online-plan = Speed of this device
online-down = Download
online-up = Upload
online-day = Today’s data at full speed
online-slow = Today’s data at full speed is used up: until midnight this device is slower.
online-exempt = This device always has access: there is nothing to press.
online-return = To see this page again or to disconnect, open
online-disconnect = Disconnect
online-disconnect-hint = Your device goes offline; you can connect again whenever you like.

# While the municipality’s link to the Internet is interrupted.
down-title = No Internet here right now
down-lead = The Wi-Fi works, but the link to the Internet is interrupted. It usually comes back soon: try again in a few minutes.
down-online = Your device stays connected: when the Internet is back, you can browse without pressing anything.
down-action = Try again

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

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = This text exists in Italian and English only.
full-text = Once connected, you can read the municipality’s full text at this address:

venue-title = The place
venue-lead = This Wi-Fi network is offered by { $comune }.
venue-place = Place
venue-comune = Administration
venue-portal = Page of the network

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Urgent notices
notices-more = { $count ->
    [one] One more notice
   *[other] { $count } more notices
}
notice-red = Danger
notice-orange = Alert
notice-yellow = Attention
notice-green = Good news
notice-blue = Information
notice-purple = Important
notice-until = Until: { $when }
notice-source = Source: { $source }
notice-link = More information

# News of the municipality.
news-title = News
news-all = All news
news-none = There is no news for now.
news-pinned = Highlighted
news-more = Read on at the website
news-more-after = The rest is on the website, which opens after you connect:
news-more-offline = The rest is on the website, when the Internet is back:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digital services
service-now = Opens right now
service-after = After you connect
service-offline = When the Internet is back
service-call = Call { $number }
service-io = IO app
service-io-hint = Messages, reminders and payments of public bodies on your phone.
service-municipium = Municipium app
service-municipium-hint = News, reports of problems and waste collection.
service-certificates = Registry certificates
service-certificates-hint = Residence, birth, family status: free, with SPID or CIE.
service-fines = Fines
service-fines-hint = See and pay a fine.
service-payments = Payments (pagoPA)
service-payments-hint = Taxes, school meals and other payments to the municipality.
service-appointments = Book an appointment
service-appointments-hint = Choose the office, the day and the hour.
service-sue = Building permits (SUE)
service-sue-hint = Building and landscape procedures.
service-suap = Business desk (SUAP)
service-suap-hint = Start, change or close a business.
service-youtube = YouTube channel
service-youtube-hint = Council meetings and events on video.
service-help = Help with digital services
service-help-hint = Help points: somebody assists you, in person and free of charge.
service-emergency = Emergency 112
service-emergency-hint = One number for ambulance, fire brigade and police. Free, at any time.
service-website = Municipal website
service-website-hint = Offices, opening hours, public register and documents.
