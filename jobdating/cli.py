"""The commands. Each parses, calls what does the work, and says one fact a line; `--help` explains them."""

from datetime import date
from pathlib import Path
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


@app.command(name="import")
def import_(
    path: Annotated[Path, typer.Argument(help="A workbook (.xlsx, .ods) or a folder of CSV files")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep booked slots that the new hours leave out")] = False,
    language: Annotated[str, typer.Option(help="fr or en")] = "fr",
    database_url: DatabaseUrl = None,
) -> None:
    """Make a fair from a spreadsheet, or bring it up to date; exit status 2 when nothing was imported."""
    from jobdating.commands.importing import run_import

    url = database_url or settings.Environment().database_url
    raise SystemExit(run_import(path, database_url=url, dry_run=dry_run, keep=keep, language=language))


@app.command()
def export(
    fair: Annotated[str, typer.Argument(help="The fair's name in its address, for example juin-2027")],
    path: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx)")],
    language: Annotated[str, typer.Option(help="fr or en")] = "fr",
    database_url: DatabaseUrl = None,
) -> None:
    """Write a fair as a workbook that can be imported again."""
    from jobdating.commands.importing import run_export

    url = database_url or settings.Environment().database_url
    raise SystemExit(run_export(fair, path, database_url=url, language=language))


@app.command()
def demo(
    speed: Annotated[
        float, typer.Option(help="Fair seconds in a second; can be changed in the page", min=0, max=120)
    ] = 4,
    at: Annotated[str, typer.Option(help="When it begins, in the fair's time")] = "2027-06-17 10:20",
    port: Port = 8000,
    seed: Annotated[int, typer.Option(help="The same number plays the same fair")] = 1,
) -> None:
    """Play a simulated fair of 60 stands and 500 candidates; nothing is kept."""
    from jobdating.commands.demo import moment, run_demo

    try:
        begins = moment(at)
    except ValueError as error:
        raise typer.BadParameter("write it as '2027-06-17 10:20'", param_hint="--at") from error
    run_demo(at=begins, speed=speed, port=port, seed=seed)


@app.command()
def token(
    email: Annotated[str, typer.Argument(help="The address of an account")],
    database_url: DatabaseUrl = None,
) -> None:
    """Make an API token of an account; it is the last word that is printed, and shown this once."""
    from jobdating.commands.accounts import make_token

    raise SystemExit(make_token(email, database_url=database_url or settings.Environment().database_url))


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="The file to write; nothing is overwritten")],
    database_url: DatabaseUrl = None,
) -> None:
    """Copy the database to a file, while a server runs or not (PostgreSQL: with pg_dump)."""
    from jobdating.commands.backup import run_backup

    raise SystemExit(run_backup(path, database_url=database_url or settings.Environment().database_url))


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that `backup` wrote")],
    database_url: DatabaseUrl = None,
) -> None:
    """Put a backup in place of the database; stop the server first. Who was erased since stays erased."""
    from jobdating.commands.backup import run_restore

    raise SystemExit(run_restore(path, database_url=database_url or settings.Environment().database_url))


@app.command()
def purge(database_url: DatabaseUrl = None) -> None:
    """Forget the people of fairs that are long over (a running server does it by itself)."""
    from jobdating.commands.purge import run_purge

    raise SystemExit(run_purge(database_url=database_url or settings.Environment().database_url))


@app.command()
def rehearse(
    fair: Annotated[str, typer.Argument(help="The fair's name in its address, for example juin-2027")],
    day: Annotated[str | None, typer.Option(help="The day, as 2027-06-17; the first one unless told")] = None,
    seed: Annotated[int, typer.Option(help="Of the first draw: the same number plays the same days")] = 1,
    draws: Annotated[int, typer.Option(help="How many times the day is drawn, each with other luck", min=1, max=9)] = 5,
    fill: Annotated[int, typer.Option(help="Percent of the places that are taken at least", min=0, max=100)] = 85,
    no_show: Annotated[int, typer.Option(help="Percent of people who do not come", min=0, max=60)] = 12,
    recruiters: Annotated[int, typer.Option(help="What if: one more at so many of the fullest stands", min=0)] = 0,
    buffer: Annotated[int, typer.Option(help="What if: more minutes between two interviews", min=0, max=30)] = 0,
    cap: Annotated[int | None, typer.Option(help="What if: interviews of a person at most", min=1)] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Also write it all to this file")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Play a day of a fair on a copy, with simulated people, and tell what to expect; nothing real changes."""
    from jobdating.commands.rehearse import run_rehearsal
    from jobdating.simulation.variations import each_of

    try:
        wanted = None if day is None else date.fromisoformat(day)
    except ValueError as error:
        raise typer.BadParameter("write it as 2027-06-17", param_hint="--day") from error
    raise SystemExit(
        run_rehearsal(
            fair,
            database_url=database_url or settings.Environment().database_url,
            plan=(wanted, seed, fill / 100, no_show / 100, draws),
            variations=each_of(recruiters, buffer, cap),
            to=json,
        )
    )


organiser = typer.Typer(help="Who may organise a fair.", no_args_is_help=True)
app.add_typer(organiser, name="organiser")


@organiser.callback()
def _organiser() -> None:
    """Who may organise a fair."""


@organiser.command()
def add(
    email: Annotated[str, typer.Argument(help="Their address; the account is made when there is none")],
    fair: Annotated[str, typer.Option(help="The fair's name in its address, for example juin-2027")],
    database_url: DatabaseUrl = None,
) -> None:
    """Let somebody organise a fair: the first organiser of a new server is made here."""
    from jobdating.commands.accounts import add_organiser

    raise SystemExit(add_organiser(email, fair, database_url=database_url or settings.Environment().database_url))


@organiser.command()
def reset_factor(
    email: Annotated[str, typer.Argument(help="The address of who lost their device: an organiser, or anybody")],
    database_url: DatabaseUrl = None,
) -> None:
    """Forget how somebody confirms their sign-in, and sign them out everywhere: they begin anew from their mail."""
    from jobdating.commands.accounts import reset_factor as reset

    raise SystemExit(reset(email, database_url=database_url or settings.Environment().database_url))


timetable = typer.Typer(help="The timetable from ranked wishes.", no_args_is_help=True)
app.add_typer(timetable, name="timetable")


@timetable.callback()
def _timetable() -> None:
    """The timetable from ranked wishes."""


@timetable.command()
def solve(
    path: Annotated[Path, typer.Argument(help="An instance as JSON: stands, candidates, wishes and rules")],
    out: Annotated[Path, typer.Option("--out", help="The file to write the solution to, as JSON")],
    language: Annotated[str, typer.Option(help="fr or en")] = "fr",
) -> None:
    """Find the timetable of an instance, near the best and proved so; exit status 2 when the instance is refused."""
    from jobdating.commands.timetable import run_solve

    raise SystemExit(run_solve(path, out, language=language))


@timetable.command()
def fair(
    slug: Annotated[str, typer.Argument(help="The fair's name in its address, for example juin-2027")],
    publish: Annotated[
        bool, typer.Option("--publish", help="Make the draft the fair's bookings and tell everybody")
    ] = False,
    letter: Annotated[
        str, typer.Option(help="Which draft to publish: B, fairness first, or C, first wishes first", metavar="B|C")
    ] = "B",
    language: Annotated[str, typer.Option(help="fr or en")] = "fr",
    database_url: DatabaseUrl = None,
) -> None:
    """Solve the drafts of a fair from its ranked wishes and print their figures; exit status 2 when it is refused."""
    from jobdating.commands.timetable_fair import run_fair
    from jobdating.domain.weighing import SOLVED

    if letter not in SOLVED:
        raise typer.BadParameter(" or ".join(SOLVED), param_hint="--letter")
    url = database_url or settings.Environment().database_url
    raise SystemExit(run_fair(slug, database_url=url, letter=letter if publish else None, language=language))


def main() -> None:
    """Run a command; what it cannot do is said in one line, with exit status 2."""
    try:
        app()
    except settings.SettingsError as error:
        typer.echo(f"jobdating: {error}", err=True)
        raise SystemExit(2) from error
