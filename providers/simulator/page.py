"""The page on which a person plays the customer; its files lie in `pages/`."""

from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "pages"
_FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"


def page_file(path: str) -> web.Response | None:
    if path not in _FILES:
        return None
    name, content_type = _FILES[path]
    return web.Response(
        text=(_FOLDER / name).read_text(encoding="utf-8"),
        content_type=content_type,
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"},
    )
