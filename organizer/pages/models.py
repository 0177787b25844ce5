"""One number that moves with everything that readers could see change."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Model


class PageVersion(Model):
    """The single row (id 1) by which kept pages are told from outdated ones."""

    __tablename__ = "page_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=0)
