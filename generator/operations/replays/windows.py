"""Finds the window that is to be replayed, in what the board has opened."""

from __future__ import annotations

from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import quote
from generator.errors import InputError, OperationError
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.dynamodb.window_items import SEALING, WindowState
from runtime.dynamodb.window_store import IdentityError, WindowStore
from runtime.lifecycle.parts import select_parts


def find_window(board: ManagedBoard, window_id: str) -> list[WindowState]:
    """The stored window of an id; of a rolling one, the days that it is made of now.

    Raises InputError where none is stored, or its scores are being deleted; OperationError where the stored numbers
    mean something else than the bundle's.
    """
    store, now = WindowStore(board.aggregates, board.config), board.running.now()
    with aws_errors_as_operation_errors():
        try:
            store.check_identity()
        except IdentityError as error:
            raise OperationError(f"{board.name}: {error}") from None
        states = store.read_all()
    found = [state for state in states if state.window.id == window_id]
    for kind in board.config.windows:
        timeline = store.timelines.of(kind)
        current = timeline.current(now) if kind.every == "rolling" else None
        if current is not None and current.id == window_id:
            found = select_parts(timeline, states, now)
    if not found:
        near = nearest(window_id, tuple(state.window.id for state in states))
        hint = f'did you mean "{near}"?' if near else "the API's /v1/windows lists those that readers see"
        raise InputError(f"--window: {board.name} has opened no window {quote(window_id)}; {hint}")
    if all(state.window.every not in [kind.every for kind in board.config.windows] for state in found):
        raise InputError(f"--window: {board.name} has no such windows as {window_id} any more, so nothing counts in it")
    if any(state.clearing for state in found):
        raise InputError(f"--window: the scores of {window_id} are deleted, as more windows than `keep` came after it")
    return found


def check_not_sealing(states: list[WindowState]) -> None:
    """Raise OperationError where a rebuild may be making final ranks of what readers see now."""
    for state in states:
        if state.state == SEALING:
            raise OperationError(f"{state.window.id} is about to be sealed: run this again in some minutes")
