"""What every part of the office file is made of."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from cases.language.messages import Sayable, _
from cases.tables.cells.text import fold_text

CODE = r"^[^\s\"'`;][^\"'`;]{0,79}$"
NAME = r"^[a-z][a-z0-9_]{0,59}$"
# Compared with values of tables, in which full-width letters are folded.
Word = Annotated[str, BeforeValidator(fold_text)]
Code = Annotated[str, BeforeValidator(fold_text), Field(pattern=CODE)]
Name = Annotated[str, Field(pattern=NAME)]
Share = Annotated[float, Field(ge=0, le=1)]

INTAKE, CLOSING = "intake", "closing"
LONGEST_PATH = 500
UNANSWERED = "?"  # stands for a moment that nobody has named yet
WRONG = "wrong"  # the type of the errors of `wrong`


class Model(BaseModel):
    """A frozen part of the office file that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def wrong(problem: Sayable) -> PydanticCustomError:
    """What a validator raises; `problem` goes with it and is put into a language later."""
    return PydanticCustomError(WRONG, "{problem}", {"problem": problem})


def is_inside(path: str) -> bool:
    """Whether it stays within the data folder, has no control characters and can be a path."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    outside = not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]
    return path.isprintable() and len(path) <= LONGEST_PATH and not outside


def _inside(path: str) -> str:
    if not is_inside(path):
        raise wrong(_("must be a path within the data folder, such as `2024/cases.csv`."))
    return path


FilePath = Annotated[str, Field(max_length=LONGEST_PATH), AfterValidator(_inside)]
