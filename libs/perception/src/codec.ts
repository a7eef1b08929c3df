import { DomainError } from '@noema/kernel';
import type { Basis, DroppedUnits } from './basis.js';
import { decodeFloat64File, encodeFloat64File } from './float64-file.js';
import type { Moments } from './moments.js';
import type { PerceptionSpace } from './perception-space.js';
import type { ResponseLayout } from './response-layout.js';

/** The media type of encoded moments and bases. */
export const FLOAT64_FILE_MEDIA_TYPE = 'application/vnd.noema.float64';

interface BasisHead {
  readonly kind: 'basis';
  readonly layout: ResponseLayout;
  readonly space: PerceptionSpace;
  readonly count: number;
  readonly totalVariance: number;
  readonly dropped: readonly DroppedUnits[];
  readonly firstEigenvalues: readonly number[];
  /** Absent in files from before randomised bases existed. */
  readonly method?: Basis['method'];
  readonly residual?: number;
}

/** Encodes moments as bytes, bit-exact. */
export function encodeMoments(moments: Moments): Uint8Array<ArrayBuffer> {
  return encodeFloat64File(
    {
      kind: 'moments',
      count: moments.count,
      ...(moments.firstEigenvalues && { firstEigenvalues: moments.firstEigenvalues }),
    },
    { mean: moments.mean, coMoment: moments.coMoment },
  );
}

/** Throws `data-loss` FLOAT64_FILE_DAMAGED. */
export function decodeMoments(bytes: Uint8Array): Moments {
  const { head, arrays } = decodeFloat64File(bytes);
  const { count, firstEigenvalues } = expectKind<{
    kind: string;
    count: number;
    firstEigenvalues?: readonly number[];
  }>(head, 'moments');
  return {
    count,
    mean: arrays['mean']!,
    coMoment: arrays['coMoment']!,
    ...(firstEigenvalues && { firstEigenvalues }),
  };
}

/** Encodes a basis as bytes, bit-exact. */
export function encodeBasis(basis: Basis): Uint8Array {
  const {
    layout,
    space,
    count,
    totalVariance,
    dropped,
    firstEigenvalues,
    method,
    residual,
    mean,
    scale,
    components,
    explained,
  } = basis;
  const head: BasisHead = {
    kind: 'basis',
    layout,
    space,
    count,
    totalVariance,
    dropped,
    firstEigenvalues,
    method,
    residual,
  };
  return encodeFloat64File(head, { mean, scale, components, explained });
}

/** Throws `data-loss` FLOAT64_FILE_DAMAGED. */
export function decodeBasis(bytes: Uint8Array): Basis {
  const { head, arrays } = decodeFloat64File(bytes);
  const {
    layout,
    space,
    count,
    totalVariance,
    dropped,
    firstEigenvalues,
    method = 'exact',
    residual = 0,
  } = expectKind<BasisHead>(head, 'basis');
  return {
    layout,
    space,
    count,
    totalVariance,
    dropped,
    firstEigenvalues,
    method,
    residual,
    mean: arrays['mean']!,
    scale: arrays['scale']!,
    components: arrays['components']!,
    explained: arrays['explained']!,
  };
}

function expectKind<T extends { readonly kind: string }>(head: unknown, kind: T['kind']): T {
  if ((head as T).kind === kind) return head as T;
  throw new DomainError(
    'data-loss',
    'FLOAT64_FILE_DAMAGED',
    `the file holds ${(head as T).kind}, not ${kind}`,
  );
}
