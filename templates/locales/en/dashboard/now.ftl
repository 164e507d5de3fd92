## now
now-title = Now
now-findings = What needs attention
now-well = All is well.
now-chart = Throughput of the last ten minutes
now-all = All networks
now-names = Certificates and feeds
now-machine = The machine
now-kernel = Kernel features
live-on = Live: the figures follow by themselves.
live-lost = The connection is lost; trying again.
live-paused = Paused: the figures stand still.
live-ended = Your session has ended. Load the page again and log in.
live-pause = Pause
live-full = Too many people are watching. Close a page that is live, or load this one again from time to time.
chart-down = to stations
chart-up = from stations
chart-line = what the line carries
chart-top = Upper edge:
chart-about = Throughput of the last ten minutes: { $down } to stations at most, { $up } from stations at most.
weight-bad = Urgent
weight-doubtful = Attention
weight-note = Note

row-unknown = not known
row-not-told = not told
row-nobody-yet = nobody yet
row-granted = Online
row-captive = On the welcome page
row-exempt = Exempt
row-blocked = Blocked
row-down = To stations
row-up = From stations
row-capacity-down = The line carries, down
row-capacity-up = The line carries, up
row-to-online = From joining to online
row-to-online-times = half within { $half }, nearly all within { $most }
row-uplink = Internet
row-uplink-up = reached
row-uplink-unwatched = nobody looks ([uplink] check is empty)
row-uplink-down = not reached
row-helper = Packet path
row-helper-up = works
row-helper-down = cannot be changed
row-snippet = WiFi4EU banner
row-snippet-pages = shown on { $shown } of { $count } pages
row-no-snippet = no identifier is set
row-self-test = Self-test
row-until = until { $until }
row-feed = Feed { $host }
row-feeds = Feeds
row-no-feeds = none are set
row-feed-never = has never answered
row-feed-not-yet = not asked yet
row-feed-good = answered { $at }
row-feed-bad = in trouble, last answered { $at }
row-certificate-absent = none
row-certificate-bad = of no use
row-certificate-good = good until { $until }
row-disk = Disk
row-memory = Memory
row-stock = { $free } free of { $total }
row-state = Sessions on disk
row-statistics = Figures on disk
row-kept = written
row-not-kept = cannot be written
row-resolver = Names, last ten minutes
row-queries = { $failed } of { $count } without an answer
row-queue = Queue of the uplink
row-station-queues = Stations with a queue of their own, at most
row-flowtable = Flow table
row-fast-path = Fast path
row-connections = in use: { $count } connections
row-not-allowed = portico-netd may not load it (CAP_BPF)
row-no-fast-path = not loaded: see the log of portico-netd
row-not-wanted = not wanted
row-absent = this kernel has none
row-present = in use

certificate-unreadable = its files cannot be read
certificate-none = the file holds no certificate
certificate-no-key = the file holds no key
certificate-mismatch = key and certificate do not belong together
certificate-unordered = the chain is not in order
certificate-wrong-host = it is for another name
certificate-early = it is not valid yet
certificate-expired = it has expired

finding-helper = The packet path cannot be changed: nobody new gets online. Those who are online stay so.
finding-helper-do = Look at the service: systemctl status portico-netd, then journalctl -u portico-netd.
finding-uplink = The Internet is not reached.
finding-uplink-do = Look at the modem and its cable, then call the provider. People are told so on the page meanwhile.
finding-clock = The clock says { $now }: it is not set.
finding-clock-do = Let the gateway reach a time server: timedatectl set-ntp true. Midnight, certificates and figures depend on it.
finding-disk = The disk is nearly full: { $free } left of { $total }.
finding-disk-do = Make room: old logs first (journalctl --vacuum-size=100M), then what else is kept there.
finding-memory = Memory is scarce: { $free } left of { $total }.
finding-memory-do = See what takes it (top, then M). Portico itself needs little.
finding-line = The line is full: it is shared fairly now.
finding-line-do = Nothing, unless it is so every day: then a faster line helps.
finding-soon = The certificate of { $host } is good until { $until } only.
finding-soon-do = Renew it; the new one is taken by itself when its files change.
finding-ending = The certificate of { $host } ends { $until }: phones are no longer told of the welcome page.
finding-ending-do = Renew it today; the new one is taken by itself when its files change.
finding-plain = { $host } has no certificate: its page works over http only.
finding-plain-do = Set certificate and key of the network. WiFi4EU asks for https.
finding-certificate = The certificate of { $host } is of no use: { $why }.
finding-certificate-do = Put the right files in place, chain and key; they are taken by themselves when they change.
finding-full = { $network } is full: { $count } stations are online.
finding-full-do = Raise max_stations of the network, or shorten the recognition period.
finding-collector = { $network }: the WiFi4EU banner was shown on { $shown } of the last { $count } pages only.
finding-collector-do = Open the welcome page with a phone. If the banner lacks there too, the Commission's collector does not answer; if it lasts, write to its helpdesk.
finding-self-test = { $network }: self-test until { $until }. The Commission counts nobody meanwhile.
finding-self-test-do = End it on the page of the network, unless you are testing.
finding-resolver = Names are not found: { $failed } of { $count } queries had no answer in the last ten minutes.
finding-resolver-do = See whether the resolver works: systemctl status dnsmasq, and whether its own servers answer.
finding-feed = News of { $host } do not come: it last answered { $since }. The old ones are still shown.
finding-feed-do = Open its address in a browser. If it has moved, change it in the settings.
finding-feed-never = News of { $host } do not come: it has never answered.
finding-feed-never-do = See whether its address in the settings is right.
finding-state = Running sessions cannot be written to disk.
finding-state-do = See whether the disk is full or has become read-only (portico status tells why). Nobody is cut off meanwhile.
finding-state-before = { $count ->
    [one] Once since the start, running sessions could not be written to disk. Now they can.
   *[other] { $count } times since the start, running sessions could not be written to disk. Now they can.
}
finding-state-before-do = If it happens again, test the disk.
finding-state-lost = The state database was damaged, and a new one was begun at the start. Blocks and exemptions of single devices that were given here or by command are lost.
finding-state-lost-do = Look under Stations and give them again. The damaged file is { $file }; it is deleted after a day.
finding-state-aside = { $count ->
    [0] The state database was damaged, and a new one was begun at the start. No blocks or exemptions of single devices were in it.
    [one] The state database was damaged, and a new one was begun at the start. One block or exemption of a single device was read from it and still stands.
   *[other] The state database was damaged, and a new one was begun at the start. { $count } blocks and exemptions of single devices were read from it and still stand.
}
finding-state-aside-do = Compare them with what you remember, and test the disk. The damaged file is { $file }; it is deleted after a day.
finding-statistics-aside = The database of figures was damaged. It was put aside as { $file } and a new one was begun: earlier figures are missing.
finding-statistics-aside-do = Restore a backup: portico restore --help tells how. And test the disk.
finding-statistics = Figures cannot be written to disk and wait in memory.
finding-statistics-do = See whether the disk is full or has become read-only (portico status tells why).
finding-statistics-lost = { $count ->
    [one] Figures of one hour were lost, because too many waited to be written.
   *[other] Figures of { $count } hours were lost, because too many waited to be written.
}
finding-statistics-lost-do = See whether the disk is full or failing.
finding-queue = Packets leave by { $interface } in the order in which they came: calls may stutter when the line is full.
finding-queue-do = Use a kernel with sch_cake or sch_fq_codel; portico doctor tells which is missing.
finding-station-queues = Stations have no queues of their own: limits alone share a full line.
finding-station-queues-do = Use a kernel with sch_htb and ifb; portico doctor tells which is missing.
finding-flowtable = A flow table is asked for, and this kernel has none: packets take the plain way.
finding-flowtable-do = Use a kernel with nf_flow_table, or take the line out of the settings.
finding-fast-path = The kernel did not take the fast path: connections take the plain way, which costs more processor.
finding-fast-path-do = See the log of portico-netd; portico doctor tells the kernel's words.
finding-audit = { $count ->
    [one] The audit log cannot be written: a line is missing.
   *[other] The audit log cannot be written: { $count } lines are missing.
}
finding-audit-do = See whether the disk is full or has become read-only. Nobody is shown the whole address of a station meanwhile.
