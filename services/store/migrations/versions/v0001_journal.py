"""Campaigns and their journal, which the database itself keeps append-only and without gaps."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE = (
    """
    CREATE TRIGGER journal_entry_no_gap BEFORE INSERT ON journal_entry
    WHEN NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM journal_entry WHERE campaign = NEW.campaign), 0)
    BEGIN SELECT RAISE(ABORT, 'journal_entry: seq must follow the last one, 1, 2, 3, without gaps'); END
    """,
    """
    CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only: no UPDATE'); END
    """,
    """
    CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only: no DELETE'); END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION journal_entry_refuse_gap() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
    BEGIN
        IF NEW.seq IS DISTINCT FROM
           1 + coalesce((SELECT max(seq) FROM journal_entry WHERE campaign = NEW.campaign), 0) THEN
            RAISE EXCEPTION 'journal_entry: seq must follow the last one, 1, 2, 3, without gaps'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER journal_entry_no_gap BEFORE INSERT ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_refuse_gap()
    """,
    """
    CREATE FUNCTION journal_entry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'journal_entry is append-only: no %', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER journal_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_refuse_change()
    """,
)


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaign"),
        sa.CheckConstraint("id <> ''", name="ck_campaign_id_is_not_empty"),
        sa.CheckConstraint("last_seq >= 0", name="ck_campaign_last_seq_counts_from_zero"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "seq", name="pk_journal_entry"),
        sa.ForeignKeyConstraint(["campaign"], ["campaign.id"], name="fk_journal_entry_campaign"),
        sa.CheckConstraint("seq >= 1", name="ck_journal_entry_seq_counts_from_one"),
        sa.CheckConstraint("actor <> ''", name="ck_journal_entry_actor_is_not_empty"),
        sa.CheckConstraint("kind <> ''", name="ck_journal_entry_kind_is_not_empty"),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
