"""What can go wrong, told without HTTP: `web` turns each class into a status and a page.

Messages are English msgids. Extraction knows `RuleError` and `TooMany` as keywords; `web` translates
`error.message` and then fills in `error.values`.
"""


class OrganizerError(Exception):
    """Every error that the program raises on purpose."""


class RuleError(OrganizerError):
    """A kind sentence for the person who asked for something that cannot be."""

    def __init__(self, message: object, field: str | None = None, **values: object) -> None:
        """`message` is an English msgid with %(name)s for each of `values`, or a lazy translation of one.

        `field` is the form field to show the sentence beside; None puts it above the form.
        """
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values

    def __str__(self) -> str:
        sentence = str(self.message)
        return sentence % self.values if self.values else sentence


class TooMany(RuleError):
    """A limit is reached; `retry_seconds` from now there is room again."""

    def __init__(self, message: object, field: str | None = None, *, retry_seconds: int, **values: object) -> None:
        super().__init__(message, field, retry_seconds=retry_seconds, **values)
        self.retry_seconds = retry_seconds


class NotAllowed(OrganizerError):
    """The viewer may see that this exists, but may not do it."""


class Gone(OrganizerError):
    """It was here, and is no more; nothing about it is told."""


class Unsettled(OrganizerError):
    """Nothing is wrong, but something may be about to come: this is to be asked again in some minutes."""


class Unavailable(OrganizerError):
    """A part that this needs (database, key store, blobs) cannot be reached now; nothing was changed."""
