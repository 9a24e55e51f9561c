"""What is not installed is named; the build does not pass without it."""

import pytest
from peers import missing, need_program


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("false", pytest.skip.Exception), ("", pytest.skip.Exception)]
)
def test_a_missing_peer_fails_in_the_build_and_is_named_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no such wall"):
        missing("no such wall")
    with pytest.raises(outcome, match=r"none-such is not installed \(Debian package nothing\)"):
        need_program("none-such", "nothing")


def test_a_program_that_is_there_is_found() -> None:
    assert need_program("sh", "dash").endswith("/sh")
