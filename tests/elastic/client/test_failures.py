"""Each way in which a cluster is unreachable or refuses has its own message and advice."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.cluster import ClusterVersion, check
from mlsr_es.errors import ClusterRefusedError, ClusterUnreachableError
from tests.elastic.faults import FaultServer, Reply

Connect = Callable[..., Elasticsearch]
NO_HEADER = {"X-Elastic-Product": ""}


def error(kind: str, reason: str) -> dict[str, object]:
    return {"error": {"root_cause": [{"type": kind, "reason": reason}], "type": kind, "reason": reason}}


def greeting(number: str) -> dict[str, object]:
    return {"version": {"number": number, "build_flavor": "default"}}


@pytest.mark.parametrize("number", ["7.17.29", "8.19.0", "9.5.0-SNAPSHOT"])
def test_a_cluster_tells_its_version(fault_server: FaultServer, client_of: Connect, number: str) -> None:
    """A cluster's version is read as major and minor number."""
    fault_server.replies.append(Reply(200, greeting(number)))
    assert check(client_of(fault_server.url)) == ClusterVersion.parse(number)


NO_SUCH_CALL = Reply(
    405, {"error": "Incorrect HTTP method for uri [/] and method [GET], allowed: [HEAD]", "status": 405}
)
NO_RIGHT = Reply(403, error("security_exception", "action [cluster:monitor/main] is unauthorized for user [editor]"))


@pytest.mark.parametrize("replies", [[NO_SUCH_CALL, NO_RIGHT], [NO_RIGHT], [Reply(200, greeting("unknown"))]])
def test_a_cluster_that_does_not_tell_its_version_is_worked_with(
    fault_server: FaultServer, client_of: Connect, replies: list[Reply]
) -> None:
    """A cluster that hides its version is accepted if it answers as Elasticsearch does."""
    fault_server.replies.extend(replies)
    assert check(client_of(fault_server.url)) is None


@pytest.mark.parametrize("headers", [{}, NO_HEADER])
def test_a_cluster_that_is_too_old_is_told_so(
    fault_server: FaultServer, client_of: Connect, headers: dict[str, str]
) -> None:
    """A cluster that is too old is refused, with the product's header (from 7.14 on) and without it."""
    fault_server.replies.append(Reply(200, greeting("7.10.2"), headers))
    with pytest.raises(ClusterRefusedError, match=r"is Elasticsearch 7\.10\.2, and 7\.17 is the oldest"):
        check(client_of(fault_server.url))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, "<html>It works!</html>", NO_HEADER),
        Reply(404, "<html>Not found</html>", NO_HEADER),
        Reply(200, {"version": {"number": "2.11.0", "distribution": "opensearch"}}, NO_HEADER),
    ],
)
def test_what_is_not_elasticsearch_is_told_apart(fault_server: FaultServer, client_of: Connect, reply: Reply) -> None:
    """A web server and a fork of Elasticsearch are reported as such, after a second look at an odd greeting."""
    fault_server.replies.extend([reply, reply])
    with pytest.raises(ClusterUnreachableError, match=r"not Elasticsearch|not as Elasticsearch does"):
        check(client_of(fault_server.url))


def test_wrong_credentials_are_told_with_the_ways_to_give_them(fault_server: FaultServer, client_of: Connect) -> None:
    """The message for wrong credentials has the ways to give others, and never the password."""
    fault_server.replies.append(Reply(401, error("security_exception", "unable to authenticate user [editor]")))
    with pytest.raises(
        ClusterRefusedError, match=r"unable to authenticate user \[editor\].*Set ES_API_KEY, or"
    ) as caught:
        check(client_of(fault_server.url, username="editor", password="s3cret"))
    assert "s3cret" not in str(caught.value)


def test_a_proxy_that_refuses_is_not_taken_for_a_wrong_address(fault_server: FaultServer, client_of: Connect) -> None:
    """A gateway's own error 503 is reported as temporary, not as a wrong address."""
    fault_server.replies.append(Reply(503, "<html>Service unavailable</html>", NO_HEADER))
    with pytest.raises(ClusterRefusedError, match=r"HTTP 503, Service Unavailable.*try again later"):
        check(client_of(fault_server.url))


def test_nothing_there(client_of: Connect, closed_port: int) -> None:
    """A refused connection and an unknown host are reported in one line, without the client's class names."""
    with pytest.raises(
        ClusterUnreachableError, match=r"nothing answers at http://127\.0\.0\.1:\d+: .*refused"
    ) as caught:
        check(client_of(f"http://127.0.0.1:{closed_port}"))
    assert "object at" not in str(caught.value)
    with pytest.raises(ClusterUnreachableError, match=r"Failed to resolve 'nowhere\.invalid'"):
        check(client_of("http://nowhere.invalid:9200"))


def test_no_answer_in_time(client_of: Connect) -> None:
    """A request that gets no answer within the time limit is reported as such."""
    with (
        HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent,  # listens, and never accepts
        pytest.raises(ClusterUnreachableError, match="in time"),
    ):
        check(client_of(f"http://127.0.0.1:{silent.server_port}", timeout_s=0.2))


def test_https_where_http_is_spoken(fault_server: FaultServer, client_of: Connect) -> None:
    """If https is used for a server without TLS, the message says that the scheme is wrong."""
    with pytest.raises(ClusterUnreachableError, match=r"speaks no TLS\. Name the cluster with http://"):
        check(client_of(fault_server.url.replace("http:", "https:")))


def test_a_connection_closed_without_an_answer(fault_server: FaultServer, client_of: Connect) -> None:
    """If a server closes the connection on plain http, the message suggests https."""
    fault_server.replies.append(Reply(0))
    with pytest.raises(ClusterUnreachableError, match=r"closed the connection.*Try https://"):
        check(client_of(fault_server.url))


@pytest.fixture(scope="module")
def tls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a self-signed certificate for 127.0.0.1."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*request, *names], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def tls_url(tls_folder: Path) -> Iterator[str]:
    """The URL of a TLS server that answers as Elasticsearch 8."""

    class Greeter(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.end_headers()
            self.wfile.write(b'{"version": {"number": "8.19.0"}}')

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_folder / "cert.pem", tls_folder / "key.pem")
    with HTTPServer(("127.0.0.1", 0), Greeter) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that gives up is no error here
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_certificate_of_an_unknown_authority_is_not_trusted(tls_url: str, client_of: Connect) -> None:
    """The message for a certificate of an unknown authority names the ways to trust it."""
    with pytest.raises(ClusterUnreachableError, match=r"authority that is not trusted.*--ca-certs.*--ssl-fingerprint"):
        check(client_of(tls_url))


def test_another_certificate_than_the_one_named_is_not_trusted(tls_url: str, client_of: Connect) -> None:
    """A certificate with another fingerprint than the given one is not trusted."""
    with pytest.raises(ClusterUnreachableError, match="another fingerprint"):
        check(client_of(tls_url, ssl_fingerprint="ab" * 32))


def test_a_certificate_is_trusted_by_authority_by_fingerprint_or_unseen(
    tls_url: str, tls_folder: Path, client_of: Connect
) -> None:
    """A certificate is accepted by its authority, by its fingerprint, or without a check."""
    certificate = tls_folder / "cert.pem"
    shown = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], check=True, capture_output=True
    )
    fingerprint = shown.stdout.decode().strip().partition("=")[2]
    for trust in ({"ca_certs": certificate}, {"ssl_fingerprint": fingerprint}, {"insecure": True}):
        assert check(client_of(tls_url, **trust)) == ClusterVersion(8, 19)


@pytest.mark.parametrize(
    ("created", "version"),
    [
        ("7172999", ClusterVersion(7, 17)),
        ("8500003", ClusterVersion(8, 50)),
        ("9009000", ClusterVersion(9, 0)),
        ("", None),
    ],
)
def test_an_index_tells_which_version_made_it(created: str, version: tuple[int, int] | None) -> None:
    """Where rights do not hide it."""
    assert ClusterVersion.of_index({"settings": {"index": {"version": {"created": created}}}}) == version
    assert ClusterVersion.of_index({}) is None
