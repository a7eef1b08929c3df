import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { newSecrets } from './new-secrets.js';

/**
 * `make secrets`: prints new Secrets for an installation; `--database host:port/name` for a PostgreSQL that
 * is not bundled, whose admin password is then yours to fill in.
 */
const { values } = parseArgs({
  options: {
    release: { type: 'string', default: 'noema' },
    namespace: { type: 'string', default: 'noema' },
    database: { type: 'string' },
  },
});
for (const secret of await newSecrets({
  release: values.release,
  namespace: values.namespace,
  ...(values.database !== undefined && { database: values.database }),
}))
  process.stdout.write(`---\n${stringify(secret)}`);
