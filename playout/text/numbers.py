"""What belongs to a number and stays on its line: its groups of digits, a range, its unit, its currency, its date.

Digits are those of every script. One space of any width may stand between the parts, but no zero width space: where
somebody wrote a break there is one.
"""

import re

__all__ = ["glued"]

# Units of languages that write spaces end where the word ends; those of Khmer, Lao and Chinese have no such end.
_UNITS = (
    "km/h|m/s|km²|km|cm|mm|m²|m³|m|ha|kg|kW|g|tấn|tạ|t|lít|l|%|‰|°C|℃|°|kV|V|A"
    "|giờ|phút|giây|tuần|tuổi|h|min|s|a\\.m\\.|p\\.m\\.|am|pm"
    "|hours?|minutes?|seconds?|days?|weeks?|months?|years?|kilometres?|metres?|kilograms?|tonnes?|tons?|litres?"
)
_UNSPACED_UNITS = (
    "公里/小时|千米/小时|公里|千米|厘米|毫米|平方米|立方米|米|公斤|千克|克|吨|升|小时|分钟|秒|天|周|个月|岁|年|月|日|号|时|分|点|度"
    "|[人辆位名次个张]"
    "|គីឡូម៉ែត្រ|គីឡូក្រាម|គីឡូ|គ\\.ម|គ\\.ក|សង់ទីម៉ែត្រ|ម៉ែត្រ|តោន|លីត្រ|ម៉ោង|នាទី|វិនាទី|សប្តាហ៍|សប្ដាហ៍|ភាគរយ"
    "|ກິໂລແມັດ|ກິໂລກຣາມ|ກິໂລ|ກມ|ຊັງຕີແມັດ|ແມັດ|ໂຕນ|ລິດ|ຊົ່ວໂມງ|ໂມງ|ນາທີ|ວິນາທີ|ມື້|ອາທິດ|ເປີເຊັນ|ສ່ວນຮ້ອຍ"
)
_CALENDAR = "ngày|tháng|năm"
_UNSPACED_CALENDAR = "ថ្ងៃទី|ថ្ងៃ|ខែ|ឆ្នាំ|ວັນທີ|ເດືອນ|ປີ"
"""Before a number they name a day, month or year; after one, and before none, they are its unit."""
_MONEY = (
    "₫|đồng|đ|vnđ|vnd|៛|khr|₭|lak|฿|thb|us\\$|\\$|usd|€|eur|£|¥|￥|cny|rmb|riels?|kips?|bahts?|yuan|dong|dollars?|đô la"
)
_UNSPACED_MONEY = "越南盾|盾|人民币|美元|欧元|元|块钱|块|泰铢|铢|瑞尔|基普|រៀល|ដុល្លារ|ដុង|បាត|យ័ន|ກີບ|ໂດລາ|ດົງ|ບາດ|ຢວນ"
_MANY = "nghìn|ngàn|triệu|tỷ|tỉ|thousand|million|billion"
_UNSPACED_MANY = "[百千万亿]+|ពាន់|ម៉ឺន|សែន|លាន|ພັນ|ໝື່ນ|ແສນ|ລ້ານ"
_HOURS = "giờ|h|ម៉ោង|ໂມງ|点|时"
_DASH = "[-\u2010-\u2015\u2212~\u301c\uff5e]{1,2}"
_LATIN = "(?-i:[A-Za-zÀ-\u024f\u1e00-\u1eff])"  # both cases spelt out: the pattern compiles in half the time
_WORD_ENDS = f"(?!{_LATIN}|\\d)"
_WORD_BEGINS = f"(?<!{_LATIN})"
_NO_NUMBER = "(?!\\s?\\d)"

# Four groups are a trillion; a longer row is a list of numbers.
_NUMBER = re.compile("(?<!\\d)\\d{1,3}(?:[ \u2009]\\d{3}){1,4}(?!\\d)|\\d+")
_AFTER = re.compile(
    rf"\s?{_DASH}\s?\d"
    rf"|\s?(?:{_HOURS})\s?\d"
    rf"|(?:\s?(?:(?:{_MANY}){_WORD_ENDS}|{_UNSPACED_MANY}))?\s?"
    rf"(?:(?:{_UNITS}|{_MONEY}){_WORD_ENDS}|{_UNSPACED_UNITS}|{_UNSPACED_MONEY}"
    rf"|(?:(?:{_CALENDAR}){_WORD_ENDS}|{_UNSPACED_CALENDAR}){_NO_NUMBER})(?:/{_LATIN}+)?"
    rf"|\s?(?:(?:{_MANY}){_WORD_ENDS}|{_UNSPACED_MANY})",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:{_WORD_BEGINS}(?:{_MONEY}|{_CALENDAR})|{_UNSPACED_MONEY}|{_UNSPACED_CALENDAR})\s?\Z", re.IGNORECASE
)
_LONGEST_BEFORE = 12


def glued(text: str) -> set[int]:
    """Positions in an NFC text inside what must stay on one line."""
    inside: set[int] = set()
    for number in _NUMBER.finditer(text):
        start, end = number.span()
        if after := _AFTER.match(text, end):
            end = after.end()
        if before := _BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start):
            start = before.start()
            end = max(end, number.start() + 1)
        inside.update(range(start + 1, end))
    return inside
