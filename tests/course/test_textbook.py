"""The server of the living textbook: this machine only, its own pages only, nothing written, nothing told."""

import json
import re
import signal
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request

import pytest

from course.learning.failures import CannotServe
from course.learning.textbook import MOST_LISTENERS, MOST_WAITING, open_server

PAGE = "<!doctype html><html><head><title>x</title></head><body><script>let a = 1</script></body></html>"
STATE = {"lessons": [], "next": None, "site": "complete"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    above = tmp_path_factory.mktemp("textbook")
    folder = above / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "lesson").mkdir()
    for path in ("index.html", "lesson/index.html", "404.html"):
        (folder / path).write_text(PAGE)
    (folder / "assets" / "a.js").write_text("let b = 2")
    (folder / ".fingerprint").write_text("secret")
    (above / "outside.txt").write_text("secret")
    (folder / "link.txt").symlink_to(above / "outside.txt")
    (folder / "lesson" / "up").symlink_to(above)
    return folder


@pytest.fixture(scope="module")
def textbook(site):
    with open_server(site, state=lambda: STATE) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server


def ask(server, request_line: str, *headers: str, host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    """One request, byte for byte; no client library tidies it up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        lines = [request_line, f"Host: {host or f'127.0.0.1:{server.port}'}", "Connection: close", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode("latin-1"))
        data = b""
        while piece := connection.recv(65536):
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}, body


def test_pages_come_with_a_mark_and_with_strict_headers(textbook):
    status, headers, body = ask(textbook, "GET / HTTP/1.1")
    assert status == 200 and b'<meta name="course-live"' in body
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0] and "'sha256-" in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert ask(textbook, "GET /assets/a.js HTTP/1.1")[1]["content-type"].startswith("text/javascript")


def test_the_server_listens_on_this_machine_alone(textbook):
    assert textbook.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_this_machines_names_are_answered(textbook, name):
    assert ask(textbook, "GET / HTTP/1.1", host=f"{name}:{textbook.port}")[0] == 200


@pytest.mark.parametrize("name", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}",
                                  "localhost:{port}.evil.example", "0.0.0.0:{port}", " "])
@pytest.mark.parametrize("path", ["/", "/_course/state", "/_course/events"])
def test_other_names_for_this_machine_are_refused(textbook, name, path):
    assert ask(textbook, f"GET {path} HTTP/1.1", host=name.format(port=textbook.port))[0] in (400, 403)


def test_two_names_at_once_are_refused(textbook):
    assert ask(textbook, "GET / HTTP/1.1", f"Host: 127.0.0.1:{textbook.port}")[0] in (400, 403)


@pytest.mark.parametrize("headers", [("Origin: http://evil.example",), ("Origin: null",), ("Origin: https://127.0.0.1:{port}",),
                                     ("Origin: http://localhost:1",), ("Sec-Fetch-Site: cross-site",), ("Sec-Fetch-Site: same-site",),
                                     ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors")])
@pytest.mark.parametrize("path", ["/_course/state", "/_course/events", "/assets/a.js"])
def test_pages_of_other_origins_get_nothing(textbook, headers, path):
    status, answer, _ = ask(textbook, f"GET {path} HTTP/1.1", *(header.format(port=textbook.port) for header in headers))
    assert status == 403 and "access-control-allow-origin" not in answer


def test_a_link_from_elsewhere_may_lead_here_and_may_not_read_the_state(textbook):
    coming = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")
    assert ask(textbook, "GET /lesson/ HTTP/1.1", *coming)[0] == 200
    assert ask(textbook, "GET /_course/state HTTP/1.1", *coming)[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/_course/state", "/_course/events", "/assets/a.js"])
def test_nothing_can_be_written(textbook, site, method, path):
    before = {file: file.read_bytes() for file in site.rglob("*") if file.is_file() and not file.is_symlink()}
    assert ask(textbook, f"{method} {path} HTTP/1.1", "Content-Length: 0")[0] == 405
    assert before == {file: file.read_bytes() for file in site.rglob("*") if file.is_file() and not file.is_symlink()}


@pytest.mark.parametrize("path", [
    "/../outside.txt", "/assets/../../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/assets/..%5c..%5coutside.txt",
    "/%2e%2e%2foutside.txt", "//outside.txt", "/assets/%00", "/.fingerprint", "/%2efingerprint", "/lesson/../.fingerprint", "/link.txt",
    "/lesson/up/outside.txt", "/C:/outside.txt", "/assets/", "/assets", "/etc/passwd", "//etc/passwd", "/....//outside.txt", "/_course/",
    "/_course/state/../../outside.txt", "http://127.0.0.1/../outside.txt",
])
def test_no_path_leads_out_of_the_site_and_no_folder_is_listed(textbook, site, path):
    status, headers, body = ask(textbook, f"GET {path} HTTP/1.1")
    assert status in (307, 400, 404) and b"secret" not in body and b"a.js" not in body
    assert str(site.parent).encode() not in body
    if status == 307:
        assert headers["location"].startswith(f"http://127.0.0.1:{textbook.port}/")


def test_a_folder_without_its_last_stroke_leads_to_its_page_here(textbook):
    status, headers, _ = ask(textbook, "GET /lesson HTTP/1.1")
    assert status == 307 and headers["location"] == f"http://127.0.0.1:{textbook.port}/lesson/"


def test_an_error_of_our_own_tells_no_path(site):
    def broken():
        raise FileNotFoundError(str(site))

    with open_server(site, state=broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        status, headers, body = ask(server, "GET /_course/state HTTP/1.1")
    assert status == 500 and str(site).encode() not in body and b"Traceback" not in body
    assert "content-security-policy" in headers


def test_an_unchanged_page_is_not_sent_twice_and_head_sends_none(textbook):
    _, headers, _ = ask(textbook, "GET / HTTP/1.1")
    assert ask(textbook, "GET / HTTP/1.1", f"If-None-Match: {headers['etag']}")[0] == 304
    assert ask(textbook, "HEAD / HTTP/1.1")[2] == b""


def listen(server):
    """A page that listens: a response whose lines can be read as they come."""
    stream = urllib.request.urlopen(f"{server.address}_course/events", timeout=10)
    assert stream.readline() == b"retry: 2000\n"
    stream.readline()
    return stream


def test_events_reach_every_page_that_listens(textbook):
    streams = [listen(textbook) for _ in range(3)]
    textbook.events.publish({"kind": "verdict", "text": "a\nb </script>"})
    for stream in streams:
        assert json.loads(stream.readline().removeprefix(b"data: ")) == {"kind": "verdict", "text": "a\nb </script>"}
        stream.close()


def test_pages_that_have_gone_are_forgotten(textbook, wait_until):
    streams = [listen(textbook) for _ in range(MOST_LISTENERS)]
    assert len(textbook.events.listeners) == MOST_LISTENERS
    assert ask(textbook, "GET /_course/events HTTP/1.1")[0] == 503, "there is an end to it"
    for stream in streams:
        stream.close()

    def gone():
        textbook.events.publish({"kind": "idle"})
        return not textbook.events.listeners

    wait_until(gone, what="forgetting")


def test_a_page_that_does_not_read_is_let_go(textbook, wait_until):
    with socket.create_connection(("127.0.0.1", textbook.port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(f"GET /_course/events HTTP/1.1\r\nHost: 127.0.0.1:{textbook.port}\r\n\r\n".encode())
        wait_until(lambda: textbook.events.listeners, what="listening")

        def let_go():
            for _ in range(MOST_WAITING):
                textbook.events.publish({"kind": "verdict", "text": "x" * 20_000})
            return not textbook.events.listeners

        wait_until(let_go, what="letting go")


def test_a_server_with_listening_pages_ends_at_once(site):
    with open_server(site, state=lambda: STATE) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stream = listen(server)
        server.shutdown()
        thread.join(5)
        assert not thread.is_alive()
        stream.close()


def test_a_taken_port_is_said_and_without_a_wish_the_next_one_is_taken(site):
    with open_server(site) as first, open_server(site) as second:
        assert first.port != second.port
        with pytest.raises(CannotServe, match=f"port {first.port} is taken"):
            open_server(site, first.port)
    with pytest.raises(CannotServe, match="there is no port 70000"):
        open_server(site, 70000)


def test_pages_are_plain_where_nothing_is_watched(site):
    with open_server(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert b"course-live" not in ask(server, "GET / HTTP/1.1")[2]
        assert ask(server, "GET /_course/state HTTP/1.1")[0] == 404


@pytest.fixture
def started(pupil, wait_until, tmp_path, site):
    """`course start` in a course whose site counts as built; gives process, address and log."""
    from course.authoring import site_build

    shutil.copytree(site, site_build.site_folder(pupil.root), symlinks=True)
    program = ("import sys; from course.authoring import site_build; site_build.is_fresh = lambda root: True\n"
               "from course.cli import main; sys.argv = ['course', 'start', '--no-browser']; main()")
    log = tmp_path / "log"
    with open(log, "w") as file:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=pupil.root, stdout=file, stderr=subprocess.STDOUT)
    found = wait_until(lambda: re.search(r"The course is at (http://\S+)", log.read_text()), what="the address")
    yield process, found[1], log
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_saved_file_becomes_an_event_and_nothing_is_left(started, pupil, family, wait_until, number, code):
    process, address, log = started
    stream = urllib.request.urlopen(f"{address}_course/events", timeout=60)
    pupil.save(pupil.solved("1.2").replace("    return float(np.sum(patch * kernel))", f"    raise OSError('{pupil.root}/x')"))
    verdict = next(event for event in events(stream) if event["kind"] == "verdict" and event["task"] == "1.2")
    told = json.dumps(verdict)
    assert verdict["lesson"]["tasks"][1]["status"] == "error" and "your code raised OSError" in told
    assert str(pupil.root) not in told and str(pupil.root) not in urllib.request.urlopen(f"{address}_course/state").read().decode()
    wait_until(lambda: "! 1.2" in log.read_text(), what="the line in the terminal")
    family.remember(process.pid)
    process.send_signal(number)
    assert process.wait(20) == code and family.has_ended()


def events(stream):
    for line in stream:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))
