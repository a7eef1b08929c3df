import type { Row } from '../row.js';

const EPOCHS = 8;

/** The whole walk, from nothing and on a platform that is warm, against one tidy script that is warm. */
export const walkRow: Row = {
  key: 'walk',
  work: `the walk: ${EPOCHS} epochs with a map after each, analysis and similar at the end`,
  note:
    'The script is warm before, its data in memory. So is a platform that has done a walk of one epoch, ' +
    'the digits ingested; its turn includes pictures and the proof of every figure. From nothing there ' +
    'is no data directory: ' +
    'the start of the platform and of its database, every process new, and ingestion are included as well',
  contestants: [
    { name: 'Noema, warm', side: 'ours', script: ['warm-walk', String(EPOCHS)] },
    { name: 'Noema from nothing, `make demo`', side: 'ours', script: ['walk', String(EPOCHS)] },
    { name: 'one Python script', side: 'peer', script: ['walk.py', String(EPOCHS)] },
  ],
  reaches: ['Noema, warm', 'Noema from nothing, `make demo`'].map((ours) => ({
    ours,
    peer: 'one Python script',
    atMost: 0.2,
  })),
  rules: [
    { figure: 'validation accuracy', tolerance: 0.01 },
    { figure: 'trustworthiness', tolerance: 0.004 },
    { figure: 'label agreement', tolerance: 0.004 },
  ],
  turnLimitS: 1_800,
};
