"""The URL map, with the guard of each route beside it. Everything the product answers to is on this screen."""

from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from jobdating.web import (
    account,
    announcements,
    audit,
    bookings,
    candidate,
    catalogue_settings,
    cockpit,
    company,
    gaps,
    grids,
    health,
    imports,
    live,
    mailbox,
    mending,
    oidc,
    organiser,
    own_data,
    papers,
    parents,
    people,
    planning,
    public,
    register,
    rehearsal,
    repairs,
    replay,
    rooms,
    second_factor,
    settings,
    sign_in,
    stand_settings,
    stands,
    team,
    texts,
    timetable,
    timetable_pairs,
    timetable_stands,
    welcome,
    wishing,
)
from jobdating.web import demo as playing
from jobdating.web.api.operations import api_routes
from jobdating.web.guards import Guard, Handler, guarded
from jobdating.web.static import Static

# Health reads no session, static files are everybody's, and the socket asks about each topic.
WITHOUT_GUARD = frozenset({"/healthz", "/readyz", "/static", "/live"})
MAX_UPLOAD = 5_100_000  # bytes: a file of 5 MB and its form


def get(path: str, handler: Handler, guard: Guard) -> Route:
    return Route(path, guarded(handler, guard), methods=["GET"])


def post(path: str, handler: Handler, guard: Guard) -> Route:
    return Route(path, guarded(handler, guard), methods=["POST"])


def both(path: str, handler: Handler, guard: Guard) -> Route:
    """A form's page and its submission."""
    return Route(path, guarded(handler, guard), methods=["GET", "POST"])


def upload(path: str, handler: Handler, guard: Guard) -> Route:
    """A form that carries a file: its body may be larger than others."""
    limit = Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_UPLOAD)
    return Route(path, guarded(handler, guard, uploads=True), methods=["POST"], middleware=[limit])


def mailbox_routes() -> list[BaseRoute]:
    """Where a demo's mails are read."""
    return [
        get("/demo/mailbox", mailbox.mailbox, Guard.DEMO),
        get("/demo/mailbox/{mail:int}", mailbox.mail, Guard.DEMO),
        get("/demo/mailbox/{mail:int}/html", mailbox.mail_html, Guard.DEMO),
    ]


def demo_routes() -> list[BaseRoute]:
    """A demo begins at its three doors; they exist nowhere else."""
    return [
        get("/", playing.home, Guard.DEMO),
        get("/demo", playing.start, Guard.DEMO),
        post("/demo/enter", playing.enter, Guard.DEMO),
        post("/demo/clock", playing.clock, Guard.DEMO),
        *mailbox_routes(),
    ]


def second_factor_routes() -> list[BaseRoute]:
    """Where who works here confirms a second time who they are."""
    here = "/second-factor"
    return [
        both(here, second_factor.ask, Guard.TEAM),
        post(f"{here}/passkey", second_factor.passkey, Guard.TEAM),
        post(f"{here}/passkey/question", second_factor.passkey_question, Guard.TEAM),
        get(f"{here}/add", second_factor.add, Guard.TEAM),
        both(f"{here}/app", second_factor.add_app, Guard.TEAM),
        post(f"{here}/app/remove", second_factor.remove_app, Guard.TEAM),
        post(f"{here}/passkeys", second_factor.add_passkey, Guard.TEAM),
        post(f"{here}/passkeys/question", second_factor.new_passkey_question, Guard.TEAM),
        post(f"{here}/passkeys/{{passkey:int}}/remove", second_factor.remove_passkey, Guard.TEAM),
        post(f"{here}/codes", second_factor.renew_codes, Guard.TEAM),
    ]


def settings_routes() -> list[BaseRoute]:
    """Where organisers change their fair."""
    edit = "/fairs/{fair}/edit"
    return [
        both(edit, settings.edit, Guard.ORGANISER),
        both(f"{edit}/grid", grids.edit, Guard.ORGANISER),
        both(f"{edit}/blocks", grids.blocks, Guard.ORGANISER),
        get(f"{edit}/stands", stand_settings.index, Guard.ORGANISER),
        both(f"{edit}/wishes", wishing.edit, Guard.ORGANISER),
        both(f"{edit}/stands/new", stand_settings.edit, Guard.ORGANISER),
        both(f"{edit}/stands/{{stand:int}}", stand_settings.edit, Guard.ORGANISER),
        both(f"{edit}/stands/{{stand:int}}/close", stand_settings.close, Guard.ORGANISER),
        get(f"{edit}/team", team.show, Guard.ORGANISER),
        post(f"{edit}/team/{{recruiter:int}}/lead", team.lead, Guard.ORGANISER),
        post(f"{edit}/team/{{recruiter:int}}/reset-factor", team.reset_factor, Guard.ORGANISER),
        get(f"{edit}/{{kind}}", catalogue_settings.index, Guard.ORGANISER),
        both(f"{edit}/{{kind}}/new", catalogue_settings.edit, Guard.ORGANISER),
        both(f"{edit}/{{kind}}/{{thing:int}}", catalogue_settings.edit, Guard.ORGANISER),
        both(f"{edit}/{{kind}}/{{thing:int}}/remove", catalogue_settings.remove, Guard.ORGANISER),
    ]


def timetable_routes() -> list[BaseRoute]:
    """Where organisers make the timetable from ranked wishes."""
    base = "/fairs/{fair}/timetable"
    return [
        get(base, timetable.compare, Guard.ORGANISER),
        post(f"{base}/solve", timetable.solve, Guard.ORGANISER),
        get(f"{base}/groups", timetable.groups, Guard.ORGANISER),
        both(f"{base}/stands", timetable_stands.stands, Guard.ORGANISER),
        get(f"{base}/why", timetable_pairs.why, Guard.ORGANISER),
        both(f"{base}/pairs", timetable_pairs.pairs, Guard.ORGANISER),
        both(f"{base}/rules", timetable_pairs.rules, Guard.ORGANISER),
        both(f"{base}/publish/{{letter}}", timetable.publish, Guard.ORGANISER),
        both(f"{base}/mend", mending.mend, Guard.ORGANISER),
        post(f"{base}/remind", wishing.remind, Guard.ORGANISER),
        post(f"{base}/open-rest", wishing.open_rest, Guard.ORGANISER),
    ]


def routes(*, demo: bool) -> list[BaseRoute]:
    """Every route; the demo's doors exist only in a demo."""
    return [
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        WebSocketRoute("/live", live.socket),
        get("/live/poll", live.poll, Guard.ANYONE),
        # API, first: programs ask most often
        *api_routes(),
        *(demo_routes() if demo else ()),
        # Public
        both("/fairs/new", settings.new, Guard.SIGNED_IN),
        get("/", public.home, Guard.ANYONE),
        get("/fairs/{fair}", public.fair_home, Guard.ANYONE),
        get("/fairs/{fair}/stands", public.stands, Guard.ANYONE),
        get("/fairs/{fair}/stands/{stand:int}", stands.show, Guard.ANYONE),
        get("/fairs/{fair}/companies", public.companies, Guard.ANYONE),
        get("/fairs/{fair}/companies/{company:int}", public.company_page, Guard.ANYONE),
        get("/fairs/{fair}/offers", public.offers, Guard.ANYONE),
        get("/fairs/{fair}/trainings", public.trainings, Guard.ANYONE),
        post("/fairs/{fair}/slots/{slot:int}/book", stands.book, Guard.ANYONE),
        post("/fairs/{fair}/stands/{stand:int}/waitlist", stands.join_waitlist, Guard.ANYONE),
        post("/fairs/{fair}/stands/{stand:int}/waitlist/leave", stands.leave_waitlist, Guard.ANYONE),
        post("/fairs/{fair}/stands/{stand:int}/queue", stands.join_queue, Guard.ANYONE),
        # Account
        both("/sign-in", sign_in.ask, Guard.ANYONE),
        both("/sign-in/code", sign_in.code, Guard.ANYONE),
        both("/sign-in/link", sign_in.link, Guard.ANYONE),
        get("/sign-in/provider", oidc.leave, Guard.ANYONE),
        get("/sign-in/provider/back", oidc.come_back, Guard.ANYONE),
        both("/fairs/{fair}/register", register.register, Guard.ANYONE),
        # A parent who is asked, an adult who gets copies: known by what their mail carries
        both("/parent", parents.door, Guard.ANYONE),
        post("/parent/again", parents.ask_again, Guard.ANYONE),
        both("/parent/answer", parents.answer, Guard.ANYONE),
        get("/parent/done", parents.done, Guard.ANYONE),
        both("/copies/{adult:int}/{secret}", parents.copies, Guard.ANYONE),
        both("/account", account.account, Guard.SIGNED_IN),
        post("/account/sessions/close-others", account.close_others, Guard.SIGNED_IN),
        post("/account/sessions/{session}/close", account.close_session, Guard.SIGNED_IN),
        *second_factor_routes(),
        both("/account/tokens", account.own_tokens, Guard.CONFIRMED),
        post("/account/tokens/{token:int}/revoke", account.revoke_token, Guard.CONFIRMED),
        get("/account/data", own_data.as_page, Guard.CONFIRMED),
        get("/account/data.json", own_data.as_file, Guard.CONFIRMED),
        get("/account/consents", own_data.own_consents, Guard.CONFIRMED),
        post("/account/consents/keep", own_data.keep, Guard.CONFIRMED),
        post("/account/consents/{consent:int}/withdraw", own_data.withdraw, Guard.CONFIRMED),
        both("/account/erase", account.erase, Guard.CONFIRMED),
        post("/sign-out", account.sign_out, Guard.ANYONE),
        get("/language/{language}", account.language, Guard.ANYONE),
        get("/help", texts.help, Guard.ANYONE),
        get("/privacy", texts.privacy, Guard.ANYONE),
        get("/accessibility", texts.accessibility, Guard.ANYONE),
        # Candidate
        get("/fairs/{fair}/planning", planning.show, Guard.CANDIDATE),
        get("/fairs/{fair}/planning.ics", planning.calendar, Guard.CANDIDATE),
        get("/fairs/{fair}/planning/meanwhile", planning.elsewhere, Guard.CANDIDATE),
        both("/fairs/{fair}/welcome", welcome.welcome, Guard.CANDIDATE),
        both("/fairs/{fair}/profile", candidate.profile, Guard.CANDIDATE),
        post("/fairs/{fair}/profile/adult", candidate.name_adult, Guard.CANDIDATE),
        upload("/fairs/{fair}/profile/cv", candidate.upload_cv, Guard.CANDIDATE),
        post("/fairs/{fair}/profile/cv/delete", candidate.delete_cv, Guard.CANDIDATE),
        get("/fairs/{fair}/candidates/{candidate:int}/cv", candidate.cv, Guard.SIGNED_IN),
        get("/fairs/{fair}/wishes", candidate.wish_list, Guard.CANDIDATE),
        post("/fairs/{fair}/wishes/{stand:int}/add", candidate.add_wish, Guard.CANDIDATE),
        post("/fairs/{fair}/wishes/{stand:int}/remove", candidate.remove_wish, Guard.CANDIDATE),
        post("/fairs/{fair}/wishes/{stand:int}/place", candidate.place_wish, Guard.CANDIDATE),
        get("/device-test", candidate.device_test, Guard.ANYONE),
        post("/bookings/{booking:int}/{step}", bookings.take, Guard.SIGNED_IN),
        post("/gap-offers/{offer:int}/{answer}", gaps.answer, Guard.SIGNED_IN),
        # Recruiter
        get("/fairs/{fair}/cockpit", cockpit.choose, Guard.STAFF),
        get("/fairs/{fair}/cockpit/{stand:int}", cockpit.show, Guard.STAFF),
        post("/fairs/{fair}/cockpit/{stand:int}/away", cockpit.away, Guard.STAFF),
        post("/fairs/{fair}/cockpit/{stand:int}/back", cockpit.back, Guard.STAFF),
        post("/fairs/{fair}/cockpit/{stand:int}/open-again", cockpit.open_again, Guard.STAFF),
        post("/fairs/{fair}/cockpit/{stand:int}/slots/{slot:int}/block", cockpit.block, Guard.STAFF),
        post("/fairs/{fair}/cockpit/{stand:int}/slots/{slot:int}/reopen", cockpit.reopen, Guard.STAFF),
        post("/fairs/{fair}/cockpit/{stand:int}/clashes/{clash:int}/{answer}", cockpit.settle, Guard.STAFF),
        both("/fairs/{fair}/cockpit/{stand:int}/repair", repairs.preview, Guard.LEAD),
        get("/fairs/{fair}/repairs/{repair:int}", repairs.show, Guard.LEAD),
        post("/fairs/{fair}/repairs/{repair:int}/undo", repairs.undo, Guard.LEAD),
        both("/fairs/{fair}/cockpit/{stand:int}/invite", cockpit.invite, Guard.STAFF),
        both("/fairs/{fair}/cockpit/{stand:int}/wishes", wishing.of_stand, Guard.STAFF),
        both("/fairs/{fair}/cockpit/{stand:int}/message", cockpit.message, Guard.STAFF),
        get("/fairs/{fair}/cockpit/{stand:int}/interviews", cockpit.interviews, Guard.STAFF),
        get("/fairs/{fair}/cockpit/{stand:int}/interviews.{kind}", cockpit.export, Guard.STAFF),
        get("/fairs/{fair}/cockpit/{stand:int}/bookings/{booking:int}", cockpit.profile, Guard.STAFF),
        get("/fairs/{fair}/company", company.show, Guard.LEAD),
        post("/fairs/{fair}/company/stands/{stand:int}/close", company.close, Guard.LEAD),
        # Rooms
        both("/go/{booking:int}", rooms.door, Guard.SIGNED_IN),
        *([get("/demo/room/{booking:int}", rooms.stand_in, Guard.SIGNED_IN)] if demo else []),
        # Organiser
        get("/fairs/{fair}/wall", organiser.show_wall, Guard.ORGANISER),
        get("/fairs/{fair}/wall/stands/{stand:int}", organiser.show_stand, Guard.ORGANISER),
        both("/fairs/{fair}/wall/stands/{stand:int}/repair", repairs.preview, Guard.ORGANISER),
        both("/fairs/{fair}/rehearsal", rehearsal.rehearse, Guard.ORGANISER),
        post("/fairs/{fair}/rehearsal/stop", rehearsal.stop, Guard.ORGANISER),
        get("/fairs/{fair}/replay", replay.show, Guard.ORGANISER),
        get("/fairs/{fair}/replay/frame", replay.frame, Guard.ORGANISER),
        get("/fairs/{fair}/attendance", organiser.attendance, Guard.ORGANISER),
        get("/fairs/{fair}/interviews.xlsx", organiser.interviews, Guard.ORGANISER),
        get("/fairs/{fair}/interviews.csv", organiser.interviews, Guard.ORGANISER),
        get("/fairs/{fair}/candidates", people.find, Guard.ORGANISER),
        get("/fairs/{fair}/candidates/{candidate:int}", people.show, Guard.ORGANISER),
        post("/fairs/{fair}/candidates/papers", papers.record_several, Guard.ORGANISER),
        post("/fairs/{fair}/candidates/{candidate:int}/paper", papers.record, Guard.ORGANISER),
        post("/fairs/{fair}/candidates/{candidate:int}/paper/take-back", papers.take_back, Guard.ORGANISER),
        both("/fairs/{fair}/announcements", announcements.write, Guard.ORGANISER),
        get("/fairs/{fair}/audit", audit.show, Guard.ORGANISER),
        get("/fairs/{fair}/audit.{kind}", audit.export, Guard.ORGANISER),
        *timetable_routes(),
        *settings_routes(),
        get("/fairs/{fair}/import/template.xlsx", imports.download_template, Guard.ORGANISER),
        get("/fairs/{fair}/import", imports.offer, Guard.ORGANISER),
        upload("/fairs/{fair}/import", imports.offer, Guard.ORGANISER),
        both("/fairs/{fair}/import/{upload:int}", imports.preview, Guard.ORGANISER),
        get("/fairs/{fair}/export.xlsx", imports.export, Guard.ORGANISER),
        Mount("/static", Static()),
    ]
