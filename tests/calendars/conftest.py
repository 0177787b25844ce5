"""A live server beside the test's own app on the same data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from organizer import config
from organizer.db import db
from organizer.web import create_app
from tests.conftest import DATABASE_URL, _empty
from tests.served import Site, serving


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Site]:
    """A server on an empty site, which must not have failed at anything in the end."""
    settings = {"WORKER": "none", **({"DATABASE_URL": database_url} if DATABASE_URL else {})}
    with serving(tmp_path_factory.mktemp("served"), "--no-demo", **settings) as site:
        yield site
    assert "level=error" not in site.log.read_text()


@pytest.fixture(scope="module")
def twin(site: Site) -> Iterator[Flask]:
    """A second app on the server's data: what is committed here, the server must know at the next request."""
    app = create_app({**site.env, "ORGANIZER_SITE_URL": f"http://127.0.0.1:{site.port}"}, testing=True)
    with app.app_context():
        if DATABASE_URL:
            _empty()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def url(twin: Flask) -> str:
    """Where the server is; whoever asks it can change what it serves."""
    return str(config.current().site_url)
