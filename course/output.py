"""Where a chapter's output goes: a notebook cell when one is running, else the terminal."""

import sys


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
