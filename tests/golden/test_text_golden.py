"""Pages of words, one for each language."""

import numpy as np
import pytest
from golden_stage import compare
from peers import need_fonts

from playout.paths import shipped
from playout.text import Block, TextEngine, load_fonts

THAI_NAMES = "thai-names"
"""Thai letters stand in names alone, here in Vietnamese."""
PAGES = {
    "vi": [
        "CỬA KHẨU QUỐC TẾ LỆ THANH",
        "Mở cửa 07:00–18:00 hằng ngày.",
        "Hành khách chuẩn bị hộ chiếu, giấy thông hành và tờ khai hải quan trước khi vào khu vực kiểm soát.",
        "Tốc độ tối đa 20 km/h. Lệ phí 50.000 ₫. ẤẦẨẪẬ ẾỀỂỄỆ ỨỪỬỮỰ",
    ],
    "en": [
        "LE THANH INTERNATIONAL BORDER GATE",
        "Open 07:00–18:00 every day.",
        "Please have your passport, border pass and customs declaration ready before you enter the control area.",
        "Speed limit 20 km/h. “AVATAR” (office)",
    ],
    "km": [
        "ច្រកទ្វារព្រំដែនអន្តរជាតិ",
        "បើកទ្វារពីម៉ោង 07:00–18:00 រាល់ថ្ងៃ។",
        "សូមរៀបចំលិខិតឆ្លងដែន និងប្រតិវេទន៍គយ មុនពេលចូលតំបន់ត្រួតពិនិត្យ។",
        "ល្បឿនអតិបរមា 20 km/h «គយ» ព្រះមហាក្ស័ត្រ ស្ត្រី ខ្ញុំ Lệ Thanh",
    ],
    "lo": [
        "ດ່ານຊາຍແດນສາກົນ",
        "ເປີດປະຕູ 07:00–18:00 ທຸກວັນ.",
        "ກະລຸນາກຽມໜັງສືຜ່ານແດນ ແລະ ໃບແຈ້ງພາສີ ກ່ອນເຂົ້າເຂດກວດກາ.",
        "ຄວາມໄວ 20 km/h «ພາສີ» ນ້ຳ ຊື່ ກິ່ ກີ້ ໝູ່ Lệ Thanh",
        "Ông สมชาย ใจดี (ที่ ช่องเม็ก)",
    ],
    "zh": [
        "欢迎来到丽清国际口岸！",
        "开放时间：每天07:00–18:00。",
        "请旅客进入检查区之前准备好护照、通行证和海关申报单，并遵守《出入境管理法》（简称“管理法”）。",
        "限速20公里/小时；收费50.000 ₫。Lệ Thanh——泰国 ไทย",
    ],
    "jra": [
        "PLƠI KU, ČƯ̆ PRÔNG, KRÔNG PA",
        "Mông 07:00–18:00, prăk 50.000 ₫",
        "Abih bang mơnuih-mơnam tơkeng rai rơngai. Ƀing gơmơi mơak biă mă, đing hmư̆ sang jơnum plơi.",
        "Ơ̆ Ư̆ Ô̆ Ê̆ ơ̆ ư̆ ô̆ ê̆ Č č Ñ ñ Ƀ ƀ Ŭ ŭ",
    ],
    "bdq": [
        "BƠNGAI BAHNAR, DÊH CHAR GIA LAI",
        "07:00–18:00, 20 km/h",
        "Kon pơlei, pơlei pơla, ’nhŏng oh, bôl boăl; tơdrong juăt, khôi juăt, joh ayŏ, ching chêng.",
        "Thĭ trâ̆n Đak Đoa: ’lơ̆ng, Ƀok Klưnh, mĕ ƀă, đơ̆ng rŏng, kiơ̆",
    ],
    THAI_NAMES: [
        "ÔNG สมชาย ใจดี",
        "Bà กัญญา ศรีสุข, cô ยิ่งลักษณ์ ปิ่นเกล้า",
        "Xe ทะเบียน กข 1234 của บริษัท ขนส่ง จำกัด",
        "Ubon Ratchathani (อุบลราชธานี), ด่านช่องเม็ก",
        "ฐิติพร ฎุก ฏึก ญู น้ำ ผู้ ญี่ปุ่น ที่ ซื้อ ปั๊ม โต๊ะ เปี๊ยก",
    ],
}


@pytest.fixture(scope="module")
def engine() -> TextEngine:
    return TextEngine(load_fonts(shipped("fonts")))


def page(engine: TextEngine, language: str) -> np.ndarray:
    """A page of 672 x 480: heading in the centre, body on the left."""
    heading, *lines = PAGES[language]
    language = "vi" if language == THAI_NAMES else language
    canvas = np.zeros((480, 672), np.uint8)
    blocks: list[tuple[Block, int]] = [
        (engine.block(heading, language, 640, 120, 64, "centre"), 10),
        (engine.block("\n".join(lines), language, 640, 330, 60, "left"), 140),
    ]
    for block, top in blocks:
        assert block.fits
        assert not block.findings
        height, width = block.mask.shape
        canvas[top : top + height, 16 : 16 + width] = block.mask
    return canvas


@pytest.mark.parametrize("language", PAGES)
def test_a_page_looks_as_stored(engine: TextEngine, language: str) -> None:
    need_fonts(engine.fonts, "vi" if language == THAI_NAMES else language)
    compare(f"text/{language}", page(engine, language))
