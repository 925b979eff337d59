"""The suggestions over HTTP, and a page on which an editor picks images; what is suggested is the api's business."""

from mlsr_es.extras import extra as _extra

with _extra("serve"):
    import fastapi  # noqa: F401
    import prometheus_client  # noqa: F401
    import uvicorn  # noqa: F401

from mlsr_es.service.app import service
from mlsr_es.service.running import run
from mlsr_es.service.sections import SectionStore
from mlsr_es.service.settings import FILTER_FIELDS, TOKEN_VARIABLE, ServiceSettings, read_token

__all__ = ["FILTER_FIELDS", "TOKEN_VARIABLE", "SectionStore", "ServiceSettings", "read_token", "run", "service"]
