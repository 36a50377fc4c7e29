"""Downloads that do not keep anybody waiting: a server that cannot be reached is known within seconds."""

import socket
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

SECONDS_TO_CONNECT = 4.0
SECONDS_WITHOUT_DATA = 20.0


def trouble_with_connection(address: str) -> str:
    """Why the server cannot be reached, or nothing. Name look-up and connection share one short time limit."""
    outcome = [f"no answer within {SECONDS_TO_CONNECT:.0f} s"]

    def knock() -> None:
        try:
            request = urllib.request.Request(address, method="HEAD")
            urllib.request.urlopen(request, timeout=SECONDS_TO_CONNECT).close()
            outcome[0] = ""
        except urllib.error.HTTPError as error:
            outcome[0] = f"the server says {error.code} {error.reason}"
        except OSError as error:
            reason = getattr(error, "reason", error)
            if not isinstance(reason, TimeoutError):  # that is what the outcome says already
                outcome[0] = "no network" if isinstance(reason, socket.gaierror) else f"no connection: {error}"

    knocking = threading.Thread(target=knock, daemon=True)
    knocking.start()
    knocking.join(SECONDS_TO_CONNECT)
    return outcome[0]


@contextmanager
def give_up_after_silence():
    """Within it, a connection from which nothing comes for some time is given up."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SECONDS_WITHOUT_DATA)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
