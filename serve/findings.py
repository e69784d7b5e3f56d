"""What `contrapposto doctor` tells: rows, and how they are printed, as a table or JSON. Finds nothing out."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["ok", "missing", "broken"]
MARKS: dict[Status, str] = {"ok": "ok", "missing": "--", "broken": "!!"}


@dataclass(frozen=True)
class Row:
    """One finding. needed: the service cannot start unless it is ok."""

    area: str
    name: str
    status: Status
    told: str
    needed: bool = False


def could_start(rows: list[Row]) -> list[Row]:
    """What stands in the way: empty when the service could start."""
    return [row for row in rows if row.needed and row.status != "ok"]


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
