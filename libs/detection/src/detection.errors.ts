import { DomainError } from '@noema/kernel';

export const boxesInvalid = (why: string): DomainError => new DomainError('invalid', 'BOXES_INVALID', why);

export const headInvalid = (why: string): DomainError => new DomainError('invalid', 'HEAD_INVALID', why);

export const optionInvalid = (name: string, value: unknown, allowed: string): DomainError =>
  new DomainError('invalid', 'OPTION_INVALID', `${name} is ${String(value)}; it must be ${allowed}`);

/** Throws `invalid` OPTION_INVALID unless the value is a share from 0 to 1. */
export function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw optionInvalid(name, value, 'a number from 0 to 1');
}

/** Throws `invalid` OPTION_INVALID unless the value is a whole number of at least `min`. */
export function checkCount(name: string, value: number, min = 1): void {
  if (!Number.isInteger(value) || value < min)
    throw optionInvalid(name, value, `a whole number of ${min} or more`);
}
