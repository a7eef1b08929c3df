import { DomainError } from '@noema/kernel';
import { Document, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { type Manifest, manifestSchema } from './manifest.js';

const MAX_BYTES = 4 * 2 ** 20;
const HEAD =
  '# How Noema reads these files. Change what is wrong, then run: noema datasets create noema.yaml\n';

/**
 * Parses the text of a manifest. Throws `invalid` MANIFEST_INVALID with all faults, each with its line.
 */
export function parseManifest(text: string, path: string): Manifest {
  if (text.length > MAX_BYTES) throw manifestInvalid(path, [`it has more than ${MAX_BYTES} characters`]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    throw manifestInvalid(
      path,
      document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`),
    );
  const parsed = manifestSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return parsed.data;
  throw manifestInvalid(
    path,
    parsed.error.issues.map(({ path: place, message }) => {
      const at = [...place];
      let node = document.getIn(at, true);
      while (!isNode(node) && at.length > 0)
        node = document.getIn(at.slice(0, (at.length = at.length - 1)), true);
      const line = isNode(node) && node.range ? `line ${lines.linePos(node.range[0]).line}, ` : '';
      return `${line}${place.join('.') || 'manifest'}: ${message}`;
    }),
  );
}

/** The text of a manifest; a list of plain values is one line. */
export function printManifest(manifest: Manifest): string {
  const document = new Document(manifest);
  visit(document, {
    Seq(_key, list) {
      if (list.items.every(isScalar)) list.flow = true;
    },
    Map(_key, map, path) {
      // one column of a table is one line
      if (
        path.length > 0 &&
        isSeq(path.at(-1)) &&
        map.items.every(({ value }) => isScalar(value) || isSeq(value))
      )
        map.flow = true;
    },
  });
  return HEAD + document.toString({ lineWidth: 110, flowCollectionPadding: false });
}

const manifestInvalid = (path: string, faults: readonly string[]): DomainError =>
  new DomainError('invalid', 'MANIFEST_INVALID', `${path}: ${faults.slice(0, 20).join('. Also: ')}`, {
    metadata: { file: path },
  });
