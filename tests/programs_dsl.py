"""Two whole programs that many tests read: the same language in English and in Chinese words."""

from __future__ import annotations

EXIT = """\
# 消防救援大队入格事项
department fire "消防救援大队"
  office brigade "区消防救援大队" at county
  office station "镇街消防所"     at town
  accept  15 minutes                       # defaults for every item of this department
  verify  1 workday
  escalate handle  at 80% remind  at 100% to town  after 1 workday to county

place rental "出租屋"                      # a register (台账): what is known of a place before anyone visits
  ask grade   one of (lenient "宽管型", warned "警示型", strict "严管型", barred "禁租型") "管理等级"
  ask rooms   integer "房间数" from 1 to 500
  ask phone   text "业主电话" private

item fire.exit "疏散通道堵塞、锁闭"
  number "XF-003"
  basis  "《消防法》第二十八条"
  since  2026-01-01
  for    rental, small_place
  visit  1 a month when place.grade = lenient   2 a month when place.grade = warned
         3 a month when place.grade = strict    4 a month otherwise

  section "疏散"
  ask exit    one of (clear "畅通", blocked "堵塞", locked "上锁") "疏散通道是否畅通"
  ask width   decimal "通道净宽" unit m from 0 to 10      when exit = blocked
  ask people  integer "现场人数" from 0 to 2000
  ask shot    photo "现场照片" at least 1 at most 9       when exit != clear
  check lamp  "应急照明灯是否完好"                          # yes / no / na (not applicable); "no" is a hazard
  check night "是否有人员违规住宿"  hazard yes
  must width > 0.3  "净宽小于 0.3 米请核对单位"             # refuses the submission, with these words

  severity minor  route community  handle 3 workdays  close "整改到位" with photo     # before the first finding: defaults

  finding locked  "疏散通道上锁"  when exit = locked
    severity critical when people > 30   major otherwise
    route    fire.brigade when severity = critical   fire.station otherwise   with community
    handle   2 hours when severity = critical        1 workday otherwise
    close    "通道恢复畅通"  with photo at least 1, signature by owner, 2 signatures by worker
  finding blocked "疏散通道堵塞"  when exit = blocked
    severity minor
    on site  30 minutes                                   # 当场劝导整改 first; unsettled becomes a case
    route    fire.station
    handle   3 workdays
    close    "清除堵塞物" with photo
  finding lamp_bad "应急照明损坏"  when lamp is hazard
    handle 5 workdays    close "修复或更换"                 # `night` has none of its own: it makes one from the defaults

  example "上锁且人多"
    given exit = locked, people = 40, shot = 1, lamp = yes, night = yes
    expect locked severity critical route fire.brigade handle 2 hours, night handle 3 workdays
  example "一切正常"
    given exit = clear, people = 3, lamp = yes, night = no
    expect nothing
"""

COVER = """\
部门 消防 “消防救援大队”
  机构 大队 “区消防救援大队” 级别 县

事项 井盖.上水 “上水井盖”
  编号 “0101”
  询问 照片 照片 “井盖标识须拍清” 至少 2
  情形 缺失 “缺失、移位或开裂，有安全隐患”
    派往 节水中心 否则 属地    处置 2 紧急工作时    结案 “恢复”
  情形 破损 “破损超过 25cm²”
    派往 节水中心             处置 4 工作时        结案 “更换或修复”
"""
