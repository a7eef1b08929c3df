import { findRoles } from '@noema/auth';
import { services } from '@noema/contracts';
import { expect, it } from 'vitest';

/** RPCs that only look, by how their names begin. */
const READING = /^(Get|List|Count|Watch|Stream|Find|Compare|Read|Export)/;
/**
 * Other RPCs that a viewer may call: about their own session, and an address of something that may be read.
 */
const HARMLESS = ['SwitchSessionTeam', 'EndSession', 'CreateArtifactDownload'];

it('a viewer starts no work and changes nothing', () => {
  const open = services
    .flatMap(({ methods }) => methods)
    .filter((method) => {
      const roles = findRoles(method);
      return (
        roles !== 'everybody' &&
        roles?.includes('viewer') === true &&
        !READING.test(method.name) &&
        !HARMLESS.includes(method.name)
      );
    });
  expect(open.map((method) => method.toString())).toEqual([]);
});
