import { listMetrics, metricValue, readMetrics } from '@noema/observability';
import { float32, GraphBuilder } from '@noema/onnx';
import { expect, it } from 'vitest';
import { Engine, Program, resident, toResident, runRows } from '../src/index.js';

function negation(): Program {
  const b = new GraphBuilder();
  b.input('x', ['n', 2]);
  b.output(b.op('Neg', ['x'], {}, 'y'));
  return Program.of(b.build());
}

const row = { x: float32([1, 2], [1, 2]) };

it('counts runs by outcome, samples, sessions and the tensors that live', async () => {
  const engine = Engine.start({ threads: 1 });
  const held: unknown[] = [];
  const program = negation();
  const running = engine.run(program, row);
  expect(await metricValue('noema_engine_tensors', { state: 'fed' })).toBe(1);
  expect(await metricValue('noema_engine_tensor_bytes', { state: 'fed' })).toBe(8);
  held.push(await running);
  await runRows(engine, program, {
    rows: 5,
    batchSize: 2,
    feeds: new Map([['x', resident(new Float32Array(10), [2])]]),
    into: [{ output: 'y', target: toResident(5, [2]) }],
  });
  await expect(engine.run(program, { x: float32([1, 2, 3], [1, 3]) })).rejects.toMatchObject({
    reason: 'PROGRAM_RUN_FAILED',
  });
  expect(await metricValue('noema_engine_runs_total', { backend: 'cpu', outcome: 'ok' })).toBe(2);
  expect(await metricValue('noema_engine_runs_total', { outcome: 'PROGRAM_RUN_FAILED' })).toBe(1);
  expect(await metricValue('noema_engine_samples_total', { work: 'run' })).toBe(5);
  expect(await metricValue('noema_engine_tensors', { state: 'fed' })).toBe(0);
  expect(await metricValue('noema_engine_tensors', { state: 'made' })).toBe(held.length);
  expect(await readMetrics()).toContain('noema_engine_sessions{backend="cpu"} 1');
  await engine.close();
  expect(await readMetrics()).not.toContain('noema_engine_threads{');
});
it('names its metrics by the conventions', async () => {
  for (const { name, type } of await listMetrics()) {
    expect(name).toMatch(/^noema_[a-z_]+$/);
    if (type === 'counter') expect(name).toMatch(/_total$/);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});
