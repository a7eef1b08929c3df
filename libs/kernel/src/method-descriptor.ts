/** A number that a method can be given. */
export interface NumberParameter {
  readonly type: 'number' | 'integer';
  readonly name: string;
  /** Its name for people. */
  readonly title: string;
  /** Summary of the effect, one sentence. */
  readonly help: string;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  /** A sensible step for a form. */
  readonly step: number;
  /** Text for the value 0 where 0 lets the method choose; absent where 0 is a number like any other. */
  readonly automatic?: string;
}

/** One of some words that a method can be given. */
export interface ChoiceParameter {
  readonly type: 'choice';
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly default: string;
  readonly choices: readonly { readonly value: string; readonly title: string }[];
}

export type MethodParameter = NumberParameter | ChoiceParameter;

/** Description of a plug-in; clients build forms, names and help from it. */
export interface MethodDescriptor {
  /** Unique in its registry. */
  readonly key: string;
  /** Its name for people. */
  readonly title: string;
  /** Summary of the effect, one sentence. */
  readonly summary: string;
  /** The publication that it follows; empty for none. */
  readonly reference: string;
  readonly parameters: readonly MethodParameter[];
  readonly facts: Readonly<Record<string, boolean | number | string>>;
}
