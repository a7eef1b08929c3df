import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, ratio } from './bench.js';
import { digits } from './digits.js';
import { python, runPython } from './python.js';

interface Figures {
  readonly seconds: Readonly<Record<string, number>> & { readonly total: number };
  readonly validation_accuracy: number;
}
interface Ours extends Figures {
  readonly explorations: readonly { readonly trustworthiness: number; readonly label_agreement_map: number }[];
}
interface Theirs extends Figures {
  readonly maps: Ours['explorations'];
}

const cli = fileURLToPath(new URL('../../../apps/cli/dist/src/main.js', import.meta.url));

const steps = ({ seconds }: Figures): string => Object.entries(seconds).map(([step, s]) => `${step} ${s.toFixed(1)}`).join(', ');
const quality = (accuracy: number, last: Ours['explorations'][number] | undefined): string =>
  `accuracy ${accuracy.toFixed(4)}, last map: trustworthiness ${last?.trustworthiness.toFixed(3)}, label agreement ${last?.label_agreement_map.toFixed(3)}`;

/** The whole walk: every epoch's map, analysis and similar samples, platform start included, against one tidy Python script. */
export const walkBench: Bench = {
  key: 'walk',
  about: 'the walk on 10,000 digits against the same work scripted in Python (Keras, scikit-learn, umap-learn, faiss)',
  async run(print) {
    const folder = mkdtempSync(join(tmpdir(), 'noema-bench-'));
    try {
      execFileSync(process.execPath, [cli, '--data-dir', folder, 'demo', '--port', '0', '--exit'], { stdio: ['ignore', 'ignore', 'inherit'] });
      const ours = JSON.parse(readFileSync(join(folder, 'demo/result.json'), 'utf8')) as Ours;
      print(`Noema:  ${steps(ours)}`);
      print(`        ${quality(ours.validation_accuracy, ours.explorations.at(-1))}`);
      const interpreter = python(print);
      if (interpreter === undefined) return;
      const { images, labels } = digits();
      writeFileSync(join(folder, 'images.f32'), Buffer.from(images.buffer));
      writeFileSync(join(folder, 'labels.u8'), labels);
      const theirs = runPython<Theirs>(interpreter, 'walk.py', [folder, String(ours.explorations.length)]);
      print(`Python: ${steps(theirs)}`);
      print(`        ${quality(theirs.validation_accuracy, theirs.maps.at(-1))}`);
      print(ratio(ours.seconds.total, theirs.seconds.total, 'Python'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
