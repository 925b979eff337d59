"""The node class of the client's transport."""

from __future__ import annotations

from typing import Any

from elastic_transport import Urllib3HttpNode


class QuietNode(Urllib3HttpNode):
    """Drops the ``Warning`` headers of answers.

    The client turns them into Python warnings ("security features are not enabled", with every answer). They concern
    the cluster's owner, not the user of a search.
    """

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request as the parent class does."""
        response = super().perform_request(*args, **kwargs)
        response.meta.headers.pop("warning", None)
        return response
