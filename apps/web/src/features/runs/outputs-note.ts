import type { OutputObjective } from '@noema/contracts/noema/training/v1/run';

type Objective = Pick<OutputObjective, 'output' | 'loss'>;

/**
 * Names the output that predictions and losses of a run are of, by default where none is chosen; undefined for a run
 * with one output.
 */
export function describeOutputs(objectives: readonly Objective[], chosen = ''): string | undefined {
  const [first, ...others] = objectives;
  if (first === undefined || others.length === 0) return undefined;
  const outputs = objectives.map(({ output }) => `"${output}"`).join(', ');
  const all = `The model has ${objectives.length} outputs: ${outputs}.`;
  if (chosen !== '')
    return objectives.some(({ output }) => output === chosen)
      ? `${all} Predictions, classes and losses are of "${chosen}".`
      : `${all} None is called "${chosen}".`;
  const trained = objectives.filter(({ loss }) => loss !== undefined);
  return (
    `${all} Where none is chosen, predictions, classes and heat maps are of "${first.output}"` +
    (trained.length === 0
      ? '.'
      : trained.length === objectives.length
        ? ', and losses are the sum over all outputs.'
        : `, and losses are the sum over ${trained.map(({ output }) => `"${output}"`).join(', ')}.`)
  );
}

/**
 * The outputs as choices; empty for a run with one output. An unknown output that an address chooses is a choice as
 * well, so that another one can be chosen.
 */
export function listOutputs(
  objectives: readonly Objective[],
  chosen = '',
): readonly { readonly value: string; readonly label: string }[] {
  const names = objectives.map(({ output }) => output);
  const unknown = [chosen].filter((name) => name !== '' && !names.includes(name));
  if (names.length < 2 && unknown.length === 0) return [];
  return [
    { value: '', label: names.length < 2 ? (names[0] ?? 'the only one') : `${names[0]!}, loss of all` },
    ...(names.length < 2 ? [] : names).map((name) => ({ value: name, label: name })),
    ...unknown.map((name) => ({ value: name, label: `${name}, unknown` })),
  ];
}
