"""The Jinja environments, one a language. Templates escape everything and fail on what is missing."""

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from jobdating.assets import STATIC, TEMPLATES, VERSION
from jobdating.rendering import catalogue, words

SCRIPTS = tuple(sorted(f"js/{path.name}" for path in (STATIC / "js").glob("*.js") if path.stem != "offline-worker"))
EXTENSIONS = ["jinja2.ext.i18n", "jinja2.ext.do"]


@cache
def environment(language: str) -> Environment:
    """The environment that speaks `language`. Raises KeyError for one we do not speak."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=EXTENSIONS,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.install_gettext_translations(catalogue.translations(language), newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(words.FILTERS)
    env.globals["language"] = language
    env.globals["static"] = f"/static/{VERSION}"
    env.globals["scripts"] = SCRIPTS
    env.globals["fragment"] = _fragment
    return env


def render(template: str, language: str, **context: Any) -> str:
    """A whole template in one language."""
    return environment(language).get_template(template).render(**context)


def render_fragment(name: str, view: object, language: str, *, zone: str) -> str:
    """One fragment from its view model, as pages and patches both draw it: `view` is all it sees."""
    return environment(language).get_template(f"fragments/{name}.html").render(view=view, zone=zone).strip()


@pass_context
def _fragment(context: Context, name: str, view: object) -> Markup:
    """`{{ fragment("slot", slot) }}` in a page."""
    return Markup(render_fragment(name, view, str(context["language"]), zone=context.get("zone", words.PARIS)))  # noqa: S704 (escaped by its template)


def translator(language: str) -> Callable[[str], str]:
    """`gettext` of a language, for words that come from code."""
    return catalogue.translations(language).gettext
