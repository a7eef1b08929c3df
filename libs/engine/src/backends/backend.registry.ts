import { Registry } from '@noema/kernel';
import type { Backend } from './backend.js';
import { cpu, cuda } from './onnxruntime.js';
import { tensorflowCpu, tensorflowGpu } from './tensorflow/session.js';

/** Every way to run programs. */
export const backends = new Registry<Backend>('engine backend', [cpu, cuda, tensorflowCpu, tensorflowGpu]);
