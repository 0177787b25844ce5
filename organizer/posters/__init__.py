"""Posters and leaflets that are made from an event's own words, and made anew when those have changed."""
