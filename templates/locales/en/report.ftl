# Words of reports: tables, pages, open data sets.

## Titles
catalogue-title = Data of the public Wi-Fi
catalogue-about = Use and availability of the municipality's public Wi-Fi, anonymous and aggregated.
usage-title = Use of the public WiFi4EU Wi-Fi
usage-about = Use of the municipality's public WiFi4EU networks: grants, sessions, traffic and times by network and hour, anonymous and aggregated.
usage-sheet = Use
availability-title = Availability of the public WiFi4EU Wi-Fi
availability-about = Availability of the municipality's public WiFi4EU networks: minutes out of service by day and cause, days lost in the year, observed speed of the line.
availability-sheet = Availability
installation-title = WiFi4EU access points
installation-about = Access points of the WiFi4EU networks, as the Commission's portal wants them.
installation-sheet = Installation
summary-title = Report on the public WiFi4EU Wi-Fi
summary-about = Use, availability and duties of the public WiFi4EU networks.
summary-sheet = Report
columns-sheet = Columns
yes = yes
no = no
all-networks = All networks
column-title = Title
column-name = Name in CSV and JSON files
column-about = What it contains

## Columns
col-network = Network
    .about = Short name of the network, always the same; * for all networks together.
col-network-id = WiFi4EU identifier
    .about = Identifier of the network in the European Commission's WiFi4EU portal.
col-network-name = Place
    .about = Name of the place.
col-comune = Administration
    .about = Administration that offers the service.
col-istat-code = ISTAT code
    .about = ISTAT code of the municipality.
col-date = Date
    .about = Calendar day in the time zone of the place.
col-hour = Hour
    .about = Local hour in which it begins, 0 to 23. When summer time ends there are two hours 2.
col-begins = Begins
    .about = Instant at which it begins, with the offset from UTC.
col-month = Month
    .about = Calendar month.
col-portal-views = Page views
    .about = Times that a page of the portal was shown.
col-grants = Grants
    .about = Times that the button gave access.
col-new-sessions = New sessions
    .about = Sessions that began.
col-returning-sessions = Returns
    .about = Times that a device came back within the recognition period without seeing the portal again.
col-peak-concurrent = Concurrent sessions, most
    .about = Most sessions at the same time.
col-mean-concurrent = Concurrent sessions, mean
    .about = Sessions at the same time on average.
col-unique-devices-day = Devices of the day (estimate)
    .about = Estimate of different devices of the whole day, the same in every hour: not to be summed. Who changes address is counted more than once. In the rows of all networks (*) who was on two networks is one.
col-unique-devices-month = Devices of the month (estimate)
    .about = Estimate of different devices of the whole month. Who changes address is counted more than once. In the rows of all networks (*) who was on two networks is one.
col-bytes-down = Bytes down
    .about = IP bytes to devices.
col-bytes-up = Bytes up
    .about = IP bytes from devices.
col-session-s-median = Median length (s)
    .about = Median length of the sessions that ended, seconds.
col-session-s-p90 = Length, 90 % (s)
    .about = Length that nine sessions of ten do not exceed, seconds.
col-portal-load-ms-p50 = Median load time (ms)
    .about = Median load time of the portal, as the page itself measured it, milliseconds.
col-portal-load-ms-p95 = Load time, 95 % (ms)
    .about = Load time that 95 pages of 100 do not exceed, milliseconds.
col-online-ms-p50 = Median wait (ms)
    .about = Median time from first contact to access, milliseconds.
col-online-ms-p95 = Wait, 95 % (ms)
    .about = Time from first contact to access that is not exceeded 95 times of 100, milliseconds.
col-snippet-ok-ratio = Visual identity shown
    .about = Share of pages on which the WiFi4EU visual identity was shown, 0 to 1.
col-refused = Failed grants
    .about = Presses of the button that could not give access.
col-blocked = Blocked grants
    .about = Presses of the button by blocked devices.
col-best-down-mbps = Observed speed (Mbit/s)
    .about = Best speed of the line to devices over a minute, of all networks together on which at least five devices moved data. The line carries this at least.
col-best-up-mbps = Observed speed up (Mbit/s)
    .about = Best speed of the line from devices over a minute, in the same way.
col-line-use-down = Use of the line down (share)
    .about = Share of the capacity of the line to devices that its best minute used, 0 to 1; empty where the capacity is not told or is being measured.
col-line-use-up = Use of the line up (share)
    .about = Share of the capacity of the line from devices that its best minute used, 0 to 1.
col-minutes-observed = Minutes observed
    .about = Minutes of which it is known whether the network was in service. Of the rest nothing is told.
col-minutes-down = Minutes out of service
    .about = Minutes out of service, all causes.
col-minutes-down-uplink = Minutes without Internet
    .about = Minutes without Internet behind the gateway.
col-minutes-down-power = Minutes without power
    .about = Minutes in which the gateway was off.
col-minutes-down-daemon = Minutes without program
    .about = Minutes in which the program was not running.
col-minutes-down-planned = Planned minutes
    .about = Minutes out of service within announced works, whatever the cause, and the first hour after the service was stopped in order.
col-main-cause = Main cause
    .about = Cause of most of the time: uplink, power, daemon, planned.
col-day-lost = Day lost
    .about = Whether the network was out of service for half of the day or more.
col-works = Announced works
    .about = Works announced beforehand for the day, each with its local time and reason.
col-days-lost-year = Days lost in the year
    .about = Days lost since 1 January, against the 60 a year that are allowed (grant agreement, Article 9). Empty as long as of no day of the year it is known whether it is lost.
col-name = Name of the network
    .about = Name of the network in the WiFi4EU portal, at most 75 characters.
col-url = Address of the portal
    .about = Address of the captive portal.
col-domain-name = Domain name
    .about = Domain name of the captive portal.
col-network-identifier = Network identifier
    .about = Identifier given by the WiFi4EU portal.
col-number = Number
    .about = Running number of the access point in the network.
col-location-type = Location type
    .about = From the list of the WiFi4EU portal.
col-location = Location
    .about = Name of the place, at most 75 characters.
col-latitude = Latitude
    .about = Degrees north, six decimals.
col-longitude = Longitude
    .about = Degrees east, six decimals.
col-indoor-outdoor = Indoor or outdoor
    .about = indoor or outdoor.
col-device-brand = Brand
    .about = Brand of the access point.
col-model-number = Model
    .about = Model of the access point.
col-serial-number = Serial number
    .about = Serial number of the access point.
col-mac-address = MAC address
    .about = MAC address of the access point.
col-from = From
    .about = First day.
col-to = To
    .about = Last day, included.
col-figure = Figure
    .about = Name of the figure, always the same.
col-figure-title = Description
    .about = Description of the figure.
col-value = Value
    .about = Value of the figure. Empty: not told or not known.
col-at-least = At least
    .about = Whether the value is a sum that lacks parts which are not told: the true one is the same or greater.
col-state = State
    .about = State of the duty, in words.

## Figures of the report
figure = Figure
value = Value
figure-portal-views = Pages of the portal shown
figure-grants = Grants
figure-new-sessions = Sessions
figure-returning-sessions = Returns without seeing the portal again
figure-peak-concurrent = Concurrent sessions, most
figure-unique-devices-day-most = Devices on the busiest day (estimate)
figure-unique-devices-month-most = Devices in the busiest month (estimate)
figure-bytes-down = Traffic to devices
figure-bytes-up = Traffic from devices
figure-session-s-median = Median length of sessions, seconds
figure-session-s-p90 = Length that 90 % of sessions do not exceed, seconds
figure-portal-load-ms-p50 = Median load time of the portal, milliseconds
figure-portal-load-ms-p95 = Load time that 95 % of pages do not exceed, milliseconds
figure-online-ms-p50 = Median wait for access, milliseconds
figure-online-ms-p95 = Wait that 95 % do not exceed, milliseconds
figure-refused = Failed grants
figure-blocked = Blocked grants
figure-minutes-observed = Minutes observed
figure-minutes-down = Minutes out of service
figure-minutes-down-uplink = Minutes without Internet
figure-minutes-down-power = Minutes without power
figure-minutes-down-daemon = Minutes without program
figure-minutes-down-planned = Minutes stopped on purpose
figure-days-lost-year-most = Days lost in the worst year
figure-best-down-mbps = Best observed speed of the line, Mbit/s
figure-views-language = Pages shown in language { $language }
figure-sessions-family = Sessions of { $family } devices
figure-session-length = Length of sessions
figure-load-time = Load time of the portal
figure-to-online = From first contact to access
figure-languages = Languages of pages
figure-families = Devices
figure-hours-down = Out of service, all networks together
figure-devices-short = Devices a day, most
figure-bytes-down-short = Traffic
figure-days-lost-short = Days lost
quantiles = half within { $middle }, { $share } % within { $most }
at-least = at least { $count }
not-told = not told
not-known = not known
others = others
family-android = Android
family-apple = Apple
family-windows = Windows
family-other = others

## Duties
duty = Duty
measured = Measured
state = State
duty-users = At least 10 users on each network (Article 4.2)
duty-users-measured = { $count } devices in the busiest period (estimate)
duty-users-unknown = too few to be told
duty-days = Not out of service for more than 60 days a year (Article 9)
duty-days-measured = { $count } days lost in the worst year
duty-days-measured-partly = { $count } days lost in the worst year; of { $unknown } days it is not known
duty-days-unknown = not known of any day
duty-line = Line of at least 30 Mbit/s (Annex I, 2.3.2)
duty-line-measured = { $rate } Mbit/s observed
duty-period = Recognition until midnight or for 12 hours at most (Annex I, 2.1.1)
duty-period-midnight = until midnight
duty-period-unknown = never longer than allowed
duty-period-hours = { $time }
state-met = Met
state-open = Not yet shown
state-broken = Not met

## Pages
summary-period = from { $from } to { $to }
summary-of-networks = { $count ->
    [1] Network
   *[other] { $count } networks
}: { $names }{ $more ->
    [0] .
   *[other] {" "}and { $more } others.
}
summary-figures = In short
summary-duties = Duties of the grant agreement
other-networks = { $count } other networks
summary-networks = Network by network
network = Network
summary-made = Made with Portico on { $day }. Page { $page } of 2.
chart-sessions = Sessions by { $unit }
chart-day = day
chart-month = month
chart-year = year
chart-empty = No session.
chart-sessions-alt = Bar chart of sessions by { $unit }, from { $from } to { $to }. Most { $most } ({ $busiest }), fewest { $least } ({ $quietest }). The values of every bar are in the export of use.
chart-service = Calendar of service
chart-service-alt = Calendar of service from { $from } to { $to }: { $whole } days without interruption, { $part } days with interruptions, { $lost } days lost. Of several networks the worst of the day counts. Days without a mark were not observed.
legend-whole = without interruption
legend-part = with interruptions
legend-lost = day lost
legend-alt = Legend: a full square is a day without interruption, half a square a day with interruptions, a cross a day lost.
method = Method
method-short = Aggregated, anonymous figures. Figures of 1 to 4 people, and those from which they would follow, are not told: the cell is empty. Devices are estimates.
method-counting = Events are counted by network and hour, never people: no address, no identifier, no visited site is kept in the statistics. Hours and days are those of the place; when the clocks change a day has 23 or 25 hours.
method-devices = Different devices are estimated (typical error 2.3 %) with a key that is destroyed at the end of the day or month. Phones that change their address are counted more than once. The Commission counts loads of the portal: its numbers differ from these.
method-small = Values of 1 to 4 are not told, nor others from which they would follow; "at least" stands before sums that lack them. Languages and kinds of device are told of whole months alone.
method-service = Out of service is the time without Internet, without power, without the program, or planned: announced works, and the first hour after an orderly stop. Where nobody looks whether there is an Internet, no time is known to be in service. A day is lost when the network was out of service for half of it or more.
method-line = The speed of the line is the best observed over a minute of real traffic of networks on which at least five devices moved data: the line carries this at least. Where nobody asked for more, it shows no defect.

## Notes
note-not-over = { $day } and the days after it are not over, and are not included.
note-dcat-comuni = No DCAT-AP_IT description: the networks are of several administrations. Export one administration at a time with --network.
note-dcat-ipa = No DCAT-AP_IT description: "ipa" is missing in the network { $network }.

## Public page
page-title = The Wi-Fi in numbers
page-lead = How much the free public Wi-Fi of { $comune } is used, month by month from { $from } to { $to }. Page updated on { $day }.
page-all = All networks
page-caption = Month by month: { $network }
page-month = Month
page-sessions = Sessions
page-devices = Different devices (estimate)
page-traffic = Data carried
page-median = Median session
page-service = In service
page-total = Total
page-minutes = { $minutes } min
page-at-least = at least { $value }
page-not-told = n/a
page-chart-alt = { $title }, { $network }: bar chart by month. Most { $most } ({ $busiest }), least { $least } ({ $quietest }). The values are in the table.
page-chart-empty = { $title }, { $network }: no values.
page-twice = For all networks together, devices are the sum of each network's: who uses two counts twice. Those of different months do not add up.
page-bars = “n/a” stands for a value that is not told or not known. In the charts an empty bar is a value “at least”.
page-service-note = In service is the part of the time in which the network worked: without Internet, without power or stopped, it did not.
page-licence = Data under the licence Creative Commons Attribution 4.0 (CC BY 4.0):
page-open-data = Open data to download:
page-month-name = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
