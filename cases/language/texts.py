"""Words that an office file gives, in as many languages as it likes."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from cases.language.catalogues import CODE, SOURCE, Language

LONGEST_SHOWN = 20  # letters of what is not a language code


class Text(BaseModel):
    """Words in one language or more, by language code; where one is missing another stands in.

    >>> Text(en="appeal", de="Einspruch").say("de"), Text(de="Einspruch").say("en")
    ('Einspruch', 'Einspruch')
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, str]

    def __init__(self, **words: str) -> None:
        super().__init__(**words)

    @model_validator(mode="after")
    def _by_language(self) -> Text:
        for language in self.__pydantic_extra__:
            if not re.match(CODE, language):
                code = language[:LONGEST_SHOWN]
                raise PydanticCustomError(
                    "language_code", "`{code}` is not a language code", {"code": code}
                )
        if not any(self.__pydantic_extra__.values()):
            raise PydanticCustomError("no_words", "no words in any language")
        return self

    def say(self, language: Language) -> str:
        """The words in `language`, else in English, else in any language there is."""
        words = self.__pydantic_extra__
        word = words.get(language) or words.get(SOURCE)
        return word or next(filter(None, words.values()))
