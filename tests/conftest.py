"""What every test may ask for: databases of its own on SQLite and PostgreSQL, and a journal in them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from services.store import SqlJournal, open_database
from tests.postgres import REQUIRE_VARIABLE, ROOT_VARIABLE, Cluster, PostgresMissingError, roomy_memory

DATABASES = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder of a PostgreSQL cluster for the first test in need of it; let no clock fail a test."""
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")
    if not hasattr(config, "workerinput"):
        os.environ[ROOT_VARIABLE] = tempfile.mkdtemp(prefix="meguri-pg-", dir=roomy_memory())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster, if one was started, after the last worker is done."""
    if hasattr(config, "workerinput"):
        return
    root = Path(os.environ.pop(ROOT_VARIABLE))
    if (root / "data").exists():
        Cluster.in_folder(root).stop()
    shutil.rmtree(root)


@pytest.fixture(scope="session")
def postgres_cluster() -> Cluster:
    """A running PostgreSQL cluster, the same for every worker; skips, saying so, where there is none."""
    try:
        cluster = Cluster.in_folder(Path(os.environ[ROOT_VARIABLE]))
    except PostgresMissingError as error:
        if os.environ.get(REQUIRE_VARIABLE) == "1":
            pytest.fail(f"{error}, and {REQUIRE_VARIABLE}=1 asks for it")
        pytest.skip(str(error))
    cluster.ensure_started(make_schema)
    return cluster


def make_schema(url: str) -> None:
    """Bring a database to today's schema."""
    open_database(url).dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite database of the test's own, with today's schema."""
    url = f"sqlite:///{tmp_path / 'meguri.db'}"
    make_schema(url)
    return url


@pytest.fixture
def postgresql_url(postgres_cluster: Cluster) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with today's schema."""
    with postgres_cluster.database(is_prepared=True) as url:
        yield url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def empty_postgresql_url(postgres_cluster: Cluster) -> Iterator[str]:
    """A PostgreSQL database without a table."""
    with postgres_cluster.database(is_prepared=False) as url:
        yield url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of the test's own with today's schema, on SQLite and on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without a table, on SQLite and on PostgreSQL."""
    return request.getfixturevalue(f"empty_{request.param}_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An open database with today's schema, on SQLite and on PostgreSQL."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def journal(database: Engine) -> SqlJournal:
    """An empty journal, on SQLite and on PostgreSQL."""
    return SqlJournal(database)
