"""What a browser complains about: errors on its console, refused content, strange hosts,
passwords in addresses."""

from playwright.sync_api import ConsoleMessage, Page, Request, Response

# A page that is left while a request is open: htmx reports the end of that request.
LEAVING = {"htmx:sendAbort", "htmx:afterRequest", "htmx:sendError"}


class Watch:
    """Listens to pages of one address; `complaints` stays empty as long as all is well."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.complaints: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("response", self._response)
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        """Content that the page's policy forbids is an error here too."""
        if message.type == "error" and message.text not in LEAVING:
            self.complaints.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self.complaints.append(f"another host: {request.url}")
        if "password=" in request.url:
            self.complaints.append("a password in an address")
