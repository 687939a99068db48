"""The live fragments of the organiser pages. Names and queries only."""

from jobdating.queries import attendance, sheet, trouble, wall
from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {
    "wall-figures": Fragment(read=attendance.figures),
    "wall-trouble": Fragment(read=trouble.trouble),
    "wall-attendance": Fragment(read=attendance.attendance),
    "wall-row": Fragment(read=wall.row),
    "stand-sheet": Fragment(read=sheet.sheet),
}
