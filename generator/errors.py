"""Every error that a command ends in, with its exit code."""

from __future__ import annotations


class OutputError(Exception):
    """build/ could not be read or written; the text says why, to a person."""


class PolicyError(Exception):
    """A tool is missing where it must not be, or did not do its work; the message is for a person."""


class OperationError(Exception):
    """AWS, or what runs there, did not do what was asked. The text is for the user."""


class PlaceError(OperationError):
    """What the user said of where the board runs is wrong. The text is for the user."""


class FunctionError(Exception):
    """A function failed, or could not be run. The text is for a person: what happened, and its last log lines."""


class LocalError(Exception):
    """Something outside failed: the emulator, a port, a deployed function. The text is for the user, whole."""


class AuthoringError(Exception):
    """One or more sentences for a person, a line each, that say what to write instead."""
