import { operate } from './operator/operator.js';

const { code, stdout, stderr } = await operate(process.argv.slice(2), process.env);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
