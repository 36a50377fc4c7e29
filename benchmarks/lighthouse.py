"""Lighthouse's four scores for pages of the built site: `python -m benchmarks.lighthouse [--runs N] [PAGE …]`.

Needs Node.js and a Chromium; the program itself comes from npm at the first run. Pages are served
compressed and cacheable, as public hosts do, and measured as on a slow telephone, Lighthouse's default.
A score varies with what else the machine does: shown are the median of some runs, and the worst and the best.
"""

import argparse
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path

from course import catalog

VERSION = "lighthouse@12.8.2"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = "--headless --no-sandbox --disable-gpu --disable-background-networking"
COMPRESSED = ("text/", "application/json", "application/javascript", "image/svg+xml")


class LikeAHost(http.server.SimpleHTTPRequestHandler):
    """Serves files compressed and with a long life."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content, kind = path.read_bytes(), self.guess_type(path)
        self.send_response(200)
        if kind.startswith(COMPRESSED):
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=31536000")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        pass


def measure(site: Path, pages: list[str], runs: int) -> dict[str, dict[str, list[float]]]:
    """Performance, accessibility, best practices and SEO of each page, from 0 to 1, in as many runs."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or shutil.which("npx") is None:
        sys.exit("lighthouse needs Node.js (npx) and Chromium on this machine")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(LikeAHost, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scores = {}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        for page in pages:
            command = ["npx", "--yes", VERSION, f"http://127.0.0.1:{server.server_port}/{page}", "--quiet", "--output=json",
                       f"--output-path={report}", f"--chrome-flags={SWITCHES}"]  # fmt: skip
            found = scores[page or "home"] = {}
            for _ in range(runs):
                done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "CHROME_PATH": browser})
                if done.returncode:
                    sys.exit(f"lighthouse failed on {page or 'the home page'}: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
                for name, category in json.loads(report.read_text(encoding="utf-8"))["categories"].items():
                    found.setdefault(name, []).append(category["score"])
            print(f"{page or 'home':32}" + "  ".join(f"{name} {in_short(values)}" for name, values in found.items()), flush=True)
    server.shutdown()
    return scores


def in_short(scores: list[float]) -> str:
    """The median, and the worst and the best where they differ."""
    spread = f" ({min(scores):.2f} to {max(scores):.2f})" if min(scores) < max(scores) else ""
    return f"{statistics.median_low(scores):.2f}{spread}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description=__doc__)
    parser.add_argument("pages", nargs="*", help='such as "lesson_01_pixels_and_filters/"; default: home and all chapters')
    parser.add_argument("--runs", type=int, default=5, help="of each page; default: 5, as Lighthouse's own advice is")
    root = catalog.course_root()
    site = root / "build" / "site"
    if not site.is_dir():
        sys.exit("there is no built site; make it with: course author build")
    asked = parser.parse_args()
    pages = asked.pages or ["", *(f"{lesson.name}/" for lesson in catalog.lessons(root))]
    scores = measure(site, pages, max(1, asked.runs))
    (root / "build" / "lighthouse.json").write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
