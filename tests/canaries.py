"""Words that stand for a person, each in another place: what erasing must find and what no log may hold."""

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Canaries:
    """Twelve things that are known of somebody."""

    first_name: str = "Canarille"
    last_name: str = "Canaribeau"
    email: str = "canari.elle@candidat.example"
    phone: str = "+33639981291"
    about: str = "canari-ce-que-je-dis-de-moi"
    note: str = "canari-ce-que-le-stand-a-note"
    filename: str = "canari-nom-du-fichier"
    document: str = "canari-dans-le-cv"
    agent: str = "canari-telephone-de-marque"
    parent: str = "canari.mere@famille.example"
    adult: str = "canari.prof@lycee.example"
    wording: str = "canari-mots-de-l-accord"

    def words(self) -> list[str]:
        return list(astuple(self))


CANARIES = Canaries()


def found_in(said: str | bytes) -> list[str]:
    """The canaries that are there, in their order."""
    data = said.encode() if isinstance(said, str) else said
    return [word for word in CANARIES.words() if word.encode() in data]
