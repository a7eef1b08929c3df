import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { Cell } from '../recurrent/cell.js';
import { gruCell } from '../recurrent/gru.cell.js';
import { lstmCell } from '../recurrent/lstm.cell.js';
import { recurrentLayer } from '../recurrent/recurrent.layer.js';
import { simpleRnnCell } from '../recurrent/simple-rnn.cell.js';

const recurrent = (key: string, cellOf: (config: LayerConfig) => Cell): LayerKind => ({ key, create: (config) => recurrentLayer(config, cellOf(config)) });

export const simpleRnn = recurrent('SimpleRNN', simpleRnnCell);
export const gru = recurrent('GRU', gruCell);
export const lstm = recurrent('LSTM', lstmCell);
