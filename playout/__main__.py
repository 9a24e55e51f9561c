"""The `playout` command. The programs of a sign start here too, without loading what only people at a prompt need."""

import gc
import sys

__all__ = ["main"]


def main() -> None:
    """Runs a program of the sign, or the command line."""
    if sys.argv[1:2] in (["player"], ["control"], ["media"], ["proof"]):
        gc.disable()  # until the program is loaded: there is no garbage yet, and looking for it takes 50 ms
        from playout.programs import main as run_program  # noqa: PLC0415 -- see above

        sys.exit(run_program(sys.argv[1:]))
    from playout.cli import app  # noqa: PLC0415 -- see above

    app()


if __name__ == "__main__":
    main()
