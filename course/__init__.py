"""Learning to See: the package behind the course (data, figures, claims, grading, the command line).

The lessons themselves live outside it, in `lessons/`, `solutions/` and `tests/`; nothing here
imports one of them by name.
"""

__version__ = "0.1.0"
