import { fileURLToPath } from 'node:url';
import { LogFile } from '../src/log-file.js';
import { SupervisedProcess } from '../src/supervised-process.js';

/** A supervisor to be killed. */
const module = fileURLToPath(new URL('./steady-child.js', import.meta.url));
const run = process.argv[3] === 'program' ? { program: 'sleep', args: ['600'] } : { module };
const child = new SupervisedProcess({
  name: 'steady',
  run,
  env: { PATH: process.env['PATH'] ?? '' },
  log: new LogFile(process.argv[2]!, 'steady'),
  onChange: () => undefined,
});
child.start();
process.send!(child.pid);
