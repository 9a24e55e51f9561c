"""The panel, the screens on it and the site it stands at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Le, MinLen

from playout.model.frame import ColourOrder, Size

__all__ = ["EDGE", "Panel", "Screen", "Site"]

EDGE: dict[str, Any] = {"extra": "forbid"}
"""Rules for values read from files and requests (read by pydantic where such values come in)."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The LED panel. The defaults are the Lệ Thanh panel: 7 x 5 cabinets of 960 mm at 10 mm pitch, 32.26 m²."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    cabinets_wide: Annotated[int, Ge(1), Le(64)] = 7
    """Cabinets in a row."""
    cabinets_high: Annotated[int, Ge(1), Le(64)] = 5
    """Cabinets in a column."""
    cabinet_mm: Annotated[float, Ge(100), Le(5000)] = 960.0
    """Edge of one square cabinet in millimetres."""
    pitch_mm: Annotated[float, Ge(0.5), Le(50)] = 10.0
    """Distance between two pixels in millimetres."""
    mount_height_m: Annotated[float, Ge(0), Le(200)] = 12.0
    """Height of the picture's bottom edge above the ground in metres."""
    tilt_deg: Annotated[float, Ge(0), Le(45)] = 0.0
    """How far the face leans towards the ground in degrees."""
    eye_height_m: Annotated[float, Ge(0), Le(10)] = 1.6
    """Height of the readers' eyes above the ground in metres."""
    nearest_reader_m: Annotated[float, Gt(0), Le(5000)] = 15.0
    """Ground distance of the nearest reader in metres."""
    farthest_reader_m: Annotated[float, Gt(0), Le(5000)] = 250.0
    """Ground distance of the farthest reader in metres."""
    max_power_w_m2: Annotated[float, Gt(0), Le(5000)] = 750.0
    """Power of a white picture at full luminance in W/m²."""
    idle_power_share: Annotated[float, Ge(0), Le(1)] = 0.12
    """Share of that power which a black picture draws."""
    luminance_cdm2: Annotated[float, Gt(0), Le(20000)] = 6000.0
    """Luminance of white at full drive in cd/m²."""

    @property
    def cabinet_px(self) -> int:
        """Edge of one cabinet in pixels."""
        return round(self.cabinet_mm / self.pitch_mm)

    @property
    def size(self) -> Size:
        """Pixels of the whole panel."""
        return Size(self.cabinets_wide * self.cabinet_px, self.cabinets_high * self.cabinet_px)

    @property
    def area_m2(self) -> float:
        """Area of the whole panel in m²."""
        return self.cabinets_wide * self.cabinets_high * (self.cabinet_mm / 1000) ** 2


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture and the sink it goes to. Width and height of 0 mean: the whole panel."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1)]
    """Name used in schedules, claims and addresses (letters, digits, dash)."""
    sink: str
    """Driver that carries the pixels; `playout drivers` lists them."""
    width: Annotated[int, Ge(0), Le(16384)] = 0
    """Pixels across; 0 takes the panel's."""
    height: Annotated[int, Ge(0), Le(16384)] = 0
    """Pixels down; 0 takes the panel's."""
    fps: Annotated[int, Ge(1), Le(240)] = 60
    """Ticks a second."""
    gamma: Annotated[float, Ge(1), Le(4)] = 1.0
    """Exponent applied before sending; 1 where the sending card applies its own."""
    display_gamma: Annotated[float, Ge(1), Le(4)] = 2.2
    """Exponent of the whole chain from picture to light, used to estimate power."""
    luminance: Annotated[float, Ge(0.02), Le(1)] = 1.0
    """Share of the panel's full luminance."""
    colour_order: ColourOrder = ColourOrder.RGB
    """Order of the three bytes of a pixel on the wire."""
    cabinet_order: tuple[int, ...] = ()
    """Which cabinet of the picture (row by row, from 0) stands at each place of the wire picture; empty: in order."""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The driver's own settings."""


@dataclass(frozen=True, slots=True)
class Site:
    """The place: its name, clock and the languages every reader there is owed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    name: str = "Lệ Thanh"
    """Name of the gate, for people."""
    timezone: str = "Asia/Ho_Chi_Minh"
    """IANA name of the local time zone, in which schedules are written."""
    latitude: Annotated[float, Ge(-90), Le(90)] = 13.6833
    """Degrees north."""
    longitude: Annotated[float, Ge(-180), Le(180)] = 107.5333
    """Degrees east."""
    languages: Annotated[tuple[str, ...], MinLen(1)] = ("vi", "en", "km")
    """Languages every notice must have, in the order in which their pages rotate."""
    max_language_gap_s: Annotated[float, Ge(10), Le(3600)] = 120.0
    """Longest time for which a language may be away from the sign in seconds."""
