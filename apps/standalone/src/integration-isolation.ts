import { fileURLToPath } from 'node:url';
import { asDomainError } from '@noema/kernel';
import { sandboxUnavailable } from './platform.errors.js';

export interface IsolationOptions {
  /** True when the operator said `--trust-integrations`. */
  readonly trusted: boolean;
  /** True when all users are the one person who owns the data directory. */
  readonly single: boolean;
}

/** The checkout that this is part of: what lies in it only the operator writes. */
const CHECKOUT = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * Settings of what the code of users runs in: as its owner would run it where there is one user or the
 * operator trusts all of them, else in a sandbox that was tried. Throws `precondition` SANDBOX_UNAVAILABLE
 * where it cannot run; nothing falls back to running without one.
 */
export async function integrationIsolation({
  trusted,
  single,
}: IsolationOptions): Promise<Readonly<Record<string, string>>> {
  if (trusted || single) return { NOEMA_TRUSTED_INTEGRATIONS: 'true' };
  const settings = {
    NOEMA_INTEGRATION_ISOLATION: process.env['NOEMA_INTEGRATION_ISOLATION'] ?? 'bubblewrap',
    NOEMA_INTEGRATION_ROOTS: CHECKOUT,
  };
  const { requireIsolation } = await import('@noema/datasets');
  await requireIsolation(settings).catch((error: unknown) => {
    const { metadata, message } = asDomainError(error);
    throw sandboxUnavailable(metadata['why'] ?? message, error);
  });
  return settings;
}
