"""督办单 as it goes out on paper."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tracker.documents.letter import Grid, Letter, Text, day_words, organ_name
from tracker.supervision.models import Order
from tracker.supervision.rules import Urgency


def letter_of(order: Order, today: date) -> Letter:
    """The order as an official document; a draft bears today's date and no number."""
    campaign = order.campaign
    organ = organ_name(campaign.jurisdiction.name, campaign.office_unit.name)
    issued_on = _day_of(order.issued_at, order) if order.issued_at else today
    return Letter(
        head=f"{organ}文件",
        number=order.reference or "（草稿，未编号）",
        title=f"关于{order.title}的\n督办通知",
        addressee=order.unit.name,
        body=[
            Text(
                "经核查，你单位下列事项已超过规定期限仍未办结。按照创建工作要求，现予督办，请按时限办结，"
                "并书面反馈办理情况和佐证材料。"
            ),
            *_matters(order),
            Text("二、办理要求", 1),
            *(Text(line) for line in order.requirement.splitlines() if line.strip()),
            Text("三、办结时限", 1),
            Text(
                f"请于{day_words(order.due_on)}前办结并反馈。确有困难的，须在时限以前申请延期。"
                f"联系电话：{campaign.office_phone or '（待填）'}。"
            ),
        ],
        organ=organ,
        day=issued_on,
        urgency=order.urgency.label if order.urgency is not Urgency.NORMAL else "",
        copies=[unit.name for unit in order.supporters],
    )


def _matters(order: Order) -> list[Text | Grid]:
    issued = day_words(_day_of(order.issued_at, order)) if order.issued_at else "（未交办）"
    supporters = "、".join(unit.short for unit in order.supporters) or "无"
    about = [
        ("承办单位", order.unit.name, "协办单位", supporters),
        ("来　　源", order.source or "逾期事项", "紧急程度", order.urgency.label),
        ("交办时间", issued, "办结时限", day_words(order.due_on)),
        ("签 发 人", order.signer, "退办次数", f"{order.return_count} 次"),
    ]
    rows = [(str(number), item.words, day_words(item.due_on)) for number, item in enumerate(order.items, 1)]
    return [
        Text("一、督办事项", 1),
        Grid((), about, (10, 26, 10, 18)),
        Grid(("序号", "逾期事项", "原定期限"), rows, (6, 58, 20)),
    ]


def _day_of(moment: datetime, order: Order) -> date:
    return moment.astimezone(ZoneInfo(order.campaign.jurisdiction.timezone)).date()
