"""What the mails say, word by word: a snapshot of each stands beside this file.

`UPDATE_SNAPSHOTS=1` writes them anew.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from tracker.outbox.mails import Mail
from tracker.people.rules import Role
from tracker.reminders import mails
from tracker.reminders.items import Digest, DigestGroup, Due, Item, Recipient
from tracker.reminders.mails import Letterhead, Urger
from tracker.reminders.rules import NoticeKind
from tracker.shipped import PACKAGE

SNAPSHOTS = Path(__file__).parent / "snapshots"
HEAD = Letterhead(
    "昌都市创建国家食品安全示范城市",
    "0895-4820000",
    "https://tracker.example.test",
    date(2024, 3, 26),
)


def item(kind: NoticeKind, rung: int, late_from: date, text: str, path: str) -> Item:
    return Item(kind, 1, late_from, rung, 1, "", text, path)


LATE = item(
    NoticeKind.REPORT, 1, date(2024, 3, 26), "2024-03 月报：期限 2024-03-25，逾期 1 个工作日", "/reports/8"
)
TODAY = item(
    NoticeKind.MILESTONE,
    0,
    date(2024, 3, 27),
    "11-1（自评、牵头）组织开展<农产品>质量安全例行监测：期限 2024-03-26，今天到期",
    "/tasks/38?milestone=211",
)
AHEAD = item(
    NoticeKind.MILESTONE,
    -5,
    date(2024, 4, 3),
    "71-2（自评、牵头、代各承保公司）积极推行食品安全责任保险：期限 2024-04-02，还有 5 个工作日",
    "/tasks/180?milestone=900",
)
UNIT = item(
    NoticeKind.UNIT_MILESTONES,
    3,
    date(2024, 3, 22),
    "市教育局：31-3 自评（期限 2024-03-21，已逾期 3 个工作日；该单位现有逾期共 14 项）",
    "/tasks/90?milestone=310",
)
APPEAL = item(
    NoticeKind.APPEAL,
    0,
    date(2024, 3, 25),
    "芒康县：11-2 自评 延期至 2024-05-20（现行期限 2024-04-30）：检测设备 5 月到货",
    "/appeals/3",
)
APPEAL_ANSWER = item(
    NoticeKind.APPEAL_ANSWER,
    0,
    date(2024, 3, 25),
    "11-1 自评 合理缺项：市食安办答复“不同意”（请附说明）",
    "/appeals/2",
)
DIGEST = Digest(
    item(
        NoticeKind.DIGEST,
        1,
        date(2024, 3, 26),
        "2024-03 月报：应报 5 个单位，按时 3 个单位、迟报 1 个单位、未报 1 个单位",
        "/reports/month/2024-03",
    ),
    "2024-03",
    5,
    [
        DigestGroup("按时", ["市公安局", "市教育局", "芒康县"]),
        DigestGroup("迟报", ["卡若区（迟报 1 日）"]),
        DigestGroup("未报", ["市农业农村局"]),
    ],
)


def recipient(role: Role, unit: str, name: str) -> Recipient:
    return Recipient(1, "someone", name, "someone@example.test", role, 1, unit)


LIAISON = recipient(Role.LIAISON, "市农业农村局", "扎西")
OFFICE = recipient(Role.OFFICE, "市食安办", "卓玛")
MAILS = {
    "reminder": mails.reminder(Due(LIAISON, [LATE, TODAY, AHEAD], late_count=14), HEAD),
    "appeals": mails.reminder(Due(OFFICE, [APPEAL, AHEAD]), HEAD),
    "answers": mails.reminder(Due(LIAISON, [APPEAL_ANSWER]), HEAD),
    "digest": mails.digest(Due(OFFICE, [], [DIGEST]), HEAD),
    "digest-with-units": mails.digest(Due(OFFICE, [AHEAD, UNIT], [DIGEST]), HEAD),
    "nudge": mails.nudge(LIAISON, [TODAY, AHEAD], Urger("市市场监管局", "次仁"), HEAD),
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_what_its_snapshot_says(name: str) -> None:
    for ending, content in parts(MAILS[name]).items():
        path = SNAPSHOTS / f"{name}.{ending}"
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        assert content == path.read_text(encoding="utf-8")


def parts(mail: Mail) -> dict[str, str]:
    return {"txt": f"{mail.subject}\n\n{mail.text}", "html": mail.html}


def test_the_subject_counts_by_urgency() -> None:
    assert (
        MAILS["reminder"].subject == "【昌都市创建国家食品安全示范城市】逾期 1 项、今天到期 1 项、将到期 1 项"
    )


def test_the_unit_reads_first_how_much_it_has_late() -> None:
    said = "截至 2024-03-26，本单位现有逾期共 14 项，以下为本次提醒的事项，请及时办理。"
    assert said in MAILS["reminder"].text
    assert said in MAILS["reminder"].html
    for recipient, late_count in ((LIAISON, 0), (OFFICE, 14)):
        assert (
            "本单位现有逾期" not in mails.reminder(Due(recipient, [AHEAD], late_count=late_count), HEAD).text
        )


def test_the_digest_names_who_was_late_and_who_is_missing() -> None:
    for name in ("digest", "digest-with-units"):
        assert "迟报（1 个单位）：卡若区（迟报 1 日）" in MAILS[name].text
        assert "未报（1 个单位）：市农业农村局" in MAILS[name].text
        assert "卡若区（迟报 1 日）</td>" in MAILS[name].html
        assert "市农业农村局</td>" in MAILS[name].html


def test_text_is_escaped_in_html_alone() -> None:
    assert "<农产品>" in MAILS["reminder"].text
    assert "&lt;农产品&gt;" in MAILS["reminder"].html


def test_every_mail_has_its_three_files() -> None:
    folders = [path for path in (PACKAGE / "templates" / "mail").iterdir() if not path.name.startswith("_")]
    assert {path.name for path in folders} == {"reminder", "digest", "nudge", "password_link"}
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_a_nudge_says_who_urges_and_what_is_missing() -> None:
    mail = MAILS["nudge"]
    assert mail.subject == "【昌都市创建国家食品安全示范城市】市市场监管局催办 2 项"
    for text in (mail.text, mail.html):
        assert "市市场监管局 次仁 于 2024-03-26 催办，本单位以下事项尚未提交" in text
        assert "https://tracker.example.test/tasks/38?milestone=211" in text
