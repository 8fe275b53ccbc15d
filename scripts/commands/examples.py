"""Examples in the ``--help`` of each command; tests parse them as the command line does."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer.models import CommandInfo

EXAMPLES = {
    "index": "zhangju index plan.docx laws/",
    "ask": 'zhangju ask "用水量要下降多少？" -k 3',
    "related": 'zhangju related "ch. 16, sec. 2, para. 1"',
    "coverage": "zhangju coverage 养老 hydrogen -o coverage.xlsx",
    "show": "zhangju show 第十六章第二节第1段",
    "outline": "zhangju outline plan.docx",
    "batch": "zhangju batch questions.xlsx -o evidence.xlsx --diff last-year.xlsx",
    "check": "zhangju check evidence.xlsx",
    "evaluate": "zhangju evaluate my-questions --run today.trec",
    "verify": "zhangju verify --rows 100",
    "history": "zhangju history",
    "rollback": "zhangju rollback --to 3",
    "backup": "zhangju backup /media/backups/zhangju",
    "restore": "zhangju restore /media/backups/zhangju",
    "doctor": "zhangju doctor",
    "serve": "zhangju serve plan.docx --open",
    "password": "zhangju password anna --auth-file users",
}


def with_example(command: "CommandInfo") -> None:
    """Add the command's example to its help."""
    name = command.name or (command.callback.__name__ if command.callback else "")
    command.epilog = f"Example: {EXAMPLES[name]}"
