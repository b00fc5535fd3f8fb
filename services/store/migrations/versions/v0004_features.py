"""What recipes made of measurements: features in a long table, peaks and notes beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "derivation",
        sa.Column("measurement", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("measurement", "recipe", name="pk_derivation"),
        sa.ForeignKeyConstraint(["measurement"], ["measurement.id"], name="fk_derivation_measurement"),
        sa.UniqueConstraint("measurement", "number", name="uq_derivation_measurement"),
        sa.CheckConstraint("length(recipe) = 64", name="ck_derivation_recipe_is_sha256"),
        sa.CheckConstraint("number >= 1", name="ck_derivation_number_counts_from_one"),
    )
    op.create_table(
        "feature",
        sa.Column("measurement", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("stderr", sa.Float(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("limit", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("measurement", "recipe", "name", name="pk_feature"),
        sa.ForeignKeyConstraint(
            ["measurement", "recipe"], ["derivation.measurement", "derivation.recipe"], name="fk_feature_measurement"
        ),
        sa.CheckConstraint("(state = 'measured') = (value IS NOT NULL)", name="ck_feature_is_measured_or_not"),
        sa.CheckConstraint("stderr IS NULL OR stderr >= 0", name="ck_feature_stderr_is_not_negative"),
    )
