import type { Run } from '@noema/contracts/noema/training/v1/run';
import { describeOutputs } from '../../../features/runs/outputs-note.js';

type Outputs = Pick<Run, 'objectives'>;

/** The outputs of both versions, each once, the outputs of the map first. */
export function uniteOutputs(own: Outputs, other: Outputs | undefined): Run['objectives'] {
  const known = new Set(own.objectives.map(({ output }) => output));
  return [...own.objectives, ...(other?.objectives ?? []).filter(({ output }) => !known.has(output))];
}

/** Names the output that both versions are compared by; empty for models with one output. */
export function describeComparedOutputs(a: Outputs, b: Outputs, output: string): readonly string[] {
  const [ofA, ofB] = [a, b].map(({ objectives }) => describeOutputs(objectives, output));
  if (ofA === ofB) return ofA === undefined ? [] : [ofA];
  return [...(ofA === undefined ? [] : [`A: ${ofA}`]), ...(ofB === undefined ? [] : [`B: ${ofB}`])];
}
