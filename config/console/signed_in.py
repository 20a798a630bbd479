"""Is somebody signed in? The proxy asks before it takes in a file of a gigabyte (docs/proxy).

What is large waits there until it is whole, on its disk: from anybody, that would fill it.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from providers.people.access import may_enter


@never_cache
def signed_in(request: HttpRequest) -> HttpResponse:
    is_in = request.user.is_authenticated and may_enter(request.user)
    return HttpResponse(status=HTTPStatus.NO_CONTENT if is_in else HTTPStatus.UNAUTHORIZED)
