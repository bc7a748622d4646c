"""Words that an office file gives, in as many languages as it likes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cases.language.catalogues import CODE, SOURCE, Language

LONGEST = 2_000  # letters
LanguageCode = Annotated[str, Field(pattern=CODE)]
Words = Annotated[str, Field(max_length=LONGEST)]


class Text(BaseModel):
    """Words in one language or more, by language code; where one is missing another stands in.

    >>> Text(en="appeal", de="Einspruch").say("de"), Text(de="Einspruch").say("en")
    ('Einspruch', 'Einspruch')
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[LanguageCode, Words]

    def __init__(self, /, **words: str) -> None:
        super().__init__(**words)

    @model_validator(mode="after")
    def _has_words(self) -> Text:
        if not any(map(str.strip, self.__pydantic_extra__.values())):
            raise PydanticCustomError("no_words", "no words in any language")
        return self

    def speaks(self, language: Language) -> bool:
        """Whether it has words in `language` of its own."""
        return bool(self.__pydantic_extra__.get(language, "").strip())

    def say(self, language: Language) -> str:
        """The words in `language`, else in English, else in any language there is."""
        words = {code: word for code, word in self.__pydantic_extra__.items() if word.strip()}
        return words.get(language) or words.get(SOURCE) or next(iter(words.values()))
