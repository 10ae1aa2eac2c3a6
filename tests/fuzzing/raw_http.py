"""Sends a request exactly as it is written: HTTP libraries mend or refuse what a fuzzer wants to send."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit


def request(url: str, target: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Send a request for `target` to the server of `url`. Returns status, headers by lower-case name, and body.

    `target` stands in the request line as it is, in Latin-1 or, where it has other characters, in UTF-8.
    """
    host, port = urlsplit(url).hostname, urlsplit(url).port
    line = f"{method} {target} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        data = line.encode("latin-1")
    except UnicodeEncodeError:
        data = line.encode(errors="surrogatepass")
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(data)
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
