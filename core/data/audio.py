"""Sound: WAV files read strictly, resampling, and the log-mel spectrogram that speech recognisers listen to."""

import struct
from typing import NamedTuple

import numpy as np

from core.errors import Problem, RecipeError
from core.ops import Floats

SLOWEST, FASTEST, LONGEST_SECONDS = 1000, 96_000, 30.0
PCM, EXTENSIBLE = 1, 0xFFFE
WIDTHS = (8, 16, 24, 32)


class Sound(NamedTuple):
    """Samples (n,) from -1 to 1, and how many a second."""

    samples: Floats
    rate: int


def refused(message: str, allowed: object = None, pointer: str = "/file") -> RecipeError:
    """A file that is not read, with the reason."""
    return RecipeError(Problem(pointer, message, allowed))


def wav(data: bytes) -> Sound:
    """A WAV file of whole-number samples, its channels averaged; lengths are counted, never believed.

    Raises RecipeError naming what is wrong and what is allowed.
    """
    chunks = _chunks(data)
    if "fmt " not in chunks or len(chunks["fmt "]) < 16:
        raise refused("has no description of its sound (the chunk `fmt `)", {"format": "WAV"})
    form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunks["fmt "][:16])
    if form == EXTENSIBLE and len(chunks["fmt "]) >= 26:
        (form,) = struct.unpack("<H", chunks["fmt "][24:26])
    if form != PCM:
        raise refused(f"is compressed or in floating point (format {form})", {"format": "PCM, whole numbers"})
    if channels not in (1, 2):
        raise refused(f"has {channels} channels", {"channels": [1, 2]})
    if not SLOWEST <= rate <= FASTEST:
        nearest = min(max(rate, SLOWEST), FASTEST)
        raise refused(f"has {rate} samples a second", {"min": SLOWEST, "max": FASTEST, "nearest": nearest})
    if bits not in WIDTHS:
        raise refused(f"has samples of {bits} bits", {"bits": [*WIDTHS]})
    samples = _samples(chunks.get("data", b""), bits, channels)
    if not len(samples):
        raise refused("holds no sound", {"min": 1})
    if len(samples) > LONGEST_SECONDS * rate:
        raise refused(f"lasts {len(samples) / rate:.1f} s", {"max": LONGEST_SECONDS, "unit": "s"})
    return Sound(samples, rate)


def _chunks(data: bytes) -> dict[str, bytes]:
    """The first chunk of each name; the last one may be shorter than it says."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise refused("is not a WAV file: it does not begin with RIFF and WAVE", {"format": "WAV"})
    found: dict[str, bytes] = {}
    place = 12
    while place + 8 <= len(data):
        (length,) = struct.unpack("<I", data[place + 4 : place + 8])
        name = data[place : place + 4].decode("latin-1")
        found.setdefault(name, data[place + 8 : place + 8 + length])
        place += 8 + length + length % 2
    return found


def _samples(raw: bytes, bits: int, channels: int) -> Floats:
    """The mean of the channels, from -1 to 1; a last sample that is cut short is left out."""
    size = bits // 8
    whole = np.frombuffer(raw[: len(raw) - len(raw) % (size * channels)], np.uint8).reshape(-1, size)
    if bits == 8:
        values = (whole[:, 0].astype(np.float64) - 128.0) / 128.0
    else:
        wide = np.zeros((len(whole), 4), np.uint8)
        wide[:, 4 - size :] = whole
        values = wide.view("<i4")[:, 0] / 2.0**31
    return np.asarray(values.reshape(-1, channels).mean(1))


def resampled(sound: Sound, rate: int) -> Sound:
    """The same sound at another rate, by its spectrum: frequencies that the new rate cannot carry are left out."""
    n = max(1, round(len(sound.samples) * rate / sound.rate))
    spectrum = np.fft.rfft(sound.samples)[: n // 2 + 1]
    return Sound(np.fft.irfft(spectrum, n) * (n / len(sound.samples)), rate)


def mel(hertz: Floats) -> Floats:
    """The mel scale: 2595 log10(1 + f / 700) (O'Shaughnessy, Speech Communication, 1987)."""
    return np.asarray(2595.0 * np.log10(1.0 + hertz / 700.0))


def mel_filters(bands: int, bins: int, rate: int) -> Floats:
    """Triangles (bands, bins) of equal width in mel from 0 to half the rate, each 1 at its top."""
    tops = np.linspace(0.0, float(mel(np.array(rate / 2.0))), bands + 2)
    at = mel(np.linspace(0.0, rate / 2.0, bins))
    rise = (at - tops[:-2, None]) / (tops[1:-1] - tops[:-2])[:, None]
    fall = (tops[2:, None] - at) / (tops[2:] - tops[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rise, fall))


def log_mel(sound: Sound, bands: int = 26, width: float = 0.032, hop: float = 0.016) -> Floats:
    """Natural logarithms of energies (T, bands) in frames of `width` seconds, one every `hop`, under a Hann window."""
    wide, step = round(width * sound.rate), round(hop * sound.rate)
    padded = np.concatenate([sound.samples, np.zeros(max(0, wide - len(sound.samples)))])
    frames = np.lib.stride_tricks.sliding_window_view(padded, wide)[::step]
    power = np.abs(np.fft.rfft(frames * np.hanning(wide), axis=1)) ** 2
    return np.log(power @ mel_filters(bands, wide // 2 + 1, sound.rate).T + 1e-6)


def heard(levels: Floats, hop: float, rate: int = 8000) -> Sound:
    """Levels (T, bands) made audible: noise with their energies, so that what is heard is what they hold."""
    wide, step = round(2 * hop * rate), round(hop * rate)
    filters = mel_filters(levels.shape[1], wide // 2 + 1, rate)
    power = np.exp(levels) @ filters / np.maximum(filters.sum(0), 1e-9)
    noise = np.random.default_rng(0).standard_normal((len(levels), wide))
    frames = np.fft.irfft(np.fft.rfft(noise) * np.sqrt(power), wide) * np.hanning(wide)
    samples = np.zeros(step * (len(levels) + 1))
    for t, frame in enumerate(frames):
        samples[t * step : t * step + wide] += frame
    return Sound(0.9 * samples / max(float(abs(samples).max()), 1e-12), rate)


def to_wav(sound: Sound) -> bytes:
    """A sound as a WAV file of 16 bits."""
    samples = np.clip(np.round(sound.samples * 32767), -32768, 32767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", PCM, 1, sound.rate, 2 * sound.rate, 2, 16)
    chunks = b"".join((b"WAVEfmt ", struct.pack("<I", 16), form, b"data", struct.pack("<I", len(samples)), samples))
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks
