"""Frameworks, by declared dependency and by what the code really imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from qualitygate.inspection.census import Look
from qualitygate.inspection.facts import Evidence, Fact, Role, merge
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, dig, items


class Framework(NamedTuple):
    """A framework: distribution name, import name, display name.

    A `weak` one counts only as a core dependency. What it `brings` is not named a second time.
    """

    distribution: str
    module: str
    name: str
    weak: bool = False
    brings: str = ""


FRAMEWORKS: tuple[Framework, ...] = (
    Framework("django", "django", "Django"),
    Framework("djangorestframework", "rest_framework", "Django REST framework"),
    Framework("django-ninja", "ninja", "Django Ninja"),
    Framework("channels", "channels", "Django Channels"),
    Framework("wagtail", "wagtail", "Wagtail"),
    Framework("flask", "flask", "Flask"),
    Framework("flask-sqlalchemy", "flask_sqlalchemy", "Flask-SQLAlchemy", brings="SQLAlchemy"),
    Framework("flask-migrate", "flask_migrate", "Flask-Migrate (Alembic)", brings="Alembic"),
    Framework("flask-login", "flask_login", "Flask-Login"),
    Framework("flask-wtf", "flask_wtf", "Flask-WTF"),
    Framework("flask-babel", "flask_babel", "Flask-Babel"),
    Framework("flask-restful", "flask_restful", "Flask-RESTful"),
    Framework("quart", "quart", "Quart"),
    Framework("fastapi", "fastapi", "FastAPI", brings="Starlette"),
    Framework("starlette", "starlette", "Starlette"),
    Framework("litestar", "litestar", "Litestar"),
    Framework("sanic", "sanic", "Sanic"),
    Framework("aiohttp", "aiohttp", "aiohttp", weak=True),
    Framework("tornado", "tornado", "Tornado"),
    Framework("pyramid", "pyramid", "Pyramid"),
    Framework("bottle", "bottle", "Bottle"),
    Framework("falcon", "falcon", "Falcon"),
    Framework("cherrypy", "cherrypy", "CherryPy"),
    Framework("twisted", "twisted", "Twisted"),
    Framework("celery", "celery", "Celery"),
    Framework("rq", "rq", "RQ"),
    Framework("dramatiq", "dramatiq", "Dramatiq"),
    Framework("sqlalchemy", "sqlalchemy", "SQLAlchemy"),
    Framework("sqlmodel", "sqlmodel", "SQLModel", brings="SQLAlchemy"),
    Framework("alembic", "alembic", "Alembic"),
    Framework("peewee", "peewee", "Peewee"),
    Framework("tortoise-orm", "tortoise", "Tortoise ORM"),
    Framework("elasticsearch", "elasticsearch", "Elasticsearch"),
    Framework("strawberry-graphql", "strawberry", "Strawberry"),
    Framework("graphene", "graphene", "Graphene"),
    Framework("scrapy", "scrapy", "Scrapy"),
    Framework("torch", "torch", "PyTorch"),
    Framework("pytorch-lightning", "pytorch_lightning", "PyTorch Lightning"),
    Framework("tensorflow", "tensorflow", "TensorFlow"),
    Framework("keras", "keras", "Keras"),
    Framework("jax", "jax", "JAX"),
    Framework("transformers", "transformers", "Transformers", weak=True),
    Framework("scikit-learn", "sklearn", "scikit-learn", weak=True),
    Framework("streamlit", "streamlit", "Streamlit"),
    Framework("gradio", "gradio", "Gradio"),
    Framework("dash", "dash", "Dash"),
    Framework("apache-airflow", "airflow", "Airflow"),
    Framework("prefect", "prefect", "Prefect"),
    Framework("dagster", "dagster", "Dagster"),
    Framework("kivy", "kivy", "Kivy"),
    Framework("pyqt5", "PyQt5", "PyQt5"),
    Framework("pyqt6", "PyQt6", "PyQt6"),
    Framework("pyside6", "PySide6", "PySide6"),
    Framework("pygame", "pygame", "Pygame"),
    Framework("discord-py", "discord", "discord.py"),
    Framework("langchain", "langchain", "LangChain"),
    Framework("click", "click", "click", weak=True),
    Framework("typer", "typer", "Typer", weak=True),
    Framework("textual", "textual", "Textual", weak=True),
)
_JUPYTER = ("jupyter", "jupyterlab", "notebook")
NODE_FRAMEWORKS: dict[str, str] = {
    "next": "Next.js",
    "react": "React",
    "vue": "Vue",
    "nuxt": "Nuxt",
    "svelte": "Svelte",
    "@sveltejs/kit": "SvelteKit",
    "@angular/core": "Angular",
    "express": "Express",
    "@nestjs/core": "NestJS",
    "fastify": "Fastify",
    "koa": "Koa",
    "hono": "Hono",
    "redux": "Redux",
    "vite": "Vite",
    "astro": "Astro",
    "@remix-run/react": "Remix",
    "prisma": "Prisma",
    "@prisma/client": "Prisma",
    "contentlayer": "Contentlayer",
    "tailwindcss": "Tailwind CSS",
    "next-auth": "NextAuth",
    "@tanstack/react-router": "TanStack Router/Query",
    "@tanstack/react-query": "TanStack Router/Query",
    "react-email": "React Email",
    "react-scripts": "Create React App",
    "electron": "Electron",
    "react-native": "React Native",
}


def frameworks(
    sources: Sources, projects: Iterable[Project], looks: Iterable[Look], roles: Mapping[str, Role]
) -> tuple[Fact, ...]:
    """Frameworks that are declared; Python ones count where the code also imports them."""
    importers: dict[str, Evidence] = {}
    for look in looks:
        if roles.get(look.path) in ("source", "script", "migration"):
            for module in look.imports:
                if module not in importers or look.path.count("/") < importers[module].path.count("/"):
                    importers[module] = Evidence(look.path, 0, f"imports {module}")
    projects = tuple(projects)
    own = {p.name.lower() for p in projects}
    declared: dict[str, list[Dependency]] = {}
    for project in projects:
        for dependency in project.dependencies:
            declared.setdefault(dependency.name, []).append(dependency)
    facts: list[Fact] = []
    brought: set[str] = set()
    for framework in FRAMEWORKS:
        lines = declared.get(framework.distribution, [])
        if framework.weak:
            lines = [d for d in lines if not d.group and not d.exact]
        seen = importers.get(framework.module)
        if lines and seen and framework.distribution not in own:
            facts.append(Fact(framework.name, (lines[0].evidence, seen)))
            brought.add(framework.brings)
    facts = [fact for fact in facts if fact.name not in brought]
    facts += _notebooks(declared)
    return merge([*facts, *_node(sources, roles)])


def _notebooks(declared: Mapping[str, list[Dependency]]) -> list[Fact]:
    found = [d for name in _JUPYTER for d in declared.get(name, []) if not d.group]
    return [Fact("Jupyter", (found[0].evidence,))] if found else []


def _node(sources: Sources, roles: Mapping[str, Role]) -> list[Fact]:
    facts = []
    for path in sources.match("package.json", "*/package.json"):
        if path.count("/") > 3 or roles.get(path) in ("vendored", "example") or "node_modules" in path:
            continue
        data = sources.json(path)
        for table in ("dependencies", "devDependencies"):
            for name, _ in items(dig(data, table)):
                if name in NODE_FRAMEWORKS:
                    facts.append(Fact(NODE_FRAMEWORKS[name], (sources.evidence(path, f'"{name}"'),)))
    return facts
