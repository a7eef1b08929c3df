import { CELLS, sameCell } from './cells.js';
import type { StoredResult, StoredResults } from './results.js';

const small = (value: number | string | undefined): string =>
  typeof value === 'string'
    ? value
    : value === undefined
      ? '–'
      : value === 0
        ? '0'
        : value.toExponential(0).replace('e-', 'e−');
const share = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(3));

function row({ cell, figures: f, heat = [], accuracy, complaints, commit }: StoredResult): string {
  const verdict =
    complaints.length === 0
      ? `passed, ${commit}`
      : `**failed**, ${commit}: ` +
        `${complaints.join('; ').replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 400)}`;
  if (f === undefined) return `| ${cell.kind} | ${cell.network} | – | – | – | – | – | – | – | ${verdict} |`;
  const agreement =
    f.agreement === undefined
      ? '–'
      : `${share(f.agreement)} ` +
        `(${share(f.rawAgreement)})${accuracy === undefined ? '' : `, ${share(accuracy)} right`}`;
  const maps = heat.map(
    ({ output, algorithm, better, samples }) =>
      `${output === undefined ? '' : `${output}: `}${algorithm.replaceAll('_', ' ')} ${better} of ${samples}`,
  );
  if (f.maps !== undefined) maps.push(`largest difference ${small(f.maps)}`);
  return (
    `| ${cell.kind} | ${cell.network} | ${f.samples} × ${f.units} → ${f.dimensions} | ` +
    `${small(f.responses)} | ${small(f.vectors)} | ${small(Math.max(f.losses, f.metrics ?? 0))} | ` +
    `${f.similar} | ${agreement} | ${maps.join(', ') || '–'} | ${verdict} |`
  );
}

/** The page of the zoo: what was tried, by what it was judged, and what came of it. */
export function zooDocument({ cells: results, kinds }: StoredResults): string {
  const failed = results.filter(({ complaints }) => complaints.length > 0).length;
  const unmeasured = CELLS.filter((cell) => !results.some((result) => sameCell(result.cell, cell)));
  const [kindCount, networkCount] = (['kind', 'network'] as const).map(
    (of) => new Set(CELLS.map((cell) => cell[of])).size,
  );
  const scope = `${CELLS.length} cells of ${kindCount} data kinds and ${networkCount} networks`;
  const verdict =
    `**${results.length - failed} passed, ${failed} failed**` +
    (unmeasured.length === 0 ? '' : `, ${unmeasured.length} not measured yet`);
  const missing = unmeasured.map(({ kind, network }) => `${kind}/${network}`).join(', ');
  return `# The zoo

Written by \`make zoo\`: ${scope}; ${verdict}. Every cell goes
through a standalone platform by its public API and is recomputed by programs that share no code with it:
Keras on TensorFlow or ONNX Runtime in Python for responses and outputs, numpy for losses, metrics, vectors
and neighbors ([e2e/zoo](../e2e/zoo), [ADR 57](adr/0057-a-zoo-of-data-and-networks.md)).

| column | what | passes when |
|---|---|---|
| size | samples × learned units → dimensions of the vectors | the vectors explain something |
| responses | largest difference of a mean or maximum of a unit, and of an output; relative to the layer's largest \
where that is above 1 | ≤ 1e−4 |
| vectors | largest difference to the published formula in numpy, up to the sign of each dimension | ≤ 1e−3 |
| losses | largest difference of a sample's loss, a split's mean loss or a metric | ≤ 1e−4 |
| similar | entries of 10 lists of the 12 most similar samples that brute force does not have | 0 |
| labels | share of the 10 nearest samples by vector with the same label (by raw input), and of the validation \
samples the share that is predicted right | not below raw by more than 0.03 |
| heat maps | samples on which the map of the predicted class beats a random mask in deletion, by default \
algorithm | one of them does on ≥ 80 %, or the answer of each that does not reports it \
(\`deletion_beats_random\`, on the page "no better than random") |

Of a network with several outputs, numbers, losses, metrics, predicted classes and heat maps of each are compared.
The integrated gradients of its predicted class are compared with TensorFlow in as many steps: the largest difference,
relative to the largest number of its map, is ≤ 1e−4.

| data | network | size | responses | vectors | losses | similar | labels | heat maps | at commit |
|---|---|---|---|---|---|---|---|---|---|
${results.map(row).join('\n')}
${missing === '' ? '' : `\nNot measured yet: ${missing}.\n`}
## Where the data come from
Fetched when the zoo runs; nothing of them is shipped.

| data | task | samples | from | licence |
|---|---|---|---|---|
${Object.entries(kinds)
  .map(
    ([kind, { task, splits, source, licence }]) =>
      `| ${kind} | ${task} | ${Object.entries(splits)
        .map(([split, count]) => `${count} ${split}`)
        .join(', ')} | ${source} | ${licence} |`,
  )
  .join('\n')}

Networks are built and trained by Keras 3 (Apache-2.0) and Debian's PyTorch (BSD-3-Clause).
`;
}
