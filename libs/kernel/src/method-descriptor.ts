/** A number that a method can be given. */
export interface NumberParameter {
  readonly type: 'number' | 'integer';
  readonly name: string;
  /** Its name for people. */
  readonly title: string;
  /** Summary of the effect, one sentence. */
  readonly help: string;
  readonly default: number;
  /** The least and the greatest allowed number; absent where there is no such limit. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Numbers that all allowed numbers are above and below; absent where there is no such limit. */
  readonly above?: number;
  readonly below?: number;
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

/** Whether a method does something. */
export interface BooleanParameter {
  readonly type: 'boolean';
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly default: boolean;
}

/** A list of numbers that a method can be given. */
export interface NumbersParameter {
  readonly type: 'numbers';
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly default: readonly number[];
}

export type MethodParameter = NumberParameter | ChoiceParameter | BooleanParameter | NumbersParameter;

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
