"""Serving the built site to this machine only: plain files, nothing listed, nothing writable."""

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from course.authoring.failures import CannotPublish

ADDRESS = "127.0.0.1"
FIRST_PORT, PORTS = 8000, 100


class SiteNotServed(CannotPublish):
    """There is no built site, or no free port."""


class SiteServer(ThreadingHTTPServer):
    """A static file server that is bound to this machine; use it as a context manager."""

    daemon_threads = True

    @property
    def address(self) -> str:
        """Where the home page is."""
        return f"http://{ADDRESS}:{self.server_port}/"


class _Pages(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".woff2": "font/woff2", ".webp": "image/webp"}

    def send_head(self):
        # A page on the internet can point its own host name at 127.0.0.1; its requests carry that name.
        host = self.headers.get("Host", "")
        if host not in (f"{ADDRESS}:{self.server.server_port}", f"localhost:{self.server.server_port}"):
            self.send_error(HTTPStatus.FORBIDDEN, "This server answers to this machine only")
            return None
        if any(part.startswith(".") for part in self.path.split("/")):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, path):
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format, *args):
        """Nothing: a reader's terminal is no place for a request log."""


def open_server(site: Path, port: int | None = None) -> SiteServer:
    """A server for the built site that is bound to its port and not yet serving.

    Args:
        site: folder of the built site.
        port: None or 0 takes the first free one from 8000 on.

    Raises:
        SiteNotServed: where the site has not been built, or the port is taken.
    """
    if not (site / "index.html").is_file():
        raise SiteNotServed("the site has not been built yet: run `course author build`")
    for candidate in (port,) if port else range(FIRST_PORT, FIRST_PORT + PORTS):
        try:
            return SiteServer((ADDRESS, candidate), partial(_Pages, directory=str(site)))
        except OSError:
            continue
    raise SiteNotServed(f"port {port} is taken" if port else f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1}")
