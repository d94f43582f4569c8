"""What time brings: plan, sweep."""

from __future__ import annotations

import click

from gewu_admin.cli.opening import DATA, opened, told
from gewu_admin.cli.output import AS_JSON, Command, Usage, pick, print_json, read_moment, say
from gewu_dsl.words import Language
from gewu_platform.service.caller import SYSTEM


@click.command("sweep", cls=Command)
@click.option("--at", help="当地时间，默认现在 / local time, e.g. 2026-02-13T16:00 [now]")
@AS_JSON
@DATA
@click.pass_obj
def sweep(language: Language, at: str | None, as_json: bool, data: str | None) -> None:
    """处理到此刻为止到期的提醒、超期、升级、挂账恢复和未能当场整改，送出待发消息，推送到其他系统。重复运行不会重复处理。

    Do what is due: remind, mark overdue, escalate, take parked cases up again, turn what was not settled on the spot into
    reports; then carry messages to people, in their working hours, and to webhooks. Safe to repeat. With a later --at than now
    what is due until then happens early, for trials: the history of those cases goes on from that moment.

    \b
    例 / Example:
      gewu sweep --at 2026-02-13T16:00
    """
    wall = None if at is None else read_moment(at)
    with opened(data) as engine:
        from gewu_platform.core.zones import to_utc
        from gewu_platform.service.telling.delivering import deliver_waiting
        from gewu_platform.service.telling.notices import BATCH, drain_outbox
        from gewu_platform.service.timing.adjusting import finish_adjusting
        from gewu_platform.service.timing.sweeping import sweep as sweep_timers

        finish_adjusting(engine)
        swept = sweep_timers(engine, None if wall is None else to_utc(wall, engine.zone))
        drained = [drain_outbox(engine)]
        while drained[-1].sent == BATCH:
            drained.append(drain_outbox(engine))
        pushed = deliver_waiting(engine)
    figures = {
        "reminded": swept.reminded,
        "overdue": swept.overdue,
        "escalated": swept.escalated,
        "unsettled": swept.unsettled,
        "resumed": swept.resumed,
        "carried": sum(each.sent for each in drained),
        "notices": sum(each.notices for each in drained),
        "pushed": pushed.delivered,
        "push_failed": pushed.failed,
        "push_dead": pushed.dead,
    }
    if as_json:
        print_json(figures)
        return
    say(
        pick(
            language,
            f"提醒 {swept.reminded}，超期 {swept.overdue}，升级 {swept.escalated}，恢复 {swept.resumed}，"
            f"未当场整改 {swept.unsettled}；送出消息 {figures['carried']}，收件 {figures['notices']}；"
            f"推送成功 {pushed.delivered}，失败 {pushed.failed}。",
            f"{swept.reminded} reminded, {swept.overdue} overdue, {swept.escalated} escalated, {swept.resumed} resumed, "
            f"{swept.unsettled} not settled on the spot; {figures['carried']} messages carried into "
            f"{figures['notices']} inboxes; {pushed.delivered} pushed, {pushed.failed} failed.",
        )
    )


@click.command("plan", cls=Command)
@click.option("--month", required=True, help="YYYY-MM")
@click.option("--grid", help="一个网格的代码，默认全部 / code of one grid; all otherwise")
@AS_JSON
@DATA
@click.pass_obj
def plan(language: Language, month: str, grid: str | None, as_json: bool, data: str | None) -> None:
    """安排一个月的巡查；重复运行只补新增的。

    Plan the visits of a month; repeating it plans nothing twice.

    \b
    例 / Example:
      gewu plan --month 2026-12
    """
    with opened(data) as engine:
        from gewu_platform.service.problems import Problem
        from gewu_platform.service.town import visits

        try:
            result = visits.plan_month(engine, SYSTEM, month, grid)
        except Problem as problem:
            raise Usage(told(problem)) from problem
    if as_json:
        print_json(
            {
                "month": result.month,
                "planned": result.planned,
                "kept": result.kept,
                "unmet": [each.text(language) for each in result.unmet],
            }
        )
        return
    say(
        pick(
            language,
            f"新排 {result.planned} 次，原有 {result.kept} 次。",
            f"{result.planned} planned, {result.kept} kept.",
        )
    )
    for each in result.unmet:
        say(each.text(language))


COMMANDS = (plan, sweep)
