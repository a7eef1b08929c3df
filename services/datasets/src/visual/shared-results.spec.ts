import { describe, expect, it } from 'vitest';
import { SharedResults } from './shared-results.js';

const never = new AbortController().signal;
const gone = (): [AbortController, AbortSignal] => {
  const c = new AbortController();
  return [c, c.signal];
};
/** Work that ends only when its signal aborts. */
const untilStopped = (stop: AbortSignal): Promise<string> =>
  new Promise((_, reject) => {
    stop.addEventListener('abort', () => {
      reject(stop.reason as Error);
    });
  });

describe('shared results', () => {
  it('are made once for all who ask at once, and kept up to a size', async () => {
    let made = 0;
    const results = new SharedResults<string>(10, (text) => text.length);
    const make = (text: string) => () => {
      made++;
      return Promise.resolve(text);
    };
    expect(await Promise.all([1, 2, 3].map(() => results.get('a', never, make('12345678'))))).toEqual([
      '12345678',
      '12345678',
      '12345678',
    ]);
    expect(made).toBe(1);
    await results.get('b', never, make('1234'));
    await results.get('a', never, make('12345678'));
    expect(made).toBe(3);
  });
  it('who leaves is let go at once, and the work goes on for the others', async () => {
    const results = new SharedResults<string>(10, () => 1);
    let finish = (_: string): void => undefined;
    const work = () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      });
    const [leaver, signal] = gone();
    const [first, second] = [results.get('a', signal, work), results.get('a', never, work)];
    leaver.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    finish('done');
    expect(await second).toBe('done');
  });
  it('work stops when the last has left, and whoever comes then gets work of their own', async () => {
    const results = new SharedResults<string>(10, () => 1);
    const [[a, signalA], [b, signalB]] = [gone(), gone()];
    const both = [results.get('a', signalA, untilStopped), results.get('a', signalB, untilStopped)];
    a.abort(new Error('a left'));
    b.abort(new Error('b left'));
    const late = results.get('a', never, () => Promise.resolve('anew'));
    await expect(both[0]).rejects.toThrow('a left');
    await expect(both[1]).rejects.toThrow('b left');
    expect(await late).toBe('anew');
  });
  it('what failed is tried again', async () => {
    const results = new SharedResults<string>(10, () => 1);
    await expect(results.get('a', never, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await results.get('a', never, () => Promise.resolve('whole'))).toBe('whole');
  });
});
