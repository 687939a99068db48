"""Rules that the tables cannot say: no overlapping live bookings of a candidate, and an append-only journal."""

from sqlalchemy import DDL, event

from jobdating.db.tables import IS_LIVE, bookings, journal

_NEW_IS_LIVE = f"NEW.{IS_LIVE}"
_CLASH = f"""SELECT 1 FROM bookings AS other WHERE other.candidate_id = NEW.candidate_id AND other.id IS NOT NEW.id
  AND other.{IS_LIVE} AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at"""

SQLITE = (
    f"""CREATE TRIGGER bookings_no_overlap_insert BEFORE INSERT ON bookings WHEN NEW.starts_at IS NOT NULL AND {_NEW_IS_LIVE}
BEGIN SELECT RAISE(ABORT, 'no_overlap') WHERE EXISTS ({_CLASH}); END""",
    f"""CREATE TRIGGER bookings_no_overlap_update BEFORE UPDATE OF state, starts_at, ends_at, candidate_id ON bookings
WHEN NEW.starts_at IS NOT NULL AND {_NEW_IS_LIVE}
BEGIN SELECT RAISE(ABORT, 'no_overlap') WHERE EXISTS ({_CLASH}); END""",
    """CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    # With a whole fair its entries go; by themselves they never do.
    """CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal
WHEN OLD.fair_id IS NULL OR EXISTS (SELECT 1 FROM fairs WHERE id = OLD.fair_id)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
)
POSTGRESQL = (
    f"""ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist
  (int4range(candidate_id, candidate_id, '[]') WITH &&, int8range(starts_at, ends_at) WITH &&)
  WHERE (starts_at IS NOT NULL AND {IS_LIVE})""",
    """CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    """CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()""",
    """CREATE FUNCTION journal_is_kept() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN IF OLD.fair_id IS NULL OR EXISTS (SELECT 1 FROM fairs WHERE id = OLD.fair_id)
  THEN RAISE EXCEPTION 'the journal is append-only'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_is_kept()""",
    """CREATE TRIGGER journal_is_not_emptied BEFORE TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()""",
)


def _attach() -> None:
    for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
        for statement in statements:
            table = journal if "ON journal" in statement or "FUNCTION journal" in statement else bookings
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            ddl = ddl.execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


_attach()
