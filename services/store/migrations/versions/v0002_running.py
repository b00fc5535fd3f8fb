"""What a campaign needs to go on by itself: leases, the outbox, results that wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("done_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
        sa.CheckConstraint("name <> ''", name="ck_lease_name_is_not_empty"),
        sa.CheckConstraint("token >= 0", name="ck_lease_token_counts_from_zero"),
    )
    op.create_table(
        "work_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_work_order"),
        sa.ForeignKeyConstraint(["campaign"], ["campaign.id"], name="fk_work_order_campaign"),
        sa.UniqueConstraint("campaign", "number", name="uq_work_order_campaign"),
        sa.CheckConstraint("number >= 1", name="ck_work_order_number_counts_from_one"),
    )
    op.create_table(
        "held_result",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_result"),
        sa.CheckConstraint("reason <> ''", name="ck_held_result_reason_is_not_empty"),
    )
