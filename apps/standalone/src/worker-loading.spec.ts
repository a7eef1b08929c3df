import { describe, expect, it } from 'vitest';
import { WorkerLoading } from './worker-loading.js';

/** Workers `a` to `d` of four services, `b` with two; `end` resolves the load of one. */
function load(lanes = 9): {
  loading: WorkerLoading;
  started: string[];
  end: (name: string) => Promise<void>;
} {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const worker = (name: string) => ({
    go: () => {
      started.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    },
  });
  const groups = [
    { service: 'a', workers: [worker('a')] },
    { service: 'b', workers: [worker('b1'), worker('b2')] },
    { service: 'c', workers: [worker('c')] },
    { service: 'd', workers: [worker('d')] },
  ];
  const end = async (name: string): Promise<void> => {
    ends.get(name)!();
    await new Promise(setImmediate);
  };
  return { loading: new WorkerLoading(groups, lanes), started, end };
}

describe('the loading of workers', () => {
  it('loads nothing without work', () => {
    expect(load().started).toEqual([]);
  });

  it('loads all workers of a service with work and of the next one, each once', () => {
    const { loading, started } = load();
    loading.want('a');
    expect(started).toEqual(['a', 'b1', 'b2']);
    loading.want('a');
    loading.want('b');
    expect(started).toEqual(['a', 'b1', 'b2', 'c']);
  });

  it('loads the last service without a next one', () => {
    const { loading, started } = load();
    loading.want('d');
    expect(started).toEqual(['d']);
  });

  it('loads one after the other in one lane, and goes on with what is wanted later', async () => {
    const { loading, started, end } = load(1);
    loading.want('c');
    loading.want('a');
    expect(started).toEqual(['c']);
    for (const name of ['c', 'd', 'a', 'b1']) await end(name);
    expect(started).toEqual(['c', 'd', 'a', 'b1', 'b2']);
    await end('b2');
    loading.wantAll();
    expect(started).toHaveLength(5);
  });

  it('loads the rest when all are wanted', () => {
    const { loading, started } = load();
    loading.want('c');
    loading.wantAll();
    expect(started).toEqual(['c', 'd', 'a', 'b1', 'b2']);
  });
});
