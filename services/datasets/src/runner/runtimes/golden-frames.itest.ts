import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { goldenExchanges, goldenModule, withoutOwn } from '../../../test/golden-exchanges.js';
import { PYTHON } from '../../../test/python-interpreter.js';
import { type Frame, FrameReader, writeFrame } from '../frame.js';
import type { Launched } from '../isolation.js';
import { PROTOCOL_VERSION } from '../runner.protocol.js';
import { TrustedIsolation } from '../trusted.isolation.js';
import { LANGUAGES } from './runtime.registry.js';
import type { RuntimeSpec } from './runtime.js';

const isolation = new TrustedIsolation({ python: PYTHON });
const runtimes = await Promise.all(
  LANGUAGES.map(async (runtime) => {
    const why = await isolation.require(runtime).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (why !== undefined) console.warn(`skipped: golden frames of ${runtime.key}: ${why}`);
    return [runtime.key, runtime, why] as const;
  }),
);

let launched: Launched | undefined;
afterEach(async () => {
  if (launched === undefined) return;
  launched.channel.destroy(); // its process ends with it
  if (launched.child.exitCode === null) await once(launched.child, 'exit');
  launched = undefined;
});

/** The messages of a process, as it sends them. */
async function start(runtime: RuntimeSpec) {
  const path = goldenModule(runtime.extensions.at(-1)!);
  launched = await isolation.launch({ runtime, code: { kind: 'module', path }, network: false });
  const { channel, modulePath } = launched;
  const waiting: Frame[] = [];
  let arrived = (): void => undefined;
  const reader = new FrameReader(
    () => ({ headerBytes: 2 ** 22, bodyBytes: 2 ** 26 }),
    (frame) => {
      waiting.push(frame);
      arrived();
    },
  );
  channel.on('data', (chunk: Buffer) => {
    reader.push(chunk);
  });
  const next = async (): Promise<Frame> => {
    while (waiting.length === 0)
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    return waiting.shift()!;
  };
  return { channel, modulePath, next };
}

describe.each(runtimes)('%s', (_key, runtime, why) => {
  it.skipIf(why !== undefined)('says first that it is ready, and in which version', async () => {
    const { next } = await start(runtime);
    expect((await next()).header).toEqual({ kind: 'ready', protocol: PROTOCOL_VERSION });
  });

  it.skipIf(why !== undefined).each(goldenExchanges)(
    'answers as the golden frames do: $name',
    async ({ request: { method, params }, requestBody = '', answer, body }) => {
      const { channel, modulePath, next } = await start(runtime);
      await next();
      writeFrame(channel, { method, params: { ...params, modulePath } }, [
        Buffer.from(requestBody, 'base64'),
      ]);
      let frame = await next();
      let done = 0;
      while ((frame.header as { kind: string }).kind === 'progress') {
        expect((frame.header as { done: number }).done).toBeGreaterThan(done);
        ({ done } = frame.header as { done: number });
        frame = await next();
      }
      expect(withoutOwn(frame.header)).toEqual(answer);
      expect(frame.body.toString('base64')).toBe(body);
    },
  );
});
