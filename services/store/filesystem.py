"""Tell local disks from network drives, where SQLite's locks do not hold. Knows no database."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = ["Mount", "mount_of", "mount_table", "network_mount", "read_mounts"]

NETWORK_FILESYSTEMS = frozenset(
    {
        "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "davfs2", "fhgfs", "gfs2", "glusterfs", "gpfs",
        "lustre", "ncp", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "orangefs", "panfs", "smb", "smb2", "smb3",
        "smbfs", "webdav", "webdavfs",
    }
)  # fmt: skip
NETWORK_FUSE = frozenset(
    {
        "ceph", "ceph-fuse", "cephfs", "cifs", "curlftpfs", "davfs", "davfs2", "gcsfuse", "glusterfs",
        "goofys", "gvfsd-fuse", "juicefs", "mfs", "rclone", "s3fs", "seaweedfs", "smbnetfs", "sshfs",
    }
)  # fmt: skip
"""What stands behind the dot of ``fuse.sshfs``."""

_LINUX = re.compile(r"(?P<device>\S+) (?P<point>/\S*) (?P<kind>\S+) \S+(?: \d+ \d+)?")
_MACOS = re.compile(r"(?P<device>.*?) on (?P<point>/.*) \((?P<kind>[^\s,()]+)(?:, [^()]*)?\)")
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One line of a mount table: what is mounted, where, and as which kind of filesystem."""

    device: str
    point: PurePosixPath
    kind: str

    @property
    def is_network(self) -> bool:
        """True where the files live on another machine."""
        family, _, driver = self.kind.lower().partition(".")
        return family in NETWORK_FILESYSTEMS or (family.startswith("fuse") and driver in NETWORK_FUSE)


def read_mounts(text: str) -> list[Mount]:
    """Read a mount table: ``/proc/mounts`` of Linux or the output of ``mount`` on macOS.

    Lines of neither form are passed over: they name no place where a file could lie.
    """
    mounts = []
    for line in text.splitlines():
        match = _LINUX.fullmatch(line) or _MACOS.fullmatch(line)
        if match is not None:
            mounts.append(
                Mount(
                    device=_plain(match["device"]),
                    point=PurePosixPath(_plain(match["point"])),
                    kind=match["kind"],
                )
            )
    return mounts


def mount_of(path: PurePosixPath, mounts: Sequence[Mount]) -> Mount | None:
    """Find the mount that a path lies on: the deepest one, and of several at one place the last.

    Parameters
    ----------
    path
        Absolute, symbolic links already followed; the file need not exist.
    mounts
        In the order of the mount table: a later line hides an earlier one at the same place.

    Returns
    -------
    None where no mount holds the path.
    """
    holding = [mount for mount in mounts if path.is_relative_to(mount.point)]
    deepest = max((len(mount.point.parts) for mount in holding), default=0)
    return next((mount for mount in reversed(holding) if len(mount.point.parts) == deepest), None)


def network_mount(path: PurePosixPath, text: str) -> Mount | None:
    """Return the network drive that a path lies on by a mount table's text, None on a local disk."""
    mount = mount_of(path, read_mounts(text))
    return mount if mount is not None and mount.is_network else None


def mount_table() -> str:
    """Return this machine's mount table as text; empty where the platform has none that we can read."""
    if sys.platform == "darwin":
        return subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=True).stdout
    table = Path("/proc/self/mounts")
    return table.read_text(errors="surrogateescape") if table.exists() else ""


def _plain(text: str) -> str:
    r"""Undo the octal escapes of ``/proc/mounts``: ``\040`` is a space."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)
