import { encodeModel, float32, GraphBuilder } from '@noema/onnx';
import { backends } from './backends/backend.registry.js';

/**
 * Runs one number through the backend, so that a process without its device fails before it accepts work.
 * Throws `invalid` ENGINE_BACKEND_UNKNOWN, `unavailable` DEVICE_UNAVAILABLE with the runtime's reason.
 */
export async function requireDevice(backend: string): Promise<void> {
  const graph = new GraphBuilder();
  graph.input('x', [1]);
  graph.op('Neg', ['x'], {}, 'y');
  graph.output('y');
  const session = await backends.get(backend).open(encodeModel(graph.build()), { intraOpThreads: 1 });
  try {
    await session.run({ x: float32([1], [1]) }, ['y']);
  } finally {
    await session.dispose();
  }
}
