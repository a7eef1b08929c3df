import type { checkModule as CheckModule } from '@noema/datasets';

/** Checks a module of any runtime in a process of its own; see `checkModule` of the datasets service. */
export const checkModule: typeof CheckModule = async (path, options) =>
  (await import('@noema/datasets')).checkModule(path, options);
