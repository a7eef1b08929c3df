import { type Check, ok } from '../finding.js';
import type { Subject } from '../subject.js';

/** Whether the device is here that workers are asked to use; it counts on the machine of a worker. */
export function engineChecks({ engineBackend }: Subject): Check[] {
  return [
    {
      name: 'device',
      timeoutMs: 20_000,
      advice:
        'run the doctor where workers run; give them a node with the device and the image that has its ' +
        'libraries, or set NOEMA_ENGINE_BACKEND=cpu',
      look: async () => {
        if (engineBackend === 'cpu') return ok('workers use the processor');
        const { requireDevice } = await import('@noema/engine');
        await requireDevice(engineBackend);
        return ok(`${engineBackend} is here`);
      },
    },
  ];
}
