"""Ends with 0 if the web server of this container answers. It asks by a name that the site answers to."""

import http.client
import os
import sys

HOST = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")


def is_well() -> bool:
    server = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        server.request("GET", "/healthz", headers={"Host": HOST})
        return server.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(0 if is_well() else 1)
