import type { Row } from '../row.js';

const EPOCHS = 8;

/** The whole walk, the platform's start and its databases included, against one tidy script that is warm already. */
export const walkRow: Row = {
  key: 'walk', work: `the walk: ${EPOCHS} epochs with a map after each, analysis and similar at the end`, note: 'Ours begins with no data directory and includes the start of the platform and its database, ingestion, pictures and the proof of every figure; the script is warm before',
  contestants: [
    { name: 'Noema, `make demo`', side: 'ours', script: ['walk', String(EPOCHS)] },
    { name: 'one Python script', side: 'peer', script: ['walk.py', String(EPOCHS)] },
  ],
  reaches: [{ ours: 'Noema, `make demo`', peer: 'one Python script', atMost: 0.2 }],
  rules: [{ figure: 'validation accuracy', tolerance: 0.01 }, { figure: 'trustworthiness', tolerance: 0.004 }, { figure: 'label agreement', tolerance: 0.004 }],
  turnLimitS: 1_800,
};
