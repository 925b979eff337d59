"""Fetching images from a server on this machine, which the tests present as one on the internet."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mlsr_es.sources.fetching import Fetcher, FetchLimits, origin
from mlsr_es.sources.refusal import Refusal

PUBLIC, OTHER_PUBLIC = "93.184.215.14", "2606:2800:220:1::1"
IMAGE = b"\x89PNG and so on"


@dataclass
class Web:
    """An internet of one server, with the requests to it and its answers."""

    port: int = 0
    names: dict[str, Sequence[str]] = field(default_factory=lambda: {"images.example": [PUBLIC]})
    dialled: list[tuple[str, int]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler], None] = field(default_factory=lambda: reply)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """Resolve a host; an address resolves to itself."""
        if host in self.names:
            return self.names[host]
        if port and host[0] in "0123456789:":
            return [host]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def dial(self, address: str, port: int, seconds: float) -> socket.socket:
        """Connect to the server on this machine, whatever the address."""
        self.dialled.append((address, port))
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def fetcher(self, **options: object) -> Fetcher:
        """A fetcher that knows only this internet."""
        return Fetcher(resolver=self.resolve, dialler=self.dial, **options)  # type: ignore[arg-type]


def reply(handler: BaseHTTPRequestHandler, status: int = 200, body: bytes = IMAGE, **headers: str) -> None:
    """Make a complete answer."""
    handler.send_response(status)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def _server(web: Web) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append((self.path, dict(self.headers)))
            try:
                web.answer(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_port
    return server


@pytest.fixture
def web() -> Iterator[Web]:
    """A server with several host names."""
    web = Web()
    with _server(web) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield web
        server.shutdown()
        thread.join()


def test_an_image_is_fetched(web: Web) -> None:
    """The request has the URL's host, and does not accept compression."""
    assert web.fetcher().fetch("http://images.example/a b/ö.png?x=1&y=%20") == IMAGE
    ((path, headers),) = web.asked
    assert path == "/a%20b/%C3%B6.png?x=1&y=%20"
    assert headers["Host"] == "images.example"
    assert headers["Accept-Encoding"] == "identity"
    assert "Authorization" not in headers


def test_the_connection_goes_to_the_address_that_was_checked(web: Web) -> None:
    """A host is resolved once, so that a later change of its address has no effect."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    fetcher = Fetcher(resolver=lambda _host, _port: next(answers), dialler=web.dial)
    assert fetcher.fetch("http://images.example:8080/") == IMAGE
    assert web.dialled == [(PUBLIC, 8080)]


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::ffff:169.254.169.254"], [PUBLIC, OTHER_PUBLIC, "fe80::1%eth0"], []],
    ids=["loopback", "one of two", "mapped metadata", "the last one", "none"],
)
def test_every_address_of_a_name_has_to_be_public(web: Web, addresses: list[str]) -> None:
    """A host with one address that is not public is not connected to."""
    web.names["images.example"] = addresses
    with pytest.raises(Refusal, match=r"its host images\.example is at .*, which is not on the open internet"):
        web.fetcher().fetch("http://images.example/")
    assert web.dialled == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://localhost:9200/",
        "http://localhost./",
    ],
)
def test_this_machine_is_not_fetched_from_whatever_it_is_called(url: str) -> None:
    """Names of this machine are refused with the real resolver, without a connection."""
    dialled: list[object] = []
    fetcher = Fetcher(dialler=lambda *to: dialled.append(to))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match=r"not on the open internet|cannot be fetched"):
        fetcher.fetch(url)
    assert dialled == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "only http and https are fetched, not file"),
        ("ftp://images.example/", "not ftp"),
        ("gopher://images.example/", "not gopher"),
        ("//images.example/a.png", "a URL without a scheme"),
        ("http:///a.png", "no host"),
        ("http://user:secret@images.example/", "has a user name in it"),
        ("http://images.example:25/", "the port 25 is not one of a web server"),
        ("http://images.example:99999/", "not a URL that can be read"),
        ("http://[images/", "not a URL that can be read"),
        ("http://" + "a" * 70 + "ö.example/", "not a URL that can be read"),
    ],
)
def test_what_is_no_web_address_is_refused(web: Web, url: str, why: str) -> None:
    """A URL that is not a web address is refused before it is resolved, without repeating secrets."""
    with pytest.raises(Refusal, match=why) as refused:
        web.fetcher().fetch(url)
    assert web.asked == []
    assert "secret" not in str(refused.value)


def test_a_line_break_cannot_add_a_header(web: Web) -> None:
    """A line break in a URL or a redirect does not add a header."""
    assert web.fetcher().fetch("http://images.example/a\r\nX-Evil: 1") == IMAGE
    ((_, headers),) = web.asked
    assert "X-Evil" not in headers


def test_redirects_are_followed(web: Web) -> None:
    """Redirects are followed, including relative ones."""
    web.names["cdn.example"] = [OTHER_PUBLIC]
    steps = {"/": "/second", "/second": "http://cdn.example/third"}
    web.answer = lambda handler: (
        reply(handler, 302, Location=steps[handler.path]) if handler.path in steps else reply(handler)
    )
    assert web.fetcher().fetch("http://images.example/") == IMAGE
    assert web.dialled == [(PUBLIC, 80), (PUBLIC, 80), (OTHER_PUBLIC, 80)]


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://169.254.169.254/latest/meta-data/", "is at 169.254.169.254"),
        ("http://inside.example/", "is at 10.1.2.3"),
        ("file:///etc/passwd", "not file"),
        ("//user@images.example/", "a user name"),
        ("http://images.example:22/", "the port 22"),
    ],
)
def test_redirects_are_checked_as_the_first_url_was(web: Web, location: str, why: str) -> None:
    """The target of a redirect is checked like the first URL."""
    web.names["inside.example"] = ["10.1.2.3"]
    web.answer = lambda handler: reply(handler, 307, Location=location)
    with pytest.raises(Refusal, match=why):
        web.fetcher().fetch("http://images.example/")
    assert web.dialled == [(PUBLIC, 80)]


def test_redirects_have_an_end(web: Web) -> None:
    """Three redirects are followed by default."""
    web.answer = lambda handler: reply(handler, 301, Location="/again")
    with pytest.raises(Refusal, match="redirected more than 3 times"):
        web.fetcher().fetch("http://images.example/")
    assert len(web.asked) == 4


def test_headers_are_sent_to_their_origin_alone(web: Web) -> None:
    """A header is sent to its origin only, not after a redirect elsewhere and not to another port."""
    web.names["elsewhere.example"] = [OTHER_PUBLIC]
    headers = {"http://images.example": {"Authorization": "Bearer key"}}
    web.answer = lambda handler: (
        reply(handler, 302, Location="http://elsewhere.example/") if handler.path == "/" else reply(handler)
    )
    fetcher = web.fetcher(headers=headers)
    with pytest.raises(Refusal):
        fetcher.fetch("http://images.example/")  # elsewhere redirects to itself
    fetcher.fetch("http://images.example:8080/image")
    fetcher.fetch("http://IMAGES.example:80/image")
    sent = [asked.get("Authorization") for _, asked in web.asked]
    assert sent == ["Bearer key", None, None, None, None, "Bearer key"]
    assert "Bearer" not in repr(Fetcher(headers=headers))


def test_origins_are_compared_as_browsers_do() -> None:
    """Origins are compared in lower case and without the default port."""
    assert origin("HTTPS://Store.Example:443/a/b?c") == "https://store.example"
    assert origin("http://store.example:8080") == "http://store.example:8080"
    assert origin("https://[2606:2800::1]/") == "https://[2606:2800::1]"
    with pytest.raises(Refusal, match="only http and https"):
        origin("store.example")


def test_a_file_that_says_it_is_too_large_is_not_read(web: Web) -> None:
    """A file whose stated length is too large is refused without being read."""
    web.answer = lambda handler: reply(handler, body=b"", Content_Length="1000001")
    with pytest.raises(Refusal, match="more than 1,000,000 bytes"):
        web.fetcher(limits=FetchLimits(bytes=1_000_000)).fetch("http://images.example/")


@pytest.mark.parametrize("chunked", [False, True], ids=["until the end", "chunked"])
def test_a_file_that_does_not_say_is_read_up_to_the_limit(web: Web, chunked: bool) -> None:  # noqa: FBT001
    """A file without a stated length is read up to the limit only."""
    sent = [0]

    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        if chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        piece = b"x" * 50_000
        for _ in range(2_000):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            sent[0] += len(piece)

    web.answer = pour
    with pytest.raises(Refusal, match="more than 100,000 bytes"):
        web.fetcher(limits=FetchLimits(bytes=100_000)).fetch("http://images.example/")
    assert sent[0] < 50_000_000  # the connection was closed long before the server was done


@pytest.mark.parametrize("slow", ["headers", "body"])
def test_a_server_that_drips_does_not_hold_on_for_ever(web: Web, slow: str) -> None:
    """A server that sends single bytes slowly is stopped at the deadline."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if slow == "body":
            handler.send_response(200)
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    web.answer = drip
    started = time.monotonic()
    with pytest.raises(Refusal, match=r"longer than 0\.3 seconds"):
        web.fetcher(limits=FetchLimits(seconds=0.3)).fetch("http://images.example/")
    assert time.monotonic() - started < 2


def test_what_was_not_asked_for_is_not_unpacked(web: Web) -> None:
    """A compressed answer is refused, because it could expand without limit."""
    web.answer = lambda handler: reply(handler, Content_Encoding="gzip")
    with pytest.raises(Refusal, match=r"packed \(gzip\)"):
        web.fetcher().fetch("http://images.example/")


def test_a_file_that_is_cut_off_is_not_taken(web: Web) -> None:
    """A truncated file is refused."""
    web.answer = lambda handler: reply(handler, Content_Length="100")
    with pytest.raises(Refusal, match="ended before the file did"):
        web.fetcher().fetch("http://images.example/")


@pytest.mark.parametrize(
    ("status", "why"), [(404, "the server says 404 Not Found"), (500, "500"), (204, "204"), (206, "206"), (304, "304")]
)
def test_a_server_that_has_no_image_is_quoted(web: Web, status: int, why: str) -> None:
    """The reason for any other status than 200 has the server's words."""
    web.answer = lambda handler: reply(handler, status)
    with pytest.raises(Refusal, match=why):
        web.fetcher().fetch("http://images.example/")


def test_what_is_no_http_is_refused(web: Web) -> None:
    """An answer that is not HTTP is refused, and the reason quotes it."""

    def greet(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 mail.example ready\r\n")

    web.answer = greet
    with pytest.raises(Refusal, match="cannot be fetched"):
        web.fetcher().fetch("http://images.example/")


def test_an_address_that_does_not_answer_leaves_time_for_the_next(web: Web) -> None:
    """A host with two addresses is reached by the second."""
    web.names["images.example"] = [OTHER_PUBLIC, PUBLIC]
    dialled = []

    def dial(address: str, port: int, seconds: float) -> socket.socket:
        dialled.append(address)
        if address == OTHER_PUBLIC:
            raise OSError("unreachable")
        return web.dial(address, port, seconds)

    assert Fetcher(resolver=web.resolve, dialler=dial).fetch("http://images.example/") == IMAGE
    assert dialled == [OTHER_PUBLIC, PUBLIC]


def test_a_name_without_address_is_said_to_have_none(web: Web) -> None:
    """The reason for a host without an address has the resolver's words."""
    with pytest.raises(Refusal, match="Name or service not known"):
        web.fetcher().fetch("http://nowhere.example/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate for ``images.example``."""
    file = tmp_path_factory.mktemp("tls") / "images.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=images.example"]
    command += ["-addext", "subjectAltName=DNS:images.example", "-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@pytest.fixture
def tls_web(certificate: Path) -> Iterator[Web]:
    """A server with several host names that speaks TLS."""
    web = Web()
    with _server(web) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield web
        server.shutdown()
        thread.join()


def test_a_certificate_has_to_be_for_the_host_in_the_url(tls_web: Web, certificate: Path) -> None:
    """The certificate has to be for the URL's host, although the connection goes to an address."""
    trust = ssl.create_default_context(cafile=certificate)
    fetcher = tls_web.fetcher(trust=trust)
    assert fetcher.fetch("https://images.example/") == IMAGE
    tls_web.names["other.example"] = [PUBLIC]
    with pytest.raises(Refusal, match=r"certificate is not trusted: Hostname mismatch.*other\.example"):
        fetcher.fetch("https://other.example/")


def test_a_certificate_has_to_be_trusted(tls_web: Web) -> None:
    """A certificate that the system's authorities did not sign is refused."""
    with pytest.raises(Refusal, match="certificate is not trusted: self"):
        tls_web.fetcher().fetch("https://images.example/")
