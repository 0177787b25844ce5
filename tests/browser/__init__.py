"""A package, so that its browser is closed before the next folder: it keeps an event loop running."""
