export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=' | ':';

/** The value on the right of a comparison, as written. */
export interface FilterLiteral {
  readonly text: string;
  /** True if the value was in quotes, so that it can only be text. */
  readonly quoted: boolean;
  /** Offset in the filter, starting at 0. */
  readonly at: number;
}

/** A parsed filter. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly operand: FilterNode }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly at: number;
      readonly comparator: Comparator;
      readonly value: FilterLiteral;
    };
