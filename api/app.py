"""The application: all routes on one service, and the way it is served. Made by the command line."""

import logging
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api import errors
from api.edge import Edge
from api.metrics import Metrics
from api.pages import routes as pages
from api.routes import exports, feedback, figures, health, verdicts
from api.service import LOOPBACK, Service
from feedback.errors import ConfigError, FeedbackError

logger = logging.getLogger(__name__)


def create_app(service: Service) -> FastAPI:
    app = FastAPI(
        title="回声 Huisheng",
        summary="用户反馈的搜索 search in what users say",
        version=service.version or "0",
        openapi_url=None,
        # Both load their scripts from elsewhere; the page /api is ours and works without a network.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.metrics = Metrics(service)
    for routes in (feedback, figures, verdicts, exports, health):
        app.include_router(routes.router)
    pages.add_to(app)
    app.add_exception_handler(FeedbackError, errors.on_feedback_error)
    app.add_exception_handler(HTTPException, errors.on_http_error)
    app.add_exception_handler(RequestValidationError, errors.on_invalid)
    app.add_middleware(Edge, service=service, metrics=app.state.metrics)
    return app


def check_bind(service: Service, host: str) -> None:
    """Off loopback nothing is served without keys. Raises ConfigError."""
    if host not in LOOPBACK and _has_no_key(service):
        raise ConfigError(
            f"没有密钥，不能绑定到 {host} refused to listen on {host} without any key",
            hint="huisheng key add NAME --scope read, 或 or --host 127.0.0.1",
        )


def _has_no_key(service: Service) -> bool:
    known = service.records.keys()
    return all(key.revoked for key in known)


def serve(app: FastAPI, host: str = "127.0.0.1", port: int = 8000, **options: Any) -> None:
    """Serve until stopped. *host* must be the address that the service was told it is bound to."""
    service = app.state.service
    assert isinstance(service, Service)
    if host != service.bind:
        raise ConfigError(
            f"服务按 {service.bind} 配置，却要绑定 {host} the service was made for {service.bind}, not for {host}",
            hint="Service(bind=…)",
        )
    check_bind(service, host)
    logger.info("serving on %s:%d", host, port)
    # The proxy's word on who calls is not taken: local mode rests on the true peer.
    uvicorn.run(
        app, host=host, port=port, proxy_headers=False, server_header=False, access_log=False, **options
    )
