"""督办单 as it goes out on paper, and the template that its built-in layout is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker.documents.letter import Grid, Letter, Text, day_words
from tracker.documents.placeholders import Words, blanks
from tracker.plan.models import Campaign
from tracker.stationery.examples import TemplateLetter
from tracker.stationery.rules import DocumentKind
from tracker.supervision.models import Order
from tracker.supervision.rules import Urgency


def letter_of(order: Order, today: date) -> Letter:
    """The order as an official document; a draft bears today's date and no number."""
    words = words_of(order, today)
    return Letter(**_laid_out(words), day=_issued_on(order, today), copies=[u.name for u in order.supporters])


def template_letter(campaign: Campaign) -> Letter:
    """The same layout with placeholders for what each order says."""
    words = blanks(DocumentKind.ORDER.entries) | {"发文机关": campaign.organ}
    return TemplateLetter(**_laid_out(words), copies=[words["抄送机关"]])


def words_of(order: Order, today: date) -> Words:
    """What each placeholder stands for."""
    campaign = order.campaign
    issued = day_words(_issued_on(order, today))
    return {
        "发文机关": campaign.organ,
        "文号": order.reference or "（草稿，未编号）",
        "缓急标志": order.urgency.label if order.urgency is not Urgency.NORMAL else "",
        "标题": f"关于{order.title}的\n督办通知",
        "承办单位": order.unit.name,
        "协办单位": "、".join(unit.short for unit in order.supporters) or "无",
        "来源": order.source or "逾期事项",
        "紧急程度": order.urgency.label,
        "交办时间": issued if order.issued_at else "（未交办）",
        "办结时限": day_words(order.due_on),
        "签发人": order.signer,
        "退办次数": f"{order.return_count} 次",
        "事项": [
            {"序号": str(number), "事项": item.words, "原定期限": day_words(item.due_on)}
            for number, item in enumerate(order.items, 1)
        ],
        "要求": [{"文字": line} for line in order.requirement.splitlines() if line.strip()],
        "联系电话": campaign.office_phone or "（待填）",
        "抄送机关": "，".join(unit.name for unit in order.supporters),
        "成文日期": issued,
    }


def _laid_out(words: Words) -> dict[str, Any]:
    """The parts of the letter, of words or of placeholders."""
    return {
        "head": f"{words['发文机关']}文件",
        "number": words["文号"],
        "title": words["标题"],
        "addressee": words["承办单位"],
        "body": _body(words),
        "organ": words["发文机关"],
        "urgency": words["缓急标志"],
    }


def _body(words: Words) -> Sequence[Text | Grid]:
    about = [
        ("承办单位", words["承办单位"], "协办单位", words["协办单位"]),
        ("来　　源", words["来源"], "紧急程度", words["紧急程度"]),
        ("交办时间", words["交办时间"], "办结时限", words["办结时限"]),
        ("签 发 人", words["签发人"], "退办次数", words["退办次数"]),
    ]
    return [
        Text(
            "经核查，你单位下列事项已超过规定期限仍未办结。按照创建工作要求，现予督办，请按时限办结，"
            "并书面反馈办理情况和佐证材料。"
        ),
        Text("一、督办事项", 1),
        Grid((), about, (10, 26, 10, 18)),
        Grid(("序号", "逾期事项", "原定期限"), [tuple(row.values()) for row in words["事项"]], (6, 58, 20)),
        Text("二、办理要求", 1),
        *(Text(row["文字"]) for row in words["要求"]),
        Text("三、办结时限", 1),
        Text(
            f"请于{words['办结时限']}前办结并反馈。确有困难的，须在时限以前申请延期。"
            f"联系电话：{words['联系电话']}。"
        ),
    ]


def _issued_on(order: Order, today: date) -> date:
    zone = order.campaign.jurisdiction.zone
    return order.issued_at.astimezone(zone).date() if order.issued_at else today
