"""The terminal as a whole screen with single keys, given back as it was however the program ends."""

import contextlib
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
BEGIN, END = "\x1b[?2026h\x1b[H", "\x1b[J\x1b[?2026l"
"""Terminals that know the mode 2026 show a frame when it is complete; all others ignore it."""

KEYS = {"\x1b[A": "up", "\x1b[B": "down", "\x1bOA": "up", "\x1bOB": "down", "\x1b[5~": "page up", "\x1b[6~": "page down",
        " ": "page down", "\x1b": "escape", "\r": "enter", "\n": "enter", "\x03": "q", "\x04": "q"}
WINDOWS_KEYS = {"H": "up", "P": "down", "I": "page up", "Q": "page down"}


class Terminal:
    """Use it as a context manager, in the main thread. Keys come to `on_key`, in a thread of their own."""

    def __init__(self, on_key: Callable[[str], None]):
        self.on_key = on_key
        self.shown: list[str] | None = None
        self.handlers: dict[int, object] = {}

    def __enter__(self) -> "Terminal":
        self._take()
        for name, handler in (("SIGTERM", self._end), ("SIGHUP", self._end), ("SIGTSTP", self._pause)):
            if hasattr(signal, name):
                number = getattr(signal, name)
                self.handlers[number] = signal.signal(number, handler)
        self.ended = threading.Event()
        self.wake = os.pipe() if sys.platform != "win32" else None
        self.thread = threading.Thread(target=self._read_keys, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.ended.set()
        if self.wake:
            os.write(self.wake[1], b"x")
        self.thread.join(1.0)
        for number, handler in self.handlers.items():
            signal.signal(number, handler)
        self._give_back()
        for end in self.wake or ():
            os.close(end)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, now."""
        return tuple(shutil.get_terminal_size((80, 24)))

    def show(self, lines: list[str]) -> None:
        """Show exactly these lines, from the top; writes nothing where nothing has changed."""
        if lines == self.shown:
            return
        self.shown = list(lines)
        self._write(BEGIN + "\x1b[K\r\n".join(lines) + "\x1b[K" + END)

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # the window has just been closed
            sys.stdout.write(text)
            sys.stdout.flush()

    def _take(self) -> None:
        if sys.platform == "win32":
            os.system("")  # switches on the control sequences
        else:
            import termios
            import tty

            self.before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        self.shown = None
        self._write(ENTER)

    def _give_back(self) -> None:
        self._write(LEAVE)
        if sys.platform != "win32":
            import termios

            with contextlib.suppress(termios.error):
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.before)

    def _end(self, number, frame) -> None:
        raise SystemExit(128 + number)

    def _pause(self, number, frame) -> None:
        """Ctrl-Z: give the terminal back, stop, and take it again on `fg`."""
        self._give_back()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._take()
        self.on_key("redraw")

    def _read_keys(self) -> None:
        if sys.platform == "win32":
            self._read_windows_keys()
            return
        import select

        while not self.ended.is_set():
            ready, _, _ = select.select([sys.stdin, self.wake[0]], [], [])
            if self.wake[0] in ready:
                return
            data = os.read(sys.stdin.fileno(), 32)
            if not data:
                self.on_key("q")  # nobody is there any more
                return
            text = data.decode("utf-8", "ignore")
            for key in [text] if text.startswith("\x1b") else text:
                self.on_key(KEYS.get(key, key))

    def _read_windows_keys(self) -> None:
        import msvcrt

        while not self.ended.wait(0.05):
            while msvcrt.kbhit():
                key = msvcrt.getwch()
                self.on_key(WINDOWS_KEYS.get(msvcrt.getwch(), "") if key in "\x00\xe0" else KEYS.get(key, key))
