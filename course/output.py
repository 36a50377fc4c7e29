"""Where a chapter's output goes: a notebook cell when one is running, else the terminal."""

import os
import re
import sys
import tempfile

from course.importing import without_collecting

OF_TENSORFLOW_ITSELF = re.compile(rb"^(?:WARNING: All log messages before absl|I0000 ).*\n?", re.MULTILINE)
"""What TensorFlow writes about itself while it is imported, whatever TF_CPP_MIN_LOG_LEVEL says: notes, no warnings or errors."""


def emit(html: str, text: str) -> None:
    """Show `html` in a notebook, or print `text` in a terminal."""
    if in_notebook():
        from IPython.display import display

        display({"text/html": html, "text/plain": text}, raw=True)
    else:
        print(text)


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel (as on the site), not as a script."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


def import_tensorflow_quietly() -> None:
    """Import TensorFlow without its notes about itself; whatever else is written meanwhile is written in the end."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            with without_collecting():
                import tensorflow  # noqa: F401
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            heard.seek(0)
            os.write(2, OF_TENSORFLOW_ITSELF.sub(b"", heard.read()))
