"""Rows to lines: columns aligned, long rows broken, comments and the empty lines around them where they stood."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gewu_dsl.diagnostics import measure_width
from gewu_dsl.phrases import Piece
from gewu_dsl.tree import Comment

WIDTH = 100
_DEEPEST_COLUMN = 14
_DEEPER = 4


@dataclass(slots=True)
class Row:
    """A statement on its way to lines: `columns` are aligned with its neighbours', `pieces` fill up the line.

    Where a row with a `gap` between its parts does not fit on one line, each piece that `opens` a part begins one.
    `after[i]` are the comments between piece i - 1 and piece i, those before the row are in `above`, the one at its end
    is `behind`.
    """

    start: int
    indent: int
    columns: list[str]
    pieces: list[Piece]
    gap: str = ""
    blank_before: bool = False
    above: list[Comment] = field(default_factory=list)
    after: dict[int, list[Comment]] = field(default_factory=dict)
    behind: Comment | None = None

    @property
    def stands_apart(self) -> bool:
        """Whether an empty line stands somewhere between the row and the one before it."""
        return self.blank_before or any(each.blank_before or each.blank_after for each in self.above)


def lay_out(rows: Sequence[Row], comments: Iterable[Comment]) -> str:
    """The text of the rows with those comments."""
    below = _attach(comments, rows)
    lines: list[str] = []
    indent = 0
    for row, columns in _align(rows):
        lines += _comments_above(row, indent)
        lines += _fill(row, columns)
        indent = row.indent
    lines += _comments_below(below, indent)
    if lines[:1] == [""]:
        del lines[0]
    return "".join(f"{line.rstrip()}\n" for line in lines)


# Comments


def _attach(comments: Iterable[Comment], rows: Sequence[Row]) -> list[Comment]:
    """Hang the comments on the rows, in their order; those behind the last statement come back."""
    starts: list[int] = []
    places: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        marks = [(row.start, 0)] if row.columns else []
        marks += [(piece.start, index) for index, piece in enumerate(row.pieces, 1)]
        for start, index in marks:
            starts.append(max(start, starts[-1]) if starts else start)
            places.append((number, index))
    below: list[Comment] = []
    for comment in comments:
        place = bisect_left(starts, comment.span.start) - 1
        number, index = places[place] if place >= 0 else (-1, 0)
        following = rows[number + 1].above if number + 1 < len(rows) else below
        if number < 0:
            following.append(comment)
        elif index < len(rows[number].pieces):
            rows[number].after.setdefault(index, []).append(comment)
        elif not comment.own_line and rows[number].behind is None and not following:
            rows[number].behind = comment
        else:
            following.append(comment)
    return below


def _say(comment: Comment, indent: int = 0) -> str:
    """A comment at `indent`, unless it begins its line in the source."""
    return f"{' ' * indent if comment.span.column > 1 else ''}# {comment.text}".rstrip()


def _comments_above(row: Row, indent: int) -> list[str]:
    """The lines between a row and the one before it, which stands at `indent`."""
    lines = _spaced(row.above, row.indent)
    if row.blank_before and "" not in lines:
        lines.insert(0, "")
    if row.above and "" in lines[1:]:  # what stands close under the row before belongs to it
        for index, comment in enumerate(row.above[: lines.index("")]):
            lines[index] = _say(comment, indent)
    return lines


def _comments_below(comments: Sequence[Comment], indent: int) -> list[str]:
    """The lines behind the last row, which stands at `indent`."""
    lines = _spaced(comments, 0)
    end = lines.index("") if "" in lines else len(lines)
    for index, comment in enumerate(comments[:end]):
        lines[index] = _say(comment, indent)
    return lines[:-1] if lines[-1:] == [""] else lines


def _spaced(comments: Sequence[Comment], indent: int) -> list[str]:
    lines: list[str] = []
    for comment in comments:
        if comment.blank_before and comment.own_line and (not lines or lines[-1]):
            lines.append("")
        lines.append(" " * indent + _say(comment))
        if comment.blank_after:
            lines.append("")
    return lines


# Rows to lines


def _align(rows: Sequence[Row]) -> Iterator[tuple[Row, str]]:
    """Each row with its columns padded to one width over a run of neighbours of one shape."""
    start = 0
    while start < len(rows):
        first, stop = rows[start], start + 1
        while stop < len(rows) and _are_alike(first, rows[stop]):
            stop += 1
        run = rows[start:stop]
        widths = [
            max(
                (width for row in run if (width := measure_width(row.columns[index])) <= _DEEPEST_COLUMN),
                default=0,
            )
            for index in range(len(first.columns))
        ]
        yield from ((row, "".join(map(_pad, row.columns, widths))) for row in run)
        start = stop


def _are_alike(first: Row, other: Row) -> bool:
    return (
        other.indent == first.indent and len(other.columns) == len(first.columns) and not other.stands_apart
    )


def _pad(column: str, width: int) -> str:
    return column + " " * (max(0, width - measure_width(column)) + 1)


def _fill(row: Row, columns: str) -> list[str]:
    """The lines of a row with the comments inside it."""
    head = " " * row.indent + columns
    base = measure_width(head) if columns else row.indent + _DEEPER
    hanging = " " * base
    deeper = " " * (base + _DEEPER)
    if row.after or measure_width(whole := head + _join(row)) > WIDTH:
        lines = _note(head, row.after.get(0, []), hanging)
        for index, piece in enumerate(row.pieces):
            if index == 0:
                lines = [head + piece.text] if lines == [head] else [*lines, hanging + piece.text]
            elif (row.gap and piece.opens) or not _fits(row, index, lines[-1]):
                lines.append((hanging if piece.opens else deeper) + piece.text)
            else:
                lines[-1] += f" {piece.text}"
            lines += _note(lines.pop(), row.after.get(index + 1, []), hanging)
    else:
        lines = [whole]
    if row.behind is not None:
        lines[-1] += f"  {_say(row.behind)}"
    return lines


def _fits(row: Row, index: int, line: str) -> bool:
    """Whether a piece goes on the line, with all of the part that it opens."""
    if index in row.after:
        return False
    words = row.pieces[index].text
    if row.pieces[index].opens:
        for piece in row.pieces[index + 1 :]:
            if piece.opens:
                break
            words += f" {piece.text}"
    return measure_width(line) + 1 + measure_width(words) <= WIDTH


def _join(row: Row) -> str:
    """The pieces on one line."""
    words = row.pieces[0].text if row.pieces else ""
    for piece in row.pieces[1:]:
        words += f"{(piece.opens and row.gap) or ' '}{piece.text}"
    return words


def _note(line: str, comments: Sequence[Comment], hanging: str) -> list[str]:
    """A line with the comments behind it: the first on the line if it stood so, the others below."""
    lines = [line]
    for number, comment in enumerate(comments):
        if number == 0 and not comment.own_line:
            lines[0] = f"{line.rstrip()}  {_say(comment)}"
        else:
            lines.append(hanging + _say(comment))
    return lines
