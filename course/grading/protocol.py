"""Frames on a socket: four bytes of length, then one encoded value. Both sides use this module.

A request is a dict with "op"; a reply is a dict with "status". Deadlines are kept by the parent
through the socket's time-out; a worker waits as long as it lives.
"""

import socket
import struct
import time

from course.grading.codec import MAX_BYTES, CodecError, decode, encode

REPLY_LIMIT = MAX_BYTES + 2**20


class ConnectionEnded(Exception):
    """The other side is gone."""


class DeadlinePassed(Exception):
    """The other side did not answer in time."""


def send(connection: socket.socket, value, deadline: float | None = None) -> None:
    """Send one value. `deadline` is a `time.monotonic()` moment.

    Raises CodecError, ConnectionEnded, DeadlinePassed.
    """
    data = encode(value)
    _wait_until(connection, deadline)
    try:
        connection.sendall(struct.pack("<I", len(data)) + data)
    except TimeoutError:
        raise DeadlinePassed from None
    except OSError as error:
        raise ConnectionEnded(str(error)) from None


def receive(connection: socket.socket, deadline: float | None = None):
    """Receive one value. Raises CodecError, ConnectionEnded, DeadlinePassed."""
    (length,) = struct.unpack("<I", _receive_exactly(connection, 4, deadline))
    if length > REPLY_LIMIT:
        raise CodecError(f"a frame of {length} bytes")
    return decode(_receive_exactly(connection, length, deadline))


def _receive_exactly(connection: socket.socket, count: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < count:
        _wait_until(connection, deadline)
        try:
            piece = connection.recv(min(count - len(received), 2**20))
        except TimeoutError:
            raise DeadlinePassed from None
        except OSError as error:
            raise ConnectionEnded(str(error)) from None
        if not piece:
            raise ConnectionEnded("closed")
        received += piece
    return bytes(received)


def _wait_until(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        if connection.gettimeout() is not None:
            connection.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise DeadlinePassed
    connection.settimeout(left)
