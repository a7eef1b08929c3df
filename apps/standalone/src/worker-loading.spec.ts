import { describe, expect, it } from 'vitest';
import { WorkerLoading } from './worker-loading.js';

/**
 * Workers `a` to `d` of four services, `b` with two; `end` resolves the load of one, `rest` lets it wait again. The
 * services in `busy` have work when they are looked at.
 */
function load(lanes = 9): {
  loading: WorkerLoading;
  started: string[];
  busy: Set<string>;
  end: (name: string) => Promise<void>;
  rest: (name: string) => void;
} {
  const started: string[] = [];
  const busy = new Set<string>();
  const ends = new Map<string, () => void>();
  const rests = new Map<string, () => void>();
  const worker = (name: string) => ({
    go: () => {
      started.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    },
    onRest: (callback: () => void) => {
      rests.set(name, callback);
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
  const loading = new WorkerLoading(groups, lanes, (service) => {
    if (busy.has(service)) loading.want(service);
  });
  const rest = (name: string): void => {
    rests.get(name)!();
  };
  return { loading, started, busy, end, rest };
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
    for (const service of ['a', 'b', 'c', 'd']) loading.want(service);
    expect(started).toHaveLength(5);
  });

  it('loads a worker that waits again when its service has work, and no other of the service', () => {
    const { loading, started, rest } = load();
    loading.want('b');
    started.length = 0;
    rest('b2');
    expect(started).toEqual([]);
    loading.want('b');
    loading.want('b');
    expect(started).toEqual(['b2']);
  });

  it('loads a worker at once for which work was queued while it ended', () => {
    const { loading, started, busy, rest } = load();
    loading.want('c');
    started.length = 0;
    busy.add('c');
    loading.want('c');
    rest('c');
    expect(started).toEqual(['c']);
  });
});
