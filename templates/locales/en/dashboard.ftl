# Words of the dashboard.

## Around every page
title = Portico
skip = Skip to the content
log-out = Log out
error = Not done
done = Done
back = Back
menu = Menu
menu-now = Now
menu-stations = Stations
menu-networks = Networks
menu-page = Page
menu-figures = Figures
menu-settings = Settings
menu-users = Users
menu-audit = Audit log
menu-account = My account

## Log in
login-title = Log in
login-name = User name
login-password = Password
login-go = Log in
login-none = There is no user yet. Open the link of the first set-up, which the service wrote to its log and to the file first-setup in its state directory, or run: portico user add NAME --role admin
login-wrong = Name or password are not right.
too-many = { $count ->
    [one] Too many tries. Try again in one second.
   *[other] Too many tries. Try again in { $count } seconds.
}
busy = Many are logging in just now. Try again in a moment.
out = You are logged out.
ended = Your session has ended. Log in again.

## Second factor
second-title = Second factor
second-about = Type the six digits that your app shows, or a recovery code.
second-code = Code
second-go = Go on
second-wrong = This code is not right, or has been used before.
enrol-title = Set up the second factor
enrol-about = Scan the picture with an authenticator app, or type the key into it. Then type the six digits that the app shows.
enrol-must = Users of your role need a second factor.
enrol-picture = QR code with the key below
enrol-key = Key
enrol-password = Your password
enrol-wrong = That is not the code of now. Is the clock of your phone right?
codes-title = Recovery codes
codes-about = Each lets you in once if your phone is lost. They are shown only now: print them or write them down.
codes-go = I have them

## First set-up
setup-title = First set-up
setup-about = Choose the name and the password of the first administrator.
setup-name-hint = Lower-case letters, digits, dots, hyphens.
setup-go = Create
setup-gone = This link has been used, or has expired. Start the service again for another, or run: portico user add NAME --role admin
setup-name-wrong = A user's name has 1 to 32 lower-case letters, digits, dots, hyphens or underscores, a letter first.

## Passwords
password-hint = At least 12 characters. A few words that nobody connects are easy to keep.
password-again = Password once more
password-differ = The two passwords are not the same.
password-short = A password has at least 12 characters.
password-long = A password has at most 128 characters.
password-common = This password is made of words, names and runs that are tried first.
password-wrong = Your password is not right.

## Own account
account-title = Your account
account-role = Role
role-admin = administrator
role-operator = operator
role-editor = editor
role-auditor = auditor
account-password = Password
account-old = Your password
account-new = New password
account-change = Change the password
account-changed = The password is changed. Your other sessions have ended.
account-factor = Second factor
factor-on = On.
factor-off = Off.
factor-left = { $count ->
    [one] One recovery code is left.
   *[other] { $count } recovery codes are left.
}
factor-set-up = Set up a second factor
factor-renew = Set it up anew
factor-end = Take it away
factor-ended = The second factor is taken away. Your other sessions have ended.
factor-must = Users of your role need a second factor.
account-sessions = Sessions
session-begun = Begun
session-seen = Last seen
session-from = From
session-with = With
session-this = This one
session-end = End
session-end-others = End all others
session-ended = Ended.

## Refusals
forbidden-title = Not allowed
forbidden-about = Your role does not allow this.
stale-title = This form has expired
stale-about = Go back, load the page again and try once more.
missing-title = Not found
missing-about = There is no such page.
unknown-title = What became of it is not known
unknown-about = The order may have been carried out. Look at the list of stations before giving it again; the audit log has it as of unknown outcome.
fault-title = That did not work
fault-about = The gateway's log says why.
not-noted-title = Not done
not-noted-about = The audit log cannot be written, and without a line in it this is not done. See whether the disk is full or has become read-only.

# The hour that comes twice when clocks are set back.
turn-which = Which of the two
turn-none = Choose
turn-first = The first (summer time)
turn-second = The second (winter time)
