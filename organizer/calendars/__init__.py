"""How it reaches calendars: one entry per event, joined with its zones into feeds."""
