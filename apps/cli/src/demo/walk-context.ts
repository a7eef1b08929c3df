import type { CommandContext } from '../commands/command-context.js';
import type { Noema } from '../noema.js';
import type { DemoReporter } from './demo-reporter.js';
import type { Stopwatch } from './stopwatch.js';

/** Context of every step of the walk. */
export interface WalkContext {
  readonly command: CommandContext;
  readonly noema: Noema;
  readonly narrator: DemoReporter;
  readonly stopwatch: Stopwatch;
  readonly projectId: string;
  /** Epochs to train for. */
  readonly epochs: number;
}
