"""Files under names that every program can write down."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

SignIn = Callable[[str], FlaskClient]


@pytest.mark.parametrize(
    ("who", "address", "plain", "name"),
    [
        ("office", "/milestones.xlsx", "milestones-20240322.xlsx", "任务台账-20240322.xlsx"),
        ("office", "/plan/breakdown.xlsx", "breakdown.xlsx", "责任分解表.xlsx"),
        ("office", "/plan/breakdown.docx", "breakdown.docx", "责任分解表.docx"),
        ("office", "/reports/export", "reports.xlsx", "月报报送情况.xlsx"),
        ("office", "/reports/month/2024-03/export", "reports-2024-03.xlsx", "2024-03月报报送情况.xlsx"),
        ("office", "/reports/month/2024-03/lines", "report-lines-2024-03.xlsx", "2024-03月报内容.xlsx"),
        ("admin", "/people/import/template", "people-template.xlsx", "人员名册模板.xlsx"),
    ],
)
def test_a_file_has_a_chinese_name_and_a_plain_one(
    sign_in: SignIn, who: str, address: str, plain: str, name: str
) -> None:
    words = sign_in(who).get(address).headers["Content-Disposition"]
    assert words.startswith(f"attachment; filename={plain}; filename*=UTF-8''")
    assert unquote(words.partition("UTF-8''")[2]) == name
