"""What a laboratory's export looks like, declared: by which words a file is known, which column is which quantity.

A profile is data: a new modality needs no code. Each field's meaning stands beside it and goes into the reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from loop.errors import Fault
from loop.faults import faults_of
from loop.values import Frozen
from services.ingest.errors import IngestError
from services.ingest.profiles.lines import Encoding
from services.records.yaml_source import read_yaml

__all__ = [
    "Blocks",
    "ColumnRule",
    "Condition",
    "FieldRules",
    "Knows",
    "MatrixRule",
    "Pattern",
    "Profile",
    "ProfileError",
    "SegmentRule",
    "Shape",
    "TextForm",
    "read_profile",
]

Shape = Literal["curve", "columns are specimens", "rows are specimens", "amounts", "amounts in rows"]
DelimiterName = Literal["auto", "tab", "semicolon", "bar", "comma", "blanks"]


class ProfileError(IngestError):
    """A profile cannot be used; `faults` lists every reason found, with file, line and field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))

    def __reduce__(self) -> tuple[type[ProfileError], tuple[tuple[Fault, ...]]]:
        return ProfileError, (self.faults,)


def _checked(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_checked)]
"""A regular expression of Python; capital and small letters are alike, and it may stand anywhere in the text."""


class Knows(Frozen):
    """What makes a file one of this profile's, beside its required columns."""

    lines: tuple[Pattern, ...] = Field(
        default=(), description="Each must be found in a line before the numbers, or in the header's own lines."
    )
    name: Pattern | None = Field(
        default=None, description="Must be found in the file's name. A name proves nothing by itself."
    )
    one_of: tuple[tuple[str, ...], ...] = Field(
        default=(), description="Lists of quantities; of each list one at least must be among the columns."
    )
    without: tuple[str, ...] = Field(default=(), description="Quantities that must not be among the columns.")
    says: Pattern | None = Field(
        default=None, description="Must be found in the file's name or in a line before the numbers."
    )
    only_by_name: bool = Field(
        default=False,
        description="Never taken by itself, only where a person names the profile: for files that say too little of "
        "themselves, as numbers without a header.",
    )


class TextForm(Frozen):
    """How the file spells its text and numbers; what is left out is found out."""

    encoding: Encoding = Field(
        default="auto", description="UTF-8 and UTF-16 with or without a mark, Latin-1, Shift-JIS."
    )
    delimiter: DelimiterName = Field(default="auto", description="What stands between cells.")
    decimal: Literal["auto", "point", "comma"] = Field(
        default="auto", description="The decimal mark. Where 1,234 can be read in two ways, auto refuses."
    )
    sheet: Pattern | None = Field(
        default=None, description="Which sheets of a workbook to read; all that fit where left out."
    )


class ColumnRule(Frozen):
    """One column that the profile needs or names."""

    quantity: str = Field(description="Name of the quantity, as time, temperature, heat_flow.", min_length=1)
    header: Pattern | None = Field(
        default=None, description="What its header looks like. Left out: the words known for the quantity."
    )
    position: int | None = Field(
        default=None, ge=1, description="Which column it is, from 1, where there is no header."
    )
    unit: str | None = Field(
        default=None, description="Its unit, where the file does not say it; a file that says another is refused."
    )
    required: bool = Field(default=True, description="Whether a file without it is none of this profile's.")

    @model_validator(mode="after")
    def _is_found_in_one_way(self) -> ColumnRule:
        if self.header is not None and self.position is not None:
            raise ValueError("header and position: give one of them")
        return self


class Blocks(Frozen):
    """Several test pieces in one file, a reading each."""

    by: Literal["columns", "rows", "names"] = Field(
        description="Beside each other; one below the other; or one below the other with their names in a column."
    )
    label: Pattern | None = Field(
        default=None,
        description="For rows: what the line that begins a piece looks like; the group (?P<label>…), if there is one, "
        "is the piece's name. For columns: what a piece's name looks like in the row over the names. For names: the "
        "header of the column that holds them; left out: sample, id and the like.",
    )


class SegmentRule(Frozen):
    """The stretches of a program, as heat, cool, heat."""

    by: Literal["column", "marker", "rate"] = Field(
        description="By the numbers of a column, by lines between the numbers, or by the sign of a rate."
    )
    column: str = Field(default="segment", description="For column: the quantity that holds the segment's number.")
    marker: Pattern | None = Field(
        default=None,
        description="What a line between the numbers looks like that begins a segment; the groups (?P<name>…) and "
        "(?P<rate>…), in K/min, are kept. With rate: such lines may be there, and then part the program.",
    )
    of: str = Field(default="temperature", description="For rate: the quantity that rises or falls.")
    least: float = Field(default=0.5, gt=0, description="For rate: slower than this, in its unit a minute, it holds.")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> SegmentRule:
        if self.by == "marker" and self.marker is None:
            raise ValueError("marker: is required where segments go by marker")
        return self


class MatrixRule(Frozen):
    """One specimen a row, or one a column, and what its values are."""

    axis: str = Field(default="x", description="Quantity along the axis.")
    axis_unit: str = Field(default="", description="Its unit.")
    header: Pattern | None = Field(
        default=None,
        description="For rows: which columns hold values; the group (?P<x>…) is the place on the axis. Left out: "
        "headers that are numbers.",
    )
    value: str = Field(default="intensity", description="Quantity of the values.")
    value_unit: str = Field(default="", description="Their unit.")


class Condition(Frozen):
    """A number of the header."""

    field: Pattern = Field(description="What the field's name looks like.")
    unit: str = Field(default="", description="Its unit, where the file does not say it.")


class FieldRules(Frozen):
    """Which fields of the header say what; the usual words are known without it."""

    specimen: tuple[Pattern, ...] = Field(default=(), description="Names of the field that says the specimen.")
    instrument: tuple[Pattern, ...] = Field(default=(), description="… the instrument.")
    operator: tuple[Pattern, ...] = Field(default=(), description="… who measured.")
    session: tuple[Pattern, ...] = Field(default=(), description="… the run or series.")
    date: tuple[Pattern, ...] = Field(default=(), description="… when.")
    date_format: str | None = Field(
        default=None,
        description="How dates are written, as %d.%m.%Y %H:%M:%S. Left out: only dates of one reading are read.",
    )
    conditions: Mapping[str, Condition] = Field(
        default={}, description="Numbers by name: heating_rate, mass, speed, width."
    )

    @field_validator("date_format")
    @classmethod
    def _is_a_format(cls, form: str | None) -> str | None:
        if form is not None:
            day = datetime(2001, 2, 3, 4, 5, 6)
            try:
                is_read = datetime.strptime(day.strftime(form), form).date() == day.date()
            except (ValueError, re.error):
                is_read = False
            if not is_read:
                raise ValueError(f"{form!r} is no format of dates; write for instance %d.%m.%Y %H:%M:%S")
        return form


class Profile(Frozen):
    """What one kind of export looks like, and what it holds."""

    schema_version: Literal[1] = Field(alias="schema", description="Version of this format.")
    profile: str = Field(description="Its name, in small letters.", pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    title: str = Field(description="What it is, for people.", min_length=1)
    modality: str = Field(
        default="", description="Kind of analysis, as TG or tensile; empty where the file leaves it open."
    )
    proven_on: tuple[str, ...] = Field(default=(), description="Origins of real files that it was proved on.")
    shape: Shape = Field(
        default="curve",
        description="One curve; spectra, a specimen a column or a row; a table of amounts, a specimen a row; or "
        "one with an amount a row, and a specimen a column.",
    )
    knows: Knows = Field(default=Knows(), description="What makes a file one of this profile's.")
    text: TextForm = Field(default=TextForm(), description="How text and numbers are spelled.")
    columns: tuple[ColumnRule, ...] = Field(
        default=(), description="The columns that it needs or names; others are kept too."
    )
    axis: tuple[str, ...] = Field(
        default=(),
        description="The quantity along which values stand; of several the first that is there and never turns back. "
        "'point' counts the points.",
    )
    blocks: Blocks | None = Field(default=None, description="Several test pieces in a file.")
    segments: SegmentRule | None = Field(default=None, description="Stretches of a program.")
    matrix: MatrixRule | None = Field(default=None, description="For specimens in rows or columns.")
    label: tuple[Pattern, ...] = Field(
        default=(),
        description="For specimens in rows: headers of the columns that name them. Left out: sample, id and the like.",
    )
    rows_without_numbers: Pattern | None = Field(
        default=None,
        description="For tables of amounts: header of a column whose words make a row count though it holds no "
        "number, as the type of break of a bar that did not break. Such a row holds the amount not_determined, 1.",
    )
    fields: FieldRules = Field(default=FieldRules(), description="Which fields of the header say what.")
    claims: Mapping[Literal["points", "first", "last", "smallest", "largest"], Pattern] = Field(
        default={},
        description="Fields in which the file says its number of points, the ends of its axis, or its extremes.",
    )
    end: Pattern | None = Field(
        default=None, description="The line behind the numbers; a file without it is held to be cut off."
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> Profile:
        names = [rule.quantity for rule in self.columns]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"columns: {name!r} stands twice; each column is of another quantity")
        if self.shape == "curve" and not (self.columns or self.knows.one_of):
            raise ValueError("columns: at least one is required for a curve")
        if self.matrix is not None and self.shape not in ("columns are specimens", "rows are specimens"):
            raise ValueError(f"matrix: says nothing for the shape {self.shape!r}")
        if self.shape in ("amounts", "amounts in rows") and not (self.columns or self.knows.one_of):
            raise ValueError("columns: at least one is required for amounts")
        return self

    @property
    def required(self) -> tuple[str, ...]:
        """Quantities without which a file is none of this profile's."""
        return tuple(rule.quantity for rule in self.columns if rule.required)

    @property
    def is_headerless(self) -> bool:
        """Whether its columns are known by their place."""
        return bool(self.columns) and all(rule.position is not None for rule in self.columns)


def read_profile(text: str, *, file_name: str = "") -> Profile:
    """Read a profile that a person wrote.

    Raises
    ------
    ProfileError
        With a fault for each thing wrong: file, line, field, and what would be right.
    """
    source = read_yaml(text, file_name=file_name)
    faults = list(source.faults)
    data: dict[str, Any] = source.data
    if source.is_whole:
        try:
            profile = Profile.model_validate(data)
        except ValidationError as error:
            faults += [source.place(fault) for fault in faults_of(error, Profile, data)]
        else:
            if not faults:
                return profile
    raise ProfileError(tuple(faults))
