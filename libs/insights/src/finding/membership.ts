/** A condition on one sample. A missing value meets none. */
export type Condition =
  | { readonly on: 'label' | 'predicted'; readonly equals: number }
  /** A label that is another class. */
  | { readonly on: 'label'; readonly differsFrom: number }
  | { readonly on: 'correct'; readonly equals: boolean }
  | { readonly on: 'split'; readonly equals: string }
  /** A category column whose text is one of `oneOf`. */
  | { readonly on: 'metadata'; readonly name: string; readonly oneOf: readonly string[] }
  /** A category column whose text is another than each of `noneOf`. */
  | { readonly on: 'metadata'; readonly name: string; readonly noneOf: readonly string[] }
  /** A number column: above < value ≤ atMost. */
  | { readonly on: 'metadata'; readonly name: string; readonly above?: number; readonly atMost?: number }
  /** Response of a unit of a layer: above < response ≤ atMost. */
  | {
      readonly on: 'unit';
      readonly layer: string;
      readonly unit: number;
      readonly above?: number;
      readonly atMost?: number;
    };

/**
 * Who belongs to a finding, as a function of a sample, so that it extends to the other half, other epochs and other
 * data. All conditions `all` hold as well.
 */
export type Membership =
  | { readonly by: 'conditions'; readonly all: readonly Condition[] }
  /** Euclidean distance to `center` in a space at most `radius`. */
  | {
      readonly by: 'ball';
      readonly space: string;
      readonly center: readonly number[];
      readonly radius: number;
      readonly all: readonly Condition[];
    }
  /** Log density of a normal distribution with a diagonal covariance in a space at least `least`. */
  | {
      readonly by: 'normal';
      readonly space: string;
      readonly mean: readonly number[];
      readonly variance: readonly number[];
      readonly least: number;
      readonly all: readonly Condition[];
    }
  /** The score that the kind of the finding computes for every sample is at least `least`. */
  | { readonly by: 'score'; readonly least: number; readonly all: readonly Condition[] }
  /** Samples that the kind of the finding compares in pairs: similarity at least `least`. */
  | { readonly by: 'pairs'; readonly least: number };
