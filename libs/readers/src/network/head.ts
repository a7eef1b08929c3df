import { ENCODERS } from '../encoders/encoder.registry.js';
import type { EncoderSpec } from '../manifest/manifest.js';
import { type Layer, layer } from './network.js';

/** Mean and standard deviation of the numbers of a ground truth. */
export interface Scale {
  readonly mean: number;
  readonly std: number;
}

interface Head {
  readonly output: string;
  readonly units: number;
  readonly target: EncoderSpec;
  readonly scale: Scale | undefined;
}

/** A dense layer for the ground truth; numbers come from one around 0, which their mean and deviation move. */
export function makeHead({ output, units, target, scale }: Head): Layer[] {
  const activation = ENCODERS.get(target.encoder).classNames === undefined ? undefined : activate(target);
  if (activation !== undefined || scale === undefined)
    return [layer('Dense', output, { units, ...(activation === undefined ? {} : { activation }) })];
  return [
    layer('Dense', `${output}_standard`, { units }),
    layer('Rescaling', output, { scale: scale.std, offset: scale.mean }),
  ];
}

const activate = (target: EncoderSpec): string =>
  ENCODERS.get(target.encoder).multiLabel?.(target as never) === true ? 'sigmoid' : 'softmax';
