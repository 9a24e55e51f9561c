"""What belongs to a number and stays on its line: its groups of digits, a range, its unit, its currency, its date.

Digits are those of every script. One space of any width may stand between the parts, but no zero width space: where
somebody wrote a break there is one. Words are looked up in sets: one pattern of them all would take longer to compile
at each start than all the words of a page take to look up.
"""

import re

__all__ = ["glued"]


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_UNITS = _words(
    "km/h m/s km² km cm mm m² m³ m ha kg kw g tấn tạ t lít l % ‰ °c ℃ ° kv v a giờ phút giây tuần tuổi h min s",
    "a.m. p.m. am pm hour hours minute minutes second seconds day days week weeks month months year years",
    "kilometre kilometres metre metres kilogram kilograms ton tons tonne tonnes litre litres",
    "公里/小时 千米/小时 公里 千米 厘米 毫米 平方米 立方米 米 公斤 千克 克 吨 升 度",
    "小时 分钟 秒 天 周 个月 岁 年 月 日 号 时 分 点 人 辆 位 名 次 个 张",
    "គីឡូម៉ែត្រ គីឡូក្រាម គីឡូ គ.ម គ.ក សង់ទីម៉ែត្រ ម៉ែត្រ តោន លីត្រ ម៉ោង នាទី វិនាទី សប្តាហ៍ សប្ដាហ៍ ភាគរយ",
    "ກິໂລແມັດ ກິໂລກຣາມ ກິໂລ ກມ ຊັງຕີແມັດ ແມັດ ໂຕນ ລິດ ຊົ່ວໂມງ ໂມງ ນາທີ ວິນາທີ ມື້ ອາທິດ ເປີເຊັນ ສ່ວນຮ້ອຍ",
)
_MONEY = _words(
    "₫ đồng đ vnđ vnd ៛ khr ₭ lak ฿ thb us$ $ usd € eur £ ¥ ￥ cny rmb",
    "riel riels kip kips baht bahts yuan dong dollar dollars",
    "越南盾 盾 人民币 美元 欧元 元 块钱 块 泰铢 铢 瑞尔 基普 រៀល ដុល្លារ ដុង បាត យ័ន ກີບ ໂດລາ ດົງ ບາດ ຢວນ",
) | {"đô la"}
_CALENDAR = _words("ngày tháng năm ថ្ងៃទី ថ្ងៃ ខែ ឆ្នាំ ວັນທີ ເດືອນ ປີ")
"""Before a number they name a day, month or year; after one, and before none, they are its unit."""
_MANY = _words(
    "nghìn ngàn triệu tỷ tỉ thousand million billion",
    "百 千 万 亿 百万 千万 百亿 千亿 万亿 ពាន់ ម៉ឺន សែន លាន ພັນ ໝື່ນ ແສນ ລ້ານ",
)
_HOURS = _words("giờ h ម៉ោង ໂມງ 点 时")
_AFTER, _BEFORE = _UNITS | _MONEY, _MONEY | _CALENDAR
_ALL = _AFTER | _BEFORE | _MANY
_FIRSTS, _LASTS = {word[0] for word in _ALL}, {word[-1] for word in _BEFORE}
_LONGEST = max(map(len, _ALL))

_LATIN = "a-zA-ZÀ-\u024f\u1e00-\u1eff"
_UNSPACED = 0x0E00
"""Scripts from here on write no spaces, so that nothing tells where a word ends."""
_LETTER = re.compile(f"[{_LATIN}]")
_LETTER_OR_DIGIT = re.compile(rf"[{_LATIN}]|\d")
_SPACE_DIGIT = re.compile(r"\s?\d")
_DASH_DIGIT = re.compile("\\s?[-\u2010-\u2015\u2212~\u301c\uff5e]{1,2}\\s?\\d")
_PER = re.compile(f"/[{_LATIN}]+")
# Four groups are a trillion; a longer row is a list of numbers.
_NUMBER = re.compile("(?<!\\d)\\d{1,3}(?:[ \u2009]\\d{3}){1,4}(?!\\d)|\\d+")


def glued(text: str) -> set[int]:
    """Positions in an NFC text inside what must stay on one line."""
    small = text.lower()
    if len(small) != len(text):  # İ becomes two
        small = text
    inside: set[int] = set()
    for number in _NUMBER.finditer(small):
        inside.update(range(_begin(small, number.start()) + 1, _end(small, number.end())))
    return inside


def _end(text: str, at: int) -> int:
    """Where that ends which belongs to the number before `at`."""
    if dash := _DASH_DIGIT.match(text, at):
        return dash.end()
    first = at + text[at : at + 1].isspace()
    if (hours := _after(text, first, _HOURS)) and (minutes := _SPACE_DIGIT.match(text, hours)):
        return minutes.end()
    many = _after(text, first, _MANY)
    first = many + text[many : many + 1].isspace() if many else first
    if unit := _after(text, first, _AFTER):
        per = _PER.match(text, unit)
        return per.end() if per else unit
    if (days := _after(text, first, _CALENDAR)) and not _SPACE_DIGIT.match(text, days):
        return days
    return many or at


def _begin(text: str, at: int) -> int:
    """Where that begins which belongs to the number at `at`."""
    last = at - text[max(0, at - 1) : at].isspace()
    if text[max(0, last - 1) : last] not in _LASTS:
        return at
    for first in range(max(0, last - _LONGEST), last):
        if text[first:last] in _BEFORE:
            is_part = first > 0 and _LETTER.match(text, first) and _LETTER.match(text, first - 1)
            if not is_part:
                return first
    return at


def _after(text: str, at: int, words: frozenset[str]) -> int:
    """End of the longest of the words at `at`, 0 if none is there. In Latin it is a whole word, not a part of one."""
    if text[at : at + 1] not in _FIRSTS:
        return 0
    for end in range(min(len(text), at + _LONGEST), at, -1):
        if text[at:end] in words and not (ord(text[end - 1]) < _UNSPACED and _LETTER_OR_DIGIT.match(text, end)):
            return end
    return 0
