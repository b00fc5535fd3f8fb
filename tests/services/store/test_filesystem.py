"""Planted mount tables: which drive a path lies on, and whether another machine holds it."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from services.store.filesystem import mount_of, mount_table, network_mount, read_mounts

LINUX = r"""
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw,nosuid 0 0
tmpfs /run tmpfs rw 0 0
nas:/export/lab /data nfs4 rw,vers=4.2,addr=10.0.0.2 0 0
/dev/sdb1 /data/scratch xfs rw 0 0
//nas/share /mnt/Lab\040share cifs rw,username=mika 0 0
mika@host:/home /home/mika/remote fuse.sshfs rw,nosuid 0 0
/dev/sdc1 /media/stick fuseblk rw 0 0
systemd-1 /auto autofs rw,direct 0 0
nas:/auto /auto nfs rw 0 0
nas:/old /hidden nfs rw 0 0
/dev/sdd1 /hidden ext4 rw 0 0
gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0
""".strip()

MACOS = """
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
//mika@nas._smb._tcp.local/Lab%20share on /Volumes/Lab share (1) (smbfs, nodev, nosuid, mounted by mika)
nas:/export on /Volumes/export (nfs)
/dev/disk4s1 on /Volumes/on stick (msdos, local, nodev)
""".strip()


@pytest.mark.parametrize(
    ("table", "path", "kind"),
    [
        (LINUX, "/data/PP01/meguri.db", "nfs4"),
        (LINUX, "/data", "nfs4"),
        (LINUX, "/mnt/Lab share/meguri.db", "cifs"),
        (LINUX, "/home/mika/remote/w/meguri.db", "fuse.sshfs"),
        (LINUX, "/auto/meguri.db", "nfs"),
        (LINUX, "/run/user/1000/gvfs/smb-share/meguri.db", "fuse.gvfsd-fuse"),
        (MACOS, "/Volumes/Lab share (1)/w/meguri.db", "smbfs"),
        (MACOS, "/Volumes/export/meguri.db", "nfs"),
    ],
)
def test_a_network_drive_is_told(table, path, kind):
    """The drive that holds the path is found, with its kind."""
    drive = network_mount(PurePosixPath(path), table)
    assert drive is not None
    assert drive.kind == kind


@pytest.mark.parametrize(
    ("table", "path", "kind"),
    [
        (LINUX, "/home/mika/meguri.db", "ext4"),
        (LINUX, "/home/mika/remote-copy/meguri.db", "ext4"),
        (LINUX, "/data/scratch/meguri.db", "xfs"),
        (LINUX, "/database/meguri.db", "ext4"),
        (LINUX, "/media/stick/meguri.db", "fuseblk"),
        (LINUX, "/hidden/meguri.db", "ext4"),
        (LINUX, "/run/meguri.db", "tmpfs"),
        (MACOS, "/Users/mika/meguri.db", "apfs"),
        (MACOS, "/Volumes/on stick/meguri.db", "msdos"),
    ],
)
def test_a_local_disk_passes(table, path, kind):
    """A local disk is found as itself, also under, over and beside a network drive."""
    mount = mount_of(PurePosixPath(path), read_mounts(table))
    assert mount is not None
    assert mount.kind == kind
    assert network_mount(PurePosixPath(path), table) is None


def test_every_line_of_a_table_is_read():
    """No line is passed over in silence: thirteen mounts of Linux, seven of macOS, with their devices."""
    assert len(read_mounts(LINUX)) == 13
    assert [mount.device for mount in read_mounts(MACOS)][3:5] == [
        "map auto_home",
        "//mika@nas._smb._tcp.local/Lab%20share",
    ]
    assert len(read_mounts(MACOS)) == 7


def test_no_table_says_nothing():
    """Where a platform shows no mounts, no drive is suspected."""
    assert network_mount(PurePosixPath("/data/meguri.db"), "") is None


def test_this_machine_shows_what_its_root_is():
    """The real mount table is readable and names the root."""
    mount = mount_of(PurePosixPath("/"), read_mounts(mount_table()))
    assert mount is not None
    assert mount.point == PurePosixPath("/")
