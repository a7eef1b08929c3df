import { DomainError } from '@noema/kernel';
import { LineCounter, parseDocument } from 'yaml';

const MAX_CHARACTERS = 2 ** 20;

/**
 * Parses the text of a YAML file of a user: plain values, at most a million characters and 100 aliases. Throws
 * `invalid` YAML_INVALID with the file, the line and at most 20 faults.
 */
export function parseYaml(text: string, path: string): unknown {
  const invalid = (why: string): DomainError =>
    new DomainError('invalid', 'YAML_INVALID', `${path}: ${why}`, { metadata: { file: path } });
  if (text.length > MAX_CHARACTERS)
    throw invalid(`it has more than ${MAX_CHARACTERS} characters; split it into several files`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`);
  if (faults.length > 0) throw invalid(faults.slice(0, 20).join('. Also: '));
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}
