"""Marking messages without loading what translates them."""

from __future__ import annotations


def noop(message: str) -> str:
    """Mark a message that is translated where it is shown."""
    return message
