"""Writes libs/readers/test/fixtures/sounds.json: WAV files by Python's `wave` and SciPy with their samples, sounds
resampled by SciPy, and mel spectrograms by librosa. Needs `librosa`. Run from the repository root."""

import base64
import io
import json
import wave

import librosa
import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

FILE = "libs/readers/test/fixtures/sounds.json"


def sound(rate, seconds):
    """A rising tone, a hum and noise; the second half of the sound is silent."""
    t = np.arange(int(rate * seconds)) / rate
    noise = np.random.default_rng(rate).normal(size=len(t))
    tone = 0.4 * np.sin(2 * np.pi * (200 * t + 0.2 * rate * t**2)) + 0.2 * np.sin(2 * np.pi * 110 * t)
    return np.where(t < seconds / 2, tone + 0.02 * noise, 0).astype(np.float32)


def pcm(channels, rate, width):
    """A file of whole numbers of `width` bytes, and the mean of its channels."""
    scale = 2 ** (8 * width - 1)
    numbers = np.clip(np.round(channels.astype(np.float64) * scale), -scale, scale - 1).astype(np.int64)
    stored = numbers.T.ravel() + (128 if width == 1 else 0)
    data = b"".join(int(n).to_bytes(width, "little", signed=width > 1) for n in stored)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(data)
    return file.getvalue(), (numbers / scale).mean(axis=0)


def floats(channels, rate, kind):
    file = io.BytesIO()
    wavfile.write(file, rate, channels.T.astype(kind))
    return file.getvalue(), channels.mean(axis=0)


def numbers(array):
    return [float(f"{value:.7g}") for value in np.asarray(array, np.float64).ravel()]


def main():
    mono = sound(8000, 0.02)[None]
    stereo = np.stack([sound(8000, 0.02), -0.5 * sound(8000, 0.02)[::-1]])
    files = {
        "8 bits": pcm(mono, 8000, 1),
        "16 bits, stereo": pcm(stereo, 8000, 2),
        "24 bits": pcm(mono, 8000, 3),
        "24 bits, stereo": pcm(stereo, 8000, 3),
        "32 bits": pcm(mono, 8000, 4),
        "float, stereo": floats(stereo, 8000, np.float32),
        "double": floats(mono, 8000, np.float64),
    }
    rates = [(44100, 16000), (8000, 11025), (22050, 16000), (48000, 16000)]
    mels = [
        (16000, 512, 256, 24, "slaney", 0, 8000),
        (16000, 512, 160, 24, "htk", 60, 7600),
        (22050, 1024, 300, 40, "slaney", 0, 11025),
        (8000, 256, 128, 13, "htk", 0, 4000),
    ]
    spectrograms = []
    for rate, window, hop, bands, scale, low, high in mels:
        samples = sound(rate, 0.3)
        power = librosa.feature.melspectrogram(
            y=samples.astype(np.float64),
            sr=rate,
            n_fft=window,
            hop_length=hop,
            n_mels=bands,
            fmin=low,
            fmax=high,
            htk=scale == "htk",
            norm="slaney" if scale == "slaney" else None,
            center=True,
            pad_mode="constant",
            dtype=np.float64,
        )
        spectrograms.append(
            {
                "settings": {
                    "rate": rate,
                    "window": window,
                    "hop": hop,
                    "mels": bands,
                    "scale": scale,
                    "low": low,
                    "high": high,
                },
                "sound": numbers(samples),
                "expected": numbers(np.log(np.maximum(power, 1e-10)).T),
            }
        )
    fixture = {
        "files": {
            name: {"wav": base64.b64encode(file).decode(), "samples": numbers(samples)}
            for name, (file, samples) in files.items()
        },
        "resampled": [
            {
                "from": a,
                "to": b,
                "sound": numbers(sound(a, 0.02)),
                "expected": numbers(resample_poly(sound(a, 0.02).astype(np.float64), b, a)),
            }
            for a, b in rates
        ],
        "spectrograms": spectrograms,
    }
    with open(FILE, "w", encoding="utf-8") as out:
        json.dump(fixture, out, separators=(",", ":"))
        out.write("\n")


main()
