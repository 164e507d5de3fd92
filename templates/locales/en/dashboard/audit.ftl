## audit
audit-title = Audit log
audit-state = State of the log
audit-none = Nothing has been recorded yet.
audit-whole = { $count ->
    [one] The log is whole: one entry.
   *[other] The log is whole: { $count } entries.
}
audit-broken = { $count ->
    [one] The log is not whole. Its last entry is number one.
   *[other] The log is not whole. Its last entry is number { $count }.
}
audit-verified = Verified
audit-broken-do = Delete nothing. Compare it with the backup and with the last head that you wrote down (portico audit verify --head), and ask who could write to the state directory.
audit-flaw-broken = Line { $count } does not follow the one before: it was changed, or lines were removed, inserted or moved.
audit-flaw-foreign = Line { $count } is no line of this log.
audit-flaw-nothing-torn = Line { $count } tells of a torn line before it, which is not there.
audit-flaw-torn = Line { $count } is torn, as by a loss of power; the next entry will say so.
audit-flaw-head-lost = Line { $count } was written when the head was gone: lines before it may have been cut off.
audit-flaw-no-head = Line { $count } may be missing: the head that is kept beside the log is gone.
audit-flaw-replaced = Line { $count } is not the one that was there.
audit-flaw-cut-off = Line { $count } is missing: the end of the log was cut off.
audit-flaws-more = { $count ->
    [one] And one more place after it.
   *[other] And { $count } more places after it.
}
audit-head = Head of the chain
audit-head-about = Write it down elsewhere now and then: it tells whether somebody made the whole log anew (portico audit verify --head).
audit-filter = Filter the entries
audit-from = From day
audit-to = To day
audit-day-wrong = Write a day like 2026-10-31.
audit-reversed = The last day is before the first.
audit-who = Who
audit-all = Everybody
audit-did = Did what
audit-everything = Everything
audit-text = Text
audit-go = Filter
audit-reset = Show all
audit-entries = Entries
audit-count = { $count ->
    [one] One entry
   *[other] { $count } entries
}
audit-number = Number
audit-at = When
audit-origin = From where
audit-what = To what
audit-more = Details
audit-here = The chain breaks here.
audit-export-csv = Export these entries as CSV
audit-export-jsonl = Export the lines themselves (JSON)
audit-pages = Pages of the log
audit-newer = Newer
audit-older = Older
audit-did-login = logged in
audit-did-login-second = gave the second factor
audit-did-login-refused = login refused
audit-did-login-second-refused = second factor refused
audit-did-logout = logged out
audit-did-refused = not allowed to the role
audit-did-first-setup = first set-up
audit-did-first-setup-refused = first set-up refused
audit-did-own-password = changed the own password
audit-did-own-second-factor = set up the own second factor
audit-did-own-second-factor-off = took away the own second factor
audit-did-own-sessions-end = ended own sessions
audit-did-export = export
audit-did-register-read = read the access register
audit-did-register-purge = purged the access register
audit-did-register-read-failed = could not read the access register
audit-did-backup = copied the figures away
audit-did-restore = put figures back from a backup
audit-did-restore-failed = the backup was not put back
audit-did-user-add = added a user
audit-did-user-remove = removed a user
audit-did-user-role = changed a role
audit-did-user-disable = disabled a user
audit-did-user-enable = enabled a user
audit-did-user-password = gave a new password
audit-did-user-totp = set up a user's second factor
audit-did-user-totp-off = took away a user's second factor
audit-did-user-sessions-end = ended a user's sessions
audit-did-audit-mended = torn line, found again
audit-did-audit-head-lost = the head of the chain was gone
audit-did-export-discard = discarded an export of the own
audit-did-station-unmask = saw the whole address of a station
audit-did-station-end = disconnected stations
audit-did-station-extend = extended the access of stations
audit-did-station-plan = changed the plan of stations
audit-did-station-block = blocked stations
audit-did-station-exempt = exempted stations
audit-did-station-lift = lifted blocks or exemptions
audit-did-self-test-begin = began the self-test
audit-did-self-test-end = ended the self-test
audit-did-token-add = made a token
audit-did-token-revoke = revoked a token
audit-did-token-refused = token refused
audit-did-login-too-many = login refused after too many attempts
audit-did-login-busy = login refused: too many at once
audit-did-own-password-refused = gave a wrong own password
audit-did-refused-uncounted = more refusals of the same source are not noted
audit-did-station-search = searched for stations by their address
audit-did-settings-change = changed the settings
audit-did-settings-refused = settings refused
audit-did-settings-confirmed = confirmed the settings
audit-did-settings-undone = settings undone
audit-did-settings-hand-kept = settings file changed by hand kept aside
audit-did-reload = reloaded the configuration
audit-did-net-down = took Portico's rules out of the kernel
audit-did-notice-restore = showed a notice again
audit-what-second = second factor asked for
audit-what-enrol = second factor to be set up
audit-what-no-name = not a name
audit-what-too-many = too many
audit-what-all-others = all others
audit-what-mac = a whole MAC address
audit-what-ip = an IP address
audit-what-unknown = outcome unknown
