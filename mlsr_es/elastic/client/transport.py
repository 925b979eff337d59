"""What the client does differently on its way to the cluster."""

from __future__ import annotations

from typing import Any

from elastic_transport import Urllib3HttpNode


class QuietNode(Urllib3HttpNode):
    """Drops the ``Warning`` headers of answers.

    The client makes Python warnings of them ("security features are not enabled", with every answer): they tell the
    cluster's owner something, and the user of a search nothing.
    """

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        """One request, as the class above sends it."""
        response = super().perform_request(*args, **kwargs)
        response.meta.headers.pop("warning", None)
        return response
