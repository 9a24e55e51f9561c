"""The application: routes, errors and the edge around them."""

from fastapi import FastAPI
from starlette.routing import Route

from playout.api import problems
from playout.api.edge import Edge, allowed_hosts
from playout.api.routes import asrun, events, health, notices, onair, overrides, page, schedule, screens, session
from playout.api.routes.status import StatusRoute
from playout.api.services import Services

__all__ = ["ROUTERS", "create_app"]

ROUTERS = tuple(
    routes.router for routes in (asrun, overrides, events, notices, schedule, onair, screens, session, health, page)
)
"""Every route but the state of the screens, which takes a shorter way."""


def create_app(services: Services) -> FastAPI:
    """The control API and the page of the sign."""
    app = FastAPI(title="playout", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.services = services
    app.router.routes.append(Route("/api/v1/status", StatusRoute(services), methods=["GET"], name="status"))
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    api = services.config.api
    hosts = allowed_hosts(api.host, api.hosts)
    app.add_middleware(Edge, hosts=hosts, precedence=services.publisher.precedence)
    return app
