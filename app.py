"""What a WSGI server serves."""

from organizer.web import load_app

app = load_app()
