"""first schema"""

from alembic import op
import sqlalchemy as sa


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_keys',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('secret_hash', sa.Text(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('products', sa.Text(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('name'),
    sa.UniqueConstraint('secret_hash')
    )
    op.create_table('bands',
    sa.Column('band', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('band', 'seq'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('bands', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bands_seq'), ['seq'], unique=False)

    op.create_table('counter',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('erased',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('alias_key', sa.Text(), server_default='', nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', 'alias_key')
    )
    with op.batch_alter_table('erased', schema=None) as batch_op:
        batch_op.create_index('erased_alias', ['alias_key'], unique=False)

    op.create_table('feedback',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('author', sa.Text(), nullable=True),
    sa.Column('name_key', sa.Text(), nullable=True),
    sa.Column('twin', sa.Text(), nullable=True),
    sa.Column('hashed', sa.Boolean(), nullable=False),
    sa.Column('alias_of', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('said_at', sa.BigInteger(), nullable=True),
    sa.Column('first_seen_at', sa.BigInteger(), nullable=False),
    sa.Column('revision', sa.Text(), nullable=False),
    sa.Column('products', sa.Text(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('tags', sa.Text(), nullable=True),
    sa.Column('work_key', sa.Text(), server_default='', nullable=False),
    sa.Column('part', sa.SmallInteger(), nullable=False),
    sa.Column('due', sa.SmallInteger(), nullable=True),
    sa.Column('tries', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('parked', sa.Text(), server_default='', nullable=False),
    sa.Column('refused', sa.Text(), server_default='', nullable=False),
    sa.Column('change', sa.BigInteger(), nullable=True),
    sa.Column('voice', sa.Text(), nullable=False),
    sa.Column('expired', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('id')
    )
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.create_index('feedback_age', ['platform', 'at'], unique=False)
        batch_op.create_index('feedback_alias', ['alias_of'], unique=False, sqlite_where=sa.text('alias_of IS NOT NULL'), postgresql_where=sa.text('alias_of IS NOT NULL'))
        batch_op.create_index('feedback_change', ['change'], unique=False, sqlite_where=sa.text('change IS NOT NULL'), postgresql_where=sa.text('change IS NOT NULL'))
        batch_op.create_index('feedback_due', ['part', 'due', sa.literal_column('at DESC')], unique=False, sqlite_where=sa.text('due IS NOT NULL'), postgresql_where=sa.text('due IS NOT NULL'))
        batch_op.create_index('feedback_hashed', ['platform'], unique=False, sqlite_where=sa.column('hashed').is_(sa.true()), postgresql_where=sa.column('hashed').is_(sa.true()))
        batch_op.create_index('feedback_parked', ['parked', 'due'], unique=False, sqlite_where=sa.text("parked != ''"), postgresql_where=sa.text("parked != ''"))
        batch_op.create_index('feedback_refused', ['refused'], unique=False, sqlite_where=sa.text("refused != ''"), postgresql_where=sa.text("refused != ''"))
        batch_op.create_index('feedback_twin', ['twin'], unique=False, sqlite_where=sa.text('twin IS NOT NULL'), postgresql_where=sa.text('twin IS NOT NULL'))
        batch_op.create_index('feedback_unnumbered', ['first_seen_at'], unique=False, sqlite_where=sa.text('change IS NULL'), postgresql_where=sa.text('change IS NULL'))
        batch_op.create_index('feedback_untagged', ['work_key', 'alias_of'], unique=False, sqlite_where=sa.text("work_key = '' AND alias_of IS NULL"), postgresql_where=sa.text("work_key = '' AND alias_of IS NULL"))

    op.create_table('leases',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('meta',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('observations',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', 'digest'),
    sqlite_with_rowid=False
    )
    op.create_table('removals',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_table('runs',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('product', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_runs_started_at'), ['started_at'], unique=False)

    op.create_table('signatures',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('author', sa.Text(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('first_seen_at', sa.BigInteger(), nullable=False),
    sa.Column('sketch', sa.LargeBinary(), nullable=False),
    sa.Column('bands', sa.Text(), nullable=False),
    sa.Column('cluster', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('seq')
    )
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signatures_cluster'), ['cluster'], unique=False)
        batch_op.create_index('signatures_pending', ['first_seen_at', 'seq'], unique=False, sqlite_where=sa.text('cluster IS NULL'), postgresql_where=sa.text('cluster IS NULL'))

    op.create_table('verdicts',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    with op.batch_alter_table('verdicts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_verdicts_seq'), ['seq'], unique=False)

    op.create_table('wanted',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('watermarks',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('source', 'target')
    )


def downgrade() -> None:
    op.drop_table('watermarks')
    op.drop_table('wanted')
    with op.batch_alter_table('verdicts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_verdicts_seq'))

    op.drop_table('verdicts')
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.drop_index('signatures_pending', sqlite_where=sa.text('cluster IS NULL'), postgresql_where=sa.text('cluster IS NULL'))
        batch_op.drop_index(batch_op.f('ix_signatures_cluster'))

    op.drop_table('signatures')
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_runs_started_at'))

    op.drop_table('runs')
    op.drop_table('removals')
    op.drop_table('observations')
    op.drop_table('meta')
    op.drop_table('leases')
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.drop_index('feedback_untagged', sqlite_where=sa.text("work_key = '' AND alias_of IS NULL"), postgresql_where=sa.text("work_key = '' AND alias_of IS NULL"))
        batch_op.drop_index('feedback_unnumbered', sqlite_where=sa.text('change IS NULL'), postgresql_where=sa.text('change IS NULL'))
        batch_op.drop_index('feedback_twin', sqlite_where=sa.text('twin IS NOT NULL'), postgresql_where=sa.text('twin IS NOT NULL'))
        batch_op.drop_index('feedback_refused', sqlite_where=sa.text("refused != ''"), postgresql_where=sa.text("refused != ''"))
        batch_op.drop_index('feedback_parked', sqlite_where=sa.text("parked != ''"), postgresql_where=sa.text("parked != ''"))
        batch_op.drop_index('feedback_hashed', sqlite_where=sa.column('hashed').is_(sa.true()), postgresql_where=sa.column('hashed').is_(sa.true()))
        batch_op.drop_index('feedback_due', sqlite_where=sa.text('due IS NOT NULL'), postgresql_where=sa.text('due IS NOT NULL'))
        batch_op.drop_index('feedback_change', sqlite_where=sa.text('change IS NOT NULL'), postgresql_where=sa.text('change IS NOT NULL'))
        batch_op.drop_index('feedback_alias', sqlite_where=sa.text('alias_of IS NOT NULL'), postgresql_where=sa.text('alias_of IS NOT NULL'))
        batch_op.drop_index('feedback_age')

    op.drop_table('feedback')
    with op.batch_alter_table('erased', schema=None) as batch_op:
        batch_op.drop_index('erased_alias')

    op.drop_table('erased')
    op.drop_table('counter')
    with op.batch_alter_table('bands', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bands_seq'))

    op.drop_table('bands')
    op.drop_table('api_keys')
