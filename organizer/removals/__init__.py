"""What anyone asks to have removed: a request to the organizers, never automatic."""
