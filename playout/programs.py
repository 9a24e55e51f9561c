"""The programs of a sign as systemd and `playout run` start them: player, control, media; and control's own, proof."""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from playout.config import load_config
from playout.errors import PlayoutError
from playout.paths import find_paths

__all__ = ["EXIT_CONFIG", "log_to_stderr", "main"]

EXIT_CONFIG = 78
"""Cannot start as it is configured. Source: sysexits.h, EX_CONFIG."""


def main(words: Sequence[str]) -> int:
    """Runs one program until SIGTERM; returns its exit code."""
    parser = argparse.ArgumentParser(prog="playout")
    parser.add_argument("program", choices=("player", "control", "media", "proof"))
    parser.add_argument("--screen", default="", help="screen to play (player only)")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--state", type=Path, help="folder for everything that must survive")
    given = parser.parse_args(words)
    log_to_stderr()
    try:
        return _run(given.program, given.screen, given.config, given.state)
    except PlayoutError as error:
        logging.getLogger(__name__).critical("%s cannot go on: %s", given.program, error)
        return EXIT_CONFIG


def log_to_stderr() -> None:
    """Logs one line an event; `PLAYOUT_LOG` is the level."""
    wanted = os.environ.get("PLAYOUT_LOG", "INFO").upper()
    levels = logging.getLevelNamesMapping()
    level = levels.get(wanted, logging.INFO)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    if wanted not in levels:
        logging.getLogger(__name__).warning("PLAYOUT_LOG is no level value=%s; INFO is taken", wanted)
    logging.getLogger("playout.api.audit").setLevel(logging.INFO)  # heads are evidence, whatever the level
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _run(program: str, screen: str, config: Path | None, state: Path | None) -> int:
    paths = find_paths(config, state)
    settings = load_config(paths.config)
    match program:  # each loads what it runs, and nothing else
        case "player":
            from playout.engine.main import run as run_player  # noqa: PLC0415

            run = partial(run_player, settings, paths, screen or settings.screens[0].id)
        case "control":
            from playout.api.main import run as run_control  # noqa: PLC0415

            run = partial(run_control, settings, paths)
        case "proof":
            from playout.proof import run as run_proof  # noqa: PLC0415

            run = partial(run_proof, paths)
        case _:
            from playout.media.main import run as run_media  # noqa: PLC0415

            run = partial(run_media, paths)
    gc.freeze()  # what was loaded is never looked through
    gc.enable()
    return run()
