import { describe, expect, it } from 'vitest';
import { tensor } from '../tensor.js';
import { encodeVisual } from '../visual.js';
import { audio, audioKind } from './audio.visual.js';

describe('sound', () => {
  it('is a WAV file of 16 bits a sample, byte for byte as the wave module of Python writes it', () => {
    const { mediaType, bytes } = encodeVisual(audio([0, 0.5, -1, 1, 2, NaN], { sampleRate: 8000 }));
    expect(mediaType).toBe('audio/wav');
    // wave.open(…): setnchannels(1), setsampwidth(2), setframerate(8000), writeframes(…)
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '524946463000000057415645666d74201000000001000100401f0000803e0000020010006461746' +
        '10c00000000000040' +
        '0080ff7fff7f0000',
    );
  });

  it('is read by channel', () => {
    const stereo = tensor(Float32Array.of(0, 1, 0.25, -0.5, -1, 0), [3, 2]);
    const { bytes } = encodeVisual(audio(stereo, { sampleRate: 44_100 }));
    expect(audioKind.isValid?.(bytes)).toBe(true);
    const read = audioKind.readBytes!(bytes);
    expect(read).toMatchObject({ kind: 'audio', sampleRate: 44_100 });
    expect(read.channels.map((channel) => [...channel])).toEqual([
      [0, 0.25, -1],
      [32_767 / 32_768, -0.5, 0],
    ]);
  });

  it.each([
    [audio([[[1]]], { sampleRate: 8000 }), 'not [1, 1, 1]'],
    [audio([[1, 2, 3]], { sampleRate: 8000 }), 'not [1, 3]'],
    [audio([1], { sampleRate: 0 }), 'the sample rate is 0'],
    [audio([1], { sampleRate: 1.5 }), 'the sample rate is 1.5'],
    [audio(new Float32Array(2 ** 23), { sampleRate: 8000 }), 'the sound has 8388608 numbers'],
  ])('of another form is refused %#', (visual, message) => {
    expect(() => encodeVisual(visual)).toThrow(message);
  });

  it('that was changed in any byte of its header, but for its rate, or was cut, is not valid', () => {
    const { bytes } = encodeVisual(audio([0, 0.5, -1], { sampleRate: 8000 }));
    const isRate = (at: number): boolean => at >= 24 && at < 32;
    for (let at = 0; at < 44; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 0x40;
      if (!isRate(at)) expect(audioKind.isValid?.(changed), `byte ${at}`).toBe(false);
    }
    for (const length of [0, 43, 45, 49]) expect(audioKind.isValid?.(bytes.subarray(0, length))).toBe(false);
    expect(() => audioKind.readBytes!(bytes.subarray(1))).toThrow('not a WAV file');
  });

  it('has a small wave and its length as thumbnail', () => {
    const rising = Float32Array.from({ length: 4800 }, (_, i) => i / 4800);
    const { bytes } = encodeVisual(audio(rising, { sampleRate: 8000 }));
    expect(audioKind.snippet!(audioKind.readBytes!(bytes))).toBe('▁▂▂▂▂▃▃▃▄▄▄▄▅▅▅▆▆▆▇▇▇▇██\n0.6 s');
  });
});
