"""Two electrocardiograms of the MIT-BIH Arrhythmia Database: predict the next value, and see where that fails."""

import io
from functools import cache

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Look, Picture, Shelf, Stream
from core.data.dataset import Indices
from core.data.excerpt import read
from core.ops import Floats

RATE, HOP = 360, 4  # samples a second, and how many are averaged to one timestep
PER_MINUTE = 60 * RATE
CAUTION = "Not for diagnosis: the network only learns how this one recording goes on."


@cache
def record_208() -> Floats:
    """Five minutes of lead MLII in millivolts (108000,): 11-bit samples with 1024 as zero and 200 a millivolt."""
    raw = np.load(io.BytesIO(read("ecg-208", "208.npz")), allow_pickle=False)["ecg"]
    return np.asarray((raw - 1024.0) / 200.0)


@cache
def record_100() -> tuple[Floats, Indices]:
    """Twenty seconds of lead MLII in millivolts (7500,) and its label (7500,): 1 at one premature atrial beat."""
    rows = np.loadtxt(io.BytesIO(read("ecg-100", "100.csv")), delimiter=",", skiprows=1)
    return rows[:, 0], rows[:, 1].astype(np.intp)


def coarse(signal: Floats) -> Floats:
    """The mean of every four samples: 90 values a second."""
    return np.asarray(signal.reshape(-1, HOP).mean(1))


def _part(signal: Floats, label: Indices, first: int, last: int, window: int) -> Stream:
    """The samples from `first` to `last` as a stream of coarse values, each predicting the next."""
    values = coarse(signal[first:last])

    def show(begin: int, end: int) -> Look:
        times = (first / RATE + np.arange(begin, end) * HOP / RATE).round(2)
        fine = slice(first + begin * HOP, first + end * HOP)
        arrays = {"signal": Array(signal[fine], ("sample",)), "label": Array(label[fine], ("sample",))}
        answer = "a labelled beat" if label[fine].any() else ""
        picture = Picture("strip-chart", arrays, RATE, HOP, "mV")
        return Look(f"{times[0]:.1f} s to {times[-1]:.1f} s", tuple(f"{t:.2f} s" for t in times), answer, picture)

    return Stream(len(values) - 1, window, lambda at: (values[at, None], values[at + 1, None]), show)


def _shelf_208() -> Shelf:
    signal = record_208()
    unknown, cut = np.zeros(len(signal), np.intp), 4 * PER_MINUTE
    parts = (_part(signal, unknown, a, b, 450) for a, b in ((0, cut), (cut, len(signal))))
    return Shelf(("lead MLII (mV)",), ("next value (mV)",), *parts)


def _shelf_100() -> Shelf:
    signal, label = record_100()
    cut = 15 * RATE
    train, test = (_part(signal, label, 0, cut, 270), _part(signal, label, cut, len(signal), 524))
    return Shelf(("lead MLII (mV)",), ("next value (mV)",), train, test)


ECG_208 = Collection(
    id="ecg-208",
    title="Electrocardiogram, record 208",
    description="Five minutes of a heart with many ventricular beats; predict the next of 90 values a second.",
    licence="ODC-By 1.0",
    origin="MIT-BIH Arrhythmia Database, record 208, 19:35 to 24:35, carried by scipy 1.11.4",
    real=True,
    unit="1/90 s",
    kind="strip-chart",
    head="linear",
    length=100,
    sizes=(1, 1),
    split="The first four minutes are learnt from, the fifth is held out; artefacts at 207 to 215 s are left in.",
    stream=True,
    excerpt="ecg-208",
    caution=CAUTION,
    load=_shelf_208,
)

ECG_100 = Collection(
    id="ecg-100",
    title="Electrocardiogram with one odd beat, record 100",
    description="Twenty seconds of a regular heart with one premature atrial beat; predict the next value.",
    licence="ODC-By 1.0",
    origin="MIT-BIH Arrhythmia Database, record 100, 20.8 s, carried by sktime 1.2.0",
    real=True,
    unit="1/90 s",
    kind="strip-chart",
    head="linear",
    length=100,
    sizes=(1, 1),
    split="The first 15 seconds, all regular, are learnt from; the last 5.8, with the labelled beat, are held out.",
    stream=True,
    excerpt="ecg-100",
    caution=CAUTION,
    load=_shelf_100,
)
