import { Registry } from '@noema/kernel';
import type { Row } from '../row.js';
import { mapRows } from './maps.rows.js';
import { measureRows } from './measures.rows.js';
import { neighborRows } from './neighbors.rows.js';
import { networkRows } from './network.rows.js';
import { recordingRows } from './recording.rows.js';
import { walkRow } from './walk.row.js';

/** Every row of the table, in its order. */
export const rows = new Registry<Row>('row of the table', [
  ...mapRows,
  ...neighborRows,
  ...measureRows,
  ...networkRows,
  walkRow,
  ...recordingRows,
]);
