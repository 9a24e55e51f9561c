"""What tests take from the machine, and what becomes of a test where it is not there."""

import os
import shutil
from typing import NoReturn

import pytest

from playout.text import FontSet, language_fonts

__all__ = ["missing", "need_fonts", "need_program"]


def missing(what: str) -> NoReturn:
    """Skips the test and names what it lacks; where CI=true, nothing may be missing and the test fails."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


def need_program(name: str, package: str) -> str:
    """Path of a program that comes with a Debian package; tests/peers.sh installs them."""
    return shutil.which(name) or missing(f"{name} is not installed (Debian package {package})")


def need_fonts(fonts: FontSet, language: str) -> None:
    """The fonts of a language are among these."""
    if problem := language_fonts(fonts, language):
        missing(str(problem))
