"""`playout alert check`: what is read, what would become of it, and what is refused."""

import json
from pathlib import Path

import pytest
from alert_stage import EXAMPLES
from typer.testing import CliRunner

from playout.cli import app

AT = ["--at", "2026-10-05T11:30:00+07:00"]
POLICY = """
[[sources]]
id = "hydromet"
proofs = ["feed"]
[[rules]]
template = "flood"
codes = [{ name = "OET:v1.2", value = "OET-080" }]
events = ["Cảnh báo lũ quét"]
slots = { until = "expires_time" }
"""


def check(*words: str, code: int = 0) -> str:
    ran = CliRunner().invoke(app, ["alert", "check", *AT, *words])
    assert ran.exit_code == code, ran.output
    return ran.output


def path(name: str) -> str:
    return str(EXAMPLES / f"{name}.xml")


def test_without_a_policy_an_operator_decides() -> None:
    told = check(path("flood"))
    assert "[km-KH] ការព្រមានអំពីទឹកជំនន់: Immediate, Severe, Likely" in told
    assert "from 05/10/2026 07:30 until 05/10/2026 12:00" in told
    assert "Would wait for an operator:\n  - nothing proves who sent it\n" in told


def test_a_policy_can_be_tried_with_messages_in_a_row(tmp_path: Path) -> None:
    policy = tmp_path / "alerts.toml"
    policy.write_text(POLICY, encoding="utf-8")
    files = [path(name) for name in ("flood", "flood-update", "flood-cancel", "exercise")]
    tried = ["--policy", str(policy), "--from", "hydromet", "--approved", "flood"]
    told = check(*files, *tried)
    assert "Would air the template 'flood' with until = 12:00, from 05/10/2026 11:30 until 05/10/2026 12:00" in told
    assert "Takes the place of dubao@thuyvan.example.vn,urn:oid:2.49.0.0.704.0.2026.10.5.7.30.0" in told
    assert "Would take down: 'hydromet' has cancelled" in told
    assert "Would be ignored: its status is Exercise" in told
    verdicts = [each["would"]["verdict"] for each in json.loads(check(*files, *tried, "--json"))]
    assert verdicts == ["air", "air", "withdraw", "ignore"]


def test_what_is_refused_is_told_with_its_remedy_and_the_rest_goes_on(tmp_path: Path) -> None:
    old = tmp_path / "old.xml"
    old.write_bytes((EXAMPLES / "flood.xml").read_bytes().replace(b"cap:1.2", b"cap:1.1"))
    told = check(str(old), path("flood"), code=1)
    assert "refused (version): is CAP 1.1 (ask the publisher for CAP 1.2; older versions are not read)" in told
    assert "Would wait for an operator" in told
    first, second = json.loads(check(str(old), path("flood"), "--json", code=1))
    assert (first["rule"], second["would"]["verdict"]) == ("version", "queue")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["/nowhere/alert.xml"], 1, "cannot be read"),
        ([str(EXAMPLES)], 1, "cannot be read"),
        ([path("flood"), "--policy", "/nowhere.toml"], 78, "cannot be read"),
        ([path("flood"), "--policy", path("flood")], 78, "cannot be read"),
        ([path("flood"), "--from", "x", "--proof", "sender"], 78, "feed, token, signature"),
    ],
)
def test_mistakes_are_told(words: list[str], code: int, said: str) -> None:
    ran = CliRunner().invoke(app, ["alert", "check", *AT, *words])
    assert ran.exit_code == code, ran.output
    assert said in ran.output
    assert "Traceback" not in ran.output
