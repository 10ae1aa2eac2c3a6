"""The `leaderboards` command: the group of all commands, and the one place where the program ends.

Exit codes: 0 if all is well, 1 for a finding, 2 if the input is wrong, 3 if something else failed (1 to 3 are those of
`errors`), 130 after Ctrl-C, 141 if nobody reads the output any more, as after `| head -1`.
"""

from __future__ import annotations

import errno
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from generator import __version__
from generator.cli.collector import collect_no_garbage
from generator.cli.commands import COMMANDS, HELP_OPTIONS
from generator.cli.console import prepare_streams, say
from generator.cli.dataclass_code import keep_dataclass_code
from generator.cli.plugins import load_no_plugins
from generator.diagnostics.wording import quote
from generator.errors import InputError, LeaderboardsError, OutsideError

_INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 plus the number of the signal, as in shells."""

_NOBODY_READS = 141
"""Exit code where the reader of the output has gone: 128 plus the number of SIGPIPE, as others in a pipe end."""

_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


@click.group(commands=COMMANDS, context_settings={**HELP_OPTIONS, "max_content_width": 100})
@click.version_option(__version__, prog_name="leaderboards", message="%(prog)s %(version)s")
def leaderboards() -> None:
    """Leaderboards on AWS from a few lines of YAML.

    \b
    Examples:
      leaderboards validate          report every mistake in leaderboards.yaml
      leaderboards generate          write every board's bundle to build/
      leaderboards generate --diff   show what would change, write nothing
      leaderboards changed --since REF   say what an edit does to the boards that run
      leaderboards check             say whether what was generated may be applied
      leaderboards local             run it all on this machine
      leaderboards record BOARD ...  write one activity, and say what becomes of it
      leaderboards events --local    list what the boards on this machine tell the game
      leaderboards advance 2h        move the clock of what runs on this machine
      leaderboards init              begin a project in a folder of your own
      leaderboards new BOARD         add a board to leaderboards.yaml
      leaderboards list              list boards by team, with their addresses
      leaderboards explain BOARD     show why a board is as it is
      leaderboards schema            print the JSON Schema of leaderboards.yaml, for editors
      leaderboards rejected BOARD    list what a running board rejected
    """


@collect_no_garbage()
def main() -> NoReturn:
    """Run the command line. Whatever happens, the program ends with an exit code and no traceback."""
    load_no_plugins()
    keep_dataclass_code()
    prepare_streams()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # end it as Ctrl-C does, with all cleaning up
    try:
        sys.exit(_run())
    finally:
        signal.signal(signal.SIGTERM, before)


def _run() -> int:
    """Run the command line, and print the error that ends it. Returns the exit code."""
    try:
        leaderboards.main(prog_name="leaderboards", standalone_mode=False)
    except LeaderboardsError as error:
        if text := str(error):
            _say_last(text)
        return error.exit_code
    except click.ClickException as error:  # click does not know an option, or refuses its value
        with suppress(OSError):
            error.show(sys.stderr)
        return InputError.exit_code
    except SystemExit:  # what click makes of EPIPE, and of nothing else in this mode
        return _NOBODY_READS
    except (KeyboardInterrupt, click.Abort):
        _say_last("interrupted")
        return _INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_IS_FULL:
            _say_last("The disk is full: the output cannot be written.")
            return OutsideError.exit_code
        _say_last(
            f"This is a fault in leaderboards {__version__}, not in your file: {_describe(error)}. Please report it."
        )
        return OutsideError.exit_code
    return 0


def _say_last(text: str) -> None:
    """Write the words that end a command to stderr. Where they cannot be written, the exit code says enough."""
    with suppress(OSError):
        say(text)


def _describe(error: Exception) -> str:
    """Describe an error: its type, the file and line that raised it, and its text."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "nowhere"
    return f"{type(error).__name__} at {place}: {quote(str(error), 200)}"
