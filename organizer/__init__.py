"""Folders are subjects, files are tools; imports go down, facts go up.

To find where something happens, open the folder named after it: an RSVP lives in `rsvps/`. Inside, the same names
always mean the same thing: `views` turns a request into a call and a response, `forms` turns text into typed details,
`service` writes, `queries` reads, `models` are the tables, `rules` are the decisions, free of Flask and SQLAlchemy, and
`jobs` handle the facts that lower rooms have told `outbox`. What a reader sees composed of several subjects is in
`pages/`, what is kept and for how long in `keeping/`, and `web.py` puts it all together. A room imports only those
below it in this order, which the import contracts in pyproject.toml hold:
web, cli → pages → keeping → calendars → statements → rsvps → codes, copies, posters → leaflets → events → groups →
accounts → mail → the tools (search, outbox, policy, audit, limits, media, documents, text, vault, storage) → db →
config, clock, errors.
"""

import zoneinfo

# The laws of time come from the locked package, the same on every machine: a system's own may be years old.
zoneinfo.reset_tzpath(to=())
