import { type EvaluationDocument, parseDocument } from '@noema/evaluation';
import { parseYaml } from '@noema/readers/yaml';
import { documentInvalid, documentMissing, documentTooLong } from './document.errors.js';

const MAX_DOCUMENT = 65_536;

/**
 * Reads a YAML document of the grammar of dashboards and tests. Throws `invalid` DOCUMENT_MISSING,
 * DOCUMENT_TOO_LONG, DOCUMENT_INVALID with the line of the YAML or the place in the document, and the reason.
 */
export function parseEvaluationDocument(text: string): EvaluationDocument {
  if (text.trim() === '') throw documentMissing();
  if (text.length > MAX_DOCUMENT) throw documentTooLong(text.length, MAX_DOCUMENT);
  try {
    return parseDocument(parseYaml(text, 'document'));
  } catch (error) {
    throw documentInvalid(error);
  }
}
