import type { OutputObjective } from '@noema/contracts/noema/training/v1/run';

/**
 * Names the output that predictions and heat maps of a run show, and the outputs that its losses include; undefined for
 * a run with one output.
 */
export function describeOutputs(
  objectives: readonly Pick<OutputObjective, 'output' | 'loss'>[],
): string | undefined {
  const [first, ...others] = objectives;
  if (first === undefined || others.length === 0) return undefined;
  const list = (outputs: typeof others): string => outputs.map(({ output }) => `"${output}"`).join(', ');
  const trained = others.filter(({ loss }) => loss !== undefined);
  return (
    `Predictions, classes and heat maps show the output "${first.output}". ` +
    `${list(others)} ${others.length === 1 ? 'is' : 'are'} not shown` +
    (trained.length === 0 ? '.' : `; losses of samples include ${list(trained)}.`)
  );
}
