"""Paints the background pictures of the shipped notices, always the same: `python make_pictures.py`.

Each painter works on a canvas of `height x width x 3` floats from 0 to 1, top row first. The pictures are dark
where words stand, so that white letters keep their contrast with a plate as with none.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 1344, 960

Canvas = NDArray[np.float64]

Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
U, V = X / WIDTH, Y / HEIGHT


def colour(code: str) -> Canvas:
    """`#rrggbb` as three floats."""
    return np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def gradient(stops: dict[float, str], where: Canvas) -> Canvas:
    """The colours between the stops, for every value of `where`."""
    at, codes = list(stops), np.array([colour(code) for code in stops.values()])
    return np.stack([np.interp(where, at, codes[:, channel]) for channel in range(3)], axis=-1)


def blend(canvas: Canvas, paint: Canvas, cover: Canvas) -> Canvas:
    """Lays paint over the canvas, as opaque as `cover` says."""
    cover = np.clip(cover, 0, 1)[..., None]
    return canvas * (1 - cover) + paint * cover


def smooth(low: float, high: float, value: Canvas) -> Canvas:
    """0 below `low`, 1 above `high`, an even slope between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def noise_line(x: Canvas, seed: int, octaves: int, first: float, gain: float = 0.5) -> Canvas:
    """Fractal noise along one axis, about -1 to 1; `first` is the number of waves over the width."""
    rng = np.random.default_rng(seed)
    total, height = np.zeros_like(x), 1.0
    for octave in range(octaves):
        knots = rng.uniform(-1, 1, 4096)
        at = x * first * 2**octave + 50
        low = np.floor(at).astype(int)
        part = at - low
        part = part * part * (3 - 2 * part)
        total += height * (knots[low % 4096] * (1 - part) + knots[(low + 1) % 4096] * part)
        height *= gain
    return total / 1.6


def noise_field(x: Canvas, y: Canvas, seed: int, octaves: int, gain: float = 0.5) -> Canvas:
    """Fractal noise over a plane, about -1 to 1; one unit of x or y is one wave of the first octave."""
    rng = np.random.default_rng(seed)
    total, height = np.zeros(np.broadcast(x, y).shape), 1.0
    for octave in range(octaves):
        knots = rng.uniform(-1, 1, (256, 256))
        ax, ay = x * 2**octave, y * 2**octave
        lx, ly = np.floor(ax).astype(int), np.floor(ay).astype(int)
        px, py = ax - lx, ay - ly
        px, py = px * px * (3 - 2 * px), py * py * (3 - 2 * py)
        top = knots[ly % 256, lx % 256] * (1 - px) + knots[ly % 256, (lx + 1) % 256] * px
        low = knots[(ly + 1) % 256, lx % 256] * (1 - px) + knots[(ly + 1) % 256, (lx + 1) % 256] * px
        total += height * (top * (1 - py) + low * py)
        height *= gain
    return total / 1.6


def ridge(canvas: Canvas, top: Canvas, near: str, far: str, depth: float) -> Canvas:
    """A mountain ridge whose crest runs along `top` (share of the height), hazier towards its foot."""
    below = V - top
    paint = gradient({0.0: near, depth: far}, below)
    return blend(canvas, paint, smooth(-0.0012, 0.0012, below))


def highland_dawn() -> Canvas:
    """Ridges of the Central Highlands before sunrise, mist in the valleys."""
    sun_u, sun_v = 0.72, 0.47
    distance = np.hypot((U - sun_u) * 1.4, V - sun_v)
    canvas = gradient({0.0: "#0b1230", 0.25: "#24305f", 0.42: "#8a4f6d", 0.52: "#f0955a", 0.6: "#ffd08a"}, V)
    canvas = blend(canvas, np.broadcast_to(colour("#ffe3a8"), canvas.shape), 0.85 * np.exp(-((distance / 0.16) ** 2)))
    canvas = blend(canvas, np.broadcast_to(colour("#fff6dc"), canvas.shape), smooth(0.048, 0.043, distance))
    cloud = noise_field(U * 3 + 4, V * 16, 11, 5)
    streak = smooth(0.1, 0.75, cloud) * smooth(0.05, 0.2, V) * smooth(0.5, 0.36, V)
    canvas = blend(canvas, gradient({0.1: "#3b3a66", 0.45: "#ff9d6b"}, V), 0.55 * streak)
    layers = [
        (0.52, 0.050, 2.2, "#a2637a", "#eba678", 21),
        (0.58, 0.060, 2.8, "#6d4a73", "#c98679", 22),
        (0.65, 0.075, 2.4, "#45386a", "#8d647a", 23),
        (0.73, 0.085, 2.0, "#2a2853", "#5a4a71", 24),
        (0.83, 0.080, 1.6, "#151a38", "#30325a", 25),
        (0.93, 0.050, 2.2, "#080d1e", "#0d1226", 26),
    ]
    for base, height, waves, near, far, seed in layers:
        top = base - height * noise_line(U, seed, 7, waves, 0.47)
        canvas = ridge(canvas, top, near, far, 0.16)
    trees = 0.965 - 0.012 * noise_line(U, 27, 3, 5) - 0.022 * np.abs(noise_line(U, 28, 4, 70, 0.7))
    canvas = blend(canvas, np.broadcast_to(colour("#04070f"), canvas.shape), smooth(-0.001, 0.001, V - trees))
    return canvas * (1 - 0.35 * smooth(0.75, 0.0, U))[..., None]


def crater_lake() -> Canvas:
    """Biển Hồ, the lake in an old crater near Pleiku, with the evening sky in its water."""
    horizon = 0.47

    def scene(v: Canvas, u: Canvas) -> Canvas:
        sky = gradient({0.0: "#0c2350", 0.2: "#23508a", 0.38: "#7f9cb5", 0.47: "#f1c896"}, v)
        cloud = noise_field(u * 2.4 + 9, v * 7, 31, 6)
        lit = gradient({0.0: "#8aa3c4", 0.3: "#f2cfae", 0.47: "#ffd9a6"}, v)
        sky = blend(sky, lit, 0.75 * smooth(0.05, 0.8, cloud) * smooth(0.0, 0.12, v))
        for base, height, waves, near, far, seed in [
            (0.43, 0.030, 2.0, "#5d7d8d", "#86988f", 32),
            (0.445, 0.045, 1.4, "#2c5157", "#4a6d62", 33),
        ]:
            rim = base - height * noise_line(u, seed, 6, waves) - 0.05 * (2 * u - 1) ** 2
            below = v - rim
            sky = blend(sky, gradient({0.0: near, 0.1: far}, below), smooth(-0.0012, 0.0012, below))
        shore = 0.462 - 0.10 * np.clip(np.abs(2 * u - 1.05) - 0.35, 0, 1) ** 1.3
        pines = shore - 0.017 * np.abs(noise_line(u, 34, 4, 90, 0.75))
        forest = gradient({-0.1: "#0d2a24", 0.0: "#0d2a24", 0.12: "#173f33"}, v - pines)
        grain = 0.75 + 0.5 * smooth(-0.7, 0.9, noise_field(u * 120, v * 150, 35, 3))
        return blend(sky, np.clip(forest * grain[..., None], 0, 1), smooth(-0.0012, 0.0012, v - pines))

    canvas = scene(V, U)
    depth = np.clip((V - horizon) / (1 - horizon), 0, 1)
    ripple = noise_field(U * 26 / (0.25 + depth), 9 / (0.035 + depth), 36, 4)
    mirrored = scene(np.clip(2 * horizon - V + 0.012 * ripple * (0.15 + depth), 0, horizon), U + 0.004 * ripple * depth)
    water = blend(mirrored, np.broadcast_to(colour("#072338"), mirrored.shape), 0.22 + 0.55 * depth)
    glint = smooth(0.55, 1.0, ripple) * np.exp(-(((U - 0.55) / 0.2) ** 2)) * (1 - depth) ** 1.5
    water = blend(water, np.broadcast_to(colour("#ffdcae"), water.shape), 0.55 * glint)
    canvas = np.where((horizon < V)[..., None], water, canvas)
    shore_line = np.exp(-(((V - horizon) / 0.0025) ** 2))
    return blend(canvas, np.broadcast_to(colour("#bcd3cf"), canvas.shape), 0.35 * shore_line)


def coffee_rows() -> Canvas:
    """Rows of coffee on red basalt soil, running to the horizon."""
    horizon, vanish = 0.40, 0.60
    canvas = gradient({0.0: "#123a66", 0.22: "#3f78a5", 0.4: "#e9d7b4"}, V)
    cloud = noise_field(U * 3 + 2, V * 9, 41, 6)
    canvas = blend(canvas, np.broadcast_to(colour("#fff3df"), canvas.shape), 0.8 * smooth(0.1, 0.9, cloud))
    for base, height, waves, near, far, seed in [
        (0.375, 0.030, 2.0, "#5d7f93", "#8ba3a0", 42),
        (0.392, 0.022, 3.2, "#35604f", "#4f7658", 43),
    ]:
        canvas = ridge(canvas, base - height * noise_line(U, seed, 6, waves), near, far, 0.05)
    depth = np.clip(V - horizon, 1e-4, 1)
    row = (U - vanish) / depth * 1.05
    along = 0.32 / depth
    soil = gradient({0.0: "#8a4b36", 0.12: "#8f3b22", 0.6: "#5e2010"}, depth)
    soil = soil * (0.82 + 0.3 * noise_field(row * 9, along * 22, 44, 5))[..., None]
    phase = row - np.round(row)
    bush = noise_field(np.round(row) * 17.3 + phase * 3.0, along * 7.0, 45, 4)
    half = 0.27 + 0.10 * bush
    cover = smooth(half + 0.015 + 0.002 / depth, half - 0.03, np.abs(phase))
    light = 0.62 + 0.45 * smooth(-0.35, 0.25, -phase) + 0.35 * noise_field(row * 42, along * 55, 46, 3)
    leaf = gradient({0.0: "#5d7f4c", 0.08: "#2f6a34", 0.6: "#0f3a1c"}, depth) * light[..., None]
    shade = smooth(0.5, 0.22, np.abs(phase - 0.1))
    field = blend(soil * (1 - 0.45 * shade)[..., None], np.clip(leaf, 0, 1), cover)
    haze = np.exp(-depth / 0.035)
    field = blend(field, np.broadcast_to(colour("#a3a888"), field.shape), 0.75 * haze)
    canvas = np.where((horizon < V)[..., None], field, canvas)
    return canvas * (1 - 0.40 * smooth(0.8, 0.0, U) * smooth(0.1, 0.5, V))[..., None]


def brocade() -> Canvas:
    """Woven bands (thổ cẩm) at the top and bottom of a dark cloth that leaves the middle to the words."""
    cell = 8
    column, row = (X // cell).astype(int), (Y // cell).astype(int)
    rows, columns = HEIGHT // cell, WIDTH // cell
    band = np.minimum(row, rows - 1 - row)
    mirrored = np.abs(column - (columns - 1) / 2)
    step = np.floor(mirrored).astype(int)
    red, gold, white, green, black = "#a5121c", "#e8a81c", "#efe6d2", "#1f6b4a", "#0d0c12"
    cloth = np.broadcast_to(colour("#101018"), (HEIGHT, WIDTH, 3)).copy()

    def weave(code: str, where: NDArray[np.bool_]) -> None:
        cloth[where] = colour(code)

    def diamond(period: int, centre: int) -> NDArray[np.int_]:
        return np.abs(step % period - period // 2) + np.abs(band - centre)

    weave(red, band <= 26)
    weave(black, (band == 1) | (band == 25))
    weave(gold, (band == 2) | (band == 24))
    teeth = np.abs(step % 8 - 4)
    weave(white, ((band - 3) <= teeth) & (band >= 3) & (band <= 6))
    weave(white, ((23 - band) <= teeth) & (band >= 20) & (band <= 23))
    weave(black, (band >= 7) & (band <= 19))
    large = diamond(24, 13)
    for limit, code in [(12, white), (11, red), (8, gold), (7, black), (5, green), (3, white), (2, red), (0, gold)]:
        weave(code, (large <= limit) & (band >= 7) & (band <= 19))
    small = np.abs((step + 12) % 24 - 12) + np.abs(band - 13)
    for limit, code in [(4, gold), (3, black), (2, white), (0, red)]:
        weave(code, (small <= limit) & (band >= 7) & (band <= 19))
    weave(gold, (band == 7) | (band == 19))
    weave(gold, (band == 29) & (step % 4 < 2))
    weave(red, (band == 31) & (step % 12 == 6))
    thread = 0.80 + 0.14 * np.cos(2 * np.pi * X / cell) * np.cos(np.pi * Y / cell) + 0.06 * np.cos(np.pi * X)
    fibre = 1 + 0.08 * noise_field(X / 3, Y / 24, 51, 2)
    light = 1 - 0.35 * np.hypot(U - 0.5, V - 0.5)
    glow = 0.035 * np.exp(-(((U - 0.5) / 0.45) ** 2) - ((V - 0.5) / 0.3) ** 2)
    return cloth * (thread * fibre * light)[..., None] + glow[..., None] * colour("#c04050")


PAINTERS: dict[str, Callable[[], Canvas]] = {
    "highland-dawn.jpg": highland_dawn,
    "crater-lake.jpg": crater_lake,
    "coffee-rows.jpg": coffee_rows,
    "brocade.jpg": brocade,
}


def main() -> None:
    """Paints all pictures beside this file."""
    for name, painter in PAINTERS.items():
        pixels = (np.clip(painter(), 0, 1) * 255 + 0.5).astype(np.uint8)
        Image.fromarray(pixels).save(Path(__file__).with_name(name), quality=84, optimize=True)


if __name__ == "__main__":
    main()
