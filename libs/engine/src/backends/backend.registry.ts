import { Registry } from '@noema/kernel';
import type { Backend } from './backend.js';
import { cpu, cuda } from './onnxruntime.js';

/** Every way to run programs. */
export const backends = new Registry<Backend>('engine backend', [cpu, cuda]);
