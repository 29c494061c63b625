"""What an operator may choose, each from an environment variable `UNROLLED_<NAME>`.

`docs/settings.md` documents every row; a test holds the two together.
"""

from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

KIB, MIB = 2**10, 2**20


class Settings(BaseSettings):
    """The choices of one server, checked once at its start."""

    model_config = SettingsConfigDict(env_prefix="UNROLLED_", frozen=True, populate_by_name=True)

    host: str = Field(
        default="127.0.0.1",
        validation_alias=AliasChoices("UNROLLED_HOST", "HOST"),
        description="Address to listen on. `HOST` works too. `0.0.0.0` opens it to the network.",
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("UNROLLED_PORT", "PORT"),
        description="Port to listen on, or the next free one. `PORT` works too. 0 takes any.",
    )
    browser: Literal["auto", "never"] = Field(
        default="auto", description="`auto` opens a browser when started from a terminal on a desktop."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="How much the server says. `info` logs each request."
    )
    compute_ms: float = Field(
        default=5000, ge=10, description="Largest predicted compute time of one request, in milliseconds."
    )
    response_bytes: int = Field(default=48 * MIB, ge=MIB, description="Largest predicted size of one answer, in bytes.")
    inline_ms: float = Field(
        default=5.0, ge=0, description="Up to this predicted time a trace is computed without the pool."
    )
    processes: int = Field(default=2, ge=1, le=64, description="Compute processes.")
    niceness: int = Field(default=10, ge=0, le=19, description="How much the compute processes give way.")
    process_bytes: int = Field(
        default=1024 * MIB, ge=256 * MIB, description="Address space of one compute process, in bytes."
    )
    deadline_seconds: float = Field(
        default=20, gt=0, description="Longest real time of one computation before it is ended."
    )
    abandon_seconds: float = Field(
        default=0.5, ge=0.1, description="How long a computation goes on after the last who waited has left."
    )
    queue: int = Field(default=32, ge=0, description="Computations that may wait for a free process.")
    training_ms: float = Field(
        default=60_000, ge=10, description="Largest predicted compute time of one training run, in milliseconds."
    )
    training_bytes: int = Field(
        default=48 * MIB, ge=MIB, description="Largest predicted size of all events and snapshots of a run, in bytes."
    )
    training_memory: int = Field(
        default=256 * MIB, ge=MIB, description="Largest predicted memory of one training run, in bytes."
    )
    training_processes: int = Field(
        default=2, ge=1, le=64, description="Compute processes for training, started when the first run is asked for."
    )
    training_niceness: int = Field(
        default=15, ge=0, le=19, description="How much the training processes give way; the others should give less."
    )
    training_queue: int = Field(default=16, ge=0, description="Training runs that may wait for a free process.")
    training_seconds: float = Field(
        default=300, gt=0, description="Longest real time of one training run before it is ended."
    )
    training_grace_seconds: float = Field(
        default=5, ge=0.1, description="How long a training run goes on after its last viewer has left."
    )
    model_bytes: int = Field(default=4 * MIB, ge=KIB, description="Largest file of weights that may be sent, in bytes.")
    models_bytes: int = Field(
        default=64 * MIB,
        ge=0,
        description="Memory for files of weights that were sent, in bytes; the oldest make room.",
    )
    cache_bytes: int = Field(
        default=256 * MIB, ge=0, description="Memory for finished answers, in bytes; the oldest make room."
    )
    streams: int = Field(default=2000, ge=1, description="Streams open at the same time.")
    ping_seconds: float = Field(default=15, gt=0, description="A silent event stream says it is alive after this long.")
    send_seconds: float = Field(default=30, gt=0, description="A reader that takes nothing for this long is cut off.")
    receive_seconds: float = Field(
        default=10, gt=0, description="Longest time for the head, and again for the body, of a request."
    )
    shutdown_seconds: int = Field(
        default=1, ge=1, le=60, description="How long requests in progress may go on after a stop signal."
    )
    body_bytes: int = Field(default=256 * KIB, ge=KIB, description="Largest request body, in bytes.")
    url_bytes: int = Field(default=8 * KIB, ge=KIB, description="Longest path and query, in bytes.")
    header_bytes: int = Field(default=16 * KIB, ge=KIB, description="Largest request head, in bytes.")
    text_points: int = Field(default=20_000, ge=1, description="Longest text, in code points.")
