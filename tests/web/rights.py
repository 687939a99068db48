"""Who may do what: every address of the map, every step, every topic. Tried in test_rights.py.

Letters are people: `n` nobody, `c` candidate, `r` recruiter of the stand, `l` lead recruiter of its company, `o` organiser
of the fair, `a` administrator; `-` is none of them. Columns: the method and the address; who may with their own things;
who with a neighbour's (another company's stand, another candidate, another account) in the same fair, `=` where the
address names nothing but the fair; who in another fair. Who may is let through to what the rules of the moment say.

An address that nobody gets anything from here (-) is one whose things this scene does not have: it only shows that
everybody is told the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rights:
    """The letters of who may."""

    own: str
    near: str = ""
    other: str = ""


_TABLE = """
GET    /live/poll                                                        ncrloa
GET    /api/v1/fairs                                                     ncrloa
GET    /api/v1/fairs/{fair}                                              ncrloa  =       ncrloa
GET    /api/v1/fairs/{fair}/stands                                       ncrloa  =       ncrloa
GET    /api/v1/fairs/{fair}/slots                                        ncrloa  =       ncrloa
POST   /api/v1/slots/{slot}/bookings                                     crloa   crloa   crloa
GET    /api/v1/bookings                                                  crloa
GET    /api/v1/bookings/{booking}                                        crloa   oa      a
POST   /api/v1/bookings/{booking}/move                                   crloa   oa      a
DELETE /api/v1/bookings/{booking}                                        crloa   oa      a
POST   /api/v1/bookings/{booking}/accept                                 coa     oa      a
POST   /api/v1/bookings/{booking}/confirm                                rloa    oa      a
POST   /api/v1/bookings/{booking}/check-in                               crloa   oa      a
POST   /api/v1/bookings/{booking}/call                                   rloa    oa      a
POST   /api/v1/bookings/{booking}/start                                  rloa    oa      a
POST   /api/v1/bookings/{booking}/extend                                 rloa    oa      a
POST   /api/v1/bookings/{booking}/finish                                 rloa    oa      a
POST   /api/v1/bookings/{booking}/no-show                                rloa    oa      a
POST   /api/v1/bookings/{booking}/undo                                   rloa    oa      a
POST   /api/v1/bookings/{booking}/step-aside                             crloa   oa      a
POST   /api/v1/bookings/{booking}/come-back                              crloa   oa      a
POST   /api/v1/bookings/{booking}/run-late                               crloa   oa      a
POST   /api/v1/bookings/{booking}/ask-for-phone                          crloa   oa      a
POST   /api/v1/bookings/{booking}/forgo-phone                            crloa   oa      a
POST   /api/v1/bookings/{booking}/ask-early                              rloa    oa      a
POST   /api/v1/bookings/{booking}/come-early                             crloa   oa      a
POST   /api/v1/bookings/{booking}/keep-time                              crloa   oa      a
GET    /api/v1/gap-offers                                                crloa
POST   /api/v1/gap-offers/{offer}/accept                                 coa     oa      a
POST   /api/v1/gap-offers/{offer}/decline                                coa     oa      a
GET    /api/v1/stands/{stand}/queue                                      crloa   coa     a
POST   /api/v1/stands/{stand}/waitlist                                   crloa   crloa   crloa
DELETE /api/v1/stands/{stand}/waitlist                                   crloa   crloa   crloa
POST   /api/v1/stands/{stand}/queue                                      crloa   crloa   crloa
GET    /api/v1/openapi.json                                              ncrloa
GET    /fairs/new                                                        oa
POST   /fairs/new                                                        oa
GET    /                                                                 ncrloa
GET    /fairs/{fair}                                                     ncrloa  =       ncrloa
GET    /fairs/{fair}/stands                                              ncrloa  =       ncrloa
GET    /fairs/{fair}/stands/{stand}                                      ncrloa  ncrloa  ncrloa
GET    /fairs/{fair}/companies                                           ncrloa  =       ncrloa
GET    /fairs/{fair}/companies/{company}                                 ncrloa  ncrloa  ncrloa
GET    /fairs/{fair}/offers                                              ncrloa  =       ncrloa
GET    /fairs/{fair}/trainings                                           ncrloa  =       ncrloa
POST   /fairs/{fair}/slots/{slot}/book                                   ncrloa  noa     na
POST   /fairs/{fair}/stands/{stand}/waitlist                             ncrloa  ncrloa  ncrloa
POST   /fairs/{fair}/stands/{stand}/waitlist/leave                       ncrloa  ncrloa  ncrloa
POST   /fairs/{fair}/stands/{stand}/queue                                ncrloa  noa     na
GET    /sign-in                                                          ncrloa
POST   /sign-in                                                          ncrloa
GET    /sign-in/code                                                     ncrloa
POST   /sign-in/code                                                     ncrloa
GET    /sign-in/link                                                     ncrloa
POST   /sign-in/link                                                     ncrloa
GET    /sign-in/provider                                                 -
GET    /sign-in/provider/back                                            -
GET    /fairs/{fair}/register                                            crloa   =       crloa
POST   /fairs/{fair}/register                                            crloa   =       crloa
GET    /parent                                                           ncrloa
POST   /parent                                                           ncrloa
POST   /parent/again                                                     ncrloa
GET    /parent/answer                                                    ncrloa
POST   /parent/answer                                                    ncrloa
GET    /parent/done                                                      ncrloa
GET    /copies/{adult}/{secret}                                          -       -       -
POST   /copies/{adult}/{secret}                                          -       -       -
GET    /account                                                          crloa
POST   /account                                                          crloa
POST   /account/sessions/close-others                                    crloa
POST   /account/sessions/{session}/close                                 crloa   -       -
GET    /second-factor                                                    rloa
POST   /second-factor                                                    rloa
POST   /second-factor/passkey                                            rloa
POST   /second-factor/passkey/question                                   rloa
GET    /second-factor/add                                                rloa
GET    /second-factor/app                                                rloa
POST   /second-factor/app                                                rloa
POST   /second-factor/app/remove                                         rloa
POST   /second-factor/passkeys                                           rloa
POST   /second-factor/passkeys/question                                  rloa
POST   /second-factor/passkeys/{passkey}/remove                          rloa    -       -
POST   /second-factor/codes                                              rloa
GET    /account/tokens                                                   crloa
POST   /account/tokens                                                   crloa
POST   /account/tokens/{token}/revoke                                    crloa   -       -
GET    /account/data                                                     crloa
GET    /account/data.json                                                crloa
GET    /account/consents                                                 crloa
POST   /account/consents/keep                                            crloa
POST   /account/consents/{consent}/withdraw                              crloa   -       -
GET    /account/erase                                                    crloa
POST   /account/erase                                                    crloa
POST   /sign-out                                                         ncrloa
GET    /language/en                                                      ncrloa
GET    /help                                                             ncrloa
GET    /privacy                                                          ncrloa
GET    /accessibility                                                    ncrloa
GET    /fairs/{fair}/planning                                            c       =       -
GET    /fairs/{fair}/planning.ics                                        c       =       -
GET    /fairs/{fair}/planning/meanwhile                                  c       =       -
GET    /fairs/{fair}/welcome                                             c       =       -
POST   /fairs/{fair}/welcome                                             c       =       -
GET    /fairs/{fair}/profile                                             c       =       -
POST   /fairs/{fair}/profile                                             c       =       -
POST   /fairs/{fair}/profile/adult                                       c       =       -
POST   /fairs/{fair}/profile/cv                                          c       =       -
POST   /fairs/{fair}/profile/cv/delete                                   c       =       -
GET    /fairs/{fair}/candidates/{candidate}/cv                           crloa   oa      a
GET    /fairs/{fair}/wishes                                              c       =       -
POST   /fairs/{fair}/wishes/{stand}/add                                  c       c       -
POST   /fairs/{fair}/wishes/{stand}/remove                               c       c       -
POST   /fairs/{fair}/wishes/{stand}/place                                c       c       -
GET    /device-test                                                      ncrloa
POST   /bookings/{booking}/accept                                        coa     oa      a
POST   /bookings/{booking}/ask-early                                     rloa    oa      a
POST   /bookings/{booking}/ask-for-phone                                 crloa   oa      a
POST   /bookings/{booking}/call                                          rloa    oa      a
POST   /bookings/{booking}/cancel                                        crloa   oa      a
POST   /bookings/{booking}/check-in                                      crloa   oa      a
POST   /bookings/{booking}/come-back                                     crloa   oa      a
POST   /bookings/{booking}/come-early                                    crloa   oa      a
POST   /bookings/{booking}/confirm                                       rloa    oa      a
POST   /bookings/{booking}/extend                                        rloa    oa      a
POST   /bookings/{booking}/finish                                        rloa    oa      a
POST   /bookings/{booking}/forgo-phone                                   crloa   oa      a
POST   /bookings/{booking}/hand-over                                     rloa    oa      a
POST   /bookings/{booking}/keep-time                                     crloa   oa      a
POST   /bookings/{booking}/move                                          crloa   oa      a
POST   /bookings/{booking}/no-show                                       rloa    oa      a
POST   /bookings/{booking}/restore                                       crloa   oa      a
POST   /bookings/{booking}/review                                        rloa    oa      a
POST   /bookings/{booking}/run-late                                      crloa   oa      a
POST   /bookings/{booking}/start                                         rloa    oa      a
POST   /bookings/{booking}/step-aside                                    crloa   oa      a
POST   /bookings/{booking}/undo                                          rloa    oa      a
POST   /gap-offers/{offer}/accept                                        coa     oa      a
GET    /fairs/{fair}/cockpit                                             rloa    =       a
GET    /fairs/{fair}/cockpit/{stand}                                     rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/away                                rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/open-again                          rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/back                                rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/slots/{slot}/block                  rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/slots/{slot}/reopen                 rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/clashes/{clash}/yield               rloa    oa      a
GET    /fairs/{fair}/cockpit/{stand}/repair                              loa     oa      a
POST   /fairs/{fair}/cockpit/{stand}/repair                              loa     oa      a
GET    /fairs/{fair}/repairs/{repair}                                    loa     oa      a
POST   /fairs/{fair}/repairs/{repair}/undo                               loa     oa      a
GET    /fairs/{fair}/cockpit/{stand}/invite                              rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/invite                              rloa    oa      a
GET    /fairs/{fair}/cockpit/{stand}/wishes                              rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/wishes                              rloa    oa      a
GET    /fairs/{fair}/cockpit/{stand}/message                             rloa    oa      a
POST   /fairs/{fair}/cockpit/{stand}/message                             rloa    oa      a
GET    /fairs/{fair}/cockpit/{stand}/interviews                          rloa    oa      a
GET    /fairs/{fair}/cockpit/{stand}/interviews.csv                      rloa    oa      a
GET    /fairs/{fair}/cockpit/{stand}/bookings/{booking}                  rloa    oa      a
GET    /fairs/{fair}/company                                             l       =       -
POST   /fairs/{fair}/company/stands/{stand}/close                        loa     oa      a
GET    /go/{booking}                                                     crloa   oa      a
POST   /go/{booking}                                                     crloa   oa      a
GET    /fairs/{fair}/wall                                                oa      =       a
GET    /fairs/{fair}/wall/stands/{stand}                                 oa      oa      a
GET    /fairs/{fair}/wall/stands/{stand}/repair                          oa      oa      a
POST   /fairs/{fair}/wall/stands/{stand}/repair                          oa      oa      a
GET    /fairs/{fair}/rehearsal                                           oa      =       a
POST   /fairs/{fair}/rehearsal                                           oa      =       a
POST   /fairs/{fair}/rehearsal/stop                                      oa      =       a
GET    /fairs/{fair}/replay                                              oa      =       a
GET    /fairs/{fair}/replay/frame                                        -       =       -
GET    /fairs/{fair}/attendance                                          oa      =       a
GET    /fairs/{fair}/interviews.xlsx                                     oa      =       a
GET    /fairs/{fair}/interviews.csv                                      oa      =       a
GET    /fairs/{fair}/candidates                                          oa      =       a
GET    /fairs/{fair}/candidates/{candidate}                              oa      oa      a
POST   /fairs/{fair}/candidates/papers                                   oa      =       a
POST   /fairs/{fair}/candidates/{candidate}/paper                        oa      oa      a
POST   /fairs/{fair}/candidates/{candidate}/paper/take-back              oa      oa      a
GET    /fairs/{fair}/announcements                                       oa      =       a
POST   /fairs/{fair}/announcements                                       oa      =       a
GET    /fairs/{fair}/audit                                               oa      =       a
GET    /fairs/{fair}/audit.csv                                           oa      =       a
GET    /fairs/{fair}/timetable                                           oa      =       a
POST   /fairs/{fair}/timetable/solve                                     oa      =       a
GET    /fairs/{fair}/timetable/groups                                    oa      =       a
GET    /fairs/{fair}/timetable/stands                                    oa      =       a
POST   /fairs/{fair}/timetable/stands                                    oa      =       a
GET    /fairs/{fair}/timetable/why                                       oa      =       a
GET    /fairs/{fair}/timetable/pairs                                     oa      =       a
POST   /fairs/{fair}/timetable/pairs                                     oa      =       a
GET    /fairs/{fair}/timetable/rules                                     oa      =       a
POST   /fairs/{fair}/timetable/rules                                     -       =       -
GET    /fairs/{fair}/timetable/publish/{letter}                          -       -       -
POST   /fairs/{fair}/timetable/publish/{letter}                          -       -       -
GET    /fairs/{fair}/timetable/mend                                      oa      =       a
POST   /fairs/{fair}/timetable/mend                                      -       =       -
POST   /fairs/{fair}/timetable/remind                                    oa      =       a
POST   /fairs/{fair}/timetable/open-rest                                 oa      =       a
GET    /fairs/{fair}/edit                                                oa      =       a
POST   /fairs/{fair}/edit                                                oa      =       a
GET    /fairs/{fair}/edit/grid                                           oa      =       a
POST   /fairs/{fair}/edit/grid                                           oa      =       a
GET    /fairs/{fair}/edit/blocks                                         oa      =       a
POST   /fairs/{fair}/edit/blocks                                         oa      =       a
GET    /fairs/{fair}/edit/stands                                         oa      =       a
GET    /fairs/{fair}/edit/wishes                                         oa      =       a
POST   /fairs/{fair}/edit/wishes                                         oa      =       a
GET    /fairs/{fair}/edit/stands/new                                     oa      =       a
POST   /fairs/{fair}/edit/stands/new                                     oa      =       a
GET    /fairs/{fair}/edit/stands/{stand}                                 oa      oa      a
POST   /fairs/{fair}/edit/stands/{stand}                                 oa      oa      a
GET    /fairs/{fair}/edit/stands/{stand}/close                           oa      oa      a
POST   /fairs/{fair}/edit/stands/{stand}/close                           oa      oa      a
GET    /fairs/{fair}/edit/team                                           oa      =       a
POST   /fairs/{fair}/edit/team/{recruiter}/lead                          oa      oa      a
POST   /fairs/{fair}/edit/team/{recruiter}/reset-factor                  oa      oa      a
GET    /fairs/{fair}/edit/sites                                          oa      =       a
GET    /fairs/{fair}/edit/sites/new                                      oa      =       a
POST   /fairs/{fair}/edit/sites/new                                      oa      =       a
GET    /fairs/{fair}/edit/sites/{thing}                                  oa      oa      a
POST   /fairs/{fair}/edit/sites/{thing}                                  oa      oa      a
GET    /fairs/{fair}/edit/sites/{thing}/remove                           oa      oa      a
POST   /fairs/{fair}/edit/sites/{thing}/remove                           oa      oa      a
GET    /fairs/{fair}/import/template.xlsx                                oa      =       a
GET    /fairs/{fair}/import                                              oa      =       a
POST   /fairs/{fair}/import                                              oa      =       a
GET    /fairs/{fair}/import/{upload}                                     oa      oa      a
POST   /fairs/{fair}/import/{upload}                                     oa      oa      a
GET    /fairs/{fair}/export.xlsx                                         oa      =       a
"""

# What pages follow. `near` of a fair's own topics is the same fair.
_TOPICS = """
fair              ncrloa  =       ncrloa
candidates        coa     =       a
organisers        oa      =       a
stand             ncrloa  ncrloa  ncrloa
staff             rloa    oa      a
stand_lead        loa     oa      a
stand_organisers  oa      oa      a
candidate         c       -       -
"""


def _rights(letters: list[str]) -> Rights:
    own, near, other = (["" if each == "-" else each for each in letters] + ["", ""])[:3]
    return Rights(own, own if near == "=" else near, other)


def _rows(table: str, names: int) -> dict[str, Rights]:
    rows = (line.split() for line in table.strip().splitlines())
    return {" ".join(row[:names]): _rights(row[names:]) for row in rows}


RIGHTS = _rows(_TABLE, 2)
TOPICS = _rows(_TOPICS, 1)
