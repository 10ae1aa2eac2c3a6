"""What goes wrong in local mode and is the user's to know of."""

from __future__ import annotations


class LocalError(Exception):
    """Something outside failed: the emulator, a port, a deployed function. The text is for the user, whole."""
