"""Building the site while something else goes on: in a process of its own that keeps out of the way.

`python -m course.authoring.background_build ROOT` is what `BackgroundBuild` starts.
"""

import _thread
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from course.authoring.failures import CannotPublish

SECONDS_TO_END = 10.0


class BackgroundBuild:
    """A build that runs while the block lasts; what it says comes line by line, in a thread."""

    def __init__(self, root: Path, on_line: Callable[[str], None], on_end: Callable[[bool], None]):
        """`on_end` is told whether the site was built; it is not called where the block ends first."""
        self.root, self.on_line, self.on_end = root, on_line, on_end
        self.leaving = False

    def __enter__(self) -> "BackgroundBuild":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course.authoring.background_build", str(self.root)], cwd=self.root, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
            start_new_session=True)  # Ctrl-C in the terminal is for us; we end it
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.leaving = True
        if self.process.poll() is None:
            with contextlib.suppress(OSError):
                # An interruption lets it stop its kernel and remove what is half-made.
                self.process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            try:
                self.process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdin.close()
        self.thread.join(1.0)

    def _listen(self) -> None:
        for line in self.process.stdout:
            if line.strip() and not self.leaving:
                self.on_line(line.rstrip())
        built = self.process.wait() == 0
        if not self.leaving:
            self.on_end(built)


def _end_with_parent() -> None:
    """Standard input ends when whoever started this has gone, however that happened."""
    sys.stdin.buffer.read()
    _thread.interrupt_main()


def main() -> int:
    if hasattr(os, "nice"):
        os.nice(10)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from rich.console import Console

    from course.authoring.site_build import build

    try:
        build(Path(sys.argv[1]), strict=False, only_if_stale=True, console=Console(file=sys.stdout, width=200, force_terminal=False))
    except CannotPublish as error:
        print(error)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
