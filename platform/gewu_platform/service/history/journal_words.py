"""Every kind of entry of the journal in plain words, for whoever reads it as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gewu_platform.core.words import Words
from gewu_platform.service.history.event_words import said_words

KIND_WORDS: Mapping[str, Words] = {
    # a report and its case
    "submitted": Words("提交上报", "sent a report"),
    "reported": Words("案件上报", "a case was reported"),
    "settled": Words("当场整改完成", "settled on the spot"),
    "unsettled": Words("未能当场整改", "not settled on the spot"),
    "accepted": Words("受理", "accepted"),
    "refused": Words("不予受理", "refused"),
    "filed": Words("立案", "filed"),
    "check-asked": Words("下发核实核查", "asked for a check"),
    "check-answered": Words("反馈核实核查", "answered a check"),
    "dispatched": Words("派遣", "dispatched"),
    "returned": Words("退回", "returned"),
    "handling": Words("处置", "handled in part"),
    "confirmed": Words("处置完成", "confirmed as handled"),
    "assisted": Words("协办完成", "finished assisting"),
    "verified": Words("核查通过", "verified"),
    "reworked": Words("返工", "sent back for rework"),
    "closed": Words("结案", "closed"),
    "informed": Words("告知结案", "closed by informing"),
    "voided": Words("作废", "voided"),
    "merged": Words("并入他案", "merged into another case"),
    "joined": Words("他案并入", "joined by another case"),
    "added": Words("再次上报并入", "reported again and added"),
    "extension-asked": Words("申请延期", "asked for more time"),
    "extended": Words("延期", "given more time"),
    "extension-denied": Words("驳回延期", "denied more time"),
    "parking-asked": Words("申请挂账", "asked to park"),
    "parked": Words("挂账", "parked"),
    "parking-denied": Words("驳回挂账", "denied parking"),
    "resumed": Words("恢复处置", "resumed"),
    "appealed": Words("申诉", "appealed"),
    "appeal-granted": Words("申诉成立", "granted an appeal"),
    "appeal-denied": Words("驳回申诉", "denied an appeal"),
    "urged": Words("督办", "urged"),
    "acknowledged": Words("签收督办", "acknowledged an order"),
    "escalated": Words("升级", "escalated"),
    "regraded": Words("调整等级", "changed the severity"),
    "reopened": Words("重新办理", "reopened"),
    "adjusted": Words("按新日历核定期限", "deadlines measured by a new calendar"),
    "reminded": Words("到期提醒", "reminded"),
    "overdue": Words("超期", "overdue"),
    # visits, places, files
    "planned": Words("编制巡查计划", "planned visits"),
    "visited": Words("完成巡查", "made a visit"),
    "place-added": Words("新增场所", "added a place"),
    "place-changed": Words("修改场所", "changed a place"),
    "place-revealed": Words("查看场所保密信息", "read what is private of a place"),
    "file-stored": Words("上传文件", "uploaded a file"),
    # people
    "user-added": Words("新增用户", "added a user"),
    "user-assigned": Words("调整用户", "assigned a user"),
    "user-disabled": Words("停用用户", "disabled a user"),
    "user-enabled": Words("启用用户", "enabled a user"),
    "password-set": Words("设置密码", "set a password"),
    "language-set": Words("设置语言", "set a language"),
    "signed-in": Words("登录", "signed in"),
    "sign-in-failed": Words("登录失败", "failed to sign in"),
    "account-locked": Words("账号锁定", "account locked"),
    "signed-out-everywhere": Words("退出全部登录", "signed out everywhere"),
    "token-issued": Words("发放令牌", "issued a token"),
    "tokens-revoked": Words("吊销令牌", "revoked tokens"),
    # the map, calendars, items, other systems
    "area-added": Words("新增区域", "added an area"),
    "area-changed": Words("修改区域", "changed an area"),
    "office-added": Words("新增机构", "added an office"),
    "office-changed": Words("修改机构", "changed an office"),
    "rostered": Words("入格", "rostered"),
    "unrostered": Words("退格", "taken off the roster"),
    "calendar": Words("导入工作日历", "imported a working calendar"),
    "item-published": Words("发布事项", "published an item"),
    "item-retired": Words("停用事项", "retired an item"),
    "webhook-added": Words("新增外部通知", "added a webhook"),
    "webhook-changed": Words("修改外部通知", "changed a webhook"),
    "delivery-dropped": Words("放弃外部通知", "dropped a delivery"),
    "delivery-resent": Words("重发外部通知", "tried a delivery again"),
}
"""For every kind that anything here enters, what happened; details stand in the entry's body."""


def entry_words(kind: str, body: Mapping[str, Any]) -> Words:
    """What happened, with what people said about it; a kind that is not known here (any more) by its name."""
    words, said = KIND_WORDS.get(kind, Words(kind, kind)), said_words(body)
    return Words(words.zh + said.zh, words.en + said.en)
