"""The commands. Each parses, calls what does the work, and says one fact a line; `--help` explains them."""

from typing import Annotated

import typer

from jobdating import settings
from jobdating.db.migrations import migrate as migrate_database

app = typer.Typer(
    help="A virtual job dating: booking, live queues, and the day as it happens.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="sqlite:///path or postgresql://… (or JOBDATING_DATABASE_URL)")
]
Port = Annotated[int, typer.Option(help="Port to listen on", min=1, max=65535)]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Port = 8000,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the platform; prints its address when it is ready."""
    from jobdating.app import create_app
    from jobdating.serving import serve as serve_app

    configured = settings.load(port=port, database_url=database_url)
    serve_app(create_app(configured), host=host, port=port)


@app.command()
def migrate(database_url: DatabaseUrl = None) -> None:
    """Create the database, or bring it to the newest shape."""
    url = database_url or settings.Environment().database_url
    migrate_database(url)
    typer.echo("the database is up to date")


def main() -> None:
    """Run a command; what it cannot do is said in one line, with exit status 2."""
    try:
        app()
    except settings.SettingsError as error:
        typer.echo(f"jobdating: {error}", err=True)
        raise SystemExit(2) from error
