## figures
figures-title = Statistics
figures-ways = Pages of statistics
figures-charts = Charts
figures-compare = Comparison
figures-calendar = Availability
figures-exports = Exports
figures-choose = Choose what to see
figures-network = Network
figures-all = All networks
figures-span = Period
figures-span-day = Day
figures-span-week = Week
figures-span-month = Month
figures-span-year = Year
figures-at = That the day is in
figures-with = Compare with the one that the day is in
figures-go = Show
figures-network-wrong = There is no such network.
figures-span-wrong = Choose day, week, month or year.
figures-day-wrong = Write a day like 2026-10-31.
figures-turn = Other periods
figures-before = Period before
figures-after = Period after
figures-nothing = Nothing is known of this period.
figures-when = When
figures-total = In all
figures-views = Views of the portal
figures-sessions = New sessions
figures-returning = Returns within the period
figures-devices = Different devices (estimate)
figures-traffic = Traffic
figures-peak = Most at the same time
figures-down = To devices
figures-up = From devices
figures-out = Out of service
figures-service = In service
figures-lost = Days lost
figures-at-least = at least
figures-most = Most:
figures-least = least:
figures-chart-empty = No values.
figures-see-table = The values are in the table below the charts.
figures-figure = Figure
figures-difference = Difference
figures-month-name = { $count ->
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
}
figures-cause-uplink = Internet line
figures-cause-power = power
figures-cause-daemon = service stopped
figures-cause-planned = announced works
figures-day-good = in service
figures-day-partly = out of service for less than half the day
figures-day-lost = out of service for half the day or more
figures-day-unknown = not known
figures-out-of-service = Out of service
figures-too-many = More than the grant agreement allows.
figures-month-head = Month
figures-day-head = Day
figures-state = State
figures-cause = Main cause
figures-troubled = Days with interruptions
figures-choose-network = Choose a network to see its calendar.
figures-method = How it is counted
figures-method-small = Values of fewer than five people are not shown, nor those that they would follow from: the rules are those of exports. Where something is missing it says "at least", and the bar is an outline.
figures-method-devices = Different devices are an estimate. Of several networks it is the sum of those of each.
figures-method-today = Nothing is told of the running day before it is over; of the running month, the days that are over.
figures-method-compare = Only what is wholly known of both periods is compared.
figures-method-lost = A day is lost when the network was out of service for half of it or more, whatever the cause. The grant agreement (Article 9) allows 60 of them a year. Days that nobody observed count on neither side.
figures-rate = Best rate (30 Mbit/s due)
figures-rate-good = (reached)
figures-rate-low = (not seen yet)
figures-method-rate = The rate is the best seen over a minute on the line towards devices, with five people at least: the line may carry more than was used. The grant agreement wants 30 Mbit/s at least.
works-title = Announced works
works-about = What is out of service within announced works counts as planned, whatever the cause. Works are announced before they begin, at most a year ahead and for 31 days at most; what is over stays in the record. The days of the year are the same: a planned day is a day lost too.
works-new = Announce works
works-number = No.
works-from = From
works-from-hint = Local time. From the minute in which they are announced, at the earliest.
works-to = To
works-reason = Reason
works-reason-hint = It stands in exports and, if you wish, on the page of people: name nobody in it.
works-notice = Tell people on the portal's page, from a day before
works-announce = Announce
works-none = No works are announced.
works-change = Change
works-ahead = ahead
works-running = running
works-over = over
works-remove = Remove
works-end = End now
works-time-wrong = Write a time like 2026-12-24T20:00.
works-time-gap = There is no such time: clocks jump over it that night.
works-time-fold = This hour comes twice: clocks are set back that night. Say below which one.
works-reason-empty = Write a reason, in one line.
works-reason-long = A reason has at most 140 characters.
works-order = The end is not after the begin.
works-past = The begin is past: works are announced before they begin.
works-long = They last longer than 31 days: announce them in parts.
works-far = They begin in more than a year.
works-overlap = Works { $number } are announced for some of that time on the same network.
works-full = There are 100 announced works already: remove one first.
works-gone = There are no such works any more.
works-are-over = These works are over: they stay in the record.
works-untold = It is done, but the notice on the page of people could not be changed. See Page.
audit-did-works-add = announced works
audit-did-works-remove = took announced works back
audit-did-works-restore = put announced works back from a backup
audit-did-works-end = ended announced works
figures-method-planned = Planned is what was out of service within announced works, and the first hour of an orderly stop of the service.
exports-title = Exports
exports-yours = Your exports
exports-from = From day
exports-to = To day, included
exports-by = Rows of usage
exports-by-hour = by the hour
exports-by-day = by the day
exports-by-month = by the month
exports-lang = Language
exports-lang-it = Italian
exports-lang-en = English
exports-field-wrong = That cannot be used:
exports-usage = Usage
exports-usage-about = Views, sessions, devices, traffic: a row for each hour, day or month of each network.
exports-availability = Availability
exports-availability-about = Day by day the time out of service and why, the days lost in the year, the measured rate.
exports-installation = Installation
exports-installation-about = Networks and access points as the Commission's portal wants them declared. The days do not matter.
exports-summary = Summary
exports-summary-about = Two pages with charts and duties, to be signed.
exports-page = The Wi-Fi in numbers
exports-page-about = A page for the comune's site. It counts whole months alone.
exports-audit = Audit log
exports-noted = Every export is noted in the audit log with the SHA-256 of each file. Files go after ten minutes, or when you discard them.
exports-full = Too many exports are being made or waiting to be fetched. Fetch or discard yours, or try again soon.
exports-job = Export
exports-waiting = waits for its turn
exports-making = being made
exports-done = ready
exports-failed = not made
exports-waits = Two others are being made: this one begins as soon as one of them is done.
exports-again = The page refreshes itself every three seconds.
exports-again-now = Refresh now
exports-not-made = No file was made. The program says:
exports-too-large = There is no room for so large a file. Choose a shorter period or one network, or use portico export on the gateway.
exports-bytes = { $count ->
    [one] one byte
   *[other] { $count } bytes
}
exports-size = Size
exports-fetched = It was fetched.
exports-kept = The files stay for ten minutes, or until you discard them.
exports-stop = Stop
exports-discard = Discard
exports-others = Other exports
