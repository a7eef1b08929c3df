import type { DescEnum } from '@bufbuild/protobuf';
import type { EnumType } from '@noema/kernel';

/**
 * An enum as a field of filters; rows hold the names of its values in lower case, joined by hyphens and
 * without the prefix.
 */
export function enumField({ sharedPrefix = '', values }: DescEnum): EnumType {
  const names = values
    .filter(({ number }) => number !== 0)
    .map(({ name }) => name.slice(sharedPrefix.length).toLowerCase().replaceAll('_', '-'));
  return { prefix: sharedPrefix.toUpperCase().replace(/_$/, ''), values: names };
}
