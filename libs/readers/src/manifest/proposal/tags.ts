import { tagNames } from '@noema/integration/visuals';
import { DomainError } from '@noema/kernel';
import { type Field, MAX_DISTINCT } from '../../records.js';
import type { EncoderSpec, Manifest } from '../manifest.js';
import { toHandlerName } from '../names.js';
import type { Draft } from './draft.js';

/**
 * A tag for each word of the input, and the named parts of the text as the first visual. Throws `invalid`
 * TRUTH_INVALID where the words are no input, TAGS_INVALID for more than `MAX_DISTINCT` tags.
 */
export function proposeTags(
  draft: Draft,
  { name, wordColumn, labels = [] }: Field,
  inputs: Manifest['inputs'],
): EncoderSpec {
  const words = wordColumn!;
  const input = Object.values(inputs).find(({ encoder, column }) => encoder === 'words' && column === words);
  if (input === undefined)
    throw new DomainError(
      'invalid',
      'TRUTH_INVALID',
      `"${name}" has a tag for each word of "${words}"; use "${words}" as an input`,
    );
  if (labels.length > MAX_DISTINCT)
    throw new DomainError(
      'invalid',
      'TAGS_INVALID',
      `the column "${name}" has more than ${MAX_DISTINCT} tags; --truth chooses another column`,
    );
  const values = [...labels];
  draft.visuals = {
    [toHandlerName(name)]: { kind: 'tags', column: words, tags: name, labels: tagNames(values) },
    ...draft.visuals,
  };
  return { encoder: 'tags', column: name, words, length: input['length'], values };
}
