import { expect, it } from 'vitest';
import type { ShardContext } from './job-kind.js';
import { toJson, TypedStages } from './typed-stages.js';

interface Part {
  readonly rows: number;
  readonly note?: string | undefined;
}

const context = (results: readonly Part[]): ShardContext<null, Part> => ({
  job: { id: 'j', teamId: 't', subjectId: 's', payload: null },
  stage: 'join',
  index: 0,
  attempt: 1,
  results,
  signal: new AbortController().signal,
  progress: () => undefined,
  commit: (work) => work(),
});

it('typed stages read what the stage before wrote, in order', async () => {
  const { list } = TypedStages.of<null, Part>({
    name: 'count',
    run: () => Promise.resolve({ result: { rows: 3 } }),
  }).followedBy({
    name: 'join',
    shards: ({ results }) => results.length,
    run: ({ results }) => Promise.resolve({ result: results.reduce((sum, { rows }) => sum + rows, 0) }),
  });
  expect(list.map(({ name }) => name)).toEqual(['count', 'join']);
  const join = list[1]! as unknown as {
    run(context: ShardContext<null, Part>): Promise<unknown>;
    shards(previous: unknown): number;
  };
  expect(join.shards({ payload: null, results: [{ rows: 1 }] })).toBe(1);
  expect(await join.run(context([{ rows: 4 }, { rows: 5, note: 'last' }]))).toEqual({ result: 9 });
});

it('typed stages do not compile with another result than the stage before has, or with one that JSON loses', () => {
  const first = TypedStages.of<null, Part>({
    name: 'a',
    run: () => Promise.resolve({ result: { rows: 1 } }),
  });
  first.followedBy({
    name: 'b',
    // @ts-expect-error A part has no columns.
    run: ({ results }) => Promise.resolve({ result: results.map(({ columns }) => String(columns)) }),
  });
  const at = new Date(0);
  // @ts-expect-error A date becomes a text.
  first.followedBy({ name: 'c', run: () => Promise.resolve({ result: { at } }) });
  const counts = new Map([['a', 1]]);
  // @ts-expect-error A map becomes an empty object.
  first.followedBy({ name: 'd', run: () => Promise.resolve({ result: counts }) });
});

it('JSON of an interface is the value itself', () => {
  const part: Part = { rows: 2 };
  expect(toJson(part)).toBe(part);
  // @ts-expect-error A typed array becomes an object of its indexes.
  toJson({ values: new Float32Array(2) });
  // @ts-expect-error A function is left out.
  toJson({ rows: () => 2 });
});
