"""Lines that a person can act on, made from pydantic's findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pytest
from annotated_types import Le
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from playout.problems import did_you_mean, explain_errors

FORBID = {"extra": "forbid"}


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str = "localhost"
    api_token: int = 0
    port: Annotated[int, Le(65535)] | None = None


@dataclass(frozen=True)
class Zone:
    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID

    width: Annotated[float, Le(1)]
    label: int | bool = 0


@dataclass(frozen=True)
class Site:
    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID

    name: str
    zones: tuple[Zone, ...] = ()
    pair: tuple[int, Zone] | None = None
    links: Mapping[str, Options] | None = None


def lines(model: Any, value: object, where: str = "") -> list[str]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(model).validate_python(value)
    return explain_errors(caught.value, model, where)


def test_unknown_key_of_a_model_suggests_the_field():
    assert lines(Options, {"hots": "x"}, "screens.main.options") == [
        "screens.main.options.hots: unknown key; did you mean 'host'?"
    ]


def test_unknown_key_far_from_every_field_lists_them():
    assert lines(Options, {"zzz": 1}) == ["zzz: unknown key; known: api_token, host, port"]


def test_every_mistake_has_its_line_with_its_path():
    found = lines(
        Site,
        {
            "zones": [{"width": 0.5}, {"width": 3, "lable": 1}],
            "pair": [1, {"widht": 1}],
            "links": {"a": {"prot": 1, "port": 70000}},
        },
        "site",
    )
    assert sorted(found) == [
        "site.links.a.port: input should be less than or equal to 65535 (got 70000)",
        "site.links.a.prot: unknown key; did you mean 'port'?",
        "site.name: missing; it must be given",
        "site.pair.1.widht: unknown key; did you mean 'width'?",
        "site.pair.1.width: missing; it must be given",
        "site.zones.1.lable: unknown key; did you mean 'label'?",
        "site.zones.1.width: input should be less than or equal to 1 (got 3)",
    ]


def test_members_of_a_union_are_not_part_of_the_path():
    assert {line.split(":")[0] for line in lines(Zone, {"width": 1, "label": "x"})} == {"label"}


def test_secrets_and_containers_are_not_shown_and_long_values_are_cut():
    (token,) = lines(Options, {"api_token": "hunter2"})
    assert "hunter2" not in token
    assert token.endswith("(got ***)")
    (table,) = lines(Options, {"host": {"password": "hunter2"}})
    assert table.endswith("(got a table)")
    (port,) = lines(Options, {"port": "9" * 100 + "x"})
    assert len(port) < 140


def test_whole_value_of_the_wrong_kind_names_the_place():
    assert lines(Options, 3, "file.toml")[0].startswith("file.toml: ")


def test_did_you_mean_ignores_case():
    assert did_you_mean("DDP", ["ddp", "hdmi"]) == "did you mean 'ddp'?"
