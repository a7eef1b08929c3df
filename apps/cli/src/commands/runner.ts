import type { Command } from 'commander';
import { cancelled } from '@noema/kernel';
import { exitCode } from '../exit-code.js';
import { CommandContext } from './command-context.js';

type Work = (context: CommandContext, ...rest: never[]) => Promise<void>;

/**
 * Makes a commander action of a function that gets the context, then arguments and options; Ctrl-C aborts it,
 * errors become an exit code.
 */
export const action =
  (work: Work) =>
  async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const abort = new AbortController();
    const stop = (): void => {
      abort.abort();
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const context = CommandContext.of(command, abort.signal);
    try {
      await work(context, ...(given.slice(0, -1) as never[]));
    } catch (thrown) {
      const error = abort.signal.aborted ? cancelled('the command') : thrown;
      context.terminal.error(error);
      process.exitCode = exitCode(error);
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
  };
