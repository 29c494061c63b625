"""What a recipe reads, seen and heard: every data set has its picture, and what is audible a sound."""

import base64
import io
import wave
from typing import Any

import numpy as np
import pytest

from core.data import COLLECTIONS
from core.data.audio import Sound, heard, log_mel, to_wav, wav
from tests.app.talk import WEB, Query, problem

PICTURES, SOUNDS = "/api/v1/pictures", "/api/v1/sounds"


def reading(name: str, **more: str | float) -> Query:
    topology = {"topology": "attention"} if COLLECTIONS[name].relation == "pairs" else {}
    return {"data": name, "example": 1, **topology, **more}


def array(told: dict[str, Any]) -> np.ndarray[Any, np.dtype[Any]]:
    return np.frombuffer(base64.b64decode(told["data"]), told["dtype"]).reshape(told["shape"])


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_data_set_has_a_picture_of_its_example(name: str, base_url: str) -> None:
    found = COLLECTIONS[name]
    told = WEB.get(base_url + PICTURES, params=reading(name)).json()
    length = min(found.length, 1000)
    look = found.sample(1, length=length).look
    assert (told["id"], told["licence"], told["real"], told["kind"]) == (name, found.licence, found.real, found.kind)
    assert (told["answer"], told["count"]) == (look.answer, found.count(length=length))
    assert set(told["arrays"]) == set(look.picture.arrays)
    trace = WEB.get(base_url + "/api/v1/traces", params={**reading(name), "include": "forward"}).json()
    named = trace["labels"]["source"] if found.relation == "pairs" else trace["labels"]["time"]
    assert told["time"] == [word for word in named if word or found.relation != "pairs"]


def test_the_arrays_are_those_of_the_data(base_url: str) -> None:
    told = WEB.get(base_url + PICTURES, params=reading("ecg-208", length=50)).json()
    look = COLLECTIONS["ecg-208"].sample(1, length=50).look
    np.testing.assert_array_equal(
        array(told["arrays"]["signal"]), look.picture.arrays["signal"].data.astype(np.float32)
    )
    assert len(told["time"]) == 50


def test_a_recording_is_heard_as_it_is(base_url: str) -> None:
    answer = WEB.get(base_url + SOUNDS, params=reading("voices"))
    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as found:
        assert (found.getframerate(), found.getnchannels(), found.getsampwidth()) == (8000, 1, 2)
    samples = COLLECTIONS["voices"].sample(1).look.picture.arrays["waveform"].data
    np.testing.assert_allclose(wav(answer.content).samples, samples, atol=1e-4)


def test_bands_are_heard_with_their_energies(base_url: str) -> None:
    told = WEB.get(base_url + PICTURES, params=reading("trigger")).json()
    assert told["sound"]["made"]
    sound = wav(WEB.get(base_url + SOUNDS, params=reading("trigger")).content)
    assert len(sound.samples) / sound.rate == pytest.approx(told["sound"]["seconds"])
    levels = array(told["arrays"]["log_mel"])
    again = log_mel(sound, 26, 0.04, 0.02)[: len(levels)]
    assert np.corrcoef(again.ravel(), levels[: len(again)].ravel())[0, 1] > 0.8


def test_silence_is_no_division() -> None:
    silent = heard(np.full((5, 26), -np.inf), 0.02)
    assert not silent.samples.any()
    assert wav(to_wav(Sound(np.array([2.0, -2.0]), 8000))).samples.tolist() == pytest.approx([1.0, -1.0], abs=1e-4)


@pytest.mark.parametrize("data", ["sentence", "adding"])
@pytest.mark.parametrize("route", [PICTURES, SOUNDS])
def test_a_text_has_no_picture(data: str, route: str, base_url: str) -> None:
    told = problem(WEB.get(base_url + route, params={"data": data}))
    assert told["status"] == 422
    assert "voices" in told["errors"][0]["allowed"]["choices"]


def test_what_makes_no_sound_is_not_heard(base_url: str) -> None:
    told = problem(WEB.get(base_url + SOUNDS, params={"data": "names"}))
    assert told["errors"][0]["pointer"] == "/data"
