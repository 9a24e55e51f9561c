"""The words of the page: Vietnamese first, English below."""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["WORDS", "Word"]


class Word(NamedTuple):
    """One expression in both languages."""

    vi: str
    en: str


WORDS: Mapping[str, Word] = {
    "sign": Word("Bảng điện tử", "LED sign"),
    "screens": Word("Màn hình", "Screens"),
    "picture": Word("Hình ảnh trực tiếp", "Live picture"),
    "on_air": Word("Đang phát", "On air"),
    "language": Word("Ngôn ngữ", "Language"),
    "page": Word("Trang", "Page"),
    "until": Word("Đến", "Until"),
    "because": Word("Lý do", "Why"),
    "losers": Word("Bị thay thế", "Set aside"),
    "level": Word("Mức ưu tiên", "Level"),
    "proofread": Word("Hiệu đính", "Proof-reading"),
    "proofread_yes": Word("Đã được người bản ngữ hiệu đính", "Proof-read by a native reader"),
    "proofread_no": Word("Chưa được người bản ngữ hiệu đính", "Not proof-read by a native reader"),
    "link": Word("Kết nối với bảng", "Link to the panel"),
    "link_up": Word("Đang kết nối", "Up"),
    "link_opening": Word("Đang mở", "Opening"),
    "link_down": Word("Mất kết nối, đang thử lại", "Down, being retried"),
    "remedy": Word("Cách xử lý", "Remedy"),
    "missed": Word("Nhịp bị lỡ", "Missed ticks"),
    "lateness": Word("Trễ (p99)", "Lateness (p99)"),
    "power": Word("Công suất ước tính", "Estimated power"),
    "revision": Word("Phiên bản lịch", "Schedule revision"),
    "version": Word("Phiên bản phần mềm", "Software version"),
    "reported": Word("Báo cáo lúc", "Reported at"),
    "warnings": Word("Cảnh báo", "Warnings"),
    "gone": Word("Trình phát không phản hồi", "The player does not report"),
    "offline": Word("Không liên lạc được với máy điều khiển", "Control cannot be reached"),
    "ended": Word("Phiên xem đã hết hạn; hãy lấy liên kết mới", "This session has ended; get a new link"),
    "band_0": Word("Dự phòng", "Fallback"),
    "band_1": Word("Nội dung nền", "Filler"),
    "band_2": Word("Lịch", "Schedule"),
    "band_3": Word("Thông báo", "Notice"),
    "band_4": Word("Người vận hành", "Operator"),
    "band_5": Word("Khẩn cấp", "Emergency"),
    "band_6": Word("An toàn", "Safety"),
    "language_vi": Word("Tiếng Việt", "Vietnamese"),
    "language_en": Word("Tiếng Anh", "English"),
    "language_km": Word("Tiếng Khmer", "Khmer"),
    "language_lo": Word("Tiếng Lào", "Lao"),
    "language_zh": Word("Tiếng Trung", "Chinese"),
    "language_jra": Word("Tiếng Jrai", "Jarai"),
    "language_bdq": Word("Tiếng Ba Na", "Bahnar"),
    "every_language": Word("Mọi ngôn ngữ", "Every language"),
    "kind_slate": Word("Hình dự phòng", "Fallback picture"),
    "kind_blank": Word("Màn hình tối theo lệnh", "Blank, on purpose"),
    "no_script": Word("Trang này cần JavaScript để tự cập nhật", "This page needs JavaScript to update itself"),
    "door": Word("Cần liên kết để xem", "A link is needed to look"),
    "door_used": Word(
        "Liên kết này đã được dùng hoặc đã quá 10 phút.", "This link was used before, or is older than 10 minutes."
    ),
    "door_link": Word(
        "Lệnh “playout run” in ra một liên kết dùng một lần, có hiệu lực 10 phút; hãy mở liên kết đó tại đây.",
        "`playout run` prints a one-time link, good for 10 minutes; open it here.",
    ),
    "door_token": Word(
        "Phần mềm khác dùng mã truy cập do lệnh “playout token create” tạo ra.",
        "Programs use a token, which `playout token create` makes.",
    ),
}
"""By key."""
