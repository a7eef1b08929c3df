import { defaultRecipe, runInsights } from '@noema/insights';
import { readSource, type SourceKey } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

/** Prints the insights of a small network on a clean data set. */
export async function printInsights(key: SourceKey): Promise<void> {
  const started = performance.now();
  const source = readSource(key);
  const population = await trainPopulation(source, { epochs: 5, seed: 1 });
  const { n, labels, predicted, spaces } = population;
  const right = labels!.reduce((sum, label, row) => sum + Number(predicted![row] === label), 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${key}: ${n} samples, ${((100 * right) / n).toFixed(1)} % correct, ${spaces.length} spaces, ${seconds} s`,
  );
  for (const outcome of await runInsights(population, defaultRecipe())) {
    if (outcome.state !== 'done') console.log(`  ${outcome.key}: ${outcome.state}: ${outcome.reason}`);
    else
      for (const { state, sentence, severity } of outcome.report.findings)
        console.log(`  ${outcome.key} [${state}, severity ${severity.level}]: ${sentence}`);
  }
}
