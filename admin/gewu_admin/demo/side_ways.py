"""What may come in place of a step, how often, and what is said with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SIDE_WAYS: Mapping[str, Sequence[tuple[str, float, Mapping[str, str]]]] = {
    "settle": [("unsettle", 0.25, {"reason": "当事人不在场，无法当场整改"})],
    "accept": [("refuse", 0.04, {"reason": "照片看不清，无法确认问题"})],
    "file": [
        ("check", 0.1, {"note": "请到现场核实是否属实"}),
        ("inform", 0.03, {"reason": "已由产权单位自行处理，告知结案"}),
        ("regrade", 0.06, {"reason": "按现场情况调整"}),
    ],
    "dispatch": [("void", 0.02, {"reason": "现场核实不属于网格事项，已另行告知"})],
    "handle": [
        ("return", 0.07, {"reason": "不属于本机构职责，产权单位另有其人"}),
        ("extend", 0.12, {"reason": "配件需要订货"}),
        ("park", 0.05, {"reason": "须待雨季过后施工"}),
        ("escalate", 0.03, {"reason": "涉及多个部门，请上级协调"}),
    ],
    "confirm": [("extend", 0.06, {"reason": "施工队伍尚未进场"})],
    "verify": [
        ("check", 0.08, {"note": "请复查整改后的现场"}),
        ("rework", 0.1, {"reason": "现场复查仍有残留，未恢复"}),
    ],
}
"""For each step of the main way the commands that may come instead."""
