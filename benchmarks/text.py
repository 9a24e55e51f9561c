"""Time to shape and draw pages of words in all languages: `python -m benchmarks.text`."""

import time
from collections.abc import Callable

import numpy as np

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
    engine.block(heading, language, 640, 120, 64, "centre")
    engine.block(body, language, 640, 330, 60, "left")


def draw_mixed(engine: TextEngine) -> None:
    """Draws 14 lines in all scripts onto 672 x 480, each in the largest size that its place allows."""
    canvas = np.zeros((480, 672), np.uint8)
    for number, (words, language) in enumerate(MIXED):
        mask = engine.block(words, language, 656, 34, 26, "left").mask
        top = number * 34
        place = canvas[top : top + mask.shape[0], 8 : 8 + mask.shape[1]]
        np.maximum(place, mask, out=place)


def shape_mixed(fonts: FontSet) -> None:
    """Shapes the 14 lines and does nothing else."""
    for words, language in MIXED:
        shape(words, find_language(language), fonts)


def cpu_ms(work: Callable[[], object], rounds: int = 9) -> float:
    """CPU ms of one call: the best of `rounds`, because other work shares the machine."""
    found: list[float] = []
    for _ in range(rounds):
        start = time.thread_time_ns()
        work()
        found.append((time.thread_time_ns() - start) / 1e6)
    return min(found)


def main() -> None:
    """Prints one line for each language, and the ratio to shaping alone, which other machines share."""
    folder = shipped("fonts")
    loading, listing = cpu_ms(lambda: load_fonts(folder), 3), cpu_ms(lambda: list_fonts(folder), 3)
    print(f"load fonts {loading:.1f} ms, list them {listing:.1f} ms")
    fonts = load_fonts(folder)
    for absent in fonts.absent:
        print(f"without {absent.name}: {absent.advice}")
    warm = TextEngine(fonts)
    draw_mixed(warm)
    shaping = cpu_ms(lambda: shape_mixed(fonts))
    cold, cached = cpu_ms(lambda: draw_mixed(TextEngine(fonts))), cpu_ms(lambda: draw_mixed(warm))
    print(
        f"14 mixed lines: shape only {shaping:.2f} ms, cold {cold:.2f}, cached {cached:.2f}, caches {warm.bytes} bytes"
    )
    print(f"cold/shape {cold / shaping:.1f}, cached/shape {cached / shaping:.2f}; wanted: cold 20 ms, cached 3 ms")
    print(f"{'CPU ms a page':16}{'shape':>8}{'cold':>8}{'warm':>8}{'cold/shape':>12}{'crawl cold':>12}")
    for language, (heading, body) in PAGES.items():
        row, warm = find_language(language), TextEngine(fonts)
        draw(warm, language)
        shaping = cpu_ms(
            lambda row=row, heading=heading, body=body: (shape(heading, row, fonts), shape(body, row, fonts))
        )
        cold = cpu_ms(lambda language=language: draw(TextEngine(fonts), language))
        again = cpu_ms(lambda engine=warm, language=language: draw(engine, language))
        crawl = cpu_ms(lambda language=language, body=body: TextEngine(fonts).line(body, language, 34))
        print(f"{language:16}{shaping:8.2f}{cold:8.2f}{again:8.2f}{cold / shaping:12.1f}{crawl:12.2f}")


if __name__ == "__main__":
    main()
