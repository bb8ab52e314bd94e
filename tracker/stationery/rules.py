"""Which documents may have a template of the office's own, and what each template may name."""

from tracker.documents.placeholders import Entry, Listing, Placeholder
from tracker.labels import LabelledEnum

LARGEST = 2 * 1024 * 1024
"""Bytes of a template."""


class DocumentKind(LabelledEnum):
    """公文种类: the documents that a template of the office's own may lay out."""

    ORDER = "order", "督办单"
    CIRCULAR = "circular", "通报"
    REPORT = "report", "月报表"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """占位符: what a template of the kind may name."""
        return ENTRIES[self]


_ORGAN = Placeholder("发文机关", "市食安办的全称", "昌都市食品药品安全委员会办公室")
_DAY = Placeholder("成文日期", "印发的日期；草稿是当天", "2024年3月22日")
_PARAGRAPH = Placeholder("文字", "一段文字", "请于时限前办结并书面反馈。")
_REPORTED = (
    Placeholder("序号", "从 1 开始", "1"),
    Placeholder("单位", "单位全称", "市农业农村局"),
    Placeholder("报送情况", "按时、迟报、未报", "迟报 2 日"),
)
_AT_GATE = (
    Placeholder("名次", "按完成率", "1"),
    Placeholder("单位", "单位全称", "市农业农村局"),
    Placeholder("应办", "已打开的节点数", "25"),
    Placeholder("办结", "已办结的节点数", "20"),
    Placeholder("待审核", "已提交、还没有办结的节点数", "3"),
    Placeholder("逾期", "逾期的节点数", "2"),
    Placeholder("完成率", "办结占应办的比例", "80%"),
)
_ORDER: tuple[Entry, ...] = (
    _ORGAN,
    Placeholder("文号", "督办单的文号；草稿没有编号", "昌食安办督〔2024〕3号"),
    Placeholder("缓急标志", "紧急程度；一般的为空", "特急"),
    Placeholder("标题", "公文标题", "关于芒康县逾期事项的\n督办通知"),
    Placeholder("承办单位", "主送的单位", "芒康县"),
    Placeholder("协办单位", "协办的单位；没有的写“无”", "市农业农村局、市市场监管局"),
    Placeholder("来源", "事项来源", "逾期事项"),
    Placeholder("紧急程度", "一般、紧急、特急", "特急"),
    Placeholder("交办时间", "印发的日期", "2024年3月22日"),
    Placeholder("办结时限", "现在的时限，含同意的延期", "2024年3月29日"),
    Placeholder("签发人", "签发人姓名", "洛桑某某"),
    Placeholder("退办次数", "退办了几次", "0 次"),
    Listing(
        "事项", "督办的逾期事项", "项",
        (
            Placeholder("序号", "从 1 开始", "1"),
            Placeholder("事项", "逾期的节点或者月报", "11-3 耕地分类管理台账（自评）"),
            Placeholder("原定期限", "原来的期限", "2024年2月29日"),
        ),
        mark="tr",
    ),
    Listing("要求", "办理要求，一段一行", "段", (_PARAGRAPH,)),
    Placeholder("联系电话", "创建设置里的电话", "0895-4820000"),
    Placeholder("抄送机关", "协办单位，用逗号隔开；没有的为空", "市农业农村局，市市场监管局"),
    _DAY,
)  # fmt: skip
_CIRCULAR: tuple[Entry, ...] = (
    _ORGAN,
    Placeholder("文号", "通报的文号；草稿没有编号", "昌食安办通〔2024〕1号"),
    Placeholder("标题", "通报的标题", "关于2024年2月创建工作月报\n报送情况的通报"),
    Placeholder("主送机关", "主送的单位", "各县（区）人民政府，市食品药品安全委员会各成员单位"),
    Listing("开头", "标题以后、名单以前的文字，一段一行", "段", (_PARAGRAPH,)),
    Listing(
        "各部分", "表扬、批评、要求等部分；没有内容的不在其中，序号已编好", "部分",
        (
            Placeholder("标题", "带序号的标题", "一、予以表扬的单位"),
            Listing("段落", "这一部分的文字", "段", (_PARAGRAPH,)),
        ),
    ),
    Placeholder("表扬单位", "用顿号隔开；没有的为空", "市农业农村局、卡若区"),
    Placeholder("批评单位", "用顿号隔开，带原因；没有的为空", "芒康县（未报）"),
    Placeholder("情况标题", "带序号的“各单位情况”", "四、各单位情况"),
    Placeholder("数据时间", "数据固定下来的时间", "2024年3月1日10:00"),
    Listing("月报情况", "月报通报的各单位情况；节点通报没有", "行", _REPORTED, mark="tr"),
    Listing("节点情况", "节点通报的各单位情况；月报通报没有", "行", _AT_GATE, mark="tr"),
    _DAY,
)  # fmt: skip
_REPORT: tuple[Entry, ...] = (
    Placeholder("标题", "月报表的标题", "2024年3月食品安全示范城市创建工作月报表"),
    Placeholder("填报单位", "单位名称", "市农业农村局"),
    Placeholder("月份", "月份", "2024-03"),
    Placeholder("填报人", "提交的人", "扎西某某"),
    Placeholder("审核人", "审签的负责人；没有审签的为空", "洛桑某某"),
    Placeholder("联系电话", "填报人的电话", "13900000000"),
    Placeholder("填报日期", "提交的日期；还没有提交的为空", "2024-03-22"),
    Listing(
        "各行", "每条指标一行", "行",
        (
            Placeholder("序号", "从 1 开始", "1"),
            Placeholder("指标编号", "指标、工程、行动的编号", "11"),
            Placeholder("评价内容", "方案里的文字", "全面推行耕地分类管理"),
            Placeholder("本月工作进展", "", "印发台账，检查 12 户"),
            Placeholder("累计完成情况", "百分比", "60%"),
            Placeholder("数据", "", "检查 12 户"),
            Placeholder("佐证材料", "名称和文号，一份一行", "耕地台账（昌农发〔2024〕3号）\n现场照片"),
            Placeholder("存在问题", "", "人员不足"),
            Placeholder("下步打算", "", "补齐台账"),
            Placeholder("完成状态", "已完成、推进中、无进展", "推进中"),
            Placeholder("备注", "没有进展的原因", ""),
        ),
        mark="tr",
    ),
)  # fmt: skip
ENTRIES = {
    DocumentKind.ORDER: _ORDER,
    DocumentKind.CIRCULAR: _CIRCULAR,
    DocumentKind.REPORT: _REPORT,
}
