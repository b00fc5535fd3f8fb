"""Files of instruments as they came, the measurements in them, and what people decided on those."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "raw_file",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_raw_file"),
        sa.CheckConstraint("length(hash) = 64", name="ck_raw_file_hash_is_sha256"),
        sa.CheckConstraint("size >= 0", name="ck_raw_file_size_is_a_number_of_bytes"),
        sa.CheckConstraint("(reader = '') <> (refusal = '')", name="ck_raw_file_is_read_or_refused"),
    )
    op.create_table(
        "measurement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("specimen", sa.Text(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_measurement"),
        sa.ForeignKeyConstraint(["file"], ["raw_file.hash"], name="fk_measurement_file"),
        sa.UniqueConstraint("file", "number", name="uq_measurement_file"),
        sa.CheckConstraint("number >= 1", name="ck_measurement_number_counts_from_one"),
        sa.CheckConstraint("judgement IN ('kept', 'doubted', 'excluded')", name="ck_measurement_judgement_is_known"),
    )
    op.create_table(
        "measurement_decision",
        sa.Column("measurement", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("measurement", "number", name="pk_measurement_decision"),
        sa.ForeignKeyConstraint(["measurement"], ["measurement.id"], name="fk_measurement_decision_measurement"),
        sa.CheckConstraint("number >= 1", name="ck_measurement_decision_number_counts_from_one"),
        sa.CheckConstraint("actor <> ''", name="ck_measurement_decision_actor_is_not_empty"),
        sa.CheckConstraint(
            "what IN ('linked', 'read anew', 'doubted', 'kept', 'excluded')",
            name="ck_measurement_decision_what_is_known",
        ),
    )
