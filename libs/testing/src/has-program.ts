import { findProgram } from '@noema/local-servers';

/** Whether a server's program is here; says what to do when it is not. */
export function hasProgram(program: string): boolean {
  if (findProgram(program) !== undefined) return true;
  console.warn(`no ${program} in .tools or on the PATH: run \`make servers\` to run what needs one`);
  return false;
}
