"""The child processes that are measured: `python -m benchmarks.serve bare|site`, settings from ORGANIZER_*."""

from __future__ import annotations

import os
import sys
from functools import cache

from flask import Flask, Response

from organizer import config, logs, server
from organizer.web import load_app


def bare_app() -> Flask:
    """The least that Flask does: a word, and a body of a given size that is kept ready."""
    app = Flask("bare")
    app.extensions["config"] = config.load_config({**os.environ, "ORGANIZER_WORKER": "none"})
    logs.init_app(app)

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/body/<int:size>")
    def body(size: int) -> Response:
        return Response(_noise(size), content_type="text/calendar; charset=utf-8")

    return app


@cache
def _noise(size: int) -> bytes:
    return os.urandom(size)


def main() -> None:
    app = bare_app() if sys.argv[1] == "bare" else load_app()
    with app.app_context():
        taken = server.listen("127.0.0.1", 0)
        print(taken.getsockname()[1], flush=True)
        server.serve(app, taken)


if __name__ == "__main__":
    main()
