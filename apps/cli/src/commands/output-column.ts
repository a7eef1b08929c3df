import { plainText } from '@noema/kernel';

/** The column that names outputs of models, where at least one of the resources is about one of several. */
export const outputColumn = <Item extends { readonly output: string }>(
  items: readonly Item[],
): { readonly heading: string; readonly value: (item: Item) => string }[] =>
  items.some(({ output }) => output !== '')
    ? [{ heading: 'OUTPUT', value: ({ output }) => plainText(output) }]
    : [];
