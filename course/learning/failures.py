"""What can go wrong on the learner's side, for a person to read."""


class CannotServe(Exception):
    """There is no built site, or no free port. One line says what to do."""
