"""What every part of the office file is made of."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from cases.language.messages import Sayable, _

CODE = r"^[^\s\"'`;][^\"'`;]{0,79}$"
NAME = r"^[a-z][a-z0-9_]{0,59}$"
Code = Annotated[str, Field(pattern=CODE)]
Name = Annotated[str, Field(pattern=NAME)]

INTAKE, CLOSING = "intake", "closing"
WRONG = "wrong"  # the type of the errors of `wrong`


class Model(BaseModel):
    """A frozen part of the office file that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def wrong(problem: Sayable) -> PydanticCustomError:
    """What a validator raises; `problem` goes with it and is put into a language later."""
    return PydanticCustomError(WRONG, "{problem}", {"problem": problem})


def _inside(path: str) -> str:
    """The path, if it stays within the data folder."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    outside = not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]
    if outside or not path.isprintable():
        raise wrong(_("must be a path within the data folder, such as `2024/cases.csv`."))
    return path


FilePath = Annotated[str, Field(max_length=500), AfterValidator(_inside)]
