import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProto_DataLocation } from '@noema/contracts/onnx/onnx';
import { DomainError } from '@noema/kernel';
import { encodeModel, float32, type Graph, GraphBuilder, int64 } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { isDeviceFault } from '../src/engine.errors.js';
import { Engine, Program, requireDevice, resident, toResident, runRows, type Tensors } from '../src/index.js';
import { PoolThread } from '../src/pool/pool.thread.js';
import { machineBackends } from './machine.backends.js';

/** y = x · w, z = −y. */
function productBy(w: number): Graph {
  const b = new GraphBuilder();
  b.input('x', ['n', 2]);
  b.op('Mul', ['x', b.constant(float32([w], []))], {}, 'y');
  b.op('Neg', ['y'], {}, 'z');
  b.output('y');
  b.output('z');
  return b.build();
}

/** Multiplies a matrix with itself `times` times: something that takes a while. */
function slow(times: number): Program {
  const b = new GraphBuilder();
  b.input('x', ['n', 'n']);
  b.output(
    Array.from({ length: times }).reduce<string>((x) => b.op('Tanh', [b.op('MatMul', [x, 'x'])]), 'x'),
  );
  return Program.of(b.build());
}

const row = (...values: number[]) => ({ x: float32(values, [values.length / 2, 2]) });

describe.each(machineBackends)('engine on $key', ({ key, missing }) => {
  const engine = Engine.start({ threads: 2, backend: key });
  afterAll(() => engine.close());

  it.skipIf(missing !== undefined)('runs a program in a worker and gives its outputs', async () => {
    const { y, z } = await engine.run(Program.of(productBy(3)), row(1, 2, 3, 4));
    expect(y).toEqual(float32([3, 6, 9, 12], [2, 2]));
    expect(z?.data[3]).toBe(-12);
  });

  it.skipIf(missing !== undefined)('computes only what is fetched', async () => {
    expect(Object.keys(await engine.run(Program.of(productBy(3)), row(1, 2), { fetches: ['z'] }))).toEqual([
      'z',
    ]);
  });

  it.skipIf(missing !== undefined)('reads feeds from shared memory', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([5, 6]);
    const program = Program.of(productBy(2));
    expect(
      (await engine.run(program, { x: { dataType: 'float32', dims: [1, 2], data: shared } }))['y']?.data,
    ).toEqual(Float32Array.of(10, 12));
  });

  it.skipIf(missing !== undefined)('does not block the event loop', async () => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks++;
    }, 1);
    await engine.run(slow(40), { x: float32(new Float32Array(512 * 512), [512, 512]) });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(2);
  });

  it.skipIf(missing !== undefined).each([
    ['an unknown input', { ...row(1, 2), w: float32([1]) }, {}, /no input "w"; it has: x/],
    ['a missing input', {}, {}, /input "x" was not given/],
    ['an unknown output', row(1, 2), { fetches: ['q'] }, /no output "q"; it has: y, z/],
    ['a wrong shape', { x: float32([1, 2, 3], [1, 3]) }, {}, /failed on x float32\[1, 3\]/],
  ])('refuses %s by name', async (_, feeds, options, message) => {
    await expect(engine.run(Program.of(productBy(1)), feeds, options)).rejects.toThrow(message);
  });

  it.skipIf(missing !== undefined)(
    'refuses what is no model, and a model that the runtime refuses',
    async () => {
      expect(() => Program.decode(new Uint8Array([1, 2, 3]))).toThrow(DomainError);
      const program = Program.of({
        ...productBy(1),
        nodes: [{ opType: 'NoSuchOperator', inputs: ['x'], outputs: ['y'], attributes: {} }],
        outputs: [{ name: 'y', dataType: 'float32' }],
      });
      await expect(engine.run(program, row(1, 2))).rejects.toMatchObject({
        kind: 'invalid',
        reason: 'PROGRAM_INVALID',
      });
    },
  );

  it.skipIf(missing !== undefined)('refuses weights that lie in another file', () => {
    const model = fromBinary(
      ModelProtoSchema,
      encodeModel({ ...productBy(1), initializers: new Map([['w', float32([1, 2])]]) }),
    );
    model.graph!.initializer[0]!.dataLocation = TensorProto_DataLocation.EXTERNAL;
    expect(() => Program.decode(toBinary(ModelProtoSchema, model))).toThrow(/another file/);
  });

  it.skipIf(missing !== undefined)(
    'RELIABILITY 15: gives up a call that is cancelled, waiting or running, and goes on',
    async () => {
      const one = Engine.start({ threads: 1, backend: key });
      const [running, waiting] = [new AbortController(), new AbortController()];
      const x = { x: float32(new Float32Array(512 * 512), [512, 512]) };
      const calls = [
        one.run(slow(200), x, { signal: running.signal }),
        one.run(slow(3), x, { signal: waiting.signal }),
      ];
      waiting.abort();
      running.abort();
      for (const call of calls) await expect(call).rejects.toMatchObject({ kind: 'cancelled' });
      await expect(
        one.run(Program.of(productBy(1)), row(1, 2), { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ kind: 'cancelled' });
      expect((await one.run(Program.of(productBy(2)), row(1, 2)))['y']?.data[1]).toBe(4);
      await one.close();
    },
  );

  it.skipIf(missing !== undefined)('fails the calls that it holds when it is closed', async () => {
    const closing = Engine.start({ threads: 1, backend: key });
    const x = { x: float32(new Float32Array(512 * 512), [512, 512]) };
    const calls = [closing.run(slow(200), x), closing.run(slow(3), x)].map((call) =>
      expect(call).rejects.toMatchObject({ kind: 'unavailable' }),
    );
    await closing.close();
    await Promise.all(calls);
    await expect(closing.run(slow(3), x)).rejects.toMatchObject({ reason: 'ENGINE_CLOSED' });
  });

  it.skipIf(missing !== undefined)('keeps few sessions and makes evicted ones again', async () => {
    const small = Engine.start({ threads: 1, workerBytes: 1, backend: key });
    const programs = [2, 3, 4].map((w) => Program.of(productBy(w)));
    for (const [i, program] of [...programs, ...programs].entries()) {
      expect((await small.run(program, row(1, 1)))['y']?.data[0]).toBe(2 + (i % 3));
    }
    await small.close();
  });

  it.skipIf(missing !== undefined)('keeps fewer sessions where runs leave much memory', async () => {
    const sessionsAfter = async (keptBytes: number): Promise<number> => {
      const one = Engine.start({ threads: 1, workerBytes: 2 ** 30, backend: key });
      for (const w of [2, 3, 4])
        await one.run(Program.of(productBy(w), { isLarge: false, keptBytes }), row(1, 1));
      const [{ sessions } = { sessions: 0 }] = one['pool'];
      await one.close();
      return sessions;
    };
    // 1/16 of the worker's memory for programs, which sessions hold four times.
    expect(await sessionsAfter(0)).toBe(3);
    expect(await sessionsAfter(2 ** 27 - 2 ** 14)).toBe(2);
    expect(await sessionsAfter(2 ** 29)).toBe(1);
  });

  it.skipIf(missing !== undefined)(
    'opens a program that is too large for every thread on fewer, and others concurrently',
    async () => {
      const b = new GraphBuilder(productBy(2));
      b.output(b.op('Add', ['y', b.constant(float32(new Float32Array(2 ** 16), [2 ** 15, 2]))]));
      const large = Program.of(b.build());
      const two = Engine.start({ threads: 2, workerBytes: 16 * large.bytes.byteLength, backend: key });
      const opened = (): number[] => two['pool'].map(({ sessions }) => sessions);
      await Promise.all(Array.from({ length: 4 }, () => two.run(large, row(1, 2))));
      expect(opened()).toEqual([1, 0]);
      const [first] = await Promise.all([
        two.run(large, row(1, 2)),
        two.run(large, row(1, 2)),
        two.run(Program.of(productBy(3)), row(1, 2)),
      ]);
      expect(first['y']!.data[1]).toBe(4);
      expect(opened()).toEqual([1, 1]);
      await two.close();
    },
  );

  it.skipIf(missing !== undefined)(
    'a process that exits in the middle of a batch exits as it wants to',
    () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        [fileURLToPath(new URL('./exit.fixture.js', import.meta.url)), key],
        { encoding: 'utf8', timeout: 50_000 },
      );
      expect(stderr).not.toMatch(/terminate called/);
      expect(status).toBe(7);
    },
  );
});

const engine = Engine.start({ threads: 2 });
afterAll(() => engine.close());

describe('devices', () => {
  it('RELIABILITY 22: never falls back to another device', async () => {
    const gpu = Engine.start({ threads: 1, backend: 'cuda' });
    await expect(gpu.run(Program.of(productBy(1)), row(1, 2))).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'DEVICE_UNAVAILABLE',
    });
    await gpu.close();
    expect(() => Engine.start({ backend: 'abacus' })).toThrow(
      /unknown engine backend "abacus"; known: cpu, cuda/,
    );
  });

  it(
    'RELIABILITY 22: a device can be tried before work is taken, and a lost one is distinguished from a program ' +
      'that is wrong',
    async () => {
      await requireDevice('cpu');
      await expect(requireDevice('cuda')).rejects.toMatchObject({
        kind: 'unavailable',
        reason: 'DEVICE_UNAVAILABLE',
      });
      expect(
        isDeviceFault(new Error('CUDA failure 719: unspecified launch failure ; GPU=0 ; hostname=n1')),
      ).toBe(true);
      expect(isDeviceFault(new Error('CUDNN failure 4: CUDNN_STATUS_INTERNAL_ERROR'))).toBe(true);
      expect(
        isDeviceFault(
          new Error('Non-zero status code returned while running Add node: Incompatible dimensions'),
        ),
      ).toBe(false);
      expect(isDeviceFault(new Error('CUDA error cudaErrorMemoryAllocation: out of memory'))).toBe(false);
    },
  );
});

it('RELIABILITY 19: memory that is not there is unavailable, and the next call is answered', async () => {
  const b = new GraphBuilder();
  b.input('x', [1]);
  b.output(b.op('Add', [b.op('ConstantOfShape', [b.constant(int64([1_000_000, 20_000_000]))]), 'x']));
  await expect(engine.run(Program.of(b.build()), { x: float32([1]) })).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'ENGINE_OUT_OF_MEMORY',
  });
  expect((await engine.run(Program.of(productBy(2)), row(1, 2)))['y']?.data[0]).toBe(2);
});

it('RELIABILITY 19: a thread that dies fails its call as unavailable and is replaced', async () => {
  const thread = new PoolThread({ backend: 'cpu', cacheBytes: 1 << 20, gate: new Int32Array(2) });
  const { sha256, bytes } = Program.of(productBy(2));
  const program = { sha256, bytes, isLarge: false, cost: 1, intraOpThreads: 1 };
  const request = (feeds: Tensors, id: number) => thread.run({ id, program, feeds, fetches: ['y'] });
  const failed = expect(request(row(1, 2), 1)).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'ENGINE_WORKER_DIED',
  });
  // Before it has reached the runtime, where it must not be ended.
  await thread['worker']?.terminate();
  await failed;
  expect((await request(row(1, 2), 2))['y']?.data[0]).toBe(2);
  await thread.stop();
});

describe('runRows', () => {
  it('covers every row once, whatever the batch size', async () => {
    const y = toResident(101, [2]);
    await runRows(engine, Program.of(productBy(2)), {
      rows: 101,
      batchSize: 7,
      feeds: new Map([
        [
          'x',
          resident(
            Float32Array.from({ length: 202 }, (_, i) => i),
            [2],
          ),
        ],
      ]),
      into: [{ output: 'y', target: y }],
    });
    expect([...y.data]).toEqual(Array.from({ length: 202 }, (_, i) => 2 * i));
  });

  it('writes one output to all targets that take it', async () => {
    const [first, second, z] = [toResident(9, [2]), toResident(9, [2]), toResident(9, [2])];
    await runRows(engine, Program.of(productBy(2)), {
      rows: 9,
      batchSize: 2,
      feeds: new Map([
        [
          'x',
          resident(
            Float32Array.from({ length: 18 }, (_, i) => i),
            [2],
          ),
        ],
      ]),
      into: [
        { output: 'y', target: first },
        { output: 'z', target: z },
        { output: 'y', target: second },
      ],
    });
    expect([...first.data]).toEqual(Array.from({ length: 18 }, (_, i) => 2 * i));
    expect(second.data).toEqual(first.data);
  });

  it('stops at the first failure and reports it', async () => {
    const x = resident(new Float32Array(150), [3]);
    const y = toResident(50, [2]);
    await expect(
      runRows(engine, Program.of(productBy(2)), {
        rows: 50,
        batchSize: 5,
        feeds: new Map([['x', x]]),
        into: [{ output: 'y', target: y }],
      }),
    ).rejects.toThrow(/failed on x float32\[5, 3\]/);
  });
});
