"""Requests to Kibana, and its errors as this package's errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from mlsr_es.credentials import basic_auth
from mlsr_es.errors import InputError, KibanaError
from mlsr_es.kibana.settings import KibanaSettings

_HEADERS = {"kbn-xsrf": "mlsr-es", "Accept": "application/json"}
"""Kibana refuses a request that changes something without the first header."""


@dataclass(frozen=True)
class Reply:
    """Kibana's answer.

    Args:
        status: The HTTP status.
        body: The JSON object; empty where the answer is something else.
    """

    status: int
    body: Mapping[str, Any]

    @property
    def message(self) -> str:
        """Kibana's reason for an error; "" where it gave none."""
        return str(self.body.get("message", ""))


class Kibana:
    """A client of Kibana; nothing is sent before the first request.

    Args:
        settings: Kibana's address and the credentials.

    Raises:
        InputError: The file of certificates cannot be read.
    """

    def __init__(self, settings: KibanaSettings) -> None:
        import ssl

        import urllib3

        self._settings = settings
        options: dict[str, Any] = {}
        if settings.insecure:
            options["cert_reqs"] = ssl.CERT_NONE
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        elif settings.ca_certs:
            try:
                options["ssl_context"] = ssl.create_default_context(cafile=settings.ca_certs)
            except OSError as error:  # an SSLError is one
                raise InputError(
                    f"no certificates can be read from {settings.ca_certs}.", advice="It is a PEM file."
                ) from error
        self._pool = urllib3.PoolManager(
            headers={**_HEADERS, **_identity(settings)}, timeout=settings.timeout_s, retries=False, **options
        )

    def post_json(self, path: str, body: Any) -> Reply:
        """Send a JSON object; the answer may be an error, which ``checked`` raises.

        Raises:
            KibanaError: Nothing answers.
        """
        headers = {**self._pool.headers, "Content-Type": "application/json"}
        return self._post(path, body=orjson.dumps(body), headers=headers)

    def post_file(self, path: str, name: str, content: bytes) -> Reply:
        """Send a file as the field ``file`` of a form.

        Raises:
            KibanaError: Nothing answers.
        """
        return self._post(path, fields={"file": (name, content, "application/ndjson")})

    def checked(self, reply: Reply, doing: str) -> Mapping[str, Any]:
        """The body of a successful answer.

        Args:
            reply: The answer.
            doing: What the request does, as in "could not ...", for the message.

        Raises:
            KibanaError: Kibana refused, or what answers is not Kibana.
        """
        where = self._settings.url
        if reply.status == HTTPStatus.OK and reply.body:
            return reply.body
        if reply.status == HTTPStatus.UNAUTHORIZED:
            raise KibanaError(
                f"{where} does not accept the credentials.", advice="Set ES_API_KEY, or ES_USERNAME and ES_PASSWORD."
            )
        if reply.status == HTTPStatus.FORBIDDEN:
            raise KibanaError(
                f"{where} does not allow this user to {doing}: {reply.message or 'HTTP 403'}.",
                advice="Its role needs the Kibana privileges Data View Management, Discover and Saved Objects "
                "Management, each All, in this space.",
            )
        if reply.status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise KibanaError(f"{where} is not ready.", advice="It may be starting: try again in a minute.")
        if not reply.message:
            raise KibanaError(
                f"{where} answers, but not as Kibana does (HTTP {reply.status}).",
                advice="Check the address; a base path and a space (/s/NAME) are part of it.",
            )
        raise KibanaError(f"{where} could not {doing}: {reply.message}.")

    def _post(self, path: str, **request: Any) -> Reply:
        from urllib3.exceptions import HTTPError

        try:
            answer = self._pool.request("POST", f"{self._settings.url}{path}", redirect=False, **request)
        except HTTPError as error:
            raise self._unreachable(error) from error
        try:
            body = orjson.loads(answer.data)
        except orjson.JSONDecodeError:
            body = {}
        return Reply(answer.status, body if isinstance(body, dict) else {})

    def _unreachable(self, error: Exception) -> KibanaError:
        from urllib3.exceptions import NewConnectionError, SSLError
        from urllib3.exceptions import TimeoutError as NoAnswerInTime

        where = self._settings.url
        if isinstance(error, SSLError):
            return KibanaError(
                f"{where} cannot be trusted: {error}.",
                advice="Name the authority's file with --ca-certs, or Kibana with http:// where it speaks no TLS.",
            )
        if isinstance(error, NoAnswerInTime) and not isinstance(error, NewConnectionError):
            return KibanaError(f"{where} did not answer in time.", advice="It may be starting, or be overloaded.")
        return KibanaError(f"nothing answers at {where}.", advice="Check the address, or start Kibana.")


def _identity(settings: KibanaSettings) -> dict[str, str]:
    if settings.api_key:
        return {"Authorization": f"ApiKey {settings.api_key}"}
    if settings.username:
        return {"Authorization": f"Basic {basic_auth(settings.username, settings.password)}"}
    return {}
