import type { OutputObjective } from '@noema/contracts/noema/training/v1/run';

type Objective = Pick<OutputObjective, 'output' | 'loss'>;

/**
 * Names the output that predictions and losses of a run are of where none is chosen; undefined for a run with one
 * output.
 */
export function describeOutputs(objectives: readonly Objective[]): string | undefined {
  const [first, ...others] = objectives;
  if (first === undefined || others.length === 0) return undefined;
  const outputs = objectives.map(({ output }) => `"${output}"`).join(', ');
  const trained = objectives.filter(({ loss }) => loss !== undefined);
  return (
    `The model has ${objectives.length} outputs: ${outputs}. Where none is chosen, predictions, classes and heat ` +
    `maps are of "${first.output}"` +
    (trained.length === 0
      ? '.'
      : trained.length === objectives.length
        ? ', and losses are the sum over all outputs.'
        : `, and losses are the sum over ${trained.map(({ output }) => `"${output}"`).join(', ')}.`)
  );
}

/** The outputs as choices; empty for a run with one output. */
export const listOutputs = (
  objectives: readonly Objective[],
): readonly { readonly value: string; readonly label: string }[] =>
  objectives.length < 2
    ? []
    : [
        { value: '', label: `${objectives[0]!.output}, loss of all` },
        ...objectives.map(({ output }) => ({ value: output, label: output })),
      ];
