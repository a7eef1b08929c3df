import { describe, expect, it } from 'vitest';
import { processTree } from '../../process.tree.js';
import { SideProcess } from './side.process.js';

const linux = processTree(process.pid) !== undefined;
if (!linux) console.log('skipped: processor time and memory of other processes are only known on Linux');

/** A side that, on `go`, holds 100 MiB and works for 0.6 s of processor time, in itself or in a child. */
const side = (inChild: boolean): readonly string[] => [
  '-e',
  `
  const { writeSync } = require('node:fs'), { execFileSync } = require('node:child_process');
  const work = 'const held = Buffer.alloc(100 * 2 ** 20, 1); ' +
    'const used = () => { const { user, system } = process.cpuUsage(); return user + system; }; ' +
    'const until = used() + 600_000; while (used() < until) ; globalThis.held = held;';
  writeSync(3, 'ready {"side":"1"}\\n');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    if (line !== 'go') return writeSync(3, 'saved {"figure":7}\\n');
    if (${inChild}) execFileSync(process.execPath, ['-e', work]);
    else (0, eval)('{' + work + '}');
    writeSync(3, 'done\\n');
  });`,
];

describe.skipIf(!linux)('a turn', () => {
  it.each([
    ['itself', false],
    ['a child', true],
  ])('counts what %s does', async (_, inChild) => {
    const process = await SideProcess.start({ program: globalThis.process.execPath, args: side(inChild) }, 1);
    try {
      const { cpuSeconds, peakBytes, wallSeconds } = await process.turn(60);
      expect(process.versions).toEqual({ side: '1' });
      expect(cpuSeconds).toBeGreaterThan(0.5);
      expect(cpuSeconds).toBeLessThan(wallSeconds + 0.5);
      expect(peakBytes).toBeGreaterThan(120 * 2 ** 20);
      expect(await process.save('/nowhere')).toEqual({ figure: 7 });
    } finally {
      await process.stop();
    }
  });
});

it('reports the end of the output of a side that fails', async () => {
  await expect(
    SideProcess.start({ program: process.execPath, args: ['-e', 'throw new Error("no peer here")'] }, 1),
  ).rejects.toThrow('no peer here');
});
it('ends a side that takes too long', async () => {
  const slow = await SideProcess.start(
    {
      program: process.execPath,
      args: ['-e', 'require("node:fs").writeSync(3, "ready {}\\n"); setInterval(() => undefined, 1000)'],
    },
    1,
  );
  await expect(slow.turn(0.2)).rejects.toThrow('it was not done after 0.2 s');
  await slow.stop();
});
it('reports a missing program', async () => {
  await expect(SideProcess.start({ program: '/nowhere/python', args: [] }, 1)).rejects.toThrow(
    '/nowhere/python',
  );
});
