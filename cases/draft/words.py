"""What columns, tables and values are usually called, in English and Chinese.

The only place for such words. A name is compared as `squashed` writes it: small letters and
digits, full-width ones narrowed, nothing between words. Case systems name columns by the first
letters of the pinyin, too (`cbr` for the handler, 承办人). Names of tables are words within the
file's name; of roles, what a column is called from the best match down.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from itertools import chain, count

from cases.tables.cells.text import BLANK_WORDS

ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    "cases": {
        "case_id": (
            *("case_id", "case no", "case number", "case reference", "file number"),
            *("case:concept:name", "case", "number", "id", "reference"),
            *("案号", "统一受案号", "部门受案号", "受案号", "案件编号", "案件号", "案件id"),
            *("受理号", "受理编号", "收案号", "投诉编号", "编号"),
            *("bmsah", "tysah", "ajbh", "ah", "ajid"),
        ),
        "opened_at": (
            *("opened_at", "opened", "received", "registered", "filed", "opening date"),
            *("start date", "date received", "complaint date", "filing date"),
            *(
                "submitted",
                "created",
                "reported",
                "lodged",
                "registration date",
                "begin",
                "startdate",
            ),
            *("立案日期", "立案时间", "收案日期", "收案时间", "受理日期", "受理时间", "受案日期"),
            *("受案时间", "登记日期", "移送日期", "收到日期", "立案", "收案", "受理", "受案"),
            *("slrq", "larq", "sarq", "slsj", "lasj"),
        ),
        "closed_at": (
            *("closed_at", "closed", "finished", "closing date", "end date", "date closed"),
            *("completed", "outcome date", "decision date", "resolved", "disposed", "enddate"),
            *("结案日期", "结案时间", "审结日期", "审结时间", "办结日期", "办结时间", "完成日期"),
            *("结案", "审结", "办结"),
            *("jarq", "sjrq", "bjrq", "jasj", "bjsj"),
        ),
        "kind": (
            *("kind", "case type", "case kind", "charge", "matter", "category", "type"),
            *("案由", "罪名", "案件类别", "案件类型", "案件性质", "案类", "类别", "类型"),
            *("ay", "aymc", "ajlb", "ajlx"),
        ),
        "unit": (
            *("unit", "department", "division", "chamber", "department code", "section", "bureau"),
            *("部门", "承办部门", "办案部门", "科室", "庭室", "承办单位", "办案单位", "业务部门"),
            *("cbbm", "cbdw", "bm", "bmmc"),
        ),
        "handler": (
            *("handler", "responsible", "case officer", "officer", "investigator", "caseworker"),
            *("judge", "prosecutor", "clerk", "assigned to", "handled by"),
            *("承办人", "承办检察官", "承办法官", "主办人", "经办人", "主办检察官", "办案人"),
            *("cbr", "cbrxm", "cbjcg", "cbfg"),
        ),
    },
    "events": {
        "case_id": (),
        "at": (
            *("at", "time:timestamp", "timestamp", "event time", "event date", "date", "time"),
            *("happened", "occurred", "done at"),
            *(
                "操作时间",
                "发生时间",
                "办理时间",
                "环节时间",
                "时间",
                "操作日期",
                "发生日期",
                "日期",
            ),
            *("czsj", "fssj", "czrq"),
        ),
        "recorded_at": (
            *("recorded_at", "recorded", "entered", "entry date", "logged"),
            *("录入时间", "记录时间", "录入日期", "登记时间"),
        ),
        "activity": (
            *("activity", "concept:name", "event", "action", "step", "decision type", "status"),
            *("event type", "activity name", "type"),
            *("环节", "操作", "操作名称", "环节名称", "节点", "事项", "动作", "流程节点", "状态"),
            *("hj", "hjmc", "czmc", "jdmc"),
        ),
        "actor": (
            *("actor", "org:resource", "resource", "user", "done by", "performed by"),
            *("officer", "investigator", "handler", "clerk", "employee"),
            *("操作人", "操作人员", "办理人", "执行人", "处理人", "经办人", "操作员"),
            *("czr", "czrxm"),
        ),
    },
    "reviews": {
        "case_id": (),
        "reviewed_at": (
            *("reviewed_at", "review date", "reviewed", "audit date", "date", "inspected"),
            *("评查日期", "评查时间", "检查日期", "检查时间", "评定日期", "评定时间"),
            *("pcrq", "pcsj"),
        ),
        "reviewer": (
            *("reviewer", "reviewed by", "auditor", "inspector", "checked by"),
            *("评查人", "评查员", "评查人员", "检查人", "评定人", "评查检察官"),
            *("pcr", "pcrxm", "pcy"),
        ),
        "kind": (
            *("kind", "review kind", "review type", "kind of review"),
            *("评查类型", "评查方式", "评查种类", "检查类型", "类型", "方式"),
        ),
        "grade": (
            *("grade", "review grade", "review result", "rating", "verdict", "result", "outcome"),
            *("评查等次", "评查结果", "评定等次", "等次", "评查结论", "等级", "评定结果", "结论"),
            *("pcdc", "pcjg", "pcjl"),
        ),
        "inclusion_probability": (
            *("inclusion_probability", "inclusion prob", "sampling probability", "probability"),
            *("入样概率", "抽取概率", "抽中概率", "抽样概率", "概率"),
        ),
        "dimensions": (
            *("dimensions", "defect dimensions", "dimension", "defects"),
            *("评查维度", "问题类型", "问题类别", "质量问题", "维度", "扣分项"),
        ),
    },
    "handlers": {
        "handler": (
            *("handler", "officer", "staff id", "employee", "investigator", "name"),
            *("承办人", "姓名", "检察官", "法官", "人员", "工号"),
        ),
        "unit": ("unit", "department", "部门", "科室", "庭室"),
        "kinds": ("kinds", "case types", "可办案件类型", "可办类别", "办案范围"),
        "capacity": ("capacity", "workload share", "办案容量", "办案系数", "分案系数"),
        "most_open": ("most_open", "max open", "maximum open", "最多在办", "在办上限"),
        "skills": ("skills", "专长", "技能", "专业"),
        "absent_from": ("absent_from", "absence start", "请假开始", "休假开始", "离岗日期"),
        "absent_until": ("absent_until", "absence end", "请假结束", "休假结束", "返岗日期"),
    },
    "reviewers": {
        "reviewer": ("reviewer", "auditor", "staff id", "name", "评查员", "评查人", "姓名", "工号"),
        "unit": ("unit", "department", "部门", "科室", "庭室"),
        "kinds": ("kinds", "case types", "可评查类型", "可评查案件类型", "评查范围"),
        "capacity": ("capacity", "workload share", "评查容量", "评查系数"),
        "most_open": ("most_open", "max open", "maximum open", "最多待评查", "待评查上限"),
        "absent_from": ("absent_from", "absence start", "请假开始", "休假开始", "离岗日期"),
        "absent_until": ("absent_until", "absence end", "请假结束", "休假结束", "返岗日期"),
    },
    "recusals": {
        "handler": ("handler", "officer", "recused", "承办人", "回避人", "回避人员", "姓名"),
        "case_id": (),
        "party": ("party", "当事人", "回避对象", "相关当事人"),
    },
    "overrides": {
        "case_id": (),
        "at": ("at", "date", "decided at", "时间", "日期", "决定时间", "决定日期"),
        "about": ("about", "关于", "事项"),
        "suggested": ("suggested", "系统建议", "建议"),
        "decided": ("decided", "人工决定", "决定"),
        "reason": ("reason", "理由", "原因"),
    },
}

TABLES: dict[str, tuple[str, ...]] = {
    "cases": ("cases", "case", "register", "案件", "收案", "受理", "立案", "台账"),
    "events": (
        "events",
        "event",
        "log",
        "history",
        "steps",
        "流程",
        "环节",
        "操作",
        "日志",
        "节点",
    ),
    "reviews": ("reviews", "review", "audit", "评查", "质检"),
    "handlers": ("handlers", "staff", "officers", "employees", "人员", "承办人", "检察官", "法官"),
    "reviewers": ("reviewers", "auditors", "评查员", "评查人员"),
    "recusals": ("recusals", "recusal", "回避"),
    "overrides": ("overrides", "override", "改变"),
}

# In a case table, what says that a column is of a review.
OF_REVIEWS = ("review", "reviewed", "audit", "评查", "质检", "pcrq", "pcsj", "pcr", "pcdc", "pcjg")

# Words that make a date one of something else: planned, or not of the case's own course.
NOT_YET = ("planned", "due", "deadline", "expected", "target", "预计", "到期", "期限", "应", "计划")
PARTS_OF_DATES = ("year", "month", "day", "hour", "weekday", "quarter", "年份", "月份", "季度")
DATED = ("date", "time", "日期", "时间", "日", "年月日")

PERSONS = (
    *("full name", "first name", "last name", "surname", "party", "parties", "complainant"),
    *("victim", "suspect", "defendant", "accused", "applicant"),
    *("email", "address", "accused id", "title", "case name"),
    *("姓名", "当事人", "嫌疑人", "被告", "原告", "申请人", "被害人", "投诉人", "举报人", "上诉人"),
    *("地址", "住址", "辩护人", "代理人", "案件名称", "案名"),
)
# What singles out a person whatever its values look like: numbers and dates, too.
IDENTIFYING = (
    *("birth", "birthday", "dob", "born", "passport", "identity", "national id", "id card"),
    *("ssn", "social security", "tax id", "licence number", "license number"),
    *("phone", "telephone", "tel", "mobile", "fax", "e-mail", "email", "contact", "wechat", "qq"),
    *("account", "card", "card no", "iban"),
    *("身份证", "证件", "护照", "公民身份", "社保", "驾驶证", "出生", "生日"),
    *("电话", "手机", "联系方式", "联系人", "传真", "邮箱", "微信"),
    *("银行卡", "卡号", "账号", "帐号", "账户", "帐户", "开户"),
    *("sfz", "sfzh", "sjh", "sjhm", "lxdh", "csrq", "yhkh", "yhzh"),
)
NAMES = ("name", "名字")  # whole names of columns only: `case type name` is of no person
COUNTED = ("count", "number of", "人数", "数量", "次数", "件数")

ROW_NUMBERS = ("row", "key", "line", "index", "序号", "行号")
CODES = ("id", "code", "no", "number", "编号", "代码", "编码", "号")

# Words for blank, in small letters; some of them may be values in an office.
BLANKS = (*BLANK_WORDS, "unknown", "not known", "not applicable", "未知", "未填写", "不适用")

# Whether a grade of this name is a defect; None where offices differ.
GRADES: dict[str, bool | None] = {
    **dict.fromkeys(("excellent", "good", "qualified", "pass", "passed", "satisfactory"), False),
    **dict.fromkeys(("upheld", "no_defect", "ok", "correct"), False),
    **dict.fromkeys(("basically_qualified", "acceptable"), None),
    **dict.fromkeys(("unqualified", "fail", "failed", "defective", "flawed", "poor"), True),
    **dict.fromkeys(("unsatisfactory", "changed", "overturned", "defect"), True),
    **dict.fromkeys(("优质", "优秀", "良好", "合格", "无问题", "通过"), False),
    **dict.fromkeys(("基本合格", "一般"), None),
    **dict.fromkeys(("瑕疵", "不合格", "不通过", "有问题", "错案", "差"), True),
}
REVIEW_KINDS: dict[str, str] = {
    **dict.fromkeys(("自查", "自行检查", "self_check", "self check", "检查"), "self_check"),
    **dict.fromkeys(("核查", "verification", "verified"), "verification"),
    **dict.fromkeys(("评查", "review", "随机评查", "重点评查", "专项评查", "常规评查"), "review"),
}

# Names of attributes in letters, for what is often called so.
ATTRIBUTES: dict[str, str] = {
    "涉案金额": "amount",
    "标的额": "amount_in_dispute",
    "罚款金额": "fine",
    "嫌疑人人数": "suspects",
    "被告人人数": "defendants",
    "人数": "people",
    "认罪认罚": "pleaded_guilty",
    "是否认罪认罚": "pleaded_guilty",
    "是否羁押": "detained",
    "是否逮捕": "arrested",
    "是否未成年": "juvenile",
    "是否未成年人案件": "juvenile",
    "卷数": "volumes",
    "处理结果": "result",
    "处理意见": "proposal",
    "案件来源": "source",
    "移送单位": "sent_by",
    "备注": "remark",
}

# The clock of a place whose offsets are just these, in minutes east of Greenwich.
ZONES: dict[frozenset[int], str] = {
    frozenset({60, 120}): "Europe/Berlin",
    frozenset({0, 60}): "Europe/London",
    frozenset({120, 180}): "Europe/Helsinki",
    frozenset({-300, -240}): "America/New_York",
    frozenset({-360, -300}): "America/Chicago",
    frozenset({-480, -420}): "America/Los_Angeles",
    frozenset({480, 540}): "Asia/Shanghai",  # summer time, 1986 to 1991
}

# Family names that begin most Chinese names of persons.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)


@cache  # asked for every pair of a column and a word
def squashed(name: str) -> str:
    """A name as it is compared.

    >>> squashed("Case_ID "), squashed("立案 日期（年）")
    ('caseid', '立案日期年')
    """
    return "".join(re.findall(r"\w", unicodedata.normalize("NFKC", name).lower())).replace("_", "")


@cache
def parts(name: str) -> tuple[str, ...]:
    """The words of a name; Chinese letters together are one.

    >>> parts("case:startDate2")
    ('case', 'start', 'date', '2')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return tuple(re.findall(r"[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+", spaced.lower()))


def mentions(name: str, words: tuple[str, ...]) -> bool:
    """Whether a name has one of these words: Chinese anywhere, English as whole words."""
    spaced = f" {' '.join(parts(name))} "
    whole = squashed(name)
    return any(
        f" {' '.join(parts(word))} " in spaced if word.isascii() else word in whole
        for word in words
    )


def free_name(name: str, used: Collection[str]) -> str:
    """The name, with a number behind it where it is one of those `used`.

    >>> free_name("a", ()), free_name("a", {"a", "a_2"})
    ('a', 'a_3')
    """
    numbered = (f"{name}_{number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in used)
