import { pathToFileURL } from 'node:url';
import { DomainError } from '@noema/kernel';
import { type Integration, isIntegration } from './integration.js';
import { locateError } from './source-location.js';

/**
 * Imports an ES module and returns the integration that it exports: the export `integration`, the default
 * export, or the only export. Later reports use the module's source maps. Throws `invalid`
 * INTEGRATION_LOAD_FAILED with file and line, or INTEGRATION_NOT_EXPORTED.
 */
export async function loadIntegration(modulePath: string): Promise<Integration> {
  process.setSourceMapsEnabled(true);
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(modulePath).href)) as Record<string, unknown>;
  } catch (error) {
    const place = locateError(error);
    const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
    throw new DomainError(
      'invalid',
      'INTEGRATION_LOAD_FAILED',
      `the module ${modulePath} cannot be loaded: ` +
        `${error instanceof Error ? error.message : String(error)}${where}`,
      {
        cause: error,
        metadata: {
          module_path: modulePath,
          ...(place === undefined
            ? {}
            : { file: place.file, line: String(place.line), column: String(place.column) }),
        },
      },
    );
  }
  const made = Object.entries(module).filter(([, value]) => isIntegration(value)) as [string, Integration][];
  const chosen =
    made.find(([name]) => name === 'integration') ??
    made.find(([name]) => name === 'default') ??
    (made.length === 1 ? made[0] : undefined);
  if (chosen !== undefined) return chosen[1];
  throw new DomainError(
    'invalid',
    'INTEGRATION_NOT_EXPORTED',
    `the module ${modulePath} exports ` +
      `${made.length === 0 ? 'no integration' : `several integrations (${made.map(([name]) => name).join(', ')})`}; ` +
      'write: export const integration = defineIntegration({ … })',
    { metadata: { module_path: modulePath } },
  );
}
