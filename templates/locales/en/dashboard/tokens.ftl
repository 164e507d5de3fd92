
## Tokens of the API
tokens-title = Access tokens
tokens-link = Access tokens for programs
tokens-about = With a token a program does over the API what you may do here, as far as you let it. If your role changes, so does what your tokens may. What the API can do is described at /api/v1/openapi.json.
tokens-fresh = Your new token
tokens-once = Copy it now: it is shown only once.
tokens-list = Your tokens
tokens-none = You have none.
tokens-scopes = What it may
tokens-until = Until
tokens-over = It is over.
tokens-used = Last used
tokens-never = never
tokens-revoke = Revoke
tokens-revoked = The token opens nothing any more.
tokens-new = A new token
tokens-full = You have as many tokens as may be. Revoke one first.
tokens-name = Name
tokens-name-hint = What it is for, such as grafana: lower-case letters, digits, dots, hyphens.
tokens-days = How long
tokens-day-count = { $count ->
    [one] one day
   *[other] { $count } days
}
tokens-make = Make the token
tokens-name-wrong = A token's name has 1 to 40 lower-case letters, digits, dots, hyphens or underscores, a letter or digit first.
tokens-name-taken = You have a token of this name already, or as many as may be.
tokens-scope-none = Choose at least one thing that the token may.
tokens-scope-forbidden = Your role does not allow what was chosen.
scope-see-status = see how the networks do
scope-see-stations = see devices, their addresses masked
scope-unmask-stations = see the addresses of devices
scope-act-on-stations = disconnect, extend, block and exempt devices
scope-see-settings = see the settings
scope-change-settings = change the settings
scope-edit-page = write news and notices of the page
scope-see-figures = see announced works
scope-export = take figures away
scope-read-audit = read the audit log
scope-manage-users = take rights from users: a lower role, keep out, remove, end sessions and tokens (it gives none)
