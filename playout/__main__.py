"""`python -m playout` is the `playout` command."""

from playout.cli import main

main()
