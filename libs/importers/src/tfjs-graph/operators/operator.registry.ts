import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { convolutions } from './convolutions.js';
import { indexing } from './indexing.js';
import type { OperatorTable, Translate } from './operator.js';
import { reductions } from './reductions.js';
import { resizing } from './resizing.js';
import { shapes } from './shapes.js';
import { pools } from './windows.js';

const first: Translate = (_, [x]) => x!;

/** Nodes of TensorFlow's graphs that are read, by their operator. */
export const operators: OperatorTable = {
  Identity: first,
  IdentityN: (_, inputs) => inputs,
  StopGradient: first,
  PreventGradient: first,
  CheckNumerics: first,
  Snapshot: first,
  PlaceholderWithDefault: first,
  ...activations,
  ...arithmetic,
  ...convolutions,
  ...indexing,
  ...pools,
  ...reductions,
  ...resizing,
  ...shapes,
};
