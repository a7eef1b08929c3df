import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Ambient } from './ambient.js';

describe('what surrounds the running code', () => {
  it('is found inside, also after waiting, and nowhere else', async () => {
    const ambient = new Ambient<number>();
    const [one, two] = await Promise.all(
      [1, 2].map((value) =>
        ambient.run(value, async () => {
          await turn();
          return ambient.get();
        }),
      ),
    );
    expect([one, two, ambient.get()]).toEqual([1, 2, undefined]);
  });

  it('belongs to its owner, however they are nested', () => {
    const [a, b] = [new Ambient<string>(), new Ambient<string>()];
    a.run('outer', () =>
      b.run('b', () => {
        expect([a.get(), b.get()]).toEqual(['outer', 'b']);
        a.run('inner', () => {
          expect([a.get(), b.get()]).toEqual(['inner', 'b']);
        });
        expect(a.get()).toBe('outer');
      }),
    );
    expect([a.get(), b.get()]).toEqual([undefined, undefined]);
  });
});
