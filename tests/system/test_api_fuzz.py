"""The running API asked whatever its document allows, and more: nothing fails, every answer is as the document says."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from system.rig import ROOT, Sign, until, write_schedule

SEED = 20
EXAMPLES = 12
ENDLESS = ("/api/v1/events", "/api/v1/screens/{screen}/preview.mjpg")
"""Answers that last for ten minutes; tests of their own read them."""
KNOWN = {"notice": ["", "words", "view"], "playlist": ["", "loop"], "layout": ["", "measure"], "crawl": ["", "line"]}
SLOW = ("/api/v1/schedule/plan", "/api/v1/schedule/plan.png")
"""Plans take seconds each and are made one at a time: hundreds in a row are rightly refused with 503."""
GUESSES = ("/api/v1/session", "/api/v1/session/first")
"""Whoever fails to sign in waits up to ten seconds before the next try; test_api_session sends what is wrong."""
UNTRUE = ("positive_data_acceptance", "use_after_free")
"""Not so here: that a notice must exist or an instant lie ahead cannot be said in the document, such requests are
rightly refused; and an override that has ended stays on record."""
CONFIG = """
[[operations]]
include-path = "/api/v1/schedule/check"
checks = { negative_data_rejection = { enabled = false } }
"""
"""Saying what is wrong with a draft is what that route is for."""

pytestmark = pytest.mark.system


def document(folder: Path) -> Path:
    """The kept document, with the names that this sign knows: else hardly any override would be one."""
    told = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    order = told["components"]["schemas"]["Order"]["properties"]
    for key, names in KNOWN.items():
        order[key]["enum"] = names
    order["screens"]["items"]["enum"] = ["main"]
    told["components"]["schemas"]["ScheduleSent"]["properties"]["notices"]["maxItems"] = 20  # not the limits of time
    path = folder / "openapi.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_nothing_that_is_asked_fails(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    sign = make_sign('[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n')
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.make_token()
    sign.start("run")
    until("the sign is on air", sign.is_ready)
    first = until("the player shows something", sign.snapshot)
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG, encoding="utf-8")
    asked = [
        str(Path(sys.executable).with_name("schemathesis")), "--no-color", "--config-file", str(config),
        "run", str(document(tmp_path)),
        "--url", f"http://127.0.0.1:{sign.port}", "--header", f"Authorization: Bearer {sign.token}",
        "--seed", str(SEED), "--max-examples", str(EXAMPLES), "--phases", "coverage,fuzzing,stateful",
        "--exclude-checks", ",".join(UNTRUE), "--request-timeout", "10", "--generation-database", "none",
        *(word for path in (*ENDLESS, *SLOW, *GUESSES) for word in ("--exclude-path", path)),
    ]  # fmt: skip
    done = subprocess.run(asked, capture_output=True, text=True, timeout=240, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in sign.log.read_text(encoding="utf-8")
    assert sign.request("/api/v1/overrides")[1]["overrides"], "no order of all these was carried out"
    last = until("the player is there", sign.snapshot)
    assert last.pid == first.pid
