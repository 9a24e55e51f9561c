"""playout drives an outdoor LED sign: it decides what is on air at every instant, draws it and sends it out."""

import os

__all__ = ["__released__", "__version__"]

__version__ = "0.1.0"
__released__ = "2026-10-01"
"""A day that has passed wherever this program runs; each release renews it. A clock that says less is wrong."""

# Both are read by packages when they are first imported, which costs time at each start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no linear algebra here: its threads would only take memory
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would search every package, and let strangers in
