/**
 * One pair of the zoo: a data kind and a network that fits it, both by their names in the registries of
 * `python/`.
 */
export interface Cell {
  readonly kind: string;
  readonly network: string;
}

/** Which networks are tried on which data; a further cell is one more name. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  digits: [
    'dense',
    'normalised-dense',
    'cnn',
    'residual',
    'depthwise',
    'recurrent',
    'attention',
    'nested',
    'tfjs-cnn',
    'tfjs-nested',
    'keras-onnx-cnn',
    'torch-resnet',
    'torch-mlp',
  ],
  emoji: ['cnn', 'residual', 'depthwise', 'tfjs-cnn', 'torch-resnet'],
  'breast-cancer': ['dense', 'normalised-dense', 'nested', 'tfjs-dense', 'keras-onnx-dense', 'torch-mlp'],
  wine: ['dense', 'nested', 'torch-mlp'],
  diabetes: ['dense', 'normalised-dense', 'tfjs-dense', 'torch-mlp'],
  languages: ['embedding-cnn', 'embedding-bilstm', 'transformer', 'torch-transformer'],
  mail: ['word-cnn'],
  motions: ['cnn', 'recurrent', 'attention', 'tfjs-recurrent'],
  'power-demand': ['cnn', 'residual', 'recurrent'],
  masks: ['unet', 'torch-unet'],
  spots: ['unet'],
  'digit-pairs': ['two-branches', 'shared', 'dense'],
  'digits-and-parity': ['cnn', 'dense'],
  'digits-unlabelled': ['tfjs-cnn', 'torch-resnet'],
  'iris-multi-label': ['dense'],
  speech: ['proposed'],
  bbc: ['proposed'],
  'bbc-chunks': ['proposed'],
  penguins: ['proposed'],
  'emoji-boxes': ['proposed'],
  'emoji-masks': ['proposed'],
};

export const CELLS: readonly Cell[] = Object.entries(TABLE).flatMap(([kind, networks]) =>
  networks.map((network) => ({ kind, network })),
);

/** Samples of a cell whose heat maps are compared with random ones. */
export const countExplained = ({ kind }: Cell): number => (kind === 'mail' ? 100 : 25);

export const sameCell = (a: Cell, b: Cell): boolean => a.kind === b.kind && a.network === b.network;
