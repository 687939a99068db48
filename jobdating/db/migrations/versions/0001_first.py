"""The first shape of the database.

Until the first release the shape is what the tables say; from then on each change is a revision of its own.
"""

from alembic import op

from jobdating.db import constraints  # noqa: F401 (attaches the triggers and the exclusion constraint)
from jobdating.db.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
