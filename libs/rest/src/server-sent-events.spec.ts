import { describe, expect, it } from 'vitest';
import { decodeEvents, encodeEvent, HEARTBEAT, type ServerSentEvent } from './server-sent-events.js';

/** Reads a text cut into pieces of a size, so that events and characters are cut everywhere. */
async function decode(text: string, size: number): Promise<(ServerSentEvent | undefined)[]> {
  const bytes = new TextEncoder().encode(text);
  const read = [];
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  for await (const event of decodeEvents(pieces())) read.push(event);
  return read;
}

describe('server-sent events', () => {
  it.each([1, 2, 3, 7, 1000])('come back unchanged, cut into pieces of %i bytes', async (size) => {
    const text =
      encodeEvent({ id: '1', data: '{"a":"é"}' }) +
      HEARTBEAT +
      encodeEvent({ id: '2', event: 'end', data: 'two\nlines' });
    expect(await decode(text, size)).toEqual([
      { id: '1', event: 'message', data: '{"a":"é"}' },
      undefined,
      { id: '2', event: 'end', data: 'two\nlines' },
    ]);
  });

  it.each([1, 1000])('follow the standard for other line ends and fields', async (size) => {
    expect(
      await decode(
        'retry: 3\r\nid:9\r\ndata:a\r\ndata: b\r\n\r\ndata\r\n\r\nevent: x\r\n\r\ndata: cut',
        size,
      ),
    ).toEqual([
      { id: '9', event: 'message', data: 'a\nb' },
      { id: '9', event: 'message', data: '' },
    ]);
  });
});
