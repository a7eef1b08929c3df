import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readJsonBody } from './json-body.js';

function read(text: string, maxValues: number): Promise<unknown> {
  const body = Readable.from([Buffer.from(text)]);
  const headers = { 'content-type': 'application/json', 'content-length': String(text.length) };
  return readJsonBody(Object.assign(body, { headers }) as unknown as IncomingMessage, {
    limitBytes: 1000,
    timeoutMs: 60_000,
    maxValues,
  });
}

describe('a body', () => {
  it.each(['{"a":[1,2]}', '{"a":1,"b":[]}', '[[],0]'])('of at most four values is read: %s', async (text) => {
    expect(await read(text, 4)).toEqual(JSON.parse(text));
  });

  it.each(['{"a":[1,2,3]}', '[[[[[]]]]]', '{"a":{"b":{"c":{"d":1}}}}'])(
    'of more is refused, before it is parsed: %s',
    async (text) => {
      await expect(read(`${text}?`, 4)).rejects.toMatchObject({ reason: 'BODY_TOO_MANY_VALUES' });
    },
  );

  it('may have commas and brackets in its texts', async () => {
    expect(await read('{"a":"\\"[{,,,,,\\\\"}', 4)).toEqual({ a: '"[{,,,,,\\' });
  });
});
