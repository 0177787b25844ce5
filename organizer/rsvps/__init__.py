"""Who comes: answers without an account, exact capacity, and the purge of what is personal."""
