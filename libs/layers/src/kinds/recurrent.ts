import { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { Cell } from '../recurrent/cell.js';
import { convLstmLayer } from '../recurrent/conv-lstm.layer.js';
import { gruCell } from '../recurrent/gru.cell.js';
import { lstmCell } from '../recurrent/lstm.cell.js';
import { recurrentLayer } from '../recurrent/recurrent.layer.js';
import { simpleRnnCell } from '../recurrent/simple-rnn.cell.js';
import { stackedCell } from '../recurrent/stacked.cell.js';
import { parseWrapped } from '../topology.parser.js';

const CELLS: Readonly<Record<string, (config: LayerConfig) => Cell>> = {
  SimpleRNNCell: simpleRnnCell,
  GRUCell: gruCell,
  LSTMCell: lstmCell,
  StackedRNNCells: (config) => cellIn(config, config.raw('cells')),
};

const recurrent = (key: string, createCell: (config: LayerConfig) => Cell): LayerKind => ({
  key,
  create: (config) => recurrentLayer(config, createCell(config)),
});

export const simpleRnn = recurrent('SimpleRNN', simpleRnnCell);
export const gru = recurrent('GRU', gruCell);
export const lstm = recurrent('LSTM', lstmCell);

export const convLstm2d: LayerKind = { key: 'ConvLSTM2D', create: convLstmLayer };

/** A recurrent layer around a cell, or around several of them. */
export const rnn = recurrent('RNN', (config) => {
  const cell = config.raw('cell');
  // TF.js writes the settings of the cell among the layer's own too.
  const repeated = Array.isArray(cell) ? [] : Object.keys(parseWrapped(cell)?.config ?? {});
  for (const key of ['unroll', 'time_major', 'num_constants', 'zero_output_for_mask', ...repeated])
    config.raw(key);
  return cellIn(config, cell);
});

function cellIn(owner: LayerConfig, spec: unknown): Cell {
  if (Array.isArray(spec) && spec.length > 0)
    return stackedCell(
      owner,
      spec.map((cell) => cellIn(owner, cell)),
    );
  const parsed = parseWrapped(spec);
  const create = CELLS[parsed?.kind ?? ''];
  if (parsed === undefined || create === undefined)
    throw owner.fail(
      `has cell ${JSON.stringify(parsed?.kind ?? spec)}; give {class_name, config} of ` +
        `${Object.keys(CELLS).join(', ')}`,
    );
  const config = new LayerConfig(parsed.kind, `${owner.name}/${parsed.name}`, parsed.config);
  const cell = create(config);
  config.finish();
  owner.trainingOnly.push(...config.trainingOnly);
  return cell;
}
