"""Delimited text and workbooks by a declared profile: the shipped ones, those of others, and the workspace's own."""

from __future__ import annotations

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.catalogue import catalogue
from services.ingest.profiles.matching import choose, fault_of
from services.ingest.profiles.reading import apply_profile
from services.ingest.readers.base import Source
from services.records.reading import Reading

__all__ = ["PREFIX", "READER", "NamedProfileReader", "ProfilesReader"]

PREFIX = "profile:"
"""What stands before a profile's name where one is asked for: ``profile:tg_plain``."""


class ProfilesReader:
    """Reads what some profile knows."""

    name = "profiles"
    title = "delimited text or Excel, by a profile"
    proven_on = (
        "MaCFP PMMA, TG and DSC of two laboratories",
        "SpectroChemPy example: DSC, UTF-16 with decimal commas; TG without a header",
        "OpenSpecy examples: Raman of HDPE, a library of spectra in rows",
        "NIST polyolefins, near infrared, a resin a row",
    )

    def knows(self, source: Source) -> bool:
        """Say whether a profile knows the file, several do equally well, or it is a workbook that cannot be opened."""
        try:
            entry = choose(source.name, source.data, catalogue(source.profiles).entries)
            return entry is not None or fault_of(source.name, source.data) is not None
        except UnreadableFile:
            return True  # several know it: reading says which

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read the file by the profile that knows it best."""
        entry = choose(source.name, source.data, catalogue(source.profiles).entries)
        if entry is None:
            fault = fault_of(source.name, source.data)
            if fault is not None:
                raise UnreadableFile(source.name, fault.reason, fault.hint)
            raise UnreadableFile(source.name, "no profile knows it", "let meguri profile guess draft one")
        return apply_profile(entry.profile, source.name, source.data)


class NamedProfileReader:
    """Reads any file by the one profile that a person names."""

    proven_on: tuple[str, ...] = ()

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.name = PREFIX + profile
        self.title = f"the profile {profile}"

    def knows(self, source: Source) -> bool:
        """Say whether there is a profile of that name: a person has said what the file is."""
        return any(entry.profile.profile == self.profile for entry in catalogue(source.profiles).entries)

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read the file by the profile."""
        return apply_profile(catalogue(source.profiles).named(self.profile).profile, source.name, source.data)


READER = ProfilesReader()
