"""应备材料 in the browser: what the office adds, renames, drops and takes up again for its campaign."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.events.models import Event
from tracker.plan.models import Campaign, Material, Task
from tracker.plan.rules import MaterialKind
from tracker.units.models import Jurisdiction

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def task(session: Session) -> Task:
    return find(session, "11-1")


@pytest.fixture
def ledger(session: Session, task: Task) -> Material:
    """耕地台账, the second of the three."""
    own = select(Material).where(Material.task_id == task.id, Material.name == "耕地台账")
    return session.scalars(own).one()


def find(session: Session, code: str) -> Task:
    return session.scalars(select(Task).where(Task.code == code)).one()


def names(task: Task) -> list[str]:
    return [slot.name for slot in task.materials if not slot.is_dropped]


def events(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.subject == "material").order_by(Event.id)))


def edition(session: Session) -> int:
    return session.scalars(select(Jurisdiction.edition)).one()


def refused(client: FlaskClient, path: str, **data: str) -> str:
    answer = client.post(path, data=data)
    assert answer.status_code == 409
    return answer.text


def test_the_page_tells_where_each_material_comes_from(sign_in: SignIn, task: Task, session: Session) -> None:
    client = sign_in("office")
    assert "“上述相关工作部署、耕地台账、工作总结等资料”" in client.get(f"/tasks/{task.id}/materials").text
    heir = client.get(f"/tasks/{find(session, '11-2').id}/materials").text
    assert f'承自 <a href="/tasks/{task.id}">11-1</a>' in heir
    assert "默认</span>" in client.get(f"/tasks/{find(session, '工程9').id}/materials").text
    assert client.get(f"/tasks/{find(session, '24-1').id}/materials").text.count("分年度</span>") == 3


def test_the_office_comes_from_the_page_of_the_task(sign_in: SignIn, task: Task) -> None:
    link = f'href="/tasks/{task.id}/materials"'
    assert link in sign_in("office").get(f"/tasks/{task.id}").text
    assert link not in sign_in("leader").get(f"/tasks/{task.id}").text
    assert link not in sign_in("nongye").get(f"/tasks/{task.id}").text


def test_the_office_adds_a_material(sign_in: SignIn, task: Task, session: Session) -> None:
    client, before = sign_in("office"), edition(session)
    data = {"material": " 现场照片 ", "material_kind": "photo", "is_per_year": "1"}
    answer = client.post(f"/tasks/{task.id}/materials", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tasks/{task.id}/materials")
    added = task.materials[-1]
    assert (added.name, added.kind, added.span) == ("现场照片", MaterialKind.PHOTO, "分年度")
    assert (added.number, added.is_added, added.words) == (None, True, "")
    noted = events(session)[-1]
    assert (noted.verb, noted.subject_id) == ("add", added.id)
    assert noted.after == {"name": "现场照片", "kind": "photo"}
    assert edition(session) == before + 1
    html = client.get(f"/tasks/{task.id}/materials").text
    assert "11-1：已增加“现场照片”" in html
    assert "市食安办增加" in html


def test_the_office_renames_a_material(
    sign_in: SignIn, task: Task, ledger: Material, session: Session
) -> None:
    client, before = sign_in("office-admin"), edition(session)
    data = {"material": "耕地分类台账", "seen": "耕地台账"}
    assert client.post(f"/materials/{ledger.id}/name", data=data).status_code == 303
    assert names(task) == ["工作部署资料", "耕地分类台账", "工作总结"]
    assert ledger.is_edited
    noted = events(session)[-1]
    assert (noted.verb, noted.before, noted.after) == (
        "rename",
        {"name": "耕地台账"},
        {"name": "耕地分类台账"},
    )
    assert edition(session) == before + 1


def test_the_same_name_again_is_no_change(sign_in: SignIn, ledger: Material, session: Session) -> None:
    client = sign_in("office")
    assert client.post(f"/materials/{ledger.id}/name", data={"material": "耕地台账"}).status_code == 303
    assert events(session) == []
    assert not ledger.is_edited


def test_the_office_drops_a_material_and_takes_it_up_again(
    sign_in: SignIn, task: Task, ledger: Material, session: Session
) -> None:
    client, before = sign_in("office"), edition(session)
    assert client.post(f"/materials/{ledger.id}/dropping").status_code == 303
    assert names(task) == ["工作部署资料", "工作总结"]
    assert "已停用</span>" in client.get(f"/tasks/{task.id}/materials").text
    assert client.post(f"/materials/{ledger.id}/restoration").status_code == 303
    assert names(task) == ["工作部署资料", "耕地台账", "工作总结"]
    assert ledger.is_edited
    assert [event.verb for event in events(session)] == ["drop", "restore"]
    assert edition(session) == before + 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "请填写材料名称"),
        ("   ", "请填写材料名称"),
        ("长" * 61, "名称不能超过 60 字"),
        ("工作总结", "这项任务已经有“工作总结”"),
    ],
)
def test_a_bad_name_is_shown_again(
    sign_in: SignIn, task: Task, ledger: Material, session: Session, typed: str, words: str
) -> None:
    client = sign_in("office")
    for path in (f"/tasks/{task.id}/materials", f"/materials/{ledger.id}/name"):
        answer = client.post(path, data={"material": typed, "material_kind": "ledger"})
        assert answer.status_code == 422
        assert words in answer.text
        assert f'value="{typed.strip()}"' in answer.text
    assert names(task) == ["工作部署资料", "耕地台账", "工作总结"]
    assert events(session) == []


def test_the_name_of_a_dropped_material_is_taken(sign_in: SignIn, task: Task, ledger: Material) -> None:
    client = sign_in("office")
    client.post(f"/materials/{ledger.id}/dropping")
    data = {"material": "耕地台账", "material_kind": "ledger"}
    assert client.post(f"/tasks/{task.id}/materials", data=data).status_code == 422


def test_an_unknown_kind_is_refused(sign_in: SignIn, task: Task) -> None:
    data = {"material": "现场照片", "material_kind": "paper"}
    assert sign_in("office").post(f"/tasks/{task.id}/materials", data=data).status_code == 422


def test_what_the_state_does_not_allow_says_why(sign_in: SignIn, task: Task, ledger: Material) -> None:
    client = sign_in("office")
    first, _, last = (slot.id for slot in task.materials)
    assert "没有停用，不用恢复" in refused(client, f"/materials/{ledger.id}/restoration")
    client.post(f"/materials/{ledger.id}/dropping")
    assert "已经停用" in refused(client, f"/materials/{ledger.id}/dropping")
    assert "请先恢复再改名" in refused(client, f"/materials/{ledger.id}/name", material="别的台账")
    client.post(f"/materials/{first}/dropping")
    assert "每项任务至少要有一项材料" in refused(client, f"/materials/{last}/dropping")
    assert names(task) == ["工作总结"]


def test_a_name_that_somebody_changed_meanwhile_stays(sign_in: SignIn, ledger: Material) -> None:
    words = refused(sign_in("office"), f"/materials/{ledger.id}/name", material="新台账", seen="旧台账")
    assert "已被他人更新" in words
    assert ledger.name == "耕地台账"


def test_materials_of_another_city_do_not_exist(sign_in: SignIn, session: Session) -> None:
    foreign = _material_elsewhere(session)
    client = sign_in("office")
    assert client.get(f"/tasks/{foreign.task_id}/materials").status_code == 404
    assert client.post(f"/tasks/{foreign.task_id}/materials").status_code == 404
    for verb in ("name", "dropping", "restoration"):
        assert client.post(f"/materials/{foreign.id}/{verb}").status_code == 404
        assert client.post(f"/materials/999999/{verb}").status_code == 404
    assert client.get("/tasks/999999/materials").status_code == 404


def _material_elsewhere(session: Session) -> Material:
    city = Jurisdiction(code="540200", name="日喀则市", timezone="Asia/Shanghai")
    session.add(city)
    session.flush()
    own = session.scalars(select(Campaign)).one()
    campaign = Campaign(**_columns(own) | {"slug": "elsewhere", "jurisdiction_id": city.id})
    session.add(campaign)
    session.flush()
    task = Task(**_columns(find(session, "11-1")) | {"campaign_id": campaign.id})
    material = Material(task=task, number=1, position=1, name="台账", kind=MaterialKind.LEDGER)
    session.add(material)
    session.flush()
    return material


def _columns(row: Campaign | Task) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name != "id"}
