"""The configuration: every mistake at once, with its key, its value and what was probably meant."""

from pathlib import Path

import pytest

from playout.config import config_schema, load_config, screen_size
from playout.errors import ConfigError
from playout.model.frame import Size
from playout.model.recovery import AfterLoss, Show
from playout.paths import shipped

GOOD = '[[screens]]\nid = "main"\nsink = "memory"\n'


def load(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "playout.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return list(caught.value.problems)


def test_the_shipped_file_is_the_le_thanh_panel() -> None:
    config = load_config(shipped("config") / "playout.toml")
    assert config.panel.size == Size(672, 480)
    assert config.panel.area_m2 == pytest.approx(32.256)
    assert [screen.sink for screen in config.screens] == ["ddp", "hdmi"]
    assert screen_size(config.panel, config.screens[0]) == Size(672, 480)
    assert config.site.languages == ("vi", "en", "km")


def test_all_mistakes_are_told_at_once_with_what_was_meant(tmp_path: Path) -> None:
    problems = load(tmp_path, '[panel]\npich_mm = 10\ncabinets_wide = 0\n[site]\nzone = "x"\n' + GOOD + "fpps = 3\n")
    text = "\n".join(problems)
    assert "panel.pich_mm" in text
    assert "did you mean 'pitch_mm'" in text
    assert "panel.cabinets_wide" in text
    assert "site.zone" in text
    assert "'fps'" in text
    assert all(str(tmp_path) in problem for problem in problems)
    assert len(problems) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "screens"),
        ("nonsense", "not TOML"),
        (GOOD + '[site]\ntimezone = "Asia/Le_Thanh"\n', "no such zone"),
        (GOOD + "[panel]\npitch_mm = 7\n", "does not divide"),
        (GOOD + "[panel]\nnearest_reader_m = 300\n", "must be less"),
        (GOOD + GOOD, "two screens"),
        ('[[screens]]\nid = "a b"\nsink = "memory"\n', "only letters"),
        (GOOD + '[api]\nhost = "0.0.0.0"\n', "certificate"),
        (GOOD + '[api]\ncertificate = "x.pem"\n', "both or neither"),
        (GOOD + "[api]\nport = 70000\n", "api.port"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(tmp_path: Path, text: str, said: str) -> None:
    assert said in "\n".join(load(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--config"):
        load_config(tmp_path / "none.toml")


def test_the_schema_describes_every_key() -> None:
    schema = config_schema()
    panel = schema["$defs"]["Panel"]["properties"]
    assert panel["pitch_mm"]["description"] == "Distance between two pixels in millimetres."
    assert schema["additionalProperties"] is False


def test_what_shows_after_a_loss_is_read_and_contradictions_are_told(tmp_path: Path) -> None:
    file = tmp_path / "playout.toml"
    head = '[[screens]]\nid = "main"\nsink = "memory"\n[recovery]\n'
    file.write_text(head + 'short_loss_s = 20\nafter_long_loss = { show = "notice", ref = "welcome" }\n', "utf-8")
    recovery = load_config(file).recovery
    assert (recovery.short_loss_s, recovery.after_long_loss) == (20, AfterLoss(Show.NOTICE, "welcome"))
    assert (recovery.after_short_loss.show, recovery.after_link_loss.show) == (Show.SCHEDULE, Show.UNCHANGED)
    for wrong in ('{ show = "notice" }', '{ show = "blank", ref = "welcome" }'):
        file.write_text(f"{head}after_link_loss = {wrong}\n", "utf-8")
        with pytest.raises(ConfigError, match=r"recovery\.after_link_loss\.ref"):
            load_config(file)
