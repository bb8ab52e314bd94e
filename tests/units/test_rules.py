"""Names of units: one name means one unit, however it is written."""

import pytest

from tracker.units.rules import NameBook, SharedNameError, UnknownUnitError


@pytest.fixture
def book() -> NameBook[str]:
    book: NameBook[str] = NameBook()
    for canonical, *others in (
        ("市农业农村局", "农业农村部门"),
        ("市市场监督管理局", "市市场监管局"),
        ("各县（区）", "各县（区）人民政府"),
    ):
        for name in (canonical, *others):
            book.add(name, canonical, canonical=canonical)
    return book


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("市农业农村局", "市农业农村局"),
        ("农业农村局", "市农业农村局"),
        ("农业农村部门", "市农业农村局"),
        ("市农业农村部门", "市农业农村局"),
        ("市场监管局", "市市场监督管理局"),
        ("市场监督管理局", "市市场监督管理局"),
        (" 市市场 监管局 ", "市市场监督管理局"),
        ("各县(区)", "各县（区）"),
        ("各县（区）人民政府", "各县（区）"),
    ],
)
def test_a_name_finds_its_unit_with_or_without_the_city_and_in_any_width(
    book: NameBook[str], written: str, meant: str
) -> None:
    assert book.find(written) == meant


def test_an_unknown_name_is_told_with_the_nearest_canonical_names(book: NameBook[str]) -> None:
    with pytest.raises(UnknownUnitError) as error:
        book.find("市农村农业局")
    assert error.value.nearest[0] == "市农业农村局"
    assert "没有名为“市农村农业局”的单位或集合；最接近的是：市农业农村局" in str(error.value)


def test_a_name_like_no_other_is_told_without_a_hint(book: NameBook[str]) -> None:
    with pytest.raises(UnknownUnitError) as error:
        book.find("XYZ")
    assert str(error.value) == "没有名为“XYZ”的单位或集合"


@pytest.mark.parametrize("name", ["市农业农村局", "农业农村局", "市农业农村部门", "农业农村部门"])
def test_a_name_cannot_mean_two_units(book: NameBook[str], name: str) -> None:
    with pytest.raises(SharedNameError, match="已经指“市农业农村局”，不能又指“区农业农村局”"):
        book.add(name, "区农业农村局", canonical="区农业农村局")


def test_the_same_unit_may_be_named_twice_alike(book: NameBook[str]) -> None:
    book.add("农业农村局", "市农业农村局", canonical="市农业农村局")
    assert book.find("农业农村局") == "市农业农村局"
