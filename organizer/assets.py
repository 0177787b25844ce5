"""What every page links to: style sheet, scripts, symbols; read once, compressed once, cached by browsers for good."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue

from organizer.kept import Body

FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    """The files of the static folder by name, each under a version that changes with its content."""

    def __init__(self, folder: Path) -> None:
        paths = [path for path in folder.rglob("*") if path.is_file()]
        self._bodies = {path.relative_to(folder).as_posix(): Body(path.read_bytes()) for path in paths}
        self._versions = {name: hashlib.sha256(body.plain).hexdigest()[:12] for name, body in self._bodies.items()}

    def add_version(self, endpoint: str, values: dict[str, object]) -> None:
        """Give an address that is being built the file's version, so that a changed file has a new address."""
        if endpoint == "static" and values.get("filename") in self._versions:
            values["v"] = self._versions[str(values["filename"])]

    def respond(self, filename: str) -> ResponseReturnValue:
        """The file, compressed as the browser likes it."""
        body = self._bodies.get(filename)
        if body is None:
            abort(404)
        encoding, data = body.encoded(request.headers.get("Accept-Encoding", ""))
        response = Response(data, content_type=_content_type(filename))
        response.headers["Vary"] = "Accept-Encoding"
        is_current = request.args.get("v") == self._versions[filename]
        response.headers["Cache-Control"] = FOR_GOOD if is_current else "no-cache"
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response


def init_app(app: Flask, folder: Path) -> Assets:
    assets = Assets(folder)
    app.url_defaults(assets.add_version)
    return assets


def _content_type(filename: str) -> str:
    guessed = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
