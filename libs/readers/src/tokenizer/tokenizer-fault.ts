import { DomainError } from '@noema/kernel';

/** A tokenizer that cannot be read, or that has a part which is not implemented here. */
export const tokenizerInvalid = (why: string): DomainError =>
  new DomainError('invalid', 'TOKENIZER_INVALID', `the tokenizer ${why}`);

/** Part of a `tokenizer.json`, with its kind in `type`. */
export interface Part {
  readonly type?: unknown;
  readonly [setting: string]: unknown;
}

/** Builds a part by its kind. Throws `invalid` TOKENIZER_INVALID for a kind that is not known. */
export function build<T>(noun: string, builders: Readonly<Record<string, (part: Part) => T>>, part: Part): T {
  const found = Object.entries(builders).find(([type]) => type === part.type);
  if (found === undefined)
    throw tokenizerInvalid(
      `has the ${noun} ${JSON.stringify(part.type) ?? 'without a type'}, which is not read here; ` +
        `known: ${Object.keys(builders).join(', ')}`,
    );
  return found[1](part);
}

/** The parts of a `Sequence`. */
export const readParts = (noun: string, parts: unknown): Part[] => {
  if (Array.isArray(parts) && parts.every((part) => typeof part === 'object' && part !== null))
    return parts as Part[];
  throw tokenizerInvalid(`has a sequence of ${noun}s that is not a list`);
};
