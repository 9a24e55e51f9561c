"""Time to shape and draw pages of words: `python -m benchmarks.text`."""

import time
from collections.abc import Callable

from playout.paths import shipped
from playout.text import TextEngine, load_fonts
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
}


def draw(engine: TextEngine, language: str) -> None:
    """Draws one page of 672 x 480: heading and body."""
    heading, body = PAGES[language]
    engine.block(heading, language, 640, 120, 64, "centre")
    engine.block(body, language, 640, 330, 60, "left")


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
    print(f"load fonts {cpu_ms(lambda: load_fonts(shipped('fonts')), 3):.1f} ms")
    fonts = load_fonts(shipped("fonts"))
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
