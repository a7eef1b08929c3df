import { findProgram } from '@noema/local-servers';

/** True if a server's program is installed. Otherwise prints what to do. */
export function hasProgram(program: string): boolean {
  if (findProgram(program) !== undefined) return true;
  console.warn(`no ${program} in .tools or on the PATH: run \`make servers\` to run what needs one`);
  return false;
}
