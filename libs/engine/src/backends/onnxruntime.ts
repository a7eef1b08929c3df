import type { DataType, TypedArray } from '@noema/onnx';
import type * as Ort from 'onnxruntime-node';
import {
  deviceLost,
  deviceUnavailable,
  isDeviceFault,
  programInvalid,
  programRunFailed,
} from '../engine.errors.js';
import type { Tensors } from '../tensors.js';
import type { Backend, BackendOptions, BackendSession } from './backend.js';

const onnxruntime = (key: string, provider: 'cpu' | 'cuda'): Backend => ({
  key,
  runtime: `onnxruntime-${key}`,
  inGroups: provider === 'cpu',
  async open(bytes, { intraOpThreads, isLarge = false }: BackendOptions): Promise<BackendSession> {
    // Processes that open no session, such as the APIs, do not load the runtime.
    const ort = await import('onnxruntime-node');
    if (provider !== 'cpu' && !ort.listSupportedBackends().some(({ name }) => name === provider))
      throw deviceUnavailable(provider);
    const session = await create(ort, bytes, provider, { intraOpThreads, isLarge });
    return {
      async run(feeds, fetches, into) {
        try {
          return fromOrt(
            await session.run(
              toOrt(ort, feeds),
              into === undefined
                ? fetches
                : { ...Object.fromEntries(fetches.map((name) => [name, null])), ...toOrt(ort, into) },
            ),
          );
        } catch (cause) {
          throw provider === 'cpu' || !isDeviceFault(cause)
            ? programRunFailed(cause, feeds)
            : deviceLost(provider, cause);
        }
      },
      dispose: () => session.release(),
    };
  },
});

/** ONNX Runtime on the processor. */
export const cpu = onnxruntime('cpu', 'cpu');

/** ONNX Runtime on CUDA; needs the native part that npm does not carry. */
export const cuda = onnxruntime('cuda', 'cuda');

async function create(
  { InferenceSession }: typeof Ort,
  bytes: Uint8Array,
  provider: 'cpu' | 'cuda',
  { intraOpThreads: intraOpNumThreads, isLarge }: Required<BackendOptions>,
): Promise<Ort.InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: [provider],
      executionMode: 'sequential',
      interOpNumThreads: 1,
      intraOpNumThreads,
      logSeverityLevel: 4,
      // The runtime's arena grows by doubling and never shrinks: for large tensors it holds twice the memory
      // they need.
      ...(provider === 'cpu' && isLarge && { enableCpuMemArena: false, enableMemPattern: false }),
      // The runtime's own spinning threads would take the cores from the other workers.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    throw provider === 'cpu' ? programInvalid(cause) : deviceUnavailable(provider, cause);
  }
}

function toOrt({ Tensor }: typeof Ort, feeds: Tensors): Record<string, Ort.Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dataType, dims, data }]) => {
      // The binding refuses shared memory.
      const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
      return [name, new Tensor(dataType as 'float32', own as Float32Array, [...dims])];
    }),
  );
}

function fromOrt(outputs: Ort.InferenceSession.OnnxValueMapType): Record<string, Tensors[string]> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, dims, data }]) => [
      name,
      { dataType: type as DataType, dims, data: data as TypedArray },
    ]),
  );
}
