"""The controller daemon of an outdoor LED sign.

The programs that systemd starts are `playout player --screen ID`, `playout control` and `playout media`.
"""

# Each command is a module of its name with an `app` in it; what they share is in `options` and `output`. A new command
# is a new module and its name in the list below, which is the order in which they are told. Each imports what it runs
# inside its function, so that no command waits for what another one needs.

import typer

from playout.cli import (
    alert,
    asrun,
    audit,
    backup,
    check,
    config,
    ctl,
    drivers,
    export,
    fonts,
    gaps,
    holidays,
    import_,
    plan,
    render,
    resolve,
    restore,
    run,
    template,
    text,
    tls,
    token,
    user,
    version,
)

__all__ = ["app"]

_COMMANDS = (
    run,
    check,
    import_,
    export,
    resolve,
    plan,
    gaps,
    holidays,
    render,
    asrun,
    audit,
    drivers,
    fonts,
    version,
    token,
    user,
    tls,
    ctl,
    text,
    config,
    template,
    alert,
    backup,
    restore,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
for _command in _COMMANDS:
    app.add_typer(_command.app)
