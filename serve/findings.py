"""Prints what `serve.doctor` found: a table, or JSON. Knows rows, finds nothing out."""

import json
from dataclasses import asdict

from serve.doctor import Row, could_start

MARKS = {"ok": "ok", "missing": "--", "broken": "!!"}


def as_table(rows: list[Row]) -> str:
    """Areas as headings; what stands in the way of a start at the end."""
    width = max(len(row.name) for row in rows)
    lines, area = [], ""
    for row in rows:
        if row.area != area:
            area = row.area
            lines += ["", area]
        lines.append(f"  {MARKS[row.status]}  {row.name:{width}}  {row.told}")
    faults = could_start(rows)
    lines += ["", *(f"cannot start: {row.area} {row.name}: {row.told}" for row in faults)]
    return "\n".join([*lines[1:], *([] if faults else ["the service could start"])])


def as_json(rows: list[Row]) -> str:
    """{"could_start": bool, "rows": [...]}."""
    return json.dumps({"could_start": not could_start(rows), "rows": [asdict(row) for row in rows]}, indent=2)
