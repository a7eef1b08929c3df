import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@noema/kernel';

/** The folder that `make servers` fills. */
const TOOLS = fileURLToPath(new URL('../../../../.tools/', import.meta.url));

/** Where a server's program is: in `.tools`, else on the PATH; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const places = [TOOLS, ...(process.env['PATH'] ?? '').split(delimiter).filter((place) => place !== '')];
  return places.map((place) => join(place, name)).find((path) => existsSync(path));
}

/** Like `findProgram`. Throws `precondition` SERVER_PROGRAM_MISSING when there is none. */
export function needProgram(name: string): string {
  const found = findProgram(name);
  if (found === undefined)
    throw new DomainError(
      'precondition',
      'SERVER_PROGRAM_MISSING',
      `the program ${name} is neither in .tools nor on the PATH; run \`make servers\``,
      { metadata: { program: name } },
    );
  return found;
}
