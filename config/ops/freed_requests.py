"""A request is let go of once it is answered, with all that was read of its body.

Sessions, messages, forms and much else hold the request that holds them. Such a ring stays until
Python looks for it, which it does seldom here (providers/process/garbage.py), and a few hundred
bodies of 5 MB would have filled the memory by then. So what a request has is taken from it when its
answer has been sent, and now and then it is looked whether anything stayed all the same.
"""

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.wsgi import get_wsgi_application

from providers.api.bodies import MOST_BYTES, sent_bytes
from providers.process.garbage import look_after_bodies

MOST_RATIO = 1_032  # of gzip


class FreedRequest(WSGIRequest):
    def close(self) -> None:
        """Django calls it when the answer is closed: nobody asks anything of the request then."""
        super().close()
        size = _size_of(self)
        for name in ("_post", "_files"):
            dict.clear(self.__dict__.get(name, {}))  # forms hold them, and fields their form
        self.__dict__.clear()
        look_after_bodies(size)


def _size_of(request: WSGIRequest) -> int:
    """Of its body, as it was read, at the most."""
    size = sent_bytes(request.META)
    is_packed = "HTTP_CONTENT_ENCODING" in request.META
    return min(size * MOST_RATIO, MOST_BYTES) if is_packed else size


def django_letting_go() -> WSGIHandler:
    """Django, whose requests are such ones."""
    application = get_wsgi_application()
    application.request_class = FreedRequest
    return application
