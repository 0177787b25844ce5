"""Copies of leaflets: how many there are for an event, who brings them, and how many are left."""
