"""What Hypothesis calls when it is imported."""


def register() -> None:
    """Register the payload types."""
