"""Time to shape and draw pages of words in all languages: `python -m benchmarks.text`.

*Cold*: the fonts are loaded and were drawn with before, the caches of the engine are empty. *Cached*: the same call
again. The *floor* is bare HarfBuzz in the same run: the runs of the words shaped and their glyphs drawn at one size,
run by run, with nothing found out, laid out or put together.
"""

import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
import uharfbuzz as hb

from benchmarks.rig import print_machine
from playout.paths import shipped
from playout.text import FontSet, TextEngine, list_fonts, load_fonts
from playout.text.languages import find_language
from playout.text.shape import shape

PAGES = {
    "vi": (
        "CỬA KHẨU QUỐC TẾ LỆ THANH",
        (
            "Mở cửa từ 07:00–18:00 hằng ngày. Đề nghị hành khách chuẩn bị hộ chiếu, giấy thông hành và tờ khai hải "
            "quan trước khi vào khu vực kiểm soát. Nghiêm cấm mang theo hàng hóa nguy hiểm; tốc độ tối đa 20 km/h."
        ),
    ),
    "en": (
        "LE THANH INTERNATIONAL BORDER GATE",
        (
            "Open 07:00–18:00 every day. Please have your passport, border pass and customs declaration ready before "
            "you enter the control area. Dangerous goods are forbidden. The speed limit inside the gate is 20 km/h."
        ),
    ),
    "km": (
        "ច្រកទ្វារព្រំដែនអន្តរជាតិ",
        (
            "បើកទ្វារពីម៉ោង 07:00–18:00 រាល់ថ្ងៃ។ សូមអ្នកដំណើររៀបចំលិខិតឆ្លងដែន និងប្រតិវេទន៍គយ មុនពេលចូលតំបន់ត្រួតពិនិត្យ។ "
            "ហាមនាំទំនិញគ្រោះថ្នាក់។ ល្បឿនអតិបរមា 20 km/h។"
        ),
    ),
    "lo": (
        "ດ່ານຊາຍແດນສາກົນ",
        (
            "ເປີດປະຕູ 07:00–18:00 ທຸກວັນ. ກະລຸນາກຽມໜັງສືຜ່ານແດນ ແລະ ໃບແຈ້ງພາສີ ກ່ອນເຂົ້າເຂດກວດກາ. "
            "ສິນຄ້າຕ້ອງຫ້າມ ຕ້ອງແຈ້ງຕໍ່ເຈົ້າໜ້າທີ່. ຄວາມໄວສູງສຸດ 20 km/h."
        ),
    ),
    "zh": (
        "丽清国际口岸",
        (
            "开放时间：每天07:00–18:00。请旅客进入检查区之前准备好护照、通行证和海关申报单。"
            "严禁携带易燃、易爆、有毒等危险物品；限速20公里/小时。"
        ),
    ),
}
MIXED = [
    ("Lệ Thanh – ច្រកទ្វារព្រំដែន – 国门 07:00–18:00", "vi"),
    ("Mở cửa 07:00–18:00 hằng ngày, kể cả ngày lễ", "vi"),
    ("បើកទ្វារ 07:00–18:00 រាល់ថ្ងៃ។ Lệ Thanh", "km"),
    ("ເປີດປະຕູ 07:00–18:00 ທຸກວັນ, Lệ Thanh", "lo"),
    ("开放时间：07:00–18:00（Lệ Thanh）", "zh"),
    ("Welcome – ยินดีต้อนรับ – ຍິນດີຕ້ອນຮັບ – 欢迎", "en"),
    ("Čư̆ Prông, Krông Pa, Đak Đoa 20 km", "jra"),
    ("dêh char Gia Lai, thĭ trâ̆n Đak Đoa", "bdq"),
    ("Ông สมชาย ใจดี, bà ສີດາ, 王小明", "vi"),
    ("ល្បឿនអតិបរមា 20 km/h «គយ»", "km"),
    ("ຄວາມໄວສູງສຸດ 20 km/h «ພາສີ»", "lo"),
    ("限速20公里/小时，“安全第一”", "zh"),
    ("Fee $2.50 = 50.000 ₫ = 9.000 ៛ = 40.000 ₭", "en"),
    ("Trường hợp khẩn cấp xin gọi 113, 114, 115", "vi"),
]
"""14 lines that fill 672 x 480."""


def draw(engine: TextEngine, language: str) -> None:
    """Draws one page of 672 x 480: heading and body."""
    heading, body = PAGES[language]
    for block in (
        engine.block(heading, language, 640, 120, 64, "centre"),
        engine.block(body, language, 640, 330, 60, "left"),
    ):
        assert block.mask.any()


def draw_mixed(engine: TextEngine) -> None:
    """Draws 14 lines in all scripts onto 672 x 480, each in the largest size that its place allows."""
    canvas = np.zeros((480, 672), np.uint8)
    for number, (words, language) in enumerate(MIXED):
        mask = engine.block(words, language, 656, 34, 26, "left").mask
        top = number * 34
        place = canvas[top : top + mask.shape[0], 8 : 8 + mask.shape[1]]
        np.maximum(place, mask, out=place)


class Floor:
    """Bare HarfBuzz calls for given texts at one size: buffers shaped, outlines drawn, nothing else."""

    def __init__(self, texts: Sequence[tuple[str, str]], fonts: FontSet, em_px: int) -> None:
        shaped = [(shape(text, find_language(language), fonts), find_language(language)) for text, language in texts]
        self._runs = [
            (run.run.font.handle, whole.text[run.run.start : run.run.end], run.run.script, row.tag, run)
            for whole, row in shaped
            for run in whole.runs
        ]
        self._em_px = em_px

    def shape(self) -> None:
        """Shapes every run."""
        for font, words, script, tag, _ in self._runs:
            buffer = hb.Buffer()
            buffer.add_str(words)
            buffer.direction, buffer.script, buffer.language = "ltr", script, tag
            hb.shape(font, buffer)

    def draw(self) -> None:
        """Draws every glyph, one picture a run."""
        draw = hb.RasterDraw()
        for font, _, _, _, run in self._runs:
            units = run.run.font.units_per_em / self._em_px
            draw.clear()
            draw.scale_factor = (units, units)
            x = 0
            for glyph in run.glyphs:
                draw.transform = (1, 0, 0, 1, x + glyph.x_offset, glyph.y_offset)
                draw.draw_glyph(font, glyph.id)
                x += glyph.advance
            draw.render()

    def both(self) -> None:
        """Shapes and draws."""
        self.shape()
        self.draw()


def cpu_ms(*works: Callable[[], object], rounds: int = 25) -> list[float]:
    """CPU ms of one call of each, the median of `rounds`; they take turns, as other work shares the machine."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for times, work in zip(found, works, strict=True):
            start = time.thread_time_ns()
            work()
            times.append((time.thread_time_ns() - start) / 1e6)
    return list(map(median, found))


def main() -> None:
    """Prints the 14 lines, then a page of each language, each beside its floor."""
    print_machine()
    folder = shipped("fonts")
    loading, listing = cpu_ms(lambda: load_fonts(folder), lambda: list_fonts(folder), rounds=3)
    print(f"load fonts {loading:.1f} ms, list them {listing:.1f} ms (CPU, as all that follows, and medians)")
    fonts = load_fonts(folder)
    for absent in fonts.absent:
        print(f"without {absent.name}: {absent.advice}")
    warm, floor = TextEngine(fonts), Floor(MIXED, fonts, 22)
    draw_mixed(warm)
    shaping, both, cold, cached = cpu_ms(
        floor.shape, floor.both, lambda: draw_mixed(TextEngine(fonts)), lambda: draw_mixed(warm)
    )
    print(f"14 mixed lines: cold {cold:.2f} ms (wanted 20), cached {cached:.2f} ms (wanted 3)")
    print(f"floor: shape {shaping:.2f} ms, shape and draw {both:.2f} ms; cold / floor {cold / both:.1f}")
    print(f"caches {warm.bytes:,} bytes")
    print(f"{'ms a page':12}{'floor':>8}{'cold':>8}{'cached':>8}{'cold/floor':>12}{'crawl cold':>12}")
    for language, (heading, body) in PAGES.items():
        warm, bare = TextEngine(fonts), Floor([(heading, language), (body, language)], fonts, 40)
        draw(warm, language)
        both, cold, cached, crawl = cpu_ms(
            bare.both,
            lambda language=language: draw(TextEngine(fonts), language),
            lambda engine=warm, language=language: draw(engine, language),
            lambda language=language, body=body: TextEngine(fonts).line(body, language, 34),
        )
        print(f"{language:12}{both:8.2f}{cold:8.2f}{cached:8.2f}{cold / both:12.1f}{crawl:12.2f}")


if __name__ == "__main__":
    main()
