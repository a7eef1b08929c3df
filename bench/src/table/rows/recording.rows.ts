import type { Contestant, Row } from '../row.js';

const BARE = 'the loop without Noema';
/** How the platform is reached, and the argument of the side. */
const REACHED = [
  ['platform up', 'up'],
  ['platform behind 100 ms and 1 MB/s', 'slow'],
  ['platform away', 'away'],
] as const;
const recorded = ([name, reached]: (typeof REACHED)[number]): Contestant => ({
  name: `recorded, ${name}`,
  side: 'ours',
  script: ['recording', reached],
});

/** Costs of the Python package in the loop that it records. */
export const recordingRows: readonly Row[] = [
  {
    key: 'python',
    work: "steps of one epoch of the walk's network in Keras, 8,000 digits in batches of 32",
    note:
      'Recorded with the default watch. A turn of a recorded loop is one epoch with `log`, its end and its ' +
      'delivery, and one without `log` in the same process, in the other order in the next turn; the steps of both ' +
      'are compared. The first epoch, before all turns, is recorded whole and gets its map; the others have no ' +
      'activations, which no step takes, so that the platform has nothing to compute meanwhile. Processor time ' +
      'and memory include the platform, where one runs',
    // The speed of a machine drifts by more than a step costs.
    minRounds: 20,
    contestants: [
      ...REACHED.map(recorded),
      { name: BARE, side: 'peer', script: ['recorded_loop.py', 'bare'] },
    ],
    reaches: REACHED.map(recorded).flatMap(({ name: ours }) => [
      { ours, peer: ours, atMost: 1.01, figure: 'step ms', over: 'step ms without log' },
      {
        ours,
        peer: ours,
        atMost: 1.05,
        figure: 'slowest percentile ms',
        over: 'slowest percentile ms without log',
      },
    ]),
  },
  {
    key: 'python-first-map',
    work: 'from a fresh virtual environment to the first map of 10,000 digits, by the Python package',
    note:
      '`python -m venv`, `pip install sdks/python` with its three dependencies, and a script of twelve lines ' +
      '(`bench/python/first_map.py`) for which the package starts a platform',
    contestants: [{ name: 'Noema', side: 'ours', script: ['first-map'] }],
    reaches: [],
  },
];
