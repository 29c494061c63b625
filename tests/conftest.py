"""What every test may ask for: the real server, and chance that is the same each time."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.serving import Server, serving

settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve for the whole session; at its end no failure was logged and it stopped in time."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, UNROLLED_LOG_LEVEL="info") as running:
        yield running


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    """Where the server is, without a slash at the end."""
    return server.url
