import { asDomainError, type ErrorKind } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';

/** Errors that the tests or the named versions cause; all others are the platform's. */
const CANNOT_JUDGE: ReadonlySet<ErrorKind> = new Set(['invalid', 'unsupported', 'not-found', 'precondition']);

/** Text of the help of a command that judges. */
export const EXIT_CODES =
  '\nExit codes: 0 all passed, 1 a test failed, 2 a test is undecided or cannot be judged, 3 the platform failed';

/** As `action`, of a function that returns the exit code of the verdicts; errors become 2 or 3. */
export const judgingAction = (work: (context: CommandContext, ...rest: never[]) => Promise<number>) =>
  action(async (context: CommandContext, ...rest: never[]) => {
    try {
      process.exitCode = await work(context, ...rest);
    } catch (error) {
      if (context.signal.aborted) throw error;
      context.terminal.error(error);
      process.exitCode = CANNOT_JUDGE.has(asDomainError(error).kind) ? 2 : 3;
    }
  });
