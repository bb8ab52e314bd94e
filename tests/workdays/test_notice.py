"""The State Council's notices are understood as they are printed, and held against what the seed has."""

import csv
from datetime import date
from time import monotonic

import pytest

from tests.world import SEED
from tracker.workdays.notice import Notice, read_notice
from tracker.workdays.rules import DayKind

NOTICE_2023 = """国务院办公厅关于2023年部分节假日安排的通知
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
"""
NOTICE_2024 = """各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将2024年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
　　一、元旦：1月1日放假，与周末连休。
　　二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
　　三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
　　四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
　　五、端午节：6月10日放假，与周末连休。
　　六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
　　七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
"""
NOTICE_2025 = """国务院办公厅关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
"""


def understood(notice: Notice) -> dict[date, DayKind]:
    return {day: kind for festival in notice.festivals for day, kind in festival.days}


def seeded(first: date, last: date) -> dict[date, DayKind]:
    """What the seed's own table says of a time."""
    with (SEED / "working_days.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(date.fromisoformat(row["day"]), DayKind(row["kind"])) for row in csv.DictReader(file)]
    return {day: kind for day, kind in rows if first <= day <= last}


@pytest.mark.parametrize(
    ("text", "year", "first", "last"),
    [
        (NOTICE_2023, None, date(2022, 12, 31), date(2023, 12, 29)),
        (NOTICE_2024, 2024, date(2024, 1, 1), date(2024, 12, 31)),
        (NOTICE_2025, None, date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_notice_is_what_the_seed_has_of_its_year(
    text: str, year: int | None, first: date, last: date
) -> None:
    notice = read_notice(text, year)
    assert notice.faults == ()
    plain = {
        day: kind for day, kind in understood(notice).items() if kind is DayKind.WORKDAY or day.weekday() < 5
    }
    wanted = {
        day: kind for day, kind in seeded(first, last).items() if kind is DayKind.WORKDAY or day.weekday() < 5
    }
    assert plain == wanted


def test_the_festivals_keep_their_names_and_the_advice_is_no_day_off() -> None:
    notice = read_notice(NOTICE_2024, 2024)
    assert [festival.name for festival in notice.festivals] == [
        "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节",
    ]  # fmt: skip
    assert date(2024, 2, 9) not in understood(notice)
    assert {festival.name: len(festival.offs) for festival in notice.festivals}["春节"] == 8


def test_a_local_arrangement_is_read_the_same_way() -> None:
    notice = read_notice("2025年藏历新年放假安排\n藏历新年：2月27日至3月4日放假，共6天。", None)
    assert (notice.year, notice.faults) == (2025, ())
    assert [day.isoformat() for day in notice.festivals[0].offs] == [
        "2025-02-27", "2025-02-28", "2025-03-01", "2025-03-02", "2025-03-03", "2025-03-04",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("清明节：4月4日至6日放假，共3天。", "没有写明年份"),
        (
            "关于2024年部分节假日安排的通知\n清明节：4月4日至6日放假，共4天。",
            "清明节：写的是 4 天，日期数出来是 3 天",
        ),
        (
            "关于2024年部分节假日安排的通知\n清明节：4月4日至6日放假。4月7日（星期六）上班。",
            "清明节：4月7日写的是星期六，2024 年的这一天是星期日",
        ),
        ("关于2024年部分节假日安排的通知\n清明节：4月31日放假。", "没有 2024 年 4 月 31 日这一天"),
        ("关于2024年部分节假日安排的通知\n清明节：4日至6日放假。", "没有写明月份"),
        ("关于2024年部分节假日安排的通知\n清明节：4月6日至4日放假。", "起止日期不对"),
        ("关于2024年部分节假日安排的通知\n祝大家节日快乐", "没有认出放假日期"),
        (
            "关于2024年部分节假日安排的通知\n中秋节：9月15日至17日放假。\n国庆节：9月17日放假。",
            "2024-09-17 写了两次：中秋节、国庆节",
        ),
    ],
)
def test_what_cannot_be_is_told(text: str, fault: str) -> None:
    assert fault in "\n".join(read_notice(text).faults)


@pytest.mark.parametrize(
    "text", ["", "：", "一、：放假", "。" * 1000, "日月年" * 500, "1月1日" * 300, "元旦：99月99日放假"]
)
def test_nonsense_is_told_and_never_breaks(text: str) -> None:
    assert read_notice(text, 2024).faults


def test_brackets_that_never_close_take_no_time() -> None:
    begun = monotonic()
    read_notice("2025年放假\n春节：放假" + "1日(" * 20_000)
    assert monotonic() - begun < 2
