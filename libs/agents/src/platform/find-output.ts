import type { Run } from '@noema/contracts/noema/training/v1/run';
import { findOutput as findObjective } from '@noema/evaluation';
import { DataText, unfence } from '../answer/fence.js';

/** The output that a call of a tool names. */
export interface ChosenOutput {
  /** Name of the output; empty for the first one with the losses of all. */
  readonly output: string;
  /** Names the output in an answer, where it was chosen. */
  readonly fact: { readonly output: DataText | undefined };
}

/** Returns the output of a run with a name, or its default for ''. Throws `not-found` OUTPUT_NOT_FOUND. */
export function findOutput({ displayName, objectives }: Run, text: string): ChosenOutput {
  const output = unfence(text);
  if (output === '') return { output, fact: { output: undefined } };
  findObjective(displayName, objectives, output);
  return { output, fact: { output: new DataText(output) } };
}
