from collections.abc import Iterator

import pytest

from callbacks.models import LastCall, Receipt
from callbacks.receiving.refusing import refusals
from providers.models import CallbackKey, CallbackSource, Project, RefusedCallback
from tests.callbacks.committing import commit

RECEIVING = (Receipt, LastCall, RefusedCallback, CallbackSource, CallbackKey, Project)


@pytest.fixture
def committed(db: None) -> Iterator[None]:
    """For tests whose rows are committed: takes away those of receiving afterwards.

    That takes milliseconds; flushing the whole database, as a transactional test does, a second.
    """
    yield
    refusals.close()  # counted a moment ago, they would be written behind the project's back
    for model in RECEIVING:
        commit(model.objects.all().delete)
