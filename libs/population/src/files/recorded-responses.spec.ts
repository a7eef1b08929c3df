import { describe, expect, it } from 'vitest';
import {
  readRecordedResponses,
  type RecordedResponses,
  writeRecordedResponses,
} from './recorded-responses.js';

const responses: RecordedResponses = {
  layers: [
    { name: 'conv', kind: 'Conv2d', units: 8, positionDims: [26, 26] },
    { name: 'head', kind: 'Linear', units: 10, positionDims: [] },
  ],
  shards: [{ uri: 't/p/epochs/e/r-0.arrow', sha256: 'ab', sizeBytes: 9, mediaType: 'x/y' }],
};
const read = (file: unknown): RecordedResponses =>
  readRecordedResponses(new TextEncoder().encode(typeof file === 'string' ? file : JSON.stringify(file)));

describe('the file that names recorded responses', () => {
  it('gives back what was written', () => {
    expect(readRecordedResponses(writeRecordedResponses(responses))).toEqual(responses);
  });

  it.each([
    ['is no JSON', '{'],
    ['is no object', '[]'],
    ['is no object', 'null'],
    ['has the version "1"', { ...responses, version: '1' }],
    ['names no layers and shards', { layers: [] }],
    ['as layer 1', { ...responses, layers: [responses.layers[0], null] }],
    ['as layer 0', { ...responses, layers: [{ ...responses.layers[0], units: 0 }] }],
    ['as layer 0', { ...responses, layers: [{ ...responses.layers[0], positionDims: [1.5] }] }],
    ['as shard 0', { ...responses, shards: [{ uri: 'x' }] }],
  ])('is rejected when it %s', (why, file) => {
    expect(() => read(file)).toThrow(
      expect.objectContaining({ kind: 'data-loss', reason: 'RESPONSES_UNREADABLE' }),
    );
    expect(() => read(file)).toThrow(why);
  });

  it('is rejected when it has a later version', () => {
    expect(() => read({ ...responses, version: 2 })).toThrow(
      expect.objectContaining({ reason: 'FILE_VERSION_UNKNOWN' }),
    );
  });
});
