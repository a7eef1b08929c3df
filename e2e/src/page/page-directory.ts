import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the bundled page is; `make build` makes it. */
export const PAGE_DIRECTORY = fileURLToPath(new URL('../../../../services/web/dist/page/', import.meta.url));

/** True when the page was bundled. */
export const isPageBuilt = (): boolean => existsSync(join(PAGE_DIRECTORY, 'index.html'));
