"""What all failures on the way from a lesson to the site have in common."""


class CannotPublish(Exception):
    """A lesson or the site cannot be published. The message says where and what, for a person to read."""
