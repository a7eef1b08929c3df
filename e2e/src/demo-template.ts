import { type CommandResult, noema } from './command-line.js';
import { copyRunTemplate } from './run-template.js';

/**
 * Fills an empty directory with what `noema demo` leaves in a fresh one, and returns what the command
 * printed. The command runs once in a run of the tests.
 */
export const demoInto = (directory: string): Promise<CommandResult> =>
  copyRunTemplate('demo', directory, (template) => noema(template, 'demo', '--port', '0'));
