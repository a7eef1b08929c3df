import { waitFor } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { CompilerThreads } from '../src/engine/compiler.threads.js';

const script = new URL('./held.worker.js', import.meta.url);
const HOUR_MS = 3_600_000;

/** The threads of these tests take flags and words where models are. */
const inspect = (compiler: CompilerThreads, held: Int32Array | string, teamId: string) =>
  compiler.inspect(held as unknown as Uint8Array, teamId);

/** A task that holds its thread until it is let go. */
function holding() {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  return {
    flags,
    begun: () => waitFor(() => Atomics.load(flags, 1) === 1, { what: 'the task to begin' }),
    letGo: () => {
      Atomics.store(flags, 0, 1);
      Atomics.notify(flags, 0);
    },
  };
}

describe('a model that compiles without end', () => {
  it('RELIABILITY 38: holds up neither the event loop nor another team, and its own team has one thread', async () => {
    const compiler = new CompilerThreads({ script, limitMs: HOUR_MS });
    const held = holding();
    const first = inspect(compiler, held.flags, 'a');
    await held.begun();
    const second = inspect(compiler, 'of the same team', 'a');
    expect(await inspect(compiler, 'of another team', 'b')).toBe('of another team');
    expect(await Promise.race([second, inspect(compiler, 'again', 'b')])).toBe('again');
    held.letGo();
    expect(await Promise.all([first, second])).toEqual(['released', 'of the same team']);
  });

  it('RELIABILITY 38: is stopped at the limit, by name, and leaves its place to the next', async () => {
    const compiler = new CompilerThreads({ script, limitMs: 1_000 });
    const held = holding();
    await expect(inspect(compiler, held.flags, 'a')).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'COMPILE_TIMED_OUT',
      message: expect.stringContaining('1000 ms') as string,
    });
    held.letGo();
    const patient = new CompilerThreads({ script, limitMs: HOUR_MS });
    expect(await inspect(patient, 'next', 'a')).toBe('next');
  });

  it('is not waited for without end by others of its team', async () => {
    const compiler = new CompilerThreads({ script, limitMs: 1_000 });
    const held = [holding(), holding()];
    const [, ...rest] = await Promise.allSettled([
      inspect(compiler, held[0]!.flags, 'a'),
      inspect(compiler, held[1]!.flags, 'a'),
      inspect(compiler, 'third', 'a'),
    ]);
    expect(rest.map((r) => r.status === 'rejected' && (r.reason as { reason: string }).reason)).toContain(
      'COMPILERS_BUSY',
    );
    for (const each of held) each.letGo();
  });
});

describe('a model that compiles', () => {
  const topology = {
    class_name: 'Sequential',
    config: {
      name: 's',
      layers: [
        {
          class_name: 'Dense',
          config: { name: 'd', units: 2, activation: 'softmax', batch_input_shape: [null, 3] },
        },
      ],
    },
  };
  const compiler = new CompilerThreads();

  it('is refused by name when it is nested deeper than a message may be', async () => {
    let deep: unknown = 1;
    for (let n = 0; n < 100_000; n++) deep = { a: deep };
    await expect(compiler.compile(deep, 'a')).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'MODEL_TOO_DEEP',
    });
  });

  it('gives the same result as a compilation in place, faults by their names', async () => {
    expect(await compiler.compile(topology, 'a')).toMatchObject({
      parameterCount: 8,
      outputs: [{ dims: [2] }],
    });
    await expect(
      compiler.compile(
        { class_name: 'Sequential', config: { layers: [{ class_name: 'Densest', config: {} }] } },
        'a',
      ),
    ).rejects.toMatchObject({ kind: 'invalid', reason: 'LAYER_KIND_UNKNOWN' });
  });
});
