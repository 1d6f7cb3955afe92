"""Answers for the crate validator: what it would fetch, from the copy that the package rocrate carries.

usage: seed_jsonld_cache.py CACHE URL...    CACHE is the validator's --cache-path, URL a JSON-LD context of RO-Crate
"""

import importlib.resources
import io
import sys

from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3.response import HTTPResponse

CONTEXT = (importlib.resources.files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()


class FromPackage(HTTPAdapter):
    """Answers every request with the context, and asks nobody."""

    def send(self, request, **_):
        answer = HTTPResponse(
            body=io.BytesIO(CONTEXT),
            status=200,
            headers={"Content-Type": "application/ld+json", "Content-Length": str(len(CONTEXT))},
            preload_content=False,
            request_method=request.method,
            request_url=request.url,
        )
        return self.build_response(request, answer)


def main():
    cache, *urls = sys.argv[1:]
    session = CachedSession(cache_name=cache, backend="sqlite", expire_after=-1)
    session.mount("https://", FromPackage())
    for url in urls:
        session.get(url, headers={"Accept": "application/ld+json, application/json"}).raise_for_status()
        if not session.cache.contains(url=url):
            sys.exit(f"{url} is not kept")


main()
