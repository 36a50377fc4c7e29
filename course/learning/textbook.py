"""The living textbook: the built site on this machine, with the learner's verdicts as events.

Files of one folder, two addresses of our own (`/_course/state`, `/_course/events`) and nothing else:
this machine only, nothing writable, nothing listed, no path of this machine in any answer. What a
page does with the events is decided in `site/assets/live.js`.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from course.learning.failures import CannotServe

ADDRESS = "127.0.0.1"
FIRST_PORT, PORTS = 8000, 100
KEEP_ALIVE_SECONDS = 15.0
MOST_LISTENERS = 50
MOST_WAITING = 200
"""Events that may wait for one page; a page that is slower than that is let go, and asks again."""
LIVE_MARK = b'<meta name="course-live" content="/_course/"><script type="module" src="/assets/live.js"></script>'
INLINE_SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
CONTENT_TYPES = {".woff2": "font/woff2", ".webp": "image/webp", ".js": "text/javascript", ".ipynb": "application/x-ipynb+json",
                 ".py": "text/x-python"}


class Events:
    """Hands what happens in other threads to the pages that listen."""

    def __init__(self):
        self.loop: asyncio.AbstractEventLoop | None = None
        self.listeners: set[asyncio.Queue] = set()

    def publish(self, event: dict) -> None:
        """From any thread: send an event to every page. Without a page it is forgotten."""
        if self.loop and not self.loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it has been closed just now
                self.loop.call_soon_threadsafe(self._hand_out, f"data: {json.dumps(event)}\n\n")

    def _hand_out(self, text: str | None) -> None:
        for listener in list(self.listeners):
            try:
                listener.put_nowait(text)
            except asyncio.QueueFull:
                self.listeners.discard(listener)

    def end(self) -> None:
        """In the server's loop: let every page go."""
        for listener in self.listeners:
            while not listener.empty():
                listener.get_nowait()
        self._hand_out(None)

    async def stream(self):
        """What one page hears, as server-sent events."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self.listeners.add(queue)
        try:
            yield "retry: 2000\n\n"
            while queue in self.listeners:
                try:
                    text = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    text = ": still here\n\n"
                if text is None:
                    return
                yield text
        finally:
            self.listeners.discard(queue)


class Guard:
    """Refuses what does not come from a page of this server, and says on every answer what a page may do."""

    def __init__(self, app, port: int, policy: Callable[[], str]):
        self.app, self.policy = app, policy
        self.hosts = {f"{name}:{port}" for name in (ADDRESS, "localhost", "[::1]")}

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_with_headers(message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers()]
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, receive, send_with_headers)

    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"content-security-policy", self.policy().encode()), (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"no-referrer"), (b"cross-origin-resource-policy", b"same-origin"),
                (b"cross-origin-opener-policy", b"same-origin"), (b"cache-control", b"no-cache")]

    def _refusal(self, scope) -> Response | None:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1").lower())
        # A page on the internet can point its own host name at this machine; its requests carry that name.
        hosts = headers.get("host", [])
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return PlainTextResponse("This server answers to this machine only.\n", 403)
        if any(origin not in {f"http://{host}" for host in self.hosts} for origin in headers.get("origin", [])):
            return PlainTextResponse("This server answers to its own pages only.\n", 403)
        from_elsewhere = not set(headers.get("sec-fetch-site", [])) <= {"same-origin", "none"}
        if from_elsewhere and (scope["path"].startswith("/_course") or headers.get("sec-fetch-mode") != ["navigate"]):
            return PlainTextResponse("This server answers to its own pages only.\n", 403)
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("Nothing can be written here.\n", 405, headers={"allow": "GET, HEAD"})
        if any(part.startswith(".") for part in scope["path"].split("/")) or any(sign in scope["path"] for sign in "\\:\0"):
            return PlainTextResponse("There is no such page.\n", 404)
        return None


class Pages(StaticFiles):
    """The built site; pages are told that they are live."""

    def __init__(self, site: Path, live: bool):
        super().__init__(directory=site, html=True)
        self.live = live

    def file_response(self, full_path, stat_result, scope, status_code=200) -> Response:
        kind = Path(full_path).suffix
        if kind != ".html":
            response = super().file_response(full_path, stat_result, scope, status_code)
            if kind in CONTENT_TYPES and "content-type" in response.headers:
                response.headers["content-type"] = CONTENT_TYPES[kind]
            return response
        page = Path(full_path).read_bytes()
        if self.live:
            page = page.replace(b"<head>", b"<head>" + LIVE_MARK, 1)
        response = Response(page, status_code, {"etag": f'"{hashlib.sha256(page).hexdigest()[:24]}"'}, "text/html")
        request_headers = Request(scope).headers
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, request_headers) else response


class Policy:
    """The content security policy: our own files, and the small scripts that stand inside the built pages."""

    def __init__(self, site: Path):
        self.site = site
        self.built: tuple | None = None
        self.text = ""

    def __call__(self) -> str:
        try:
            state = (self.site / "index.html").stat()
        except OSError:  # the folder is being exchanged
            return self.text
        if self.built != (state.st_mtime_ns, state.st_ino):
            self.built = state.st_mtime_ns, state.st_ino
            hashes = " ".join(sorted(self._hashes()))
            self.text = (f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                         "font-src 'self'; connect-src 'self'; media-src 'self'; worker-src 'self'; manifest-src 'self'; "
                         "base-uri 'self'; form-action 'self'; frame-ancestors 'none'")
        return self.text

    def _hashes(self) -> set[str]:
        found = set()
        for page in self.site.rglob("*.html"):
            with contextlib.suppress(OSError):
                for script in INLINE_SCRIPT.finditer(page.read_bytes()):
                    if b"src=" not in script["attributes"] and b"json" not in script["attributes"]:
                        found.add(f"'sha256-{base64.b64encode(hashlib.sha256(script['text']).digest()).decode()}'")
        return found


class Textbook:
    """A server that is bound to its port; use it as a context manager."""

    def __init__(self, site: Path, bound: socket.socket, state: Callable[[], dict] | None):
        self.socket = bound
        self.port = bound.getsockname()[1]
        self.events = Events()
        routes = [Mount("/", Pages(site, live=state is not None))]
        if state is not None:
            routes[:0] = [Route("/_course/state", lambda request: JSONResponse(state())), Route("/_course/events", self._stream)]
        app = Starlette(routes=routes, lifespan=self._lifespan, exception_handlers={HTTPException: _refuse, Exception: _fail})
        self.server = uvicorn.Server(uvicorn.Config(
            Guard(app, self.port, Policy(site)), log_config=None, access_log=False, server_header=False, date_header=False,
            ws="none", http="h11", timeout_graceful_shutdown=1, lifespan="on"))
        self.running = threading.Lock()

    def __enter__(self) -> "Textbook":
        return self

    def __exit__(self, *exception) -> None:
        self.shutdown()
        self.socket.close()

    @property
    def address(self) -> str:
        """Where the home page is."""
        return f"http://{ADDRESS}:{self.port}/"

    def serve_forever(self) -> None:
        """Serve until `shutdown` is called from another thread; in the main thread also until a signal."""
        with self.running:
            self.server.run(sockets=[self.socket])

    def shutdown(self) -> None:
        """End `serve_forever` and wait until it has ended."""
        self.server.should_exit = True
        loop = self.events.loop
        if loop and not loop.is_closed():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self.events.end)
        with self.running:
            pass

    @contextlib.asynccontextmanager
    async def _lifespan(self, app):
        self.events.loop = asyncio.get_running_loop()
        yield
        self.events.end()

    async def _stream(self, request: Request) -> Response:
        if len(self.events.listeners) >= MOST_LISTENERS:
            return PlainTextResponse("Too many pages are open.\n", 503)
        return StreamingResponse(self.events.stream(), media_type="text/event-stream")


async def _refuse(request: Request, error: HTTPException) -> Response:
    return PlainTextResponse(f"{error.detail}\n", error.status_code, headers=error.headers)


async def _fail(request: Request, error: Exception) -> Response:
    return PlainTextResponse("This page could not be given.\n", 500)


def open_server(site: Path, port: int | None = None, *, state: Callable[[], dict] | None = None) -> Textbook:
    """A server for the built site that is bound to its port and not yet serving.

    Args:
        site: folder of the built site.
        port: None or 0 takes the first free one from 8000 on.
        state: what `/_course/state` gives, as something that JSON can carry; None serves the pages alone.

    Raises:
        CannotServe: where the site has not been built, or the port is taken.
    """
    if not (site / "index.html").is_file():
        raise CannotServe("the site has not been built yet: run `course author build`")
    for candidate in (port,) if port else range(FIRST_PORT, FIRST_PORT + PORTS):
        bound = socket.socket()
        if sys.platform != "win32":  # there it would let two programs have one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((ADDRESS, candidate))
            bound.listen(128)
            return Textbook(site, bound, state)
        except OSError:
            bound.close()
        except OverflowError:
            bound.close()
            raise CannotServe(f"there is no port {port}; ports go from 1 to 65535") from None
    raise CannotServe(f"port {port} is taken; choose another, or leave out --port" if port
                      else f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1}")
