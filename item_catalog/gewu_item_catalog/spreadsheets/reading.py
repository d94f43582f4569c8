"""A file's bytes → sheets of texts, whatever the file calls itself."""

from __future__ import annotations

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.delimited import read_delimited
from gewu_item_catalog.spreadsheets.tables import MOST_BYTES, MOST_ROWS, Unreadable, Workbook
from gewu_item_catalog.spreadsheets.xlsx_reader import read_xlsx

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(data: bytes, name: str) -> Workbook:
    """The sheets of XLSX or CSV bytes; `name` is what a CSV's only sheet is called. Unreadable for anything else."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_TOO_LARGE)
    if data.startswith(_ZIP):
        workbook = read_xlsx(data)
    elif data.startswith(_OLE):
        raise Unreadable(_PROTECTED if _ENCRYPTED in data else _OLD)
    else:
        workbook = read_delimited(data, name)
    if sum(len(sheet.rows) for sheet in workbook.sheets) > MOST_ROWS:
        raise Unreadable(_TOO_MANY)
    return workbook


_TOO_LARGE = Text(
    f"文件超过 {MOST_BYTES // 1_000_000} MB。请只留下标准本身的表，去掉图片，再导入。",
    f"The file is larger than {MOST_BYTES // 1_000_000} MB. Keep the sheets of the standard only, without pictures.",
)
_TOO_MANY = Text(
    f"表格超过 {MOST_ROWS} 行。请按大类分成几个文件，分别导入。",
    f"There are more than {MOST_ROWS} rows. Split the file by category and import the parts.",
)
_PROTECTED = Text(
    "文件加了密码，打不开。请在表格软件里去掉密码，另存为 .xlsx。",
    "The file is protected by a password. Remove it in a spreadsheet program and save as .xlsx.",
)
_OLD = Text(
    "这是旧式的 .xls（或 .doc）文件。请用表格软件另存为 .xlsx 或 CSV。",
    "This is an old .xls (or .doc) file. Save it as .xlsx or CSV in a spreadsheet program.",
)
