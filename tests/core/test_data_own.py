"""What a visitor brings: read rightly, or refused with the reason, whatever it is."""

import io
import struct
import wave
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import own
from core.data.audio import Sound, log_mel, mel, mel_filters, resampled, wav
from core.errors import RecipeError
from core.ops import Floats


def reason(data: bytes, how: str) -> str:
    with pytest.raises(RecipeError) as caught:
        getattr(own, how)(data)
    (problem,) = caught.value.problems
    assert problem.pointer == "/file"
    assert problem.allowed
    assert len(problem.message) < 200
    return problem.message


def written(samples: Floats, rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    """A WAV file by the standard library's writer."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(width)
        made.setframerate(rate)
        whole = np.rint(samples * (2.0 ** (8 * width - 1) - 1)).astype("<i4")
        raw = (whole + 128).astype(np.uint8).tobytes() if width == 1 else whole.view(np.uint8).reshape(-1, 4)
        made.writeframes(raw if isinstance(raw, bytes) else raw[:, :width].tobytes())
    return file.getvalue()


def tone(hertz: float, seconds: float = 1.0, rate: int = 8000) -> Floats:
    return np.asarray(0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate))


ROWS = "\n".join(f"{i},{i * i}" for i in range(30))

# -- text -------------------------------------------------------------------------------------------------------


def test_a_text_keeps_everything_but_its_mark_and_its_line_ends() -> None:
    assert own.text("\ufeffçà 👩‍🚀\r\nعربي\rz".encode()) == "çà 👩‍🚀\nعربي\nz"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"abc\xff", "is not UTF-8 text: byte 4"),
        (b"\xed\xa0\x80", "is not UTF-8 text: byte 1"),
        (b"ab\x00", "control character at place 3 (U+0000)"),
        ("ab\x85".encode(), "control character at place 3 (U+0085)"),
        (b"x" * 70_000, "has 70,000 bytes"),
        (b"x" * 20_001, "has 20,001 characters"),
    ],
)
def test_a_text_that_is_none_is_refused(data: bytes, says: str) -> None:
    assert says in reason(data, "text")


# -- tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n" + ROWS,
        "a;b\r\n" + ROWS.replace(",", ";").replace("\n", "\r\n"),
        "a\tb\n" + ROWS.replace(",", "\t") + "\n\n",
        '"a","b"\n' + ROWS,
        "\ufeffa,b\n" + ROWS,
    ],
)
def test_a_table_is_read_whatever_separates_it(content: str) -> None:
    found = own.table(content.encode())
    assert found.columns == ("a", "b")
    assert np.array_equal(found.values, [[i, i * i] for i in range(30)])


def test_names_are_made_where_there_are_none_and_labels_are_kept() -> None:
    assert own.table(ROWS.encode()).columns == ("column 1", "column 2")
    days = "day;open\n" + "\n".join(f"2026-01-{i:02};{i},5" for i in range(1, 26))
    found = own.table(days.encode())
    assert found.columns == ("open",)
    assert found.rows[:2] == ("2026-01-01", "2026-01-02")
    assert found.values[:2, 0].tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "holds no rows"),
        (b"a,b\n1,2\n", "has 1 rows of numbers"),
        (("a,b\n" + ROWS + "\n7").encode(), "line 32 has 1 fields and the first line 2"),
        (("a,b\n" + ROWS + "\n7,").encode(), "line 32, “b”: is empty"),
        (("a,b\n" + ROWS + "\n7,nan").encode(), "line 32, “b”: “nan” is not a finite number"),
        (("a,b\n" + ROWS + "\n7,1e400").encode(), "“1e400” is not a finite number"),
        (("a,b\n" + ROWS + "\n7,1e13").encode(), "“1e13” is too large"),
        (("a,b\n" + ROWS + "\n7,1_0").encode(), "“1_0” is not a finite number"),
        (("a,b\n" + ROWS + "\n7,<script>").encode(), "“<script>” is not a finite number"),
        (("a,b\n" + ROWS + "\n7," + "x" * 900).encode(), "x…” is not a finite number"),
        (("a,b\n" + ROWS + "\n7," + "9" * 2000).encode(), "field of more than 1024 characters"),
        (("a,b\n" + ROWS + '\n7,"8').encode(), "the quotation marks do not match"),
        (b",".join([b"1"] * 40), "line 1 has 40 columns"),
        (("a,b\n" + ROWS + "\n" + "1," * 9000).encode(), "line 32 has 18,000 characters"),
        (b"1\n" * 20_002, "has more than 20,000 rows"),
        (b"word\n" * 30, "is not a number"),
        (b"\xff\xfe1\x00", "is not UTF-8"),
        (b"0" * (own.MOST_BYTES + 1), "has 4,194,305 bytes"),
    ],
)
def test_a_table_that_is_none_is_refused(data: bytes, says: str) -> None:
    assert says in reason(data, "table")


@given(st.binary(max_size=300) | st.text(alphabet='0123456789.,;\t\n"-eE+xa', max_size=400).map(str.encode))
def test_whatever_comes_a_table_is_read_or_refused(data: bytes) -> None:
    with suppress(RecipeError):
        found = own.table(data)
        assert np.isfinite(found.values).all()
        assert found.values.shape == (len(found.rows), len(found.columns))


def test_a_table_becomes_a_stream_that_predicts_its_next_row() -> None:
    collection = own.series(("a,b\n" + ROWS).encode())
    task, (x, target, mask) = collection.task(), collection.task().batch(np.random.default_rng(0), 1, 10)
    assert task.inputs == task.outputs == ("a", "b")
    assert np.array_equal(x[1:, 0], target[:-1, 0])
    learnt = np.arange(24.0)
    assert np.abs(x[:3, 0, 0] - (learnt[:3] - learnt.mean()) / learnt.std()).max() < 1e-12
    assert mask.all()
    assert collection.sample(0).look.time[0] == "row 25"
    assert own.series(("a\n" + "5\n" * 30).encode()).task().batch(np.random.default_rng(0), 2, 5).x.max() == 0


# -- sounds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_wav_file_is_read_at_every_width(width: int, channels: int) -> None:
    samples = tone(440, 0.5)
    heard = wav(written(np.repeat(samples, channels), channels=channels, width=width))
    assert heard.rate == 8000
    assert np.abs(heard.samples - samples).max() < 2.0 ** (3 - 8 * width) + 1e-9


def test_the_channels_of_a_stereo_file_are_averaged() -> None:
    left, right = tone(440, 0.5), tone(300, 0.5)
    heard = wav(written(np.stack([left, right], 1).reshape(-1), channels=2))
    assert np.abs(heard.samples - (left + right) / 2).max() < 1e-4


def test_a_tone_resampled_is_the_tone_sampled_anew_and_what_cannot_be_carried_is_left_out() -> None:
    down = resampled(Sound(tone(440, rate=44100), 44100), 8000)
    assert (len(down.samples), down.rate) == (8000, 8000)
    assert np.abs(down.samples - tone(440)).max() < 1e-9
    assert np.abs(resampled(Sound(tone(6000, rate=44100), 44100), 8000).samples).max() < 1e-9
    assert np.abs(resampled(Sound(tone(440, rate=4000), 4000), 8000).samples - tone(440)).max() < 1e-9


def test_the_mel_scale_and_its_filters_are_the_published_ones() -> None:
    assert abs(mel(np.array(1000.0)) - 1000) < 0.05
    assert abs(mel(np.array(700.0)) - 781.17) < 0.01
    filters = mel_filters(10, 513, 8000)
    tops = filters.argmax(1) * 4000 / 512
    assert np.abs(np.diff(mel(tops)) / np.diff(mel(tops)).mean() - 1).max() < 0.1
    assert filters.max() <= 1


def test_a_tone_sounds_in_its_own_band() -> None:
    tops = np.linspace(0, float(mel(np.array(4000.0))), 28)[1:-1]
    for hertz in (300, 1000, 2500):
        spectrum = log_mel(Sound(tone(hertz), 8000))
        assert spectrum.shape == (61, 26)
        assert (spectrum.argmax(1) == np.abs(tops - mel(np.array(float(hertz)))).argmin()).all()


def described(rate: int = 8000, channels: int = 1, bits: int = 16, form: int = 1, length: int | None = None) -> bytes:
    body = b"\1\0" * 16000
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, form, channels, rate, rate * 2, 2, bits)
    data = struct.pack("<4sI", b"data", len(body) if length is None else length) + body
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(data)) + b"WAVE" + head + data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"ID3\x03" + bytes(50), "is not a WAV file"),
        (b"RIFF\0\0\0\0WAVE", "has no description"),
        (described()[:30], "has no description"),
        (described(form=3), "floating point (format 3)"),
        (described(form=0xFFFE), "format 65534"),
        (described(channels=0), "has 0 channels"),
        (described(channels=6), "has 6 channels"),
        (described(rate=0), "has 0 samples a second"),
        (described(rate=192_000), "has 192000 samples a second"),
        (described(bits=12), "samples of 12 bits"),
        (described(length=0), "holds no sound"),
        (written(tone(440, 31)), "lasts 31.0 s"),
        (written(tone(440, 0.2)), "lasts 0.20 s"),
        (bytes(own.MOST_BYTES + 1), "has 4,194,305 bytes"),
    ],
)
def test_a_sound_that_is_none_is_refused(data: bytes, says: str) -> None:
    assert says in reason(data, "sound")


def test_a_length_that_lies_is_not_believed() -> None:
    assert len(wav(described(length=2**31 - 1)).samples) == 16000


@given(st.binary(max_size=200), st.integers(0, 60))
def test_whatever_comes_a_sound_is_read_or_refused(noise: bytes, at: int) -> None:
    data = described()
    with suppress(RecipeError):
        assert np.isfinite(wav(data[:at] + noise + data[at + len(noise) :]).samples).all()


def test_a_sound_becomes_frames_that_predict_the_next() -> None:
    collection = own.sound(written(tone(440, 2)))
    assert collection.sizes == (26, 26)
    assert collection.kind == "waveform"
    assert collection.sample(0).look.picture.rate == 8000
    assert collection.task().batch(np.random.default_rng(0), 2, 20).x.shape == (20, 2, 26)
