"""Why a board is not added."""

from __future__ import annotations


class AuthoringError(Exception):
    """One or more sentences for a person, a line each, that say what to write instead."""
