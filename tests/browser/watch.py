"""What a browser complains of while a test goes on, and what it asks for that it should not."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# Chromium tells of each answer that is an error; those are judged by their status instead.
LOADING = "Failed to load resource"
OWN_SCHEMES = ("data:", "blob:", "about:")


class Watch:
    """Gathers faults over contexts: console errors, CSP violations, requests that fail or go to a third party."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def over(self, context: BrowserContext, origin: str) -> None:
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("request", lambda request: self._look(request, origin))
        context.on("requestfailed", self._miss)
        context.on("response", self._judge)

    def _hear(self, message: ConsoleMessage) -> None:
        is_violation = "Content Security Policy" in message.text
        if is_violation or (message.type == "error" and not message.text.startswith(LOADING)):
            self.faults.append(f"console: {message.text}")

    def _catch(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _look(self, request: Request, origin: str) -> None:
        if not request.url.startswith((f"{origin}/", *OWN_SCHEMES)):
            self.faults.append(f"third party: {request.url}")

    def _miss(self, request: Request) -> None:
        """What is left before it is there, or becomes a download, is no failure."""
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _judge(self, response: Response) -> None:
        request = response.request
        # A form that a script has sent comes back as a page, too.
        is_page = request.is_navigation_request() or (request.resource_type, request.method) == ("xhr", "POST")
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.faults.append(f"{response.status}: {response.url}")
