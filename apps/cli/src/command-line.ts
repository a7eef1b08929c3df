import { CommanderError, type Command } from 'commander';
import { createProgram } from './program.js';

const { env } = process;
const program = await createProgram(
  {
    dataDir: env['NOEMA_DATA_DIR'],
    url: env['NOEMA_URL'],
    key: env['NOEMA_API_KEY'],
    project: env['NOEMA_PROJECT'],
  },
  process.argv.slice(2),
);

/** Wrong use ends with 2, as shells expect; help and version with 0. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

throwInsteadOfExit(program);
// `noema … | head` closes our output early: that is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
