"""Is the web server in this container alive? `python -m config.ops.probe` answers by its exit code.

The request goes to this machine but names the public host, as the server takes no other.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

PORT = 8000
PATIENCE = 2.0  # seconds


def main() -> int:
    public_host = urlsplit(os.environ["PUBLIC_BASE_URL"]).netloc
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz", headers={"Host": public_host})
        answer = connection.getresponse()
    except OSError:
        return 1
    finally:
        connection.close()
    return 0 if answer.status == http.HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main())
