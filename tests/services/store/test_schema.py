"""The schema and its versions: what migrations build is what the tables say, and no newer schema is touched."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from services.store import (
    DatabaseAccessError,
    NewerSchemaError,
    SchemaError,
    SqlJournal,
    known_version,
    open_database,
    schema_version,
    upgrade,
)
from services.store.address import read_url
from services.store.engine import make_engine, reading, writing
from services.store.schema import VERSION_TABLE
from services.store.tables import StoreTable


def differences(engine: Engine) -> list[object]:
    """List what Alembic would change to turn a database into what the tables say."""
    options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    with reading(engine) as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), StoreTable.metadata)


def rules(engine: Engine) -> dict[str, object]:
    """Collect what that comparison does not see: the names and texts of all constraints, by table."""
    found = inspect(engine)
    return {
        name: (
            found.get_pk_constraint(name),
            sorted((check["name"], check["sqltext"]) for check in found.get_check_constraints(name)),
            sorted((key["name"], key["referred_table"]) for key in found.get_foreign_keys(name)),
        )
        for name in StoreTable.metadata.tables
    }


def test_migrations_build_what_the_tables_say(database):
    """Tables, columns, types: Alembic finds nothing to change; a planted column it does find."""
    assert differences(database) == []
    with writing(database, "test") as connection:
        connection.execute(text("ALTER TABLE campaign ADD COLUMN mood TEXT"))
    assert len(differences(database)) == 1


def test_migrations_build_the_constraints_that_the_tables_say(request, database):
    """Keys and checks have the same names and texts as tables made straight from the classes."""
    straight = make_engine(read_url(request.getfixturevalue(f"empty_{database.dialect.name}_url")))
    StoreTable.metadata.create_all(straight)
    assert rules(database) == rules(straight)
    assert len(rules(database)["journal_entry"][1]) == 3
    straight.dispose()


def test_the_version_tells_how_far_a_database_is(empty_database_url):
    """A database without tables has version 0; opening brings it to the version of this code."""
    bare = make_engine(read_url(empty_database_url))
    assert schema_version(bare) == 0
    opened = open_database(empty_database_url)
    assert schema_version(opened) == schema_version(bare) == known_version() > 0
    for engine in (bare, opened):
        engine.dispose()


def test_upgrading_twice_changes_nothing(database):
    """A database of today's schema stays as it is."""
    upgrade(database)
    assert schema_version(database) == known_version()
    assert differences(database) == []


def test_a_newer_schema_is_refused_and_left_alone(database_url):
    """An old program never writes into what a newer one made; the message names both versions."""
    engine = open_database(database_url)
    later = known_version() + 7
    with writing(engine, "test") as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{later:04d}'"))
    for attempt in (lambda: open_database(database_url), lambda: upgrade(engine)):
        with pytest.raises(NewerSchemaError, match=f"version {later}, .* up to {known_version()}") as caught:
            attempt()
        assert (caught.value.found, caught.value.known) == (later, known_version())
    assert schema_version(engine) == later
    engine.dispose()


@pytest.mark.parametrize("numbers", [[], ["1975ea83b712"], ["0001", "0002"]])
def test_a_version_that_is_not_ours_is_refused(database_url, numbers):
    """A version table that holds no single number was not written by this store."""
    engine = open_database(database_url)
    with writing(engine, "test") as connection:
        connection.execute(text(f"DELETE FROM {VERSION_TABLE}"))
        for number in numbers:
            connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('{number}')"))
    with pytest.raises(SchemaError, match="should hold one number, got"):
        open_database(database_url)
    engine.dispose()


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_database_url):
    """A table of the same name stands in the way of a later step: the earlier steps are taken back as well."""
    raw = create_engine(read_url(empty_database_url))
    with raw.begin() as connection:
        connection.execute(text("CREATE TABLE journal_entry (notes TEXT)"))
    with pytest.raises(DatabaseAccessError, match=r"journal_entry.* already exists"):
        open_database(empty_database_url)
    assert inspect(raw).get_table_names() == ["journal_entry"]
    raw.dispose()


def test_threads_may_open_several_databases_at_once(tmp_path):
    """Alembic keeps the running migration in module globals; two upgrades in one process do not mix."""
    urls = [f"sqlite:///{tmp_path / f'{number % 3}.db'}" for number in range(9)]
    opened: list[tuple[str, int]] = []
    together = threading.Barrier(len(urls), timeout=60)

    def open_one(url: str) -> None:
        together.wait()
        engine = open_database(url)
        opened.append((url, schema_version(engine)))
        engine.dispose()

    threads = [threading.Thread(target=open_one, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(opened) == sorted((url, known_version()) for url in urls)


def test_the_current_folder_does_not_matter(tmp_path, monkeypatch, empty_sqlite_url):
    """Migrations travel with the package: no alembic.ini, no folder to stand in."""
    monkeypatch.chdir(tmp_path)
    engine = open_database(empty_sqlite_url)
    assert SqlJournal(engine).campaigns() == []
    engine.dispose()


def test_the_known_version_is_that_of_the_last_migration():
    """The number is written down so that Alembic need not be asked at every start; here it is asked."""
    configuration = Config()
    configuration.set_main_option("script_location", "services.store:migrations")
    assert ScriptDirectory.from_config(configuration).get_current_head() == f"{known_version():04d}"
