"""What is kept and for how long: the purge, and what is held now."""
