import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { freePorts } from './free-ports.js';

const MODULE = fileURLToPath(new URL('./free-ports.js', import.meta.url));
const PROCESSES = 8;
const PORTS = 150;

it('never hands one port to two processes, and listens on none that it hands out', async () => {
  const draw = `import(${JSON.stringify(MODULE)})
    .then(({ freePorts }) => freePorts(${PORTS}))
    .then((ports) => process.send(ports));
    process.once('message', () => process.exit());`;
  const children = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', draw], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  const drawn = await Promise.all(
    children.map(async (child) => (await once(child, 'message'))[0] as number[]),
  );
  const all = [...drawn.flat(), ...(await freePorts(PORTS))];
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.send('end');
  await Promise.all(ends);
  expect(new Set(all).size).toBe((PROCESSES + 1) * PORTS);
});

it('passes over a port on which somebody listens', async () => {
  let [last = 0] = await freePorts(1);
  // A port that ends a block of 16 has no next one in it.
  while (last % 16 === 15) [last = 0] = await freePorts(1);
  const next = last + 1;
  const listener = createServer().listen(next, '127.0.0.1');
  await once(listener, 'listening');
  const ports = await freePorts(20);
  listener.close();
  expect(ports).not.toContain(next);
  expect(new Set(ports).size).toBe(20);
});

it('gives two callers at once different ports', async () => {
  const ports = (await Promise.all([freePorts(40), freePorts(40)])).flat();
  expect(new Set(ports).size).toBe(80);
});
