import { type EvaluationDocument, parseDocument } from '@noema/evaluation';
import { parseYaml } from '@noema/config/yaml';
import { displayName } from '@noema/kernel';
import {
  documentInvalid,
  documentMissing,
  documentTooLong,
  testNameRepeated,
  testsMissing,
} from './document.errors.js';

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

/**
 * Returns the names of the tests of a document. Throws as above, and `invalid` TESTS_MISSING, DISPLAY_NAME_INVALID,
 * TEST_NAME_REPEATED.
 */
export function parseTestNames(text: string): string[] {
  const names = parseEvaluationDocument(text).tests.map(({ name }) => name);
  if (names.length === 0) throw testsMissing();
  for (const [at, name] of names.entries()) checkName(name, `tests[${at}].name`);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw testNameRepeated(repeated);
  return names;
}

function checkName(name: string, place: string): void {
  try {
    displayName(name, place);
  } catch (error) {
    throw documentInvalid(error);
  }
}
