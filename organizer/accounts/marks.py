"""What a browser keeps when somebody has signed in with it: her own tries are told from those of strangers.

A mark names nobody; only together with an account's name can the site tell that it made it. It opens nothing.
"""

from __future__ import annotations

from organizer import vault


def new(name: str) -> str:
    """A mark for a browser in which the account with this name (as `rules.account_name` folds it) has signed in."""
    browser = vault.new_token()
    return f"{browser}.{_seal(browser, name)}"


def browser_of(mark: str, name: str) -> str | None:
    """Which browser it is by its mark, None when the mark is none, or another name's."""
    browser, _, seal = mark.partition(".")
    return browser if vault.same(seal, _seal(browser, name)) else None


def _seal(browser: str, name: str) -> str:
    return vault.mac(vault.derive("sign-in"), "mark", browser, name)
