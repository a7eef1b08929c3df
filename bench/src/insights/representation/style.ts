import { seededRandom } from '@noema/kernel/random';
import { kMeans, points } from '@noema/manifold';
import { pickRows, type Source } from '../sources/source.js';

/** Clusters of the pictures of a class: its styles. */
const STYLES = 3;

/** Returns the rows of one style of one class, drawn by the seed. */
export async function drawStyle(
  source: Source,
  seed: number,
): Promise<{ readonly name: string; readonly rows: number[] }> {
  const random = seededRandom(seed, 6);
  const label = Math.floor(random() * source.classNames.length);
  const own = [...source.labels.keys()].filter((row) => source.labels[row] === label);
  const { inputs } = pickRows(source, own);
  const { assignment } = await kMeans(points(inputs, inputs.length / own.length), STYLES, {
    seed,
    starts: 3,
  });
  const style = Math.floor(random() * STYLES);
  const rows = own.filter((_, at) => assignment[at] === style);
  return { name: `style ${style + 1} of ${source.classNames[label]!}`, rows };
}
